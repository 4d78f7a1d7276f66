/* The conversation on the page and those before it: kept, shown again, found, renamed, deleted. */
"use strict";
(() => {
  const { $, t, make, worded, action, numbered, translate, store, panel, says } = warta;
  const fresh = () => ({ id: Math.random().toString(36).slice(2) + Date.now().toString(36), title: "", at: 0, limits: null });
  const CHUNK = 150000; // characters of kept answers in one request; the server takes 256 KB
  let talk = fresh(), turns = [], occupied = () => false;
  const unkept = new Map(); // for want of room

  /* --- keeping -------------------------------------------------------------------------- */
  const keep = async (turn) => {
    const at = turns.findIndex((other) => other.id === turn.id);
    if (at < 0) turns.push(turn); else turns[at] = turn;
    talk = { ...talk, title: talk.title || turn.question.slice(0, 120), at: Date.now() };
    await record(talk, turn);
    if (unkept.size && !unkept.has(turn.id)) await retry(); // there is room again
  };
  const record = async (talk, turn) => {
    document.body.dataset.keeping = turn.id;
    if (await store.add(talk, turn)) unkept.delete(turn.id); else unkept.set(turn.id, { talk, turn });
    if (document.body.dataset.keeping === turn.id) delete document.body.dataset.keeping;
    warta.setting("open", talk.id);
    await tell();
  };
  const tell = async () => {
    const n = await store.count(), max = store.MOST;
    if (unkept.size) warta.note("kept_full");
    else if (!(await store.lasting())) warta.note("kept_never");
    else if (n >= 0.9 * max) warta.note("kept_nearly", { n: numbered(n), max: numbered(max) });
    else warta.note("");
  };
  const retry = async () => { for (const { talk, turn } of [...unkept.values()]) await record(talk, turn); };
  addEventListener("beforeunload", (event) => { if (unkept.size) event.preventDefault(); });
  const drop = async (turn) => {
    turns = turns.filter((other) => other.id !== turn.id);
    unkept.delete(turn.id);
    await store.drop(turn.id);
  };

  /* --- showing -------------------------------------------------------------------------- */
  const bubble = (question) => {
    const box = make("div", "w-question");
    const said = make("p", "", question);
    said.dir = "auto";
    box.append(said, action("edit", "edit", "w-tool", "edit"));
    return box;
  };
  const failed = (key) => {
    const node = make("div", "w-turn");
    node.dataset.status = "notice";
    const box = make("div", "w-note");
    box.setAttribute("role", "alert");
    box.append(worded("p", key), action("again", "retry"));
    node.append(box);
    return node;
  };
  const stopped = (key) => {
    const box = make("div", "w-row w-stopped");
    box.append(worded("span", key, "w-muted"), action("again", "again"));
    return box;
  };
  /* On paper a turn says when it was asked. */
  const signed = (node, turn) => {
    Object.assign(node.dataset, { turn: turn.id, question: turn.question });
    const day = new Date(turn.at).toLocaleDateString(says.language, { dateStyle: "long" });
    node.append(make("p", "w-paper", t("asked_on", { day })));
    return node;
  };
  /* As it was kept: text, until the server has dressed it. */
  const plain = (turn) => {
    if (!turn.text) return signed(failed("unanswered"), turn);
    const node = make("div", "w-turn");
    node.dataset.status = "kept";
    const said = make("p", "", turn.text);
    said.dir = "auto";
    const box = make("div", "w-answer w-kept");
    box.append(said);
    node.append(box);
    if (turn.note) node.append(stopped(turn.note));
    return signed(node, turn);
  };
  const dressed = async (some) => {
    const body = JSON.stringify({ language: says.language, turns: some.map(({ question, answer }) => ({ question, answer })) });
    const answered = await fetch("warta/turns", { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!answered.ok) throw new Error(`HTTP ${answered.status}`);
    return (await answered.json()).map((html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild);
  };
  /* The last ones first: they are what is looked at. */
  const dress = async (wanted) => {
    const open = talk.id;
    for (let end = wanted.length; end > 0;) {
      let begin = end - 1, size = wanted[begin].answer.length;
      while (begin > 0 && end - begin < 40 && size + wanted[begin - 1].answer.length < CHUNK) size += wanted[--begin].answer.length;
      const some = wanted.slice(begin, end);
      let nodes = null;
      try { nodes = await dressed(some); } catch { /* said below */ }
      if (open !== talk.id) return;
      some.forEach((turn, number) => {
        const old = document.querySelector(`#w-thread [data-turn="${turn.id}"]`);
        const node = nodes?.[number];
        if (!old) return;
        if (!node || node.dataset.status === "notice") { old.append(worded("p", "not_shown", "w-muted")); return; }
        old.replaceWith(signed(node, turn));
        if (node.querySelector('[data-t="withdrawn"]')) { // nothing of it stays here either
          Object.assign(turn, kept(node));
          store.add(talk, turn);
        }
      });
      end = begin;
    }
  };
  const kept = (node) => ({
    text: node.querySelector('[data-kept="text"]')?.textContent ?? node.querySelector(".w-answer")?.innerText ?? "",
    answer: node.querySelector('[data-kept="answer"]')?.textContent ?? "",
  });
  const lastNode = () => [...document.querySelectorAll("#w-thread .w-turn")].pop();

  const open = async (wanted) => {
    if (occupied()) return;
    talk = wanted;
    const found = await store.turnsOf(talk.id);
    for (const { talk: other, turn } of unkept.values()) if (other.id === talk.id) found.push(turn);
    if (talk !== wanted) return;
    turns = found;
    const thread = $("w-thread");
    thread.replaceChildren();
    for (const turn of turns) thread.append(bubble(turn.question), plain(turn));
    $("w-welcome").hidden = turns.length > 0;
    panel.clear();
    delete document.body.dataset.side;
    warta.setting("open", talk.id);
    warta.limit(talk.limits ?? {});
    translate(thread);
    toEnd();
    await dress(turns.filter((turn) => turn.answer));
    if (lastNode()?.querySelector(".w-sources")) panel.show(lastNode(), false);
    toEnd();
  };
  const toEnd = () => requestAnimationFrame(() => {
    [...document.querySelectorAll("#w-thread .w-question")].pop()?.scrollIntoView({ block: "start" });
  });
  /* What other windows have added to this conversation. */
  const merge = async () => {
    if (occupied()) return;
    const open = talk.id, found = await store.turnsOf(open);
    if (occupied() || open !== talk.id) return;
    const come = [];
    for (const turn of found) {
      const known = turns.find((other) => other.id === turn.id);
      if (known?.text || (!turn.text && (known || Date.now() - turn.at < 120000))) continue;
      if (known) { Object.assign(known, turn); document.querySelector(`#w-thread [data-turn="${turn.id}"]`)?.replaceWith(plain(turn)); }
      else { turns.push(turn); $("w-thread").append(bubble(turn.question), plain(turn)); }
      come.push(turn);
    }
    $("w-welcome").hidden = turns.length > 0;
    await dress(come.filter((turn) => turn.answer));
  };
  store.heard((id) => { if (id === talk.id) merge(); if ($("w-drawer").open) list(); });

  /* --- the drawer ----------------------------------------------------------------------- */
  const list = async () => {
    const box = $("w-list"), wanted = $("w-find").value.trim().toLowerCase();
    let all = await store.talks();
    const any = all.length > 0;
    if (wanted) {
      const said = new Map();
      for (const turn of await store.turns()) said.set(turn.talk, `${said.get(turn.talk) ?? ""}\n${turn.question}\n${turn.text}`.toLowerCase());
      all = all.filter((other) => `${other.title.toLowerCase()}\n${said.get(other.id) ?? ""}`.includes(wanted));
    }
    box.replaceChildren();
    if (!all.length) box.append(worded("li", any ? "no_match" : "no_conversations", "w-muted"));
    for (const other of all) {
      const row = make("li", other.id === talk.id ? "w-here" : "");
      row.dataset.id = other.id;
      const into = make("button", "w-talk");
      into.type = "button";
      into.dataset.act = "open";
      into.append(make("span", "", other.title), make("small", "w-muted", new Date(other.at).toLocaleString(says.language, { dateStyle: "medium", timeStyle: "short" })));
      row.append(into, action("rename", "rename", "w-tool", "edit"), action("forget", "delete", "w-tool", "forget"));
      box.append(row);
    }
    $("w-kept").textContent = (await store.lasting())
      ? t("kept_count", { n: numbered(await store.count()), max: numbered(store.MOST) }) : t("kept_never");
  };
  const idOf = (button) => button.closest("li").dataset.id;
  const rename = (button) => {
    const row = button.closest("li"), id = idOf(button);
    const field = make("input", "w-rename");
    field.value = row.querySelector(".w-talk span").textContent;
    field.maxLength = 120;
    field.setAttribute("aria-label", t("rename"));
    row.replaceChildren(field);
    field.select();
    let over = false;
    const end = async (keeps) => {
      if (over) return;
      over = true;
      const title = field.value.trim();
      if (keeps && title) { await store.change(id, { title }); if (id === talk.id) talk = { ...talk, title }; }
      list();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(event.key === "Enter");
    });
    field.addEventListener("blur", () => end(true));
  };
  const forget = async (button) => {
    const id = idOf(button), other = await store.talk(id), shown = id === talk.id;
    await store.change(id, { gone: Date.now() });
    if (shown) await open(fresh());
    list();
    let back = false;
    warta.toast(t("deleted", { title: other.title }), async () => {
      back = true;
      await store.change(id, { gone: 0 });
      if (shown && !turns.length) await open(await store.talk(id));
      list();
    }, "undo");
    setTimeout(async () => { if (!back) { await store.forget(id); await retry(); } }, 10000);
  };

  warta.talks = {
    fresh, keep, drop, open, list, rename, forget, retry, bubble, failed, stopped, signed, kept, toEnd, idOf, tell,
    current: () => talk,
    turns: () => turns,
    turnOf: (node) => turns.find((turn) => turn.id === node.closest(".w-turn")?.dataset.turn),
    limits: (limits) => { talk = { ...talk, limits }; store.change(talk.id, { limits }); },
    whileBusy: (asked) => { occupied = asked; },
    merge,
  };
})();
