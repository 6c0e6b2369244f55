// PitExplorer: the distribution function of a normal forecast, the score of an outcome as an area, and the histogram of
// where observations fell in the forecast.

import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { makePanel, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { announcer, footer, pushButton, putNumber, tableOnRequest, whileOpen } from "../parts/parts.js";
import { pointHandles, short } from "../parts/points.js";
import { setting } from "../parts/setting.js";
import { pit as shared } from "../parts/shared.js";
import { niceStep } from "../parts/slider.js";
import { evenly, rowsOf } from "../numbers/questions.js";

const { bins: BINS, widths: WIDTHS, reach: REACH, central: [LOW, HIGH] } = shared;
const SIDE = 4.5; // deviations of the observations to either side
const SMOOTH = 160;
const INK = { "--c": "var(--ll-ink)" };

const percent = (v) => `${(100 * v).toFixed(1)}%`;
const rough = (v) => plain(Number(v.toPrecision(3)));
const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;
const clamp = (v, [low, high]) => Math.max(low, Math.min(high, v));
const inside = (v, [low, high]) => v >= low && v <= high;

/** What stays as it is: the observations, and how far forecast and outcome may go. */
function planOf(model, manifest) {
  const [observations, [centre, scale]] = ["observations", "centre"].map((name) => model.get(name));
  const around = (reach) => [centre - reach * scale, centre + reach * scale];
  return {
    observations, centre: [centre, scale], step: niceStep(2 * scale), colour: manifest.find((spec) => spec.name === "crps_gaussian").style.colour,
    ends: { mean: around(REACH.forecast), width: WIDTHS.map((end) => end * scale), outcome: around(REACH.outcome) },
    xs: evenly(...around(SIDE), SMOOTH),
  };
}

/** Scores of the forecast and its distribution function, from one kernel: F is (1 - slope in the mean) / 2. */
function answersOf({ observations, xs }, state, compute) {
  const item = { name: "crps_gaussian", custom: false, parameters: {}, spec: {} };
  function scored(y) {
    const [m, width] = state.forecast;
    const log = Math.log(width);
    const f = Float64Array.from({ length: 2 * y.length }, (_, i) => (i % 2 ? log : m));
    const { value, gradient } = rowsOf(compute, item, Float64Array.from(y), f, 2, "crps");
    return { value, F: Float64Array.from(y, (_, i) => 0.5 * (1 - gradient[2 * i])) };
  }
  return () => {
    const all = scored([state.outcome, ...observations, ...xs]);
    const n = observations.length;
    const u = all.F.slice(1, n + 1);
    const bars = new Array(BINS).fill(0);
    for (const v of u) bars[Math.min(Math.floor(v * BINS), BINS - 1)] += 1 / n;
    const at = scored([state.forecast[0], state.forecast[0] + state.forecast[1]]).F;
    return {
      crps: all.value[0], atOutcome: all.F[0], meanCrps: mean(all.value.slice(1, n + 1)), level: mean(u),
      coverage: u.filter((v) => v >= LOW && v <= HIGH).length / n, bars, F: all.F.slice(n + 1), handles: at,
    };
  };
}

/** The distribution function, the step of the outcome, and the area between the axis and their squared distance. */
function lawOf({ xs, colour }, label) {
  const panel = makePanel({ title: "The score is the shaded area", xLabel: label, yFormat: (v) => v.toFixed(1) });
  const area = s("path", { class: "ll-disc", style: { "--c": colour } });
  const step = s("path", { class: "ll-gap" });
  const curve = s("path", { class: "ll-curve", stroke: "var(--ll-ink)" });
  const knobs = [0, 1, 2].map(() => s("circle", { r: 7, class: "ll-knob", style: INK }));
  const said = s("text", { x: 8, y: 16, "text-anchor": "start", style: { "--c": colour } });
  panel.curves.append(area, step, curve);
  panel.over.append(s("g", { class: "ll-labels" }, said), ...knobs);
  panel.x.domain([xs[0], xs[SMOOTH]]);
  panel.y.domain([-0.04, 1.04]);
  return {
    panel,
    resize(width, height) {
      panel.resize(width, height);
      panel.axes();
    },
    draw(r, outcome, places) {
      curve.setAttribute("d", panel.path(xs, r.F));
      const [left, right] = panel.x.range();
      step.setAttribute("d", `M${left},${panel.y(0)}H${panel.x(outcome)}V${panel.y(1)}H${right}`);
      const at = (x, v) => `${panel.x(x).toFixed(2)},${panel.y(v).toFixed(2)}`;
      const low = Array.from(xs.keys()).filter((i) => xs[i] < outcome).map((i) => at(xs[i], r.F[i] ** 2));
      const high = Array.from(xs.keys()).filter((i) => xs[i] > outcome).map((i) => at(xs[i], (1 - r.F[i]) ** 2));
      area.setAttribute("d", `M${at(xs[0], 0)}L${[...low, at(outcome, r.atOutcome ** 2), at(outcome, (1 - r.atOutcome) ** 2), ...high].join("L")}L${at(xs[SMOOTH], 0)}Z`);
      places.forEach(([x, y], i) => {
        knobs[i].setAttribute("cx", panel.x(x).toFixed(2));
        knobs[i].setAttribute("cy", panel.y(y).toFixed(2));
      });
      write(said, `area ${number(r.crps)}`);
    },
  };
}

/** The histogram, with the band in which chance alone leaves a bar, two standard errors to either side. */
function histogramOf(n) {
  const panel = makePanel({ title: "Where the observations fell in it", xLabel: "u = F(observation)", xFormat: (v) => v.toFixed(1) });
  const spread = 2 * Math.sqrt(((1 - 1 / BINS) * BINS) / n);
  const band = s("rect", { class: "ll-below", x: 0 });
  const blocks = s("path", { class: "ll-blocks" });
  const flat = s("line", { class: "ll-threshold", x1: 0 });
  const mark = s("line", { class: "ll-hair" });
  const markName = s("text", { "text-anchor": "middle", style: INK }, "outcome");
  panel.curves.append(band, blocks);
  panel.over.append(flat, mark, s("g", { class: "ll-labels" }, markName));
  panel.x.domain([0, 1]);
  let drawn = "";
  return {
    panel,
    resize(width, height) {
      panel.resize(width, height);
      drawn = "";
    },
    draw(r) {
      const highest = BINS * Math.max(...r.bars);
      const top = Math.max(2, Math.ceil(1.15 * highest));
      if (drawn !== String(top)) {
        panel.y.domain([0, top]);
        panel.axes();
        drawn = String(top);
      }
      const [width, edge] = [panel.inner.width, panel.y(1)];
      for (const [name, v] of [["y", panel.y(1 + spread)], ["width", width], ["height", panel.y(1 - spread) - panel.y(1 + spread)]]) band.setAttribute(name, v);
      for (const [name, v] of [["x2", width], ["y1", edge], ["y2", edge]]) flat.setAttribute(name, v);
      blocks.setAttribute("d", r.bars.map((bar, k) => `M${(panel.x(k / BINS) + 1).toFixed(1)},${panel.y(0)}V${panel.y(BINS * bar).toFixed(1)}H${(panel.x((k + 1) / BINS) - 1).toFixed(1)}V${panel.y(0)}Z`).join(""));
      const x = panel.x(r.atOutcome);
      upright(mark, x);
      mark.setAttribute("y1", panel.y(0));
      mark.setAttribute("y2", panel.y(0) - 12);
      markName.setAttribute("x", clamp(x, [26, width - 26]).toFixed(1));
      markName.setAttribute("y", panel.y(0) - 16);
    },
  };
}

function pitExplorer({ el, model, manifest, compute, share, drawn }) {
  const plan = planOf(model, manifest);
  const { ends, step } = plan;
  const n = plan.observations.length;
  const set = setting({
    el, model, share,
    read: (get) => ({ forecast: [...get("forecast")], outcome: get("outcome") }),
    traits: ({ forecast, outcome }) => ({ forecast: [...forecast], outcome }),
    link: ({ forecast, outcome }) => ({ forecast: forecast.map(short).join(), outcome: short(outcome) }),
    linked(given, now) {
      const [m, width] = (given.forecast ?? "").split(",").map(Number);
      if (inside(m, ends.mean) && inside(width, ends.width)) now.forecast = [m, width];
      if (given.outcome !== undefined && inside(Number(given.outcome), ends.outcome)) now.outcome = Number(given.outcome);
    },
    taken: draw,
  });
  const { state, save } = set;
  const answers = answersOf(plan, state, compute);
  const law = lawOf(plan, model.get("x_label"));
  const histogram = histogramOf(n);
  const grid = panelGrid([law.panel, histogram.panel]);
  makeGhosts(set.steps, [law.panel]);

  let places = [[0, 0], [0, 0], [0, 0]];
  const round = (v) => short(Math.round(v / step) * step);
  const moves = [
    (to) => { state.forecast[0] = clamp(round(to), ends.mean); },
    (to) => { state.forecast[1] = clamp(round(to - state.forecast[0]), ends.width); },
    (to) => { state.outcome = clamp(round(to), ends.outcome); },
  ];
  const handles = pointHandles({
    panel: law.panel, home: [[plan.xs[0], plan.xs[SMOOTH]], [-1, 2]], points: () => places, onChoose() {},
    describe: (_, i) => [`Centre of the forecast: ${plain(state.forecast[0])}`, `Width of the forecast: ${plain(state.forecast[1])}`, `Outcome: ${plain(state.outcome)}`][i],
    onMove(i, [to]) {
      moves[i](to);
      draw();
      save();
    },
  });
  const fit = pushButton("Mean and width of all", () => {
    state.forecast = [...plan.centre];
    draw();
    save();
  });
  const edit = h("div", { class: "ll-footer ll-edit" }, fit, h("span", { class: "ll-quiet" }, "Drag centre, width and outcome along the axis, or use arrow keys."));
  const lines = [
    ["Score of the outcome (CRPS)", (r) => r.crps, number],
    [`Mean score of the ${n} observations`, (r) => r.meanCrps, number],
    ["Mean of u", (r) => r.level, (v) => v.toFixed(3)],
    ["In the central 80%", (r) => r.coverage, percent],
  ].map(([name, value, text]) => ({ name, value, text, cell: h("td") }));
  const head = h("th", { scope: "col" });
  const table = h("table", { class: "ll-table", "data-readout": "" },
    h("thead", {}, h("tr", {}, head, h("th", { scope: "col" }, "value"))),
    h("tbody", {}, lines.map(({ name, cell }) => h("tr", {}, h("th", { scope: "row" }, name), cell))));
  const live = announcer(el);
  const details = tableOnRequest("Table of the histogram", () => [["u from", "to", "share"],
    ...answers().bars.map((bar, k) => [plain(k / BINS), plain((k + 1) / BINS), percent(bar)])]);
  const foot = footer({
    set, python: () => `ll.widgets.PitExplorer(observations, forecast=(${state.forecast.map(short).join(", ")}), outcome=${short(state.outcome)})`,
  });
  el.append(grid, edit, table, foot, details.root, live.root);

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    for (const part of [law, histogram]) part.resize(width, tall("pit", narrow));
  }

  function draw() {
    const r = answers();
    const [m, width] = state.forecast;
    places = [[m, r.handles[0]], [m + width, r.handles[1]], [state.outcome, 0]];
    law.draw(r, state.outcome, places);
    histogram.draw(r);
    handles.draw();
    for (const { value, text, cell } of lines) putNumber(cell, value(r), text(value(r)));
    write(head, `mean ${rough(m)}, width ${rough(width)}`);
    live.say(`Forecast ${plain(m)} with width ${plain(width)}, outcome ${plain(state.outcome)}: score ${number(r.crps)}. Of the observations ${percent(r.coverage)} lie in the central 80%, mean score ${number(r.meanCrps)}.`);
    details.refresh();
    drawn();
  }

  layout();
  handles.build();
  draw();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handles, set, live, compute]);
}

export default { name: "pit-explorer", draw: pitExplorer };
