/** Which column comes from which: what columns.json holds. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});

  class Columns {
    /**
     * @param {{names: string[], columns: number[][], how: string[], edges: {from: number[],
     *   to: number[], columns: number[][]}}} json an edge is between two assets; its
     *   columns are three numbers each: the name it comes from, the name it becomes, how
     */
    constructor({ names, columns, how, edges }) {
      this.names = columns.map((numbers) => numbers.map((number) => names[number]));
      this.said = { names, how, ...edges };
      this.into = new Map();
      this.outOf = new Map();
      edges.from.forEach((_, number) => {
        append(this.into, edges.to[number], number);
        append(this.outOf, edges.from[number], number);
      });
      this.made = new Map();
    }

    /** The edges from or to a column of an asset, made when they are first asked for. */
    beside(side, far, [asset, column]) {
      const near = far === "from" ? "to" : "from";
      return (side.get(asset) ?? []).flatMap((number) => this.between(number)).filter((edge) => edge[near][1] === column);
    }

    between(number) {
      if (this.made.has(number)) return this.made.get(number);
      const { names, how, from, to, columns } = this.said;
      const flat = columns[number];
      const edges = [];
      for (let at = 0; at < flat.length; at += 3) {
        edges.push({
          from: [from[number], names[flat[at]]], to: [to[number], names[flat[at + 1]]], how: how[flat[at + 2]],
        });
      }
      this.made.set(number, edges);
      return edges;
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
          for (const edge of this.beside(side, far, one)) {
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
  ours.readColumns = async (catalogue) => {
    const json = await ours.read(catalogue, "columns.json");
    ours.refuseOther(json, 2);
    return new Columns(json);
  };
})();
