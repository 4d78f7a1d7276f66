/* What leaves the page: copies, files, links. The server makes them, in the page's language. */
"use strict";
(() => {
  const { t, make, says } = warta;

  /* The day of a turn as it was here, not in Greenwich. */
  const dayOf = (at) => { const day = new Date(at); return [day.getFullYear(), String(day.getMonth() + 1).padStart(2, "0"), String(day.getDate()).padStart(2, "0")].join("-"); };
  const packed = (turns) => JSON.stringify({
    language: says.language,
    turns: turns.filter((turn) => turn.answer).map((turn) => ({ question: turn.question, answer: turn.answer, day: dayOf(turn.at) })),
  });
  const made = async (kind, turns) => {
    const answered = await fetch("warta/export/" + kind, { method: "POST", headers: { "content-type": "application/json" }, body: packed(turns) });
    if (!answered.ok) throw new Error(answered.status === 413 ? "too_much" : answered.status === 503 ? "busy" : "failed");
    return answered.blob();
  };
  /* Without the server: what the page itself knows. */
  const plain = (turn) => {
    let cited = [];
    try { cited = JSON.parse(turn.answer).citations; } catch { /* an answer of Warta 0.1 */ }
    const references = cited.map((one) => `[${one.number}] ${[one.article.source, `“${one.article.title}”`, one.article.published, one.article.url].filter(Boolean).join(", ")}`);
    return [turn.question, "", turn.text, ...(references.length ? ["", t("sources") + ":", ...references] : []), ""].join("\n");
  };
  const named = (question, kind) => (question.normalize("NFKD").replace(/[^\w]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60).toLowerCase() || "warta") + "." + kind;
  const save = (name, blob) => {
    const link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const copy = async (turn) => {
    let text = plain(turn), html = null;
    try {
      [html, text] = await Promise.all([made("html", [turn]).then((blob) => blob.text()), made("txt", [turn]).then((blob) => blob.text())]);
    } catch { /* away: plain text */ }
    const parts = { "text/plain": new Blob([text], { type: "text/plain" }) };
    if (html) parts["text/html"] = new Blob([html], { type: "text/html" });
    try { await navigator.clipboard.write([new ClipboardItem(parts)]); return true; }
    catch { save(named(turn.question, "txt"), parts["text/plain"]); return false; }
  };
  const download = async (kind, turn, turns) => {
    const all = kind === "all";
    const ending = all ? "docx" : kind;
    try { save(named(turn.question, ending), await made(ending, all ? turns : [turn])); return true; }
    catch (error) { warta.toast(t(error.name === "Error" ? error.message : "cut_off")); return false; }
  };

  /* An answer's address asks its question again, in the same days and outlets. */
  const address = (turn) => {
    const query = new URLSearchParams();
    let told = null;
    try { told = JSON.parse(turn.answer).receipt; } catch { /* an answer of Warta 0.1 */ }
    query.set("q", (told?.topics?.length && told.query) || turn.question);
    if (told?.since && told.since > "0001-01-01") query.set("since", told.since);
    if (told?.until && told.until < "9999-12-31") query.set("until", told.until);
    for (const name of told?.sources ?? []) query.append("source", name);
    return location.origin + location.pathname + "?" + query;
  };
  /* The answer as it is, stored on the server under an address of its own. */
  const share = async (turn) => {
    try {
      const answered = await fetch("warta/share", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ answer: turn.answer, language: says.language }) });
      if (!answered.ok) { warta.toast(t(answered.status === 503 || answered.status === 429 ? "busy" : "not_shared")); return null; }
      const { path, until } = await answered.json();
      return { address: new URL(path, location.href.split(/[?#]/)[0]).href, until };
    } catch { warta.toast(t("cut_off")); return null; }
  };
  /* What an address asks for; nothing is asked before its reader says so. */
  const wanted = () => {
    const query = new URLSearchParams(location.search);
    const day = (name) => (/^\d{4}-\d\d-\d\d$/.test(query.get(name) ?? "") ? query.get(name) : "");
    const question = (query.get("q") ?? "").trim().slice(0, 2000);
    return question && { question, limits: { since: day("since"), until: day("until"), sources: query.getAll("source").slice(0, 100) } };
  };

  warta.out = { copy, download, plain, address, share, wanted };
})();
