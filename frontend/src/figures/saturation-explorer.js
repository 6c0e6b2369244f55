// SaturationExplorer: the activation of an output under several losses, over the number z before it. Prediction, loss, the
// size of the gradient on a logarithmic axis, and gradient descent in z from a place that is dragged, step by step.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain, tenTo } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { makeItems, spoken } from "../parts/items.js";
import { manyLosses } from "../parts/many-losses.js";
import { makePanel, panelGrid, putDot, sideBySide, tall, upright } from "../parts/panel.js";
import { choice, whileOpen } from "../parts/parts.js";
import { forAll } from "../parts/setting.js";
import { filled, most, saturation } from "../parts/shared.js";
import { makeSlider } from "../parts/slider.js";
import { whenReady } from "../numbers/compute.js";
import { activatedAt, composedOf, descentOf, evenly } from "../numbers/questions.js";

const POINTS = 400;
const { activations, titles } = saturation;
const Z = "z, before the activation";
const short = (v) => Number(v.toPrecision(5));
const inRange = (v, [low, high]) => Math.max(low, Math.min(high, v));
const counted = (v) => (v > saturation.most ? `> ${tenTo(Math.round(Math.log10(saturation.most)))}` : v.toLocaleString("en"));

const takes = (spec, activation) => activations[activation].takes.includes(spec.output);
const isInside = (spec, activation) => spec.output === activations[activation].inside;

/** What a target is under an activation: the nearest that is legal. */
function targetUnder(activation, y) {
  const { labels, y: bounds } = activations[activation];
  if (labels) return labels.includes(y) ? y : labels[y > 0.5 ? 0 : 1];
  return inRange(y, bounds);
}

/** The losses of the figure; `view` has what draws them. */
function lossesOf(given, view) {
  const legal = (now) => {
    now.yTrue = targetUnder(now.activation, now.yTrue);
    now.at = inRange(now.at, activations[now.activation].range);
    now.rate = inRange(now.rate, saturation.rates);
    return now;
  };
  return manyLosses({
    ...given, most: most.classifiers, columns: ["Loss", "Gradient", "Steps"], formats: [number, number, counted],
    suits: (spec) => Object.keys(activations).some((activation) => takes(spec, activation)),
    read: (get) => legal({ activation: get("activation"), yTrue: get("y_true"), at: get("at"), rate: get("learning_rate") }),
    traits: ({ activation, yTrue, at, rate }) => ({ activation, y_true: yTrue, at, learning_rate: rate }),
    link: ({ activation, yTrue, at, rate }) => ({ a: activation, y: short(yTrue), z: short(at), rate: short(rate) }),
    quiet: ["at"],
    linked(link, now) {
      const told = (name) => link[name] !== undefined && Number.isFinite(Number(link[name]));
      if (Object.hasOwn(activations, link.a)) now.activation = link.a;
      if (told("y")) now.yTrue = Number(link.y);
      if (told("z")) now.at = Number(link.z);
      if (told("rate")) now.rate = Number(link.rate);
      legal(now);
    },
    taken: () => view.show(),
    rebuild: () => view.rebuild(), onInput: () => view.drawAll(), onChange: () => view.drawAll(),
    title: "Table of the curves", rows: () => view.rows(),
    python(losses) {
      const { activation, yTrue, at, rate } = view.many.state;
      return `ll.widgets.SaturationExplorer([${losses}], "${activation}", y_true=${short(yTrue)}, at=${short(at)}, learning_rate=${short(rate)})`;
    },
  });
}

/** The numbers: curves along the axis, what is at the place, and the way down from there. */
function questions({ compute }, many) {
  const { state } = many;
  const curves = new Map();
  const ways = new Map();
  let xs = [];
  let link = { f: [], s: [] };
  let asked = 0;
  const drawn = () => many.shown().filter(({ spec }) => takes(spec, state.activation));
  const composed = (item, z, { f, s: slopes }, key, then) => whenReady(composedOf(compute, item, {
    inside: isInside(item.spec, state.activation), y: state.yTrue, z, f, s: slopes,
  }, item.key + key), then);
  return {
    curves, ways, drawn,
    xs: () => xs,
    predictions: () => link.f,
    all(done) {
      xs = evenly(...activations[state.activation].range, POINTS);
      curves.clear();
      whenReady(activatedAt(compute, state.activation, xs), (found) => {
        if (found.error) return many.remark(found.error);
        link = found;
        forAll(drawn(), (item, next) => composed(item, xs, link, "", (r) => {
          if (many.right(item, r)) curves.set(item.key, r);
          next();
        }), done);
      });
    },
    at(then) {
      const z = Float64Array.of(state.at);
      whenReady(activatedAt(compute, state.activation, z), (found) => !found.error && then(found.f[0], (item, each) => composed(item, z, found, ":at", each)));
    },
    /** Steps down from the place, a few milliseconds' worth at a time; `told` hears of each loss what is known of its way. */
    descend(told) {
      const mine = (asked += 1);
      ways.clear();
      for (const item of drawn()) {
        const way = { steps: -1, k: [], z: [] };
        ways.set(item.key, way);
        const on = (z, first) => whenReady(descentOf(compute, item, {
          activation: state.activation, inside: isInside(item.spec, state.activation), y: state.yTrue, z, rate: state.rate, first,
        }, `${item.key}:way`), (r) => {
          if (mine !== asked || r.error) return;
          // Where the slice before ended says nothing of the way: this one goes on from there.
          way.k.pop();
          way.z.pop();
          for (let i = 0; i < r.path.length; i += 2) {
            way.k.push(Math.log10(1 + r.path[i]));
            way.z.push(r.path[i + 1]);
          }
          way.last = r.path.at(-2);
          way.steps = r.steps;
          told(item, way);
          if (r.steps === -1) setTimeout(() => mine === asked && on(way.z.at(-1), way.last), 8);
        });
        on(state.at, 0);
      }
    },
    close: () => { asked += 1; },
  };
}

/** Limits around all finite numbers. */
function padded(columns) {
  let [low, high] = [Infinity, -Infinity];
  for (const v of columns.flatMap((column) => [...column])) {
    if (!Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (low > high) return [0, 1];
  const pad = 0.06 * (high - low) || 0.5;
  return [low - pad, high + pad];
}

const highest = (column) => column.reduce((top, v) => (Number.isFinite(v) && v > top ? v : top), 0);
const logs = (column) => column.map((v) => Math.log10(Math.abs(v)));

/** Four panels: three over one axis, with the place in them, and the way by steps. */
function pictureOf(many, ask) {
  const { state } = many;
  const log = (v) => (Number.isInteger(v) ? tenTo(v) : "");
  const panels = titles.map((title, i) => makePanel({
    title, sign: ["a(z)", "ℓ", "|∂ℓ/∂z|", "z"][i], xLabel: i < 3 ? Z : "steps + 1", ...(i === 2 ? { yFormat: log } : {}), ...(i === 3 ? { xFormat: log } : {}),
  }));
  const [prediction, loss, size, way] = panels;
  for (const panel of panels) {
    Object.assign(panel, { hair: s("line", { class: "ll-hair", y1: 0 }), dots: s("g") });
    panel.over.append(panel.hair, panel.dots);
  }
  const goal = s("line", { class: "ll-case", "stroke-dasharray": "4 3" });
  const shades = s("g");
  prediction.over.prepend(goal);
  const curve = s("path", { class: "ll-curve", stroke: "currentColor" });
  const dot = s("circle", { r: 4, class: "ll-dot", style: { "--c": "var(--ll-ink)" } });
  const start = s("line", { class: "ll-hair", x1: 0 });
  way.names = s("g", { class: "ll-labels" });
  way.over.append(start, way.names);
  const colour = (item) => ({ "--c": item.spec.style?.colour });
  const across = (line, panel, v) => {
    line.setAttribute("x1", 0);
    line.setAttribute("x2", panel.inner.width);
    line.setAttribute("y1", panel.y(v));
    line.setAttribute("y2", panel.y(v));
  };
  /** Where the gradient of a loss is faint though the prediction is wrong: between its curve and the line of what is faint. */
  function shade(item) {
    const { near, faint } = saturation;
    const xs = ask.xs();
    const { gradient } = ask.curves.get(item.key);
    const level = Math.log10(faint);
    let points = [];
    const close = () => {
      if (points.length > 1) {
        const under = points.map(([x, y]) => `${size.x(x).toFixed(1)},${Math.min(size.inner.height, size.y(y)).toFixed(1)}`).join("L");
        shades.append(s("path", { class: "ll-fan", style: colour(item), d: `M${size.x(points[0][0]).toFixed(1)},${size.y(level)}L${under}L${size.x(points.at(-1)[0]).toFixed(1)},${size.y(level)}Z` }));
      }
      points = [];
    };
    xs.forEach((x, i) => {
      if (Math.abs(ask.predictions()[i] - state.yTrue) > near && Math.abs(gradient[i]) < faint) points.push([x, Math.max(Math.log10(Math.abs(gradient[i])), -99)]);
      else close();
    });
    close();
  }
  return {
    panels,
    resize: (width, height) => panels.forEach((panel) => panel.resize(width, height)),
    build() {
      for (const panel of [loss, size, way]) {
        many.paths(panel);
        panel.marks = new Map(many.shown().map((item) => [item.key, s("circle", { r: 4, class: "ll-dot", visibility: "hidden", style: colour(item) })]));
        panel.dots.replaceChildren(...panel.marks.values());
      }
      size.curves.prepend(shades);
      prediction.curves.replaceChildren(curve);
      prediction.dots.replaceChildren(dot);
    },
    fit() {
      const xs = ask.xs();
      for (const panel of [prediction, loss, size]) panel.x.domain([xs[0], xs.at(-1)]);
      const all = [...ask.curves.values()];
      const tops = all.map(({ value }) => highest(value));
      prediction.y.domain(padded([ask.predictions(), [state.yTrue]]));
      loss.y.domain(padded([[0, Math.min(Math.max(...tops, 0), 4 * Math.min(...tops, Infinity))]]));
      size.y.domain(padded(all.map(({ gradient }) => logs(gradient).filter(Number.isFinite).map((v) => Math.max(v, Math.log10(saturation.dimmest))))));
      for (const panel of [prediction, loss, size]) panel.axes();
      across(goal, prediction, state.yTrue);
    },
    curves() {
      const xs = ask.xs();
      curve.setAttribute("d", prediction.path(xs, ask.predictions()));
      shades.replaceChildren();
      for (const item of many.shown()) {
        const r = ask.curves.get(item.key);
        loss.paths.get(item.key)?.setAttribute("d", r ? loss.path(xs, r.value) : "");
        size.paths.get(item.key)?.setAttribute("d", r ? size.path(xs, logs(r.gradient)) : "");
        if (r) shade(item);
      }
      const names = (ys) => many.shown().filter(({ key }) => ask.curves.has(key)).map((item) => ({ xs, ys: ys(ask.curves.get(item.key)), text: many.label(item), colour: item.spec.style?.colour }));
      size.label(names(({ gradient }) => logs(gradient)));
    },
    place() {
      for (const panel of [prediction, loss, size]) upright(panel.hair, panel.x(state.at), panel.inner.height);
      for (const panel of [loss, size]) for (const mark of panel.marks.values()) mark.setAttribute("visibility", "hidden");
    },
    prediction: (a) => putDot(prediction, dot, prediction.x(state.at), a),
    mark(item, value, gradient) {
      const px = loss.x(state.at);
      if (loss.marks.has(item.key)) putDot(loss, loss.marks.get(item.key), px, value);
      if (size.marks.has(item.key)) putDot(size, size.marks.get(item.key), px, Math.log10(Math.abs(gradient)));
    },
    ways() {
      const known = many.shown().filter(({ key }) => ask.ways.get(key)?.k.length);
      const all = known.map(({ key }) => ask.ways.get(key));
      way.x.domain([0, Math.max(1, ...all.map(({ k }) => k.at(-1)))]);
      way.y.domain(padded([[state.at], ...all.map(({ z }) => z)]));
      way.axes();
      across(start, way, state.at);
      for (const item of many.shown()) {
        const found = ask.ways.get(item.key);
        way.paths.get(item.key)?.setAttribute("d", found?.k.length ? lineThrough(way, found) : "");
        const mark = way.marks.get(item.key);
        if (!mark) continue;
        if (found?.steps >= 0 && found.steps <= saturation.most) putDot(way, mark, way.x(found.k.at(-1)), found.z.at(-1));
        else mark.setAttribute("visibility", "hidden");
      }
      nameEnds(way, known.map((item) => [item, ask.ways.get(item.key)]), many.label);
    },
  };
}

/** A line through all points: a long step is no jump. */
const lineThrough = (panel, { k, z }) => {
  const points = k.map((x, i) => [x, z[i]]).filter(([, v]) => Number.isFinite(v));
  return points.length ? `M${points.map(([x, v]) => `${panel.x(x).toFixed(1)},${inRange(panel.y(v), [-9e3, 9e3]).toFixed(1)}`).join("L")}` : "";
};

/** Names at the ends of ways, on the side where there is room, none on the line of another. */
function nameEnds({ names, x, y, inner }, ends, label) {
  const rows = [];
  names.replaceChildren(...ends.map(([item, { k, z }]) => {
    const px = x(k.at(-1));
    const first = px < inner.width / 2;
    let py = inRange(y(z.at(-1)) + 4, [10, inner.height - 4]);
    const by = py > inner.height / 2 ? -14 : 14;
    while (rows.some((other) => Math.abs(other - py) < 14)) py += by;
    rows.push(py);
    return s("text", { x: px + (first ? 8 : -8), y: py, "text-anchor": first ? "start" : "end", style: { "--c": item.spec.style?.colour } }, label(item));
  }));
}

/** Switch or slider of the target, and the slider of the learning rate; which it is depends on the activation. */
function controlsOf(many, { drawAll, redescend }) {
  const { state, save } = many;
  const labels = h("div");
  const list = h("div", { class: "ll-sliders" });
  const rate = makeSlider({
    name: "eta", label: "Learning rate", value: state.rate, range: { min: saturation.rates[0], max: saturation.rates[1], log: true },
    onInput(v) {
      state.rate = v;
      redescend();
    },
    onChange: save,
  });
  function build() {
    const given = activations[state.activation];
    const pick = (v, done) => {
      state.yTrue = v;
      drawAll();
      if (done) save();
    };
    labels.replaceChildren(...(given.labels ? [choice({
      legend: "Target y", options: given.labels.map((v) => [v, plain(v)]), value: state.yTrue, onPick: (v) => pick(v, true),
    }).root] : []));
    const target = given.labels ? [] : [makeSlider({
      name: "y", label: "Target", value: state.yTrue, range: { min: given.y[0], max: given.y[1], log: false },
      onInput: (v) => pick(v, false), onChange: (v) => pick(v, true),
    }).root];
    rate.set(state.rate);
    list.replaceChildren(rate.root, ...target);
  }
  return { parts: [labels, h("div", { class: "ll-controls" }, list)], build };
}

function rowsOf(many, ask) {
  const known = ask.drawn().filter(({ key }) => ask.curves.has(key));
  const xs = ask.xs();
  const places = Array.from({ length: 13 }, (_, i) => Math.round((i * POINTS) / 12));
  return [
    ["z", "a(z)", ...known.flatMap((item) => [many.label(item), "gradient"])],
    ...places.map((i) => [plain(xs[i]), ask.predictions()[i], ...known.flatMap(({ key }) => [ask.curves.get(key).value[i], ask.curves.get(key).gradient[i]])]),
  ];
}

function saturationExplorer(given) {
  const { el, drawn } = given;
  const view = { rebuild, drawAll, show };
  const many = lossesOf(given, view);
  const { state } = many;
  const ask = questions(given, many);
  const picture = pictureOf(many, ask);
  const [prediction, loss, size] = picture.panels;
  makeGhosts(many.steps, [loss, size]);
  const where = h("span");
  many.table.head.append("at ", h("span", { class: "ll-sign" }, "z"), where);
  const range = () => activations[state.activation].range;
  const step = () => (range()[1] - range()[0]) / 240;
  const place = axisHandle({
    panel: prediction, also: [loss, size], value: () => state.at,
    range: () => ({ low: range()[0], high: range()[1], step: step(), keys: 2 * step() }),
    onMove(v) {
      state.at = Number(v.toPrecision(10));
      reading();
      many.save();
    },
  });
  const activation = choice({
    legend: saturation.legend, options: Object.keys(activations).map((name) => [name, name]), value: state.activation,
    onPick(name) {
      Object.assign(state, { activation: name, yTrue: targetUnder(name, state.yTrue), at: inRange(state.at, activations[name].range) });
      show();
      rebuild();
      many.save();
    },
  });
  const controls = controlsOf(many, { drawAll, redescend });
  const grid = panelGrid(picture.panels);
  Object.assign(view, { many, rows: () => rowsOf(many, ask) });
  many.place([grid, h("p", { class: "ll-quiet ll-rules" }, saturation.rule), activation.root, ...controls.parts]);

  function show() {
    activation.show(state.activation);
    controls.build();
  }
  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    picture.resize(width, tall("beside", narrow));
  }
  function drawFrame() {
    picture.fit();
    picture.curves();
    picture.ways();
    reading(false);
  }
  /** What is read at the place; the way from there too, if that is new. */
  function reading(again = true) {
    picture.place();
    ask.at((a, each) => {
      write(where, ` = ${plain(state.at)}, a = ${number(a)}`);
      place.draw("Number z from which gradient descent starts", `z = ${number(state.at)}, prediction ${number(a)}`);
      picture.prediction(a);
      for (const item of ask.drawn()) {
        each(item, (r) => {
          if (r.error) return;
          [item.value, item.gradient] = [r.value[0], r.gradient[0]];
          picture.mark(item, item.value, item.gradient);
          told(item);
        });
      }
    });
    if (again) redescend();
    many.details.refresh();
  }
  function told(item) {
    const way = ask.ways.get(item.key);
    many.write(item, [item.value, item.gradient, way && way.steps !== -1 ? way.steps : NaN]);
    const all = ask.drawn().map((each) => `${many.label(each)}: ${spoken([["loss", each.value], ["gradient", each.gradient]])}, steps ${counted(ask.ways.get(each.key)?.steps ?? NaN)}`);
    if ([...ask.ways.values()].every(({ steps }) => steps !== -1)) many.live.say(`At z = ${plain(state.at)}. ${all.join(". ")}.`);
  }
  function redescend() {
    ask.descend((item) => {
      told(item);
      picture.ways();
    });
  }
  function drawAll() {
    ask.all(() => {
      const without = many.shown().filter((item) => !ask.curves.has(item.key));
      for (const item of state.items) if (!ask.curves.has(item.key)) many.write(item, null);
      many.remark(without.length ? filled(saturation.without, { names: without.map(many.label).join(", "), activation: state.activation }) : "");
      drawFrame();
      redescend();
      drawn();
    });
  }
  function rebuild() {
    picture.build();
    many.build();
    drawAll();
  }

  layout();
  show();
  rebuild();
  return whileOpen(el, () => {
    layout();
    drawFrame();
  }, [place, ask, ...many.parts, given.compute]);
}

export default { name: "saturation-explorer", needs: { modules: ["network"] }, draw: saturationExplorer };
