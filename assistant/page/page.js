/* Asking, filters, language and what buttons do; the rest of the script stands in the files before. */
"use strict";
Object.assign(window.warta, (() => {
  const { $, t, make, worded, action, translate, spoken, says, talks, panel, out } = warta;
  let busy = false, pending = null, asked = null, ready = false;
  let limits = { since: "", until: "", sources: [] };
  talks.whileBusy(() => busy);

  /* A full house answers 503 at the door, and a network that is cut answers nothing, or not to
     the end: of none does Gradio tell our handlers, and of a cut it may wait for ever. */
  let turnedAway = false, cutOff = false, broken = false;
  const plainFetch = window.fetch.bind(window);
  const cut = () => { cutOff = broken = true; finish(false); };
  window.fetch = async (...asked) => {
    const wanted = String(asked[0]?.url ?? asked[0]);
    const carries = /\/queue\/(join|data)(\?|$)/.test(wanted);
    try {
      const answered = await plainFetch(...asked);
      if (/\/queue\/join(\?|$)/.test(wanted)) turnedAway = answered.status === 503;
      return /\/queue\/data(\?|$)/.test(wanted) && answered.body ? watched(answered) : answered;
    } catch (error) {
      if (carries && busy && error.name !== "AbortError") cut();
      throw error;
    }
  };

  /* What a stream brought last is handled a moment later: only then is a question left alone. */
  const watched = (answered) => {
    const reader = answered.body.getReader();
    const over = () => { const asked = pending; setTimeout(() => { if (busy && pending === asked) cut(); }, 800); };
    const pull = async (stream) => {
      try {
        const { done, value } = await reader.read();
        if (!done) { stream.enqueue(value); return; }
        stream.close();
        over();
      } catch (error) {
        stream.error(error);
        if (error.name !== "AbortError") over();
      }
    };
    return new Response(new ReadableStream({ pull, cancel: (why) => reader.cancel(why) }), answered);
  };

  /* --- asking ------------------------------------------------------------------------- */
  /* What was said before, or before a turn of then. */
  const earlier = (than) => {
    const all = talks.turns();
    const before = than ? all.slice(0, all.indexOf(than)) : all;
    return before.filter((turn) => turn.text).slice(-6).flatMap((turn) => [
      { role: "user", content: turn.question.slice(0, 1500) },
      { role: "assistant", content: turn.text.slice(0, 1500) },
    ]);
  };

  /* `root` is the turn whose question this is once more: what was said before that one counts. */
  const ask = (question, change = {}, root = "") => {
    question = question.trim();
    if (busy || !question) { focusQuestion(); return; }
    pending = {
      question, history: earlier(), language: says.language,
      since: limits.since || null, until: limits.until || null,
      sources: limits.sources.length ? limits.sources : null, ...change, number: talks.fresh().id,
    };
    busy = true;
    turnedAway = cutOff = false;
    document.body.dataset.busy = "1";
    $("w-welcome").hidden = true;
    const folded = $("w-filters").querySelector("details");
    if (folded) folded.open = false; // the answer wants the room
    const { since, until, sources, without = [], number } = pending;
    talks.keep(asked = { id: number, at: Date.now(), question, text: "", answer: "", limits: { since, until, sources, without, root, alone: !pending.history.length } });
    $("w-thread").append(talks.bubble(question), worded("p", "searching", "w-pending"));
    talks.toEnd();
    if (!matchMedia("(hover: hover)").matches) document.activeElement?.blur(); // makes room for the answer
    if (broken) startAnew(); else $("w-go").click();
  };

  /* Gradio waits for what was cut off and takes no other question until it is loaded again. */
  const startAnew = async () => {
    try {
      if ((await plainFetch("healthz", { cache: "no-store" })).ok) {
        await talks.drop(asked); // it is asked anew
        sessionStorage.setItem("warta.pending", JSON.stringify(pending));
        location.reload();
        return;
      }
    } catch { /* said below */ }
    cut();
  };
  const goOn = () => {
    let left = null;
    try {
      left = JSON.parse(sessionStorage.getItem("warta.pending"));
      sessionStorage.removeItem("warta.pending");
    } catch { /* nothing was left */ }
    if (left) ask(left.question, left);
  };

  const dropPending = () => $("w-thread").querySelectorAll(".w-pending").forEach((node) => node.remove());

  /* What grows belongs to a question, by its number: a stopped one may still say something. */
  const liveTurn = () => {
    const said = $("w-live").querySelector("[data-number]");
    return busy && said?.dataset.number === pending.number ? said.querySelector(".w-turn") : null;
  };
  const heard = () => {
    const live = liveTurn();
    $("w-live").hidden = !live;
    if (!live) return;
    dropPending();
    if (live.dataset.done === "1") finish(false);
  };
  const stop = () => {
    if (!busy) return;
    plainFetch("warta/stop?number=" + pending.number, { method: "POST" }).catch(() => {});
    finish(true);
  };

  const finish = (stopped) => {
    if (!busy) return;
    const live = liveTurn();
    busy = false;
    $("w-live").hidden = true;
    delete document.body.dataset.busy;
    dropPending();
    const key = turnedAway ? "busy" : cutOff ? "cut_off" : "failed";
    const node = live ? live.cloneNode(true) : talks.failed(key);
    const real = live && live.dataset.status !== "notice";
    const broke = real && live.dataset.done !== "1" && (stopped ? "stopped" : cutOff ? "cut_off" : "broken_off");
    const turn = { ...asked, ...(real ? talks.kept(node) : {}), ...(broke ? { note: broke } : {}) };
    if (broke) node.append(talks.stopped(broke));
    $("w-thread").append(talks.signed(node, turn));
    talks.keep(turn).then(talks.merge);
    if (real) panel.show(node, false);
    talks.toEnd();
  };
  const focusQuestion = () => document.querySelector("#w-question textarea")?.focus();

  /* --- language, theme, overview ------------------------------------------------------ */
  const speak = () => {
    document.documentElement.lang = says.language;
    translate(document);
    $("w-language").textContent = says.language === "id" ? "EN" : "ID";
    const box = document.querySelector("#w-question textarea");
    if (box) { box.placeholder = t("placeholder"); box.setAttribute("aria-label", t("question")); }
    for (const [id, key] of [["w-send", "send"], ["w-stop", "stop"]]) {
      const said = [...($(id)?.childNodes ?? [])].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      if (said) said.data = t(key);
    }
    $("w-help-history").textContent = t("help_history", { n: warta.numbered(warta.store.MOST) });
    talks.tell();
    overview();
  };
  const dress = () => {
    const chosen = warta.chosen("theme", "") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.documentElement.dataset.theme = chosen;
    document.body.classList.toggle("dark", chosen === "dark");
  };
  const overview = async () => {
    try {
      const answered = await fetch("warta/overview?language=" + says.language);
      if (!answered.ok) return;
      const parts = await answered.json();
      $("w-coverage").innerHTML = parts.coverage;
      $("w-recent").innerHTML = parts.recent;
      panel.glance(parts.glance);
      showLimits();
      if (!$("w-filters").contains(document.activeElement)) {
        const open = $("w-filters").querySelector("details")?.open;
        $("w-filters").innerHTML = parts.filters;
        if (open) $("w-filters").querySelector("details").open = true;
        showLimits();
      }
    } catch { /* the next one will tell */ }
  };
  const showLimits = () => {
    const box = $("w-filters");
    const [since, until] = ["since", "until"].map((name) => box.querySelector(`[name=${name}]`));
    if (since) since.value = limits.since;
    if (until) until.value = limits.until;
    box.querySelectorAll("[name=source]").forEach((tick) => { tick.checked = limits.sources.includes(tick.value); });
    document.querySelectorAll("[data-act=month]").forEach((bar) => {
      bar.setAttribute("aria-pressed", String(Boolean(limits.since || limits.until)
        && (!limits.since || bar.dataset.until >= limits.since) && (!limits.until || bar.dataset.since <= limits.until)));
    });
    const said = [];
    if (limits.since || limits.until) said.push(`${spoken(limits.since)} – ${spoken(limits.until)}`);
    if (limits.sources.length) said.push(limits.sources.join(", "));
    const shown = box.querySelector(".w-limits");
    if (shown) shown.textContent = said.join(" · ");
    box.classList.toggle("w-limited", said.length > 0);
  };
  const readLimits = () => {
    const box = $("w-filters");
    limits = {
      since: box.querySelector("[name=since]")?.value || "",
      until: box.querySelector("[name=until]")?.value || "",
      sources: [...box.querySelectorAll("[name=source]:checked")].map((tick) => tick.value),
    };
    limited();
  };
  /* The filters belong to the conversation: they come back with it, and a new one has none. */
  const limited = () => { showLimits(); talks.limits(limits); };
  const limit = ({ since = "", until = "", sources = [] }) => { limits = { since, until, sources }; showLimits(); };

  /* --- what buttons do ---------------------------------------------------------------- */
  const questionOf = (node) => node.closest(".w-turn")?.dataset.question ?? "";
  /* A turn's question once more: in the same limits, after the same turns. */
  const requestOf = (node) => {
    const turn = talks.turnOf(node);
    const { since = null, until = null, sources = null, without = [], alone = false } = turn?.limits ?? {};
    return { since, until, sources, without, history: alone ? [] : earlier(rootOf(turn)) };
  };
  const rootOf = (turn) => talks.turns().find((other) => other.id === turn?.limits?.root) ?? turn;
  const flash = (button, key) => {
    const said = button.querySelector("[data-t]");
    if (!said) return;
    const before = said.dataset.t;
    said.textContent = t(key);
    setTimeout(() => { said.textContent = t(before); }, 1600);
  };
  const judge = async (button, verdict, reason = "") => {
    const node = button.closest(".w-turn"), turn = talks.turnOf(button);
    let answer = null;
    try { answer = JSON.parse(turn.answer); } catch { /* an answer of Warta 0.1 */ }
    node.querySelectorAll("[data-act=up],[data-act=down]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.act === verdict)));
    const body = { verdict, reason, question: turn.question.slice(0, 2000), answer: turn.text, status: answer?.status ?? "", receipt: answer?.receipt ?? null, number: turn.id };
    try { await fetch("api/feedback", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }); } catch { /* kept quiet: it is a favour */ }
  };
  const askWhy = (turn) => {
    if (turn.querySelector(".w-why")) return;
    const box = make("div", "w-why");
    const field = make("input", "");
    field.type = "text";
    field.maxLength = 500;
    field.placeholder = t("why_placeholder");
    field.setAttribute("aria-label", t("why"));
    box.append(field, action("reason", "send_reason"));
    turn.append(box);
    field.focus();
  };

  const fill = (text) => {
    const box = document.querySelector("#w-question textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };
  const dialog = (id) => { $(id).showModal(); warta.cover(id, () => $(id).close()); };

  const acts = {
    cite: (b) => panel.show(b.closest(".w-turn"), true, b.dataset.n),
    whole: (b) => panel.whole(b),
    back: () => panel.back(),
    "close-side": () => panel.close(),
    example: (b) => ask(b.textContent),
    again: async (b) => {
      const turn = talks.turnOf(b), question = questionOf(b), request = requestOf(b), root = rootOf(turn)?.id;
      if (turn && !turn.text) await talks.drop(turn); // it had no answer: the new one takes its place
      ask(question, request, root);
    },
    wider: (b) => { acts.clear(); ask(questionOf(b), { ...requestOf(b), since: "0001-01-01", until: "9999-12-31", sources: [] }, rootOf(talks.turnOf(b))?.id); },
    edit: (b) => fill(b.closest(".w-question").querySelector("p").textContent),
    rewrite: (b) => fill(questionOf(b)),
    drop: (b) => {
      const change = requestOf(b);
      if (b.dataset.what === "period") { change.since = "0001-01-01"; change.until = "9999-12-31"; limits.since = limits.until = ""; }
      if (b.dataset.what === "sources") { change.sources = []; limits.sources = []; }
      if (b.dataset.what === "history") change.history = change.without = [];
      if (b.dataset.what === "topic") change.without = [...change.without, b.dataset.topic].slice(-10);
      limited();
      ask(questionOf(b), change, rootOf(talks.turnOf(b))?.id);
    },
    copy: async (b) => { if (await out.copy(talks.turnOf(b))) flash(b, "copied"); },
    download: async (b) => { await out.download(b.dataset.as, talks.turnOf(b), talks.turns()); b.closest("details").open = false; },
    print: (b) => { b.closest("details").open = false; print(); },
    link: async (b) => {
      const address = out.address(talks.turnOf(b));
      try { await navigator.clipboard.writeText(address); flash(b, "link_copied"); } catch { warta.toast(address); }
    },
    share: async (b) => {
      const made = await out.share(talks.turnOf(b));
      if (!made) return;
      const said = t("shared_link", { until: spoken(made.until) });
      try { await navigator.clipboard.writeText(made.address); warta.toast(said); } catch { warta.toast(made.address); }
    },
    up: (b) => judge(b, "up"),
    down: (b) => { judge(b, "down"); askWhy(b.closest(".w-turn")); },
    reason: (b) => {
      const box = b.closest(".w-why");
      judge(b, "down", box.querySelector("input").value);
      box.replaceChildren(make("p", "w-muted", t("thanks")));
    },
    new: () => { talks.open(talks.fresh()); focusQuestion(); },
    history: () => { talks.list(); dialog("w-drawer"); },
    help: () => dialog("w-help"),
    close: (b) => b.closest("dialog").close(),
    open: async (b) => {
      const found = await warta.store.talk(talks.idOf(b));
      $("w-drawer").close();
      if (found) talks.open(found);
    },
    rename: (b) => talks.rename(b),
    forget: (b) => talks.forget(b),
    language: () => { says.language = says.language === "id" ? "en" : "id"; warta.setting("language", says.language); speak(); },
    theme: () => { warta.setting("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark"); dress(); },
    month: (b) => {
      const same = limits.since === b.dataset.since && limits.until === b.dataset.until;
      limits = { ...limits, since: same ? "" : b.dataset.since, until: same ? "" : b.dataset.until };
      limited();
    },
    clear: () => { limits = { since: "", until: "", sources: [] }; limited(); },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act]");
    if (button && acts[button.dataset.act]) { event.preventDefault(); acts[button.dataset.act](button); }
    else document.querySelectorAll(".w-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("toggle", (event) => { // upwards where there is room, else downwards
    const menu = event.target.closest?.(".w-menu[open]");
    if (menu) menu.classList.toggle("w-below", menu.getBoundingClientRect().top < 380);
  }, true);
  document.addEventListener("change", (event) => { if (event.target.closest?.("#w-filters")) readLimits(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll(".w-menu[open]").forEach((menu) => { menu.open = false; });
    if (event.key === "Escape" && document.body.dataset.side && !document.querySelector("dialog[open]")) panel.close();
    if (event.key === "Enter" && event.target.closest?.(".w-why")) acts.reason(event.target);
    const list = { ArrowDown: 1, ArrowUp: -1 }[event.key] && event.target.matches?.("a, button") && event.target.closest("#w-list, .w-cards, .w-more ul, .w-nearest ul, .w-strip");
    if (list) {
      const items = [...list.children], here = items.findIndex((item) => item.contains(event.target));
      const next = items[here + (event.key === "ArrowDown" ? 1 : -1)]?.querySelector("a, button");
      if (next) { event.preventDefault(); next.focus(); }
    }
    const writing = event.target.closest?.("input, textarea, dialog");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); focusQuestion(); }
    if (event.key === "ArrowUp" && event.target.matches?.("#w-question textarea") && !event.target.value) {
      const last = talks.turns().at(-1);
      if (last) { event.preventDefault(); fill(last.question); }
    }
  });

  const start = () => {
    if (ready || !["w-head", "w-thread", "w-live", "w-side-body", "w-go"].every($) || !document.querySelector("#w-question textarea")) return;
    ready = true;
    waiting.disconnect();
    dress();
    speak();
    $("w-live").hidden = true;
    new MutationObserver(heard).observe($("w-live"), { childList: true, subtree: true });
    for (const id of ["w-drawer", "w-help"]) $(id).addEventListener("close", () => warta.uncover(id));
    $("w-find").addEventListener("input", talks.list);
    begin();
    setInterval(overview, 60000);
    if (matchMedia("(hover: hover)").matches) focusQuestion(); // a telephone would open its keyboard
  };
  /* The conversation of last time, or what an address asks for: that is filled in and not asked,
     for the address can be anybody's. */
  const begin = async () => {
    const wanted = out.wanted(), last = warta.chosen("open", "");
    if (wanted) {
      history.replaceState(null, "", location.pathname);
      fill(wanted.question);
      limit(wanted.limits);
      talks.limits(limits);
      warta.toast(t("linked"));
    } else {
      const before = last && await warta.store.talk(last);
      if (before && !before.gone) await talks.open(before);
    }
    document.body.dataset.ready = "1";
    goOn();
  };
  const waiting = new MutationObserver(start);
  waiting.observe(document.documentElement, { childList: true, subtree: true });
  dress();

  return {
    limit,
    submit: (question) => { if (busy) return question; ask(question || ""); return ""; },
    request: () => JSON.stringify(pending),
    stop,
    gaveUp: () => finish(false),
  };
})());
