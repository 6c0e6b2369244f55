// Points that the reader takes hold of in a panel: with a pointer, a finger or the arrow keys.

import { h, keysAreOurs } from "./dom.js";

const REACH = 24;

/** Axes a little wider than the data, so that there is room to drag. */
export function frame(points) {
  return [0, 1].map((k) => {
    const list = points.map((p) => p[k]);
    const a = Math.min(...list);
    const b = Math.max(...list);
    const pad = (b - a || Math.abs(a) || 1) * (k ? 0.18 : 0.1);
    return [a - pad, b + pad];
  });
}

/** As few digits as a place needs to be written down. */
export const short = (v) => Number(v.toPrecision(5));

/** Points in a link, and those of a link that are `legal`. */
export const asLink = (points) => points.map((p) => p.map(short).join(",")).join(";");
export const asPoints = (text = "", legal) => text.split(";").map((p) => p.split(",").map(Number)).filter((p) => legal(p) && p.every(Number.isFinite));

/** Handles for `points()`, whose first two numbers are coordinates in `panel`; they stay inside `home`.
 *  `onKey(key, i)` says whether it knows what to do with another key than an arrow. */
export function pointHandles({ panel, points, home, describe, onMove, onChoose, onKey }) {
  const layer = h("div", { class: "ll-points" });
  panel.plot.append(layer);
  const place = (p) => [panel.x(p[0]), panel.y(p[1])];

  function build() {
    // An application, not a button: pressing it does nothing, and its arrow keys must reach us.
    layer.replaceChildren(...points().map((_, i) => h("div", {
      tabindex: "0", role: "application", class: "ll-point", "data-draggable": "", "aria-roledescription": "draggable point", ...keysAreOurs,
      onfocus: () => onChoose(i), onkeydown: (event) => key(event, i),
    })));
  }
  function draw() {
    points().forEach((p, i) => {
      const [px, py] = place(p);
      const target = layer.children[i];
      target.style.left = `${px + panel.margin.left}px`;
      target.style.top = `${py + panel.margin.top}px`;
      target.setAttribute("aria-label", describe(p, i));
    });
  }
  const focus = (i) => layer.children[i].focus({ preventScroll: true });

  function move(i, to, done) {
    onMove(i, to.map((v, k) => Math.max(home[k][0], Math.min(home[k][1], v))), done);
  }
  function key(event, i) {
    const size = event.shiftKey ? 0.1 : 0.01;
    const [dx, dy] = home.map(([a, b]) => size * (b - a));
    const way = { ArrowLeft: [-dx, 0], ArrowRight: [dx, 0], ArrowUp: [0, dy], ArrowDown: [0, -dy] }[event.key];
    if (way) move(i, way.map((v, k) => points()[i][k] + v), true);
    else if (!onKey(event.key, i)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  function pointer(event) {
    const box = panel.svg.getBoundingClientRect();
    return [event.clientX - box.left - panel.margin.left, event.clientY - box.top - panel.margin.top];
  }
  /** Index of the nearest point within reach, or -1. */
  function nearest(event, reach = REACH) {
    const [px, py] = pointer(event);
    let best = -1;
    let near = reach;
    points().forEach((p, i) => {
      const [x, y] = place(p);
      const distance = Math.hypot(x - px, y - py);
      if (distance < near) [best, near] = [i, distance];
    });
    return best;
  }

  let drag = null;
  let frameAsked = 0;
  panel.plot.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    // The nearest point is meant, even where the large targets of two points overlap.
    const i = nearest(event);
    if (i < 0) return;
    event.preventDefault();
    const [px, py] = pointer(event);
    const [x, y] = place(points()[i]);
    drag = { i, dx: x - px, dy: y - py, id: event.pointerId };
    focus(i);
    panel.plot.setPointerCapture(event.pointerId);
    panel.plot.classList.add("ll-dragging");
  });
  panel.plot.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const [px, py] = pointer(event);
    drag.to = [panel.x.invert(px + drag.dx), panel.y.invert(py + drag.dy)];
    // At most one fit a frame, however fast the pointer reports.
    frameAsked ||= requestAnimationFrame(() => {
      frameAsked = 0;
      if (drag?.to) move(drag.i, drag.to, false);
    });
  });
  const drop = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (drag.to) move(drag.i, drag.to.map(short), true);
    drag = null;
    panel.plot.classList.remove("ll-dragging");
  };
  panel.plot.addEventListener("pointerup", drop);
  panel.plot.addEventListener("pointercancel", drop);

  return {
    build, draw, focus, nearest,
    at: (event) => pointer(event).map((v, k) => [panel.x, panel.y][k].invert(v)),
    close: () => cancelAnimationFrame(frameAsked),
  };
}

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** Intercept and slope of the repeated median, as in losslab/training/line.py; nothing if all x are equal. */
export function repeatedMedian(x, y) {
  const others = Array.from(x, (xi, i) => Array.from(x, (xj, j) => (y[j] - y[i]) / (xj - xi)).filter((_, j) => x[j] !== xi));
  if (others[0].length === 0) return null;
  const slope = median(others.map(median));
  return [median(Array.from(x, (xi, i) => y[i] - slope * xi)), slope];
}
