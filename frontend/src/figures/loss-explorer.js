// LossExplorer: value, gradient and curvature of a set of losses over residual or score.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { asPython, asTrait, axisOf, fits, fromLink, labelOf, makeItems, spoken, toLink } from "../parts/items.js";
import { curvePath, limits, makePanel, sideBySide } from "../parts/panel.js";
import { addMenu, announcer, choice, footer, lossTable, sliderBox, tableOnRequest, whileOpen } from "../parts/parts.js";
import { makeSlider } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";
import { whenReady } from "../numbers/compute.js";
import { weights } from "../numbers/weights.js";
import { curveOf } from "../numbers/questions.js";

const POINTS = 400;

const AXES = {
  residual: { name: "residual r = ŷ − y", short: "r", word: "Residual" },
  score: { name: "score f", short: "f", word: "Score" },
  prediction: { name: "prediction ŷ", short: "ŷ", word: "Prediction" },
  "log mean": { name: "log-mean h", short: "h", word: "Log-mean" },
  "logit mean": { name: "logit of the mean h", short: "h", word: "Logit of the mean" },
};
const PANELS = {
  value: { title: "Value", sign: "ℓ", floor: 0 },
  gradient: { title: "Gradient", sign: "∂ℓ/∂" },
  influence: { title: "Influence", sign: "ψ = ∂ℓ/∂" },
  curvature: { title: "Curvature", sign: "∂²ℓ/∂", floor: 0, tail: 0.02 },
  weight: { title: "Weight", sign: "ψ(r)/r", floor: 0, tail: 0.1 },
};

function lossExplorer({ el, model, manifest, compute, share, drawn }) {
  const axis = axisOf(makeItems(model.get("losses"), manifest).map((item) => item.spec));
  const words = AXES[axis] ?? { ...AXES.prediction, name: `prediction ŷ (${axis})` };
  const show = model.get("show");
  const at0 = model.get("at");
  const start = {
    losses: model.get("losses"), range: model.get("x_range"), yTrue: model.get("y_true"),
  };
  const [low, high] = start.range;
  const state = { items: makeItems(start.losses, manifest), yTrue: start.yTrue, at: at0 };
  restore(share?.read());

  // The abscissa: predictions at which every loss is computed. r = ŷ − y for residuals.
  const xs = Float64Array.from({ length: POINTS + 1 }, (_, i) => low + ((high - low) * i) / POINTS);
  const shift = () => (axis === "residual" ? state.yTrue : 0);
  const predictions = (list) => (shift() ? list.map((v) => v + shift()) : list);
  const targets = (n) => new Float64Array(n).fill(state.yTrue);
  const column = (name, r, x) => {
    if (name === "influence") return r.gradient;
    if (name === "weight") return weights(r, x, axis === "residual" ? 0 : state.yTrue);
    return r[name];
  };

  const panels = show.map((name) => {
    const info = PANELS[name];
    const suffix = name === "value" || name === "weight" ? "" : axis === "residual" ? "ŷ" : words.short;
    const sign = name === "curvature" && suffix ? `${info.sign}${suffix}²` : info.sign + suffix;
    const panel = makePanel({ title: info.title, sign, xLabel: words.name });
    panel.name = name;
    panel.info = info;
    panel.hair = s("line", { class: "ll-hair", y1: 0 });
    panel.dots = s("g");
    panel.over.append(panel.hair, panel.dots);
    panel.paths = new Map();
    panel.x.domain([low, high]);
    return panel;
  });

  const grid = h("div", { class: "ll-panels" }, panels.map((p) => p.root));
  const handle = axisHandle({
    panel: panels[0], also: panels.slice(1), hover: true, value: () => state.at,
    range: () => ({ low, high, step: (high - low) / 200, keys: (high - low) / 100 }),
    onMove: (v) => {
      state.at = Number(v.toPrecision(10));
      drawReading();
      save();
    },
  });

  const table = lossTable({
    caption: "", columns: show.map((name) => PANELS[name].title), onToggle: (item) => {
      item.shown = !item.shown;
      rebuild();
      save();
    },
  });
  const where = h("span");
  table.head.append("at ", h("span", { class: "ll-sign" }, words.short), where);
  const live = announcer(el);
  const sliders = sliderBox({ onInput: (item) => drawLoss(item, true), onChange: () => { refit(); save(); } });
  const target = targetControl();
  const specs = manifest.filter((spec) => fits(spec, axis)).sort((a, b) => a.title.localeCompare(b.title));
  const menu = addMenu({ specs, items: () => state.items, onAdd: (item) => { state.items.push(item); rebuild(); save(); } });
  const details = tableOnRequest("Table of the curves", tableRows);
  const foot = footer({
    before: [menu.root],
    onReset: reset,
    link: share && (() => share.write({ losses: toLink(state.items), at: plainNumber(state.at), y: plainNumber(state.yTrue) })),
    python: () => `ll.widgets.LossExplorer([${asPython(state.items)}], x_range=(${low}, ${high}), show=(${show.map((n) => `"${n}"`).join(", ")},), y_true=${state.yTrue}, at=${plainNumber(state.at)})`,
  });
  el.append(grid, table.root, target?.root ?? "", sliders.root, foot, details.root, live.root);

  const results = new Map();
  const errors = new Map();
  const values = () => ({ losses: asTrait(state.items), y_true: state.yTrue, at: state.at });
  const sync = syncTraits(model, values, () => {
    state.items = makeItems(model.get("losses"), manifest);
    state.yTrue = model.get("y_true");
    state.at = model.get("at");
    target?.set(state.yTrue);
    rebuild();
  });
  const save = sync.save;

  function plainNumber(v) { return Number(v.toPrecision(4)); }

  function restore(given) {
    if (!given) return;
    const items = given.losses ? fromLink(given.losses, manifest).filter((item) => fits(item.spec, axis)) : [];
    if (items.length) state.items = items;
    const at = Number(given.at);
    if (given.at !== undefined && at >= low && at <= high) state.at = at;
    if (given.y !== undefined && Number.isFinite(Number(given.y))) state.yTrue = Number(given.y);
  }

  function reset() {
    state.items = makeItems(start.losses, manifest);
    state.yTrue = start.yTrue;
    state.at = at0;
    target?.set(state.yTrue);
    share?.clear();
    rebuild();
    save();
  }

  function targetControl() {
    const pick = (v) => {
      state.yTrue = v;
      drawAll(true);
      save();
    };
    if (axis === "score") {
      const c = choice({ legend: "Label y", options: [[1, "1"], [0, "0"]], value: state.yTrue, onPick: pick });
      return { root: c.root, set: c.show };
    }
    if (axis === "residual") return null;
    const made = makeSlider({ name: "y", label: "Target", value: state.yTrue, range: targetRange(), onInput: (v) => { state.yTrue = v; drawAll(false); }, onChange: () => { fitScales(); save(); } });
    return { root: h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, made.root)), set: made.set };
  }
  function targetRange() {
    if (axis === "logit mean") return { min: Math.min(0.02, state.yTrue), max: Math.max(0.98, state.yTrue), log: false };
    const bottom = Math.max(low, 0) || (high - low) / 100;
    const top = axis === "log mean" ? Math.exp(high) : high;
    return { min: Math.min(bottom, state.yTrue), max: Math.max(top, state.yTrue), log: false };
  }

  function layout() {
    const { narrow, columns, width } = sideBySide(el, grid, Math.min(3, panels.length));
    for (const panel of panels) panel.resize(width, narrow ? 190 : columns === 1 ? 300 : 250);
  }

  function drawFrame() {
    for (const panel of panels) {
      panel.axes();
      panel.hair.setAttribute("y2", panel.inner.height);
    }
    for (const item of state.items) drawPaths(item);
    drawLabels();
    drawReading();
  }

  function fitScales() {
    for (const panel of panels) {
      const columns = shownItems().map((item) => results.get(item.key)).filter(Boolean).map((r) => column(panel.name, r, xs));
      panel.y.domain(limits(columns, panel.info));
    }
    drawFrame();
  }

  /** After a drag: new scales only if the old ones no longer serve. */
  function refit() {
    const poor = panels.some((panel) => {
      const columns = shownItems().map((item) => results.get(item.key)).filter(Boolean).map((r) => column(panel.name, r, xs));
      const [a, b] = limits(columns, panel.info);
      const [c, d] = panel.y.domain();
      const ratio = (b - a) / (d - c);
      return ratio > 1.5 || ratio < 0.5;
    });
    if (poor) fitScales();
  }

  const shownItems = () => state.items.filter((item) => item.shown);

  function rebuild() {
    errors.clear();
    for (const panel of panels) {
      panel.paths = new Map(shownItems().map((item) => [item.key, curvePath(item)]));
      panel.curves.replaceChildren(...panel.paths.values());
      panel.marks = new Map(shownItems().map((item) => [item.key, s("circle", { r: 3.5, class: "ll-dot", visibility: "hidden", style: { "--c": item.spec.style?.colour } })]));
      panel.dots.replaceChildren(...panel.marks.values());
    }
    table.build(state.items);
    sliders.build(state.items);
    menu.refresh();
    drawAll(true);
  }

  function drawAll(rescale) {
    let pending = shownItems().length;
    const arrived = () => {
      pending -= 1;
      if (pending === 0) {
        if (rescale) fitScales();
        else drawFrame();
        drawn();
      }
    };
    if (!pending) drawFrame();
    for (const item of shownItems()) {
      whenReady(curveOf(compute, item, targets(xs.length), predictions(xs), item.key), (r) => {
        keep(item, r);
        arrived();
      });
    }
  }

  function keep(item, r) {
    if (r.error) {
      results.delete(item.key);
      errors.set(item.key, `${labelOf(item, state.items)}: ${r.error}`);
    } else {
      results.set(item.key, r);
      errors.delete(item.key);
    }
    write(note, [...errors.values()].join(" "));
    note.hidden = !errors.size;
  }

  /** One loss changed: only its curves, the labels and its row are drawn again. */
  function drawLoss(item) {
    whenReady(curveOf(compute, item, targets(xs.length), predictions(xs), item.key), (r) => {
      keep(item, r);
      drawPaths(item);
      drawLabels();
      drawReading();
    });
  }

  function drawPaths(item) {
    const r = results.get(item.key);
    for (const panel of panels) {
      const path = panel.paths.get(item.key);
      if (path) path.setAttribute("d", r ? panel.path(xs, column(panel.name, r, xs)) : "");
    }
  }

  function drawLabels() {
    // Many names in small panels would hide the curves; the table below is the legend too.
    const count = shownItems().length;
    panels.forEach((panel, i) => {
      const crowded = panel.inner.width < 400 && (count > 5 || (count > 4 && i > 0));
      panel.label(crowded ? [] : shownItems().filter((item) => results.has(item.key)).map((item) => ({
        xs, ys: column(panel.name, results.get(item.key), xs), text: labelOf(item, state.items), colour: item.spec.style?.colour,
      })));
    });
  }

  function drawReading() {
    const x = Float64Array.of(state.at);
    const px = panels[0].x(state.at);
    handle.draw(`${words.word} ${words.short} at which the numbers are read`, `${words.short} = ${number(state.at)}`);
    write(where, ` = ${plain(state.at)}`);
    for (const panel of panels) {
      panel.hair.setAttribute("x1", px);
      panel.hair.setAttribute("x2", px);
    }
    // Rows of losses computed in Python arrive later: the sentence is said anew with each.
    const said = [];
    const say = () => live.say(`At ${words.short} = ${plain(state.at)}. ${said.join(". ")}.`);
    for (const item of state.items) {
      if (!item.shown) {
        table.write(item, null, state.items);
        continue;
      }
      whenReady(curveOf(compute, item, targets(1), predictions(x), `${item.key}:at`), (r) => {
        if (r.error) return;
        const values = show.map((name) => column(name, r, x)[0]);
        table.write(item, values, state.items);
        panels.forEach((panel, i) => {
          const mark = panel.marks.get(item.key);
          const [a, b] = panel.y.domain();
          const inside = values[i] >= a && values[i] <= b;
          mark?.setAttribute("visibility", inside ? "visible" : "hidden");
          if (inside) {
            mark?.setAttribute("cx", px);
            mark?.setAttribute("cy", panel.y(values[i]));
          }
        });
        said.push(`${labelOf(item, state.items)}: ${spoken(show.map((name, i) => [PANELS[name].title.toLowerCase(), values[i]]))}`);
        say();
      });
    }
    details.refresh();
  }

  function tableRows() {
    const items = shownItems().filter((item) => results.has(item.key));
    const head = [words.short, ...items.flatMap((item) => show.map((name) => `${labelOf(item, state.items)}, ${PANELS[name].title.toLowerCase()}`))];
    const rows = [];
    for (let i = 0; i <= POINTS; i += POINTS / 10) {
      rows.push([plain(xs[i]), ...items.flatMap((item) => show.map((name) => column(name, results.get(item.key), xs)[i]))]);
    }
    return [head, ...rows];
  }

  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  el.insertBefore(note, foot);

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    drawFrame();
  }, [handle, sync, live, compute]);
}

export default { name: "loss-explorer", draw: lossExplorer };
