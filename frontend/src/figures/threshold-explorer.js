// ThresholdExplorer: scores of two classes, a threshold dragged along them, and the reliability of the forecasts that they
// are read as when a temperature stretches and a weight shifts them.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makePanel, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { announcer, choice, footer, putNumber, tableOnRequest, whileOpen } from "../parts/parts.js";
import { setting } from "../parts/setting.js";
import { thresholds as shared } from "../parts/shared.js";
import { makeSlider } from "../parts/slider.js";
import { curveOf } from "../numbers/questions.js";

const { ranges: RANGES, reach: REACH } = shared;
const NUMBERS = ["threshold", "temperature", "weight", "cost"];
const LEFT_AS_THEY_ARE = { threshold: 0.5, temperature: 1, weight: 1 };
const KEYS = 0.05; // of a step along the log-odds
const TICKS = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999];
const GOLDEN = 0.6180339887498949;
const RADIUS = 3;
const LANES = [[0.04, 0.38], [0.54, 0.88]]; // where the dots of each class lie, in heights of the panel

const logOdds = (p) => Math.log(p / (1 - p));
const short = (v) => Number(v.toPrecision(4));
const percent = (v) => `${(100 * v).toFixed(1)}%`;
const plainPercent = (v) => `${plain(100 * v)}%`;
const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;

/** What stays as it is: labels, the models' scores, the groups of each, and how high in its lane a dot lies. */
function planOf(model) {
  const [labels, models, scores, [zero, one], groups] = ["labels", "models", "scores", "classes", "groups"].map((name) => model.get(name));
  const n = labels.length;
  const parts = scores.map((f) => {
    const order = labels.map((_, i) => i).sort((a, b) => f[a] - f[b] || a - b);
    return Array.from({ length: groups }, (_, k) => order.slice(Math.floor((k * n) / groups), Math.floor(((k + 1) * n) / groups)));
  });
  return {
    labels, models, zero, one, n, ones: labels.reduce((sum, v) => sum + v, 0), targets: Float64Array.from(labels), zeros: new Float64Array(n),
    scoresOf: (shown) => scores[models.indexOf(shown)], partsOf: (shown) => parts[models.indexOf(shown)],
    heights: labels.map((label, i) => LANES[label][0] + (LANES[label][1] - LANES[label][0]) * ((i * GOLDEN) % 1)),
  };
}

/** Decisions and forecasts, as `readings` of losslab/widgets/figures/threshold_explorer.py tells them. */
function readingsOf(plan, compute) {
  const item = (name) => ({ name, custom: false, parameters: {}, spec: {} });
  const averages = new Map();
  /** What depends on the reading of the scores alone, not on the threshold. */
  function forecasts({ shown, temperature, weight }) {
    const key = JSON.stringify([shown, temperature, weight]);
    if (!averages.has(key)) {
      if (averages.size > 2) averages.delete([...averages.keys()][1]);
      const z = Float64Array.from(plan.scoresOf(shown), (f) => f / temperature + Math.log(weight));
      const p = curveOf(compute, item("binary_cross_entropy"), plan.zeros, z, "p").gradient; // the slope at label 0
      const groups = plan.partsOf(shown).map((part) => {
        const share = mean(part.map((i) => plan.labels[i]));
        return { said: mean(part.map((i) => p[i])), share, size: part.length };
      });
      averages.set(key, {
        z, groups, forecast: mean(p),
        gap: groups.reduce((sum, { said, share, size }) => sum + (size / plan.n) * Math.abs(said - share), 0),
        crossEntropy: mean(curveOf(compute, item("binary_cross_entropy"), plan.targets, z, "loss").value),
        brier: mean(curveOf(compute, item("brier"), plan.targets, p, "brier").value),
      });
    }
    return averages.get(key);
  }
  return (state) => {
    const told = forecasts(state);
    const cut = logOdds(state.threshold);
    const decided = Array.from(told.z, (v) => v > cut);
    const count = (label, yes) => plan.labels.reduce((sum, y, i) => sum + (y === label && decided[i] === yes), 0);
    const [missed, falseAlarms] = [count(1, false), count(0, true)];
    return {
      ...told, decided, missed, falseAlarms, caught: plan.ones - missed, cleared: plan.n - plan.ones - falseAlarms,
      errorRate: (missed + falseAlarms) / plan.n, cost: (state.cost * missed + falseAlarms) / plan.n,
    };
  };
}

/** All scores in two lanes, and what the threshold makes of them. */
function decisionsOf({ zero, one, labels, heights }) {
  const panel = makePanel({
    title: "Decisions", xLabel: "forecast, on a scale of log-odds", yTicks: [], margin: { left: 12 },
    xTicks: (width) => TICKS.filter((_, i) => width > 280 || i % 2).map(logOdds), xFormat: (v) => plainPercent(1 / (1 + Math.exp(-v))),
  });
  const above = s("rect", { class: "ll-below", y: 0 });
  // Of each class those decided rightly, then those decided wrongly.
  const dots = [0, 1].map((label) => [0, 1].map((wrong) => s("path", { class: `ll-case ll-case${label}${wrong ? " ll-wrong" : ""}` })));
  panel.curves.append(above, ...dots.flat());
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const [cleared, alarms, missed, caught] = ["start", "end", "start", "end"].map((anchor) => s("text", { "text-anchor": anchor, style: { "--c": "var(--ll-ink)" } }));
  panel.over.append(hair, s("g", { class: "ll-labels" }, cleared, alarms, missed, caught));
  const disc = ([x, y]) => `M${(x - RADIUS).toFixed(1)},${y.toFixed(1)}a${RADIUS},${RADIUS} 0 1 0 ${2 * RADIUS},0a${RADIUS},${RADIUS} 0 1 0 ${-2 * RADIUS},0`;

  return {
    panel,
    resize(width, height) {
      panel.resize(width, height);
      panel.x.domain([-REACH - 0.4, REACH + 0.4]);
      panel.y.domain([0, 1]);
      panel.axes();
      above.setAttribute("height", panel.inner.height);
      for (const [node, x, y] of [[cleared, 4, 0.46], [alarms, panel.inner.width - 4, 0.46], [missed, 4, 0.96], [caught, panel.inner.width - 4, 0.96]]) {
        node.setAttribute("x", x);
        node.setAttribute("y", panel.y(y) + 4);
      }
    },
    draw(r, threshold) {
      const cut = panel.x(logOdds(threshold));
      upright(hair, cut, panel.inner.height);
      above.setAttribute("x", cut);
      above.setAttribute("width", Math.max(0, panel.inner.width - cut));
      for (const label of [0, 1]) {
        for (const wrong of [0, 1]) {
          const some = labels.map((_, i) => i).filter((i) => labels[i] === label && (r.decided[i] === (label === 1)) === !wrong);
          dots[label][wrong].setAttribute("d", some.map((i) => disc([panel.x(Math.max(-REACH, Math.min(REACH, r.z[i]))), panel.y(heights[i])])).join(""));
        }
      }
      write(missed, `${one}: ${r.missed} missed`);
      write(caught, `${r.caught} caught`);
      write(cleared, `${zero}: ${r.cleared} cleared`);
      write(alarms, `${r.falseAlarms} alarmed`);
    },
  };
}

/** Two ends of what the share of k in n may be: Wilson's interval of one standard error. */
function interval(share, n) {
  const middle = (share * n + 0.5) / (n + 1);
  const half = Math.sqrt(share * (1 - share) * n + 0.25) / (n + 1);
  return [middle - half, middle + half];
}

/** The reliability diagram: shares of groups over what was said of them, also as the scores are left as they are. */
function reliabilityOf({ one, ones, n }, colour) {
  const panel = makePanel({ title: `Share of ${one}, by what was said`, xLabel: "mean forecast of a group", xFormat: plainPercent, yFormat: plainPercent });
  const diagonal = s("path", { class: "ll-gap" });
  const before = s("path", { class: "ll-curve ll-before", stroke: colour });
  const bars = s("path", { class: "ll-best", style: { "--c": colour } });
  const curve = s("path", { class: "ll-curve", stroke: colour });
  panel.curves.append(diagonal, before, bars, curve);
  const dots = s("g");
  const all = s("circle", { r: 6, class: "ll-ring" });
  const allName = s("text", { "text-anchor": "start", style: { "--c": "var(--ll-ink)" } }, "all");
  panel.over.append(dots, all, s("g", { class: "ll-labels" }, allName));
  const put = (node, x, y) => {
    node.setAttribute("cx", panel.x(x).toFixed(1));
    node.setAttribute("cy", panel.y(y).toFixed(1));
  };
  return {
    panel,
    resize(width, height) {
      panel.resize(width, height);
      panel.x.domain([-0.02, 1.02]);
      panel.y.domain([-0.04, 1.04]);
      panel.axes();
      diagonal.setAttribute("d", `M${panel.x(0)},${panel.y(0)}L${panel.x(1)},${panel.y(1)}`);
    },
    draw(r, plainly) {
      const lineOf = ({ groups }) => panel.path(groups.map(({ said }) => said), groups.map(({ share }) => share)) || "";
      curve.setAttribute("d", lineOf(r));
      before.setAttribute("d", r === plainly ? "" : lineOf(plainly));
      bars.setAttribute("d", r.groups.map(({ said, share, size }) => {
        const [low, high] = interval(share, size).map((v) => panel.y(v).toFixed(1));
        return `M${panel.x(said).toFixed(1)},${low}V${high}`;
      }).join(""));
      while (dots.childElementCount < r.groups.length) dots.append(s("circle", { r: 4.5, class: "ll-dot", style: { "--c": colour } }));
      r.groups.forEach(({ said, share }, k) => put(dots.children[k], said, share));
      put(all, r.forecast, ones / n);
      allName.setAttribute("x", (panel.x(r.forecast) + 9).toFixed(1));
      allName.setAttribute("y", (panel.y(ones / n) + 14).toFixed(1));
    },
  };
}

/** A table of numbers as they are now, and as they are of the plain scores: what that means is `left`. */
function compareTable(title, rows, left) {
  const lines = rows.map(([name, value, text]) => ({ value, text, cells: [h("td"), h("td", { class: "ll-quiet" })], name }));
  return {
    root: h("table", { class: "ll-table", "data-readout": "" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, title), h("th", { scope: "col" }, "now"), h("th", { scope: "col", title: left }, "plain"))),
      h("tbody", {}, lines.map(({ name, cells }) => h("tr", {}, h("th", { scope: "row" }, name), cells)))),
    write(...both) {
      for (const { value, text, cells } of lines) both.forEach((r, k) => putNumber(cells[k], value(r), text(value(r))));
    },
  };
}

const whole = (v) => String(v);
const thousandths = (v) => v.toFixed(3);

function thresholdExplorer({ el, model, manifest, compute, share, drawn }) {
  const plan = planOf(model);
  const { colour } = manifest.find((spec) => spec.name === "binary_cross_entropy").style;
  const names = ["shown", ...NUMBERS];
  const set = setting({
    el, model, share,
    read: (get) => Object.fromEntries(names.map((name) => [name, get(name)])),
    traits: (now) => ({ ...now }),
    link: (now) => ({ shown: plan.models.indexOf(now.shown), ...Object.fromEntries(NUMBERS.map((name) => [name, short(now[name])])) }),
    linked(given, now) {
      now.shown = plan.models[given.shown] ?? now.shown;
      for (const name of NUMBERS) {
        const v = Number(given[name]);
        if (given[name] !== undefined && v >= RANGES[name][0] && v <= RANGES[name][1]) now[name] = v;
      }
    },
    taken() {
      for (const [name, slider] of Object.entries(sliders)) slider.set(state[name]);
      tabs?.show(state.shown);
      draw();
    },
  });
  const { state, save } = set;
  const readings = readingsOf(plan, compute);
  const plainly = () => readings({ ...state, ...LEFT_AS_THEY_ARE });

  const decisions = decisionsOf(plan);
  const reliability = reliabilityOf(plan, colour);
  const panels = [decisions.panel, reliability.panel];
  const grid = panelGrid(panels);
  const counts = compareTable("Decisions", [
    [`${plan.one}, missed`, (r) => r.missed, whole],
    [`${plan.zero}, alarmed`, (r) => r.falseAlarms, whole],
    ["Error rate", (r) => r.errorRate, percent],
    ["Cost of a case", (r) => r.cost, thousandths],
  ], "T = w = 1, cut at 50%");
  const averages = compareTable("Forecasts", [
    ["Mean forecast", (r) => r.forecast, percent],
    ["Gap, said to share", (r) => r.gap, thousandths],
    ["Cross-entropy", (r) => r.crossEntropy, thousandths],
    ["Brier score", (r) => r.brier, thousandths],
  ], "T = w = 1");
  decisions.panel.root.append(counts.root);
  reliability.panel.root.append(averages.root);

  const [low, high] = RANGES.threshold;
  const handle = axisHandle({
    panel: decisions.panel, range: () => ({ low: logOdds(low), high: logOdds(high), step: KEYS }), value: () => logOdds(state.threshold),
    onMove(v) {
      state.threshold = Math.max(low, Math.min(high, short(1 / (1 + Math.exp(-v)))));
      draw();
      save();
    },
  });
  const slider = (name, log, more) => makeSlider({
    ...more, value: state[name], range: { min: RANGES[name][0], max: RANGES[name][1], log, ...(log ? {} : { step: 0.5 }) }, colour,
    onInput(v) {
      state[name] = v;
      draw();
    },
    onChange: save,
  });
  const sliders = {
    temperature: slider("temperature", true, { name: "T", label: "Temperature", hint: "The scores are divided by it before they are read." }),
    weight: slider("weight", true, { name: "w", label: `Weight of ${plan.one}`, hint: "Its logarithm is added to the scores." }),
    cost: slider("cost", false, { name: "c", label: "Cost of a miss", hint: "In false alarms." }),
  };
  const tabs = plan.models.length > 1 ? choice({
    legend: "Scores of", value: state.shown, options: plan.models.map((name) => [name, name]),
    onPick(name) {
      state.shown = name;
      draw();
      save();
    },
  }) : null;
  const live = announcer(el);
  const details = tableOnRequest("Table of the groups", () => [
    ["Group", "Cases", "Mean forecast", `Share of ${plan.one}`],
    ...readings(state).groups.map(({ said, share: observed, size }, k) => [String(k + 1), whole(size), said, observed]),
  ]);
  const foot = footer({
    set,
    python: () => `ll.widgets.ThresholdExplorer(labels, scores, ${[...(state.shown ? [`shown=${JSON.stringify(state.shown)}`] : []), ...NUMBERS.map((name) => `${name}=${short(state[name])}`)].join(", ")})`,
  });
  el.append(grid, ...(tabs ? [tabs.root] : []), h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, Object.values(sliders).map(({ root }) => root))), foot, details.root, live.root);

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    for (const part of [decisions, reliability]) part.resize(width, tall("thresholds", narrow));
  }

  function draw() {
    const [r, before] = [readings(state), plainly()];
    decisions.draw(r, state.threshold);
    reliability.draw(r, before);
    counts.write(r, before);
    averages.write(r, before);
    handle.draw("Threshold", `cut at ${plainPercent(state.threshold)}`);
    live.say(`Cut at ${plainPercent(state.threshold)}: ${r.missed} missed, ${r.falseAlarms} alarmed. Mean forecast ${percent(r.forecast)}, cross-entropy ${number(r.crossEntropy)}, Brier score ${number(r.brier)}.`);
    details.refresh();
    drawn();
  }

  layout();
  draw();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handle, set, live, compute]);
}

export default { name: "threshold-explorer", needs: { losses: ["brier"] }, draw: thresholdExplorer };
