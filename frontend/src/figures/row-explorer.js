// RowExplorer: one target and one row of predictions; one output is moved, and all gradients answer.

import { axisHandle } from "../parts/axis-handle.js";
import { h, keysAreOurs, s, uid, write } from "../parts/dom.js";
import { dashes, number, plain } from "../parts/format.js";
import { asPython, asTrait, spoken, toLink } from "../parts/items.js";
import { oneLoss } from "../parts/one-loss.js";
import { curvePath, limits, makePanel, outgrown, sideBySide } from "../parts/panel.js";
import { announcer, footer, putNumber, sliderBox, tableOnRequest, trouble, whileOpen } from "../parts/parts.js";
import { asJson, asNumbers, derivative, fitsSum, moved, pythonNumbers, questions, short } from "../parts/row.js";
import { isTarget, targetControl } from "../parts/row-target.js";
import { makeSlider, niceStep } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";
import { whenReady } from "../numbers/compute.js";
import { rowsOf } from "../numbers/questions.js";

const POINTS = 240;
const TAIL = { tail: 0.02 };

/** A gradient whose push fills its half of the cell: larger ones, far out on the axis, are cut off. */
function strength(gradient) {
  const sizes = gradient.map(Math.abs).filter(Number.isFinite).sort();
  return sizes[Math.floor(0.75 * (sizes.length - 1))] || sizes.at(-1) || 1;
}

function rowExplorer({ el, model, manifest, compute, share, drawn }) {
  const names = model.get("names");
  const looks = model.get("looks");
  const ranges = model.get("ranges");
  const k = names.length;
  const loss = oneLoss({
    model, manifest,
    onTake: (item) => {
      state.item = item;
      rebuild();
      save();
    },
  });
  const read = () => ({
    item: loss.read(), y: asNumbers(model.get("y_true")), row: [...model.get("y_pred")], i: model.get("output"),
  });
  const state = read();
  const start = read();
  const { sums } = loss;
  const [kind] = loss.shape.split("/");
  restore(share?.read());

  // Two panels over one axis ------------------------------------------------------

  const value = makePanel({ title: "Value", sign: "ℓ" });
  const heading = value.root.querySelector(".ll-sign");
  const slope = makePanel({ title: "Gradient", sign: "∂ℓ/∂ŷ" });
  const panels = [value, slope];
  const lines = looks.map(([colour, dash]) => curvePath({ spec: { style: { colour, dash } } }));
  const dot = (colour) => s("circle", { r: 3.5, class: "ll-dot", visibility: "hidden", style: { "--c": colour } });
  slope.curves.append(...lines);
  slope.dots = looks.map(([colour]) => dot(colour));
  for (const panel of panels) {
    panel.hair = s("line", { class: "ll-hair", y1: 0 });
    panel.over.append(panel.hair, ...(panel.dots ?? []));
  }
  const range = () => ({ low: ranges[state.i][0], high: ranges[state.i][1], step: niceStep(ranges[state.i][1] - ranges[state.i][0]) });
  const handle = axisHandle({ panel: value, also: [slope], range, value: () => state.row[state.i], onMove: (v) => { move(state.i, short(v)); save(); } });

  // One row of the table for each output --------------------------------------------

  const group = uid("axis");
  const outputs = names.map((name, j) => {
    const [colour, dash] = looks[j];
    const radio = h("input", { type: "radio", class: "ll-radio", name: group, "aria-label": `${name} on the axis`, style: { "--c": colour }, onchange: () => choose(j), ...keysAreOurs });
    const swatch = s("svg", { class: "ll-swatch", width: 26, height: 10, "aria-hidden": "true" },
      s("line", { x1: 1, x2: 25, y1: 5, y2: 5, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dashes(dash) || undefined }));
    const made = makeSlider({
      name: "", label: `Prediction ${name}`, value: state.row[j], range: { min: ranges[j][0], max: ranges[j][1], log: false }, colour,
      onInput: (v) => move(j, v), onChange: () => { refit(); save(); },
    });
    const cell = h("td");
    const bar = s("rect", { y: 4, height: 8, width: 0 });
    const push = s("svg", { class: "ll-push", viewBox: "-50 0 100 16", preserveAspectRatio: "none", "aria-hidden": "true", style: { "--c": colour } },
      s("line", { x1: 0, x2: 0, y1: 0, y2: 16 }), bar);
    const root = h("tr", {}, h("th", { scope: "row" }, h("label", { class: "ll-chip" }, radio, swatch, h("span", {}, name))), h("td", {}, made.root), cell, h("td", { "aria-hidden": "true" }, push));
    return { root, radio, set: made.set, cell, bar };
  });
  const total = h("td");
  const adds = loss.shape.endsWith("/numbers/class");
  const table = h("table", { class: "ll-table ll-outputs", "data-readout": "" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "On the axis"), h("th", { scope: "col" }, "Prediction"), h("th", { scope: "col" }, "Gradient"), h("th", { scope: "col", title: "Minus the gradient: to the right it raises the output" }, "Push", h("span", { class: "ll-sign" }, " \u2212\u2202\u2113/\u2202\u0177")))),
    h("tbody", {}, outputs.map((o) => o.root)),
    adds ? h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "Sum of the gradients"), h("td"), total, h("td"))) : null);

  // Controls ------------------------------------------------------------------------

  const target = targetControl({
    kind, names, y: state.y, range: model.get("y_range"),
    onPut: (y, done) => {
      state.y = y;
      draw(done);
      if (done) save();
    },
  });
  const sliders = sliderBox({ named: () => "Parameter", onInput: () => draw(false), onChange: () => { refit(); save(); } });
  const rules = h("p", { class: "ll-quiet ll-rules" });
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest("Table of the curves", tableRows);
  const foot = footer({
    before: loss.controls,
    onReset: () => {
      Object.assign(state, { ...start, item: loss.again() });
      share?.clear();
      rebuild();
      save();
    },
    link: share && (() => share.write({ losses: toLink([state.item]), y: asJson(state.y.map(short)).join(), row: state.row.map(short).join(), output: state.i })),
    python: () => `ll.widgets.RowExplorer(${asPython([state.item])}, y_true=${state.y.length > 1 ? `(${pythonNumbers(state.y)})` : pythonNumbers(state.y)}, y_pred=(${pythonNumbers(state.row)},), output=${state.i})`,
  });
  const grid = h("div", { class: "ll-panels" }, panels.map((p) => p.root));
  el.append(grid, target.root, table, rules, sliders.root, note.root, foot, details.root, live.root);

  const values = () => ({ losses: asTrait([state.item]), y_true: asJson(state.y), y_pred: [...state.row], output: state.i });
  const { save, close } = syncTraits(model, values, () => {
    Object.assign(state, read());
    rebuild();
  });

  function restore(given) {
    if (!given) return;
    state.item = loss.linked(given.losses) ?? state.item;
    const y = asNumbers((given.y ?? "").split(","));
    if (given.y && isTarget(kind, y, k, start.y.length)) state.y = y;
    const row = asNumbers((given.row ?? "").split(","));
    if (given.row && row.length === k && fitsSum(row, sums) && (sums || row.every((v, j) => v >= ranges[j][0] && v <= ranges[j][1]))) state.row = row;
    if (names[Number(given.output)]) state.i = Number(given.output);
  }
  // What the reader does --------------------------------------------------------------

  function move(j, v) {
    state.row = moved(state.row, j, v, sums);
    draw(false, j !== state.i || sums);
  }
  function choose(j) {
    state.i = j;
    rescale();
    save();
  }
  function rebuild() {
    const { item } = state;
    loss.show(item);
    const path = curvePath(item);
    const mark = dot(item.spec.style?.colour);
    value.curves.replaceChildren(path);
    value.dots?.forEach((one) => one.remove());
    value.over.append(mark);
    value.dots = [mark];
    value.line = path;
    sliders.build([item]);
    target.set(state.y);
    write(rules, loss.rules(item));
    rules.hidden = !rules.textContent;
    rescale();
  }

  // Numbers ---------------------------------------------------------------------------

  let xs = [];
  let curves = null;
  let told = null; // the numbers at the row as it is
  const asked = () => ({ y: state.y, row: state.row, i: state.i, sums });

  /** A new axis: its places, its name, its scales. */
  function rescale() {
    const { low, high } = range();
    xs = Array.from({ length: POINTS + 1 }, (_, n) => low + ((high - low) * n) / POINTS);
    for (const panel of panels) panel.x.domain([low, high]);
    outputs.forEach((o, j) => {
      o.radio.checked = j === state.i;
      lines[j].classList.toggle("ll-chosen", j === state.i && k > 1);
    });
    draw(true);
  }

  /** Computes what is to be seen. `fit` finds scales anew; the curves stay if only the place on them moves. */
  function draw(fit, anew = true) {
    const { item } = state;
    outputs.forEach((o, j) => o.set(state.row[j]));
    const ask = (places, purpose, then) => {
      const { y, f } = questions(asked(), places);
      whenReady(rowsOf(compute, item, y, f, k, `row:${purpose}`), (r) => (r.error ? note.say(item, r.error) : then(r)));
    };
    const here = () => ask([state.row[state.i]], "at", (r) => {
      note.clear();
      told = r;
      reading();
      drawn();
    });
    if (!anew && curves) return here();
    ask(xs, "curve", (r) => {
      curves = { value: r.value, slopes: names.map((_, j) => derivative(r, j, k)), all: r.gradient, strong: strength(r.gradient) };
      if (fit) fitScales();
      else drawFrame();
      here();
    });
  }

  const wanted = () => [limits([curves.value], TAIL), limits([curves.all], TAIL)];
  function fitScales() {
    wanted().forEach((domain, p) => panels[p].y.domain(domain));
    drawFrame();
  }
  /** After a drag: new scales only if the old ones no longer serve. */
  function refit() {
    if (!curves || !wanted().some((domain, p) => outgrown(panels[p], domain))) return;
    fitScales();
    if (told) reading();
  }

  // Drawing -----------------------------------------------------------------------------

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    // Room for the names at the ends of the gradients.
    const right = k > 1 ? Math.max(61, Math.min(0.36 * width, 14 + 7.2 * Math.max(...names.map((name) => name.length)))) : 12;
    value.resize(width, narrow ? 190 : 250);
    slope.resize(width, narrow ? 190 : 250, { right });
  }

  function drawFrame() {
    for (const panel of panels) {
      panel.axes(axisName());
      panel.hair.setAttribute("y2", panel.inner.height);
    }
    if (!curves) return;
    value.line.setAttribute("d", value.path(xs, curves.value));
    lines.forEach((path, j) => path.setAttribute("d", slope.path(xs, curves.slopes[j])));
    slope.label(k > 1 ? names.map((text, j) => ({ xs, ys: curves.slopes[j], text, colour: looks[j][0] })) : []);
  }
  const axisName = () => `prediction ŷ: ${names[state.i]}`;

  function reading() {
    const { value: [now], gradient } = told;
    const at = state.row[state.i];
    const numbers = [[now], [...gradient]];
    panels.forEach((panel, p) => {
      const px = panel.x(at);
      panel.hair.setAttribute("x1", px);
      panel.hair.setAttribute("x2", px);
      const [a, b] = panel.y.domain();
      panel.dots.forEach((mark, j) => {
        const v = numbers[p][j];
        const seen = v >= a && v <= b;
        mark.setAttribute("visibility", seen ? "visible" : "hidden");
        if (!seen) return;
        mark.setAttribute("cx", px);
        mark.setAttribute("cy", panel.y(v));
      });
    });
    outputs.forEach(({ cell, bar }, j) => {
      putNumber(cell, gradient[j]);
      // A push to the right raises the output.
      const size = Math.max(-50, Math.min(50, (-50 * gradient[j]) / curves.strong)) || 0;
      bar.setAttribute("x", Math.min(0, size));
      bar.setAttribute("width", Math.abs(size));
    });
    const all = gradient.reduce((sum_, g) => sum_ + g, 0);
    if (adds) putNumber(total, Math.abs(all) < 1e-12 * Math.max(...gradient.map(Math.abs)) ? 0 : all);
    putNumber(heading, now, `ℓ = ${number(now)}`);
    handle.draw(`Prediction of ${names[state.i]}`, `${names[state.i]} = ${plain(at)}`);
    live.say(`${names[state.i]} = ${plain(at)}. Value ${number(now)}. Gradient: ${spoken(names.map((name, j) => [name, gradient[j]]))}.`);
    details.refresh();
  }
  function tableRows() {
    const top = [names[state.i], "Value", ...names.map((name) => `Gradient, ${name}`)];
    if (!curves) return [top];
    const rows = [];
    for (let n = 0; n <= POINTS; n += POINTS / 10) rows.push([plain(xs[n]), curves.value[n], ...curves.slopes.map((column) => column[n])]);
    return [top, ...rows];
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    drawFrame();
    if (told) reading();
  }, [handle, { close }, live, compute]);
}

export default { name: "row-explorer", draw: rowExplorer };
