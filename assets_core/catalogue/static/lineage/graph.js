/** The assets of a project and who reads whom: what can be asked of them, nothing drawn. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});

  const STATUSES = ["failed", "stale", "missing", "held", "fresh", "source"];
  const FACETS = ["status", "kind", "group", "owner", "tag"];

  /** Refuse a document whose shape is not the one that these scripts read. */
  ours.refuseOther = (json, version) => {
    if (json?.version !== version) {
      throw new Error("The catalogue was made by another version: run 'assets docs generate' again.");
    }
  };

  /**
   * @typedef {Object<string, string[]>} Filter by facet, the values of which one is asked for
   * @typedef {{version: number, project: string, assets: Object<string, Array>,
   *   edges: {from: number[], to: number[]}}} LineageJson
   */

  /** All assets by number, with the numbers of what they read and of what reads them. */
  class Graph {
    /** @param {LineageJson} json what lineage.json holds */
    constructor(json) {
      ours.refuseOther(json, 1);
      Object.assign(this, json.assets);
      this.project = json.project;
      this.count = this.key.length;
      this.from = json.edges.from;
      this.to = json.edges.to;
      this.numbers = new Map(this.key.map((key, number) => [key, number]));
      this.upstream = neighbours(this.count, this.to, this.from);
      this.downstream = neighbours(this.count, this.from, this.to);
      this.lowered = this.key.map((key) => key.toLowerCase());
    }

    /** The values of a facet with how many assets have each, most useful first. */
    values(facet) {
      const counts = new Map();
      for (let node = 0; node < this.count; node++) {
        for (const value of this.facet(facet, node)) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const order = facet === "status" ? (one) => STATUSES.indexOf(one) : () => 0;
      return [...counts].sort(
        ([a], [b]) => order(a) - order(b) || (a < b ? -1 : a > b ? 1 : 0),
      );
    }

    /** @returns {string[]} what an asset has of a facet */
    facet(facet, node) {
      if (facet === "owner") return this.owners[node];
      if (facet === "tag") return this.tags[node];
      const value = this[facet][node];
      return value === null ? [] : [value];
    }

    /**
     * @param {Filter} filter
     * @returns {Uint8Array} 1 for each asset that has, of each facet asked for, one of the values
     */
    matching(filter) {
      const wanted = FACETS.filter((facet) => filter[facet]?.length).map((facet) => [facet, new Set(filter[facet])]);
      const found = new Uint8Array(this.count);
      for (let node = 0; node < this.count; node++) {
        found[node] = wanted.every(([facet, any]) => this.facet(facet, node).some((one) => any.has(one))) ? 1 : 0;
      }
      return found;
    }

    /** @returns {number[]} assets whose key or title has all words, the best first */
    search(text, most = 8) {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      if (!words.length) return [];
      const found = [];
      for (let node = 0; node < this.count; node++) {
        const rank = this.rank(node, words);
        if (rank < Infinity) found.push([rank, this.key[node].length, node]);
      }
      found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
      return found.slice(0, most).map((one) => one[2]);
    }

    rank(node, words) {
      const key = this.lowered[node];
      const name = key.slice(key.lastIndexOf("/") + 1);
      let rank = 0;
      for (const word of words) {
        if (key === word || name === word) continue;
        if (name.startsWith(word)) rank += 1;
        else if (key.startsWith(word)) rank += 1.5;
        else if (name.includes(word)) rank += 2;
        else if (key.includes(word)) rank += 3;
        else if (this.title[node]?.toLowerCase().includes(word)) rank += 5;
        else return Infinity;
      }
      return rank;
    }

    /** @returns {number[]} an asset and what is at most so many steps up and down from it */
    around(node, up, down) {
      const found = new Set([node]);
      for (const [side, depth] of [[this.upstream, up], [this.downstream, down]]) {
        let edge = [node];
        const seen = new Set(edge);
        for (let step = 0; step < depth && edge.length; step++) {
          const next = [];
          for (const one of edge) {
            for (const other of side[one]) {
              if (!seen.has(other)) next.push(other);
              seen.add(other);
            }
          }
          edge = next;
        }
        for (const one of seen) found.add(one);
      }
      return [...found].sort((a, b) => a - b);
    }

    /** What a screen reader says of an asset. */
    said(node) {
      const reads = this.upstream[node].length;
      const readers = this.downstream[node].length;
      return `${ours.shown(this.key[node])}, ${this.status[node]}, reads ${reads}, read by ${readers}`;
    }
  }

  /** @returns {number[][]} for each number the numbers on the other side of its edges */
  function neighbours(count, here, there) {
    const found = Array.from({ length: count }, () => []);
    for (let edge = 0; edge < here.length; edge++) found[here[edge]].push(there[edge]);
    return found;
  }

  const UNSEEN = /(?![\u200c\u200d\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

  /** A text whose unseen characters, such as controls of direction, are shown by number. */
  ours.shown = (text) =>
    String(text).replace(
      UNSEEN,
      (one) => `<U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
    );

  ours.Graph = Graph;
  ours.STATUSES = STATUSES;
  ours.FACETS = FACETS;
})();
