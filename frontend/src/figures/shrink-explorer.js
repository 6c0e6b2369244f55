// ShrinkExplorer: one weight under penalties: what they cost, where a proximal step leads, what becomes 0 and what stays too small.

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
const FAR = 64; // ends of the axis within which the end of a dead zone is looked for, and
const ROUNDS = 4; // how often more closely
const STEEP = 4; // a proximal operator jumps where it rises so many times faster than its weight


/** The penalties of the figure; `view` has what draws them. */
function penaltiesOf(given, { low, high, longest }, view) {
  const within = (text, from, to) => text !== undefined && Number(text) >= from && Number(text) <= to;
  return manyLosses({
    ...given, noun: "penalty", suits: (spec) => spec.kind === "separable", columns: ["Proximal", "Dead zone", "Bias"],
    read: (get) => ({ step: get("step"), w: get("w") }),
    traits: ({ step, w }) => ({ step, w }),
    link: ({ step, w }) => ({ step, w }),
    linked(link, now) {
      if (within(link.step, 0, longest)) now.step = Number(link.step);
      if (within(link.w, low, high)) now.w = Number(link.w);
    },
    rebuild: () => view.rebuild(), onInput: (item) => view.compute(item, () => view.draw(item)), onChange: () => view.fit(),
    title: "Table of the curves", rows: () => view.rows(),
    python: (penalties) => `ll.widgets.ShrinkExplorer([${penalties}], step=${view.many.state.step}, start=${view.many.state.w}, x_range=(${low}, ${high}))`,
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
  const prox = panelOf({ title: "Proximal operator", sign: "shaded: dead zone, bar: bias" }, plan);
  const same = s("path", { class: "ll-curve ll-same" });
  prox.y.domain([plan.low, plan.high]);
  const zones = s("g");
  const gaps = s("g");
  const marks = new Map();
  return {
    cost, prox,
    build(items) {
      marks.clear();
      for (const item of items) {
        const lines = { value: curvePath(item), gradient: curvePath(item), prox: curvePath(item) };
        lines.gradient.classList.add("ll-thin");
        const dots = [cost, prox].map(() => s("circle", { r: 4.5, class: "ll-dot", style: { "--c": item.spec.style?.colour } }));
        const colour = { "--c": item.spec.style?.colour };
        marks.set(item.key, { lines, dots, zone: s("rect", { class: "ll-fan", y: 0, style: colour }), gap: s("path", { class: "ll-arrow ll-pushed", style: colour }) });
      }
      const all = [...marks.values()];
      cost.curves.replaceChildren(...all.flatMap(({ lines }) => [lines.gradient, lines.value]));
      prox.curves.replaceChildren(zones, same, gaps, ...all.map(({ lines }) => lines.prox));
      zones.replaceChildren(...all.map(({ zone }) => zone));
      gaps.replaceChildren(...all.map(({ gap }) => gap));
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
        const panel = name === "prox" ? prox : cost;
        line.setAttribute("d", along ? panel.path(plan.xs, along[name], name === "prox" ? STEEP * (plan.xs[1] - plan.xs[0]) : undefined) : "");
      }
      const { zone, gap } = marks.get(item.key);
      const [from, to] = (along?.zone ?? [0, 0]).map((w) => Math.max(0, Math.min(prox.inner.width, prox.x(w))));
      zone.setAttribute("x", from);
      zone.setAttribute("width", Math.max(0, to - from));
      zone.setAttribute("height", prox.inner.height);
      // The bias, from the curve to the line of no change, is seen where the axis ends.
      const end = plan.xs.at(-1);
      gap.setAttribute("d", along && Math.abs(along.bias) > 0 ? `M${prox.x(end) - 3 - 4 * [...marks.keys()].indexOf(item.key)},${prox.y(end).toFixed(1)}V${prox.y(end - along.bias).toFixed(1)}` : "");
    },
    hair: (w) => [cost, prox].forEach((panel) => upright(panel.hair, panel.x(w), panel.inner.height)),
    dots: (item, w, heights) => [cost, prox].forEach((panel, i) => putDot(panel, marks.get(item.key).dots[i], panel.x(w), heights[i])),
  };
}

function shrinkExplorer(given) {
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
      if (!r) {
        curves.delete(item.key);
        return done();
      }
      zoneEnd(item, -1, (low) => zoneEnd(item, 1, (end) => {
        curves.set(item.key, { ...r, zone: [low, end], bias: plan.xs.at(-1) - r.prox.at(-1) });
        done();
      }));
    });
  }
  /** How far from 0, to the side `way`, weights become 0: looked at more and more closely. */
  function zoneEnd(item, way, then, from = 0, to = way * FAR * Math.max(Math.abs(low), Math.abs(high)), rounds = ROUNDS) {
    const places = evenly(from, to, POINTS);
    ask(item, places, `zone${way}`, (r) => {
      const i = r ? r.prox.findIndex((v) => v !== 0) : 0;
      if (i < 0) then(way * Infinity);
      else if (i === 0 || rounds === 1) then(i ? places[i - 1] : 0);
      else zoneEnd(item, way, then, places[i - 1], places[i], rounds - 1);
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
    const { zone, bias } = curves.get(item.key) ?? { zone: [NaN, NaN], bias: NaN };
    many.write(item, answer && [p, zone[1], bias]);
    picture.dots(item, w, [v, p]);
    if (!answer) return;
    said.set(item.key, `${many.label(item)} ${number(v)}, derivative ${number(g)}, moved to ${number(p)}, dead zone up to ${number(zone[1])}, bias at ${plain(high)} ${number(bias)}`);
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

export default { name: "shrink-explorer", draw: shrinkExplorer };
