// CountExplorer: counts as bars, three laws of counts of one mean, and what every bar costs under each.

import { axisHandle } from "../parts/axis-handle.js";
import { h, keysAreOurs, s, write } from "../parts/dom.js";
import { plain } from "../parts/format.js";
import { curvePath, makePanel, sideBySide, tall } from "../parts/panel.js";
import { announcer, footer, lossTable, tableOnRequest, whileOpen } from "../parts/parts.js";
import { counts as shared } from "../parts/shared.js";
import { makeSlider, niceStep } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";
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

function countExplorer({ el, model, manifest, compute, share, drawn }) {
  const [counts, rows, last] = ["counts", "rows", "last"].map((name) => model.get(name));
  const best = Object.fromEntries(NUMBERS.map((name, i) => [name, model.get("best")[i]]));
  const total = rows.reduce((sum, v) => sum + v, 0);
  const bars = Array.from({ length: last + 2 }, (_, i) => i);
  const barOf = (count) => Math.min(count, last + 1);
  const nameOf = (bar) => (bar > last ? `${bar}+` : String(bar));
  const data = bars.map(() => 0);
  counts.forEach((count, i) => { data[barOf(count)] += rows[i] / total; });
  const current = () => Object.fromEntries(NUMBERS.map((name) => [name, model.get(name)]));
  const start = current();
  const state = { ...start };
  const items = MODELS.map((m) => {
    const { style } = manifest.find((spec) => spec.name === m.look);
    return { ...m, name: m.kernel, custom: false, shown: true, parameters: {}, spec: { title: m.title, parameters: [], style } };
  });
  const top = Math.max(last, best.mean);
  const bottom = Math.min(0.1, best.mean);
  restore(share?.read());
  const shownItems = () => items.filter((item) => item.shown);

  const xTicks = (width) => {
    const every = Math.ceil((24 * bars.length) / width);
    return bars.filter((bar) => bar > last || (bar % every === 0 && bar <= last + 1 - every));
  };
  const axis = { xLabel: model.get("x_label"), xTicks, xFormat: nameOf };
  const shares = makePanel({ ...axis, title: "Share", yFormat: (v) => `${plain(100 * v)}%` });
  const costs = makePanel({ ...axis, title: "What each bar adds to the mean loss" });
  const blocks = s("path", { class: "ll-blocks" });
  const hair = s("line", { class: "ll-hair", y1: 0 });
  for (const panel of [shares, costs]) {
    panel.paths = new Map(items.map((item) => [item.key, curvePath(item)]));
    panel.dots = new Map(items.map((item) => [item.key, s("path", { class: "ll-dot", style: { "--c": item.spec.style.colour } })]));
    panel.curves.append(...panel.paths.values());
    panel.over.append(...panel.dots.values());
  }
  shares.curves.prepend(blocks);
  shares.over.prepend(hair);
  const grid = h("div", { class: "ll-panels" }, shares.root, costs.root);
  const dearest = h("div", { class: "ll-strip-title ll-payers" });
  const handle = axisHandle({
    panel: shares, range: () => ({ low: bottom, high: top, step: niceStep(top) }), value: () => state.mean,
    onMove: (v) => {
      state.mean = Math.min(top, short(v));
      draw();
      sync.save();
    },
  });

  const table = lossTable({
    caption: "", columns: ["Mean loss", "Zeros", nameOf(last + 1)], formats: [nats, percent, percent],
    onToggle: (item) => {
      item.shown = !item.shown;
      rebuild();
    },
  });
  table.root.append(h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "The data"),
    [null, data[0], data[last + 1]].map((v) => h("td", {}, v === null ? "" : percent(v))))));
  const live = announcer(el);
  const setter = (name) => ({
    onInput: (v) => {
      state[name] = v;
      draw();
    },
    onChange: () => sync.save(),
  });
  const [, nb, zip] = items;
  const sliders = {
    dispersion: makeSlider({
      name: "alpha", label: "Dispersion", hint: "of the negative binomial law: variance = mean + \u03b1 mean\u00b2",
      value: state.dispersion, range: DISPERSIONS, colour: nb.spec.style.colour, ...setter("dispersion"),
    }),
    zero_share: makeSlider({
      name: "π", label: "Zero share", hint: "of the zero-inflated law: zeros beside those of its Poisson law",
      value: state.zero_share, range: ZERO_SHARES, colour: zip.spec.style.colour, ...setter("zero_share"),
    }),
  };
  const controls = h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, sliders.dispersion.root, sliders.zero_share.root));
  const bestButton = h("button", { type: "button", class: "ll-button", onclick: () => { take(best); sync.save(); }, ...keysAreOurs }, "Best fit");
  const edit = h("div", { class: "ll-footer ll-edit" }, bestButton, h("span", { class: "ll-quiet" }, "Drag the mean along the axis, or use arrow keys."));
  const details = tableOnRequest("Table of the bars", tableRows);
  const given = () => NUMBERS.map((name) => [name, short(state[name])]);
  const foot = footer({
    onReset: () => {
      for (const item of items) item.shown = true;
      share?.clear();
      table.build(items);
      take(start);
      sync.save();
    },
    link: share && (() => share.write(Object.fromEntries([...given(), ["hide", items.filter((item) => !item.shown).map((item) => item.key).join(",")]]))),
    python: () => `ll.widgets.CountExplorer(${[...(share ? [] : ["data"]), ...given().map(([name, v]) => `${name}=${v}`)].join(", ")})`,
  });
  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  el.append(grid, dearest, edit, table.root, controls, note, foot, details.root, live.root);

  const sync = syncTraits(model, () => ({ ...state }), () => take(current()));

  function restore(link) {
    if (!link) return;
    const ranges = { mean: { min: bottom, max: top }, dispersion: DISPERSIONS, zero_share: ZERO_SHARES };
    for (const name of NUMBERS) {
      const v = Number(link[name]);
      if (link[name] !== undefined && v >= ranges[name].min && v <= ranges[name].max) state[name] = v;
    }
    for (const item of items) item.shown = !(link.hide ?? "").split(",").includes(item.key);
  }

  /** Goes to given numbers, whoever gives them. */
  function take(numbers) {
    Object.assign(state, numbers);
    for (const [name, slider] of Object.entries(sliders)) slider.set(state[name]);
    draw();
  }

  // Numbers ------------------------------------------------------------------

  const asked = Float64Array.from([...bars.slice(0, -1), ...counts]);

  /** Probabilities of the bars, and what each adds to the mean loss. */
  function law(item, then) {
    const f = new Float64Array(2 * asked.length);
    const row = item.row(state);
    for (let i = 0; i < f.length; i += 2) f.set(row, i);
    whenReady(rowsOf(compute, item, asked, f, 2, item.key), (r) => {
      if (r.error) return then(r);
      const pmf = Array.from(r.value.slice(0, last + 1), (v) => Math.exp(-v));
      pmf.push(Math.max(0, 1 - pmf.reduce((sum, v) => sum + v, 0)));
      const cost = bars.map(() => 0);
      counts.forEach((count, i) => { cost[barOf(count)] += (rows[i] / total) * r.value[last + 1 + i]; });
      then({ pmf, cost, mean: cost.reduce((sum, v) => sum + v, 0) });
    });
  }

  // Drawing ------------------------------------------------------------------

  const laws = new Map();

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    for (const panel of [shares, costs]) {
      panel.resize(width, tall("counts", narrow));
      panel.x.domain([-0.6, last + 1.6]);
    }
    shares.half = 0.4 * (shares.x(1) - shares.x(0));
    hair.setAttribute("y2", shares.inner.height);
  }

  function rebuild() {
    table.build(items);
    draw();
  }

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

  function draw() {
    const errors = [];
    let pending = items.length;
    for (const item of items) {
      law(item, (r) => {
        if (r.error) errors.push(`${item.title}: ${r.error}`);
        else laws.set(item.key, r);
        pending -= 1;
        if (pending) return;
        show();
        write(note, errors.join(" "));
        note.hidden = !errors.length;
        drawn();
      });
    }
  }

  const at = (panel, bar, v, left = 0) => `${(panel.x(bar) - left).toFixed(1)},${panel.y(v).toFixed(1)}`;
  const disc = (panel, bar, v, r) => `M${at(panel, bar, v, r)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;

  function show() {
    const all = shownItems().filter((item) => laws.has(item.key));
    scale(shares, all.map((item) => laws.get(item.key).pmf), Math.max(...data));
    scale(costs, all.map((item) => laws.get(item.key).cost), 0.1);
    blocks.setAttribute("d", data.map((v, bar) => `M${at(shares, bar, 0, shares.half)}V${shares.y(v).toFixed(1)}h${(2 * shares.half).toFixed(1)}V${shares.y(0).toFixed(1)}z`).join(""));
    for (const item of items) {
      const r = item.shown ? laws.get(item.key) : null;
      for (const [panel, column] of [[shares, r?.pmf], [costs, r?.cost]]) {
        // The last bar stands for many counts: no line leads there.
        panel.paths.get(item.key).setAttribute("d", column ? `M${column.slice(0, -1).map((v, bar) => at(panel, bar, v)).join("L")}` : "");
        panel.dots.get(item.key).setAttribute("d", column ? column.map((v, bar) => disc(panel, bar, v, bar > last ? 4.5 : 3)).join("") : "");
      }
      table.write(item, r ? [r.mean, r.pmf[0], r.pmf[last + 1]] : null, items);
    }
    drawMean();
    const costliest = all.map((item) => {
      const { cost } = laws.get(item.key);
      return `${item.title} ${nameOf(cost.indexOf(Math.max(...cost)))}`;
    });
    dearest.replaceChildren(h("b", {}, "Dearest bar"), costliest.length ? `: ${costliest.join(", ")}` : "");
    live.say(`Mean ${plain(state.mean)}. ${all.map((item) => `${item.title}: mean loss ${nats(laws.get(item.key).mean)}, ${percent(laws.get(item.key).pmf[0])} zeros`).join(". ")}.`);
    details.refresh();
  }

  function drawMean() {
    const px = shares.x(state.mean);
    hair.setAttribute("x1", px);
    hair.setAttribute("x2", px);
    handle.draw("Mean of the three laws", `mean ${plain(state.mean)}`);
    table.head.textContent = `at mean ${plain(state.mean)}`;
  }

  function tableRows() {
    const all = shownItems().filter((item) => laws.has(item.key));
    return [["Count", "Data", ...all.flatMap((item) => [item.title, "adds"])],
      ...bars.map((bar) => [nameOf(bar), percent(data[bar]), ...all.flatMap((item) => [percent(laws.get(item.key).pmf[bar]), laws.get(item.key).cost[bar]])])];
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    show();
  }, [handle, sync, live, compute]);
}

export default { name: "count-explorer", draw: countExplorer };
