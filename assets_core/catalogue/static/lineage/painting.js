/** Draws a scene on a canvas: only what is in view, and less of it from further away. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const LABELS_FROM = 0.45;
  const BOXES_FROM = 0.45;
  const MOST_EDGES = 1500;
  const CLEAR_EDGES = 150;
  const MOST_CURVES = 500;
  const MOST_ROADS = 400;
  const FAINT = 0.22;
  const signs = {};

  /**
   * @typedef {Object} Look
   * @property {Object} palette see palette.js
   * @property {(node: number) => string} colour
   * @property {Object} graph
   * @property {?Uint8Array} shown 1 for each asset that the filter lets through; null: all
   * @property {?number} chosen the number of an asset
   * @property {?number} hovered the number of a box
   *
   * @typedef {{x: number, y: number, k: number, width: number, height: number,
   *   ratio: number}} View the middle in the scene, the zoom, and the size in pixels
   */

  /**
   * @param {CanvasRenderingContext2D} to
   * @returns {{boxes: number, edges: number, labels: number, roads: number}} what was drawn
   */
  ours.paint = (to, scene, view, look) => {
    const counts = { boxes: 0, edges: 0, labels: 0, roads: 0 };
    const { palette } = look;
    to.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    to.fillStyle = palette.paper;
    to.fillRect(0, 0, view.width, view.height);
    const seen = {
      left: view.x - view.width / 2 / view.k,
      right: view.x + view.width / 2 / view.k,
      top: view.y - view.height / 2 / view.k,
      bottom: view.y + view.height / 2 / view.k,
    };
    const scale = view.k * view.ratio;
    to.setTransform(scale, 0, 0, scale, -seen.left * scale, -seen.top * scale);
    const boxes = [];
    scene.boxes.forEach((box, number) => {
      if (meets(box, seen)) boxes.push(number);
    });
    paintRegions(to, scene.regions.filter((one) => meets(one, seen)), view, palette);
    paintEdges(to, scene, seen, view, look, counts);
    if (view.k >= BOXES_FROM) paintBoxes(to, scene, boxes, view, look, counts);
    else paintDots(to, scene, boxes, view, look, counts);
    to.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    paintNames(to, scene, seen, view, palette);
    return counts;
  };

  function meets(box, seen) {
    return (
      box.x < seen.right && box.x + box.width > seen.left &&
      box.y < seen.bottom && box.y + box.height > seen.top
    );
  }

  function paintRegions(to, regions, view, palette) {
    to.fillStyle = palette.region;
    to.strokeStyle = palette["region-line"];
    to.lineWidth = 1 / view.k;
    for (const one of regions) {
      to.fillRect(one.x, one.y, one.width, one.height);
      to.strokeRect(one.x, one.y, one.width, one.height);
    }
  }

  function paintEdges(to, scene, seen, view, look, counts) {
    const edges = scene.edges.filter(
      (edge) =>
        edge.x1 < seen.right && edge.x2 > seen.left &&
        Math.min(edge.y1, edge.y2) < seen.bottom && Math.max(edge.y1, edge.y2) > seen.top,
    );
    const isChosen = chosenEdges(scene, look);
    const crowded = edges.length > MOST_EDGES;
    if (crowded) counts.roads = paintRoads(to, scene.roads, seen, view, look.palette);
    const line = edges.length > MOST_CURVES ? straight : curve;
    const thinning = Math.min(1, 0.25 + CLEAR_EDGES / edges.length);
    const styles = new Map();
    for (const edge of edges) {
      const strong = isChosen(edge);
      if (crowded && !strong) continue;
      const name = `${strong ? 2 : isFaint(edge, scene, look) ? 0 : 1}${edge.how}`;
      if (!styles.has(name)) styles.set(name, []);
      styles.get(name).push(edge);
      counts.edges += 1;
    }
    for (const name of [...styles.keys()].sort()) {
      const strong = name[0] === "2";
      to.strokeStyle = strong ? look.palette.accent : look.palette.edge;
      to.globalAlpha = strong ? 1 : (name[0] === "0" ? FAINT : 1) * thinning;
      to.lineWidth = Math.max(strong ? 2 : 1.1, (strong ? 1.5 : 0.7) / view.k);
      to.setLineDash(ours.DASHES[name.slice(1)] ?? []);
      to.beginPath();
      for (const edge of styles.get(name)) (strong ? curve : line)(to, edge);
      to.stroke();
      if (view.k >= LABELS_FROM) paintHeads(to, styles.get(name));
    }
    to.setLineDash([]);
    to.globalAlpha = 1;
  }

  function chosenEdges(scene, look) {
    const number = look.hovered ?? scene.chosen;
    const ofBox = scene.boxes[number];
    if (ofBox?.columns) return () => false;
    const asset = look.hovered === null ? look.chosen : null;
    return (edge) =>
      edge.from === number || edge.to === number ||
      (asset !== null && (scene.boxes[edge.from].asset === asset || scene.boxes[edge.to].asset === asset));
  }

  function isFaint(edge, scene, look) {
    return look.shown !== null && (faint(scene.boxes[edge.from], look) || faint(scene.boxes[edge.to], look));
  }

  function faint(box, look) {
    return look.shown !== null && box.asset >= 0 && !look.shown[box.asset];
  }

  function curve(to, { x1, y1, x2, y2 }) {
    const reach = Math.max(28, (x2 - x1) / 2);
    to.moveTo(x1, y1);
    to.bezierCurveTo(x1 + reach, y1, x2 - reach, y2, x2, y2);
  }

  function straight(to, { x1, y1, x2, y2 }) {
    to.moveTo(x1, y1);
    to.lineTo(x2, y2);
  }

  function paintHeads(to, edges) {
    to.fillStyle = to.strokeStyle;
    to.beginPath();
    for (const { x2, y2 } of edges) {
      to.moveTo(x2, y2);
      to.lineTo(x2 - 7, y2 - 3.5);
      to.lineTo(x2 - 7, y2 + 3.5);
    }
    to.fill();
  }

  function paintRoads(to, roads, seen, view, palette) {
    to.strokeStyle = palette.edge;
    to.globalAlpha = 0.3;
    const drawn = roads.slice(0, MOST_ROADS).filter(
      (road) =>
        Math.min(road.x1, road.x2) < seen.right && Math.max(road.x1, road.x2) > seen.left &&
        Math.min(road.y1, road.y2) < seen.bottom && Math.max(road.y1, road.y2) > seen.top,
    );
    for (const road of drawn) {
      to.lineWidth = (0.5 + Math.log2(road.weight)) / view.k;
      to.beginPath();
      straight(to, road);
      to.stroke();
    }
    to.globalAlpha = 1;
    return drawn.length;
  }

  /** From far away an asset is a spot of its colour. */
  function paintDots(to, scene, boxes, view, look, counts) {
    const byColour = new Map();
    for (const number of boxes) {
      const box = scene.boxes[number];
      if (box.folded) {
        paintFolded(to, box, look.palette, view);
        continue;
      }
      const name = `${faint(box, look) ? 0 : 1}${look.colour(box.asset)}`;
      if (!byColour.has(name)) byColour.set(name, []);
      byColour.get(name).push(box);
      counts.boxes += 1;
    }
    const least = 2 / view.k;
    for (const name of [...byColour.keys()].sort()) {
      to.fillStyle = name.slice(1);
      to.globalAlpha = name[0] === "0" ? FAINT : 1;
      for (const box of byColour.get(name)) {
        const height = Math.max(box.height * 0.8, least);
        to.fillRect(box.x, box.y, Math.max(box.width, least), height);
      }
    }
    to.globalAlpha = 1;
    const chosen = scene.boxes.find((box) => box.asset >= 0 && box.asset === look.chosen);
    if (chosen) outline(to, chosen, look.palette.accent, 3 / view.k, 4 / view.k);
  }

  function paintBoxes(to, scene, boxes, view, look, counts) {
    const { palette } = look;
    for (const number of boxes) {
      const box = scene.boxes[number];
      if (box.folded) {
        paintFolded(to, box, palette, view);
        continue;
      }
      counts.boxes += 1;
      to.globalAlpha = faint(box, look) ? FAINT + 0.1 : 1;
      const colour = look.colour(box.asset);
      to.fillStyle = palette.box;
      to.beginPath();
      to.roundRect(box.x, box.y, box.width, box.height, 4);
      to.fill();
      to.fillStyle = colour;
      to.beginPath();
      to.roundRect(box.x, box.y, 5, box.height, [4, 0, 0, 4]);
      to.fill();
      outline(to, box, palette.line, 1, 0);
      if (view.k >= LABELS_FROM) paintLabel(to, box, look, counts);
      if (box.columns) paintColumns(to, box, look);
      if (box.asset === look.chosen) outline(to, box, palette.accent, 2.5, 1.5);
      else if (number === look.hovered) outline(to, box, palette.accent, 1.5, 0.5);
      to.globalAlpha = 1;
    }
  }

  function outline(to, box, colour, width, out) {
    to.strokeStyle = colour;
    to.lineWidth = width;
    to.beginPath();
    to.roundRect(box.x - out, box.y - out, box.width + 2 * out, box.height + 2 * out, 4 + out);
    to.stroke();
  }

  function paintLabel(to, box, look, counts) {
    const { palette, graph } = look;
    const middle = box.y + ours.BOX.height / 2;
    const status = graph.status[box.asset];
    to.save();
    to.translate(box.x + 17, middle);
    to.fillStyle = palette.status[status] ?? palette.muted;
    to.fill((signs[status] ??= new Path2D(ours.SIGNS[status] ?? ours.SIGNS.missing)), "evenodd");
    to.restore();
    to.font = `500 12.5px ${palette.font}`;
    to.textBaseline = "middle";
    to.fillStyle = palette.text;
    const room = box.width - 36;
    to.fillText((box.cut ??= ours.cut(box.label, room, (text) => to.measureText(text).width)), box.x + 28, middle + 0.5);
    counts.labels += 1;
    to.font = `11px ${palette.font}`;
    to.fillStyle = palette.muted;
    if (box.unseenUp) {
      to.textAlign = "right";
      to.fillText(`+${box.unseenUp} ‹`, box.x - 5, middle - 9);
      to.textAlign = "left";
    }
    if (box.unseenDown) to.fillText(`› +${box.unseenDown}`, box.x + box.width + 5, middle - 9);
  }

  function paintColumns(to, box, { palette }) {
    to.font = `12px ${palette.font}`;
    to.textBaseline = "middle";
    for (const row of box.columns) {
      const middle = row.y + ours.COLUMN_ROW / 2;
      if (row.isChosen) {
        to.fillStyle = palette.accent;
        to.fillRect(box.x + 5, row.y, box.width - 6, ours.COLUMN_ROW);
      }
      to.fillStyle = row.isChosen ? palette.box : palette.text;
      const label = (row.cut ??= ours.cut(ours.shown(row.name), box.width - 36, (text) => to.measureText(text).width));
      to.fillText(label, box.x + 28, middle + 0.5);
    }
  }

  function paintFolded(to, box, palette, view) {
    to.fillStyle = palette.box;
    to.fillRect(box.x, box.y, box.width, box.height);
    outline(to, box, palette.line, 1.5 / view.k, 0);
  }

  /** Names of groups keep their size; where two would meet, the larger group's stays. */
  function paintNames(to, scene, seen, view, palette) {
    const folded = scene.boxes.filter((box) => box.folded);
    const regions = [...scene.regions, ...folded].filter((one) => meets(one, seen));
    regions.sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
    const taken = [];
    const room = ours.NAME_ROOM * view.k;
    const size = view.k < BOXES_FROM ? 13 : Math.min(Math.max(room * 0.6, 9), 13);
    to.font = `600 ${size}px ${palette.font}`;
    to.textBaseline = "middle";
    to.lineJoin = "round";
    for (const one of regions) {
      const text = `${ours.shown(one.name)} · ${one.count}${one.folded ? " ▸" : ""}`;
      const place = nameAt(one, seen, view, to.measureText(text).width);
      if (taken.some((other) => overlap(place, other))) continue;
      taken.push(place);
      to.strokeStyle = palette.paper;
      to.lineWidth = 4;
      to.strokeText(text, place.x, place.y + 8);
      to.fillStyle = palette.text;
      to.fillText(text, place.x, place.y + 8);
    }
  }

  function nameAt(one, seen, view, width) {
    const left = (Math.max(one.x, seen.left) - seen.left) * view.k;
    const top = (Math.max(one.y, seen.top) - seen.top) * view.k;
    if (view.k >= BOXES_FROM && !one.folded) {
      return { x: left + 10, y: top + (ours.NAME_ROOM * view.k) / 2 - 8, width, height: 16 };
    }
    const right = (Math.min(one.x + one.width, seen.right) - seen.left) * view.k;
    const bottom = (Math.min(one.y + one.height, seen.bottom) - seen.top) * view.k;
    const height = 16;
    return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height };
  }

  function overlap(a, b) {
    return (
      a.x < b.x + b.width + 8 && b.x < a.x + a.width + 8 &&
      a.y < b.y + b.height + 2 && b.y < a.y + a.height + 2
    );
  }

  /** A text that fits, cut at its beginning: the end of a key says most. */
  ours.cut = (text, room, measure) => {
    if (measure(text) <= room) return text;
    const letters = [...text];
    let [fits, most] = [0, letters.length];
    while (fits < most) {
      const half = Math.ceil((fits + most) / 2);
      if (measure(`…${letters.slice(-half).join("")}`) <= room) fits = half;
      else most = half - 1;
    }
    return `…${fits ? letters.slice(-fits).join("") : ""}`;
  };

  ours.LABELS_FROM = LABELS_FROM;
})();
