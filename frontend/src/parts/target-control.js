// The target of the losses that a figure draws over one axis.

import { h } from "./dom.js";
import { choice } from "./parts.js";
import { makeSlider } from "./slider.js";

/** The control of the target: a switch of the label, a slider, or for residuals none. `draw(done)` shows the new one. */
export function targetControl({ axis, low, high }, { state, save }, draw) {
  const pick = (v, done) => {
    state.yTrue = v;
    draw(done);
    if (done) save();
  };
  if (axis === "score") return choice({ legend: "Label y", options: [[1, "1"], [0, "0"]], value: state.yTrue, onPick: (v) => pick(v, true) });
  if (axis === "residual") return null;
  const [bottom, top] = axis === "logit mean" ? [0.02, 0.98] : [Math.max(low, 0) || (high - low) / 100, axis === "log mean" ? Math.exp(high) : high];
  const made = makeSlider({
    name: "y", label: "Target", value: state.yTrue, range: { min: Math.min(bottom, state.yTrue), max: Math.max(top, state.yTrue), log: false },
    onInput: (v) => pick(v, false), onChange: (v) => pick(v, true),
  });
  return { root: h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, made.root)), show: made.set };
}
