/** The bar above the map: search with suggestions, filters, colours, and what to save. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const { make } = ours;
  let numbers = 0;

  /**
   * @param {Graph} graph
   * @param {{choose: Function, filter: Function, colour: Function, fold: Function,
   *   save: Function, help: Function}} acts
   */
  ours.makeBar = (graph, acts) => {
    const search = ours.makeSearch(graph, acts.choose);
    const filters = ours.makeFilters(graph, acts.filter);
    const colours = make(
      "select",
      { "aria-label": "Colours say", on: { change: () => acts.colour(colours.value) } },
      make("option", { value: "status" }, "Colour: status"),
      make("option", { value: "group" }, "Colour: group"),
    );
    const fold = make("button", { type: "button", "aria-pressed": "false", on: { click: acts.fold } }, "Fold groups");
    fold.hidden = !graph.values("group").length;
    const save = makeMenu("Save", [
      ["SVG", () => acts.save("svg")],
      ["PNG", () => acts.save("png")],
      ["Mermaid", () => acts.save("mmd")],
    ]);
    const help = make("button", { type: "button", "aria-label": "Keys and signs", on: { click: acts.help } }, "?");
    const bar = make("div", { class: "ac-map-bar", role: "toolbar", "aria-label": "Lineage" }, search.element, filters.element, colours, fold, save, help);
    closeOutside(bar);
    return {
      element: bar,
      search: () => search.input.focus(),
      filters: () => filters.open(),
      show(state, allFolded) {
        filters.show(state.filter);
        colours.value = state.colour;
        fold.setAttribute("aria-pressed", String(allFolded));
        fold.textContent = allFolded ? "Unfold groups" : "Fold groups";
      },
    };
  };

  function makeMenu(label, entries) {
    const menu = make("details", { class: "ac-map-menu" }, make("summary", {}, label));
    const act = (one) => () => {
      menu.open = false;
      one();
    };
    menu.append(make("div", {}, ...entries.map(([name, one]) =>
      make("button", { type: "button", on: { click: act(one) } }, name))));
    return menu;
  }

  function closeOutside(bar) {
    document.addEventListener("pointerdown", (event) => {
      for (const one of bar.querySelectorAll(":scope > details[open]")) {
        if (!one.contains(event.target)) one.open = false;
      }
    });
    bar.addEventListener("keydown", (event) => {
      const open = event.target.closest("details[open]");
      if (event.key !== "Escape" || !open) return;
      open.open = false;
      open.querySelector("summary").focus();
      event.stopPropagation();
    });
  }

  /** A field that suggests assets. @returns {{input: HTMLInputElement, element: HTMLElement}} */
  ours.makeSearch = (graph, choose) => {
    const id = `ac-map-suggestions-${(numbers += 1)}`;
    const list = make("ul", { id, role: "listbox", "aria-label": "Assets", hidden: true });
    const input = make("input", {
      type: "search", role: "combobox", placeholder: "Search assets", autocomplete: "off", spellcheck: "false",
      "aria-label": "Search assets", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list",
    });
    let found = [];
    let active = 0;
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const take = (place) => {
      if (found[place] === undefined) return;
      close();
      input.value = "";
      choose(found[place]);
    };
    const mark = (place) => {
      active = (place + found.length) % found.length;
      [...list.children].forEach((one, other) => one.setAttribute("aria-selected", String(other === active)));
      input.setAttribute("aria-activedescendant", `${id}-${active}`);
    };
    const suggest = () => {
      found = graph.search(input.value);
      list.replaceChildren(...found.map((node, place) => suggestion(graph, node, `${id}-${place}`, () => take(place))));
      if (!found.length && input.value.trim()) {
        list.append(make("li", { role: "option", "aria-disabled": "true" }, "No asset has these words."));
      }
      list.hidden = !input.value.trim();
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (found.length) mark(0);
    };
    input.addEventListener("input", suggest);
    input.addEventListener("focus", suggest);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        input.value = "";
        close();
        input.blur();
      } else if (!found.length || list.hidden) return;
      else if (event.key === "ArrowDown") mark(active + 1);
      else if (event.key === "ArrowUp") mark(active - 1);
      else if (event.key === "Enter") take(active);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return { input, element: make("div", { class: "ac-map-search" }, input, list) };
  };

  function suggestion(graph, node, id, act) {
    const title = graph.title[node];
    return make(
      "li",
      { id, role: "option", on: { pointerdown: (event) => {
        event.preventDefault();
        act();
      } } },
      ours.sign(graph.status[node]),
      make("span", { class: "ac-map-key" }, ours.shown(graph.key[node])),
      title ? make("small", {}, ours.shown(title)) : null,
    );
  }
})();
