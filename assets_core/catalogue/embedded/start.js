/**
 * Starts the map in a frame of its own, inside of a notebook: what it needs stands beside it,
 * packed, so that nothing is asked of any host, and no text of a project is ever markup.
 */
"use strict";

(() => {
  const THEME_STEP = 4;
  const element = document.querySelector(".ac-lineage");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  async function unpacked(id) {
    const packed = atob(document.getElementById(id).textContent);
    const bytes = Uint8Array.from(packed, (one) => one.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  /**
   * Follows the page around: its height says what theme it is in, because the height is all
   * that a page without scripts can tell to a frame. Otherwise the system is followed.
   */
  function followTheme() {
    const said = Math.round((innerHeight - Number(element.dataset.height)) / THEME_STEP);
    const isDark = said === 1 || (said !== 2 && dark.matches);
    const scheme = isDark ? "slate" : "default";
    if (document.body.dataset.mdColorScheme !== scheme) document.body.dataset.mdColorScheme = scheme;
  }

  async function start() {
    const [code, documents] = await Promise.all([unpacked("code"), unpacked("documents")]);
    for (const [name, texts] of Object.entries(code)) {
      for (const text of texts) {
        const made = document.createElement(name);
        made.textContent = text;
        document.head.append(made);
      }
    }
    const ours = globalThis.assetsCatalogue;
    ours.read = async (_, name) => documents[name];
    element.dataset.start = documents.start;
    element.explorer = new ours.Explorer(element, new ours.Graph(documents["lineage.json"]), null);
    followTheme();
    element.dataset.state = "ready";
  }

  followTheme();
  addEventListener("resize", followTheme);
  new ResizeObserver(followTheme).observe(element); // a frame learns of its size when it may
  dark.addEventListener("change", followTheme);
  start().catch((problem) => {
    element.querySelector("p").textContent = `The map cannot be drawn here: ${problem.message}. A newer browser may help.`;
    element.dataset.state = "failed";
  });
})();
