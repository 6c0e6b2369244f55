// PenaltyExplorer: one weight under penalties: what they cost, how they pull, where a proximal step leads.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { manyLosses } from "../parts/many-losses.js";
import { curvePath, limits, makePanel, panelGrid, putDot, sideBySide, tall, upright } from "../parts/panel.js";
import { whileOpen } from "../parts/parts.js";
import { short } from "../parts/row.js";
import { forAll } from "../parts/setting.js";
import { makeSlider } from "../parts/slider.js";
import { whenReady } from "../numbers/compute.js";
import { evenly } from "../numbers/questions.js";

const POINTS = 240;
const LONGEST = 3; // step of the slider

/** The penalties of the figure; `view` has what draws them. */
function penaltiesOf(given, { low, high, longest }, view) {
  const within = (text, from, to) => text !== undefined && Number(text) >= from && Number(text) <= to;
  return manyLosses({
    ...given, noun: "penalty", suits: (spec) => spec.kind === "separable", columns: ["Penalty", "Derivative", "Proximal"],
    read: (get) => ({ step: get("step"), w: get("w") }),
    traits: ({ step, w }) => ({ step, w }),
    link: ({ step, w }) => ({ step, w }),
    linked(link, now) {
      if (within(link.step, 0, longest)) now.step = Number(link.step);
      if (within(link.w, low, high)) now.w = Number(link.w);
    },
    rebuild: () => view.rebuild(), onInput: (item) => view.compute(item, () => view.draw(item)), onChange: () => view.fit(),
    title: "Table of the curves", rows: () => view.rows(),
    python: (penalties) => `ll.widgets.PenaltyExplorer([${penalties}], step=${view.many.state.step}, start=${view.many.state.w}, x_range=(${low}, ${high}))`,
  });
}

/** A panel over the weight, with a hair at it and a dot for each penalty. */
function panelOf(words, { low, high }) {
  const panel = makePanel({ ...words, xLabel: "weight w" });
  Object.assign(panel, { hair: s("line", { class: "ll-hair", y1: 0 }), dots: s("g") });
  panel.over.append(panel.hair, panel.dots);
  panel.x.domain([low, high]);
  return panel;
}

/** The two panels, and in them the curves and the dot of each penalty. */
function pictureOf(plan) {
  const cost = panelOf({ title: "Penalty", sign: "p(w), thin: p′(w)" }, plan);
  const prox = panelOf({ title: "Proximal operator", sign: "dotted: no change" }, plan);
  const same = s("path", { class: "ll-curve ll-same" });
  prox.y.domain([plan.low, plan.high]);
  const marks = new Map();
  return {
    cost, prox,
    build(items) {
      marks.clear();
      for (const item of items) {
        const lines = { value: curvePath(item), gradient: curvePath(item), prox: curvePath(item) };
        lines.gradient.classList.add("ll-thin");
        const dots = [cost, prox].map(() => s("circle", { r: 4.5, class: "ll-dot", style: { "--c": item.spec.style?.colour } }));
        marks.set(item.key, { lines, dots });
      }
      const all = [...marks.values()];
      cost.curves.replaceChildren(...all.flatMap(({ lines }) => [lines.gradient, lines.value]));
      prox.curves.replaceChildren(same, ...all.map(({ lines }) => lines.prox));
      [cost, prox].forEach((panel, i) => panel.dots.replaceChildren(...all.map(({ dots }) => dots[i])));
    },
    /** Axes, with the scale that these curves want. */
    fit(columns) {
      cost.y.domain(limits(columns, { floor: 0 }));
      for (const panel of [cost, prox]) panel.axes();
      same.setAttribute("d", prox.path(plan.xs, plan.xs));
    },
    lines(item, along) {
      for (const [name, line] of Object.entries(marks.get(item.key).lines)) {
        line.setAttribute("d", along ? (name === "prox" ? prox : cost).path(plan.xs, along[name]) : "");
      }
    },
    hair: (w) => [cost, prox].forEach((panel) => upright(panel.hair, panel.x(w), panel.inner.height)),
    dots: (item, w, heights) => [cost, prox].forEach((panel, i) => putDot(panel, marks.get(item.key).dots[i], panel.x(w), heights[i])),
  };
}

function penaltyExplorer(given) {
  const { el, model, compute, drawn } = given;
  const [low, high] = model.get("x_range");
  const plan = { low, high, longest: Math.max(LONGEST, model.get("step")), xs: evenly(low, high, POINTS) };
  const view = { rebuild, compute: along, draw, fit, rows };
  const many = penaltiesOf(given, plan, view);
  view.many = many;
  const { state, save } = many;
  const picture = pictureOf(plan);
  makeGhosts(many.steps, [picture.cost, picture.prox]);
  const curves = new Map(); // what each penalty says along the axis
  const said = new Map();

  const handle = axisHandle({
    panel: picture.cost, also: [picture.prox], value: () => state.w,
    range: () => ({ low, high, step: (high - low) / 240, keys: (high - low) / 120 }),
    onMove: (w) => put({ w: short(w) }, reading),
  });
  const where = h("span");
  many.table.head.append("at ", h("span", { class: "ll-sign" }, "w"), where);
  const slider = makeSlider({
    name: "step", label: "Proximal", value: state.step, range: { min: 0, max: plan.longest, log: false },
    onInput: (step) => put({ step }, () => state.items.forEach((item) => along(item, () => draw(item)))),
  });
  const grid = panelGrid([picture.cost, picture.prox]);
  many.place([grid], [h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, slider.root))]);

  function put(change, then) {
    Object.assign(state, change);
    then();
    save();
  }
  /** Asks for the numbers of a penalty at weights. */
  const ask = (item, w, purpose, then) => whenReady(compute.run("penalty", item, { w, n: w.length, step: state.step }, `${item.key}:${purpose}`),
    (r) => state.items.includes(item) && then(many.right(item, r) ? r : null)); // it may be gone by now
  function along(item, done) {
    ask(item, plan.xs, "along", (r) => {
      if (r) curves.set(item.key, r);
      else curves.delete(item.key);
      done();
    });
  }
  function rebuild() {
    curves.clear();
    said.clear();
    many.build();
    picture.build(state.items);
    slider.set(state.step);
    forAll(state.items, along, () => {
      fit();
      drawn();
    });
  }
  const known = () => many.shown().filter((item) => curves.has(item.key));
  function fit() {
    picture.fit(known().flatMap(({ key }) => [curves.get(key).value, curves.get(key).gradient]));
    for (const item of state.items) draw(item);
  }
  function draw(item) {
    picture.lines(item, item.shown && curves.get(item.key));
    reading([item]);
    many.details.refresh();
  }
  function reading(items = state.items) {
    const { w } = state;
    write(where, ` = ${plain(w)}`);
    handle.draw("Weight w", plain(w));
    picture.hair(w);
    for (const item of items) {
      if (item.shown) ask(item, [w], "at", (r) => tell(item, w, r));
      else tell(item, w, null);
    }
  }
  function tell(item, w, answer) {
    const [v, g, p] = answer ? [answer.value, answer.gradient, answer.prox].map(([one]) => one) : [];
    many.write(item, answer && [v, g, p]);
    picture.dots(item, w, [v, p]);
    if (!answer) return;
    said.set(item.key, `${many.label(item)} ${number(v)}, derivative ${number(g)}, moved to ${number(p)}`);
    many.live.say(`Weight ${plain(w)}: ${many.shown().map(({ key }) => said.get(key)).filter(Boolean).join("; ")}.`);
  }
  function rows() {
    const heads = known().flatMap((item) => [many.label(item), "derivative", "proximal"]);
    const places = Array.from({ length: 13 }, (_, k) => (k * POINTS) / 12);
    const numbers = (i) => known().map(({ key }) => curves.get(key)).flatMap(({ value, gradient, prox }) => [value[i], gradient[i], prox[i]]);
    return [["w", ...heads], ...places.map((i) => [plain(plan.xs[i]), ...numbers(i)])];
  }
  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    for (const panel of [picture.cost, picture.prox]) panel.resize(width, tall("beside", narrow));
  }

  layout();
  rebuild();
  return whileOpen(el, () => { layout(); fit(); }, [handle, ...many.parts, compute]);
}

export default { name: "penalty-explorer", draw: penaltyExplorer };
