// A parameter as a slider: native range input, so keyboard, touch and screen readers work.

import { h, keysAreOurs, uid } from "./dom.js";
import { plain, symbol } from "./format.js";

/** A round number, about a two hundredth of the span. */
export function niceStep(span) {
  const raw = span / 200;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((k) => k * power >= raw * 0.999) * power;
  return Number(step.toPrecision(1));
}

/** What a slider's positions mean: evenly spaced values, or evenly spaced logarithms, of whole numbers if `whole`. */
export function track({ min, max, log, whole = false, step: given }) {
  if (log) {
    const steps = 200;
    const ratio = Math.log(max / min);
    return {
      min: 0, max: steps, step: 1,
      position: (v) => (steps * Math.log(v / min)) / ratio,
      value: (p) => (whole ? Math.round : (v) => Number(v.toPrecision(3)))(min * Math.exp((ratio * p) / steps)),
    };
  }
  const step = given ?? niceStep(max - min);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return { min, max, step, position: (v) => v, value: (p) => Number(Number(p).toFixed(digits)) };
}

export function makeSlider({ name, label, hint, value, range, but = [], colour, onInput, onChange }) {
  const id = uid("slider");
  const t = track(range);
  // A slider steps over single values that are not legal, as near as its digits can be told apart.
  const legal = (v) => (but.includes(v) ? v + 1e-3 * (range.max - range.min) : v);
  const output = h("output", { class: "ll-slider-value", for: id });
  const input = h("input", {
    type: "range", id, class: "ll-range", min: t.min, max: t.max, step: t.step, "data-parameter": name,
    title: hint, style: { "--c": colour ?? "var(--ll-accent)" }, ...keysAreOurs,
  });
  let current = value;

  function show(v) {
    current = v;
    output.textContent = plain(v);
    input.setAttribute("aria-valuetext", plain(v));
    const share = (Number(input.value) - t.min) / (t.max - t.min);
    input.style.setProperty("--p", `${100 * share}%`);
  }
  function set(v) {
    input.value = t.position(v);
    show(v);
  }
  const moved = () => {
    show(legal(t.value(Number(input.value))));
    onInput(current);
  };
  input.addEventListener("input", moved);
  input.addEventListener("change", () => onChange?.(current));
  input.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!way || !event.shiftKey) return;
    event.preventDefault();
    input.value = Number(input.value) + way * 10 * t.step;
    moved();
    onChange?.(current);
  });
  set(value);

  const root = h("div", { class: "ll-slider" },
    h("label", { for: id }, label, " ", h("span", { class: "ll-sign" }, symbol(name))), input, output);
  return { root, input, set };
}
