/* What all parts of the page's script use: texts, elements, small settings, layers that Back closes.
   Foreign text enters the document only as textContent, or as HTML that the server escaped. */
"use strict";
window.warta = (() => {
  const TEXTS = JSON.parse(document.getElementById("w-texts").textContent);
  const $ = (id) => document.getElementById(id);
  const setting = (key, value) => { try { localStorage.setItem("warta." + key, JSON.stringify(value)); } catch { /* for this visit only */ } };
  const chosen = (key, other) => {
    try { return JSON.parse(localStorage.getItem("warta." + key)) ?? other; } catch { return other; }
  };
  const detected = () => {
    for (const tag of navigator.languages || []) {
      const name = tag.toLowerCase().split("-")[0];
      if (["id", "in", "ms"].includes(name)) return "id";
      if (name === "en") return "en";
    }
    return "id";
  };
  const says = { language: chosen("language", "") || document.documentElement.dataset.language || detected() };

  const t = (key, values = {}) =>
    (TEXTS[says.language][key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const worded = (tag, key, className = "") => {
    const node = make(tag, className, t(key));
    node.dataset.t = key;
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
    } else node.append(worded("span", key));
    return node;
  };
  const spoken = (day) => (day ? new Date(day + "T00:00:00").toLocaleDateString(says.language, { day: "numeric", month: "short", year: "numeric" }) : "…");
  const numbered = (count) => count.toLocaleString(says.language);
  const translate = (root) => {
    root.querySelectorAll("[data-t]").forEach((node) => { if (TEXTS[says.language][node.dataset.t]) node.textContent = t(node.dataset.t); });
    root.querySelectorAll("[data-t-label]").forEach((node) => {
      node.setAttribute("aria-label", t(node.dataset.tLabel));
      if (node.tagName === "INPUT") node.placeholder = t(node.dataset.tLabel);
      else node.title = t(node.dataset.tLabel);
    });
    root.querySelectorAll("time[datetime]").forEach((node) => { node.textContent = spoken(node.dateTime); });
  };

  /* What lies over the page is a step back: Back closes it, and leaves the page only after that. */
  const layers = [];
  const cover = (name, close) => {
    const at = layers.findIndex((layer) => layer.name === name);
    if (at >= 0) { layers[at].close = close; return; }
    layers.push({ name, close });
    history.pushState({ warta: layers.length }, "");
  };
  const uncover = (name) => {
    const at = layers.findIndex((layer) => layer.name === name);
    if (at >= 0) history.go(at - layers.length);
  };
  addEventListener("popstate", (event) => {
    const depth = event.state?.warta ?? 0;
    while (layers.length > depth) layers.pop().close();
  });

  /* What is worth a line: it goes by itself, a button in it can undo what was done. */
  let fading = 0;
  const toast = (text, act, key) => {
    const box = $("w-toast");
    clearTimeout(fading);
    box.replaceChildren(make("span", "", text));
    if (act) { const button = action("", key); button.addEventListener("click", () => { box.hidden = true; act(); }); box.append(button); }
    box.hidden = false;
    fading = setTimeout(() => { box.hidden = true; }, 10000);
  };
  /* What stays until it is mended; "" takes it away. */
  const note = (key, values) => {
    $("w-note").hidden = !key;
    $("w-note").textContent = key ? t(key, values) : "";
  };

  return { TEXTS, $, says, setting, chosen, t, make, worded, action, spoken, numbered, translate, cover, uncover, toast, note };
})();
