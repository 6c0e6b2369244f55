// RowExplorer: one target and one row of predictions; one output is moved, and all gradients answer.

import { axisHandle } from "../parts/axis-handle.js";
import { s } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { spoken } from "../parts/items.js";
import { makeGhosts } from "../parts/ghosts.js";
import { oneLoss } from "../parts/one-loss.js";
import { outputTable } from "../parts/outputs.js";
import { curvePath, limits, makePanel, outgrown, panelGrid, putDot, sideBySide, tall, upright } from "../parts/panel.js";
import { putNumber, whileOpen } from "../parts/parts.js";
import { asJson, asNumbers, derivative, fitsSum, moved, pythonNumbers, questions, short } from "../parts/row.js";
import { isTarget, targetControl } from "../parts/row-target.js";
import { niceStep } from "../parts/slider.js";
import { whenReady } from "../numbers/compute.js";
import { evenly, rowsOf } from "../numbers/questions.js";

const POINTS = 240;
const TAIL = { tail: 0.02 };

/** A gradient whose push fills its half of the cell: larger ones, far out on the axis, are cut off. */
function strength(gradient) {
  const sizes = gradient.map(Math.abs).filter(Number.isFinite).sort();
  return sizes[Math.floor(0.75 * (sizes.length - 1))] || sizes.at(-1) || 1;
}

/** The loss of the figure; `view` has what draws it. */
function lossOf(given, { names, ranges, k }, view) {
  const m = given.model.get("y_true").length;
  return oneLoss({
    ...given,
    read: (get) => ({ y: asNumbers(get("y_true")), row: [...get("y_pred")], i: get("output") }),
    traits: ({ y, row, i }) => ({ y_true: asJson(y), y_pred: [...row], output: i }),
    quiet: ["output"],
    link: ({ y, row, i }) => ({ y: asJson(y.map(short)).join(), row: row.map(short).join(), output: i }),
    linked(link, now) {
      const [kind, sum] = now.item.spec.shape.split("/");
      const sums = sum === "probabilities";
      const y = asNumbers((link.y ?? "").split(","));
      if (link.y && isTarget(kind, y, k, m)) now.y = y;
      const row = asNumbers((link.row ?? "").split(","));
      if (link.row && row.length === k && fitsSum(row, sums) && (sums || row.every((v, j) => v >= ranges[j][0] && v <= ranges[j][1]))) now.row = row;
      if (names[Number(link.output)]) now.i = Number(link.output);
    },
    onTake(item) {
      view.loss.state.item = item;
      view.rebuild();
      view.loss.save();
    },
    rebuild: () => view.rebuild(), onInput: () => view.draw(false), onChange: () => view.refit(),
    title: "Table of the curves", rows: () => view.rows(),
    python(loss) {
      const { y, row, i } = view.loss.state;
      return `ll.widgets.RowExplorer(${loss}, y_true=${y.length > 1 ? `(${pythonNumbers(y)})` : pythonNumbers(y)}, y_pred=(${pythonNumbers(row)},), output=${i})`;
    },
  });
}

/** The value, and the derivatives with respect to all outputs, over one axis. */
function panelsOf({ names, looks, k }) {
  const value = makePanel({ title: "Value", sign: "ℓ" });
  const slope = makePanel({ title: "Gradient", sign: "∂ℓ/∂ŷ" });
  const heading = value.root.querySelector(".ll-sign");
  const dot = (colour) => s("circle", { r: 3.5, class: "ll-dot", visibility: "hidden", style: { "--c": colour } });
  const lines = looks.map(([colour, dash]) => curvePath({ spec: { style: { colour, dash } } }));
  slope.curves.append(...lines);
  const all = [value, slope];
  slope.dots = looks.map(([colour]) => dot(colour));
  for (const panel of all) {
    panel.hair = s("line", { class: "ll-hair", y1: 0 });
    panel.over.append(panel.hair, ...(panel.dots ?? []));
  }
  return {
    all, value, slope, grid: panelGrid(all),
    build(item) {
      value.line = curvePath(item);
      value.curves.replaceChildren(value.line);
      value.dots?.forEach((one) => one.remove());
      value.dots = [dot(item.spec.style?.colour)];
      value.over.append(...value.dots);
    },
    choose: (i) => lines.forEach((line, j) => line.classList.toggle("ll-chosen", j === i && k > 1)),
    resize(width, narrow) {
      // Room for the names at the ends of the gradients.
      const right = k > 1 ? Math.max(61, Math.min(0.36 * width, 14 + 7.2 * Math.max(...names.map((name) => name.length)))) : 12;
      value.resize(width, tall("beside", narrow));
      slope.resize(width, tall("beside", narrow), { right });
    },
    draw(name, curves) {
      for (const panel of all) {
        panel.axes(name);
        panel.hair.setAttribute("y2", panel.inner.height);
      }
      if (!curves) return;
      value.line.setAttribute("d", value.path(curves.xs, curves.value));
      lines.forEach((line, j) => line.setAttribute("d", slope.path(curves.xs, curves.slopes[j])));
      slope.label(k > 1 ? names.map((text, j) => ({ xs: curves.xs, ys: curves.slopes[j], text, colour: looks[j][0] })) : []);
    },
    mark(at, now, gradient) {
      all.forEach((panel, p) => {
        const px = panel.x(at);
        upright(panel.hair, px);
        panel.dots.forEach((mark, j) => putDot(panel, mark, px, p ? gradient[j] : now));
      });
      putNumber(heading, now, `ℓ = ${number(now)}`);
    },
  };
}

/** Curves over the axis and numbers at the row, asked for and kept. */
function answersOf({ k }, { state, sums, note }, compute) {
  const answers = { curves: null, told: null };
  const ask = (places, purpose, then) => {
    const { y, f } = questions({ y: state.y, row: state.row, i: state.i, sums }, places);
    whenReady(rowsOf(compute, state.item, y, f, k, `row:${purpose}`), (r) => (r.error ? note.say(state.item, r.error) : then(r)));
  };
  return Object.assign(answers, {
    here: (then) => ask([state.row[state.i]], "at", (r) => {
      note.clear();
      answers.told = r;
      then();
    }),
    along: (xs, then) => ask(xs, "curve", (r) => {
      const slopes = state.row.map((_, j) => derivative(r, j, k));
      answers.curves = { xs, value: r.value, slopes, all: r.gradient, strong: strength(r.gradient) };
      then();
    }),
    /** The scales that suit the curves. */
    wanted: () => [limits([answers.curves.value], TAIL), limits([answers.curves.all], TAIL)],
  });
}

/** Target, table and handle: what the reader moves. */
function controlsOf({ model, loss, plan, panels, view }) {
  const { state, save } = loss;
  const target = targetControl({
    kind: loss.kind, names: plan.names, y: state.y, range: model.get("y_range"),
    onPut(y, done) {
      state.y = y;
      view.draw(done);
      if (done) save();
    },
  });
  const onMove = (j, v) => {
    state.row = moved(state.row, j, v, loss.sums);
    view.draw(false, j !== state.i || loss.sums);
  };
  const table = outputTable({
    ...plan, row: state.row, adds: loss.adds, onMove,
    onAxis(j) {
      state.i = j;
      view.rescale();
      loss.steps.settle();
      save();
    },
    onDone() {
      view.refit();
      save();
    },
  });
  const handle = axisHandle({
    panel: panels.value, also: [panels.slope], range: view.range, value: () => state.row[state.i],
    onMove(v) {
      onMove(state.i, short(v));
      save();
    },
  });
  return { target, table, handle };
}

function rowExplorer(given) {
  const { el, model, drawn } = given;
  const [names, looks, ranges] = ["names", "looks", "ranges"].map((name) => model.get(name));
  const plan = { names, looks, ranges, k: names.length };
  const view = { draw, rescale, refit, rebuild, rows, range };
  const loss = lossOf(given, plan, view);
  view.loss = loss;
  const { state } = loss;
  const panels = panelsOf(plan);
  makeGhosts(loss.steps, panels.all);
  const answers = answersOf(plan, loss, given.compute);
  const { target, table, handle } = controlsOf({ model, loss, plan, panels, view });
  loss.place([panels.grid, target.root, table.root]);

  function range() {
    const [low, high] = ranges[state.i];
    return { low, high, step: niceStep(high - low) };
  }
  function layout() {
    const { narrow, width } = sideBySide(el, panels.grid, 2);
    panels.resize(width, narrow);
  }
  function rebuild() {
    panels.build(state.item);
    loss.build();
    target.set(state.y);
    rescale();
  }
  /** A new axis: its places, its name, its scales. */
  function rescale() {
    for (const panel of panels.all) panel.x.domain(ranges[state.i]);
    table.choose(state.i);
    panels.choose(state.i);
    draw(true);
  }
  /** Computes what is to be seen. `fit` finds scales anew; the curves stay if only the place on them moves. */
  function draw(fit, anew = true) {
    table.set(state.row);
    const here = () => answers.here(() => {
      reading();
      drawn();
    });
    if (!anew && answers.curves) return here();
    answers.along(evenly(...ranges[state.i], POINTS), () => {
      if (fit) fitScales();
      else drawFrame();
      here();
    });
  }
  function fitScales() {
    answers.wanted().forEach((domain, p) => panels.all[p].y.domain(domain));
    drawFrame();
  }
  /** After a drag: new scales only if the old ones no longer serve. */
  function refit() {
    if (!answers.curves || !answers.wanted().some((domain, p) => outgrown(panels.all[p], domain))) return;
    fitScales();
    if (answers.told) reading();
  }
  function drawFrame() {
    panels.draw(`prediction ŷ: ${names[state.i]}`, answers.curves);
  }
  function reading() {
    const { value: [now], gradient } = answers.told;
    const [name, at] = [names[state.i], state.row[state.i]];
    panels.mark(at, now, gradient);
    table.fill(gradient, answers.curves.strong);
    handle.draw(`Prediction of ${name}`, `${name} = ${plain(at)}`);
    loss.live.say(`${name} = ${plain(at)}. Value ${number(now)}. Gradient: ${spoken(names.map((each, j) => [each, gradient[j]]))}.`);
    loss.details.refresh();
  }
  function rows() {
    const { curves } = answers;
    const top = [names[state.i], "Value", ...names.map((name) => `Gradient, ${name}`)];
    const places = curves ? Array.from({ length: 11 }, (_, n) => (n * POINTS) / 10) : [];
    return [top, ...places.map((n) => [plain(curves.xs[n]), curves.value[n], ...curves.slopes.map((column) => column[n])])];
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    drawFrame();
    if (answers.told) reading();
  }, [handle, ...loss.parts, given.compute]);
}

export default { name: "row-explorer", draw: rowExplorer };
