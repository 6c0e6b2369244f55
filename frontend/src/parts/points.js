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

/** The frame of a figure's points in all its situations: whatever a text asks for can be dragged. */
export const frameOf = (model) => frame([model.get("points"), ...(model.get("presets") ?? []).map(({ values }) => values.points ?? [])].flat());

/** Sets the frame `home` to `least`, or wider where that does not hold all points. */
export function holdAll(home, least, points) {
  const outside = points.some((p) => least.some(([low, high], k) => p[k] < low || p[k] > high));
  const wanted = outside ? frame([[least[0][0], least[1][0]], [least[0][1], least[1][1]], ...points]) : least;
  wanted.forEach((ends, k) => { home[k] = ends; });
}

/** What a point is called: as the text calls it, or by its number. */
export const pointName = (names, i) => names[i] || `Point ${i + 1}`;

const NAME_GAP = 9;
const LETTER = 7.8; // pixels, at most, on average

/** Puts the names of points beside them, each where it covers no point and no other name, and inside a panel of that
 *  width and height. */
export function putNames(nodes, names, spots, { left = 0, width, height }) {
  const taken = spots.map(([x, y]) => [x - NAME_GAP, y - NAME_GAP, x + NAME_GAP, y + NAME_GAP]);
  nodes.forEach((node, i) => {
    if (!names[i]) return;
    const w = LETTER * names[i].length;
    const [x, y] = spots[i];
    const boxes = [[x + 11, y - 7], [x - 11 - w, y - 7], [x - w / 2, y - 24], [x - w / 2, y + 10], [x + 8, y - 22], [x - 8 - w, y - 22], [x + 8, y + 8], [x - 8 - w, y + 8]]
      .map(([left, top]) => [left, top, left + w, top + 14]);
    const cost = ([l, t, r, b]) => taken.filter(([l2, t2, r2, b2]) => l < r2 && l2 < r && t < b2 && t2 < b).length + (l < left || r > width || t < -8 || b > height ? 5 : 0);
    const best = boxes.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    taken.push(best);
    node.setAttribute("x", best[0].toFixed(1));
    node.setAttribute("y", (best[1] + 11).toFixed(1));
  });
  return taken;
}

/** As few digits as a place needs to be written down. */
export const short = (v) => Number(v.toPrecision(5));

/** Points in a link, and those of a link that are `legal`. */
export const asLink = (points) => points.map((p) => p.map(short).join(",")).join(";");
export const asPoints = (text = "", legal) => text.split(";").map((p) => p.split(",").map(Number)).filter((p) => legal(p) && p.every(Number.isFinite));

/** The next of the points in the way of an arrow key: by x to the sides, by y up and down. */
function neighbour(points, i, [dx, dy]) {
  const k = dx ? 0 : 1;
  const order = points.map((_, j) => j).sort((a, b) => points[a][k] - points[b][k] || a - b);
  return order[Math.max(0, Math.min(order.length - 1, order.indexOf(i) + Math.sign(dx || dy)))];
}

/** Handles for `points()`, whose first two numbers are coordinates in `panel`; they stay inside `home`.
 *  `onKey(key, i)` says whether it knows what to do with another key than an arrow. A few points are moved by arrow keys
 *  at once; a `cloud` is one stop of Tab, in which arrow keys choose a point, and move it once Enter has taken hold of it. */
export function pointHandles({ panel, points, home, describe, onMove, onChoose, onKey = () => false, cloud = false }) {
  const layer = h("div", { class: "ll-points", role: "group" });
  panel.plot.append(layer);
  const place = (p) => [panel.x(p[0]), panel.y(p[1])];
  let stop = 0; // the point of a cloud that Tab comes to
  let held = !cloud; // whether arrow keys move

  function build() {
    stop = Math.min(stop, points().length - 1);
    // An application, not a button: pressing it does nothing, and its arrow keys must reach us.
    layer.replaceChildren(...points().map((_, i) => h("div", {
      tabindex: cloud && i !== stop ? -1 : 0, role: "application", class: "ll-point", "data-draggable": "", "aria-roledescription": "draggable point", ...keysAreOurs,
      onfocus: () => choose(i), onblur: () => hold(i, false), onkeydown: (event) => key(event, i),
    })));
    layer.setAttribute("aria-label", cloud ? `${points().length} points: arrow keys choose one, Enter takes hold of it, and they move it then` : "Points: arrow keys move them");
  }
  function choose(i) {
    if (cloud) {
      layer.children[stop]?.setAttribute("tabindex", -1);
      layer.children[i].setAttribute("tabindex", 0);
      stop = i;
    }
    onChoose(i);
  }
  function hold(i, on) {
    if (!cloud) return;
    held = on;
    layer.children[i]?.classList.toggle("ll-held", on);
    if (layer.children[i] && points()[i]) name(i);
  }
  const name = (i) => layer.children[i].setAttribute("aria-label", describe(points()[i], i) + (cloud && held && i === stop ? ", held: arrow keys move it" : ""));
  function draw() {
    points().forEach((p, i) => {
      const [px, py] = place(p);
      const target = layer.children[i];
      target.style.left = `${px + panel.margin.left}px`;
      target.style.top = `${py + panel.margin.top}px`;
      name(i);
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
    if (way && held) move(i, way.map((v, k) => points()[i][k] + v), true);
    else if (way) focus(neighbour(points(), i, way));
    else if (!onKey(event.key, i) && !grasp(event.key, i)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Takes hold of a point of a cloud, or lets it go; whether the key is for that. */
  function grasp(pressed, i) {
    if (!cloud || !(["Enter", " "].includes(pressed) || (pressed === "Escape" && held))) return false;
    hold(i, !held);
    return true;
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
    hold(i, true);
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

/** Intercept and slope of the repeated median, as in losslab/training/fits/line.py; nothing if all x are equal. */
export function repeatedMedian(x, y) {
  const others = Array.from(x, (xi, i) => Array.from(x, (xj, j) => (y[j] - y[i]) / (xj - xi)).filter((_, j) => x[j] !== xi));
  if (others[0].length === 0) return null;
  const slope = median(others.map(median));
  return [median(Array.from(x, (xi, i) => y[i] - slope * xi)), slope];
}
