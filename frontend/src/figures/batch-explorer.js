// BatchExplorer: samples of one batch; one prediction is moved, and all samples are pushed anew.

import { whenReady } from "../numbers/compute.js";
import { h, s, uid, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { spoken } from "../parts/items.js";
import { makeGhosts } from "../parts/ghosts.js";
import { makeLanes } from "../parts/lanes.js";
import { oneLoss } from "../parts/one-loss.js";
import { curvePath, limits, makePanel, outgrown, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { choice, putNumber, radio, whileOpen } from "../parts/parts.js";
import { asJson, asNumbers, fitsSum, moved, pythonNumbers, short } from "../parts/row.js";
import { isTarget, targetControl } from "../parts/row-target.js";
import { rules } from "../parts/shared.js";
import { niceStep } from "../parts/slider.js";
import { batchesOf, evenly } from "../numbers/questions.js";

const POINTS = 240;
const TAIL = { tail: 0.02 };
const listed = (list) => `[${list.map((row) => (row.length > 1 ? `[${pythonNumbers(row)}]` : pythonNumbers(row))).join(", ")}]`;

/** What stays as it is: samples, outputs, the axis. */
function planOf({ model }) {
  const [letters, names, unit] = ["letters", "names", "unit"].map((name) => model.get(name));
  const [low, high] = model.get("x_range");
  return {
    letters, names, unit, low, high, n: letters.length, k: names.length, m: asNumbers(model.get("y_true")[0]).length, xs: evenly(low, high, POINTS),
    where: (j) => (names.length > 1 ? `prediction ŷ: ${names[j]}` : "prediction ŷ"),
  };
}

/** What a link says, as far as it is legal; whether its targets are, only the kernels know. */
function linked(link, now, { letters, names, low, high, n, k, m }) {
  const [kind, sum] = now.item.spec.shape.split("/");
  const sums = sum === "probabilities";
  const parts = (text, width) => {
    const list = asNumbers((text || "").split(","));
    return list.length === n * width ? letters.map((_, i) => list.slice(i * width, (i + 1) * width)) : null;
  };
  const y = parts(link.y, m);
  const f = parts(link.f, k);
  if (f?.every((row) => fitsSum(row, sums) && (sums || row.every((v) => v >= low && v <= high)))) now.f = f;
  if (letters[Number(link.selected)]) now.i = Number(link.selected);
  if (names[Number(link.output)]) now.j = Number(link.output);
  if (y?.every((row) => isTarget(kind, row, k, m))) return y;
  return null;
}

/** The loss of the figure; `view` has what draws it. */
function lossOf(given, plan, view) {
  return oneLoss({
    ...given, rule: rules.batch,
    read: (get) => ({ y: get("y_true").map(asNumbers), f: get("y_pred").map(asNumbers), i: get("selected"), j: get("output") }),
    traits: ({ y, f, i, j }) => ({ y_true: y.map(asJson), y_pred: f.map((row) => [...row]), selected: i, output: j }),
    quiet: ["selected", "output"],
    link: ({ y, f, i, j }) => ({ y: asJson(y.flat().map(short)).join(), f: f.flat().map(short).join(), selected: i, output: j }),
    linked(link, now) {
      view.linkedY = linked(link, now, plan);
    },
    onTake: (item) => view.attempt({ item }, view.rebuild),
    rebuild: () => view.rebuild(), onInput: () => view.draw(false), onChange: () => view.settle(),
    title: "Table of the curve", rows: () => view.rows(),
    python(loss) {
      const [{ y, f, i, j }, { unit }] = [view.loss.state, plan];
      return `ll.widgets.BatchExplorer(${loss}, y_true=${listed(y)}, y_pred=${listed(f)}, selected=${i}, output=${j}${unit && `, unit=${JSON.stringify(unit)}`})`;
    },
  });
}

/** One row for each sample. */
function sampleTable(letters, onChoose) {
  const group = uid("sample");
  const rows = letters.map((letter, i) => {
    const input = radio({ name: group, label: `Choose ${letter}`, onPick: () => onChoose(i) });
    const cells = [h("td"), h("td"), h("td")];
    const root = h("tr", {}, h("th", { scope: "row" }, h("label", { class: "ll-chip" }, input, h("span", {}, letter))), cells);
    return { root, input, cells };
  });
  const head = ["Sample", "Target", "Prediction", "Gradient"].map((title) => h("th", { scope: "col" }, title));
  return {
    root: h("table", { class: "ll-table ll-batch", "data-readout": "" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows.map((row) => row.root))),
    fill: (words, places, gradients, chosen) => rows.forEach(({ input, cells }, i) => {
      input.checked = i === chosen;
      write(cells[0], words[i]);
      putNumber(cells[1], places[i], plain(places[i]));
      putNumber(cells[2], gradients[i]);
    }),
  };
}

/** The loss along the prediction of the chosen sample. */
function valuePanel() {
  const panel = makePanel({ title: "Value", sign: "ℓ" });
  const heading = panel.root.querySelector(".ll-sign");
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const dot = s("circle", { r: 4, class: "ll-dot", visibility: "hidden" });
  panel.over.append(hair, dot);
  return Object.assign(panel, {
    build(item) {
      panel.line = curvePath(item);
      panel.curves.replaceChildren(panel.line);
      dot.style.setProperty("--c", item.spec.style?.colour);
    },
    draw(name, xs, curve) {
      panel.axes(name);
      hair.setAttribute("y2", panel.inner.height);
      if (curve) panel.line.setAttribute("d", panel.path(xs, curve.value));
    },
    mark(place, now) {
      const px = panel.x(place);
      const [a, b] = panel.y.domain();
      upright(hair, px);
      dot.setAttribute("visibility", now >= a && now <= b ? "visible" : "hidden");
      dot.setAttribute("cx", px);
      dot.setAttribute("cy", panel.y(Math.max(a, Math.min(b, now || 0))));
      putNumber(heading, now, `ℓ = ${number(now)}`);
    },
  });
}

/** The batches with the chosen prediction at each of the places. */
function question({ n, k }, { y, f, i, j }, sums, places) {
  const all = new Float64Array(places.length * n * k);
  places.forEach((x, p) => f.forEach((row, r) => all.set(r === i ? moved(row, j, x, sums) : row, (p * n + r) * k)));
  return { y: Float64Array.from(y.flat()), f: all, n, k };
}

/** Curve and numbers, asked for and kept; and whether kernels have a value for another state. */
function answersOf(plan, { state, sums, note }, compute) {
  const answers = { curve: null, told: null };
  const asked = (now, places, purpose, then) => whenReady(batchesOf(compute, now.item, question(plan, now, sums, places), `batch:${purpose}`), then);
  const ask = (places, purpose, then) => asked(state, places, purpose, (r) => (r.error ? note.say(state.item, r.error) : then(r)));
  const place = ({ f, i, j } = state) => f[i][j];
  return Object.assign(answers, {
    place,
    legal: (next, then) => asked(next, [place(next)], "legal", then),
    here: (then) => ask([place()], "at", (r) => {
      answers.told = r;
      then();
    }),
    along: (then) => ask(plan.xs, "curve", (r) => {
      answers.curve = r;
      then();
    }),
    /** Of each sample the gradient of the output that is shown. */
    gradients: (all = answers.told.gradient) => plan.letters.map((_, i) => all[i * plan.k + state.j]),
    wanted: () => limits([answers.curve.value], TAIL),
  });
}

/** What the reader does: takes hold of samples, chooses, moves and lets go, gives other targets and losses. */
function actionsOf({ loss, answers, view }) {
  const { state, save, sums } = loss;
  const actions = {
    before: null, // the gradient when the chosen sample was taken hold of, by hand or by keys
    busy: false, // dragging: scales stay
    grab(i) {
      actions.choose(i);
      actions.before = answers.told?.gradient;
      actions.busy = true;
    },
    settle() {
      actions.busy = false;
      view.refit();
    },
    move(i, v) {
      actions.before ??= answers.told?.gradient;
      state.f = state.f.map((row, r) => (r === i ? moved(row, state.j, v, sums) : row));
      view.draw(false, i !== state.i || sums);
      save();
    },
    choose(i) {
      if (i === state.i) return;
      state.i = i;
      actions.before = answers.told?.gradient;
      view.target.set(state.y[i]);
      view.draw(true, true, false);
      loss.steps.settle();
      save();
    },
    show(j) {
      state.j = j;
      actions.before = null;
      view.draw(true);
      loss.steps.settle();
      save();
    },
    /** Another target of the chosen sample, if the batch then still has a value. */
    put: (y, done) => actions.attempt({ y: state.y.map((row, i) => (i === state.i ? y : row)) }, () => {
      actions.before = null;
      view.draw(done);
    }),
    /** Takes a change over, and calls `then`, if the kernels have a value for what comes of it. */
    attempt(change, then) {
      const next = { ...state, ...change };
      answers.legal(next, (r) => {
        if (r.error) {
          loss.note.say(next.item, r.error);
          view.target.set(state.y[state.i]);
          loss.show();
          return;
        }
        Object.assign(state, change);
        then();
        save();
      });
    },
  };
  return actions;
}

/** Lanes, table and controls of the figure, in their places. */
function partsOf({ model, plan, loss, value, actions }) {
  const { letters, names, unit, low, high, k } = plan;
  const { state, kind } = loss;
  const words = state.item.spec.words ?? {};
  const labels = { class: k > 1 ? names : null, "{0,1}": words[0] && [words[0], words[1]] }[kind];
  const lanes = makeLanes({
    letters, names, kind, words, unit, range: { low, high, step: niceStep(high - low) },
    onChoose: actions.choose, onGrab: actions.grab, onDrop: actions.settle, onMove: (i, v) => actions.move(i, short(v)),
  });
  lanes.build(value);
  const outputs = choice({ legend: "Output", options: names.map((name, j) => [j, name]), value: state.j, onPick: actions.show });
  const target = targetControl({ kind, names, labels, y: state.y[state.i], range: model.get("y_range"), unit, onPut: actions.put });
  const table = sampleTable(letters, actions.choose);
  const whose = h("p", { class: "ll-quiet ll-whose" });
  const grid = panelGrid([lanes.panel, value]);
  loss.place([grid, k > 1 ? h("div", { class: "ll-target" }, outputs.root) : "", table.root], [whose, target.root]);
  return { lanes, outputs, target, table, whose, grid };
}

function batchExplorer(given) {
  const { el, model, drawn } = given;
  const plan = planOf(given);
  const { letters, xs, n, k } = plan;
  const view = { draw, refit, rebuild, rows };
  const loss = lossOf(given, plan, view);
  const { state } = loss;
  const value = valuePanel();
  makeGhosts(loss.steps, [value]);
  const answers = answersOf(plan, loss, given.compute);
  const actions = actionsOf({ loss, answers, view });
  const { lanes, outputs, target, table, whose, grid } = partsOf({ model, plan, loss, value, actions });
  Object.assign(view, { loss, target, attempt: actions.attempt, settle: actions.settle });

  function rebuild() {
    value.build(state.item);
    lanes.panel.root.style.setProperty("--c", state.item.spec.style?.colour);
    loss.build();
    target.set(state.y[state.i]);
    outputs.show(state.j);
    actions.before = null;
    draw(true);
  }
  /** Computes what is to be seen. `fit` and `fitArrows` find scales anew; the curve stays if only the place on it moves. */
  function draw(fit, anew = true, fitArrows = fit) {
    loss.note.clear(); // not when the answer comes: a target may have been refused since
    const here = () => answers.here(() => {
      if (fitArrows) lanes.fit(answers.gradients());
      reading();
      if (!actions.busy) refit();
      drawn();
    });
    if (!anew && answers.curve) return here();
    answers.along(() => {
      if (fit) value.y.domain(answers.wanted());
      drawFrame();
      here();
    });
  }
  /** New scales only if the old ones no longer serve. */
  function refit() {
    if (!answers.curve || !answers.told) return;
    const old = !outgrown(value, answers.wanted());
    if (!old) {
      value.y.domain(answers.wanted());
      drawFrame();
    }
    if (lanes.refit(answers.gradients()) || !old) reading();
  }
  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    const height = lanes.resize(width, state.y);
    value.resize(width, narrow ? tall("beside", narrow) : height);
    value.x.domain(lanes.panel.x.domain());
    drawFrame();
  }
  function drawFrame() {
    lanes.panel.axes(plan.where(state.j));
    value.draw(`${plan.where(state.j)} of ${letters[state.i]}`, xs, answers.curve);
  }
  function reading() {
    const { told: { value: [now] }, gradients } = answers;
    const [g, { before }, letter] = [gradients(), actions, letters[state.i]];
    const places = state.f.map((row) => row[state.j]);
    const words = lanes.draw({ y: state.y, f: places, g, was: before && gradients(before), chosen: state.i });
    value.mark(answers.place(), now);
    table.fill(words, places, g, state.i);
    write(whose, `Sample ${letter}`);
    loss.live.say(`${letter} = ${plain(answers.place())}. Value ${number(now)}. Gradient: ${spoken(letters.map((each, i) => [each, g[i]]))}.`);
    loss.details.refresh();
  }
  function rows() {
    const { curve } = answers;
    const top = [`Prediction of ${letters[state.i]}`, "Value", ...letters.map((letter) => `Gradient, ${letter}`)];
    const places = curve ? Array.from({ length: 11 }, (_, p) => (p * POINTS) / 10) : [];
    return [top, ...places.map((p) => [plain(xs[p]), curve.value[p], ...letters.map((_, i) => curve.gradient[(p * n + i) * k + state.j])])];
  }

  layout();
  rebuild();
  if (view.linkedY) actions.attempt({ y: view.linkedY }, rebuild);
  return whileOpen(el, () => {
    layout();
    if (answers.told) reading();
  }, [lanes, ...loss.parts, given.compute]);
}

export default { name: "batch-explorer", draw: batchExplorer };
