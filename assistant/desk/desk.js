/* The desk without this script is whole; with it: the chat page's theme, "/" to the search box, arrows in lists,
   #q=start-end in an article's address, and what is new since the last visit. Nothing foreign is written into the document. */
(() => {
  "use strict";
  try {
    const theme = JSON.parse(localStorage.getItem("warta.theme"));
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* a private window may keep nothing */ }

  const span = /^#q=(\d{1,9})-(\d{1,9})$/.exec(location.hash);
  if (span && /\/article(\/|$)/.test(location.pathname)) {
    const wanted = new URLSearchParams(location.search);
    wanted.set("q", `${span[1]}-${span[2]}`);
    location.replace(`${location.pathname}?${wanted}#kutipan`);
  }

  // When this search was last looked at, of the last hundred searches; kept in this browser only.
  addEventListener("DOMContentLoaded", () => {
    const link = document.getElementById("seen");
    if (!link) return;
    const wanted = new URLSearchParams(location.search);
    for (const name of ["page", "lang", "sort"]) wanted.delete(name);
    wanted.sort();
    try {
      const kept = new Map(JSON.parse(localStorage.getItem("warta.searches") ?? "[]"));
      const last = kept.get(wanted.toString());
      if (/^[\dT:-]{16}Z$/.test(last ?? "") && last < link.dataset.now) {
        const address = new URL(link.href);
        address.searchParams.set("seen", last);
        link.href = address.href;
        link.parentElement.hidden = false;
      }
      kept.delete(wanted.toString());
      kept.set(wanted.toString(), link.dataset.now);
      localStorage.setItem("warta.searches", JSON.stringify([...kept].slice(-100)));
    } catch { /* a private window may keep nothing */ }
  });

  // Arrows go through a list whose link has the focus, and from the search box to the first result.
  const LISTS = ".found, .bars, .days-told, .references";
  addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const inBox = event.target.id === "q";
    const list = inBox ? document.querySelector(".found, .days-told") : event.target.closest?.(LISTS);
    if (!list || (inBox && step < 0)) return;
    const links = [...list.children].map((item) => item.querySelector("a")).filter(Boolean);
    const here = inBox ? -1 : [...list.children].findIndex((item) => item.contains(event.target));
    const next = links[here + step] ?? (step < 0 && list.matches(".found") ? document.getElementById("q") : null);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  addEventListener("keydown", (event) => {
    const at = event.target;
    const writing = at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writing) return;
    const box = document.getElementById("q");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();
