/** What is around one asset, on its page; a column that is clicked shows its own lineage. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const { make } = ours;
  const MOST = 60;
  /** How small words may become, against their own size, before one scrolls instead. */
  const SMALLEST = 0.85;

  /**
   * @param {HTMLElement} element with `data-asset` and `data-depth`
   * @param {Graph} graph
   * @param {URL} catalogue
   */
  ours.showNeighbourhood = (element, graph, catalogue) => {
    const node = graph.numbers.get(element.dataset.asset);
    if (node === undefined) return;
    const root = new URL("..", catalogue);
    const known = { depth: Math.max(1, Number(element.dataset.depth) || 1), column: null, from: node, columns: null };
    const frame = make("div", { class: "ac-map-around", tabindex: 0, role: "group", "aria-label": "Lineage around this asset" });
    const bar = make("p", { class: "ac-map-row" });
    element.replaceChildren(bar, frame);

    function draw() {
      const palette = ours.readPalette(element);
      const scene = makeScene();
      const look = { graph, palette, colour: ours.colouring(graph, palette, "status"), chosen: node };
      const svg = ours.svgOf(scene, look, (one) => (one === node ? null : ours.pageOf(graph, one, root)));
      const unknown = known.column !== null && scene.boxes.length === 1;
      svg.style.minWidth = `${SMALLEST * svg.getAttribute("width")}px`;
      frame.replaceChildren(svg, unknown ? make("p", {}, "Nothing is known of where this column comes from or goes to.") : "");
      showBar(scene);
      const box = scene.boxes[scene.chosen];
      frame.scrollLeft = box.x - ours.boundsOf(scene.boxes)[0] + box.width / 2 - frame.clientWidth / 2;
    }

    function makeScene() {
      if (known.column !== null) return ours.columnScene(graph, known.columns, known.from, known.column);
      let { depth } = known;
      while (depth > 1 && graph.around(node, depth, depth).length > MOST) depth -= 1;
      return ours.focusScene(graph, node, depth, depth);
    }

    function showBar(scene) {
      const explorer = new URL(graph.page[node].endsWith(".html") ? "lineage.html" : "lineage/", root);
      explorer.hash = ours.writeState({
        ...ours.firstState(), asset: graph.key[known.from], focus: true, column: known.column,
      });
      const hidden = scene.boxes.some((box) => box.unseenUp || box.unseenDown);
      const step = (label, by, useful) => useful
        ? button(label, () => {
            known.depth += by;
            draw();
          })
        : null;
      bar.replaceChildren(...[
        known.column === null
          ? null
          : button("All columns", () => {
              known.column = null;
              draw();
            }),
        ...(known.column === null
          ? []
          : Object.keys(ours.DASHES).map((how) => make("span", { class: "ac-map-how" }, ours.lineSample(how), how))),
        known.column === null ? step("One step more", 1, hidden) : null,
        known.column === null ? step("One step less", -1, known.depth > 1) : null,
        make("a", { href: explorer.href, class: "ac-map-button" }, "Open the map"),
      ].filter(Boolean));
    }

    async function chooseColumn({ asset, column }) {
      known.columns ??= await ours.readColumns(catalogue);
      const from = graph.numbers.get(asset) ?? node;
      const again = known.column === column && known.from === from;
      Object.assign(known, again ? { column: null, from: node } : { column, from });
      draw();
      element.scrollIntoView({ block: "nearest", behavior: ours.isStill() ? "auto" : "smooth" });
    }

    document.addEventListener("ac-column", (event) => chooseColumn(event.detail));
    document.addEventListener("ac-status", (event) => {
      if (event.detail.status.length !== graph.count) return;
      graph.status = event.detail.status;
      draw();
    });
    ours.onTheme(draw);
    draw();
  };

  function button(label, act) {
    return make("button", { type: "button", on: { click: act } }, label);
  }
})();
