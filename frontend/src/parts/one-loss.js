// The loss of a figure that shows one: its menu of others of the same shape, and what is held of it.

import { h, keysAreOurs } from "./dom.js";
import { plain } from "./format.js";
import { fromLink, makeItem, makeItems } from "./items.js";

/** `onTake(item)` is told which other loss the reader wants. */
export function oneLoss({ model, manifest, onTake }) {
  const fixed = model.get("fixed");
  const read = () => held(makeItems(model.get("losses"), manifest)[0]);
  const start = read();
  const { shape } = start.spec;
  const sums = shape.split("/")[1] === "probabilities";
  const specs = manifest.filter((spec) => spec.shape === shape && !spec.vectors && spec.name !== start.name)
    .concat(start.spec).sort((a, b) => a.title.localeCompare(b.title));
  const menu = h("select", { class: "ll-select ll-long", "aria-label": "Loss", ...keysAreOurs, onchange: () => onTake(taken(specs[menu.selectedIndex])) });

  /** The item without sliders for what decides how many numbers there are. */
  function held(item) {
    const parameters = item.spec.parameters.map((p) => (fixed.includes(p.name) ? { ...p, slider: null } : p));
    return { ...item, spec: { ...item.spec, parameters } };
  }
  const again = () => ({ ...start, parameters: { ...start.initial } });
  function taken(spec) {
    if (spec.name === start.name) return again();
    const item = makeItem(spec, {}, false, []);
    for (const name of fixed) if (name in item.parameters) item.parameters[name] = start.parameters[name];
    return held(item);
  }
  /** The item that a link names, if it suits; what a link does not carry, vectors and what is held, is as at the start. */
  function linked(text) {
    const item = fromLink(text ?? "", manifest).find((one) => one.spec.shape === shape);
    if (item?.name === start.name) {
      const keep = [...fixed, ...(item.spec.vectors ?? []).map((vector) => vector.name)].map((name) => [name, start.initial[name]]);
      return { ...start, parameters: { ...start.initial, ...item.parameters, ...Object.fromEntries(keep) } };
    }
    return item && !item.spec.vectors ? held(item) : null;
  }
  function show(item) {
    if (!specs.some((spec) => spec.name === item.name)) specs.unshift(item.spec); // set from Python
    menu.replaceChildren(...specs.map((spec) => h("option", { value: spec.name }, spec.title)));
    menu.value = item.name;
  }
  /** What the figure holds or keeps true, as losslab/widgets/parts/one_loss.py says it. */
  function rules({ spec, parameters }) {
    const said = [];
    if (sums) said.push("Predictions sum to 1: when one moves, the others shrink or grow in proportion. The gradients are the partial derivatives, each with the others held.");
    for (const vector of spec.vectors ?? []) {
      const numbers = parameters[vector.name];
      const name = vector.name.replaceAll("_", " ");
      said.push(numbers.length > 6 ? `The ${name} is fixed at its ${numbers.length} numbers.` : `The ${name} are fixed at ${numbers.map(plain).join(", ")}.`);
    }
    for (const name of fixed.filter((one) => one in parameters)) said.push(`The ${name} is fixed at ${plain(parameters[name])}.`);
    return said.join(" ");
  }
  return { shape, sums, read, again, linked, show, rules, controls: specs.length > 1 ? [h("span", { class: "ll-add" }, menu)] : [] };
}
