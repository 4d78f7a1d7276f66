/* What the page does without the server: opening sources, keeping conversations in this browser,
   copying, filters, language and theme. Foreign text enters the document only as textContent,
   or as HTML that assistant/render.py escaped; stored HTML passes `safe` on its way back. */
"use strict";
window.warta = (() => {
  const TEXTS = JSON.parse(document.getElementById("w-texts").textContent);
  const $ = (id) => document.getElementById(id);
  const store = (key, value) => {
    try { localStorage.setItem("warta." + key, JSON.stringify(value)); return true; } catch { return false; }
  };
  const stored = (key, other) => {
    try { return JSON.parse(localStorage.getItem("warta." + key)) ?? other; } catch { return other; }
  };
  const fresh = () => ({ id: Math.random().toString(36).slice(2), title: "", at: 0, turns: [] });

  const detected = () => {
    for (const tag of navigator.languages || []) {
      const name = tag.toLowerCase().split("-")[0];
      if (["id", "in", "ms"].includes(name)) return "id";
      if (name === "en") return "en";
    }
    return "id";
  };
  let language = stored("language", "") || document.documentElement.dataset.language || detected();
  let talk = fresh();
  let atAGlance = "";
  let busy = false, pending = null, current = null, ready = false;
  let limits = { since: "", until: "", sources: [] };

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

  const t = (key, values = {}) =>
    (TEXTS[language][key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const action = (act, key, className = "w-button", icon = "") => {
    const node = make("button", className);
    node.type = "button";
    node.dataset.act = act;
    if (icon) {
      node.append(make("span", "w-i w-i-" + icon));
      node.firstChild.setAttribute("aria-hidden", "true");
      node.dataset.tLabel = key;
      node.setAttribute("aria-label", t(key));
      node.title = t(key);
    } else {
      const said = make("span", "", t(key));
      said.dataset.t = key;
      node.append(said);
    }
    return node;
  };

  /* --- asking ------------------------------------------------------------------------- */
  const history = () => talk.turns.filter((turn) => turn.text).slice(-6).flatMap((turn) => [
    { role: "user", content: turn.question.slice(0, 1500) },
    { role: "assistant", content: turn.text.slice(0, 1500) },
  ]);

  const ask = (question, change = {}) => {
    question = question.trim();
    if (busy || !question) { focusQuestion(); return; }
    pending = {
      question, history: history(), language,
      since: limits.since || null, until: limits.until || null,
      sources: limits.sources.length ? limits.sources : null, ...change, number: fresh().id,
    };
    busy = true;
    turnedAway = cutOff = false;
    document.body.dataset.busy = "1";
    $("w-welcome").hidden = true;
    const thread = $("w-thread");
    thread.append(bubble(question), make("p", "w-pending", t("searching")));
    thread.lastChild.dataset.t = "searching";
    toEnd();
    if (!matchMedia("(hover: hover)").matches) document.activeElement?.blur(); // makes room for the answer
    if (broken) startAnew(); else $("w-go").click();
  };

  /* Gradio waits for what was cut off and takes no other question until it is loaded again. */
  const startAnew = async () => {
    try {
      if ((await plainFetch("healthz", { cache: "no-store" })).ok) {
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

  const bubble = (question) => {
    const box = make("div", "w-question");
    const said = make("p", "", question);
    said.dir = "auto";
    box.append(said, action("edit", "edit", "w-tool", "edit"));
    return box;
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
    const node = live ? live.cloneNode(true) : failed();
    if (live && live.dataset.done !== "1") node.append(stoppedNote(stopped));
    $("w-thread").append(node);
    const real = live && live.dataset.status !== "notice";
    if (real) {
      talk.turns.push({ question: pending.question, text: answerText(node), html: node.outerHTML, request: pending });
      talk.title ||= pending.question.slice(0, 120);
      talk.at = Date.now();
      keep();
    }
    node.dataset.question = pending.question;
    if (real) showSources(node, false);
    toEnd();
  };

  const failed = () => {
    const node = make("div", "w-turn");
    node.dataset.status = "notice";
    const note = make("div", "w-note");
    note.setAttribute("role", "alert");
    const key = turnedAway ? "busy" : cutOff ? "cut_off" : "failed";
    const said = make("p", "", t(key));
    said.dataset.t = key;
    note.append(said, action("again", "retry"));
    node.append(note);
    return node;
  };
  const stoppedNote = (stopped) => {
    const note = make("div", "w-row w-stopped");
    const key = stopped ? "stopped" : cutOff ? "cut_off" : "broken_off";
    const said = make("span", "w-muted", t(key));
    said.dataset.t = key;
    note.append(said, action("again", "again"));
    return note;
  };
  const answerText = (node) => {
    const exported = node.querySelector('[data-export="json"]');
    try { return JSON.parse(exported.textContent).text; } catch { return node.querySelector(".w-answer")?.innerText ?? ""; }
  };

  const toEnd = () => requestAnimationFrame(() => {
    const last = [...document.querySelectorAll("#w-thread .w-question")].pop();
    if (last) last.scrollIntoView({ block: "start" });
  });
  const focusQuestion = () => document.querySelector("#w-question textarea")?.focus();

  /* --- sources ------------------------------------------------------------------------ */
  const showSources = (turn, open, number) => {
    const body = $("w-side-body");
    const cards = turn.querySelector(".w-sources");
    current = turn;
    body.replaceChildren();
    if (!cards) body.append(emptySide());
    else sideTitle("sources");
    if (cards) for (const card of cards.children) body.append(card.cloneNode(true));
    document.querySelectorAll(".w-turn.w-current").forEach((node) => node.classList.remove("w-current"));
    turn.classList.add("w-current");
    document.querySelectorAll(".w-cite.w-open").forEach((node) => node.classList.remove("w-open"));
    if (!open) { scroller().scrollTop = 0; return; }
    document.body.dataset.side = "1";
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
  const sideTitle = (key) => { $("w-side-title").firstElementChild.dataset.t = key; $("w-side-title").firstElementChild.textContent = t(key); };
  const emptySide = () => { /* no sources: what the archive holds */
    const node = make("div", "w-side-empty");
    if (atAGlance) node.innerHTML = atAGlance;
    else { node.textContent = t("sources_empty"); node.dataset.t = "sources_empty"; }
    sideTitle(atAGlance ? "glance" : "sources");
    return node;
  };
  const closeSide = () => {
    delete document.body.dataset.side;
    (document.querySelector(".w-cite.w-open") || document.querySelector("#w-question textarea"))?.focus();
  };
  const whole = async (button) => {
    const { id, start, end } = button.dataset;
    const query = new URLSearchParams({ id, start, end, language });
    const body = $("w-side-body");
    const back = action("back", "back");
    back.prepend(make("span", "w-i w-i-back"));
    let answered = null;
    try { answered = await fetch("warta/article?" + query); } catch { /* said below */ }
    document.body.dataset.side = "1";
    const holder = make("div", "w-whole");
    if (answered?.ok) holder.innerHTML = await answered.text();
    else holder.append(Object.assign(make("p", "w-side-empty", t("missing"))));
    body.replaceChildren(back, holder);
    back.focus({ preventScroll: true });
    const mark = holder.querySelector("mark");
    if (mark) reveal(mark); else scroller().scrollTop = 0;
  };

  /* --- conversations ------------------------------------------------------------------ */
  const keep = () => {
    let all = [talk, ...stored("talks", []).filter((other) => other.id !== talk.id)].slice(0, 40);
    while (all.length && !store("talks", all)) all = all.length > 1 ? all.slice(0, -1) : [];
    store("open", talk.id);
  };
  const allowed = {
    DIV: 1, P: 1, SPAN: 1, UL: 1, OL: 1, LI: 1, H2: 1, H3: 1, A: 1, BUTTON: 1, SECTION: 1, MARK: 1, BR: 1,
    BDI: 1, STRONG: 1, TIME: 1, BLOCKQUOTE: 1, PRE: 1, DETAILS: 1, SUMMARY: 1,
  };
  const attribute = /^(class|lang|dir|title|hidden|type|tabindex|role|href|target|rel|datetime|data-[\w-]+|aria-[\w-]+)$/i;
  const safe = (html) => {
    const parsed = new DOMParser().parseFromString(String(html), "text/html").body;
    for (const node of [...parsed.querySelectorAll("*")]) {
      if (!allowed[node.tagName.toUpperCase()]) { node.remove(); continue; }
      for (const { name, value } of [...node.attributes]) {
        if (!attribute.test(name) || (name === "href" && !/^https?:\/\//.test(value))) node.removeAttribute(name);
      }
    }
    return parsed.firstElementChild;
  };
  const openTalk = (wanted) => {
    if (busy) return;
    talk = wanted;
    const thread = $("w-thread");
    thread.replaceChildren();
    let last = null;
    for (const turn of talk.turns) {
      thread.append(bubble(turn.question));
      const node = safe(turn.html);
      if (!node) continue;
      node.dataset.question = turn.question;
      thread.append(node);
      last = node;
    }
    $("w-welcome").hidden = talk.turns.length > 0;
    if (last) showSources(last, false); else $("w-side-body").replaceChildren(emptySide());
    delete document.body.dataset.side;
    store("open", talk.id);
    translate(thread);
    toEnd();
  };
  const listTalks = () => {
    const list = $("w-list");
    list.replaceChildren();
    const all = stored("talks", []);
    if (!all.length) list.append(make("li", "w-muted", t("no_conversations")));
    for (const other of all) {
      const row = make("li", other.id === talk.id ? "w-here" : "");
      const open = make("button", "w-talk");
      open.type = "button";
      open.dataset.act = "open";
      open.dataset.id = other.id;
      open.append(make("span", "", other.title), make("time", "w-muted", new Date(other.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" })));
      const remove = action("forget", "delete", "w-tool", "forget");
      remove.dataset.id = other.id;
      row.append(open, remove);
      list.append(row);
    }
  };

  /* --- language, theme, overview ------------------------------------------------------ */
  const translate = (root) => {
    root.querySelectorAll("[data-t]").forEach((node) => { if (TEXTS[language][node.dataset.t]) node.textContent = t(node.dataset.t); });
    root.querySelectorAll("[data-t-label]").forEach((node) => {
      node.setAttribute("aria-label", t(node.dataset.tLabel));
      node.title = t(node.dataset.tLabel);
    });
    root.querySelectorAll("time[datetime]").forEach((node) => {
      node.textContent = spoken(node.dateTime);
    });
  };
  const speak = () => {
    document.documentElement.lang = language;
    translate(document);
    $("w-language").textContent = language === "id" ? "EN" : "ID";
    const box = document.querySelector("#w-question textarea");
    if (box) { box.placeholder = t("placeholder"); box.setAttribute("aria-label", t("question")); }
    for (const [id, key] of [["w-send", "send"], ["w-stop", "stop"]]) {
      const said = [...($(id)?.childNodes ?? [])].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      if (said) said.data = t(key);
    }
    overview();
  };
  const dress = () => {
    const chosen = stored("theme", "") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.documentElement.dataset.theme = chosen;
    document.body.classList.toggle("dark", chosen === "dark");
  };
  const overview = async () => {
    try {
      const answered = await fetch("warta/overview?language=" + language);
      if (!answered.ok) return;
      const parts = await answered.json();
      $("w-coverage").innerHTML = parts.coverage;
      $("w-recent").innerHTML = parts.recent;
      atAGlance = parts.glance;
      if ($("w-side-body").querySelector(".w-side-empty")) { $("w-side-body").replaceChildren(emptySide()); showLimits(); }
      if (!$("w-filters").contains(document.activeElement)) {
        const open = $("w-filters").querySelector("details")?.open;
        $("w-filters").innerHTML = parts.filters;
        if (open) $("w-filters").querySelector("details").open = true;
        showLimits();
      }
    } catch { /* the next one will tell */ }
  };
  const spoken = (day) => (day ? new Date(day + "T00:00:00").toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" }) : "…");
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
    showLimits();
  };

  /* --- what buttons do ---------------------------------------------------------------- */
  const exported = (turn, kind) => turn.querySelector(`[data-export="${kind}"]`)?.textContent ?? "";
  const save = (name, type, text) => {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const questionOf = (node) => {
    const turn = node.closest(".w-turn");
    return turn?.dataset.question ?? pending?.question ?? "";
  };
  const requestOf = (node) => {
    const answers = [...$("w-thread").querySelectorAll('.w-turn:not([data-status="notice"])')];
    return talk.turns[answers.indexOf(node.closest(".w-turn"))]?.request;
  };
  const flash = (button, key) => {
    const said = button.querySelector("[data-t]");
    if (!said) return;
    const before = said.dataset.t;
    said.textContent = t(key);
    setTimeout(() => { said.textContent = t(before); }, 1600);
  };
  const judge = async (button, verdict, reason = "") => {
    const turn = button.closest(".w-turn");
    const answer = JSON.parse(exported(turn, "json") || "null");
    turn.querySelectorAll("[data-act=up],[data-act=down]").forEach((node) => node.setAttribute("aria-pressed", String(node.dataset.act === verdict)));
    const body = { verdict, reason, question: questionOf(button), answer: answer?.text ?? "", status: answer?.status ?? "", receipt: answer?.receipt ?? null };
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

  const acts = {
    cite: (b) => showSources(b.closest(".w-turn"), true, b.dataset.n),
    whole: (b) => { const turn = b.closest(".w-turn"); if (turn) current = turn; whole(b); },
    back: () => { if (current) showSources(current, true, document.querySelector(".w-cite.w-open")?.dataset.n ?? 1); },
    "close-side": closeSide,
    example: (b) => ask(b.dataset.question),
    again: (b) => { const before = requestOf(b); ask(questionOf(b), before ? { since: before.since, until: before.until, sources: before.sources, history: before.history, without: before.without ?? [] } : {}); },
    wider: (b) => { acts.clear(); ask(questionOf(b), { since: "0001-01-01", until: "9999-12-31", sources: [], history: requestOf(b)?.history ?? history(), without: requestOf(b)?.without ?? [] }); },
    edit: (b) => {
      const box = document.querySelector("#w-question textarea");
      box.value = b.closest(".w-question").querySelector("p").textContent;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    },
    drop: (b) => {
      const before = requestOf(b) ?? {};
      const change = { since: before.since ?? null, until: before.until ?? null, sources: before.sources ?? null, history: before.history ?? [], without: before.without ?? [] };
      if (b.dataset.what === "period") { change.since = "0001-01-01"; change.until = "9999-12-31"; limits.since = limits.until = ""; }
      if (b.dataset.what === "sources") { change.sources = []; limits.sources = []; }
      if (b.dataset.what === "history") change.history = change.without = [];
      if (b.dataset.what === "topic") change.without = [...change.without, b.dataset.topic].slice(-10);
      showLimits();
      ask(questionOf(b), change);
    },
    copy: async (b) => {
      try { await navigator.clipboard.writeText(exported(b.closest(".w-turn"), "txt")); flash(b, "copied"); }
      catch { save("warta.txt", "text/plain", exported(b.closest(".w-turn"), "txt")); }
    },
    download: (b) => {
      const types = { txt: "text/plain", md: "text/markdown", json: "application/json" };
      save("warta." + b.dataset.as, types[b.dataset.as] + ";charset=utf-8", exported(b.closest(".w-turn"), b.dataset.as));
      b.closest("details").open = false;
    },
    up: (b) => judge(b, "up"),
    down: (b) => { judge(b, "down"); askWhy(b.closest(".w-turn")); },
    reason: (b) => {
      const box = b.closest(".w-why");
      judge(b, "down", box.querySelector("input").value);
      box.replaceChildren(make("p", "w-muted", t("thanks")));
    },
    new: () => { openTalk(fresh()); focusQuestion(); },
    history: () => { listTalks(); $("w-drawer").showModal(); },
    close: () => $("w-drawer").close(),
    open: (b) => { const found = stored("talks", []).find((other) => other.id === b.dataset.id); if (found) openTalk(found); $("w-drawer").close(); },
    forget: (b) => {
      store("talks", stored("talks", []).filter((other) => other.id !== b.dataset.id));
      if (b.dataset.id === talk.id) openTalk(fresh());
      listTalks();
    },
    language: () => { language = language === "id" ? "en" : "id"; store("language", language); speak(); },
    theme: () => { store("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark"); dress(); },
    month: (b) => {
      const same = limits.since === b.dataset.since && limits.until === b.dataset.until;
      limits = { ...limits, since: same ? "" : b.dataset.since, until: same ? "" : b.dataset.until };
      showLimits();
    },
    clear: () => { limits = { since: "", until: "", sources: [] }; showLimits(); },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act]");
    if (button && acts[button.dataset.act]) { event.preventDefault(); acts[button.dataset.act](button); }
    else document.querySelectorAll(".w-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("change", (event) => { if (event.target.closest?.("#w-filters")) readLimits(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.dataset.side && !$("w-drawer").open) closeSide();
    if (event.key === "Enter" && event.target.closest?.(".w-why")) acts.reason(event.target);
  });

  const start = () => {
    if (ready || !["w-head", "w-thread", "w-live", "w-side-body", "w-go"].every($) || !document.querySelector("#w-question textarea")) return;
    ready = true;
    waiting.disconnect();
    dress();
    speak();
    $("w-live").hidden = true;
    new MutationObserver(heard).observe($("w-live"), { childList: true, subtree: true });
    const before = stored("talks", []).find((other) => other.id === stored("open", ""));
    if (before) openTalk(before);
    setInterval(overview, 60000);
    if (matchMedia("(hover: hover)").matches) focusQuestion(); // a telephone would open its keyboard
    document.body.dataset.ready = "1";
    goOn();
  };
  const waiting = new MutationObserver(start);
  waiting.observe(document.documentElement, { childList: true, subtree: true });
  dress();

  return {
    submit: (question) => { if (busy) return question; ask(question || ""); return ""; },
    request: () => JSON.stringify(pending),
    stop,
    gaveUp: () => finish(false),
  };
})();
