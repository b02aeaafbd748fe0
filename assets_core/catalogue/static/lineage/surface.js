/**
 * The canvas and what part of a scene it shows.
 *
 * What is drawn goes on a larger canvas that nobody sees. While the map moves, a piece of
 * that is copied; it is drawn anew where the piece ends, and once the map stands still.
 */
"use strict";

(() => {
  const ours = (globalThis.assetsCatalogue ??= {});
  const MARGIN = 0.3;
  const REST = 140;
  const ZOOMS = [0.004, 4];
  const FLIGHT = 220;

  class Surface {
    /**
     * @param {HTMLCanvasElement} canvas
     * @param {(to: CanvasRenderingContext2D, view: Object) => Object} paint
     */
    constructor(canvas, paint) {
      this.canvas = canvas;
      this.paint = paint;
      this.hidden = document.createElement("canvas");
      this.view = { x: 0, y: 0, k: 1, width: 1, height: 1, ratio: 1 };
      this.drawn = null;
      this.covered = { right: 0, bottom: 0 };
      this.work = { drawings: 0, copies: 0 };
      this.onMoved = () => {};
      this.waiting = 0;
    }

    /** Takes the size that the page gives to the canvas. */
    resize() {
      const { clientWidth, clientHeight } = this.canvas;
      const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
      Object.assign(this.view, {
        width: Math.max(1, clientWidth), height: Math.max(1, clientHeight), ratio,
      });
      this.canvas.width = Math.round(this.view.width * ratio);
      this.canvas.height = Math.round(this.view.height * ratio);
      this.redraw();
    }

    /** Draws anew, since what there is to draw has changed. */
    redraw() {
      this.drawn = null;
      this.ask();
    }

    ask() {
      if (!this.waiting) this.waiting = requestAnimationFrame(() => this.frame());
    }

    frame() {
      this.waiting = 0;
      const moving = performance.now() - (this.movedAt ?? -Infinity) < REST;
      if (!this.drawn || !this.covers() || (!moving && this.drawn.k !== this.view.k)) this.draw();
      this.copy();
    }

    covers() {
      const { view, drawn } = this;
      const ratio = view.k / drawn.k;
      if (ratio < 0.6 || ratio > 1.7 || view.ratio !== drawn.ratio) return false;
      const spareX = drawn.width / drawn.k - view.width / view.k;
      const spareY = drawn.height / drawn.k - view.height / view.k;
      return Math.abs(view.x - drawn.x) * 2 <= spareX && Math.abs(view.y - drawn.y) * 2 <= spareY;
    }

    draw() {
      const { view, hidden } = this;
      const side = Math.round(view.width * MARGIN);
      const above = Math.round(view.height * MARGIN);
      const drawn = { ...view, width: view.width + 2 * side, height: view.height + 2 * above };
      const [width, height] = [drawn.width, drawn.height].map((one) => Math.round(one * view.ratio));
      if (hidden.width !== width || hidden.height !== height) {
        hidden.width = width;
        hidden.height = height;
      }
      const to = hidden.getContext("2d", { alpha: false });
      this.counts = this.paint(to, drawn);
      this.drawn = drawn;
      this.work.drawings += 1;
    }

    copy() {
      const { view, drawn } = this;
      const to = this.canvas.getContext("2d", { alpha: false });
      const scale = view.k / drawn.k;
      const left = view.width / 2 - (view.x - drawn.x) * view.k - (drawn.width * scale) / 2;
      const top = view.height / 2 - (view.y - drawn.y) * view.k - (drawn.height * scale) / 2;
      const [x, y] = [left, top].map((one) => Math.round(one * view.ratio));
      to.imageSmoothingEnabled = scale !== 1;
      if (scale === 1) to.drawImage(this.hidden, x, y);
      else to.drawImage(this.hidden, x, y, this.hidden.width * scale, this.hidden.height * scale);
      this.work.copies += 1;
    }

    /** Moves to a view; the page hears of it when the map stands still. */
    moveTo({ x, y, k }) {
      this.view.x = x;
      this.view.y = y;
      this.view.k = Math.min(Math.max(k, ZOOMS[0]), ZOOMS[1]);
      this.movedAt = performance.now();
      clearTimeout(this.resting);
      this.resting = setTimeout(() => {
        this.ask();
        this.onMoved();
      }, REST + 10);
      this.ask();
    }

    /** Moves by pixels of the screen. */
    pan(right, down) {
      const { x, y, k } = this.view;
      this.moveTo({ x: x - right / k, y: y - down / k, k });
    }

    /** Zooms so that what is under a point of the canvas stays there. */
    zoom(by, px = this.view.width / 2, py = this.view.height / 2) {
      const [wx, wy] = this.toScene(px, py);
      const k = Math.min(Math.max(this.view.k * by, ZOOMS[0]), ZOOMS[1]);
      this.moveTo({
        x: wx - (px - this.view.width / 2) / k, y: wy - (py - this.view.height / 2) / k, k,
      });
    }

    toScene(px, py) {
      const { x, y, k, width, height } = this.view;
      return [x + (px - width / 2) / k, y + (py - height / 2) / k];
    }

    /** The view in which these bounds fill the canvas, but not larger than life. */
    around([left, top, right, bottom], most = 1.1) {
      const { width, height } = this.free();
      const k = Math.max(Math.min((width - 64) / (right - left), (height - 56) / (bottom - top), most), ZOOMS[0]);
      return this.shifted({ x: (left + right) / 2, y: (top + bottom) / 2, k });
    }

    /** The part of the canvas that no card covers. */
    free() {
      const { width, height } = this.view;
      return { width: width - this.covered.right, height: height - this.covered.bottom };
    }

    /** The view that has a view's middle in the middle of the free part. */
    shifted({ x, y, k }) {
      return { x: x + this.covered.right / 2 / k, y: y + this.covered.bottom / 2 / k, k };
    }

    /** Goes there in a moment, or at once where nothing shall move. */
    fly(goal) {
      cancelAnimationFrame(this.flying);
      if (ours.isStill() || !this.drawn) {
        this.moveTo(goal);
        return;
      }
      const start = { ...this.view };
      const from = performance.now();
      const step = (now) => {
        const part = Math.min(Math.max((now - from) / FLIGHT, 0), 1);
        const eased = 1 - (1 - part) ** 3;
        const between = (a, b) => a + (b - a) * eased;
        this.moveTo({
          x: between(start.x, goal.x), y: between(start.y, goal.y),
          k: start.k * (goal.k / start.k) ** eased,
        });
        if (part < 1) this.flying = requestAnimationFrame(step);
      };
      this.flying = requestAnimationFrame(step);
    }

    /** Stops a flight, because a hand is on the map. */
    hold() {
      cancelAnimationFrame(this.flying);
    }
  }

  ours.Surface = Surface;
})();
