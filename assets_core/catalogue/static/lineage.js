/**
 * Brings lineage to pages that have a place for it: `<div class="ac-lineage">`, and a search
 * for assets to `<div class="ac-search">`.
 *
 * The element says `data-catalogue`, the folder of the JSON files, and on the page of an
 * asset `data-asset`. What is inside of it stays where scripts do not run. The parts in
 * `lineage/` are read only by such pages; all of it works without a build step and under a
 * policy that allows scripts of this site alone.
 */
"use strict";

(() => {
  const PARTS = [
    "graph", "state", "columns", "arranging", "scene", "palette", "making", "painting",
    "surface", "gestures", "exporting", "filters", "controls", "details", "keys", "explorer", "neighbourhood",
  ];
  const PLACES = ".ac-lineage[data-catalogue], .ac-search[data-catalogue]";
  const here = document.currentScript.src;
  let parts = null;

  function loadParts() {
    parts ??= Promise.all(
      PARTS.map(
        (name) =>
          new Promise((resolve, reject) => {
            const script = document.createElement("script");
            script.src = new URL(`lineage/${name}.js`, here).href;
            script.async = false;
            script.addEventListener("load", resolve);
            script.addEventListener("error", () => reject(new Error(`'${name}.js' could not be read.`)));
            document.head.append(script);
          }),
      ),
    );
    return parts;
  }

  /** @param {HTMLElement} element */
  async function start(element) {
    if (element.dataset.state) return;
    element.dataset.state = "reading";
    try {
      const catalogue = new URL(element.dataset.catalogue, document.baseURI);
      await loadParts();
      const ours = globalThis.assetsCatalogue;
      const graph = new ours.Graph(await ours.read(catalogue, "lineage.json"));
      if (element.classList.contains("ac-search")) startSearch(element, graph, catalogue);
      else if (element.classList.contains("ac-lineage-full")) element.explorer = new ours.Explorer(element, graph, catalogue);
      else ours.showNeighbourhood(element, graph, catalogue);
      element.dataset.state = "ready";
      performance.mark("ac-ready");
    } catch (problem) {
      const told = document.createElement("p");
      told.className = "ac-map-problem";
      told.setAttribute("role", "alert");
      told.textContent = `The lineage cannot be drawn. ${problem.message}`;
      element.prepend(told);
      element.dataset.state = "failed";
    }
  }

  function startSearch(element, graph, catalogue) {
    const ours = globalThis.assetsCatalogue;
    const root = new URL("..", catalogue);
    const search = ours.makeSearch(graph, (node) => {
      const page = ours.pageOf(graph, node, root);
      if (page) location.assign(page);
    });
    element.classList.add("ac-lineage", "ac-map-find");
    element.replaceChildren(search.element);
  }

  function startAll() {
    for (const element of document.querySelectorAll(PLACES)) start(element);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
  // Material may change pages without loading them.
  globalThis.document$?.subscribe(startAll);
})();
