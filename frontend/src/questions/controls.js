// What a reader answers with: an option, a number, a place on an axis, or a curve.

import { h, uid } from "../parts/dom.js";
import { parse } from "./box.js";
import { curve } from "./curve.js";


/** The control of a question: element, value() or null, lock(value), unlock(), compare(value, right), onChange(fn), focus(). */
export function control(parts) {
  const { kind = parts.options.length ? "choice" : "nothing" } = parts.ask ?? {};
  return MAKERS[kind](parts);
}

/** A question that one answers in one's head, or on paper. */
const nothing = () => ({ element: "", value: () => null, lock() {}, unlock() {}, compare: () => "", onChange() {}, focus() {} });

/** Options of the question's own list, one of which is picked. */
function choice({ options, right }) {
  const name = uid("choice");
  let changed = () => {};
  const inputs = options.map(({ letter, item }) => {
    const text = item.querySelector(":scope > p") ?? item;
    text.id ||= uid("option");
    const input = h("input", { type: "radio", name, value: letter, "aria-labelledby": text.id, onchange: () => changed() });
    item.prepend(input);
    item.addEventListener("click", (event) => {
      if (event.target !== input && !event.target.closest("a") && !input.disabled) input.click();
    });
    return input;
  });
  const list = options[0].item.parentElement;
  list.classList.add("ll-options", "ll-picks");
  const group = h("div", { role: "radiogroup", "aria-label": "Your guess" });
  list.before(group);
  group.append(list);
  const mark = (value, truth) => options.forEach(({ letter, item }) => {
    item.classList.toggle("ll-current", letter === value);
    item.classList.toggle("ll-right", letter === truth);
  });
  return {
    element: group,
    value: () => inputs.find((input) => input.checked)?.value ?? null,
    lock(value) {
      for (const input of inputs) Object.assign(input, { disabled: true, checked: input.value === value });
      mark(value, right);
    },
    unlock() {
      for (const input of inputs) Object.assign(input, { disabled: false, checked: false });
      mark(null, null);
    },
    compare: (value) => (value === right ? `You said ${value}, and so it is.` : `You said ${value}; it is ${right}.`),
    onChange(fn) { changed = fn; },
    focus: () => inputs[0].focus(),
  };
}

const difference = (value, right) => (parse(value) === parse(right) ? `You said ${value}, and so it is.` : `You said ${value}; it is ${right}.`);

/** A number in a field. */
function number({ ask: { unit = "" } }) {
  const input = h("input", { type: "text", inputmode: "decimal", class: "ll-field", autocomplete: "off", "aria-label": unit ? `Your guess, in ${unit}` : "Your guess" });
  const legal = () => !Number.isNaN(parse(input.value));
  const value = () => (legal() ? input.value.trim() : null);
  return {
    element: h("p", { class: "ll-row" }, input, unit && ` ${unit}`),
    value,
    lock(said) {
      input.value = said ?? "";
      input.disabled = true;
    },
    unlock: () => { input.disabled = false; },
    compare: (said, right) => difference(unit === "%" ? `${said} %` : said, right),
    onChange: (fn) => input.addEventListener("input", fn),
    focus: () => input.focus(),
  };
}

/** The unit of one: "1 time", not "1 times". */
const single = (unit) => unit.replace(/^people\b/, "person").replace(/^([a-z]{3,})s\b/, "$1");

const digits = (x, count) => String(Number(x.toPrecision(count))).replace("-", "\u2212");

/** A place on an axis from one number to another, straight or logarithmic. */
function place({ ask: { from, to, unit = "", log = false }, right }) {
  const STEPS = 200;
  const at = (t) => (log ? from * (to / from) ** t : from + (to - from) * t);
  const where = (x) => Math.min(1, Math.max(0, log ? Math.log(x / from) / Math.log(to / from) : (x - from) / (to - from)));
  const spoken = (x) => {
    const count = digits(x, log ? 2 : 3);
    return `${count} ${count === "1" ? single(unit) : unit}`.trim();
  };
  const output = h("output", {}, "?");
  const input = h("input", { type: "range", min: 0, max: STEPS, step: 1, value: STEPS / 2, "aria-label": "Your guess" });
  const tick = h("span", { class: "ll-tick", hidden: true });
  let touched = false;
  let changed = () => {};
  const say = () => {
    const text = spoken(at(input.value / STEPS));
    output.textContent = touched ? text : "?";
    input.setAttribute("aria-valuetext", touched ? text : "not chosen");
  };
  const pick = () => {
    touched = true;
    say();
    changed();
  };
  for (const event of ["input", "pointerup", "keydown"]) input.addEventListener(event, (e) => (e.key === "Tab" ? null : pick()));
  say();
  return {
    element: h("div", { class: "ll-place" }, output, h("div", { class: "ll-axis" }, input, tick),
      h("div", { class: "ll-ends" }, h("span", {}, spoken(from)), h("span", {}, spoken(to)))),
    value: () => (touched ? spoken(at(input.value / STEPS)) : null),
    lock(said) {
      if (said !== null) {
        touched = true;
        input.value = Math.round(where(parse(said)) * STEPS);
        say();
      }
      input.disabled = true;
      const truth = parse(right);
      tick.hidden = Number.isNaN(truth);
      tick.style.setProperty("--at", where(truth));
      tick.textContent = right;
    },
    unlock() {
      touched = false;
      input.disabled = false;
      tick.hidden = true;
      say();
    },
    compare: difference,
    onChange(fn) { changed = fn; },
    focus: () => input.focus(),
  };
}

const MAKERS = { nothing, choice, number, place, curve };
