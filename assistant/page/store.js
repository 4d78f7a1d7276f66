/* Conversations in this browser: texts in IndexedDB, a record a turn, so that windows never
   overwrite each other. Nothing is deleted but by the reader. Without IndexedDB they live as long
   as the tab, and `lasting` says so. */
"use strict";
warta.store = (() => {
  let most = 2000; // turns; 10 KB each
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("warta") : null;
  const memory = { talks: new Map(), turns: new Map() };
  let database = null;

  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const settled = (work) => new Promise((resolve, reject) => {
    work.oncomplete = resolve;
    work.onabort = work.onerror = () => reject(work.error);
  });
  const opening = (async () => {
    try {
      const request = indexedDB.open("warta", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("talks", { keyPath: "id" });
        request.result.createObjectStore("turns", { keyPath: "id" }).createIndex("talk", "talk");
      };
      database = await done(request);
      database.onversionchange = () => database.close();
    } catch { database = null; return; }
    try { await takeOver(); await sweep(); } catch { /* it stays where it was */ }
  })();

  const write = async (change) => {
    await opening;
    if (!database) {
      change({
        put: (place, record) => memory[place].set(record.id, structuredClone(record)),
        remove: (place, id) => memory[place].delete(id),
      });
      return;
    }
    const work = database.transaction(["talks", "turns"], "readwrite");
    change({
      put: (place, record) => work.objectStore(place).put(record),
      remove: (place, id) => work.objectStore(place).delete(id),
    });
    await settled(work);
  };
  const all = async (place) => {
    await opening;
    return database ? done(database.transaction(place).objectStore(place).getAll()) : [...memory[place].values()];
  };
  const one = async (place, id) => {
    await opening;
    return database ? done(database.transaction(place).objectStore(place).get(id)) : memory[place].get(id);
  };
  const inOrder = (turns) => turns.sort((a, b) => a.at - b.at);
  const turnsOf = async (talk) => {
    await opening;
    if (!database) return inOrder([...memory.turns.values()].filter((turn) => turn.talk === talk));
    return inOrder(await done(database.transaction("turns").objectStore("turns").index("talk").getAll(talk)));
  };
  const count = async () => {
    await opening;
    return database ? done(database.transaction("turns").objectStore("turns").count()) : memory.turns.size;
  };
  const tell = (talk) => tabs?.postMessage({ talk });

  /* Keeps a turn with its conversation: true, or false where there is no room for it. In one
     transaction, so that a window that is closed meanwhile has all of it or nothing. */
  const add = async (talk, turn) => {
    await opening;
    turn = { ...turn, talk: talk.id };
    if (!database) return write((to) => { to.put("talks", talk); to.put("turns", turn); }).then(() => true);
    let full = false;
    try {
      const work = database.transaction(["talks", "turns"], "readwrite");
      const [into, known] = [work.objectStore("turns"), work.objectStore("talks")];
      const count = into.count(), before = into.getKey(turn.id), other = known.get(talk.id);
      other.onsuccess = () => {
        full = count.result >= most && before.result === undefined;
        if (full) return;
        try {
          known.put({ ...talk, title: other.result?.title || talk.title }); // renamed elsewhere, perhaps
          into.put(turn);
          work.commit?.();
        } catch { work.abort(); }
      };
      await settled(work);
    } catch { return false; } // the disk, or what the browser grants
    if (!full) tell(talk.id);
    return !full;
  };
  const change = async (id, values) => {
    const talk = await one("talks", id);
    if (talk) { try { await write((to) => to.put("talks", { ...talk, ...values })); } catch { /* as it was */ } tell(id); }
  };
  const drop = async (id) => { await write((to) => to.remove("turns", id)); };
  const forget = async (id) => {
    const turns = await turnsOf(id);
    await write((to) => { to.remove("talks", id); turns.forEach((turn) => to.remove("turns", turn.id)); });
    tell(id);
  };
  const talks = async () => (await all("talks")).filter((talk) => !talk.gone).sort((a, b) => b.at - a.at);

  /* What was deleted and not called back before the tab closed. */
  const sweep = async () => {
    const old = Date.now() - 60000;
    const known = await done(database.transaction("talks").objectStore("talks").getAll());
    const gone = known.filter((talk) => talk.gone && talk.gone < old).map((talk) => talk.id);
    if (!gone.length) return;
    const work = database.transaction(["talks", "turns"], "readwrite");
    for (const id of gone) {
      work.objectStore("talks").delete(id);
      work.objectStore("turns").index("talk").getAllKeys(id).onsuccess = (event) =>
        event.target.result.forEach((key) => work.objectStore("turns").delete(key));
    }
    await settled(work);
  };
  /* Conversations of Warta 0.1, which kept HTML: their texts are taken over. */
  const takeOver = async () => {
    let before;
    try { before = JSON.parse(localStorage.getItem("warta.talks")); } catch { return; }
    if (!Array.isArray(before)) return;
    const work = database.transaction(["talks", "turns"], "readwrite");
    for (const talk of before) {
      const id = String(talk.id), turns = Array.isArray(talk.turns) ? talk.turns : [];
      work.objectStore("talks").put({ id, title: String(talk.title ?? ""), at: Number(talk.at) || 0 });
      turns.forEach((turn, number) => work.objectStore("turns").put({
        id: `${id}-${number}`, talk: id, at: (Number(talk.at) || 0) - turns.length + number,
        question: String(turn.question ?? ""), text: String(turn.text ?? ""), answer: "", request: turn.request ?? {},
      }));
    }
    await settled(work);
    localStorage.removeItem("warta.talks");
  };

  return {
    get MOST() { return most; }, set MOST(count) { most = count; },
    add, change, count, drop, forget, talks, turnsOf,
    turns: () => all("turns"),
    talk: (id) => one("talks", id),
    lasting: async () => { await opening; return Boolean(database); },
    heard: (act) => { if (tabs) tabs.onmessage = (event) => act(event.data.talk); },
  };
})();
