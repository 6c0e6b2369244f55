// A strip under a panel: a bar for the weight of each point.

import { h, s } from "./dom.js";
import { plots } from "./shared.js";

const BASE = plots.strip - 6;
const FULL = plots.strip - 22;

/** The part of a whole that a weight says, at most all of it. */
export const share = (v, unit = 1) => Math.max(0, Math.min(1, (Number.isFinite(v) ? v : 0) / unit));

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
      title.replaceChildren(...(text ? ["Weight of each point: ", h("b", {}, text), h("span", { class: "ll-quiet" }, " (1 for a typical residual)")] : []));
      if (!text) bars.replaceChildren();
    },
    draw(points, weights, chosen, colour) {
      const { left } = panel.margin;
      const unit = Math.max(1, Math.min(2, Math.max(...weights.filter(Number.isFinite), 0)));
      axis.replaceChildren(...[0, 1].map((v) => {
        const y = BASE - (v / unit) * FULL;
        return s("g", { class: v ? "" : "ll-zero" }, s("line", { x1: left, x2: left + panel.inner.width, y1: y, y2: y }),
          s("text", { x: left - 8, y, dy: "0.32em", "text-anchor": "end" }, v));
      }));
      bars.replaceChildren(...points.map(([x], i) => {
        const px = left + panel.x(x);
        const top = BASE - share(weights[i], unit) * FULL;
        return s("g", { style: { "--c": colour }, class: i === chosen ? "ll-bar ll-chosen" : "ll-bar" },
          s("line", { x1: px, x2: px, y1: BASE, y2: top }), s("circle", { cx: px, cy: top, r: 3 }));
      }));
    },
    choose: (i) => [...bars.children].forEach((bar, k) => bar.classList.toggle("ll-chosen", k === i)),
  };
}
