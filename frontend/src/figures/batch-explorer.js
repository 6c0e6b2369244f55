// BatchExplorer: samples of one batch; one prediction is moved, and all samples are pushed anew.

import { whenReady } from "../numbers/compute.js";
import { h, keysAreOurs, s, uid, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { asPython, asTrait, spoken, toLink } from "../parts/items.js";
import { makeLanes } from "../parts/lanes.js";
import { oneLoss } from "../parts/one-loss.js";
import { curvePath, limits, makePanel, outgrown, sideBySide } from "../parts/panel.js";
import { announcer, choice, footer, putNumber, sliderBox, tableOnRequest, trouble, whileOpen } from "../parts/parts.js";
import { asJson, asNumbers, fitsSum, moved, pythonNumbers, short } from "../parts/row.js";
import { isTarget, targetControl } from "../parts/row-target.js";
import { niceStep } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";
import { batchesOf } from "../numbers/questions.js";

const POINTS = 240;
const TAIL = { tail: 0.02 };
// As losslab/widgets/figures/batch_explorer.py says it.
const RULE = "Arrows push against the gradient; a tick marks where a tip was before the last move.";

function batchExplorer({ el, model, manifest, compute, share, drawn }) {
  const letters = model.get("letters");
  const names = model.get("names");
  const [low, high] = model.get("x_range");
  const [n, k] = [letters.length, names.length];
  const loss = oneLoss({ model, manifest, onTake: (item) => attempt({ item }, rebuild) });
  const { sums } = loss;
  const [kind] = loss.shape.split("/");
  const read = () => ({
    item: loss.read(), y: model.get("y_true").map(asNumbers), f: model.get("y_pred").map(asNumbers), i: model.get("selected"), j: model.get("output"),
  });
  const state = read();
  const start = read();
  const m = start.y[0].length;
  const words = start.item.spec.words ?? {};
  const labels = { class: k > 1 ? names : null, "{0,1}": words[0] && [words[0], words[1]] }[kind];

  // Lanes, and the loss along one of them ---------------------------------------------

  const at = (i) => state.f[i][state.j];
  const range = { low, high, step: niceStep(high - low) };
  const lanes = makeLanes({
    letters, names, kind, words, range,
    onChoose: choose, onGrab: grab, onDrop: settle, onMove: (i, v) => move(i, short(v)),
  });
  const value = makePanel({ title: "Value", sign: "ℓ" });
  const heading = value.root.querySelector(".ll-sign");
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const dot = s("circle", { r: 4, class: "ll-dot", visibility: "hidden" });
  value.over.append(hair, dot);
  lanes.build(value);

  // One row of the table for each sample ------------------------------------------------

  const group = uid("sample");
  const rows = letters.map((letter, i) => {
    const radio = h("input", { type: "radio", class: "ll-radio", name: group, "aria-label": `Choose ${letter}`, onchange: () => choose(i), ...keysAreOurs });
    const cells = [h("td"), h("td"), h("td")];
    const root = h("tr", {}, h("th", { scope: "row" }, h("label", { class: "ll-chip" }, radio, h("span", {}, letter))), cells);
    return { root, radio, cells };
  });
  const table = h("table", { class: "ll-table ll-batch", "data-readout": "" },
    h("thead", {}, h("tr", {}, ["Sample", "Target", "Prediction", "Gradient"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, rows.map((row) => row.root)));

  // Controls ------------------------------------------------------------------------

  const outputs = choice({ legend: "Output", options: names.map((name, j) => [j, name]), value: state.j, onPick: show });
  const whose = h("p", { class: "ll-quiet ll-whose" });
  const target = targetControl({ kind, names, labels, y: state.y[state.i], range: model.get("y_range"), onPut: put });
  const sliders = sliderBox({
    named: () => "Parameter", onInput: () => draw(false),
    onChange: () => {
      settle();
      save();
    },
  });
  const rules = h("p", { class: "ll-quiet ll-rules" });
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest("Table of the curve", tableRows);
  const foot = footer({
    before: loss.controls,
    onReset: () => {
      Object.assign(state, { ...start, item: loss.again() });
      share?.clear();
      rebuild();
      save();
    },
    link: share && (() => share.write({
      losses: toLink([state.item]), y: asJson(state.y.flat().map(short)).join(), f: state.f.flat().map(short).join(), selected: state.i, output: state.j,
    })),
    python: () => `ll.widgets.BatchExplorer(${asPython([state.item])}, y_true=${listed(state.y)}, y_pred=${listed(state.f)}, selected=${state.i}, output=${state.j})`,
  });
  const listed = (list) => `[${list.map((row) => (row.length > 1 ? `[${pythonNumbers(row)}]` : pythonNumbers(row))).join(", ")}]`;
  const grid = h("div", { class: "ll-panels" }, lanes.panel.root, value.root);
  el.append(grid, k > 1 ? h("div", { class: "ll-target" }, outputs.root) : "", table, rules, whose, target.root, sliders.root, note.root, foot, details.root, live.root);

  const values = () => ({ losses: asTrait([state.item]), y_true: state.y.map(asJson), y_pred: state.f.map((row) => [...row]), selected: state.i, output: state.j });
  const { save, close } = syncTraits(model, values, () => {
    Object.assign(state, read());
    rebuild();
  });

  /** What a link says, as far as it is legal. */
  function restore(given) {
    if (!given) return;
    const parts = (text, width) => {
      const list = asNumbers((text || "").split(","));
      return list.length === n * width ? letters.map((_, i) => list.slice(i * width, (i + 1) * width)) : null;
    };
    const y = parts(given.y, m);
    const f = parts(given.f, k);
    state.item = loss.linked(given.losses) ?? state.item;
    if (f?.every((row) => fitsSum(row, sums) && (sums || row.every((v) => v >= low && v <= high)))) state.f = f;
    if (letters[Number(given.selected)]) state.i = Number(given.selected);
    if (names[Number(given.output)]) state.j = Number(given.output);
    if (y?.every((row) => isTarget(kind, row, k, m))) attempt({ y }, rebuild);
  }

  // What the reader does --------------------------------------------------------------

  let before = null; // the gradient when the chosen sample was taken hold of, by hand or by keys
  let busy = false; // dragging: scales stay

  function grab(i) {
    choose(i);
    before = told?.gradient;
    busy = true;
  }
  function settle() {
    busy = false;
    refit();
  }
  function move(i, v) {
    before ??= told?.gradient;
    state.f = state.f.map((row, r) => (r === i ? moved(row, state.j, v, sums) : row));
    draw(false, i !== state.i || sums);
    save();
  }
  function choose(i) {
    if (i === state.i) return;
    state.i = i;
    before = told?.gradient;
    target.set(state.y[i]);
    draw(true, true, false);
    save();
  }
  function show(j) {
    state.j = j;
    before = null;
    draw(true);
    save();
  }
  /** Another target of the chosen sample, if the batch then still has a value. */
  function put(y, done) {
    attempt({ y: state.y.map((row, i) => (i === state.i ? y : row)) }, () => {
      before = null;
      draw(done);
    });
  }
  /** Takes a change over, and calls `then`, if the kernels have a value for what comes of it. */
  function attempt(change, then) {
    const next = { ...state, ...change };
    whenReady(batchesOf(compute, next.item, question(next, [at(state.i)]), "batch:legal"), (r) => {
      if (r.error) {
        note.say(next.item, r.error);
        target.set(state.y[state.i]);
        loss.show(state.item);
        return;
      }
      Object.assign(state, change);
      then();
      save();
    });
  }

  function rebuild() {
    const { item } = state;
    const path = curvePath(item);
    value.curves.replaceChildren(path);
    value.line = path;
    for (const node of [dot, lanes.panel.root]) node.style.setProperty("--c", item.spec.style?.colour);
    loss.show(item);
    sliders.build([item]);
    target.set(state.y[state.i]);
    outputs.show(state.j);
    write(rules, [RULE, loss.rules(item)].join(" ").trim());
    before = null;
    draw(true);
  }

  // Numbers ---------------------------------------------------------------------------

  const xs = Array.from({ length: POINTS + 1 }, (_, p) => low + ((high - low) * p) / POINTS);
  let curve = null;
  let told = null; // the numbers of the batch as it is

  /** The batches with the chosen prediction at each of the places. */
  function question({ y, f, i, j, item }, places) {
    const all = new Float64Array(places.length * n * k);
    places.forEach((x, p) => f.forEach((row, r) => all.set(r === i ? moved(row, j, x, sums) : row, (p * n + r) * k)));
    return { y: Float64Array.from(y.flat()), f: all, n, k };
  }

  /** Computes what is to be seen. `fit` and `fitArrows` find scales anew; the curve stays if only the place on it moves. */
  function draw(fit, anew = true, fitArrows = fit) {
    const { item } = state;
    note.clear(); // not when the answer comes: a target may have been refused since
    const ask = (places, purpose, then) => whenReady(batchesOf(compute, item, question(state, places), `batch:${purpose}`),
      (r) => (r.error ? note.say(item, r.error) : then(r)));
    const here = () => ask([at(state.i)], "at", (r) => {
      told = r;
      if (fitArrows) lanes.fit(gradients());
      reading();
      if (!busy) refit();
      drawn();
    });
    if (!anew && curve) return here();
    ask(xs, "curve", (r) => {
      curve = r;
      if (fit) value.y.domain(wanted());
      drawFrame();
      here();
    });
  }
  const gradients = (all = told.gradient) => letters.map((_, i) => all[i * k + state.j]);
  const wanted = () => limits([curve.value], TAIL);

  /** New scales only if the old ones no longer serve. */
  function refit() {
    if (!curve || !told) return;
    const old = !outgrown(value, wanted());
    if (!old) {
      value.y.domain(wanted());
      drawFrame();
    }
    if (lanes.refit(gradients()) || !old) reading();
  }

  // Drawing -----------------------------------------------------------------------------

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    const height = lanes.resize(width, state.y);
    value.resize(width, narrow ? 190 : height);
    value.x.domain(lanes.panel.x.domain());
    drawFrame();
  }
  const axisName = () => (k > 1 ? `prediction ŷ: ${names[state.j]}` : "prediction ŷ");
  function drawFrame() {
    lanes.panel.axes(axisName());
    value.axes(`${axisName()} of ${letters[state.i]}`);
    hair.setAttribute("y2", value.inner.height);
    if (curve) value.line.setAttribute("d", value.path(xs, curve.value));
  }

  function reading() {
    const [now] = told.value;
    const g = gradients();
    const words = lanes.draw({ y: state.y, f: state.f.map((row) => row[state.j]), g, was: before && gradients(before), chosen: state.i });
    const px = value.x(at(state.i));
    const [a, b] = value.y.domain();
    hair.setAttribute("x1", px);
    hair.setAttribute("x2", px);
    dot.setAttribute("visibility", now >= a && now <= b ? "visible" : "hidden");
    dot.setAttribute("cx", px);
    dot.setAttribute("cy", value.y(Math.max(a, Math.min(b, now || 0))));
    rows.forEach(({ radio, cells }, i) => {
      radio.checked = i === state.i;
      write(cells[0], words[i]);
      putNumber(cells[1], at(i), plain(at(i)));
      putNumber(cells[2], g[i]);
    });
    write(whose, `Sample ${letters[state.i]}`);
    putNumber(heading, now, `ℓ = ${number(now)}`);
    live.say(`${letters[state.i]} = ${plain(at(state.i))}. Value ${number(now)}. Gradient: ${spoken(letters.map((letter, i) => [letter, g[i]]))}.`);
    details.refresh();
  }

  function tableRows() {
    const top = [`Prediction of ${letters[state.i]}`, "Value", ...letters.map((letter) => `Gradient, ${letter}`)];
    const found = [];
    for (let p = 0; curve && p <= POINTS; p += POINTS / 10) {
      found.push([plain(xs[p]), curve.value[p], ...letters.map((_, i) => curve.gradient[(p * n + i) * k + state.j])]);
    }
    return [top, ...found];
  }

  restore(share?.read());
  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    if (told) reading();
  }, [lanes, { close }, live, compute]);
}

export default { name: "batch-explorer", draw: batchExplorer };
