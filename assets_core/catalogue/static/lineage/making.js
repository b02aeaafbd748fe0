/** Elements whose text is text: nothing of a project ever becomes markup. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const SVG = "http://www.w3.org/2000/svg";

  /**
   * Makes an element.
   *
   * @param {string} name written by us
   * @param {Object} attributes written by us, with values of the project where they are
   *   only read; `on` holds listeners, null and false are left out
   * @param {...(Node|string|null)} children strings become text
   */
  ours.make = (name, attributes = {}, ...children) => {
    const [space, tag] = name.includes(":") ? name.split(":") : [null, name];
    const made = space ? document.createElementNS(SVG, tag) : document.createElement(tag);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (attribute === "on") {
        for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
      } else made.setAttribute(attribute, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  };

  /** The sign of a status, for eyes only: its word stands beside it. */
  ours.sign = (status) =>
    ours.make(
      "svg:svg",
      { viewBox: "-6 -6 12 12", class: `ac-map-sign ac-${ours.SIGNS[status] ? status : "missing"}`, "aria-hidden": "true" },
      ours.make("svg:path", { d: ours.SIGNS[status] ?? ours.SIGNS.missing, "fill-rule": "evenodd", fill: "currentColor" }),
    );

  /** The address of an asset's page, if it lies on this site. */
  ours.pageOf = (graph, node, root) => {
    const page = graph.page?.[node];
    if (!page) return null;
    const url = new URL(page, root);
    return url.href.startsWith(root.href) ? url.href : null;
  };

  /** Reads a JSON file of the catalogue. @returns {Promise<Object>} */
  ours.read = async (catalogue, name) => {
    if (location.protocol === "file:") return readAsScript(catalogue, name);
    const answer = await fetch(new URL(name, catalogue));
    if (!answer.ok) throw new Error(`'${name}' could not be read: ${answer.status} ${answer.statusText}`);
    return answer.json();
  };

  /** Pages opened from a folder may read scripts only: NAME.js calls `assetsCatalogue.take`. */
  function readAsScript(catalogue, name) {
    return new Promise((resolve, reject) => {
      const script = ours.make("script", { src: new URL(`${name}.js`, catalogue).href });
      ours.take = resolve;
      script.addEventListener("error", () => {
        reject(new Error("A page opened from a folder cannot read the catalogue: use 'assets docs serve'."));
      });
      document.head.append(script);
    });
  }
})();
