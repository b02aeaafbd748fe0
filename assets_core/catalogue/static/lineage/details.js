/** The card of the chosen asset, and the list of all that the filter lets through. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const { make } = ours;
  const MOST_BESIDE = 30;
  const PAGE = 100;

  /**
   * @param {{graph: Graph, node: number, state: State, page: ?string,
   *   columns: ?Columns, acts: Object}} told
   */
  ours.makeCard = ({ graph, node, state, page, columns, acts }) => {
    const key = ours.shown(graph.key[node]);
    const about = [graph.kind[node], graph.group[node] && `group ${graph.group[node]}`].filter(Boolean);
    const card = make(
      "section",
      { class: "ac-map-card", "aria-label": `Asset ${key}` },
      make("button", { type: "button", class: "ac-map-close", "aria-label": "Close", on: { click: acts.close } }, "×"),
      make("h2", {}, page ? make("a", { href: page }, key) : key),
      make("p", { class: "ac-map-about" }, ours.sign(graph.status[node]), `${graph.status[node]} · ${ours.shown(about.join(" · "))}`),
      graph.title[node] ? make("p", {}, ours.shown(graph.title[node])) : null,
      words("Owners", graph.owners[node]),
      words("Tags", graph.tags[node]),
      make(
        "p",
        { class: "ac-map-row" },
        make("button", { type: "button", class: "ac-map-first", "aria-pressed": String(state.focus), on: { click: acts.focus } },
          state.focus ? "Whole map" : "Focus"),
        page ? make("a", { href: page, class: "ac-map-button" }, "Open page") : null,
      ),
    );
    if (state.focus) {
      card.append(make("p", { class: "ac-map-row" }, stepper("Steps up", state.up, acts.up), stepper("Steps down", state.down, acts.down)));
    }
    card.append(
      beside("Reads", graph, graph.upstream[node], acts.choose),
      beside("Read by", graph, graph.downstream[node], acts.choose),
      columnList(columns?.names[node] ?? [], state.column, acts.column),
    );
    if (state.column !== null && columns?.around(node, state.column).edges.length === 0) {
      const told = columns.names[node]?.includes(state.column)
        ? "Nothing is known of where this column comes from or goes to."
        : `It has no column ${ours.shown(state.column)}.`;
      card.append(make("p", {}, told));
    }
    return card;
  };

  function words(label, values) {
    return values.length
      ? make("p", { class: "ac-map-words" }, make("span", {}, label), ` ${values.map(ours.shown).join(", ")}`)
      : null;
  }

  function stepper(label, value, act) {
    const input = make("input", {
      type: "number", min: 0, max: 99, value, on: { change: () => act(Number(input.value)) },
    });
    return make("label", {}, `${label} `, input);
  }

  function beside(label, graph, nodes, choose) {
    const part = make("div", { class: "ac-map-beside" }, make("h3", {}, `${label} ${nodes.length}`));
    if (!nodes.length) return part;
    const list = make("ul", {});
    for (const node of nodes.slice(0, MOST_BESIDE)) {
      list.append(make("li", {}, make("button", { type: "button", on: { click: () => choose(node) } },
        ours.sign(graph.status[node]), ours.shown(graph.key[node]))));
    }
    if (nodes.length > MOST_BESIDE) list.append(make("li", {}, `and ${nodes.length - MOST_BESIDE} more`));
    part.append(list);
    return part;
  }

  function columnList(names, chosen, act) {
    const part = make("div", { class: "ac-map-columns" });
    if (!names.length) return part;
    const list = make("ul", {});
    for (const name of names) {
      list.append(make("li", {}, make("button", {
        type: "button", "aria-pressed": String(name === chosen), "data-column": name,
        on: { click: () => act(name === chosen ? null : name) },
      }, ours.shown(name))));
    }
    part.append(make("h3", {}, `Columns ${names.length}`), list);
    return part;
  }

  /** The same assets as text, for those who hear the page or rather read. */
  ours.makeList = (graph, pageOf, choose) => {
    const summary = make("summary", {}, "");
    const list = make("ul", {});
    const more = make("button", { type: "button" }, "Show more");
    const element = make("details", { class: "ac-map-list" }, summary, list, more);
    let nodes = [];
    const add = () => {
      const start = list.children.length;
      for (const node of nodes.slice(start, start + PAGE)) list.append(entry(graph, node, pageOf(node), choose));
      more.hidden = list.children.length >= nodes.length;
    };
    more.addEventListener("click", add);
    element.addEventListener("toggle", () => {
      if (element.open && !list.children.length) add();
    });
    return {
      element,
      show(shown) {
        nodes = [];
        for (let node = 0; node < graph.count; node++) if (shown === null || shown[node]) nodes.push(node);
        nodes.sort((a, b) => (graph.key[a] < graph.key[b] ? -1 : 1));
        summary.textContent = shown === null ? `As a list: ${graph.count} assets` : `As a list: ${nodes.length} of ${graph.count} assets`;
        list.replaceChildren();
        more.hidden = true;
        if (element.open) add();
      },
    };
  };

  function entry(graph, node, page, choose) {
    const key = ours.shown(graph.key[node]);
    return make(
      "li",
      {},
      ours.sign(graph.status[node]),
      page ? make("a", { href: page }, key) : key,
      make("span", {}, ` ${graph.said(node).slice(key.length)}`),
      make("button", { type: "button", "aria-label": `Show ${key} on the map`, on: { click: () => choose(node) } }, "On the map"),
    );
  }
})();
