// The table of one row of predictions: for each output a slider, its gradient as a number and as a push.

import { h, s, uid } from "./dom.js";
import { putNumber, radio, swatch } from "./parts.js";
import { makeSlider } from "./slider.js";

const PUSH = "Minus the gradient: to the right it raises the output";

function outputRow({ name, look: [colour, dash], range: [min, max], value, group, onAxis, onInput, onChange }) {
  const input = radio({ name: group, label: `${name} on the axis`, style: { "--c": colour }, onPick: onAxis });
  const slider = makeSlider({ name: "", label: `Prediction ${name}`, value, range: { min, max, log: false }, colour, onInput, onChange });
  const cell = h("td");
  const bar = s("rect", { y: 4, height: 8, width: 0 });
  const push = s("svg", { class: "ll-push", viewBox: "-50 0 100 16", preserveAspectRatio: "none", "aria-hidden": "true", style: { "--c": colour } },
    s("line", { x1: 0, x2: 0, y1: 0, y2: 16 }), bar);
  const chip = h("label", { class: "ll-chip" }, input, swatch({ colour, dash }), h("span", {}, name));
  const root = h("tr", {}, h("th", { scope: "row" }, chip), h("td", {}, slider.root), cell, h("td", { "aria-hidden": "true" }, push));
  return { root, input, set: slider.set, cell, bar };
}

/** `onAxis(j)` is told which output the reader wants on the axis, `onMove(j, v)` where one goes, `onDone()` that it is let
 *  go; with `adds` the gradients' sum stands below them. */
export function outputTable({ names, looks, ranges, row, adds, onAxis, onMove, onDone }) {
  const group = uid("axis");
  const outputs = names.map((name, j) => outputRow({
    name, look: looks[j], range: ranges[j], value: row[j], group, onAxis: () => onAxis(j), onInput: (v) => onMove(j, v), onChange: onDone,
  }));
  const total = h("td");
  const head = ["On the axis", "Prediction", "Gradient"].map((title) => h("th", { scope: "col" }, title));
  const root = h("table", { class: "ll-table ll-outputs", "data-readout": "" },
    h("thead", {}, h("tr", {}, head, h("th", { scope: "col", title: PUSH }, "Push", h("span", { class: "ll-sign" }, " \u2212\u2202\u2113/\u2202\u0177")))),
    h("tbody", {}, outputs.map((output) => output.root)),
    adds ? h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "Sum of the gradients"), h("td"), total, h("td"))) : null);
  return {
    root,
    choose: (i) => outputs.forEach((output, j) => { output.input.checked = j === i; }),
    set: (values) => outputs.forEach((output, j) => output.set(values[j])),
    /** The gradients; one of size `strong` fills its half of the cell. */
    fill(gradient, strong) {
      outputs.forEach(({ cell, bar }, j) => {
        putNumber(cell, gradient[j]);
        // A push to the right raises the output.
        const size = Math.max(-50, Math.min(50, (-50 * gradient[j]) / strong)) || 0;
        bar.setAttribute("x", Math.min(0, size));
        bar.setAttribute("width", Math.abs(size));
      });
      const all = gradient.reduce((sum, g) => sum + g, 0);
      if (adds) putNumber(total, Math.abs(all) < 1e-12 * Math.max(...gradient.map(Math.abs)) ? 0 : all);
    },
  };
}
