// ScoreExplorer: a normal forecast to shape, an outcome, and what proper and improper scores say of it.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { hiding } from "../parts/hidden.js";
import { curvePath, makePanel, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { announcer, choice, footer, lossTable, tableOnRequest, whileOpen } from "../parts/parts.js";
import { pointHandles, short } from "../parts/points.js";
import { evenly as grid } from "../numbers/questions.js";
import { scoreAverages } from "../numbers/score-averages.js";
import { setting } from "../parts/setting.js";
import { scores } from "../parts/shared.js";
import { makeSlider, niceStep } from "../parts/slider.js";

const { list: SCORES, widths: WIDTHS, far: FAR, steps: STEPS, closer: CLOSER } = scores;
const SIDE = 4.5; // widths of the truth to either side in the panel of densities
const SMOOTH = 180;
const INK = { "--c": "var(--ll-ink)" };

const signed = (v) => (v > 0 ? `+${number(v)}` : number(v));
const clamp = (v, [low, high]) => Math.max(low, Math.min(high, v));
const argmin = (list) => list.reduce((low, v, k) => (v < list[low] ? k : low), 0);
const pair = ([a, b]) => `(${short(a)}, ${short(b)})`;
const place = (node, x, y) => {
  node.setAttribute("cx", x.toFixed(2));
  node.setAttribute("cy", y.toFixed(2));
};

/** What stays as it is: the truth, how far everything may be moved, the scores. */
function planOf({ model, manifest }) {
  const [centre, scale] = model.get("truth");
  const ends = WIDTHS.map((end) => end * scale);
  const step = niceStep(2 * scale);
  return {
    centre, scale, ends, step, intervals: model.get("intervals"), rule: model.get("rule"),
    widths: grid(...ends, STEPS), ys: grid(centre - SIDE * scale, centre + SIDE * scale, SMOOTH),
    range: (name) => [centre - FAR[name] * scale, centre + FAR[name] * scale],
    round: (v) => short(Math.round(v / step) * step),
    bestText: (v) => (v <= ends[0] ? `\u2264 ${plain(v)}` : v >= ends[1] ? `\u2265 ${plain(v)}` : v.toPrecision(3)),
    items: SCORES.map((score) => ({
      ...score, name: score.key, shown: true, parameters: {},
      spec: { title: score.improper ? `${score.title}, improper` : score.title, parameters: [], style: score.style ?? manifest.find((m) => m.name === score.look).style },
    })),
  };
}

/** What the reader has set: forecast, outcome, event, interval, and which scores are to be seen. */
function settingOf({ el, model, share }, { items, range, ends, intervals }, taken) {
  const hidden = hiding(items);
  const inside = (v, [low, high]) => v >= low && v <= high;
  return setting({
    el, model, share, keep: hidden.keep, kept: hidden.kept,
    read: (get) => ({ forecast: [...get("forecast")], outcome: get("outcome"), threshold: get("threshold"), level: get("level") }),
    traits: ({ forecast, outcome, threshold, level }) => ({ forecast: [...forecast], outcome, threshold, level }),
    link: ({ forecast, outcome, threshold, level }) => ({
      forecast: forecast.map(short).join(","), outcome: short(outcome), threshold: short(threshold), level, hide: hidden.inLink(),
    }),
    linked(link, now) {
      const [m, w] = (link.forecast ?? "").split(",").map(Number);
      if (inside(m, range("forecast")) && inside(w, ends)) now.forecast = [m, w];
      for (const name of ["outcome", "threshold"]) {
        if (link[name] !== undefined && inside(Number(link[name]), range(name))) now[name] = Number(link[name]);
      }
      if (intervals.some(([level]) => level === Number(link.level))) now.level = Number(link.level);
      hidden.fromLink(link.hide);
    },
    taken(reset) {
      if (reset) hidden.showAll();
      taken();
    },
  });
}

/** The numbers of the forecast as it is: `here` at the outcome, `expected` over the truth, `truth` of the truth itself, and
 *  of every score its curve over the width in units of its own, with the lowest point. */
function answersOf({ centre, scale, ends, widths, intervals, rule }, state, compute) {
  const { density, overTruth, atOutcome, interval, groups } = scoreAverages({ compute, truth: [centre, scale], intervals, rule, state });
  const all = (law, mean, some) => Object.assign({}, ...groups.map((group) => group.scores(law, mean, some)));
  const answers = { density, interval, curves: {}, truth: {}, units: {}, best: {}, here: null, expected: null };
  /** Where the curves of a group are lowest: looked at once more around the lowest point. */
  function findLowest(group, found) {
    const closer = new Map();
    for (const [key, curve] of Object.entries(found)) {
      const i = argmin(curve);
      if (!closer.has(i)) {
        const some = grid(widths[Math.max(0, i - 1)], widths[Math.min(STEPS, i + 1)], CLOSER);
        closer.set(i, { some, values: group.scores(overTruth, state.forecast[0], some) });
      }
      const { some, values } = closer.get(i);
      const k = argmin(values[key]);
      answers.best[key] = { width: some[k], value: values[key][k] };
    }
  }
  /** Curves over the width; only those that what has changed matters to. */
  function computeCurves(group) {
    const now = JSON.stringify([state.forecast[0], group.needs()]);
    if (now === group.known) return;
    group.known = now;
    const own = group.scores(overTruth, centre, [scale, ends[1]]);
    const found = group.scores(overTruth, state.forecast[0], widths);
    Object.assign(answers.curves, found);
    for (const key of Object.keys(found)) {
      answers.truth[key] = own[key][0];
      const unit = Math.abs(own[key][1] - own[key][0]);
      answers.units[key] = unit > 1e-9 ? unit : 1;
    }
    findLowest(group, found);
  }
  return Object.assign(answers, {
    update() {
      groups.forEach(computeCurves);
      const [mean, width] = state.forecast;
      answers.here = all(atOutcome(state.outcome), mean, [width]);
      answers.expected = all(overTruth, mean, [width]);
    },
  });
}

/** The panel of the densities, with outcome, event and interval. */
function lawsOf({ items, ys, scale, centre }, state, answers) {
  const panel = makePanel({ title: "Forecast and truth", xLabel: "y" });
  const truthArea = s("path", { class: "ll-blocks" });
  const forecastPath = s("path", { class: "ll-curve", stroke: "var(--ll-ink)" });
  const eventLine = s("line", { class: "ll-threshold", y1: 16 });
  const eventName = s("text", { y: 12, "text-anchor": "middle", style: { "--c": items[3].spec.style.colour } });
  const outcomeLine = s("line", { class: "ll-hair", y1: 30 });
  const outcomeName = s("text", { y: 26, "text-anchor": "middle", style: INK });
  const spread = s("path", { class: "ll-spread", style: { "--c": items[2].spec.style.colour } });
  const knob = (className, r) => s("circle", { r, class: className, style: INK });
  const knobs = [knob("ll-knob", 7), knob("ll-knob", 7), knob("ll-knob", 7), knob("ll-dot", 4)];
  panel.curves.append(truthArea, forecastPath);
  panel.over.append(eventLine, outcomeLine, spread, s("g", { class: "ll-labels" }, eventName, outcomeName), ...knobs);
  panel.x.domain([ys[0], ys[SMOOTH]]);
  const truth = answers.density(ys, centre, scale);
  let drawn = 0; // where the axis ends
  /** The truth fills two thirds of the panel, until a narrow forecast needs more. */
  function fit(peak) {
    const top = Math.max(1.5 * truth[SMOOTH / 2], 1.3 * peak);
    if (drawn === top) return;
    panel.y.domain([0, top]);
    panel.axes();
    drawn = top;
  }
  function name(node, v, half, text) {
    write(node, text);
    node.setAttribute("x", clamp(panel.x(v), [half, panel.inner.width - half]).toFixed(1));
  }
  const laws = {
    panel,
    places: [[0, 0], [0, 0], [0, 0]], // of centre, width and outcome
    again() {
      drawn = 0;
    },
    draw() {
      const { forecast: [mean, width], outcome, threshold } = state;
      const marks = answers.density(Float64Array.of(mean, mean + width, outcome), mean, width);
      fit(marks[0]);
      laws.places = [[mean, marks[0]], [mean + width, marks[1]], [outcome, 0]];
      const base = panel.inner.height;
      truthArea.setAttribute("d", `${panel.path(ys, truth)}V${base}H0Z`);
      forecastPath.setAttribute("d", panel.path(ys, answers.density(ys, mean, width)));
      [...laws.places, [outcome, marks[2]]].forEach(([x, y], i) => place(knobs[i], panel.x(x), panel.y(y)));
      upright(outcomeLine, panel.x(outcome), base);
      upright(eventLine, panel.x(threshold), base);
      const [, , reach] = answers.interval();
      const [from, to] = [mean - reach * width, mean + reach * width].map((v) => panel.x(clamp(v, panel.x.domain())));
      spread.setAttribute("d", `M${from.toFixed(1)},${base}H${to.toFixed(1)}`);
      name(eventName, threshold, 48, `event: y > ${plain(threshold)}`);
      name(outcomeName, outcome, 28, "outcome");
    },
  };
  return laws;
}

/** The panel of the average scores over the width. */
function averagesOf({ items, widths, ends, scale }, state, answers) {
  const panel = makePanel({ title: "Average score, the truth\u2019s is 0", xLabel: "width of the forecast" });
  panel.paths = new Map(items.map((item) => [item.key, curvePath(item)]));
  const bluff = s("rect", { class: "ll-below", x: 0 });
  const bluffName = s("text", { class: "ll-axis-name", "text-anchor": "end" }, "beats the truth");
  const trueWidth = s("line", { class: "ll-threshold", y1: 0 });
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const [lowest, spots] = [[6, "ll-lowest"], [4, "ll-dot"]].map(([r, className]) => items.map((item) => s("circle", { r, class: className, style: { "--c": item.spec.style.colour } })));
  panel.curves.append(bluff, ...panel.paths.values());
  panel.over.append(bluffName, trueWidth, hair, ...lowest, ...spots);
  panel.x.domain([0, ends[1] * 1.02]);
  panel.y.domain([-1.15, 1.2]);
  function mark(node, item, width, v) {
    const y = panel.y((v - answers.truth[item.key]) / answers.units[item.key]);
    const [bottom, top] = panel.y.range();
    node.style.visibility = item.shown && y >= top - 1 && y <= bottom + 1 ? "" : "hidden";
    place(node, panel.x(width), y);
  }
  return {
    panel,
    frame() {
      panel.axes();
      const zero = panel.y(0);
      for (const [name, v] of [["y", zero], ["width", panel.inner.width], ["height", panel.inner.height - zero]]) bluff.setAttribute(name, v);
      bluffName.setAttribute("x", panel.inner.width - 6);
      bluffName.setAttribute("y", zero + 16);
      upright(trueWidth, panel.x(scale), panel.inner.height);
    },
    draw() {
      const [, width] = state.forecast;
      const { curves, truth, units, best, expected } = answers;
      upright(hair, panel.x(width), panel.inner.height);
      items.forEach((item, i) => {
        const { key } = item;
        panel.paths.get(key).setAttribute("d", item.shown ? panel.path(widths, Array.from(curves[key], (v) => (v - truth[key]) / units[key])) : "");
        mark(lowest[i], item, best[key].width, best[key].value);
        mark(spots[i], item, width, expected[key][0]);
      });
    },
  };
}

/** What is taken hold of: centre, width and outcome among the densities, and the width on its axis. `put(change)` takes a
 *  change over. */
function handlesOf({ range, round, ends, step }, state, laws, averages, put) {
  const points = pointHandles({
    panel: laws.panel, home: [[laws.panel.x.domain()[0], laws.panel.x.domain()[1]], [0, 1e6 / step]], points: () => laws.places, onChoose() {},
    describe: (_, i) => [`Centre of the forecast: ${plain(state.forecast[0])}`, `Width of the forecast: ${plain(state.forecast[1])}`, `Outcome: ${plain(state.outcome)}`][i],
    onMove(i, [to]) {
      const [mean, width] = state.forecast;
      if (i === 0) put({ forecast: [clamp(round(to), range("forecast")), width] });
      else if (i === 1) put({ forecast: [mean, clamp(round(to - mean), ends)] });
      else put({ outcome: clamp(round(to), range("outcome")) });
    },
  });
  const width = axisHandle({
    panel: averages.panel, range: () => ({ low: ends[0], high: ends[1], step: 5 * step }), value: () => state.forecast[1],
    onMove: (v) => put({ forecast: [state.forecast[0], clamp(short(v), ends)] }),
  });
  return { points, width };
}

/** Slider of the event and buttons of the interval. */
function controlsOf({ items, range, intervals }, { state, save }, update) {
  const slider = makeSlider({
    name: "t", label: "Event: y above", hint: "The Brier score judges the probability that the forecast gives to this event.",
    value: state.threshold, range: { min: range("threshold")[0], max: range("threshold")[1], log: false }, colour: items[3].spec.style.colour,
    onInput(v) {
      state.threshold = clamp(v, range("threshold"));
      update();
    },
    onChange: save,
  });
  const levels = choice({
    legend: "Interval", value: state.level, options: intervals.map(([level]) => [level, `${Math.round(100 * level)}%`]),
    onPick(v) {
      state.level = v;
      update();
      save();
    },
  });
  return {
    roots: [levels.root, h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, slider.root))],
    set() {
      slider.set(state.threshold);
      levels.show(state.level);
    },
  };
}

/** Fills the table, and says the same in a sentence. */
function tell({ items }, table, state, { here, expected, truth, best }) {
  const said = [];
  for (const item of items) {
    const { key } = item;
    const against = expected[key][0] - truth[key];
    const cells = [here[key][0], Math.abs(against) < 1e-9 ? 0 : against, best[key].width];
    table.write(item, item.shown ? cells : null, items);
    if (item.shown) said.push(`${item.title}: ${number(cells[0])}, against the truth ${signed(cells[1])}`);
  }
  const [mean, width] = state.forecast;
  table.head.textContent = `width ${plain(width)}`;
  return `Forecast ${plain(mean)} with width ${plain(width)}, outcome ${plain(state.outcome)}. ${said.join(". ")}.`;
}

const rowsOf = ({ items, bestText }, { here, expected, truth, best }) => [
  ["Score", "This outcome", "Average", "Average of the truth", "Best width"],
  ...items.filter((item) => item.shown).map(({ key, spec }) => [spec.title, here[key][0], expected[key][0], truth[key], bestText(best[key].width)]),
];

function scoreExplorer(given) {
  const { el, compute, drawn } = given;
  const plan = planOf(given);
  const { items, centre, scale } = plan;
  const set = settingOf(given, plan, taken);
  const { state, save } = set;
  const answers = answersOf(plan, state, compute);
  const laws = lawsOf(plan, state, answers);
  const averages = averagesOf(plan, state, answers);
  makeGhosts(set.steps, [laws.panel, averages.panel]);
  const panels = panelGrid([laws.panel, averages.panel]);
  const handles = handlesOf(plan, state, laws, averages, (change) => {
    Object.assign(state, change);
    update();
    save();
  });
  const table = lossTable({
    caption: "", columns: ["This outcome", "Against truth", "Best width"], formats: [number, signed, plan.bestText],
    onToggle(item) {
      item.shown = !item.shown;
      table.build(items);
      draw();
      save();
    },
  });
  const controls = controlsOf(plan, set, update);
  const live = announcer(el);
  const details = tableOnRequest("Table of the scores", () => rowsOf(plan, answers));
  const foot = footer({
    set, python: () => `ll.widgets.ScoreExplorer(truth=${pair([centre, scale])}, forecast=${pair(state.forecast)}, outcome=${short(state.outcome)}, threshold=${short(state.threshold)}, level=${state.level})`,
  });
  el.append(panels, table.root, ...controls.roots, foot, details.root, live.root);

  function layout() {
    const { narrow, width } = sideBySide(el, panels, 2);
    for (const { panel } of [laws, averages]) panel.resize(width, tall("scores", narrow));
    laws.again();
    averages.frame();
  }
  function taken() {
    table.build(items);
    controls.set();
    update();
  }
  function update() {
    answers.update();
    draw();
  }
  function draw() {
    laws.draw();
    averages.draw();
    handles.points.draw();
    handles.width.draw("Width of the forecast", `width ${plain(state.forecast[1])}`);
    live.say(tell(plan, table, state, answers));
    details.refresh();
    drawn();
  }

  layout();
  table.build(items);
  handles.points.build();
  update();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handles.points, handles.width, set, live, compute]);
}

export default { name: "score-explorer", needs: { losses: ["brier"] }, draw: scoreExplorer };
