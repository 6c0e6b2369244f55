// A strip under a panel: a bar for the weight of each point.

import { h, s } from "./dom.js";
import { plain } from "./format.js";
import { plots } from "./shared.js";

const BASE = plots.strip - 6;
const FULL = plots.strip - 22;

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10]; // ends of axes, times a power of ten
const SPIKE = 3; // times what three quarters of the points weigh less than: more is cut off

/** The part of the axis that a weight takes, at most all of it. */
export const share = (v, top) => Math.max(0, Math.min(1, (Number.isNaN(v) ? 0 : v) / top));

/** Where the axis of these weights ends. */
export function topOf(weights) {
  const sorted = weights.filter((v) => v > 0).sort((a, b) => a - b);
  const most = SPIKE * sorted[Math.floor(0.75 * (sorted.length - 1))];
  const top = Math.min(most, sorted.at(-1));
  if (!(top > 0 && top < Infinity)) return 1;
  const power = 10 ** Math.floor(Math.log10(top));
  return Number((power * ROUND.find((v) => v * power >= 0.999 * top)).toPrecision(2));
}

export function makeStrip(panel) {
  const axis = s("g", { class: "ll-axis" });
  const bars = s("g");
  const svg = s("svg", { class: "ll-svg ll-strip", height: plots.strip, "aria-hidden": "true", focusable: "false" }, axis, bars);
  const title = h("div", { class: "ll-strip-title" });
  return {
    roots: [title, svg],
    resize: (width) => svg.setAttribute("width", width),
    /** Whose weights they are; nobody's without a name. */
    name(text) {
      title.replaceChildren(...(text ? ["Weight of each point: ", h("b", {}, text), h("span", { class: "ll-quiet" }, ", gradient divided by residual")] : []));
      if (!text) bars.replaceChildren();
    },
    draw(points, weights, chosen, colour) {
      const { left } = panel.margin;
      const top = topOf(weights);
      axis.replaceChildren(...[0, top].map((v) => {
        const y = BASE - (v / top) * FULL;
        return s("g", { class: v ? "" : "ll-zero" }, s("line", { x1: left, x2: left + panel.inner.width, y1: y, y2: y }),
          s("text", { x: left - 8, y, dy: "0.32em", "text-anchor": "end" }, plain(v)));
      }));
      bars.replaceChildren(...points.map(([x], i) => {
        const px = left + panel.x(x);
        const end = BASE - share(weights[i], top) * FULL;
        // Who weighs more than there is room for ends in an arrow.
        return s("g", { style: { "--c": colour }, class: i === chosen ? "ll-bar ll-chosen" : "ll-bar" },
          s("line", { x1: px, x2: px, y1: BASE, y2: end }),
          weights[i] > top ? s("path", { d: `M${px - 4},${end}h8l-4,-6z` }) : s("circle", { cx: px, cy: end, r: 3 }));
      }));
    },
    choose: (i) => [...bars.children].forEach((bar, k) => bar.classList.toggle("ll-chosen", k === i)),
  };
}
