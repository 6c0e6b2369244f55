// CountExplorer: counts as bars, three laws of counts of one mean, and what every bar costs under each.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s } from "../parts/dom.js";
import { plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { hiding } from "../parts/hidden.js";
import { curvePath, makePanel, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { announcer, footer, lossTable, pushButton, tableOnRequest, trouble, whileOpen } from "../parts/parts.js";
import { forAll, setting } from "../parts/setting.js";
import { counts as shared } from "../parts/shared.js";
import { makeSlider, niceStep } from "../parts/slider.js";
import { whenReady } from "../numbers/compute.js";
import { rowsOf } from "../numbers/questions.js";

const NEVER = shared.never; // logit of the zeros a Poisson law does not add: their probability rounds to 0
const rangeOf = ([min, max], log) => ({ min, max, log });
const DISPERSIONS = rangeOf(shared.dispersions, true);
const ZERO_SHARES = rangeOf(shared.zeroShares, false);

const percent = (v) => (v > 0 && v < 0.0005 ? "<0.1%" : `${(100 * v).toFixed(1)}%`);
const nats = (v) => v.toFixed(3);
const short = (v) => Number(v.toPrecision(4));

// Where the laws take their looks and kernels from, and the row of predictions of each.
const MODELS = [
  { key: "poisson", title: shared.laws[0], look: "poisson", kernel: "zero_inflated_poisson", row: ({ mean }) => [NEVER, Math.log(mean)] },
  {
    key: "negative_binomial", title: shared.laws[1], look: "negative_binomial_dispersion", kernel: "negative_binomial_dispersion",
    row: ({ mean, dispersion }) => [Math.log(mean), Math.log(dispersion)],
  },
  {
    key: "zero_inflated", title: shared.laws[2], look: "zero_inflated_poisson", kernel: "zero_inflated_poisson",
    row: ({ mean, zero_share: p }) => (p > 0 ? [Math.log(p / (1 - p)), Math.log(mean / (1 - p))] : [NEVER, Math.log(mean)]),
  },
];
const NUMBERS = ["mean", "dispersion", "zero_share"];

/** What stays as it is: the data as bars, the three laws, how far their mean goes. */
function planOf({ model, manifest }) {
  const [counts, rows, last] = ["counts", "rows", "last"].map((name) => model.get(name));
  const best = Object.fromEntries(NUMBERS.map((name, i) => [name, model.get("best")[i]]));
  const total = rows.reduce((sum, v) => sum + v, 0);
  const bars = Array.from({ length: last + 2 }, (_, i) => i);
  const barOf = (count) => Math.min(count, last + 1);
  const data = bars.map(() => 0);
  counts.forEach((count, i) => { data[barOf(count)] += rows[i] / total; });
  const items = MODELS.map((m) => {
    const { style } = manifest.find((spec) => spec.name === m.look);
    return { ...m, name: m.kernel, custom: false, shown: true, parameters: {}, spec: { title: m.title, parameters: [], style } };
  });
  return {
    counts, last, best, bars, barOf, data, items, weights: rows.map((v) => v / total),
    nameOf: (bar) => (bar > last ? `${bar}+` : String(bar)),
    ends: { mean: { min: Math.min(0.1, best.mean), max: Math.max(last, best.mean) }, dispersion: DISPERSIONS, zero_share: ZERO_SHARES },
  };
}

/** What the reader has set: mean, dispersion and share of zeros, and which laws are to be seen. */
function numbersOf({ el, model, share }, { items, ends }, taken) {
  const hidden = hiding(items);
  return setting({
    el, model, share, keep: hidden.keep, kept: hidden.kept,
    read: (get) => Object.fromEntries(NUMBERS.map((name) => [name, get(name)])),
    traits: (now) => ({ ...now }),
    link: (now) => ({ ...Object.fromEntries(NUMBERS.map((name) => [name, short(now[name])])), hide: hidden.inLink() }),
    linked(given, now) {
      for (const name of NUMBERS) {
        const v = Number(given[name]);
        if (given[name] !== undefined && v >= ends[name].min && v <= ends[name].max) now[name] = v;
      }
      hidden.fromLink(given.hide);
    },
    taken(reset) {
      if (reset) hidden.showAll();
      taken();
    },
  });
}

/** Probabilities of the bars under the laws, and what each bar adds to the mean loss: asked for and kept. */
function lawsOf({ counts, weights, bars, barOf, last }, state, compute) {
  const asked = Float64Array.from([...bars.slice(0, -1), ...counts]);
  const known = new Map();
  function judged(value) {
    const pmf = Array.from(value.slice(0, last + 1), (v) => Math.exp(-v));
    pmf.push(Math.max(0, 1 - pmf.reduce((sum, v) => sum + v, 0)));
    const cost = bars.map(() => 0);
    counts.forEach((count, i) => { cost[barOf(count)] += weights[i] * value[last + 1 + i]; });
    return { pmf, cost, mean: cost.reduce((sum, v) => sum + v, 0) };
  }
  return {
    known,
    ask(item, then) {
      const f = new Float64Array(2 * asked.length);
      const row = item.row(state);
      for (let i = 0; i < f.length; i += 2) f.set(row, i);
      whenReady(rowsOf(compute, item, asked, f, 2, item.key), (r) => {
        if (!r.error) known.set(item.key, judged(r.value));
        then(r);
      });
    },
  };
}

/** The two panels: shares of the bars, and what each costs. */
function pictureOf(model, { bars, last, nameOf, items, data }) {
  const xTicks = (width) => {
    const every = Math.ceil((24 * bars.length) / width);
    return bars.filter((bar) => bar > last || (bar % every === 0 && bar <= last + 1 - every));
  };
  const axis = { xLabel: model.get("x_label"), xTicks, xFormat: nameOf };
  const shares = makePanel({ ...axis, title: "Share", yFormat: (v) => `${plain(100 * v)}%` });
  const costs = makePanel({ ...axis, title: "What each bar adds to the mean loss" });
  const panels = [shares, costs];
  const blocks = s("path", { class: "ll-blocks" });
  const hair = s("line", { class: "ll-hair", y1: 0 });
  for (const panel of panels) {
    panel.paths = new Map(items.map((item) => [item.key, curvePath(item)]));
    panel.dots = new Map(items.map((item) => [item.key, s("path", { class: "ll-dot", style: { "--c": item.spec.style.colour } })]));
    panel.curves.append(...panel.paths.values());
    panel.over.append(...panel.dots.values());
  }
  shares.curves.prepend(blocks);
  shares.over.prepend(hair);

  const at = (panel, bar, v, left = 0) => `${(panel.x(bar) - left).toFixed(1)},${panel.y(v).toFixed(1)}`;
  const disc = (panel, bar, v, r) => `M${at(panel, bar, v, r)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;
  /** Axes hold what the laws need; they grow at once and shrink only when the top is far away. */
  function scale(panel, columns, least) {
    const high = Math.max(least, ...columns.flat());
    const low = Math.min(0, ...columns.flat());
    const [was, until] = panel.y.domain();
    if (panel.drawn === panel.inner.width && high <= until && until <= 1.7 * high && low >= was && (low < 0) === (was < 0)) return;
    panel.y.domain([1.1 * low, 1.12 * high]);
    panel.drawn = panel.inner.width;
    panel.axes();
  }
  function drawBars() {
    const half = 0.4 * (shares.x(1) - shares.x(0));
    blocks.setAttribute("d", data.map((v, bar) => `M${at(shares, bar, 0, half)}V${shares.y(v).toFixed(1)}h${(2 * half).toFixed(1)}V${shares.y(0).toFixed(1)}z`).join(""));
  }
  return {
    panels, shares, grid: panelGrid(panels),
    resize(narrow, width) {
      for (const panel of panels) {
        panel.resize(width, tall("counts", narrow));
        panel.x.domain([-0.6, last + 1.6]);
      }
    },
    /** The laws, by item; nothing of those that are hidden. */
    draw(laws) {
      const seen = [...laws.values()].filter(Boolean);
      scale(shares, seen.map((r) => r.pmf), Math.max(...data));
      scale(costs, seen.map((r) => r.cost), 0.1);
      drawBars();
      for (const [item, r] of laws) {
        for (const [panel, column] of [[shares, r?.pmf], [costs, r?.cost]]) {
          // The last bar stands for many counts: no line leads there.
          panel.paths.get(item.key).setAttribute("d", column ? `M${column.slice(0, -1).map((v, bar) => at(panel, bar, v)).join("L")}` : "");
          panel.dots.get(item.key).setAttribute("d", column ? column.map((v, bar) => disc(panel, bar, v, bar > last ? 4.5 : 3)).join("") : "");
        }
      }
    },
    /** New scales, whatever the old ones. */
    again: () => panels.forEach((panel) => { panel.drawn = 0; }),
    markMean: (mean) => upright(hair, shares.x(mean), shares.inner.height),
  };
}

/** The table of the laws, with a last row for the data. */
function tableOf({ last, nameOf, data }, onToggle) {
  const table = lossTable({ caption: "", columns: ["Mean loss", "Zeros", nameOf(last + 1)], formats: [nats, percent, percent], onToggle });
  table.root.append(h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "The data"),
    [null, data[0], data[last + 1]].map((v) => h("td", {}, v === null ? "" : percent(v))))));
  return table;
}

/** Sliders of the numbers that belong to one law each. */
function slidersOf({ items: [, nb, zip] }, { state, save }, draw) {
  const made = (name, more) => makeSlider({
    ...more, value: state[name],
    onInput(v) {
      state[name] = v;
      draw();
    },
    onChange: save,
  });
  const all = {
    dispersion: made("dispersion", {
      name: "alpha", label: "Dispersion", hint: "of the negative binomial law: variance = mean + \u03b1 mean\u00b2", range: DISPERSIONS, colour: nb.spec.style.colour,
    }),
    zero_share: made("zero_share", {
      name: "π", label: "Zero share", hint: "of the zero-inflated law: zeros beside those of its Poisson law", range: ZERO_SHARES, colour: zip.spec.style.colour,
    }),
  };
  return {
    root: h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, all.dispersion.root, all.zero_share.root)),
    set: () => Object.entries(all).forEach(([name, slider]) => slider.set(state[name])),
  };
}

/** "Dearest bar", and under which law it is which. */
function dearestOf({ nameOf }, all) {
  const words = all.map(([item, { cost }]) => `${item.title} ${nameOf(cost.indexOf(Math.max(...cost)))}`);
  return [h("b", {}, "Dearest bar"), words.length ? `: ${words.join(", ")}` : ""];
}

const sentence = (mean, all) => `Mean ${plain(mean)}. ${all.map(([item, r]) => `${item.title}: mean loss ${nats(r.mean)}, ${percent(r.pmf[0])} zeros`).join(". ")}.`;

const rowsOfBars = ({ bars, nameOf, data }, all) => [
  ["Count", "Data", ...all.flatMap(([item]) => [item.title, "adds"])],
  ...bars.map((bar) => [nameOf(bar), percent(data[bar]), ...all.flatMap(([, r]) => [percent(r.pmf[bar]), r.cost[bar]])]),
];

function countExplorer(given) {
  const { el, model, compute, share, drawn } = given;
  const plan = planOf(given);
  const { items, ends } = plan;
  const set = numbersOf(given, plan, taken);
  const { state, save } = set;
  const laws = lawsOf(plan, state, compute);
  const picture = pictureOf(model, plan);
  makeGhosts(set.steps, picture.panels);
  const known = () => items.filter((item) => item.shown && laws.known.has(item.key)).map((item) => [item, laws.known.get(item.key)]);
  const handle = axisHandle({
    panel: picture.shares, range: () => ({ low: ends.mean.min, high: ends.mean.max, step: niceStep(ends.mean.max) }), value: () => state.mean,
    onMove(v) {
      state.mean = Math.min(ends.mean.max, short(v));
      draw();
      save();
    },
  });
  const table = tableOf(plan, (item) => {
    item.shown = !item.shown;
    rebuild();
    save();
  });
  const sliders = slidersOf(plan, set, draw);
  const bestButton = pushButton("Best fit", () => {
    Object.assign(state, plan.best);
    taken();
    save();
  });
  const edit = h("div", { class: "ll-footer ll-edit" }, bestButton, h("span", { class: "ll-quiet" }, "Drag the mean along the axis, or use arrow keys."));
  const dearest = h("div", { class: "ll-strip-title ll-payers" });
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest("Table of the bars", () => rowsOfBars(plan, known()));
  const foot = footer({
    set, python: () => `ll.widgets.CountExplorer(${[...(share ? [] : ["data"]), ...NUMBERS.map((name) => `${name}=${short(state[name])}`)].join(", ")})`,
  });
  el.append(picture.grid, dearest, edit, table.root, sliders.root, note.root, foot, details.root, live.root);

  function layout() {
    const { narrow, width } = sideBySide(el, picture.grid, 2);
    picture.resize(narrow, width);
  }
  function taken() {
    sliders.set();
    picture.again();
    rebuild();
  }
  function rebuild() {
    table.build(items);
    draw();
  }
  function draw() {
    note.clear();
    const ask = (item, done) => laws.ask(item, (r) => {
      if (r.error) note.say(item, r.error);
      done();
    });
    forAll(items, ask, () => {
      show();
      drawn();
    });
  }
  function show() {
    picture.draw(new Map(items.map((item) => [item, item.shown ? laws.known.get(item.key) : null])));
    for (const item of items) {
      const r = item.shown ? laws.known.get(item.key) : null;
      table.write(item, r ? [r.mean, r.pmf[0], r.pmf[plan.last + 1]] : null, items);
    }
    picture.markMean(state.mean);
    handle.draw("Mean of the three laws", `mean ${plain(state.mean)}`);
    table.head.textContent = `at mean ${plain(state.mean)}`;
    dearest.replaceChildren(...dearestOf(plan, known()));
    live.say(sentence(state.mean, known()));
    details.refresh();
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    show();
  }, [handle, set, live, compute]);
}

export default { name: "count-explorer", draw: countExplorer };
