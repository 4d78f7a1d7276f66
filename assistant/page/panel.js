/* The panel beside the conversation: sources with the quotation marked, whole articles. */
"use strict";
(() => {
  const { $, t, make, worded, action, cover, uncover } = warta;
  let current = null, atAGlance = "", reading = false;
  const narrow = matchMedia("(max-width: 1020px)");

  const show = (turn, open, number) => {
    const body = $("w-side-body");
    const cards = turn.querySelector(".w-sources");
    current = turn;
    leaveArticle();
    body.replaceChildren();
    if (!cards) body.append(empty());
    else { title("sources"); for (const card of cards.children) body.append(card.cloneNode(true)); }
    document.querySelectorAll(".w-turn.w-current").forEach((node) => node.classList.remove("w-current"));
    turn.classList.add("w-current");
    document.querySelectorAll(".w-cite.w-open").forEach((node) => node.classList.remove("w-open"));
    if (!open) { scroller().scrollTop = 0; return; }
    slideUp();
    const card = body.querySelector(`.w-source[data-n~="${number}"]`);
    if (!card) return;
    card.classList.add("w-open");
    const mark = card.querySelector(`mark[data-n="${number}"]`);
    if (mark) {
      mark.classList.add("w-on");
      Object.assign(card.querySelector(".w-row [data-act=whole]").dataset, { start: mark.dataset.start, end: mark.dataset.end });
    }
    turn.querySelectorAll(`.w-cite[data-n="${number}"]`).forEach((node) => node.classList.add("w-open"));
    card.focus({ preventScroll: true });
    reveal(card, 62);
    if (mark && mark.getBoundingClientRect().bottom > scroller().getBoundingClientRect().bottom) reveal(mark);
  };
  /* The panel scrolls by itself: scrollIntoView moves the page and, on a telephone, its header. */
  const scroller = () => $("w-side-body").closest(".w-side");
  const reveal = (node, below) => {
    const box = scroller().getBoundingClientRect();
    scroller().scrollTop += node.getBoundingClientRect().top - box.top - (below ?? box.height / 2.5);
  };
  const title = (key) => { const shown = $("w-side-title").firstElementChild; shown.dataset.t = key; shown.textContent = t(key); };
  const empty = () => { /* no sources: what the archive holds */
    const node = make("div", "w-side-empty");
    if (atAGlance) node.innerHTML = atAGlance;
    else node.append(worded("span", "sources_empty"));
    title(atAGlance ? "glance" : "sources");
    return node;
  };
  const clear = () => { current = null; leaveArticle(); $("w-side-body").replaceChildren(empty()); };

  const slideUp = () => {
    document.body.dataset.side = "1";
    if (narrow.matches) cover("side", slideDown);
  };
  const slideDown = () => {
    delete document.body.dataset.side;
    (document.querySelector(".w-cite.w-open") || document.querySelector("#w-question textarea"))?.focus();
  };
  const close = () => { if (narrow.matches) uncover("side"); else if (reading) uncover("article"); slideDown(); };
  const leaveArticle = () => { if (reading) { reading = false; uncover("article"); } };
  const back = () => {
    if (!reading) return;
    reading = false;
    if (current) show(current, true, document.querySelector(".w-cite.w-open")?.dataset.n ?? 1); else clear();
  };

  /* A lost connection is not a lost article. */
  const whole = async (button) => {
    const { id, start, end } = button.dataset;
    const query = new URLSearchParams({ id, start, end, language: warta.says.language });
    let answered = null;
    try { answered = await fetch("warta/article?" + query); } catch { /* said below */ }
    const turn = button.closest(".w-turn");
    if (turn) current = turn;
    const holder = make("div", "w-whole");
    if (answered?.ok) holder.innerHTML = await answered.text();
    else {
      holder.append(worded("p", answered?.status === 404 ? "missing" : answered ? "failed" : "cut_off", "w-side-empty"));
      if (answered?.status !== 404) {
        const again = action("whole", "retry");
        Object.assign(again.dataset, { id, start, end });
        holder.append(again);
      }
    }
    const before = action("back", "back");
    before.prepend(make("span", "w-i w-i-back"));
    slideUp();
    reading = true;
    cover("article", back);
    $("w-side-body").replaceChildren(before, holder);
    before.focus({ preventScroll: true });
    const mark = holder.querySelector("mark");
    if (mark) reveal(mark); else scroller().scrollTop = 0;
  };

  warta.panel = {
    show, clear, close, whole, back: () => uncover("article"),
    glance: (html) => { atAGlance = html; if ($("w-side-body").querySelector(".w-side-empty") && !reading) $("w-side-body").replaceChildren(empty()); },
  };
})();
