// RowExplorer: one target and one row of predictions; one output is moved, and all gradients answer.

import { axisHandle } from "./axis-handle.js";
import { h, keysAreOurs, s, uid, write } from "./dom.js";
import { dashes, number, plain, shortTitle } from "./format.js";
import { asPython, asTrait, fromLink, makeItem, makeItems, spoken, toLink } from "./items.js";
import { curvePath, limits, makePanel, sideBySide } from "./panel.js";
import { announcer, footer, sliderBox, tableOnRequest, whileOpen } from "./parts.js";
import { asJson, asNumbers, derivative, fitsSum, moved, questions } from "./row.js";
import { isTarget, targetControl } from "./row-target.js";
import { makeSlider, niceStep } from "./slider.js";
import { syncTraits } from "./sync.js";
import { whenReady } from "./compute.js";

const POINTS = 240;
const TAIL = { tail: 0.02 };

/** A gradient whose push fills its half of the cell: larger ones, far out on the axis, are cut off. */
function strength(gradient) {
  const sizes = gradient.map(Math.abs).filter(Number.isFinite).sort();
  return sizes[Math.floor(0.75 * (sizes.length - 1))] || sizes.at(-1) || 1;
}

const short = (v) => Number(v.toPrecision(6));

export function rowExplorer({ el, model, manifest, compute, share, drawn }) {
  const names = model.get("names");
  const looks = model.get("looks");
  const ranges = model.get("ranges");
  const fixed = model.get("fixed");
  const k = names.length;
  const read = () => ({
    item: held(makeItems(model.get("losses"), manifest)[0]), y: asNumbers(model.get("y_true")), row: [...model.get("y_pred")], i: model.get("output"),
  });
  const state = read();
  const start = read();
  const [kind, sum] = state.item.spec.shape.split("/");
  const sums = sum === "probabilities";
  restore(share?.read());
  const specs = manifest.filter((spec) => spec.shape === start.item.spec.shape && !spec.vector && spec.name !== start.item.name)
    .concat(start.item.spec).sort((a, b) => a.title.localeCompare(b.title));

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
  const adds = start.item.spec.shape.endsWith("/numbers/class");
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
  const menu = h("select", { class: "ll-select ll-long", "aria-label": "Loss", ...keysAreOurs, onchange: () => take(specs[menu.selectedIndex]) });
  const rules = h("p", { class: "ll-quiet ll-rules" });
  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  const live = announcer(el);
  const details = tableOnRequest("Table of the curves", tableRows);
  const list = (numbers) => numbers.map((v) => (Number.isFinite(v) ? short(v) : `${v < 0 ? "-" : ""}float("inf")`)).join(", ");
  const foot = footer({
    before: specs.length > 1 ? [h("span", { class: "ll-add" }, menu)] : [],
    onReset: () => {
      Object.assign(state, { ...start, item: { ...start.item, parameters: { ...start.item.initial } } });
      share?.clear();
      rebuild();
      save();
    },
    link: share && (() => share.write({ losses: toLink([state.item]), y: asJson(state.y.map(short)).join(), row: state.row.map(short).join(), output: state.i })),
    python: () => `ll.widgets.RowExplorer(${asPython([state.item])}, y_true=${state.y.length > 1 ? `(${list(state.y)})` : list(state.y)}, y_pred=(${list(state.row)},), output=${state.i})`,
  });
  const grid = h("div", { class: "ll-panels" }, panels.map((p) => p.root));
  el.append(grid, target.root, table, rules, sliders.root, note, foot, details.root, live.root);

  const values = () => ({ losses: asTrait([state.item]), y_true: asJson(state.y), y_pred: [...state.row], output: state.i });
  const { save, close } = syncTraits(model, values, () => {
    Object.assign(state, read());
    rebuild();
  });

  /** The item without sliders for what decides how many numbers there are. */
  function held(item) {
    const parameters = item.spec.parameters.map((p) => (fixed.includes(p.name) ? { ...p, slider: null } : p));
    return { ...item, spec: { ...item.spec, parameters } };
  }

  function restore(given) {
    if (!given) return;
    const item = fromLink(given.losses ?? "", manifest).find((one) => one.spec.shape === start.item.spec.shape);
    if (item?.name === start.item.name) Object.assign(state.item.parameters, item.parameters, numbersOf(start.item));
    else if (item && !item.spec.vector) state.item = held(item);
    const y = asNumbers((given.y ?? "").split(","));
    if (given.y && isTarget(kind, y, k, start.y.length)) state.y = y;
    const row = asNumbers((given.row ?? "").split(","));
    if (given.row && row.length === k && fitsSum(row, sums) && (sums || row.every((v, j) => v >= ranges[j][0] && v <= ranges[j][1]))) state.row = row;
    if (names[Number(given.output)]) state.i = Number(given.output);
  }
  /** What a link does not carry: vectors, and what is held. */
  function numbersOf(item) {
    const keep = [...fixed, ...(item.spec.vector ? [item.spec.vector.name] : [])];
    return Object.fromEntries(keep.map((name) => [name, item.initial[name]]));
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
  function take(spec) {
    if (spec.name === start.item.name) state.item = { ...start.item, parameters: { ...start.item.initial } };
    else {
      const item = makeItem(spec, {}, false, []);
      for (const name of fixed) if (name in item.parameters) item.parameters[name] = start.item.parameters[name];
      state.item = held(item);
    }
    rebuild();
    save();
  }

  function rebuild() {
    const { item } = state;
    if (!specs.some((spec) => spec.name === item.name)) specs.unshift(item.spec); // set from Python
    menu.replaceChildren(...specs.map((spec) => h("option", { value: spec.name }, spec.title)));
    menu.value = item.name;
    const path = curvePath(item);
    const mark = dot(item.spec.style?.colour);
    value.curves.replaceChildren(path);
    value.dots?.forEach((one) => one.remove());
    value.over.append(mark);
    value.dots = [mark];
    value.line = path;
    sliders.build([item]);
    target.set(state.y);
    write(rules, rulesOf(item));
    rules.hidden = !rules.textContent;
    rescale();
  }

  function rulesOf({ spec, parameters }) {
    const said = [];
    if (sums) said.push("Predictions sum to 1: when one moves, the others shrink or grow in proportion. The gradients are the partial derivatives, each with the others held.");
    if (spec.vector) {
      const numbers = parameters[spec.vector.name];
      const name = spec.vector.name.replaceAll("_", " ");
      said.push(numbers.length > 6 ? `The ${name} is fixed at its ${numbers.length} numbers.` : `The ${name} are fixed at ${numbers.map(plain).join(", ")}.`);
    }
    for (const name of fixed.filter((one) => one in parameters)) said.push(`The ${name} is fixed at ${plain(parameters[name])}.`);
    return said.join(" ");
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
    const fail = (error) => {
      write(note, error ? `${shortTitle(item.spec.title)}: ${error}` : "");
      note.hidden = !error;
    };
    const ask = (places, purpose, then) => {
      const { y, f } = questions(asked(), places);
      whenReady(compute.rows(item, y, f, k, `row:${purpose}`), (r) => (r.error ? fail(r.error) : then(r)));
    };
    const here = () => ask([state.row[state.i]], "at", (r) => {
      fail("");
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
    const poor = curves && wanted().some(([a, b], p) => {
      const [c, d] = panels[p].y.domain();
      return b - a > 1.5 * (d - c) || b - a < 0.5 * (d - c) || a > d || b < c;
    });
    if (!poor) return;
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
    const { value: [loss], gradient } = told;
    const at = state.row[state.i];
    const numbers = [[loss], [...gradient]];
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
      put(cell, gradient[j]);
      // A push to the right raises the output.
      const size = Math.max(-50, Math.min(50, (-50 * gradient[j]) / curves.strong)) || 0;
      bar.setAttribute("x", Math.min(0, size));
      bar.setAttribute("width", Math.abs(size));
    });
    const all = gradient.reduce((sum_, g) => sum_ + g, 0);
    if (adds) put(total, Math.abs(all) < 1e-12 * Math.max(...gradient.map(Math.abs)) ? 0 : all);
    put(heading, loss, `ℓ = ${number(loss)}`);
    handle.draw(`Prediction of ${names[state.i]}`, `${names[state.i]} = ${plain(at)}`);
    live.say(`${names[state.i]} = ${plain(at)}. Value ${number(loss)}. Gradient: ${spoken(names.map((name, j) => [name, gradient[j]]))}.`);
    details.refresh();
  }
  function put(cell, v, text = number(v)) {
    write(cell, text);
    if (Number.isFinite(v)) cell.dataset.value = v;
    else delete cell.dataset.value;
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
