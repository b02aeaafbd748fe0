/** Places for a part of the lineage, from left to right; the whole comes with its places. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const SWEEPS = 6;

  /**
   * Places boxes in columns: each behind all it reads, near what it is joined to.
   *
   * @param {number[]} heights the height of each box
   * @param {Array<[number, number]>} edges pairs of numbers, without a cycle
   * @param {{column: number, gap: number}} pitch pixels from column to column, and between boxes
   * @returns {{x: number[], y: number[]}} the left and the top of each box
   */
  ours.arrange = (heights, edges, pitch) => {
    const upstream = heights.map(() => []);
    const downstream = heights.map(() => []);
    for (const [from, to] of edges) {
      upstream[to].push(from);
      downstream[from].push(to);
    }
    const columns = columnsOf(upstream, downstream);
    const cells = [];
    columns.forEach((column, node) => (cells[column] ??= []).push(node));
    const middles = new Array(heights.length).fill(0);
    for (const cell of cells) stack(cell, cell.map(() => 0), heights, pitch.gap, middles);
    for (let sweep = 0; sweep <= SWEEPS; sweep++) {
      const last = sweep === SWEEPS;
      const side = sweep % 2 ? downstream : upstream;
      for (const cell of sweep % 2 ? [...cells].reverse() : cells) {
        const wished = new Map(cell.map((node) => [
          node,
          mean(last ? [...upstream[node], ...downstream[node]] : side[node], middles, middles[node]),
        ]));
        cell.sort((a, b) => wished.get(a) - wished.get(b) || a - b);
        stack(cell, cell.map((node) => wished.get(node)), heights, pitch.gap, middles);
      }
    }
    return {
      x: columns.map((column) => column * pitch.column),
      y: middles.map((middle, node) => Math.round(middle - heights[node] / 2)),
    };
  };

  function columnsOf(upstream, downstream) {
    const columns = upstream.map(() => 0);
    const waiting = upstream.map((reads) => reads.length);
    const ready = [...waiting.keys()].filter((node) => !waiting[node]);
    for (const node of ready) {
      for (const reader of downstream[node]) {
        columns[reader] = Math.max(columns[reader], columns[node] + 1);
        if (--waiting[reader] === 0) ready.push(reader);
      }
    }
    for (const node of ready.reverse()) {
      const readers = downstream[node];
      if (readers.length > upstream[node].length) {
        columns[node] = Math.min(...readers.map((reader) => columns[reader])) - 1;
      }
    }
    return columns;
  }

  /** Sets the middles of a column's boxes: in order, apart, as near the wished as can be. */
  function stack(cell, wished, heights, gap, middles) {
    const blocks = [];
    let depth = 0;
    const depths = cell.map((node) => {
      const here = depth + heights[node] / 2;
      depth += heights[node] + gap;
      return here;
    });
    cell.forEach((_, place) => {
      let block = { total: wished[place] - depths[place], size: 1 };
      while (blocks.length && blocks.at(-1).total / blocks.at(-1).size >= block.total / block.size) {
        const before = blocks.pop();
        block = { total: block.total + before.total, size: block.size + before.size };
      }
      blocks.push(block);
    });
    const shifts = blocks.flatMap(({ total, size }) => new Array(size).fill(total / size));
    cell.forEach((node, place) => (middles[node] = depths[place] + shifts[place]));
  }

  function mean(nodes, places, otherwise) {
    if (!nodes.length) return otherwise;
    return nodes.reduce((sum, node) => sum + places[node], 0) / nodes.length;
  }
})();
