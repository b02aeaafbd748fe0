/** What is looked at, as the part of the address behind `#`: every state has its link. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const MOST_STEPS = 99;

  /**
   * @typedef {Object} State
   * @property {?string} asset the asset that is chosen
   * @property {boolean} focus whether only what is around it is drawn
   * @property {number} up how many steps towards its sources
   * @property {number} down how many steps towards its readers
   * @property {?string} column the column whose lineage is drawn
   * @property {"status"|"group"} colour what colours say
   * @property {Filter} filter by facet, the values of which one is asked for
   * @property {string[]} fold groups drawn as one
   * @property {?[number, number, number]} at middle and zoom of the map; null: all of it
   */

  /** @returns {State} */
  ours.firstState = () => ({
    asset: null, focus: false, up: 2, down: 2, column: null,
    colour: "status", filter: {}, fold: [], at: null,
  });

  /** @returns {State} what an address says; what makes no sense in it is left out */
  ours.readState = (hash) => {
    const said = new URLSearchParams(hash.replace(/^#/, ""));
    const state = ours.firstState();
    state.asset = said.get("asset") || null;
    state.focus = said.get("focus") === "1" && state.asset !== null;
    state.up = steps(said.get("up"), state.up);
    state.down = steps(said.get("down"), state.down);
    state.column = (state.asset && said.get("column")) || null;
    state.colour = said.get("colour") === "group" ? "group" : "status";
    for (const facet of ours.FACETS) {
      const values = [...new Set(said.getAll(facet))].filter(Boolean);
      if (values.length) state.filter[facet] = values;
    }
    state.fold = said.getAll("fold");
    const at = (said.get("at") ?? "").split(",").map(Number);
    if (at.length === 3 && at.every(Number.isFinite) && at[2] > 0) state.at = at;
    return state;
  };

  /** @param {State} state */
  ours.writeState = (state) => {
    const first = ours.firstState();
    const said = new URLSearchParams();
    if (state.asset) said.set("asset", state.asset);
    if (state.focus) said.set("focus", "1");
    if (state.up !== first.up) said.set("up", state.up);
    if (state.down !== first.down) said.set("down", state.down);
    if (state.column) said.set("column", state.column);
    if (state.colour !== first.colour) said.set("colour", state.colour);
    for (const facet of ours.FACETS) for (const value of state.filter[facet] ?? []) said.append(facet, value);
    for (const group of state.fold) said.append("fold", group);
    if (state.at) said.set("at", state.at.map((one) => Number(one.toPrecision(6))).join(","));
    return said.size ? `#${said}`.replaceAll("%2F", "/").replaceAll("%2C", ",") : "";
  };

  function steps(text, otherwise) {
    const number = Number.parseInt(text ?? "", 10);
    return Number.isNaN(number) ? otherwise : Math.min(Math.max(number, 0), MOST_STEPS);
  }
})();
