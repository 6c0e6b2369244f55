// ScoreExplorer: a normal forecast to shape, an outcome, and what proper and improper scores say of it.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { curvePath, makePanel, sideBySide, tall } from "../parts/panel.js";
import { announcer, choice, footer, lossTable, tableOnRequest, whileOpen } from "../parts/parts.js";
import { pointHandles, short } from "../parts/points.js";
import { evenly as grid } from "../numbers/questions.js";
import { scoreAverages } from "../numbers/score-averages.js";
import { scores } from "../parts/shared.js";
import { makeSlider, niceStep } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";

const { list: SCORES, widths: WIDTHS, far: FAR, steps: STEPS, closer: CLOSER } = scores;
const SIDE = 4.5; // widths of the truth to either side in the left panel
const SMOOTH = 180;

const signed = (v) => (v > 0 ? `+${number(v)}` : number(v));
const settings = (state) => ({ forecast: [...state.forecast], outcome: state.outcome, threshold: state.threshold, level: state.level });

function scoreExplorer({ el, model, manifest, compute, share, drawn }) {
  const [centre, scale] = model.get("truth");
  const intervals = model.get("intervals");
  const read = () => settings(Object.fromEntries(["forecast", "outcome", "threshold", "level"].map((name) => [name, model.get(name)])));
  const start = read();
  const state = settings(start);
  const items = SCORES.map((score) => ({
    ...score, name: score.key, shown: true, parameters: {},
    spec: { title: score.improper ? `${score.title}, improper` : score.title, parameters: [], style: score.style ?? manifest.find((m) => m.name === score.look).style },
  }));
  const [narrowest, widest] = WIDTHS.map((end) => end * scale);
  const range = (name) => [centre - FAR[name] * scale, centre + FAR[name] * scale];
  const clamp = (v, [low, high]) => Math.max(low, Math.min(high, v));
  const step = niceStep(2 * scale);
  const round = (v) => short(Math.round(v / step) * step);
  restore(share?.read());
  const shownItems = () => items.filter((item) => item.shown);

  const laws = makePanel({ title: "Forecast and truth", xLabel: "y" });
  const truthArea = s("path", { class: "ll-blocks" });
  const forecastPath = s("path", { class: "ll-curve", stroke: "var(--ll-ink)" });
  laws.curves.append(truthArea, forecastPath);
  const eventLine = s("line", { class: "ll-threshold", y1: 16 });
  const eventName = s("text", { y: 12, "text-anchor": "middle", style: { "--c": items[3].spec.style.colour } });
  const outcomeLine = s("line", { class: "ll-hair", y1: 30 });
  const outcomeName = s("text", { y: 26, "text-anchor": "middle", style: { "--c": "var(--ll-ink)" } });
  const spread = s("path", { class: "ll-spread", style: { "--c": items[2].spec.style.colour } });
  const knobs = s("g");
  laws.over.append(eventLine, outcomeLine, spread, knobs, s("g", { class: "ll-labels" }, eventName, outcomeName));

  const averages = makePanel({ title: "Average score, the truth\u2019s is 0", xLabel: "width of the forecast" });
  averages.paths = new Map(items.map((item) => [item.key, curvePath(item)]));
  const bluff = s("rect", { class: "ll-below", x: 0 });
  const bluffName = s("text", { class: "ll-axis-name", "text-anchor": "end" }, "beats the truth");
  averages.curves.append(bluff, ...averages.paths.values());
  const trueWidth = s("line", { class: "ll-threshold", y1: 0 });
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const lowest = s("g");
  const spots = s("g");
  averages.over.append(bluffName, trueWidth, hair, lowest, spots);
  const panels = h("div", { class: "ll-panels" }, laws.root, averages.root);

  const handles = pointHandles({
    panel: laws, home: [[centre - SIDE * scale, centre + SIDE * scale], [0, 1e6 / scale]], points: () => places, onChoose() {},
    describe: (_, i) => [`Centre of the forecast: ${plain(state.forecast[0])}`, `Width of the forecast: ${plain(state.forecast[1])}`, `Outcome: ${plain(state.outcome)}`][i],
    onKey: () => false,
    onMove(i, [to]) {
      if (i === 0) state.forecast[0] = clamp(round(to), range("forecast"));
      else if (i === 1) state.forecast[1] = clamp(round(to - state.forecast[0]), [narrowest, widest]);
      else state.outcome = clamp(round(to), range("outcome"));
      update();
      sync.save();
    },
  });
  const widthHandle = axisHandle({
    panel: averages, range: () => ({ low: narrowest, high: widest, step: 5 * step }), value: () => state.forecast[1],
    onMove(v) {
      state.forecast[1] = clamp(short(v), [narrowest, widest]);
      update();
      sync.save();
    },
  });

  const bestText = (v) => (v <= narrowest ? `\u2264 ${plain(v)}` : v >= widest ? `\u2265 ${plain(v)}` : v.toPrecision(3));
  const table = lossTable({
    caption: "", columns: ["This outcome", "Against truth", "Best width"], formats: [number, signed, bestText],
    onToggle(item) {
      item.shown = !item.shown;
      table.build(items);
      draw();
    },
  });
  const live = announcer(el);
  const slider = makeSlider({
    name: "t", label: "Event: y above", hint: "The Brier score judges the probability that the forecast gives to this event.",
    value: state.threshold, range: { min: range("threshold")[0], max: range("threshold")[1], log: false }, colour: items[3].spec.style.colour,
    onInput(v) {
      state.threshold = clamp(v, range("threshold"));
      update();
    },
    onChange: () => sync.save(),
  });
  const levels = choice({
    legend: "Interval", value: state.level, options: intervals.map(([level]) => [level, `${Math.round(100 * level)}%`]),
    onPick(v) {
      state.level = v;
      update();
      sync.save();
    },
  });
  const controls = h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, slider.root));
  const details = tableOnRequest("Table of the scores", tableRows);
  const pair = ([a, b]) => `(${short(a)}, ${short(b)})`;
  const foot = footer({
    onReset() {
      for (const item of items) item.shown = true;
      share?.clear();
      table.build(items);
      take(start);
      sync.save();
    },
    link: share && (() => share.write({ forecast: state.forecast.map(short).join(","), outcome: short(state.outcome), threshold: short(state.threshold), level: state.level, hide: items.filter((item) => !item.shown).map((item) => item.key).join(",") })),
    python: () => `ll.widgets.ScoreExplorer(truth=${pair([centre, scale])}, forecast=${pair(state.forecast)}, outcome=${short(state.outcome)}, threshold=${short(state.threshold)}, level=${state.level})`,
  });
  el.append(panels, table.root, levels.root, controls, foot, details.root, live.root);
  const sync = syncTraits(model, () => settings(state), () => take(read()));

  function restore(link) {
    if (!link) return;
    const [m, w] = (link.forecast ?? "").split(",").map(Number);
    const inside = (v, [low, high]) => v >= low && v <= high;
    if (inside(m, range("forecast")) && inside(w, [narrowest, widest])) state.forecast = [m, w];
    for (const name of ["outcome", "threshold"]) {
      if (link[name] !== undefined && inside(Number(link[name]), range(name))) state[name] = Number(link[name]);
    }
    if (intervals.some(([level]) => level === Number(link.level))) state.level = Number(link.level);
    for (const item of items) item.shown = !(link.hide ?? "").split(",").includes(item.key);
  }

  function take(numbers) {
    Object.assign(state, settings(numbers));
    slider.set(state.threshold);
    levels.show(state.level);
    update();
  }

  // Numbers ------------------------------------------------------------------

  const { density, overTruth, atOutcome, interval, groups } = scoreAverages({ compute, truth: [centre, scale], intervals, rule: model.get("rule"), state });
  const widths = grid(narrowest, widest, STEPS);
  const argmin = (list) => list.reduce((low, v, k) => (v < list[low] ? k : low), 0);
  const all = (law, mean, some) => Object.assign({}, ...groups.map(({ scores }) => scores(law, mean, some)));
  const [curves, truth, units, best] = [{}, {}, {}, {}];

  /** Curves over the width, with their lowest points; only those that what has changed matters to. */
  function computeCurves(group) {
    const now = JSON.stringify([state.forecast[0], group.needs()]);
    if (now === group.known) return;
    group.known = now;
    const own = group.scores(overTruth, centre, [scale, widest]);
    const found = group.scores(overTruth, state.forecast[0], widths);
    Object.assign(curves, found);
    const closer = new Map();
    for (const key of Object.keys(found)) {
      truth[key] = own[key][0];
      const unit = Math.abs(own[key][1] - own[key][0]);
      units[key] = unit > 1e-9 ? unit : 1;
      const i = argmin(found[key]);
      if (!closer.has(i)) {
        const some = grid(widths[Math.max(0, i - 1)], widths[Math.min(STEPS, i + 1)], CLOSER);
        closer.set(i, { some, values: group.scores(overTruth, state.forecast[0], some) });
      }
      const { some, values } = closer.get(i);
      const k = argmin(values[key]);
      best[key] = { width: some[k], value: values[key][k] };
    }
  }

  let here = null;
  let expected = null;
  function update() {
    for (const group of groups) computeCurves(group);
    const [mean, width] = state.forecast;
    here = all(atOutcome(state.outcome), mean, [width]);
    expected = all(overTruth, mean, [width]);
    draw();
  }

  // Drawing ------------------------------------------------------------------

  let places = [];
  const ys = grid(centre - SIDE * scale, centre + SIDE * scale, SMOOTH);
  const truthHeights = density(ys, centre, scale);
  const knob = (className, r) => s("circle", { r, class: className, style: { "--c": "var(--ll-ink)" } });
  knobs.append(knob("ll-knob", 7), knob("ll-knob", 7), knob("ll-knob", 7), knob("ll-dot", 4));
  lowest.append(...items.map((item) => s("circle", { r: 6, class: "ll-lowest", style: { "--c": item.spec.style.colour } })));
  spots.append(...items.map((item) => s("circle", { r: 4, class: "ll-dot", style: { "--c": item.spec.style.colour } })));
  const put = (node, x, y) => {
    node.setAttribute("cx", x.toFixed(2));
    node.setAttribute("cy", y.toFixed(2));
  };
  const upright = (node, x, height) => {
    for (const [name, v] of [["x1", x], ["x2", x], ["y2", height]]) node.setAttribute(name, v);
  };

  function layout() {
    const { narrow, width } = sideBySide(el, panels, 2);
    for (const panel of [laws, averages]) panel.resize(width, tall("scores", narrow));
    laws.x.domain([ys[0], ys[SMOOTH]]);
    averages.x.domain([0, widest * 1.02]);
    averages.y.domain([-1.15, 1.2]);
    averages.axes();
    laws.drawn = 0;
    const zero = averages.y(0);
    for (const [name, v] of [["y", zero], ["width", averages.inner.width], ["height", averages.inner.height - zero]]) bluff.setAttribute(name, v);
    bluffName.setAttribute("x", averages.inner.width - 6);
    bluffName.setAttribute("y", zero + 16);
    upright(trueWidth, averages.x(scale), averages.inner.height);
  }

  function draw() {
    drawLaws();
    drawAverages();
    const said = [];
    for (const item of items) {
      const k = item.key;
      const against = expected[k][0] - truth[k];
      const cells = [here[k][0], Math.abs(against) < 1e-9 ? 0 : against, best[k].width];
      table.write(item, item.shown ? cells : null, items);
      if (item.shown) said.push(`${item.title}: ${number(cells[0])}, against the truth ${signed(cells[1])}`);
    }
    table.head.textContent = `width ${plain(state.forecast[1])}`;
    live.say(`Forecast ${plain(state.forecast[0])} with width ${plain(state.forecast[1])}, outcome ${plain(state.outcome)}. ${said.join(". ")}.`);
    details.refresh();
    drawn();
  }

  function drawLaws() {
    const [mean, width] = state.forecast;
    const heights = density(ys, mean, width);
    const marks = density(Float64Array.of(mean, mean + width, state.outcome), mean, width);
    // The truth fills two thirds of the panel, until a narrow forecast needs more.
    const top = Math.max(1.5 * truthHeights[SMOOTH / 2], 1.3 * marks[0]);
    if (laws.drawn !== top) {
      laws.y.domain([0, top]);
      laws.axes();
      laws.drawn = top;
    }
    places = [[mean, marks[0]], [mean + width, marks[1]], [state.outcome, 0]];
    const base = laws.inner.height;
    truthArea.setAttribute("d", `${laws.path(ys, truthHeights)}V${base}H0Z`);
    forecastPath.setAttribute("d", laws.path(ys, heights));
    places.forEach(([x, y], i) => put(knobs.children[i], laws.x(x), laws.y(y)));
    put(knobs.lastChild, laws.x(state.outcome), laws.y(marks[2]));
    upright(outcomeLine, laws.x(state.outcome), base);
    upright(eventLine, laws.x(state.threshold), base);
    const [, , reach] = interval();
    const ends = [mean - reach * width, mean + reach * width].map((v) => clamp(v, laws.x.domain()));
    spread.setAttribute("d", `M${laws.x(ends[0]).toFixed(1)},${base}H${laws.x(ends[1]).toFixed(1)}`);
    write(eventName, `event: y > ${plain(state.threshold)}`);
    write(outcomeName, "outcome");
    for (const [node, v, half] of [[eventName, state.threshold, 48], [outcomeName, state.outcome, 28]]) {
      node.setAttribute("x", clamp(laws.x(v), [half, laws.inner.width - half]).toFixed(1));
    }
    handles.draw();
  }

  function drawAverages() {
    const x = averages.x(state.forecast[1]);
    upright(hair, x, averages.inner.height);
    widthHandle.draw("Width of the forecast", `width ${plain(state.forecast[1])}`);
    const height = (key, v) => averages.y((v - truth[key]) / units[key]);
    const [bottom, top] = averages.y.range();
    items.forEach((item, i) => {
      const k = item.key;
      averages.paths.get(k).setAttribute("d", item.shown ? averages.path(widths, Array.from(curves[k], (v) => (v - truth[k]) / units[k])) : "");
      for (const [node, px, py] of [[lowest.children[i], averages.x(best[k].width), height(k, best[k].value)], [spots.children[i], x, height(k, expected[k][0])]]) {
        node.style.visibility = item.shown && py >= top - 1 && py <= bottom + 1 ? "" : "hidden";
        put(node, px, py);
      }
    });
  }

  function tableRows() {
    return [["Score", "This outcome", "Average", "Average of the truth", "Best width"],
      ...shownItems().map((item) => [item.spec.title, here[item.key][0], expected[item.key][0], truth[item.key], bestText(best[item.key].width)])];
  }

  layout();
  table.build(items);
  places = [[0, 0], [0, 0], [0, 0]];
  handles.build();
  update();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handles, widthHandle, sync, live, compute]);
}

export default { name: "score-explorer", needs: { losses: ["brier"] }, draw: scoreExplorer };
