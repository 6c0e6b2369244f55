// The map of a landscape: contours of a mean loss over two weights, the minimum, a start, and paths down from there.

import { h, s, write } from "./dom.js";
import { shortTitle } from "./format.js";
import { makePanel } from "./panel.js";
import { landscapes } from "./shared.js";
import { contoursOf } from "../numbers/landscape.js";
import { evenly } from "../numbers/questions.js";

const { titles: [MEAN], levels: LEVELS, far: FAR } = landscapes;
const CELLS = [[20, 52], [60, 36], [Infinity, 24]]; // of the grid along each axis, for at most so many rows

/** `ask` has what is drawn in `found`, and asks for heights over a `grid`; a path is not drawn beyond `FAR` widths. */
export function landscapeMap({ ranges, even, data, steps }, many, ask) {
  const title = h("span");
  const panel = makePanel({ title, sign: "w₁ over w₀", xLabel: "weight w₀" });
  const contours = s("g");
  const ends = s("g");
  const best = s("path", { class: "ll-least" });
  const start = s("circle", { r: 6, class: "ll-knob" });
  panel.over.append(ends, best, start);
  let drawn = null;
  const px = ([u, v]) => [panel.x(u), panel.y(v)];
  /** Where a path leaves the panel for the first time, if it does. */
  function exit(path, upto) {
    const [x, y] = [panel.x.domain(), panel.y.domain()];
    const inside = (t) => path[2 * t] >= x[0] && path[2 * t] <= x[1] && path[2 * t + 1] >= y[0] && path[2 * t + 1] <= y[1];
    for (let t = 1; t <= upto; t += 1) {
      if (inside(t)) continue;
      if (!inside(t - 1)) return null; // the start itself is outside
      let share = 1;
      [x, y].forEach(([low, high], k) => {
        const from = path[2 * t - 2 + k];
        const by = path[2 * t + k] - from;
        if (from + by > high) share = Math.min(share, (high - from) / by);
        if (from + by < low) share = Math.min(share, (low - from) / by);
      });
      const at = [0, 1].map((k) => path[2 * t - 2 + k] + share * (path[2 * t + k] - path[2 * t - 2 + k]));
      return at.every(Number.isFinite) ? at : null;
    }
    return null;
  }
  /** A path through points in pairs, until it is far outside. */
  function through(path, upto) {
    const { width, height } = panel.inner;
    const parts = [];
    for (let t = 0; t <= upto; t += 1) {
      const [x, y] = px([path[2 * t], path[2 * t + 1]]);
      if (!(Math.abs(x) < FAR * width && Math.abs(y) < FAR * height)) {
        const far = Math.max(Math.abs(x) / (FAR * width), Math.abs(y) / (FAR * height));
        if (Number.isFinite(far)) parts.push(`${(x / far).toFixed(1)},${(y / far).toFixed(1)}`);
        break;
      }
      parts.push(`${x.toFixed(1)},${y.toFixed(1)}`);
    }
    return parts.length > 1 ? `M${parts.join("L")}` : "";
  }
  return {
    panel,
    resize(width, height) {
      panel.resize(width, height);
      const { inner } = panel;
      const unit = Math.max((ranges[0][1] - ranges[0][0]) / inner.width, (ranges[1][1] - ranges[1][0]) / inner.height);
      [panel.x, panel.y].forEach((scale, k) => {
        const [low, high] = ranges[k];
        const half = 0.5 * (even ? unit * (k ? inner.height : inner.width) : high - low);
        scale.domain([0.5 * (low + high) - half, 0.5 * (low + high) + half]);
      });
      panel.axes();
    },
    build() {
      many.paths(panel);
      panel.curves.prepend(contours);
    },
    /** Asks for the heights in view and draws their contours. */
    survey(done) {
      const [, cells] = CELLS.find(([rows]) => data.y.length <= rows);
      const [us, vs] = [panel.x, panel.y].map((scale) => evenly(...scale.domain(), cells));
      ask.grid(us, vs, (values) => {
        if (!ask.right(values)) return;
        drawn = { us, vs, values };
        this.contours();
        done();
      });
    },
    contours() {
      const { us, vs, values } = drawn;
      const finite = values.filter(Number.isFinite);
      const low = Math.min(...finite, ...(ask.found.shape ? [ask.found.base] : []));
      const high = Math.max(...finite);
      const levels = Array.from({ length: LEVELS }, (_, k) => low + (high - low) * ((k + 1) / (LEVELS + 1)) ** 2);
      const [[x0, x1], [y0, y1]] = [[us, panel.x], [vs, panel.y]].map(([list, scale]) => [scale(list[0]), scale(list[1]) - scale(list[0])]);
      const at = (ends, i) => `${(x0 + ends[i] * x1).toFixed(1)},${(y0 + ends[i + 1] * y1).toFixed(1)}`;
      contours.replaceChildren(...(low < high ? contoursOf(values, us.length, levels) : []).map((ends, k) => {
        let d = "";
        for (let i = 0; i < ends.length; i += 4) d += `M${at(ends, i)}L${at(ends, i + 2)}`;
        return s("path", { class: "ll-contour", d, style: { "--share": `${Math.round(70 - (50 * k) / LEVELS)}%` } });
      }));
      const [bx, by] = px(ask.found.lowest.at);
      best.setAttribute("d", ask.found.shape ? `M${bx - 6},${by}h12M${bx},${by - 6}v12` : "");
    },
    draw(upto) {
      const { race, racers } = ask.found;
      write(title, `${MEAN} ${shortTitle(many.state.loss.spec.title).toLowerCase()}`);
      const [sx, sy] = px(many.state.start);
      start.setAttribute("cx", sx);
      start.setAttribute("cy", sy);
      ends.replaceChildren(...racers.flatMap((item, i) => {
        const path = race.paths[i];
        panel.paths.get(item.key)?.setAttribute("d", through(path, upto));
        const colour = { "--c": item.spec.style?.colour };
        const at = exit(path, upto);
        const [ex, ey] = at ? px(at) : [];
        const [hx, hy] = px([path[2 * upto], path[2 * upto + 1]]);
        const seen = hx >= 0 && hx <= panel.inner.width && hy >= 0 && hy <= panel.inner.height;
        return [
          ...(at ? [s("path", { class: "ll-exit", style: colour, d: `M${ex - 5},${ey - 5}l10,10M${ex - 5},${ey + 5}l10,-10` })] : []),
          ...(seen && (upto > 0 || steps === 0) ? [s("circle", { class: "ll-dot", r: 4.5, style: colour, cx: hx.toFixed(1), cy: hy.toFixed(1) })] : []),
        ];
      }));
    },
  };
}
