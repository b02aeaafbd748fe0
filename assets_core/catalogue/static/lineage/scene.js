/** What there is to draw: boxes, edges and regions, with their places. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const BOX = { width: 208, height: 30 };
  const PITCH = { column: 276, gap: 16 };
  const COLUMN_ROW = 22;
  const MARGIN = { side: 14, top: 32, bottom: 12 };

  /**
   * @typedef {Object} Box
   * @property {number} asset its number, or -1 for a folded group
   * @property {?string} column the name of a column, if the box is one
   * @property {string} label
   * @property {number} x
   * @property {number} y
   * @property {number} width
   * @property {number} height
   * @property {?{name: string, count: number}} folded the group that it stands for
   * @property {?Array<{name: string, y: number}>} columns rows inside of the box
   *
   * @typedef {{from: number, to: number, x1: number, y1: number, x2: number, y2: number,
   *   how: string, weight: number}} Edge from and to are numbers of boxes
   * @typedef {{name: string, count: number, x: number, y: number, width: number,
   *   height: number}} Region
   * @typedef {{boxes: Box[], edges: Edge[], regions: Region[], roads: Edge[],
   *   chosen: number}} Scene roads join regions: many edges as one
   */

  /** The whole map, with some groups folded. @returns {Scene} */
  ours.wholeScene = (graph, fold) => {
    const regions = regionsOf(graph);
    const folded = new Map();
    const boxes = [];
    const boxOf = new Int32Array(graph.count);
    for (const region of regions) {
      if (!fold.includes(region.name)) continue;
      folded.set(region.name, boxes.length);
      boxes.push({ ...region, asset: -1, label: region.name, folded: region });
    }
    for (let node = 0; node < graph.count; node++) {
      const group = graph.group[node];
      if (group !== null && folded.has(group)) {
        boxOf[node] = folded.get(group);
        continue;
      }
      boxOf[node] = boxes.length;
      boxes.push(assetBox(graph, node, graph.x[node] - BOX.width / 2, graph.y[node] - BOX.height / 2));
    }
    const edges = [];
    const seen = new Map();
    for (let edge = 0; edge < graph.from.length; edge++) {
      const from = boxOf[graph.from[edge]];
      const to = boxOf[graph.to[edge]];
      if (from === to) continue;
      const name = from * boxes.length + to;
      if (seen.has(name)) {
        seen.get(name).weight += 1;
        continue;
      }
      seen.set(name, joined(boxes, from, to, "exact"));
      edges.push(seen.get(name));
    }
    const open = regions.filter((region) => !folded.has(region.name));
    return { boxes, edges, regions: open, roads: roadsOf(graph, regions), chosen: -1 };
  };

  /** What is around an asset, moved together. @returns {Scene} */
  ours.focusScene = (graph, node, up, down) => {
    const nodes = graph.around(node, up, down);
    const places = new Map(nodes.map((one, place) => [one, place]));
    const pairs = [];
    for (const one of nodes) {
      for (const other of graph.downstream[one]) {
        if (places.has(other)) pairs.push([places.get(one), places.get(other)]);
      }
    }
    const found = ours.arrange(nodes.map(() => BOX.height), pairs, PITCH);
    const boxes = nodes.map((one, place) => ({
      ...assetBox(graph, one, found.x[place], found.y[place]),
      unseenUp: graph.upstream[one].filter((other) => !places.has(other)).length,
      unseenDown: graph.downstream[one].filter((other) => !places.has(other)).length,
    }));
    const edges = pairs.map(([from, to]) => joined(boxes, from, to, "exact"));
    return { boxes, edges, regions: [], roads: [], chosen: places.get(node) };
  };

  /** The lineage of one column, up and down. @returns {Scene} */
  ours.columnScene = (graph, columns, node, name) => {
    const reached = columns.around(node, name);
    const nodes = [...reached.names.keys()].sort((a, b) => a - b);
    const places = new Map(nodes.map((one, place) => [one, place]));
    const heights = nodes.map((one) => BOX.height + reached.names.get(one).length * COLUMN_ROW + 6);
    const pairs = new Map();
    for (const { from, to } of reached.edges) {
      const pair = [places.get(from[0]), places.get(to[0])];
      if (pair[0] !== pair[1]) pairs.set(pair.join(), pair);
    }
    const found = ours.arrange(heights, [...pairs.values()], { column: 300, gap: 20 });
    const boxes = nodes.map((one, place) => ({
      ...assetBox(graph, one, found.x[place], found.y[place]),
      height: heights[place],
      columns: reached.names.get(one).map((column, row) => ({
        name: column,
        y: found.y[place] + BOX.height + row * COLUMN_ROW,
        isChosen: one === node && column === name,
      })),
    }));
    const edges = reached.edges.map(({ from, to, how }) => {
      const [a, b] = [places.get(from[0]), places.get(to[0])];
      const edge = joined(boxes, a, b, how);
      edge.y1 = rowOf(boxes[a], from[1]);
      edge.y2 = rowOf(boxes[b], to[1]);
      return edge;
    });
    return { boxes, edges, regions: [], roads: [], chosen: places.get(node) };
  };

  /** @returns {[number, number, number, number]} left, top, right and bottom of some boxes */
  ours.boundsOf = (boxes) => {
    const bounds = [Infinity, Infinity, -Infinity, -Infinity];
    for (const box of boxes) {
      bounds[0] = Math.min(bounds[0], box.x);
      bounds[1] = Math.min(bounds[1], box.y);
      bounds[2] = Math.max(bounds[2], box.x + box.width);
      bounds[3] = Math.max(bounds[3], box.y + box.height);
    }
    return bounds[0] <= bounds[2] ? bounds : [0, 0, 1, 1];
  };

  function assetBox(graph, node, x, y) {
    return { asset: node, label: ours.shown(graph.key[node]), x, y, ...BOX };
  }

  function rowOf(box, name) {
    const row = box.columns.find((column) => column.name === name);
    return row.y + COLUMN_ROW / 2;
  }

  function joined(boxes, from, to, how) {
    const [a, b] = [boxes[from], boxes[to]];
    return {
      from, to, how, weight: 1,
      x1: a.x + a.width, y1: a.y + a.height / 2, x2: b.x, y2: b.y + b.height / 2,
    };
  }

  function regionsOf(graph) {
    const regions = new Map();
    for (let node = 0; node < graph.count; node++) {
      const name = graph.group[node];
      if (name === null) continue;
      const [x, y] = [graph.x[node], graph.y[node]];
      const one = regions.get(name) ?? { name, count: 0, left: x, right: x, top: y, bottom: y };
      one.count += 1;
      one.left = Math.min(one.left, x);
      one.right = Math.max(one.right, x);
      one.top = Math.min(one.top, y);
      one.bottom = Math.max(one.bottom, y);
      regions.set(name, one);
    }
    return [...regions.values()].map(({ name, count, left, right, top, bottom }) => ({
      name,
      count,
      x: left - BOX.width / 2 - MARGIN.side,
      y: top - BOX.height / 2 - MARGIN.top,
      width: right - left + BOX.width + 2 * MARGIN.side,
      height: bottom - top + BOX.height + MARGIN.top + MARGIN.bottom,
    }));
  }

  function roadsOf(graph, regions) {
    const numbers = new Map(regions.map((region, number) => [region.name, number]));
    const roads = new Map();
    for (let edge = 0; edge < graph.from.length; edge++) {
      const from = numbers.get(graph.group[graph.from[edge]]);
      const to = numbers.get(graph.group[graph.to[edge]]);
      if (from === undefined || to === undefined || from === to) continue;
      const name = from * regions.length + to;
      if (roads.has(name)) roads.get(name).weight += 1;
      else roads.set(name, joinedMiddles(regions, from, to));
    }
    return [...roads.values()].sort((a, b) => b.weight - a.weight);
  }

  function joinedMiddles(regions, from, to) {
    const [a, b] = [regions[from], regions[to]];
    return {
      from, to, how: "exact", weight: 1,
      x1: a.x + a.width / 2, y1: a.y + a.height / 2,
      x2: b.x + b.width / 2, y2: b.y + b.height / 2,
    };
  }

  ours.BOX = BOX;
  ours.NAME_ROOM = MARGIN.top;
  ours.COLUMN_ROW = COLUMN_ROW;
})();
