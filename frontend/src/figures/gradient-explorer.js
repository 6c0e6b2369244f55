// GradientExplorer: slope and curvature of losses at a place, and the Lipschitz and smoothness constants that bound
// them over an interval. A tangent, at a kink a fan of subgradients; the bounds around the place as an area.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, uid, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { axisOf, fits, makeItems, spoken } from "../parts/items.js";
import { manyLosses } from "../parts/many-losses.js";
import { limits, makePanel, panelGrid, putDot, sideBySide, tall, upright } from "../parts/panel.js";
import { choice, radio, whileOpen } from "../parts/parts.js";
import { forAll } from "../parts/setting.js";
import { axes, filled, gradients, most } from "../parts/shared.js";
import { targetControl } from "../parts/target-control.js";
import { whenReady } from "../numbers/compute.js";
import { constantsOf, curveOf, evenly } from "../numbers/questions.js";

const POINTS = 400;
const REACH = 22; // pixels around an end of the interval in which it is taken hold of
const NAMES = ["value", "gradient", "curvature"];
const LOOKS = [{ floor: 0 }, {}, { floor: 0, tail: 0.02 }];
const { titles, words: WORDS } = gradients;
const short = (v) => Number(v.toPrecision(4));

/** What stays as it is: the axis and its words, and the places at which losses are computed. */
function planOf({ model, manifest }) {
  const axis = axisOf(makeItems(model.get("losses"), manifest).map((item) => item.spec));
  const [low, high] = model.get("x_range");
  const step = (high - low) / 200;
  return { axis, low, high, step, words: axes[axis] ?? axes.prediction, xs: evenly(low, high, POINTS) };
}

/** The losses of the figure; `view` has what draws them. */
function lossesOf(given, { axis, low, high }, view) {
  const { model } = given;
  const group = uid("bounds");
  const within = (v) => v >= low && v <= high;
  return manyLosses({
    ...given, suits: (spec) => fits(spec, axis), most: most.classifiers, columns: [titles[1], titles[2], "Lipschitz", "Smooth"],
    extra: {
      title: "Drawn",
      cell: (item) => radio({ name: group, checked: item.key === view.chosen, label: `Bounds are those of ${view.many.label(item)}`, onPick: () => view.choose(item) }),
    },
    read: (get) => ({ yTrue: get("y_true"), at: get("at"), interval: [...get("interval")], bounds: get("bounds") }),
    traits: ({ yTrue, at, interval, bounds }) => ({ y_true: yTrue, at, interval: [...interval], bounds }),
    link: ({ yTrue, at, interval, bounds }) => ({ at: short(at), y: short(yTrue), from: short(interval[0]), to: short(interval[1]), bounds }),
    quiet: ["at"],
    linked(link, now) {
      const told = (name) => link[name] !== undefined && Number.isFinite(Number(link[name]));
      if (told("at") && within(Number(link.at))) now.at = Number(link.at);
      if (told("y")) now.yTrue = Number(link.y);
      const ends = [link.from, link.to].map(Number);
      if (told("from") && told("to") && ends[0] < ends[1] && ends.every(within)) now.interval = ends;
      if (link.bounds in gradients.bounds) now.bounds = link.bounds;
    },
    taken(reset) {
      if (reset) view.chosen = model.get("chosen");
      view.show();
    },
    rebuild: () => view.rebuild(), onInput: (item) => view.drawLoss(item), onChange: () => view.refit(),
    title: "Table of the curves", rows: () => view.rows(),
    python(losses) {
      const { interval, at, bounds, yTrue } = view.many.state;
      return `ll.widgets.GradientExplorer([${losses}], interval=(${interval.map(short).join(", ")}), at=${short(at)}, bounds="${bounds}", x_range=(${low}, ${high}), y_true=${yTrue})`;
    },
  });
}

/** The numbers: curves along the axis, constants over the interval, kinks of the whole axis, and what is at the place. */
function questions({ axis, low, high, xs }, { compute }, many) {
  const { state } = many;
  const target = () => (axis === "residual" ? 0 : state.yTrue);
  const centre = () => (axis === "score" ? 0 : target());
  const found = { curves: new Map(), inside: new Map(), everywhere: new Map() };
  const keep = (map, item, done) => (r) => {
    if (many.right(item, r)) map.set(item.key, r);
    else map.delete(item.key);
    done();
  };
  const curve = (item, places, purpose, then) => whenReady(curveOf(compute, item, new Float64Array(places.length).fill(target()), places, item.key + purpose), then);
  const constants = (item, ends, purpose, then) => whenReady(constantsOf(compute, item, target(), ends, centre(), item.key + purpose), then);
  return {
    ...found,
    at: (item, then) => curve(item, Float64Array.of(state.at), ":at", then),
    bound: (item, done) => constants(item, state.interval, ":inside", keep(found.inside, item, done)),
    all(item, done) {
      curve(item, xs, "", keep(found.curves, item, () => {
        constants(item, [low, high], ":everywhere", keep(found.everywhere, item, () => this.bound(item, done)));
      }));
    },
    /** The kink of a loss at the place, if it is on one. */
    kink: (item) => found.everywhere.get(item.key)?.kinks.find(({ place }) => Math.abs(place - state.at) < 1e-6 * (high - low)),
    /** The place, or a kink of a loss that is shown if it is almost on it. */
    snapped(v, reach) {
      const all = many.shown().flatMap((item) => found.everywhere.get(item.key)?.kinks ?? []).map(({ place }) => place);
      return all.find((place) => Math.abs(place - v) < reach) ?? v;
    },
  };
}

/** Three panels over one axis, with the place, the interval, tangents and bounds in them. */
function pictureOf({ words, low, high, xs }, many, ask) {
  const signs = ["ℓ", `∂ℓ/∂${words.short === "r" ? "ŷ" : words.short}`, `∂²ℓ/∂${words.short === "r" ? "ŷ" : words.short}²`];
  const panels = titles.map((title, i) => {
    const panel = makePanel({ title, sign: signs[i], xLabel: words.name });
    const outside = [0, 1].map(() => s("rect", { class: "ll-outside", y: 0 }));
    Object.assign(panel, { outside, hair: s("line", { class: "ll-hair", y1: 0 }), dots: s("g"), lines: s("g") });
    panel.over.append(...outside, panel.hair, panel.dots);
    panel.x.domain([low, high]);
    return panel;
  });
  const [value, slope, bend] = panels;
  const colour = (item) => ({ "--c": item.spec.style?.colour });
  const wanted = (i) => limits(many.shown().filter((item) => ask.curves.has(item.key)).map((item) => ask.curves.get(item.key)[NAMES[i]]), LOOKS[i]);
  /** A path through points of a panel, clipped there; closed if it is an area. */
  const through = (panel, points, closed) => {
    const far = (v) => Math.max(-4e3, Math.min(4e3, v)).toFixed(1);
    return points.length ? `M${points.map(([x, y]) => `${far(panel.x(x))},${far(panel.y(y))}`).join("L")}${closed ? "Z" : ""}` : "";
  };
  const inPanel = (panel, node) => panel.curves.append(node);
  function tangent(item, v, g) {
    const { at } = many.state;
    const kink = ask.kink(item);
    const line = (m, x) => [x, v + m * (x - at)];
    if (!kink || kink.jump) return inPanel(value, s("path", { class: "ll-tangent", style: colour(item), d: through(value, [line(g, low), line(g, high)]) }));
    const { left, right } = kink;
    // Below a kink that points up lies no line: only the slopes on its sides are drawn.
    for (const end of left < right ? [low, high] : []) {
      inPanel(value, s("path", { class: "ll-fan", style: colour(item), d: through(value, [[at, v], line(left, end), line(right, end)], true) }));
    }
    for (const m of [left, right]) inPanel(value, s("path", { class: "ll-tangent", style: colour(item), d: through(value, [line(m, low), line(m, high)]) }));
    inPanel(slope, s("path", { class: "ll-tangent", style: { ...colour(item), "stroke-width": 3 }, d: through(slope, [[at, left], [at, right]]) }));
  }
  function bounds(item, v, g) {
    const { at, bounds: kind, interval: [from, to] } = many.state;
    const found = ask.inside.get(item.key);
    const constant = found && { lipschitz: found.lipschitz, smooth: found.smoothness }[kind];
    if (!Number.isFinite(constant) || at < from || at > to) return;
    const places = [...evenly(from, to, 60), at].sort((a, b) => a - b);
    const edge = (sign) => places.map((x) => [x, kind === "smooth" ? v + g * (x - at) + 0.5 * sign * constant * (x - at) ** 2 : v + sign * constant * Math.abs(x - at)]);
    inPanel(value, s("path", { class: "ll-between", style: colour(item), d: through(value, [...edge(1), ...edge(-1).reverse()], true) }));
    for (const sign of [1, -1]) inPanel(value, s("path", { class: "ll-bound", style: colour(item), d: through(value, edge(sign)) }));
    const panel = kind === "smooth" ? bend : slope;
    for (const sign of [1, -1]) inPanel(panel, s("path", { class: "ll-bound", style: colour(item), d: through(panel, [[from, sign * constant], [to, sign * constant]]) }));
  }
  return {
    panels,
    resize: (width, height) => panels.forEach((panel) => panel.resize(width, height)),
    fit() {
      panels.forEach((panel, i) => {
        panel.y.domain(wanted(i));
        panel.axes();
      });
    },
    build() {
      panels.forEach((panel) => {
        many.paths(panel);
        panel.marks = new Map(many.shown().map((item) => [item.key, s("circle", { r: 4, class: "ll-dot", visibility: "hidden", style: colour(item) })]));
        panel.dots.replaceChildren(...panel.marks.values());
      });
    },
    /** The curves of a loss. */
    curve(item) {
      panels.forEach((panel, i) => {
        const r = ask.curves.get(item.key);
        panel.paths.get(item.key)?.setAttribute("d", r ? panel.path(xs, r[NAMES[i]]) : "");
      });
    },
    names() {
      panels.forEach((panel, i) => panel.label(i ? [] : many.shown().filter((item) => ask.curves.has(item.key)).map((item) => ({
        xs, ys: ask.curves.get(item.key).value, text: many.label(item), colour: item.spec.style?.colour,
      }))));
    },
    interval() {
      const { interval } = many.state;
      for (const { x, inner, outside: [before, behind] } of panels) {
        const [a, b] = interval.map((v) => x(v));
        for (const [rect, from, width] of [[before, 0, a], [behind, b, inner.width - b]]) {
          rect.setAttribute("x", from);
          rect.setAttribute("width", Math.max(0, width));
          rect.setAttribute("height", inner.height);
        }
      }
    },
    /** Hairs at the place; tangents and bounds go. */
    place() {
      for (const panel of panels) {
        upright(panel.hair, panel.x(many.state.at), panel.inner.height);
        panel.curves.querySelectorAll(".ll-tangent, .ll-fan, .ll-bound, .ll-between").forEach((node) => node.remove());
      }
    },
    mark(item, r, bounded) {
      const values = NAMES.map((name) => r[name][0]);
      panels.forEach((panel, i) => panel.marks.get(item.key) && putDot(panel, panel.marks.get(item.key), panel.x(many.state.at), values[i]));
      if (bounded) bounds(item, ...values);
      tangent(item, ...values);
    },
  };
}

/** What is worth saying of the loss whose bounds are drawn. */
function verdictOf(name, { kink, found, slope }) {
  const said = (key, words) => filled(WORDS[key], { name, ...words });
  if (kink && !kink.jump) {
    if (kink.left > kink.right) return said("upward");
    const ends = { left: plain(kink.left), right: plain(kink.right) };
    return said(kink.left <= 0 && kink.right >= 0 ? "minimum" : "kink", ends);
  }
  if (!found) return "";
  const jump = found.kinks.find((one) => one.jump);
  if (jump) return said("jump", { place: plain(jump.place) });
  if (found.kinks.length) return said("turns", { place: plain(found.kinks[0].place) });
  if (Number.isNaN(found.smoothness)) return said("unknown");
  if (found.smoothness === Infinity) return said("unbounded");
  if (found.smoothness < 1e-12 * Math.max(1, Math.abs(slope))) return said("straight");
  return said("smooth", { constant: plain(found.smoothness), step: plain(2 / found.smoothness) });
}

/** Handles for the place and for the ends of the interval. */
function handlesOf({ low, high, step, words }, [value, slope, bend], { state }, { move, stretch, snapped }) {
  const from = (event, panel) => event.clientX - panel.svg.getBoundingClientRect().left - panel.margin.left;
  const near = (event) => {
    const gaps = state.interval.map((v) => Math.abs(from(event, slope) - slope.x(v)));
    const i = gaps[0] < gaps[1] ? 0 : 1;
    return gaps[i] < REACH ? i : -1;
  };
  const place = axisHandle({
    panel: value, also: [slope, bend], value: () => state.at, range: () => ({ low, high, step, keys: 2 * step }),
    mine: (event, panel) => panel !== slope || near(event) < 0,
    onMove: (v) => move(Number(snapped(v, 0.6 * step).toPrecision(10))),
  });
  const ends = [0, 1].map((i) => axisHandle({
    panel: slope, value: () => state.interval[i], mine: (event) => near(event) === i,
    range: () => ({ low: i ? state.interval[0] + step : low, high: i ? high : state.interval[1] - step, step, keys: 2 * step }),
    onMove: (v) => stretch(i, Number(v.toPrecision(10))),
  }));
  return {
    all: [place, ...ends],
    draw() {
      const said = `${words.short} = `;
      place.draw(`${words.word[0].toUpperCase()}${words.word.slice(1)} at which slope and curvature are read`, said + number(state.at));
      ends.forEach((end, i) => end.draw(`${i ? "Right" : "Left"} end of the interval`, said + number(state.interval[i])));
    },
  };
}

function rowsOf(many, ask, { words, xs }) {
  const known = many.shown().filter((item) => ask.curves.has(item.key));
  const head = known.flatMap((item) => [many.label(item), ...titles.slice(1).map((title) => title.toLowerCase())]);
  const places = Array.from({ length: 11 }, (_, i) => (i * POINTS) / 10);
  return [[words.short, ...head], ...places.map((i) => [plain(xs[i]), ...known.flatMap((item) => NAMES.map((name) => ask.curves.get(item.key)[name][i]))])];
}

function gradientExplorer(given) {
  const { el, model, drawn } = given;
  const view = { chosen: model.get("chosen"), rebuild, drawLoss, refit, show };
  const plan = planOf(given);
  const many = lossesOf(given, plan, view);
  const { state } = many;
  many.table.root.classList.add("ll-constants");
  const ask = questions(plan, given, many);
  const picture = pictureOf(plan, many, ask);
  makeGhosts(many.steps, picture.panels);
  const verdict = h("p", { class: "ll-verdict ll-said" });
  const where = h("span");
  many.table.head.append("at ", h("span", { class: "ll-sign" }, plan.words.short), where);
  const handles = handlesOf(plan, picture.panels, many, {
    snapped: ask.snapped,
    move(v) {
      state.at = v;
      reading();
      many.save();
    },
    stretch(i, v) {
      state.interval[i] = v;
      forAll(many.shown(), (item, done) => ask.bound(item, done), drawPlace);
      many.save();
    },
  });
  const bounds = choice({
    legend: gradients.legend, options: Object.entries(gradients.bounds), value: state.bounds,
    onPick(kind) {
      state.bounds = kind;
      reading();
      many.save();
    },
  });
  const target = targetControl(plan, many, drawAll);
  const grid = panelGrid(picture.panels);
  Object.assign(view, {
    many, rows: () => rowsOf(many, ask, plan),
    choose(item) {
      view.chosen = item.key;
      reading();
    },
  });
  many.place([grid, verdict, bounds.root], target ? [target.root] : []);
  const bounded = () => many.shown().find((item) => item.key === view.chosen) ?? many.shown()[0];

  function show() {
    bounds.show(state.bounds);
    target?.show(state.yTrue);
  }
  function layout() {
    const { narrow, columns, width } = sideBySide(el, grid, 3);
    picture.resize(width, tall(columns === 1 ? "alone" : "beside", narrow));
  }
  function drawFrame() {
    picture.fit();
    state.items.forEach(picture.curve);
    picture.names();
    drawPlace();
  }
  function drawPlace() {
    picture.interval();
    reading();
  }
  function reading() {
    write(where, ` = ${plain(state.at)}`);
    handles.draw();
    picture.place();
    const said = [];
    const chosen = bounded();
    write(verdict, chosen ? verdictOf(many.label(chosen), { kink: ask.kink(chosen), found: ask.inside.get(chosen.key), slope: 1 }) : "");
    for (const item of state.items) {
      if (!item.shown) {
        many.write(item, null);
        continue;
      }
      ask.at(item, (r) => {
        if (r.error || !item.shown) return;
        const found = ask.inside.get(item.key);
        const values = [r.gradient[0], r.curvature[0], found?.lipschitz, found?.smoothness];
        many.write(item, values);
        picture.mark(item, r, item === chosen);
        said.push(`${many.label(item)}: ${spoken([["slope", values[0]], ["curvature", values[1]], ["Lipschitz", values[2]], ["smooth", values[3]]])}`);
        many.live.say(`At ${plan.words.short} = ${plain(state.at)}. ${said.join(". ")}. ${verdict.textContent}`);
      });
    }
    many.details.refresh();
  }
  function drawAll() {
    forAll(many.shown(), (item, done) => ask.all(item, done), () => {
      drawFrame();
      drawn();
    });
  }
  function drawLoss(item) {
    ask.all(item, () => {
      picture.curve(item);
      picture.names();
      reading();
    });
  }
  function refit() {
    drawFrame();
  }
  function rebuild() {
    if (!many.shown().some((item) => item.key === view.chosen)) view.chosen = many.shown()[0]?.key;
    picture.build();
    many.build();
    drawAll();
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    drawFrame();
  }, [...handles.all, ...many.parts, given.compute]);
}

export default { name: "gradient-explorer", needs: { modules: ["constants_step"] }, draw: gradientExplorer };
