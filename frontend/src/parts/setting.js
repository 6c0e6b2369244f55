// What a reader has set up in a figure: read from Python's traits or a link, written to both, set to a named situation,
// and set back, by a step or to the start.

import { h } from "./dom.js";
import { pushButton } from "./parts.js";
import { makeSteps } from "./steps.js";
import { syncTraits } from "./sync.js";

/** A copy of `value` in which the place that the path names, such as [5][1], holds `leaf`. */
function changed(value, path, leaf) {
  if (!path.length) return leaf;
  const copy = [...value];
  copy[path[0]] = changed(value[path[0]], path.slice(1), leaf);
  return copy;
}

const without = (values, names) => Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** Buttons for the named situations of the figure; that which holds is marked. */
function presetBar(presets, { apply, holds }) {
  const buttons = presets.map(({ name, values }) => pushButton(
    name, () => apply(Object.entries(values).map(([trait, value]) => [trait, [], value])), { class: "ll-button ll-tab", "aria-pressed": "false" },
  ));
  return {
    root: h("div", { class: "ll-presets", role: "group", "aria-label": "Situations" }, buttons),
    mark: () => buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(holds(presets[i].values)))),
  };
}

/** `read(get)` makes the state of traits, `traits(state)` and `link(state)` say what goes to Python and into a link, and
 *  `linked(given, state)` puts into the state what of a link is legal. `taken(reset)` is called when all of it is new. A
 *  change of the traits `quiet`, where the reader looks, is no step of its own. What there is besides traits, `keep(state)`
 *  tells and `kept(state, told)` puts back. */
export function setting({ el, model, share, read, traits, link, linked, taken, quiet = [], keep = () => null, kept = () => {} }) {
  const get = (name) => model.get(name);
  const state = read(get);
  const first = Object.fromEntries(Object.keys(traits(state)).map((name) => [name, get(name)]));
  const given = share?.read();
  if (given) linked(given, state);
  const asText = (hidden) => JSON.stringify([without(traits(state), hidden), keep(state)]);
  const steps = makeSteps(el, () => asText(quiet), () => asText([]));
  const sync = syncTraits(model, () => traits(state), () => {
    steps.press();
    Object.assign(state, read(get));
    taken(false);
    steps.changed();
  });
  function save() {
    steps.changed();
    sync.save();
  }
  /** Sets some traits; what there is besides stays. */
  function put(values, besides = keep(state)) {
    const all = { ...traits(state), ...values };
    Object.assign(state, read((name) => all[name] ?? get(name)));
    kept(state, besides);
  }
  /** Sets what the assignments [trait, path, value] say, as one step. */
  function apply(assignments) {
    steps.press();
    const values = traits(state);
    for (const [name, path, leaf] of assignments) values[name] = changed(values[name], path, leaf);
    put(values);
    taken(false);
    steps.changed(true);
    save();
  }
  const wished = new Map(); // by values: as the figure would have them
  function holds(values) {
    if (!wished.has(values)) {
      const all = traits(read((name) => values[name] ?? get(name)));
      wished.set(values, Object.keys(values).map((name) => [name, JSON.stringify(all[name])]));
    }
    const now = traits(state);
    return wished.get(values).every(([name, text]) => JSON.stringify(now[name]) === text);
  }
  const presets = model.get("presets") ?? [];
  if (presets.length) {
    const bar = presetBar(presets, { apply, holds });
    el.append(bar.root);
    bar.mark();
    steps.watch({ change: bar.mark });
  }
  el.addEventListener("losslab-set", ({ detail }) => apply(detail)); // by words of the chapter
  return {
    state, save, steps, close: sync.close,
    undo() {
      const before = steps.pop();
      if (!before) return;
      put(...JSON.parse(before));
      taken(false);
      sync.save();
      steps.settle();
    },
    reset() {
      steps.press();
      Object.assign(state, read((name) => first[name] ?? get(name)));
      share?.clear();
      taken(true);
      save();
      steps.settle();
    },
    link: share && (() => share.write(link(state))),
  };
}

/** Calls `each(one, done)` for all of a list, and `then()` once every one of them is done. */
export function forAll(list, each, then) {
  let pending = list.length;
  if (!pending) return then();
  for (const one of list) {
    each(one, () => {
      pending -= 1;
      if (!pending) then();
    });
  }
}
