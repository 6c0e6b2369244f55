// The rule of a figure that shows one: its sliders, what goes wrong, and the ways to Python, links and back.

import { whenReady } from "../numbers/compute.js";
import { asPython, asTrait, doorOf, fromLink, makeItems, toLink } from "./items.js";
import { announcer, footer, sliderBox, tableOnRequest, trouble } from "./parts.js";
import { setting } from "./setting.js";

/** What the things that a rule weighs are called. */
export const lettersOf = (list) => list.map((_, i) => String.fromCharCode(65 + i));

/** `read`, `traits`, `link` and `linked` are those of `setting`, for what the figure has besides the rule. `rebuild()` draws
 *  what is new and `update()` what a slider changes; `rows()` makes the table on request called `title`, and `python(rule)`
 *  the code. */
export function oneRule({ el, model, manifest, share, compute, read, traits, link, linked, rebuild, update, before, title, rows, python }) {
  const set = setting({
    el, model, share,
    read: (get) => ({ item: makeItems(get("losses"), manifest)[0], ...read(get) }),
    traits: (now) => ({ losses: asTrait([now.item]), ...traits(now) }),
    link: (now) => ({ losses: toLink([now.item]), ...link(now) }),
    linked(given, now) {
      now.item = fromLink(given.losses ?? "", manifest).find((item) => item.name === now.item.name) ?? now.item;
      linked(given, now);
    },
    taken: rebuild,
  });
  const { state, save } = set;
  const sliders = sliderBox({ named: () => "Parameter", onInput: update, onChange: save });
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest(title, rows);
  /** With its shelf, for another may have the name too. */
  const code = () => {
    const [door, text] = [doorOf(model), asPython([state.item], doorOf(model))];
    return text.startsWith(door) ? text : `${door}.get(${text})`;
  };
  const foot = footer({ before, set, python: () => python(code()) });
  return {
    state, save, steps: set.steps, live, details, parts: [set, live],
    place: (above) => el.append(...above, sliders.root, note.root, foot, details.root, live.root),
    build: () => sliders.build([state.item]),
    /** Runs a loop around the rule's kernels, and hands on what it answers. */
    ask: (loop, given, then) => whenReady(compute.run(loop, state.item, given, loop), (r) => {
      note.clear();
      if (r.error) note.say(state.item, r.error);
      else then(r);
    }),
  };
}
