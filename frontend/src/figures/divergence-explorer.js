// DivergenceExplorer: a truth of several humps, one normal forecast to drag, and both Kullback-Leibler divergences.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { curvePath, makePanel, panelGrid, putDot, sideBySide, tall, upright } from "../parts/panel.js";
import { announcer, footer, pushButton, putNumber, swatch, tableOnRequest, whileOpen } from "../parts/parts.js";
import { pointHandles, short } from "../parts/points.js";
import { setting } from "../parts/setting.js";
import { divergences as shared } from "../parts/shared.js";
import { evenly, rowsOf } from "../numbers/questions.js";

const { ways: WAYS, cells: CELLS, reach: REACH, means: MEANS, widths: WIDTHS, steps: [FIRST_STEP, LAST_STEP], top: TOP } = shared;
const KERNELS = ["kl_divergence", "reverse_kl"];
const PLACES = 80;
const SEEN = 8; // how far the densities are drawn
const STEP = 0.05;
const INK = { "--c": "var(--ll-ink)" };

const clamp = (v, [low, high]) => Math.max(low, Math.min(high, v));
const inside = (v, [low, high]) => v >= low && v <= high;
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const digits = (v) => Number(v.toFixed(3)) + 0;

/** What stays as it is: the cells of the grid, and what the truth gives to them. */
function planOf(model, manifest) {
  const x = evenly(-REACH, REACH, CELLS - 1);
  const heights = x.map((v) => model.get("truth").reduce((sum, [w, m, scale]) => sum + (w / scale) * Math.exp(-0.5 * ((v - m) / scale) ** 2), 0));
  const total = heights.reduce((sum, v) => sum + v, 0);
  const items = KERNELS.map((name, k) => ({ name, key: WAYS[k], custom: false, parameters: {}, spec: manifest.find((spec) => spec.name === name) }));
  return { x, items, p: heights.map((v) => v / total), per: x[1] - x[0], means: evenly(...MEANS, PLACES) };
}

/** The divergences of several forecasts, by their kernels, and the densities of one. */
function answersOf({ x, p, items, means, per }, compute) {
  function ask(item, laws) {
    const [y, f] = [new Float64Array(CELLS * laws.length), new Float64Array(CELLS * laws.length)];
    laws.forEach(([m, width], k) => {
      y.set(p, k * CELLS);
      for (let i = 0; i < CELLS; i += 1) f[k * CELLS + i] = -0.5 * ((x[i] - m) / width) ** 2;
    });
    return rowsOf(compute, item, y, f, CELLS, item.key);
  }
  const curves = { known: null, values: null };
  return {
    at: (law) => items.map((item) => ask(item, [law]).value[0]),
    /** The slope of the forward divergence in the logits is q - p. */
    density: (law) => ask(items[0], [law]).gradient.map((v, i) => (v + p[i]) / per),
    overMeans(width) {
      if (curves.known !== width) Object.assign(curves, { known: width, values: items.map((item) => ask(item, [...means].map((m) => [m, width])).value) });
      return curves.values;
    },
    /** As `downhill` of losslab/widgets/figures/divergence_explorer.py: to the best of four steps, or half as far. */
    downhill(way, [mean, width]) {
      const item = items[WAYS.indexOf(way)];
      let [law, best] = [[mean, width], ask(item, [[mean, width]]).value[0]];
      for (let step = FIRST_STEP; step > LAST_STEP;) {
        const tried = [[1, 0], [-1, 0], [0, 1], [0, -1]].map(([a, b]) => [clamp(law[0] + a * step, MEANS), clamp(law[1] * Math.exp(b * step), WIDTHS)]);
        const found = ask(item, tried).value;
        const i = found.reduce((low, v, k) => (v < found[low] ? k : low), 0);
        if (found[i] < best) [law, best] = [tried[i], found[i]];
        else step /= 2;
      }
      return law.map(digits);
    },
  };
}

/** Both densities, with handles at the centre and the width of the forecast. */
function lawsOf({ x, p, per }) {
  const panel = makePanel({ title: "Truth p and forecast q", xLabel: "y" });
  const truth = s("path", { class: "ll-blocks" });
  const curve = s("path", { class: "ll-curve", stroke: "var(--ll-ink)" });
  const knobs = [0, 1].map(() => s("circle", { r: 7, class: "ll-knob", style: INK }));
  panel.curves.append(truth, curve);
  panel.over.append(...knobs);
  panel.x.domain([-SEEN, SEEN]);
  const highest = Math.max(...p) / per;
  let drawn = 0;
  return {
    panel,
    resize(width, height) {
      panel.resize(width, height);
      drawn = 0;
    },
    draw(q, places) {
      const peak = Math.max(...q);
      const top = peak > 1.4 * highest ? 1.2 * peak : 1.7 * highest;
      // The axis grows when it must and shrinks when there is much room.
      if (!(drawn >= 1.05 * Math.max(peak, highest) && drawn <= 2.6 * Math.max(peak, highest))) {
        panel.y.domain([0, top]);
        panel.axes();
        drawn = top;
      }
      const base = panel.y(0);
      truth.setAttribute("d", `${panel.path(x, p.map((v) => v / per))}V${base}Z`);
      curve.setAttribute("d", panel.path(x, q));
      places.forEach(([px, py], i) => {
        knobs[i].setAttribute("cx", panel.x(px).toFixed(2));
        knobs[i].setAttribute("cy", panel.y(py).toFixed(2));
      });
    },
  };
}

/** Both divergences over the mean of the forecast. */
function valleysOf({ items, means }) {
  const panel = makePanel({ title: "Divergence over the mean, at this width", xLabel: "mean of q" });
  const paths = items.map(curvePath);
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const dots = items.map(({ spec }) => s("circle", { r: 4.5, class: "ll-dot", style: { "--c": spec.style.colour } }));
  panel.curves.append(...paths);
  panel.over.append(hair, ...dots);
  panel.x.domain([MEANS[0] - 0.2, MEANS[1] + 0.2]);
  panel.y.domain([-0.05 * TOP, TOP]);
  return {
    panel,
    resize(width, height) {
      panel.resize(width, height);
      panel.axes();
    },
    draw(columns, mean, values) {
      const x = panel.x(mean);
      upright(hair, x, panel.inner.height);
      columns.forEach((column, k) => {
        paths[k].setAttribute("d", panel.path(means, column));
        putDot(panel, dots[k], x, values[k]);
      });
    },
  };
}

function divergenceExplorer({ el, model, manifest, compute, share, drawn }) {
  const plan = planOf(model, manifest);
  const answers = answersOf(plan, compute);
  const set = setting({
    el, model, share,
    read: (get) => ({ forecast: [...get("forecast")] }),
    traits: ({ forecast }) => ({ forecast: [...forecast] }),
    link: ({ forecast }) => ({ forecast: forecast.map(short).join() }),
    linked(given, now) {
      const [m, width] = (given.forecast ?? "").split(",").map(Number);
      if (inside(m, MEANS) && inside(width, WIDTHS)) now.forecast = [m, width];
    },
    taken: draw,
  });
  const { state, save } = set;
  const [laws, valleys] = [lawsOf(plan), valleysOf(plan)];
  const grid = panelGrid([laws.panel, valleys.panel]);
  makeGhosts(set.steps, [laws.panel, valleys.panel]);

  function go(law) {
    state.forecast = law;
    draw();
    save();
  }
  const round = (v) => short(Math.round(v / STEP) * STEP);
  let places = [[0, 0], [0, 0]];
  const handles = pointHandles({
    panel: laws.panel, home: [[-SEEN, SEEN], [0, 1e6]], points: () => places, onChoose() {},
    describe: (_, i) => (i ? `Width of the forecast: ${plain(state.forecast[1])}` : `Centre of the forecast: ${plain(state.forecast[0])}`),
    onMove(i, [to]) {
      const [m, width] = state.forecast;
      go(i ? [m, clamp(round(to - m), WIDTHS)] : [clamp(round(to), MEANS), width]);
    },
  });
  const meanHandle = axisHandle({
    panel: valleys.panel, range: () => ({ low: MEANS[0], high: MEANS[1], step: STEP }), value: () => state.forecast[0],
    onMove: (v) => go([clamp(short(v), MEANS), state.forecast[1]]),
  });
  const down = WAYS.map((way) => pushButton(`Least ${way}`, () => go(answers.downhill(way, state.forecast)), { class: "ll-button", title: "Downhill from where q is" }));
  const edit = h("div", { class: "ll-footer ll-edit" }, down, h("span", { class: "ll-quiet" }, "Drag centre and width of q; the buttons go downhill from there."));
  const lines = plan.items.map((item, k) => ({ item, cell: h("td"), name: `${capital(WAYS[k])}, KL(${["p‖q", "q‖p"][k]})` }));
  const head = h("th", { scope: "col" });
  const table = h("table", { class: "ll-table", "data-readout": "" },
    h("thead", {}, h("tr", {}, head, h("th", { scope: "col" }, "nats"))),
    h("tbody", {}, lines.map(({ item, name, cell }) => h("tr", {}, h("th", { scope: "row" }, swatch(item.spec.style), " ", name), cell))));
  const live = announcer(el);
  const details = tableOnRequest("Table of the divergences", () => {
    const columns = answers.overMeans(state.forecast[1]);
    return [["Mean of q", ...WAYS.map(capital)], ...Array.from(plan.means.keys()).filter((i) => i % 5 === 0).map((i) => [plain(plan.means[i]), columns[0][i], columns[1][i]])];
  });
  const foot = footer({ set, python: () => `ll.widgets.DivergenceExplorer(forecast=(${state.forecast.map(short).join(", ")}))` });
  el.append(grid, edit, table, foot, details.root, live.root);

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    for (const part of [laws, valleys]) part.resize(width, tall("divergences", narrow));
  }

  function draw() {
    const [m, width] = state.forecast;
    const q = answers.density(state.forecast);
    const values = answers.at(state.forecast);
    // Where the handles lie: on the curve drawn, between its cells.
    const onCurve = (v) => {
      const i = Math.min(CELLS - 2, Math.max(0, Math.floor((v + REACH) / plan.per)));
      return q[i] + ((v - plan.x[i]) / plan.per) * (q[i + 1] - q[i]);
    };
    places = [[m, onCurve(m)], [m + width, onCurve(m + width)]];
    laws.draw(q, places);
    valleys.draw(answers.overMeans(width), m, values);
    handles.draw();
    meanHandle.draw("Mean of the forecast", `mean ${plain(m)}`);
    lines.forEach(({ cell }, k) => putNumber(cell, values[k]));
    write(head, `mean ${plain(m)}, width ${plain(width)}`);
    live.say(`Forecast of mean ${plain(m)} and width ${plain(width)}: ${WAYS.map((way, k) => `${way} ${number(values[k])}`).join(", ")} nats.`);
    details.refresh();
    drawn();
  }

  layout();
  handles.build();
  draw();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handles, meanHandle, set, live, compute]);
}

export default { name: "divergence-explorer", draw: divergenceExplorer };
