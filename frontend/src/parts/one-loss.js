// The loss of a figure that shows one: its menu of others of the same shape, its sliders, what is held of it, and the
// ways to Python, links and back. The sibling of many-losses.js.

import { h, keysAreOurs, write } from "./dom.js";
import { plain } from "./format.js";
import { asPython, asTrait, fromLink, makeItem, makeItems, toLink } from "./items.js";
import { announcer, footer, sliderBox, tableOnRequest, trouble } from "./parts.js";
import { setting } from "./setting.js";
import { filled, rules as RULES } from "./shared.js";

/** The losses that can stand here: the one at first, others of its shape, and that of a link. */
function choices({ model, manifest }) {
  const fixed = model.get("fixed");
  /** The item without sliders for what decides how many numbers there are. */
  function held(item) {
    const parameters = item.spec.parameters.map((p) => (fixed.includes(p.name) ? { ...p, slider: null } : p));
    return { ...item, spec: { ...item.spec, parameters } };
  }
  const read = (list) => held(makeItems(list, manifest)[0]);
  const start = read(model.get("losses"));
  const { shape } = start.spec;
  return {
    start, shape, fixed, read,
    specs: manifest.filter((spec) => spec.shape === shape && !spec.vectors && spec.name !== start.name)
      .concat(start.spec).sort((a, b) => a.title.localeCompare(b.title)),
    taken(spec) {
      if (spec.name === start.name) return { ...start, parameters: { ...start.initial } };
      const item = makeItem(spec, {}, false, []);
      for (const name of fixed) if (name in item.parameters) item.parameters[name] = start.parameters[name];
      return held(item);
    },
    /** The item that a link names, if it suits; what a link does not carry, vectors and what is held, is as at the start. */
    linked(text) {
      const item = fromLink(text ?? "", manifest).find((one) => one.spec.shape === shape);
      if (item?.name === start.name) {
        const keep = [...fixed, ...(item.spec.vectors ?? []).map((vector) => vector.name)].map((name) => [name, start.initial[name]]);
        return { ...start, parameters: { ...start.initial, ...item.parameters, ...Object.fromEntries(keep) } };
      }
      return item && !item.spec.vectors ? held(item) : null;
    },
  };
}

/** What the figure holds or keeps true, as losslab/widgets/parts/one_loss.py says it. */
function rulesOf({ spec, parameters }, sums, fixed) {
  const said = sums ? [RULES.sum] : [];
  for (const vector of spec.vectors ?? []) {
    const numbers = parameters[vector.name];
    const many = numbers.length > RULES.listed;
    const value = many ? numbers.length : numbers.map(plain).join(", ");
    said.push(filled(many ? RULES.many : RULES.numbers, { name: vector.name.replaceAll("_", " "), value }));
  }
  for (const name of fixed.filter((one) => one in parameters)) said.push(filled(RULES.number, { name, value: plain(parameters[name]) }));
  return said;
}

/** `read`, `traits`, `link`, `linked` and `quiet` are those of `setting`, for what the figure has besides its loss. `onTake(item)` is
 *  told which other loss the reader wants, `rebuild()` draws what is new, `onInput()` and `onChange()` what a slider
 *  changes; `rows()` makes the table on request called `title`, and `python(loss)` the code. */
export function oneLoss({ el, model, manifest, share, read, traits, link, linked, quiet, onTake, rebuild, onInput, onChange, rule = "", title, rows, python }) {
  const { shape, fixed, specs, ...loss } = choices({ model, manifest });
  const sums = shape.split("/")[1] === "probabilities";
  const set = setting({
    el, model, share, quiet,
    read: (get) => ({ item: loss.read(get("losses")), ...read(get) }),
    traits: (now) => ({ losses: asTrait([now.item]), ...traits(now) }),
    link: (now) => ({ losses: toLink([now.item]), ...link(now) }),
    linked(given, now) {
      now.item = loss.linked(given.losses) ?? now.item;
      linked(given, now);
    },
    taken: rebuild,
  });
  const { state, save } = set;
  const menu = h("select", { class: "ll-select ll-long", "aria-label": "Loss", ...keysAreOurs, onchange: () => onTake(loss.taken(specs[menu.selectedIndex])) });
  const sliders = sliderBox({
    named: () => "Parameter", onInput,
    onChange() {
      onChange();
      save();
    },
  });
  const rules = h("p", { class: "ll-quiet ll-rules" });
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest(title, rows);
  const before = specs.length > 1 ? [h("span", { class: "ll-add" }, menu)] : [];
  const foot = footer({ before, set, python: () => python(asPython([state.item])) });
  function show() {
    const { item } = state;
    if (!specs.some((spec) => spec.name === item.name)) specs.unshift(item.spec); // set from Python
    menu.replaceChildren(...specs.map((spec) => h("option", { value: spec.name }, spec.title)));
    menu.value = item.name;
  }
  return {
    kind: shape.split("/")[0], adds: shape.endsWith("/numbers/class"), sums, state, save, steps: set.steps, note, live, details, parts: [set, live], show,
    place: (above, below = []) => el.append(...above, rules, ...below, sliders.root, note.root, foot, details.root, live.root),
    /** Menu, sliders and rules for the loss as it is now. */
    build() {
      show();
      sliders.build([state.item]);
      write(rules, [rule, ...rulesOf(state.item, sums, fixed)].join(" ").trim());
      rules.hidden = !rules.textContent;
    },
  };
}
