/**
 * What all pages of the catalogue share: status that is kept up to date while the pages are
 * served, columns that can be chosen, buttons that copy, and lineage where there is a place.
 */
"use strict";

(() => {
  const EVERY = 5000;
  const here = document.currentScript.src;

  /** @returns {Promise<?Object>} a JSON file beside this script, or null where there is none */
  async function read(name) {
    try {
      const answer = await fetch(new URL(name, here), { cache: "no-cache" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  /** Asks again and again, if the server says that its answers are of now. */
  async function follow() {
    if (location.protocol === "file:" || !document.querySelector(".ac-status[data-asset], .ac-lineage")) return;
    let told = await read("status.json");
    if (!told?.live) return;
    const keys = (await read("lineage.json"))?.assets.key ?? [];
    const numbers = new Map(keys.map((key, number) => [key, number]));
    for (;;) {
      show(told, numbers);
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      if (document.hidden) continue;
      told = (await read("status.json")) ?? told;
    }
  }

  function show(told, numbers) {
    const status = told.status;
    for (const badge of document.querySelectorAll(".ac-status[data-asset]")) {
      const now = status[numbers.get(badge.dataset.asset)];
      if (now === undefined || badge.textContent === now || !/^[a-z]+$/.test(now)) continue;
      badge.dataset.written ??= badge.textContent;
      badge.className = `ac-status ac-${now}`;
      badge.textContent = now;
    }
    showTally(status);
    showChanged();
    if (show.last === JSON.stringify(status)) return;
    show.last = JSON.stringify(status);
    document.dispatchEvent(new CustomEvent("ac-status", { detail: told }));
  }

  /** The first page counts how many there are of each status. */
  function showTally(status) {
    for (const tile of document.querySelectorAll(".ac-tile[data-status]")) {
      const count = status.filter((one) => one === tile.dataset.status).length;
      tile.querySelector("strong").textContent = count.toLocaleString("en");
      tile.hidden = !count;
    }
  }

  /** What a page says besides the status is of when it was written. */
  function showChanged() {
    const badges = [...document.querySelectorAll(".ac-status[data-written]")];
    const changed = new Set(badges.filter((one) => one.textContent !== one.dataset.written).map((one) => one.dataset.asset));
    let note = document.querySelector(".ac-changed");
    if (!note && changed.size) {
      note = document.createElement("p");
      note.className = "ac-note ac-changed";
      note.setAttribute("role", "status");
      document.querySelector("h1")?.after(note);
    }
    if (!note) return;
    note.hidden = !changed.size;
    const who = changed.size === 1 ? "1 asset has" : `${changed.size} assets have`;
    const told = `${who} another status than when this page was written. Status is shown as it is now; for the rest, start 'assets docs serve' again.`;
    if (note.textContent !== told) note.textContent = told;
  }

  function chooseColumn(event) {
    const column = event.target.closest("[data-column]");
    if (!column || column.closest(".ac-lineage-full")) return;
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const asset = column.closest("[data-asset]")?.dataset.asset ?? null;
    document.dispatchEvent(new CustomEvent("ac-column", { detail: { asset, column: column.dataset.column } }));
  }

  /** Columns in tables can be chosen where there is a drawing that shows their lineage. */
  function enhanceColumns() {
    if (!document.querySelector(".ac-lineage[data-asset]")) return;
    for (const column of document.querySelectorAll("code[data-column]")) {
      column.setAttribute("role", "button");
      column.setAttribute("tabindex", "0");
      column.title = "Show where it comes from";
    }
  }

  /** The map and the search are read only by pages that have a place for them. */
  function loadLineage() {
    if (!document.querySelector(".ac-lineage, .ac-search[data-catalogue]") || loadLineage.done) return;
    loadLineage.done = true;
    const script = document.createElement("script");
    script.src = new URL("lineage.js", here).href;
    document.head.append(script);
  }

  async function copy(event) {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 1500);
  }

  document.addEventListener("click", chooseColumn);
  document.addEventListener("keydown", chooseColumn);
  document.addEventListener("click", copy);
  function start() {
    loadLineage();
    enhanceColumns();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  // Material may change pages without loading them.
  globalThis.document$?.subscribe(start);
  addEventListener("load", follow);
})();
