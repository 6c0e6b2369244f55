// The parts the figures are made of: the table of losses, the sliders, the menu and the footer.

import { copyText, h, keysAreOurs, s, throttle, write } from "./dom.js";
import { dashes, number, shortTitle } from "./format.js";
import { labelOf, makeItem } from "./items.js";
import { most as limits } from "./shared.js";
import { makeSlider } from "./slider.js";


const capital = (word) => word[0].toUpperCase() + word.slice(1);

export const pushButton = (label, onclick, more = {}) => h("button", { type: "button", class: "ll-button", onclick, ...keysAreOurs, ...more }, label);

/** One of several in a column of a table, of which one is chosen. */
export const radio = ({ name, checked, label, onPick, ...more }) => h("input", { type: "radio", class: "ll-radio", name, checked, "aria-label": label, onchange: onPick, ...keysAreOurs, ...more });

/** A piece of a curve in its colour and dash. */
export function swatch(style = {}) {
  return s("svg", { class: "ll-swatch", width: 26, height: 10, "aria-hidden": "true" },
    s("line", { x1: 1, x2: 25, y1: 5, y2: 5, stroke: style.colour, "stroke-width": 2.5, "stroke-dasharray": dashes(style.dash) || undefined }));
}

/** The table that is legend, switch and read-out at once: one row a loss. */
export function lossTable({ columns, caption, onToggle, extra, formats = [], noun = "loss" }) {
  const head = h("th", { scope: "col", class: "ll-where" }, caption);
  const body = h("tbody");
  const root = h("table", { class: "ll-table", "data-readout": "" },
    h("thead", {}, h("tr", {}, head, columns.map((c) => h("th", { scope: "col" }, c)), extra && h("th", { scope: "col" }, extra.title))), body);
  let rows = new Map();

  function build(items) {
    rows = new Map();
    body.replaceChildren(...items.map((item) => {
      const cells = columns.map(() => h("td"));
      const name = h("span", {}, labelOf(item, items));
      const toggle = h("button", {
        type: "button", class: "ll-chip", "aria-pressed": String(item.shown), "data-loss": item.key,
        title: `${item.shown ? "Hide" : "Show"} this ${noun}`, ...keysAreOurs,
        onclick: () => onToggle(item),
      }, swatch(item.spec.style), name);
      const row = h("tr", { class: item.shown ? "" : "ll-off", style: { "--c": item.spec.style?.colour } },
        h("th", { scope: "row" }, toggle), cells, extra && h("td", {}, item.shown ? extra.cell(item) : null));
      rows.set(item.key, { row, cells, name });
      return row;
    }));
  }
  function fill(item, values, items) {
    const row = rows.get(item.key);
    if (!row) return;
    write(row.name, labelOf(item, items));
    row.cells.forEach((cell, i) => {
      const v = item.shown && values ? values[i] : null;
      putNumber(cell, v, Number.isFinite(v) ? (formats[i] ?? number)(v) : number(v));
    });
  }
  return { root, head, build, write: fill };
}

/** All sliders when they are few; otherwise those of one loss, chosen from a menu. `named(item)` is what they are
 *  called before the symbol, if not after the loss. */
export function sliderBox({ onInput, onChange, named = null, noun = "loss" }) {
  const menu = h("select", { class: "ll-select", "aria-label": `${capital(noun)} whose parameters are shown`, ...keysAreOurs });
  const chooser = h("div", { class: "ll-choice" }, h("span", { class: "ll-quiet" }, "Parameters of"), menu);
  const list = h("div", { class: "ll-sliders" });
  const root = h("div", { class: "ll-controls" }, chooser, list);
  let all = [];
  menu.addEventListener("change", show);

  // The same loss twice: its sliders are numbered.
  const twin = (item) => {
    const same = all.filter((o) => o.name === item.name);
    return same.length > 1 ? ` ${same.indexOf(item) + 1}` : "";
  };
  const sliders = (item) => item.spec.parameters.filter((p) => p.slider).map((p) => makeSlider({
    name: p.name,
    label: named?.(item) ?? [swatch(item.spec.style), shortTitle(item.spec.title) + twin(item)],
    hint: p.doc,
    value: item.parameters[p.name],
    range: p.slider,
    but: p.butNot,
    colour: item.spec.style?.colour,
    onInput: (v) => {
      item.parameters[p.name] = v;
      onInput(item);
    },
    onChange: () => onChange(item),
  }).root);

  function show() {
    const chosen = chooser.hidden ? all : all.filter((item) => item.key === menu.value);
    list.replaceChildren(...chosen.flatMap(sliders));
    root.hidden = !all.length;
  }
  function build(items) {
    all = items.filter((item) => item.shown && item.spec.parameters.some((p) => p.slider));
    const count = all.reduce((sum, item) => sum + item.spec.parameters.length, 0);
    const before = menu.value;
    chooser.hidden = count <= limits.sliders;
    menu.replaceChildren(...all.map((item) => h("option", { value: item.key }, labelOf(item, items))));
    if (all.some((item) => item.key === before)) menu.value = before;
    show();
  }
  return { root, build };
}

/** Two or more choices of which one holds. */
export function choice({ legend, options, value, onPick }) {
  const buttons = options.map(([v, label]) => pushButton(label, () => {
    show(v);
    onPick(v);
  }, { class: "ll-button ll-tab" }));
  const show = (v) => buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(options[i][0] === v)));
  show(value);
  const root = h("div", { class: "ll-choice", role: "group", "aria-label": legend }, h("span", { class: "ll-quiet" }, legend), buttons);
  return { root, show };
}

/** "Add a loss": a native menu with the losses that fit this figure's axis. */
export function addMenu({ specs, items, onAdd, most = limits.losses, noun = "loss" }) {
  const menu = h("select", { class: "ll-select", "aria-label": `${capital(noun)} to add`, ...keysAreOurs });
  const add = pushButton(`Add ${noun}`, () => {
    const spec = specs.find((sp) => sp.name === menu.value);
    if (spec && items().length < most) onAdd(makeItem(spec, {}, false, items()));
    refresh();
  });
  const root = h("span", { class: "ll-add" }, menu, add);
  function refresh() {
    const before = menu.value;
    const present = new Set(items().map((item) => item.name));
    // A loss with parameters may come twice, to compare two settings.
    const free = specs.filter((sp) => !present.has(sp.name) || sp.parameters.length);
    menu.replaceChildren(...free.map((sp) => h("option", { value: sp.name }, sp.title)));
    const first = free.find((sp) => !present.has(sp.name)) ?? free[0];
    menu.value = free.some((sp) => sp.name === before) && !present.has(before) ? before : first?.name ?? "";
    root.hidden = !free.length;
    add.disabled = items().length >= most;
  }
  refresh();
  return { root, refresh };
}

const quiet = { class: "ll-button ll-plain" };
const SAID = 1500; // ms that a button says what it has done

/** Undo, reset, link and Python code of a `setting`; says what it did. */
export function footer({ before = [], set, python }) {
  const status = h("span", { class: "ll-sr", role: "status" });
  const said = h("input", { class: "ll-copy", readonly: true, hidden: true, "aria-label": "Text to copy", ...keysAreOurs });
  const clear = () => {
    status.textContent = "";
    said.hidden = true;
  };
  /** A button that copies what `text()` says, and says so in its place. */
  function copier(label, text, done) {
    const button = pushButton(label, async () => {
      if (!await give(text(), done)) return;
      button.style.minWidth = `${button.offsetWidth}px`;
      write(button, "Copied");
      setTimeout(() => write(button, label), SAID);
    }, quiet);
    return button;
  }
  async function give(text, done) {
    const copied = await copyText(text);
    said.hidden = copied;
    status.textContent = copied ? done : "Copy this:";
    if (!copied) {
      said.value = text;
      said.focus();
      said.select();
    }
    return copied;
  }
  const undo = pushButton("Undo", () => {
    clear();
    set.undo();
    status.textContent = "One step taken back.";
  }, { ...quiet, disabled: true });
  // Without the attribute: a button that is disabled while it has the focus loses it.
  const limit = () => undo.toggleAttribute("disabled", !set.steps.any() && undo !== document.activeElement);
  set.steps.watch({ change: limit });
  undo.addEventListener("blur", limit);
  const root = h("div", { class: "ll-footer" }, before,
    h("span", { class: "ll-spring" }),
    status, undo,
    pushButton("Reset", () => {
      clear();
      set.reset();
    }, quiet),
    set.link && copier("Copy link", set.link, "Link copied."),
    python && copier("Copy Python", python, "Python copied."),
    said);
  return root;
}

/** Says a sentence to screen readers, at most twice a second, and only once the figure is in use. */
export function announcer(figure) {
  const root = h("div", { class: "ll-sr", "aria-live": "polite" });
  let used = false;
  figure.addEventListener("focusin", () => { used = true; }, { once: true });
  const say = throttle((text) => write(root, text), 500);
  return { root, say: (text) => used && say(text), close: () => say.cancel() };
}

/** A table made only when the reader opens it, and kept true while it is open. */
export function tableOnRequest(title, rows) {
  const holder = h("div", { class: "ll-scroll", tabindex: 0, role: "group", "aria-label": title, ...keysAreOurs });
  const root = h("details", { class: "ll-details" }, h("summary", { ...keysAreOurs }, title), holder);
  const draw = () => {
    if (!root.open) return;
    const [head, ...body] = rows();
    holder.replaceChildren(h("table", { class: "ll-table ll-numbers" },
      h("thead", {}, h("tr", {}, head.map((c) => h("th", { scope: "col" }, c)))),
      h("tbody", {}, body.map((r) => h("tr", {}, r.map((c, i) => h(i ? "td" : "th", i ? { "data-value": Number.isFinite(c) && c } : { scope: "row" }, typeof c === "number" ? number(c) : c)))))));
  };
  root.addEventListener("toggle", draw);
  return { root, refresh: throttle(draw, 120) };
}

/** Writes a number and marks the element with it, in all its digits. */
export function putNumber(node, v, text = number(v)) {
  write(node, text);
  if (Number.isFinite(v)) node.dataset.value = v;
  else delete node.dataset.value;
}

/** The place where a figure of one loss says what went wrong. */
export function trouble() {
  const root = h("p", { class: "ll-note", role: "status", hidden: true });
  const show = (text) => {
    write(root, text);
    root.hidden = !text;
  };
  return { root, say: (item, error) => show(`${shortTitle(item.spec.title)}: ${error}`), clear: () => show("") };
}

/** Calls `redraw` when the figure has another width; returns what ends the figure, and `parts` with it. */
export function whileOpen(el, redraw, parts) {
  const observer = new ResizeObserver(redraw);
  observer.observe(el);
  return () => {
    observer.disconnect();
    for (const part of parts) part.close();
  };
}
