/** The page of the whole lineage: what the reader does, and what is shown for it. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const { make } = ours;
  const SMALL = 60;
  const READABLE = 0.62;
  const NARROW = 680;

  /** Keeps together what one map shows; `state` is the truth, everything else follows. */
  class Explorer {
    /**
     * @param {HTMLElement} element what becomes the map
     * @param {Graph} graph
     * @param {?URL} catalogue the folder of the JSON files, with a slash at its end; null
     *   where the map stands in somebody else's page, and has no address of its own
     */
    constructor(element, graph, catalogue) {
      Object.assign(this, { element, graph, catalogue });
      this.root = catalogue && new URL("..", catalogue);
      this.state = ours.readState(catalogue ? location.hash : element.dataset.start ?? "");
      this.isQuiet = !catalogue; // the card waits there until it is asked for
      this.columns = null;
      this.hovered = null;
      this.build();
      this.surface = new ours.Surface(this.canvas, (to, view) => ours.paint(to, this.scene, view, this.look()));
      this.surface.onMoved = () => this.keepPlace();
      this.scene = null;
      this.listen();
      this.surface.resize();
      this.show(ours.firstState(), this.state);
      this.note.hidden = graph.count > 0;
    }

    build() {
      const { graph } = this;
      this.bar = ours.makeBar(graph, {
        choose: (node) => this.choose(node, true),
        filter: (facet, values) => this.filter(facet, values),
        colour: (colour) => this.go({ colour }),
        fold: () => this.foldAll(),
        save: (format) => this.save(format),
        help: () => this.keys.help.showModal(),
      });
      this.canvas = make("canvas", {
        tabindex: 0, role: "application", "aria-roledescription": "map",
        "aria-label": `Lineage of ${graph.count} assets. Arrows walk along it; press question mark for all keys.`,
      });
      this.card = make("div", { class: "ac-map-side" });
      this.legend = make("div", { class: "ac-map-legend" });
      this.live = make("p", { class: "ac-map-heard", role: "status" });
      this.note = make("p", { class: "ac-map-note", hidden: true }, "There are no assets yet. Declare one, and generate the catalogue again.");
      const zoom = make(
        "div",
        { class: "ac-map-zoom" },
        button("+", "Closer", () => this.surface.zoom(1.4)),
        button("−", "Further away", () => this.surface.zoom(1 / 1.4)),
        button("⤢", "All of it", () => this.fit()),
      );
      this.list = ours.makeList(graph, (node) => ours.pageOf(graph, node, this.root), (node) => {
        this.choose(node, true);
        this.canvas.focus();
        this.canvas.scrollIntoView({ block: "nearest" });
      });
      this.stage = make("div", { class: "ac-map-stage" }, this.canvas, this.legend, zoom, this.card, this.note);
      this.keys = ours.makeKeys(this);
      this.element.replaceChildren(this.bar.element, this.stage, this.live, this.list.element, this.keys.help);
    }

    listen() {
      ours.watchGestures(this.surface, {
        takesWheel: (event) => this.catalogue || event.ctrlKey || document.activeElement === this.canvas,
        onTap: (x, y) => this.tap(x, y),
        onTwice: (x, y) => this.tapTwice(x, y),
        onHover: (x, y) => this.hover(x, y),
      });
      new ResizeObserver(() => this.surface.resize()).observe(this.canvas);
      ours.onTheme(() => {
        this.palette = null;
        this.surface.redraw();
        this.showLegend();
      });
      for (const event of this.catalogue ? ["popstate", "hashchange"] : []) {
        addEventListener(event, () => {
          if (ours.writeState(this.state) === location.hash) return;
          const before = this.state;
          this.state = ours.readState(location.hash);
          this.show(before, this.state);
        });
      }
      document.addEventListener("ac-status", (event) => this.refresh(event.detail));
    }

    /** Changes the state as the reader asked, so that «back» comes back from it. */
    go(changes) {
      const before = this.state;
      this.isQuiet = false;
      this.state = { ...before, ...changes };
      if (this.state.asset === null) Object.assign(this.state, { focus: false, column: null });
      this.write("pushState");
      this.show(before, this.state);
    }

    write(how) {
      if (!this.catalogue) return;
      const hash = ours.writeState(this.state);
      if (hash !== location.hash) history[how](null, "", hash || location.pathname + location.search);
    }

    /** The place on the map belongs to the link, but not to the history. */
    keepPlace() {
      const { x, y, k } = this.surface.view;
      this.state.at = this.atHome ? null : [x, y, k];
      this.atHome = false;
      this.write("replaceState");
    }

    show(before, state) {
      const node = this.chosen();
      if (state.column !== null && this.columns === null && node !== null) this.loadColumns();
      const mode = [state.column, state.focus && [state.asset, state.up, state.down], state.fold].flat();
      const name = JSON.stringify([...mode, state.column && state.asset, this.columns !== null]);
      const isNew = name !== this.sceneName;
      if (isNew) this.scene = this.makeScene(node);
      this.sceneName = name;
      const filtered = Object.keys(state.filter).length > 0;
      this.shown = filtered ? this.graph.matching(state.filter) : null;
      this.bar.show(state, this.isAllFolded());
      this.showCard(node);
      this.makeRoom();
      this.showLegend();
      if (JSON.stringify(before.filter) !== JSON.stringify(state.filter) || !this.listed) this.list.show(this.shown);
      this.listed = true;
      if (state.at) this.surface.moveTo({ x: state.at[0], y: state.at[1], k: state.at[2] });
      else if (isNew) this.arrive();
      this.surface.redraw();
    }

    makeScene(node) {
      const { graph, state } = this;
      if (node !== null && state.column !== null && this.columns !== null) {
        return ours.columnScene(graph, this.columns, node, state.column);
      }
      if (node !== null && state.focus) return ours.focusScene(graph, node, state.up, state.down);
      return ours.wholeScene(graph, state.fold);
    }

    chosen() {
      return this.state.asset === null ? null : this.graph.numbers.get(this.state.asset) ?? null;
    }

    look() {
      this.palette ??= ours.readPalette(this.element);
      const { graph, palette, state, shown, hovered } = this;
      const colour = ours.colouring(graph, palette, state.colour);
      return { graph, palette, colour, shown, hovered, chosen: this.chosen() };
    }

    /** Shows all, or of a small project or a narrow screen as much as one can read. */
    fit() {
      this.atHome = true;
      const { boxes, regions } = this.scene;
      const bounds = ours.boundsOf([...boxes, ...regions]);
      const goal = this.surface.around(bounds);
      if (goal.k >= READABLE || boxes.length > SMALL) this.surface.fly(goal);
      else this.surface.fly(this.readable(bounds, this.boxOf(this.chosen())));
    }

    /** The first view of a link: an asset that it names is in the middle. */
    arrive() {
      const box = this.boxOf(this.chosen());
      if (!box || this.state.focus || this.scene.boxes.length <= SMALL) this.fit();
      else this.comeTo(box);
    }

    comeTo(box) {
      const k = Math.max(this.surface.view.k, 0.8);
      this.surface.fly(this.surface.shifted({ x: box.x + box.width / 2, y: box.y + box.height / 2, k }));
    }

    boxOf(node) {
      return node === null ? null : this.scene.boxes.find((box) => box.asset === node) ?? null;
    }

    /** A view with legible names: around a box, or from the left and the top. */
    readable([left, top, right, bottom], box) {
      const { width, height } = this.surface.free();
      const middle = (start, end, room, of) => {
        if ((end - start) * READABLE <= room - 40) return (start + end) / 2;
        const half = (room / 2 - 20) / READABLE;
        return Math.min(Math.max(of ?? start, start + half), end - half);
      };
      return this.surface.shifted({
        x: middle(left, right, width, box && box.x + box.width / 2),
        y: middle(top, bottom, height, box && box.y + box.height / 2),
        k: READABLE,
      });
    }

    /** Chooses an asset; `come` brings it into the middle. */
    choose(node, come) {
      const asset = this.graph.key[node];
      const at = this.state.focus ? null : this.state.at;
      const fold = this.state.fold.filter((group) => group !== this.graph.group[node]);
      this.go({ asset, column: null, at, fold });
      this.live.textContent = this.graph.said(node);
      if (!come || this.state.focus) return;
      const box = this.boxOf(node);
      if (box) this.comeTo(box);
    }

    /** Asks for values of a facet; null for the facet asks for nothing any more. */
    filter(facet, values) {
      const filter = facet === null ? {} : { ...this.state.filter, [facet]: values };
      if (!values.length) delete filter[facet];
      this.go({ filter, focus: false, column: null, at: null });
      const found = this.shown === null ? this.graph.count : this.shown.reduce((sum, one) => sum + one, 0);
      this.live.textContent = `${found} of ${this.graph.count} assets`;
      const boxes = this.scene.boxes.filter((box) => box.asset >= 0 && (this.shown === null || this.shown[box.asset]));
      if (boxes.length) this.surface.fly(this.surface.around(ours.boundsOf(boxes)));
    }

    isAllFolded() {
      const groups = this.graph.values("group");
      return groups.length > 0 && groups.every(([name]) => this.state.fold.includes(name));
    }

    foldAll() {
      const fold = this.isAllFolded() ? [] : this.graph.values("group").map(([name]) => name);
      this.go({ fold, focus: false, column: null, at: null });
    }

    tap(x, y) {
      this.canvas.focus({ preventScroll: true });
      const [sx, sy] = this.surface.toScene(x, y);
      const box = this.boxAt(sx, sy);
      if (!box) {
        if (!this.state.focus && this.state.asset !== null) this.go({ asset: null });
      } else if (box.folded) this.go({ fold: this.state.fold.filter((one) => one !== box.folded.name) });
      else {
        const row = box.columns?.find((one) => sy >= one.y && sy < one.y + ours.COLUMN_ROW);
        if (row) this.go({ asset: this.graph.key[box.asset], column: row.name, at: null });
        else if (this.isQuiet || this.graph.key[box.asset] !== this.state.asset) this.select(box.asset);
      }
    }

    /** In a focus one chooses beside the focus; what is drawn stays. */
    select(node) {
      if (this.state.focus) this.go({ asset: this.graph.key[node], at: null, column: null });
      else this.choose(node, false);
    }

    tapTwice(x, y) {
      const box = this.boxAt(...this.surface.toScene(x, y));
      if (box && !box.folded) this.go({ asset: this.graph.key[box.asset], focus: true, column: null, at: null });
    }

    hover(x, y) {
      const box = x < 0 ? null : this.boxAt(...this.surface.toScene(x, y));
      const number = box ? this.scene.boxes.indexOf(box) : null;
      this.canvas.classList.toggle("ac-map-over", box !== null);
      const title = box && box.asset >= 0 ? [box.label, this.graph.title[box.asset]].filter(Boolean).join(" — ") : "";
      if (this.canvas.title !== title) this.canvas.title = ours.shown(title);
      if (number === this.hovered) return;
      this.hovered = number;
      this.surface.redraw();
    }

    boxAt(x, y) {
      const inside = (box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
      return this.scene.boxes.findLast(inside) ?? null;
    }

    showCard(node) {
      if (node === null || this.isQuiet) {
        const unknown = node === null && this.state.asset !== null;
        this.card.replaceChildren(...(unknown ? [make("p", { class: "ac-map-card" }, `There is no asset '${ours.shown(this.state.asset)}'.`)] : []));
        return;
      }
      if (this.columns === null) this.loadColumns();
      const top = this.card.firstChild?.scrollTop ?? 0;
      this.card.replaceChildren(ours.makeCard({
        graph: this.graph, node, state: this.state, columns: this.columns,
        page: ours.pageOf(this.graph, node, this.root),
        acts: {
          choose: (one) => this.choose(one, true),
          close: () => this.go({ asset: null, at: null }),
          focus: () => this.go({ focus: !this.state.focus, column: null, at: null }),
          up: (up) => this.go({ up, at: null }),
          down: (down) => this.go({ down, at: null }),
          column: (column) => this.go({ column, at: null }),
        },
      }));
      this.card.firstChild.scrollTop = top;
    }

    /** Tells the surface what the card covers: its side, on a phone the lower part. */
    makeRoom() {
      const card = this.card.firstChild;
      const { width, height } = this.surface.view;
      const isWide = width > NARROW;
      this.surface.covered = {
        right: card && isWide ? card.offsetWidth + 16 : 0,
        bottom: card && !isWide ? Math.min(card.offsetHeight + 16, height * 0.6) : 0,
      };
    }

    showLegend() {
      const entries = this.state.column === null
        ? this.graph.values("status").map(([status, count]) => make("li", {}, ours.sign(status), `${status} ${count}`))
        : Object.keys(ours.DASHES).map((how) => make("li", {}, ours.lineSample(how), how));
      this.legend.replaceChildren(make("ul", { "aria-label": "Signs" }, ...entries));
    }

    async loadColumns() {
      if (this.loading) return;
      this.loading = true;
      try {
        this.columns = await ours.readColumns(this.catalogue);
      } catch (problem) {
        const told = `Columns cannot be shown. ${problem.message}`;
        this.element.prepend(make("p", { class: "ac-map-problem", role: "alert" }, told));
        this.columns = new ours.Columns({ names: [], columns: [], how: [], edges: { from: [], to: [], columns: [] } });
      }
      this.show(this.state, this.state);
    }

    refresh({ status }) {
      if (status.length !== this.graph.count) return;
      this.graph.status = status;
      this.shown = this.shown && this.graph.matching(this.state.filter);
      this.bar.show(this.state, this.isAllFolded());
      this.list.show(this.shown);
      this.showCard(this.chosen());
      this.showLegend();
      this.surface.redraw();
    }

    save(format) {
      const name = `${this.graph.project || "assets"}-lineage.${format}`;
      if (format === "mmd") ours.save(new Blob([ours.mermaidOf(this.scene)], { type: "text/plain" }), name);
      else if (format === "svg") {
        const text = new XMLSerializer().serializeToString(ours.svgOf(this.scene, this.look()));
        ours.save(new Blob([text], { type: "image/svg+xml" }), name);
      } else ours.pictureOf(this.scene, this.look()).toBlob((blob) => ours.save(blob, name));
    }
  }

  function button(sign, label, act) {
    return make("button", { type: "button", "aria-label": label, title: label, on: { click: act } }, sign);
  }

  ours.lineSample = (how) =>
    make(
      "svg:svg",
      { viewBox: "0 0 28 8", class: "ac-map-sample", "aria-hidden": "true" },
      make("svg:path", { d: "M0 4H28", stroke: "currentColor", "stroke-width": 1.6, "stroke-dasharray": ours.DASHES[how].join(" ") || null }),
    );

  ours.Explorer = Explorer;
})();
