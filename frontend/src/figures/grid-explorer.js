// GridExplorer: a table of results over several settings, cut along any of them; nothing is computed here.

import { axisHandle } from "../parts/axis-handle.js";
import { h, keysAreOurs, s, uid } from "../parts/dom.js";
import { plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { hiding } from "../parts/hidden.js";
import { makeItems } from "../parts/items.js";
import { curvePath, makePanel, sideBySide, tall, upright } from "../parts/panel.js";
import { announcer, choice, footer, lossTable, tableOnRequest, whileOpen } from "../parts/parts.js";
import { setting } from "../parts/setting.js";

const LETTER = 7; // pixels that a letter of a name takes
const BESIDE = 24;

const three = (v) => (Math.abs(v) < 1000 ? v.toPrecision(3).replace("-", "\u2212") : plain(v));
const range = (n) => Array.from({ length: n }, (_, i) => i);

/** The table: `cut(along, place)` gives the numbers of each line along a setting, at the places of the others. */
function tableOf(model) {
  const settings = model.get("settings");
  const sizes = settings.map(([, words]) => words.length);
  const total = sizes.reduce((product, size) => product * size, 1);
  const [values, errors] = ["values", "errors"].map((name) => model.get(name));
  const names = settings.map(([name]) => name);
  function cut(flat, along, place) {
    const k = names.indexOf(along);
    const lines = flat.length / total;
    const at = (line, i) => place.reduce((index, j, which) => index * sizes[which] + (which === k ? i : j), line);
    return range(lines).map((line) => range(sizes[k]).map((i) => flat[at(line, i)]));
  }
  return {
    names, ends: [Math.min(...values), Math.max(...values)], hasErrors: errors.length > 0,
    wordsOf: (name) => settings[names.indexOf(name)][1],
    valuesAt: (along, place) => cut(values, along, place),
    errorsAt: (along, place) => (errors.length ? cut(errors, along, place) : null),
  };
}

/** A slider that goes through the values of a setting. */
function stepSlider({ name, words, value, onInput, onChange }) {
  const id = uid("step");
  const output = h("output", { class: "ll-slider-value", for: id });
  const input = h("input", { type: "range", id, class: "ll-range", min: 0, max: words.length - 1, step: 1, "data-parameter": name, style: { "--c": "var(--ll-accent)" }, ...keysAreOurs });
  function show(i) {
    output.textContent = words[i];
    input.setAttribute("aria-valuetext", words[i]);
    input.style.setProperty("--p", `${(100 * i) / (words.length - 1)}%`);
  }
  function set(i) {
    input.value = i;
    show(i);
  }
  input.addEventListener("input", () => {
    show(Number(input.value));
    onInput(Number(input.value));
  });
  input.addEventListener("change", onChange);
  set(value);
  return { root: h("div", { class: "ll-slider" }, h("label", { for: id }, name), input, output), set };
}

/** The lines with their bands, named at their ends. */
function pictureOf(items, { ends: [low, high] }, result, wordsNow) {
  const pad = 0.06 * (high - low || 1);
  const panel = makePanel({ title: result, xTicks: (width) => wordsNow().map((_, i) => i).filter((i) => i % Math.ceil((44 * wordsNow().length) / width) === 0), xFormat: (i) => wordsNow()[i] });
  const parts = items.map((item) => ({
    item, line: curvePath(item), band: s("path", { fill: item.spec.style.colour, "fill-opacity": 0.14 }), dots: s("path", { class: "ll-dot", style: { "--c": item.spec.style.colour } }),
  }));
  const hair = s("line", { class: "ll-hair", y1: 0 });
  panel.curves.append(...parts.map(({ band }) => band), ...parts.map(({ line }) => line));
  panel.over.append(hair, ...parts.map(({ dots }) => dots));
  const longest = Math.max(...items.map(({ title }) => title.length));
  let narrow = false;
  return {
    panel,
    resize(width, height, isNarrow) {
      narrow = isNarrow;
      panel.resize(width, height, { right: narrow ? 12 : LETTER * longest + BESIDE });
    },
    draw(along, values, errors, at) {
      const n = wordsNow().length;
      panel.x.domain([-0.25, n - 0.75]);
      panel.y.domain([low - pad, high + pad]);
      panel.axes(along);
      const spot = (i, v) => `${panel.x(i).toFixed(1)},${panel.y(v).toFixed(1)}`;
      parts.forEach(({ item, line, band, dots }, k) => {
        const column = item.shown ? values[k] : [];
        line.setAttribute("d", column.length ? `M${column.map((v, i) => spot(i, v)).join("L")}` : "");
        const edge = (sign) => column.map((v, i) => spot(i, v + sign * errors[k][i]));
        band.setAttribute("d", errors && column.length ? `M${[...edge(1), ...edge(-1).reverse()].join("L")}Z` : "");
        dots.setAttribute("d", column.map((v, i) => `M${spot(i, v)}m-3.5,0a3.5,3.5 0 1 0 7,0a3.5,3.5 0 1 0 -7,0`).join(""));
      });
      upright(hair, panel.x(at), panel.inner.height);
      const named = parts.filter(({ item }) => item.shown).map(({ item }) => ({ text: item.title, colour: item.spec.style.colour, xs: range(n), ys: values[items.indexOf(item)] }));
      panel.label(narrow ? [] : named); // in a narrow column the table names them
    },
  };
}

function gridExplorer({ el, model, manifest, share, drawn }) {
  const table = tableOf(model);
  const result = model.get("result");
  const names = model.get("names");
  const items = makeItems(model.get("losses"), manifest).map((item, k) => ({ ...item, key: String(k), title: names[k], shown: true, spec: { ...item.spec, title: names[k], parameters: [] } }));
  const hidden = hiding(items);
  const place = (now, along = now.along) => now.place[table.names.indexOf(along)];
  const set = setting({
    el, model, share, keep: hidden.keep, kept: hidden.kept,
    read: (get) => ({ along: get("along"), place: [...get("place")] }),
    traits: (now) => ({ along: now.along, place: [...now.place] }),
    link: (now) => ({ along: table.names.indexOf(now.along), place: now.place.join(), hide: hidden.inLink() }),
    linked(given, now) {
      now.along = table.names[given.along] ?? now.along;
      const wanted = (given.place ?? "").split(",").map(Number);
      if (wanted.length === table.names.length && wanted.every((i, k) => table.wordsOf(table.names[k])[i] !== undefined)) now.place = wanted;
      hidden.fromLink(given.hide);
    },
    taken(reset) {
      if (reset) hidden.showAll();
      tabs?.show(state.along);
      rebuild();
    },
  });
  const { state, save } = set;
  const wordsNow = () => table.wordsOf(state.along);
  const picture = pictureOf(items, table, result, wordsNow);
  makeGhosts(set.steps, [picture.panel]);

  const handle = axisHandle({
    panel: picture.panel, range: () => ({ low: 0, high: wordsNow().length - 1, step: 1 }), value: () => place(state),
    onMove(i) {
      state.place[table.names.indexOf(state.along)] = i;
      draw();
      save();
    },
  });
  const tabs = table.names.length > 1 ? choice({
    legend: "Along", value: state.along, options: table.names.map((name) => [name, name]),
    onPick(name) {
      state.along = name;
      rebuild();
      save();
    },
  }) : null;
  const list = h("div", { class: "ll-sliders" });
  const controls = h("div", { class: "ll-controls", hidden: !tabs }, list);
  const read = lossTable({
    caption: "", columns: [result, ...(table.hasErrors ? ["± standard error"] : [])], formats: [three, three],
    onToggle(item) {
      item.shown = !item.shown;
      rebuild();
      save();
    },
  });
  const live = announcer(el);
  const details = tableOnRequest("Table of the lines", () => [
    [state.along, ...items.filter((item) => item.shown).map((item) => item.title)],
    ...wordsNow().map((word, i) => [word, ...table.valuesAt(state.along, state.place).filter((_, k) => items[k].shown).map((column) => column[i])]),
  ]);
  const foot = footer({ set, python: () => `ll.widgets.GridExplorer(losses, settings, values, along=${JSON.stringify(state.along)}, at={${table.names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(table.wordsOf(name)[place(state, name)])}`).join(", ")}})` });
  el.append(picture.panel.root, ...(tabs ? [tabs.root] : []), controls, read.root, foot, details.root, live.root);

  function layout() {
    const { narrow, width } = sideBySide(el, el, 1);
    picture.resize(width, tall("grid", narrow), narrow);
  }
  function rebuild() {
    read.build(items);
    list.replaceChildren(...table.names.filter((name) => name !== state.along).map((name) => stepSlider({
      name, words: table.wordsOf(name), value: place(state, name), onChange: save,
      onInput(i) {
        state.place[table.names.indexOf(name)] = i;
        draw();
      },
    }).root));
    draw();
  }
  function draw() {
    const [values, errors] = [table.valuesAt(state.along, state.place), table.errorsAt(state.along, state.place)];
    const i = place(state);
    picture.draw(state.along, values, errors, i);
    handle.draw(state.along, `${state.along} ${wordsNow()[i]}`);
    items.forEach((item, k) => read.write(item, [values[k][i], ...(errors ? [errors[k][i]] : [])], items));
    read.head.textContent = `at ${state.along} ${wordsNow()[i]}`;
    const others = table.names.filter((name) => name !== state.along).map((name) => `${name} ${table.wordsOf(name)[place(state, name)]}`);
    live.say(`${[`${state.along} ${wordsNow()[i]}`, ...others].join(", ")}: ${items.filter((item) => item.shown).map((item) => `${item.title} ${three(values[items.indexOf(item)][i])}`).join(", ")}.`);
    details.refresh();
    drawn();
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handle, set, live]);
}

export default { name: "grid-explorer", draw: gridExplorer };
