// One set of axes with curves in it: scales and ticks from d3, everything themed by CSS variables.

import { axisBottom, axisLeft } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { line } from "d3-shape";
import { h, s, uid, write } from "./dom.js";
import { dashes } from "./format.js";
import { plots } from "./shared.js";

const MARGIN = { top: 10, right: 12, bottom: 40, left: 46 };
const LABEL_GAP = 14;
const NARROW = 680; // as in losslab/widgets/parts/fallback.py
const GAP = 16; // as in style.css

export function makePanel({ title, sign, xLabel, xTicks = null, xFormat = null, yTicks = null, yFormat = null, margin = {} }) {
  const clip = uid("clip");
  const rect = s("rect", { x: 0, y: 0 });
  const xAxis = s("g", { class: "ll-axis" });
  const yAxis = s("g", { class: "ll-axis" });
  const xName = s("text", { class: "ll-axis-name", "text-anchor": "middle" });
  const curves = s("g", { "clip-path": `url(#${clip})` });
  const past = s("g", { class: "ll-ghost" });
  const over = s("g");
  const labels = s("g", { class: "ll-labels" });
  const widths = new Map();
  const inner = s("g", {}, yAxis, xAxis, xName, s("g", { "clip-path": `url(#${clip})` }, past), curves, over, labels);
  const svg = s("svg", { class: "ll-svg", "aria-hidden": "true", focusable: "false" },
    s("defs", {}, s("clipPath", { id: clip }, rect)), inner);
  const plot = h("div", { class: "ll-plot" }, svg);
  const root = h("div", { class: "ll-panel" },
    title && h("div", { class: "ll-panel-title" }, title, sign && h("span", { class: "ll-sign" }, sign)), plot);

  const x = scaleLinear();
  const y = scaleLinear();
  const m = { ...MARGIN, ...margin };
  let width = 0;
  let height = 0;

  const panel = { root, plot, svg, curves, over, x, y, margin: m, inner: { width: 0, height: 0 } };

  panel.resize = (w, hgt, more = {}) => {
    Object.assign(m, more);
    width = Math.max(40, w - m.left - m.right);
    height = hgt - m.top - m.bottom;
    panel.inner = { width, height };
    svg.setAttribute("width", w);
    svg.setAttribute("height", hgt);
    inner.setAttribute("transform", `translate(${m.left},${m.top})`);
    rect.setAttribute("width", width);
    rect.setAttribute("height", height);
    x.range([0, width]);
    y.range([height, 0]);
    if (recalled) placePast();
  };

  panel.axes = (name = xLabel) => {
    const ticksX = Math.max(3, Math.min(9, Math.round(width / 55)));
    const ticksY = Math.max(3, Math.min(7, Math.round(height / 42)));
    xAxis.setAttribute("transform", `translate(0,${height})`);
    select(xAxis).call(axisBottom(x).ticks(ticksX).tickValues(xTicks?.(width) ?? null).tickFormat(xFormat).tickSize(-height).tickPadding(8));
    select(yAxis).call(axisLeft(y).ticks(ticksY).tickValues(yTicks).tickFormat(yFormat).tickSize(-width).tickPadding(8));
    for (const [g, scale] of [[xAxis, x], [yAxis, y]]) {
      select(g).selectAll(".tick").classed("ll-zero", (d) => d === 0 && scale.domain()[0] < 0);
    }
    xName.setAttribute("x", width / 2);
    xName.setAttribute("y", height + 34);
    xName.textContent = name ?? "";
    if (recalled) placePast();
  };

  // What was drawn before, in the scales of then: between those and the scales of now lies a straight line.
  let recalled = null;
  const shift = (scale, { domain: [a, b], range: [from, to] }) => {
    const factor = (scale(b) - scale(a)) / (to - from);
    return [factor, scale(a) - factor * from];
  };
  function placePast() {
    const [[sx, dx], [sy, dy]] = [shift(x, recalled.x), shift(y, recalled.y)];
    past.setAttribute("transform", `matrix(${[sx, 0, 0, sy, dx, dy].map((v) => v.toFixed(5)).join()})`);
  }
  /** The curves as they are, and dots at `points`, for `recall`. */
  panel.remember = (points) => ({
    lines: [...curves.querySelectorAll(".ll-curve")].map((path) => ["d", "stroke", "stroke-dasharray"].map((name) => path.getAttribute(name))),
    dots: points.map(([px, py]) => `M${x(px).toFixed(1)},${y(py).toFixed(1)}h0`).join(""),
    x: { domain: x.domain(), range: x.range() }, y: { domain: y.domain(), range: y.range() },
  });
  /** Shows in pale what was remembered, or nothing. */
  panel.recall = (memory) => {
    recalled = memory;
    past.replaceChildren(...(memory ? [
      ...memory.lines.filter(([d]) => d).map(([d, stroke, dash]) => s("path", { d, class: "ll-past", stroke, "stroke-dasharray": dash })),
      ...(memory.dots ? [s("path", { d: memory.dots, class: "ll-past-dots" })] : []),
    ] : []));
    if (memory) placePast();
    else past.removeAttribute("transform");
  };

  /** Path of the finite parts of a curve, with a gap where it jumps by more than `least`. */
  panel.path = (xs, ys, least = 0.15 * (y.domain()[1] - y.domain()[0])) => {
    // Far outside the panel a point is moved to just outside: huge coordinates slow the painter.
    const bound = (v) => Math.max(-height, Math.min(2 * height, v));
    const order = withGaps(ys, least);
    return line().defined((i) => i >= 0 && Number.isFinite(ys[i])).x((i) => x(xs[i])).y((i) => bound(y(ys[i])))
      .digits(2)(order) ?? "";
  };

  /** Names at the ends of the lines, or at their beginnings: each as close to its line as the others allow. Inside the
   *  panel none lies over the places [x, y, reach] to be kept free, or there is none. */
  panel.label = (entries, side = "right", free = []) => {
    const placed = entries.map((entry) => ({ ...entry, ...(side === "left" ? lineStart(entry) : lineEnd(entry)) }))
      .filter((e) => Number.isFinite(e.py));
    placed.sort((a, b) => a.py - b.py);
    for (const e of placed) e.wide = widthOf(e.text);
    const outside = m.right > 60 || side === "left";
    const groups = outside ? [placed] : overlapping(placed);
    for (const group of groups) spread(group, 10, height - 3);
    if (free.length && !outside) keepFree(placed, free);
    while (labels.childElementCount > placed.length) labels.lastChild.remove();
    while (labels.childElementCount < placed.length) labels.append(s("text"));
    placed.forEach((e, i) => {
      const node = labels.children[i];
      node.setAttribute("x", (side === "left" ? e.px + 8 : outside ? width + 8 : e.px - 4).toFixed(1));
      node.setAttribute("y", e.py.toFixed(1));
      node.setAttribute("text-anchor", outside ? "start" : "end");
      node.style.setProperty("--c", e.colour);
      write(node, e.text);
    });
  };

  /** Letters differ in width from system to system, so they are measured: once for each name. */
  function widthOf(text) {
    if (!widths.has(text)) {
      const probe = s("text", {}, text);
      labels.append(probe);
      const wide = probe.getComputedTextLength();
      probe.remove();
      if (!wide) return 6.6 * text.length; // not on the screen yet
      widths.set(text, wide);
    }
    return widths.get(text);
  }

  /** Moves names along their lines until they lie over nothing that is to be seen or taken hold of. */
  function keepFree(placed, free) {
    const boxes = [];
    const boxOf = ({ wide }, px, py) => [px - 4 - wide, py - 11, px - 4, py + 4];
    const meets = ([l, t, r, b]) => l < 0 || t < 0 || b > height
      || free.some(([px, py, reach]) => px + reach > l && px - reach < r && py + reach > t && py - reach < b)
      || boxes.some(([l2, t2, r2, b2]) => l < r2 + 6 && l2 < r + 6 && t < b2 && t2 < b);
    for (const e of placed) {
      const along = [[e.px, e.py]];
      for (let i = e.xs.length - 1; i >= 0; i -= 1) along.push([x(e.xs[i]), y(e.ys[i]) - 5], [x(e.xs[i]), y(e.ys[i]) + 14]);
      const place = along.find(([px, py]) => px <= width && !meets(boxOf(e, px, py)));
      if (place) {
        [e.px, e.py] = place;
        boxes.push(boxOf(e, ...place));
      } else e.text = ""; // the table names it too
    }
  }

  function lineStart({ xs, ys }) {
    const [bottom, top] = y.domain();
    const i = ys.findIndex((v, k) => xs[k] >= x.domain()[0] && v >= bottom && v <= top);
    return i < 0 ? { px: NaN, py: NaN } : { px: x(xs[i]), py: y(ys[i]) + 2 };
  }

  function lineEnd({ xs, ys }) {
    const [bottom, top] = y.domain();
    const [left, right] = x.domain();
    for (let i = xs.length - 1; i >= 0; i -= 1) {
      if (xs[i] > right || xs[i] < left || !(ys[i] >= bottom && ys[i] <= top)) continue;
      const leaves = i < xs.length - 1 && Number.isFinite(ys[i + 1]) && xs[i + 1] <= right;
      return { px: x(xs[i]), py: y(ys[i]) + (m.right > 60 ? 4 : leaves ? 12 : -5) };
    }
    return { px: NaN, py: NaN };
  }

  return panel;
}

/** Indices of a curve with -1 where it jumps, so that a jump is not drawn as a steep line.
 *  A jump is a step (or two, with a point between) much larger than the steps around it. */
function withGaps(ys, least) {
  const order = [];
  const step = (i) => Math.abs(ys[i + 1] - ys[i]);
  for (let i = 0; i < ys.length; i += 1) {
    order.push(i);
    if (!(step(i) > least)) continue;
    const first = step(i - 1) > least ? i - 1 : i;
    const last = step(i + 1) > least ? i + 1 : i;
    const around = Math.max(step(first - 1) || 0, step(last + 1) || 0);
    if (last - first < 2 && around < step(i) / 8) {
      if (order.at(-2) === -1) order.pop(); // a lone point in the middle of the jump
      order.push(-1);
    }
  }
  return order;
}

/** Names, sorted from above, in groups of which none shares a column with another: a name may join two groups. */
function overlapping(entries) {
  let groups = [];
  for (const e of entries) {
    const meets = (g) => g.some((o) => e.px - e.wide < o.px && o.px - o.wide < e.px);
    const joined = groups.filter(meets).flat().sort((a, b) => a.py - b.py);
    groups = [...groups.filter((g) => !meets(g)), [...joined, e]];
  }
  return groups;
}

function spread(group, top, bottom) {
  group.forEach((e, i) => {
    e.py = Math.max(e.py, i ? group[i - 1].py + LABEL_GAP : top);
  });
  for (let i = group.length - 1; i >= 0; i -= 1) {
    group[i].py = Math.min(group[i].py, i === group.length - 1 ? bottom : group[i + 1].py - LABEL_GAP);
  }
}

/** A curve's path element in the style of its loss. */
export function curvePath(item) {
  const style = item.spec.style ?? {};
  return s("path", { class: "ll-curve", stroke: style.colour, "stroke-dasharray": dashes(style.dash) || undefined });
}

/** Limits that show every curve without letting the steepest flatten the rest. */
export function limits(columns, { floor = null, tail = 0 } = {}) {
  const lows = [];
  const highs = [];
  for (const column of columns) {
    const finite = Array.from(column).filter(Number.isFinite).sort((a, b) => a - b);
    if (!finite.length) continue;
    let low = finite[0];
    let high = finite[finite.length - 1];
    if (tail) {
      // A spike, as of the weight of a small residual, is cut off.
      const most = finite[Math.floor((1 - tail) * (finite.length - 1))];
      const least = finite[Math.floor(tail * (finite.length - 1))];
      if (high > 3 * most && most > 0) high = 1.5 * most;
      if (low < 3 * least && least < 0) low = 1.5 * least;
    }
    lows.push(low);
    highs.push(high);
  }
  if (!highs.length) return [0, 1];
  const middle = (list) => list.slice().sort((a, b) => a - b)[Math.floor(list.length / 2)];
  let high = Math.max(...highs);
  let low = Math.min(...lows);
  const typicalHigh = middle(highs);
  const typicalLow = middle(lows);
  if (typicalHigh > 0) high = Math.min(high, 2.2 * typicalHigh);
  if (typicalLow < 0) low = Math.max(low, 2.2 * typicalLow);
  if (floor !== null) low = Math.min(low, floor);
  if (!(high > low)) high = low + 1;
  const pad = 0.06 * (high - low);
  return [low - pad, high + 1.6 * pad];
}

/** Whether the vertical scale of a panel no longer serves what is wanted of it. */
export function outgrown(panel, [a, b]) {
  const [c, d] = panel.y.domain();
  return b - a > 1.5 * (d - c) || b - a < 0.5 * (d - c) || a > d || b < c;
}

/** Columns of a figure's panels, at most so many, or one where there is no room; how wide each panel is. */
export function sideBySide(el, grid, most) {
  const narrow = el.clientWidth < NARROW;
  const columns = narrow ? 1 : most;
  el.classList.toggle("ll-narrow", narrow);
  grid.style.setProperty("--columns", columns);
  return { narrow, columns, width: Math.floor((el.clientWidth - GAP * (columns - 1)) / columns) };
}

/** How high a plot of a kind in shared.json is. */
export const tall = (kind, narrow) => (narrow ? plots[kind].narrow : plots[kind].wide);

/** The room for panels side by side. */
export const panelGrid = (panels) => h("div", { class: "ll-panels" }, panels.map((panel) => panel.root));

/** Puts an upright line at x; with a height also from where it starts down to there. */
export function upright(line, x, height) {
  line.setAttribute("x1", x);
  line.setAttribute("x2", x);
  if (height !== undefined) line.setAttribute("y2", height);
}

/** Puts a dot at px and at the value v, if the panel reaches as far. */
export function putDot(panel, dot, px, v) {
  const [a, b] = panel.y.domain();
  const seen = v >= a && v <= b;
  dot.setAttribute("visibility", seen ? "visible" : "hidden");
  if (!seen) return;
  dot.setAttribute("cx", px);
  dot.setAttribute("cy", panel.y(v));
}
