/** Mouse, pen and fingers on the map. */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const STILL = 5;

  /**
   * @param {Surface} surface
   * @param {{onTap: Function, onTwice: Function, onHover: Function, takesWheel: Function}} acts
   *   each is called with a point of the canvas; the last says whether a turn of the wheel is
   *   for the map, or for the page around it
   */
  ours.watchGestures = (surface, acts) => {
    const { canvas } = surface;
    const fingers = new Map();
    let travelled = 0;
    const point = (event) => {
      const frame = canvas.getBoundingClientRect();
      return [event.clientX - frame.left, event.clientY - frame.top];
    };

    canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      surface.hold();
      canvas.setPointerCapture(event.pointerId);
      if (!fingers.size) travelled = 0;
      fingers.set(event.pointerId, point(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      const here = point(event);
      const before = fingers.get(event.pointerId);
      if (!before) {
        acts.onHover(...here);
        return;
      }
      travelled += Math.hypot(here[0] - before[0], here[1] - before[1]);
      if (fingers.size === 2) pinch(event.pointerId, before, here);
      else if (travelled > STILL) surface.pan(here[0] - before[0], here[1] - before[1]);
      fingers.set(event.pointerId, here);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => {
        const was = fingers.delete(event.pointerId);
        if (name === "pointerup" && was && travelled <= STILL && !fingers.size) acts.onTap(...point(event));
        if (fingers.size) travelled = Infinity;
      });
    }
    canvas.addEventListener("pointerleave", () => acts.onHover(-1, -1));
    canvas.addEventListener("dblclick", (event) => acts.onTwice(...point(event)));
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (!acts.takesWheel(event)) return;
        event.preventDefault();
        surface.hold();
        const lines = event.deltaMode === 1 ? 18 : 1;
        surface.zoom(Math.exp((-event.deltaY * lines) / (event.ctrlKey ? 120 : 420)), ...point(event));
      },
      { passive: false },
    );

    function pinch(moved, before, here) {
      const other = [...fingers].find(([id]) => id !== moved)[1];
      const apart = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]);
      const middle = [(here[0] + other[0]) / 2, (here[1] + other[1]) / 2];
      surface.pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
      if (apart(before) > 1) surface.zoom(apart(here) / apart(before), ...middle);
    }
  };
})();
