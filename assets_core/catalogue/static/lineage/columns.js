/** Which column comes from which: what columns.json holds. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});

  class Columns {
    /** @param {{columns: string[][], edges: {from: Array, to: Array, how: string[]}}} json */
    constructor(json) {
      this.names = json.columns;
      this.into = new Map();
      this.outOf = new Map();
      const { from, to, how } = json.edges;
      from.forEach((_, number) => {
        const edge = { from: this.named(from[number]), to: this.named(to[number]), how: how[number] };
        append(this.into, ends(edge.to), edge);
        append(this.outOf, ends(edge.from), edge);
      });
    }

    named([asset, column]) {
      return [asset, typeof column === "number" ? this.names[asset][column] : column];
    }

    /**
     * @returns {{names: Map<number, string[]>, edges: Array}} the columns that one comes
     *   from and goes into, by asset, and the edges between them
     */
    around(asset, name) {
      const reached = new Map([[ends([asset, name]), [asset, name]]]);
      const edges = new Set();
      for (const [side, far] of [[this.into, "from"], [this.outOf, "to"]]) {
        const queue = [[asset, name]];
        const seen = new Set([ends([asset, name])]);
        for (const one of queue) {
          for (const edge of side.get(ends(one)) ?? []) {
            edges.add(edge);
            const other = edge[far];
            if (seen.has(ends(other))) continue;
            seen.add(ends(other));
            reached.set(ends(other), other);
            queue.push(other);
          }
        }
      }
      const names = new Map();
      for (const [node, column] of reached.values()) append(names, node, column);
      for (const [node, found] of names) {
        const order = this.names[node] ?? [];
        found.sort((a, b) => order.indexOf(a) - order.indexOf(b));
      }
      return { names, edges: [...edges] };
    }
  }

  function ends([asset, column]) {
    return `${asset} ${column}`;
  }

  function append(map, key, value) {
    if (map.has(key)) map.get(key).push(value);
    else map.set(key, [value]);
  }

  ours.Columns = Columns;
})();
