/** The scene as a drawing of lines (SVG), as a picture (PNG), and as text (Mermaid). */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const MARGIN = 28;
  const MOST_PIXELS = 8000;

  /**
   * Draws a scene as an SVG element.
   *
   * @param {Scene} scene
   * @param {Look} look see painting.js
   * @param {?(node: number) => ?string} linkOf the address of an asset's page
   */
  ours.svgOf = (scene, look, linkOf = null) => {
    const { palette } = look;
    const bounds = boundsOfAll(scene);
    const [width, height] = [bounds[2] - bounds[0], bounds[3] - bounds[1]];
    const svg = ours.make("svg:svg", {
      xmlns: "http://www.w3.org/2000/svg", width, height,
      viewBox: `${bounds[0]} ${bounds[1]} ${width} ${height}`, "font-family": palette.font,
    });
    if (linkOf === null) svg.append(ours.make("svg:rect", { x: bounds[0], y: bounds[1], width, height, fill: palette.paper }));
    for (const one of scene.regions) svg.append(...region(one, palette));
    for (const edge of scene.edges) svg.append(line(edge, palette));
    for (const box of scene.boxes) svg.append(boxed(box, scene, look, linkOf));
    return svg;
  };

  function boundsOfAll(scene) {
    const [left, top, right, bottom] = ours.boundsOf([...scene.boxes, ...scene.regions]);
    return [left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN];
  }

  function region(one, palette) {
    const { x, y, width, height } = one;
    return [
      ours.make("svg:rect", { x, y, width, height, fill: palette.region, stroke: palette["region-line"] }),
      label(ours.shown(one.name), x + 12, y + 15, palette.muted, "600 12"),
    ];
  }

  function line({ x1, y1, x2, y2, how }, palette) {
    const reach = Math.max(28, (x2 - x1) / 2);
    return ours.make("svg:path", {
      d: `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}M${x2 - 7} ${y2 - 3.5}L${x2} ${y2}L${x2 - 7} ${y2 + 3.5}`,
      fill: "none", stroke: palette.edge, "stroke-width": 1.3,
      "stroke-dasharray": ours.DASHES[how]?.join(" ") || null,
    });
  }

  function boxed(box, scene, look, linkOf) {
    const { palette, graph } = look;
    const { x, y, width, height, asset } = box;
    const isChosen = asset >= 0 && asset === look.chosen;
    const link = asset >= 0 && linkOf ? linkOf(asset) : null;
    const said = asset >= 0 ? graph.said(asset) : `${box.label}, ${box.folded.count} assets`;
    const group = ours.make(
      link ? "svg:a" : "svg:g",
      { href: link, class: "ac-node", "aria-label": said, "data-asset": asset >= 0 && linkOf ? graph.key[asset] : null },
      ours.make("svg:title", {}, said),
      ours.make("svg:rect", {
        x, y, width, height, rx: 4, fill: palette.box,
        stroke: isChosen ? palette.accent : palette.line, "stroke-width": isChosen ? 2.5 : 1,
      }),
    );
    if (asset < 0) {
      group.append(label(`${box.label} (${box.folded.count})`, x + 14, y + height / 2 + 4, palette.text, "600 13"));
      return group;
    }
    const middle = y + ours.BOX.height / 2;
    const status = graph.status[asset];
    group.append(
      ours.make("svg:path", { d: `M${x + 4.5} ${y + 0.5}v${height - 1}`, stroke: look.colour(asset), "stroke-width": 4 }),
      ours.make("svg:path", {
        d: ours.SIGNS[status] ?? ours.SIGNS.missing, "fill-rule": "evenodd",
        fill: palette.status[status] ?? palette.muted, transform: `translate(${x + 17} ${middle})`,
      }),
      label(ours.cut(box.label, width - 36, measure(palette, 12.5)), x + 28, middle + 4.3, palette.text, "500 12.5"),
    );
    for (const row of box.columns ?? []) group.append(...column(row, box, palette, linkOf !== null));
    return group;
  }

  function column(row, box, palette, isOnPage) {
    const text = ours.cut(ours.shown(row.name), box.width - 36, measure(palette, 12));
    const colour = row.isChosen ? palette.box : palette.text;
    return [
      row.isChosen
        ? ours.make("svg:rect", { x: box.x + 6, y: row.y, width: box.width - 7, height: ours.COLUMN_ROW, fill: palette.accent })
        : "",
      ours.make("svg:g", { class: "ac-column", "data-column": isOnPage ? row.name : null }, label(text, box.x + 28, row.y + 15, colour, "400 12")),
    ];
  }

  function label(text, x, y, fill, font) {
    const [weight, size] = font.split(" ");
    return ours.make("svg:text", { x, y, fill, "font-weight": weight, "font-size": size }, text);
  }

  const ruler = document.createElement("canvas").getContext("2d");

  function measure(palette, size) {
    ruler.font = `500 ${size}px ${palette.font}`;
    return (text) => ruler.measureText(text).width;
  }

  /** The scene as a picture on a canvas, as large as fits. */
  ours.pictureOf = (scene, look) => {
    const [left, top, right, bottom] = boundsOfAll(scene);
    const k = Math.min(2, MOST_PIXELS / Math.max(right - left, bottom - top));
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil((right - left) * k);
    canvas.height = Math.ceil((bottom - top) * k);
    ours.paint(canvas.getContext("2d"), scene, {
      x: (left + right) / 2, y: (top + bottom) / 2, k,
      width: canvas.width, height: canvas.height, ratio: 1,
    }, { ...look, hovered: null });
    return canvas;
  };

  /** The scene as a flowchart of Mermaid. */
  ours.mermaidOf = (scene) => {
    const lines = ["flowchart LR"];
    scene.boxes.forEach((box, number) => {
      const columns = (box.columns ?? []).map((row) => `<br>${quoted(ours.shown(row.name))}`);
      lines.push(`  n${number}["${quoted(box.label)}${columns.join("")}"]`);
    });
    const seen = new Set(scene.edges.map(({ from, to, how }) => `  n${from} ${how === "exact" ? "-->" : "-.->"} n${to}`));
    return [...lines, ...seen, ""].join("\n");
  };

  function quoted(text) {
    return text.replace(/[^\p{L}\p{N}/_. -]/gu, (one) => `#${one.codePointAt(0)};`);
  }

  /** Hands a file to the reader. */
  ours.save = (blob, name) => {
    const url = URL.createObjectURL(blob);
    const link = ours.make("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
})();
