/* The desk without this script is whole; with it: the chat page's theme, "/" to the search box,
   and #q=start-end in an article's address. Nothing foreign is written into the document. */
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
