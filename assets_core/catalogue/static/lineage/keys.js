/** The keyboard: every thing one can do on the map has its key, and `?` lists them. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const { make } = ours;
  const STEP = 90;
  const HELP = [
    ["/", "search"],
    ["t", "filter"],
    ["← →", "to what it reads, to what reads it; without a chosen asset: move the map"],
    ["↑ ↓", "to its neighbour above or below"],
    ["Shift + arrows", "move the map"],
    ["+ −", "closer, further away"],
    ["0", "all of it"],
    ["f", "only what is around the chosen asset; again: the whole map"],
    ["[ ]", "fewer or more steps around it"],
    ["g", "fold all groups into one box each, or unfold them"],
    ["c", "colour by status or by group"],
    ["Enter", "open the page of the chosen asset"],
    ["Esc", "one step back: column, focus, chosen asset, filter"],
    ["?", "these keys"],
  ];
  const HOW = {
    exact: "read from a query",
    observed: "seen in the data",
    assumed: "the same name, no more",
  };
  const ARROWS = {
    ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
  };

  /** @param {Explorer} explorer */
  ours.makeKeys = (explorer) => {
    const help = makeHelp(Boolean(explorer.graph.page?.length));
    const acts = {
      "/": () => explorer.bar.search(),
      t: () => explorer.bar.filters(),
      "+": () => explorer.surface.zoom(1.4),
      "=": () => explorer.surface.zoom(1.4),
      "-": () => explorer.surface.zoom(1 / 1.4),
      0: () => explorer.fit(),
      f: () => explorer.state.asset !== null && explorer.go({ focus: !explorer.state.focus, column: null, at: null }),
      "[": () => steps(explorer, -1),
      "]": () => steps(explorer, 1),
      g: () => explorer.foldAll(),
      c: () => explorer.go({ colour: explorer.state.colour === "status" ? "group" : "status" }),
      Enter: () => open(explorer),
      Escape: () => back(explorer),
      "?": () => help.showModal(),
    };
    explorer.canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (ARROWS[event.key]) arrow(explorer, event);
      else if (Object.hasOwn(acts, event.key)) acts[event.key]();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    explorer.card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      back(explorer);
      explorer.canvas.focus();
      event.stopPropagation();
    });
    return { help };
  };

  function makeHelp(hasPages) {
    const known = HELP.filter(([key]) => hasPages || key !== "Enter");
    const entries = known.flatMap(([key, what]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)]);
    const signs = ours.STATUSES.map((status) => make("li", {}, ours.sign(status), status));
    const help = make(
      "dialog",
      { class: "ac-map-help", "aria-label": "Keys and signs" },
      make("h2", {}, "Keys on the map"),
      make("dl", {}, ...entries),
      make("h2", {}, "Signs"),
      make("ul", {}, ...signs),
      make("h2", {}, "How the origin of a column is known"),
      make("ul", {}, ...Object.entries(HOW).map(([how, what]) => make("li", {}, ours.lineSample(how), `${how}: ${what}`))),
      make("button", { type: "button", on: { click: () => help.close() } }, "Close"),
    );
    return help;
  }

  function arrow(explorer, event) {
    const [right, down] = ARROWS[event.key];
    const node = explorer.chosen();
    if (node === null || event.shiftKey) explorer.surface.pan(right * STEP, down * STEP);
    else walk(explorer, node, event.key);
  }

  function walk(explorer, node, key) {
    const { graph, scene } = explorer;
    const here = scene.boxes.find((box) => box.asset === node);
    if (!here) return;
    const drawn = new Map(scene.boxes.filter((box) => box.asset >= 0).map((box) => [box.asset, box]));
    const beside = { ArrowLeft: graph.upstream, ArrowRight: graph.downstream }[key];
    const away = (box) => Math.abs(box.y - here.y) + Math.abs(box.x - here.x) / 4;
    let found;
    if (beside) {
      found = beside[node].map((one) => drawn.get(one)).filter(Boolean);
      // What the focus leaves out is a step further: the focus moves along.
      if (!found.length && beside[node].length) {
        explorer.choose(beside[node][0], true);
        return;
      }
    } else {
      const sign = key === "ArrowUp" ? -1 : 1;
      found = [...drawn.values()].filter((box) => Math.abs(box.x - here.x) < 10 && (box.y - here.y) * sign > 0);
    }
    found.sort((a, b) => away(a) - away(b));
    if (found.length) explorer.choose(found[0].asset, true);
  }

  function steps(explorer, by) {
    const { up, down, focus } = explorer.state;
    if (focus) explorer.go({ up: Math.max(0, up + by), down: Math.max(0, down + by), at: null });
  }

  function open(explorer) {
    const node = explorer.chosen();
    const page = node === null ? null : ours.pageOf(explorer.graph, node, explorer.root);
    if (page) location.assign(page);
  }

  function back(explorer) {
    const { column, focus, asset, filter } = explorer.state;
    if (column !== null) explorer.go({ column: null, at: null });
    else if (focus) explorer.go({ focus: false, at: null });
    else if (asset !== null) explorer.go({ asset: null });
    else if (Object.keys(filter).length) explorer.go({ filter: {} });
  }
})();
