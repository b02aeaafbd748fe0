/** Colours of the page's theme, and the signs that say a status without colour. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const NAMES = ["paper", "region", "region-line", "box", "line", "text", "muted", "edge", "accent"];
  const GROUP_COLOURS = 8;

  /** Outlines around (0, 0), 10 pixels wide; filled by the even-odd rule. */
  ours.SIGNS = {
    fresh: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
    stale: "M0 -4.8L4.8 3.8L-4.8 3.8Z",
    failed: "M-4.2 -2.4L-2.4 -4.2L0 -1.8L2.4 -4.2L4.2 -2.4L1.8 0L4.2 2.4L2.4 4.2L0 1.8L-2.4 4.2L-4.2 2.4L-1.8 0Z",
    missing: "M-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0 -8.4 0ZM-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0 -5.2 0Z",
    held: "M-3.6 -4h2.6v8h-2.6ZM1 -4h2.6v8h-2.6Z",
    source: "M0 -5L5 0L0 5L-5 0Z",
  };

  /** Dashes by how an edge between columns is known. */
  ours.DASHES = { exact: [], observed: [6, 3], assumed: [1.5, 3.5] };

  /** Reads the colours that the style sheet gives to an element, in the theme of now. */
  ours.readPalette = (element) => {
    const style = getComputedStyle(element);
    const value = (name) => style.getPropertyValue(`--ac-${name}`).trim() || "#888888";
    const palette = Object.fromEntries(NAMES.map((name) => [name, value(`map-${name}`)]));
    palette.status = Object.fromEntries(ours.STATUSES.map((status) => [status, value(status)]));
    palette.groups = Array.from({ length: GROUP_COLOURS }, (_, place) => value(`map-group-${place + 1}`));
    palette.font = style.fontFamily || "sans-serif";
    return palette;
  };

  /** @returns {(node: number) => string} the colour of each asset */
  ours.colouring = (graph, palette, by) => {
    if (by !== "group") return (node) => palette.status[graph.status[node]] ?? palette.muted;
    const groups = graph.values("group").map(([name]) => name);
    const places = new Map(groups.map((name, place) => [name, place % GROUP_COLOURS]));
    return (node) => palette.groups[places.get(graph.group[node])] ?? palette.muted;
  };

  /** Calls back whenever the reader switches between light and dark. */
  ours.onTheme = (act) => {
    const watched = new MutationObserver(act);
    for (const one of [document.body, document.documentElement]) {
      watched.observe(one, { attributeFilter: ["data-md-color-scheme", "data-md-color-primary"] });
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
  };

  ours.isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
})();
