// The losses of a figure that shows several: their table, sliders and menu, and the ways to Python, links and back.

import { h, write } from "./dom.js";
import { asPython, asTrait, doorOf, fromLink, labelOf, makeItems, toLink } from "./items.js";
import { curvePath } from "./panel.js";
import { addMenu, announcer, footer, lossTable, sliderBox, tableOnRequest } from "./parts.js";
import { setting } from "./setting.js";
import { most as limits } from "./shared.js";

const names = (items) => items.map((item) => item.name).join();

/** `read`, `traits`, `link`, `linked`, `taken`, `quiet`, `keep` and `kept` are those of `setting`, for what the figure has besides losses. `suits(spec)`
 *  says which losses can be added; without it none, and a link must name the same ones. */
function lossSetting({ el, model, manifest, share, suits, most, trait, read, traits, link, linked, taken, rebuild, quiet, keep, kept }) {
  return setting({
    el, model, share, quiet,
    keep: (now) => [now.items.filter((item) => !item.shown).map((item) => item.key), keep?.(now)],
    kept(now, [hidden, more]) {
      for (const item of now.items) item.shown = !hidden.includes(item.key);
      kept?.(now, more);
    },
    read: (get) => ({ items: makeItems(get(trait), manifest), ...read(get) }),
    traits: (now) => ({ [trait]: asTrait(now.items), ...traits(now) }),
    link: (now) => ({ [trait]: toLink(now.items), ...link(now) }),
    linked(given, now) {
      const items = fromLink(given[trait] ?? "", manifest);
      const legal = suits ? items.filter((item) => suits(item.spec)).slice(0, most) : items;
      if (legal.length && (suits || names(items) === names(now.items))) now.items = legal;
      linked(given, now);
    },
    taken(reset) {
      taken?.(reset);
      rebuild();
    },
  });
}

/** What the answers of several losses have in common: who is shown, what each is called, what went wrong. */
function lossAnswers(state, note) {
  const errors = new Map();
  let remark = "";
  const label = (item) => labelOf(item, state.items);
  const tell = () => {
    write(note, [...errors.values()].join(" ") || remark);
    note.hidden = !note.textContent;
  };
  return {
    label, forget: () => errors.clear(),
    shown: () => state.items.filter((item) => item.shown),
    /** Says what the reader should know if nothing is wrong. */
    remark(text) {
      remark = text;
      tell();
    },
    /** Whether an answer is one: the reader is told of an error. */
    right(item, answer) {
      if (answer.error) errors.set(item.key, `${label(item)}: ${answer.error}`);
      else errors.delete(item.key);
      tell();
      return !answer.error;
    },
  };
}

/** Besides that: `rebuild()` draws what is new, `onInput(item)` and `onChange(item)` what a slider changes; `rows()` makes
 *  the table on request called `title`, and `python(losses)` the code. What it shows is called `noun`. */
export function manyLosses(given) {
  const { el, model, manifest, noun = "loss", suits, most = limits.losses, columns, formats, extra, caption = "", rebuild, onInput, onChange, before, title, rows, python, trait = "losses", door = doorOf(model), tuned = true } = given;
  const set = lossSetting({ ...given, most, trait });
  const { state, save } = set;
  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  const answers = lossAnswers(state, note);
  const renew = () => {
    rebuild();
    save();
  };
  const onToggle = (item) => {
    item.shown = !item.shown;
    renew();
  };
  const onAdd = (item) => {
    state.items.push(item);
    renew();
  };
  const table = lossTable({ noun, caption, columns, formats, extra, onToggle });
  const sliders = sliderBox({
    noun, onInput,
    onChange(item) {
      onChange?.(item);
      save();
    },
  });
  const specs = suits && manifest.filter(suits).sort((a, b) => a.title.localeCompare(b.title));
  const menu = suits && addMenu({ noun, specs, items: () => state.items, most, onAdd });
  const live = announcer(el);
  const details = tableOnRequest(title, rows);
  const foot = footer({ before: before ?? [menu.root], set, python: () => python(asPython(state.items, door)) });
  return {
    ...answers, state, save, steps: set.steps, table, live, details, parts: [set, live],
    /** The parts in their places: `above` the table, and `between` it and the sliders. */
    place: (above, between = []) => el.append(...above, table.root, ...between, ...(tuned ? [sliders.root] : []), note, foot, details.root, live.root),
    /** Table, sliders and menu for the losses as they are now. */
    build() {
      answers.forget();
      table.build(state.items);
      if (tuned) sliders.build(state.items);
      menu?.refresh();
    },
    write: (item, values) => table.write(item, values, state.items),
    /** A path for each loss that is shown, in the panel. */
    paths(panel) {
      panel.paths = new Map(answers.shown().map((item) => [item.key, curvePath(item)]));
      panel.curves.replaceChildren(...panel.paths.values());
    },
  };
}
