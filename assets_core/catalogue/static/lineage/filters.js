/** The filters of the map: of each facet as many values as one likes. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const { make } = ours;
  const LABELS = { status: "Status", kind: "Kind", group: "Group", owner: "Owner", tag: "Tag" };
  /** From so many values on a field finds some of them. */
  const MANY = 12;
  /** So many values stand there at once; the field finds the others. */
  const MOST = 200;

  /**
   * @param {Graph} graph
   * @param {(facet: ?string, values: string[]) => void} act null for the facet: none of them
   * @returns {{element: HTMLElement, show: (filter: Filter) => void, open: () => void}}
   */
  ours.makeFilters = (graph, act) => {
    const facets = ours.FACETS.map((facet) => makeFacet(graph, facet, act)).filter(Boolean);
    const summary = make("summary", {}, "Filter");
    const clear = make("button", { type: "button", hidden: true, on: { click: () => {
      act(null, []);
      summary.focus();
    } } }, "Clear");
    const element = make(
      "details",
      { class: "ac-map-filters" },
      summary,
      make("div", { role: "group", "aria-label": "Filters" }, ...facets.map((one) => one.element), clear),
    );
    if (facets.length) facets[0].element.open = true;
    return {
      element,
      open() {
        element.open = true;
        facets[0]?.focus();
      },
      show(filter) {
        for (const one of facets) one.show(filter[one.facet] ?? []);
        const used = Object.values(filter).flat().length;
        summary.textContent = used ? `Filter (${used})` : "Filter";
        clear.hidden = !used;
      },
    };
  };

  function makeFacet(graph, facet, act) {
    const count = graph.values(facet).length;
    if (!count) return null;
    const label = LABELS[facet];
    const summary = make("summary", {}, label);
    const list = make("div", { class: "ac-map-values", role: "group", "aria-label": label });
    const find = make("input", {
      type: "search", placeholder: `Find a ${facet}`, "aria-label": `Find a ${facet}`,
      autocomplete: "off", spellcheck: "false", hidden: count < MANY, on: { input: () => fill() },
    });
    const element = make("details", { class: "ac-map-facet" }, summary, find, list);
    let chosen = [];

    function change(value, isOn) {
      act(facet, isOn ? [...chosen, value] : chosen.filter((one) => one !== value));
    }

    function fill() {
      const words = find.value.toLowerCase();
      const all = valuesOf(graph, facet, chosen);
      const found = all.filter(([value]) => ours.shown(value).toLowerCase().includes(words));
      list.replaceChildren(...found.slice(0, MOST).map((one) => makeValue(facet, one, chosen, change)));
      const told = found.length > MOST ? `and ${found.length - MOST} more: type a part of its name` : "None has these letters.";
      if (found.length > MOST || !found.length) list.append(make("p", {}, told));
    }

    /** Keeps the boxes that are there, so that none loses the focus. */
    function update() {
      if (!element.open) return;
      if (!list.children.length) fill();
      const counts = new Map(valuesOf(graph, facet, chosen));
      for (const box of list.querySelectorAll("input")) {
        box.checked = chosen.includes(box.value);
        box.parentElement.lastChild.textContent = counts.get(box.value) ?? 0;
      }
    }

    element.addEventListener("toggle", update);
    element.addEventListener("keydown", (event) => step(element, event));
    return {
      facet,
      element,
      focus: () => (list.querySelector("input") ?? summary).focus(),
      show(values) {
        chosen = values;
        summary.textContent = values.length ? `${label} (${values.length})` : label;
        summary.classList.toggle("ac-map-used", values.length > 0);
        update();
      },
    };
  }

  /** The values with their counts: of the status all there are, and what a link asks for. */
  function valuesOf(graph, facet, chosen) {
    const found = new Map(facet === "status" ? ours.STATUSES.map((status) => [status, 0]) : []);
    for (const value of chosen) if (!found.has(value)) found.set(value, 0);
    for (const [value, count] of graph.values(facet)) found.set(value, count);
    return [...found];
  }

  function makeValue(facet, [value, count], chosen, change) {
    const box = make("input", {
      type: "checkbox", value, name: facet, on: { change: () => change(value, box.checked) },
    });
    box.checked = chosen.includes(value);
    return make(
      "label",
      {},
      box,
      facet === "status" ? ours.sign(value) : null,
      make("span", {}, ours.shown(value)),
      make("small", {}, String(count)),
    );
  }

  /** The arrows go from value to value. */
  function step(element, event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !element.open) return;
    const all = [...element.querySelectorAll(".ac-map-values input")];
    const next = all[all.indexOf(document.activeElement) + by];
    if (next) next.focus();
    else if (by < 0) (element.querySelector("input[type=search]:not([hidden])") ?? element.firstChild).focus();
    event.preventDefault();
    event.stopPropagation();
  }
})();
