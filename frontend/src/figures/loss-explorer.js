// LossExplorer: value, gradient and curvature of a set of losses over residual or score.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { axisOf, fits, makeItems, spoken } from "../parts/items.js";
import { manyLosses } from "../parts/many-losses.js";
import { limits, makePanel, outgrown, panelGrid, putDot, sideBySide, tall, upright } from "../parts/panel.js";
import { whileOpen } from "../parts/parts.js";
import { makeGhosts } from "../parts/ghosts.js";
import { forAll } from "../parts/setting.js";
import { axes, panels as titles } from "../parts/shared.js";
import { targetControl } from "../parts/target-control.js";
import { whenReady } from "../numbers/compute.js";
import { weights } from "../numbers/weights.js";
import { curveOf, evenly } from "../numbers/questions.js";

const POINTS = 400;
const LOOKS = {
  value: { sign: "ℓ", floor: 0 },
  gradient: { sign: "∂ℓ/∂" },
  influence: { sign: "ψ = ∂ℓ/∂" },
  curvature: { sign: "∂²ℓ/∂", floor: 0, tail: 0.02 },
  weight: { sign: "ψ(r)/r", floor: 0, tail: 0.1 },
};
const short = (v) => Number(v.toPrecision(4));

/** What stays as it is: the axis and its words, the panels, the places at which losses are computed. */
function planOf({ model, manifest }) {
  const axis = axisOf(makeItems(model.get("losses"), manifest).map((item) => item.spec));
  const [low, high] = model.get("x_range");
  const words = axes[axis] ?? { ...axes.prediction, name: `${axes.prediction.name} (${axis})` };
  return { axis, words, low, high, show: model.get("show"), xs: evenly(low, high, POINTS) };
}

function panelOf(name, { axis, words, low, high }) {
  const look = LOOKS[name];
  const suffix = name === "value" || name === "weight" ? "" : axis === "residual" ? "ŷ" : words.short;
  const sign = name === "curvature" && suffix ? `${look.sign}${suffix}²` : look.sign + suffix;
  const panel = makePanel({ title: titles[name], sign, xLabel: words.name });
  Object.assign(panel, { name, look, hair: s("line", { class: "ll-hair", y1: 0 }), dots: s("g") });
  panel.over.append(panel.hair, panel.dots);
  panel.x.domain([low, high]);
  return panel;
}

/** The numbers: `at(item, places, purpose, then)`, and the column of an answer that a panel shows. */
function questions({ axis }, state, compute) {
  // The abscissa is r = ŷ − y for residuals.
  const shift = () => (axis === "residual" ? state.yTrue : 0);
  return {
    at(item, places, purpose, then) {
      const f = shift() ? places.map((v) => v + shift()) : places;
      whenReady(curveOf(compute, item, new Float64Array(places.length).fill(state.yTrue), f, item.key + purpose), then);
    },
    column(name, r, x) {
      if (name === "influence") return r.gradient;
      if (name === "weight") return weights(r, x, axis === "residual" ? 0 : state.yTrue);
      return r[name];
    },
  };
}

/** Curves in panels with their scales and names. */
function curvesOf({ plan: { xs }, panels, many, ask }) {
  const results = new Map();
  const known = () => many.shown().filter((item) => results.has(item.key));
  const ys = (panel, item) => ask.column(panel.name, results.get(item.key), xs);
  const wanted = (panel) => limits(known().map((item) => ys(panel, item)), panel.look);
  return {
    known, ys,
    keep(item, r) {
      if (many.right(item, r)) results.set(item.key, r);
      else results.delete(item.key);
    },
    fit: () => panels.forEach((panel) => panel.y.domain(wanted(panel))),
    outgrown: () => panels.some((panel) => outgrown(panel, wanted(panel))),
    draw(item) {
      for (const panel of panels) panel.paths.get(item.key)?.setAttribute("d", results.has(item.key) ? panel.path(xs, ys(panel, item)) : "");
    },
    name() {
      // Many names in small panels would hide the curves; the table below is the legend too.
      const count = many.shown().length;
      panels.forEach((panel, i) => {
        const crowded = panel.inner.width < 400 && (count > 5 || (count > 4 && i > 0));
        panel.label(crowded ? [] : known().map((item) => ({ xs, ys: ys(panel, item), text: many.label(item), colour: item.spec.style?.colour })));
      });
    },
  };
}

/** The numbers at one place: hairlines, dots, the row of each loss, and a sentence. */
function readingOf({ plan: { show, words }, panels, many, ask, handle, where }) {
  const { state } = many;
  function mark(panel, item, px, v) {
    const dot = panel.marks.get(item.key);
    if (dot) putDot(panel, dot, px, v);
  }
  return function draw() {
    const x = Float64Array.of(state.at);
    const px = panels[0].x(state.at);
    handle.draw(`${words.word[0].toUpperCase()}${words.word.slice(1)} ${words.short} at which the numbers are read`, `${words.short} = ${number(state.at)}`);
    write(where, ` = ${plain(state.at)}`);
    for (const panel of panels) upright(panel.hair, px);
    // Rows of losses computed in Python arrive later: the sentence is said anew with each.
    const said = [];
    for (const item of state.items) {
      if (!item.shown) {
        many.write(item, null);
        continue;
      }
      ask.at(item, x, ":at", (r) => {
        if (r.error) return;
        const values = show.map((name) => ask.column(name, r, x)[0]);
        many.write(item, values);
        panels.forEach((panel, i) => mark(panel, item, px, values[i]));
        said.push(`${many.label(item)}: ${spoken(show.map((name, i) => [titles[name].toLowerCase(), values[i]]))}`);
        many.live.say(`At ${words.short} = ${plain(state.at)}. ${said.join(". ")}.`);
      });
    }
    many.details.refresh();
  };
}

/** The losses of the figure; `view` has what draws them. */
function lossesOf({ el, model, manifest, share, plan: { axis, show, low, high, xs, words } }, view) {
  const inside = (v) => v >= low && v <= high;
  return manyLosses({
    el, model, manifest, share, suits: (spec) => fits(spec, axis), columns: show.map((name) => titles[name]),
    read: (get) => ({ yTrue: get("y_true"), at: get("at") }),
    traits: ({ yTrue, at }) => ({ y_true: yTrue, at }),
    link: ({ yTrue, at }) => ({ at: short(at), y: short(yTrue) }),
    quiet: ["at"],
    linked(given, now) {
      if (given.at !== undefined && inside(Number(given.at))) now.at = Number(given.at);
      if (given.y !== undefined && Number.isFinite(Number(given.y))) now.yTrue = Number(given.y);
    },
    taken: () => view.target?.show(view.many.state.yTrue), rebuild: () => view.rebuild(),
    onInput: (item) => view.drawLoss(item), onChange: () => view.refit(),
    title: "Table of the curves",
    rows() {
      const { curves, many, panels } = view;
      const columns = curves.known().flatMap((item) => panels.map((panel) => [`${many.label(item)}, ${titles[panel.name].toLowerCase()}`, curves.ys(panel, item)]));
      const places = Array.from({ length: 11 }, (_, i) => (i * POINTS) / 10);
      return [[words.short, ...columns.map(([name]) => name)], ...places.map((i) => [plain(xs[i]), ...columns.map(([, ys]) => ys[i])])];
    },
    python: (losses) => `ll.widgets.LossExplorer([${losses}], x_range=(${low}, ${high}), show=(${show.map((n) => `"${n}"`).join(", ")},), y_true=${view.many.state.yTrue}, at=${short(view.many.state.at)})`,
  });
}

function lossExplorer(given) {
  const { el, compute, drawn } = given;
  const plan = planOf(given);
  const { low, high } = plan;
  const panels = plan.show.map((name) => panelOf(name, plan));
  const grid = panelGrid(panels);
  const view = { panels };
  const many = lossesOf({ ...given, plan }, view);
  makeGhosts(many.steps, panels);
  const ask = questions(plan, many.state, compute);
  const curves = curvesOf({ plan, panels, many, ask });
  const handle = axisHandle({
    panel: panels[0], also: panels.slice(1), hover: true, value: () => many.state.at,
    range: () => ({ low, high, step: (high - low) / 200, keys: (high - low) / 100 }),
    onMove(v) {
      many.state.at = Number(v.toPrecision(10));
      drawReading();
      many.save();
    },
  });
  const where = h("span");
  many.table.head.append("at ", h("span", { class: "ll-sign" }, plan.words.short), where);
  const drawReading = readingOf({ plan, panels, many, ask, handle, where });
  const target = targetControl(plan, many, drawAll);
  many.place([grid], target ? [target.root] : []);
  Object.assign(view, { many, curves, target, rebuild, drawLoss, refit });

  function layout() {
    const { narrow, columns, width } = sideBySide(el, grid, Math.min(3, panels.length));
    for (const panel of panels) panel.resize(width, tall(columns === 1 ? "alone" : "beside", narrow));
  }
  function drawFrame() {
    for (const panel of panels) {
      panel.axes();
      panel.hair.setAttribute("y2", panel.inner.height);
    }
    many.state.items.forEach(curves.draw);
    curves.name();
    drawReading();
  }
  /** After a drag: new scales only if the old ones no longer serve. */
  function refit() {
    if (!curves.outgrown()) return;
    curves.fit();
    drawFrame();
  }
  const computed = (item, then) => ask.at(item, plan.xs, "", (r) => {
    curves.keep(item, r);
    then();
  });
  function drawAll(rescale) {
    forAll(many.shown(), computed, () => {
      if (rescale) curves.fit();
      drawFrame();
      drawn();
    });
  }
  /** One loss changed: only its curves, the labels and its row are drawn again. */
  function drawLoss(item) {
    computed(item, () => {
      curves.draw(item);
      curves.name();
      drawReading();
    });
  }
  function rebuild() {
    for (const panel of panels) {
      many.paths(panel);
      panel.marks = new Map(many.shown().map((item) => [item.key, s("circle", { r: 3.5, class: "ll-dot", visibility: "hidden", style: { "--c": item.spec.style?.colour } })]));
      panel.dots.replaceChildren(...panel.marks.values());
    }
    many.build();
    drawAll(true);
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    drawFrame();
  }, [handle, ...many.parts, compute]);
}

export default { name: "loss-explorer", draw: lossExplorer };
