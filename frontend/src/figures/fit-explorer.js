// FitExplorer: points to drag, a line under each of several losses, and the weight each loss gives each point.

import { h, keysAreOurs, s, uid } from "../parts/dom.js";
import { number, settled, plain } from "../parts/format.js";
import { asPython, asTrait, fromLink, labelOf, makeItems, spoken, toLink } from "../parts/items.js";
import { curvePath, makePanel, sideBySide } from "../parts/panel.js";
import { addMenu, announcer, choice, footer, lossTable, sliderBox, tableOnRequest, whileOpen } from "../parts/parts.js";
import { frame, pointHandles, repeatedMedian, short } from "../parts/points.js";
import { syncTraits } from "../parts/sync.js";
import { whenReady } from "../numbers/compute.js";
import { relativeWeights } from "../numbers/weights.js";
import { fitLine } from "../numbers/questions.js";

const STRIP = 84;
const MOST_POINTS = 200;
// The lines that losses with several valleys can start from, as the reader chooses among them.
const STARTS = { absolute_error: "absolute fit", squared_error: "squared fit", repeated_median: "repeated median" };

function fitExplorer({ el, model, manifest, compute, share, drawn }) {
  const start = { losses: model.get("losses"), points: model.get("points"), from: model.get("start") };
  const steps = model.get("steps");
  const state = { items: makeItems(start.losses, manifest), points: start.points.map((p) => [...p]), from: start.from, chosen: -1 };
  state.weigh = model.get("weights") ?? state.items.at(-1)?.key;
  restore(share?.read());
  const radioName = uid("weights");
  const home = frame(start.points);
  const spec = (name) => ({ name, custom: false, parameters: {}, spec: manifest.find((m) => m.name === name) });

  const panel = makePanel({ xLabel: model.get("x_label") });
  const dots = s("g");
  panel.over.append(dots);
  const stripAxis = s("g", { class: "ll-axis" });
  const bars = s("g");
  const strip = s("svg", { class: "ll-svg ll-strip", "aria-hidden": "true", focusable: "false" }, stripAxis, bars);
  const yName = h("div", { class: "ll-panel-title" }, model.get("y_label"));
  panel.root.prepend(yName);
  const weightTitle = h("div", { class: "ll-strip-title" });

  const table = lossTable({
    caption: "Line fitted under", columns: ["Intercept", "Slope"],
    extra: { title: "Weights", cell: (item) => weighButton(item) },
    onToggle: (item) => {
      item.shown = !item.shown;
      rebuild();
      save();
    },
  });
  const live = announcer(el);
  const sliders = sliderBox({ onInput: (item) => fitOne(item, drawFits), onChange: () => save() });
  const from = choice({
    legend: "Redescending losses start from", value: state.from,
    options: Object.entries(STARTS),
    onPick: (v) => {
      state.from = v;
      fitAll();
      save();
    },
  });
  const specs = manifest.filter((m) => m.axis === "residual").sort((a, b) => a.title.localeCompare(b.title));
  const menu = addMenu({ specs, items: () => state.items, onAdd: (item) => { state.items.push(item); rebuild(); save(); } });
  const button = (label, onclick) => h("button", { type: "button", class: "ll-button", onclick, ...keysAreOurs }, label);
  const addPoint = button("Add point", () => add(middle()));
  const removePoint = button("Remove point", () => remove(state.chosen));
  const details = tableOnRequest("Table of points, residuals and weights", tableRows);
  const foot = footer({
    before: [menu.root],
    onReset: reset,
    link: share && (() => share.write({ losses: toLink(state.items), points: state.points.map((p) => p.map(short).join(",")).join(";"), start: state.from })),
    python: () => `ll.widgets.FitExplorer([${state.points.map((p) => short(p[0])).join(", ")}], [${state.points.map((p) => short(p[1])).join(", ")}], losses=[${asPython(state.items)}], start="${state.from}")`,
  });
  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  const edit = h("div", { class: "ll-footer ll-edit" }, addPoint, removePoint,
    h("span", { class: "ll-quiet" }, "Drag points or use arrow keys; double-click adds one."));
  el.append(panel.root, weightTitle, strip, edit, table.root, from.root, sliders.root, note, foot, details.root, live.root);

  const handles = pointHandles({
    panel, home, points: () => state.points, onChoose: choose,
    describe: (p, i) => `Point ${i + 1}: x ${number(p[0])}, y ${number(p[1])}`,
    onMove: (i, to) => {
      state.points[i] = to;
      fitAll();
      save();
    },
    onKey: (key, i) => {
      if (!["Delete", "Backspace"].includes(key)) return false;
      remove(i);
      return true;
    },
  });

  const fits = new Map();
  const values = () => ({ losses: asTrait(state.items), points: state.points.map((p) => [...p]), start: state.from });
  const sync = syncTraits(model, values, () => {
    state.items = makeItems(model.get("losses"), manifest);
    state.points = model.get("points").map((p) => [...p]);
    state.from = model.get("start");
    state.chosen = -1;
    from.show(state.from);
    buildPoints();
    rebuild();
  });
  const save = sync.save;

  const shownItems = () => state.items.filter((item) => item.shown);
  const columns = () => [Float64Array.from(state.points, (p) => p[0]), Float64Array.from(state.points, (p) => p[1])];

  function restore(given) {
    if (!given) return;
    const items = given.losses ? fromLink(given.losses, manifest).filter((item) => item.spec.axis === "residual") : [];
    if (items.length) state.items = items;
    const points = (given.points ?? "").split(";").map((p) => p.split(",").map(Number)).filter((p) => p.length === 2 && p.every(Number.isFinite));
    if (points.length >= 2) state.points = points.slice(0, MOST_POINTS);
    if (given.start in STARTS) state.from = given.start;
  }

  function reset() {
    state.items = makeItems(start.losses, manifest);
    state.points = start.points.map((p) => [...p]);
    state.from = start.from;
    state.chosen = -1;
    from.show(state.from);
    share?.clear();
    buildPoints();
    rebuild();
    save();
  }

  function weighButton(item) {
    return h("input", {
      type: "radio", class: "ll-radio", name: radioName, checked: item.key === state.weigh, "aria-label": `Show the weights of ${labelOf(item, state.items)}`, ...keysAreOurs,
      onchange: () => {
        state.weigh = item.key;
        drawWeights();
      },
    });
  }

  function layout() {
    const { narrow, width } = sideBySide(el, el, 1);
    panel.resize(width, narrow ? 300 : 360, { right: narrow ? 12 : 124 });
    panel.x.domain(home[0]);
    panel.y.domain(home[1]);
    strip.setAttribute("width", el.clientWidth);
    strip.setAttribute("height", STRIP);
    panel.axes();
  }

  function rebuild() {
    if (!shownItems().some((item) => item.key === state.weigh)) state.weigh = shownItems()[0]?.key;
    panel.paths = new Map(shownItems().map((item) => [item.key, curvePath(item)]));
    panel.curves.replaceChildren(...panel.paths.values());
    table.build(state.items);
    sliders.build(state.items);
    menu.refresh();
    from.root.hidden = !shownItems().some((item) => item.spec.claims?.convex !== true);
    fitAll();
  }

  // Fitting ------------------------------------------------------------------

  // Convex losses start from the least-squares line; the others from the line the reader chose,
  // because where they end may depend on it.
  let starts = null;
  function withStart(item, x, y, then) {
    const give = () => then(starts[item.spec.claims?.convex === true ? "squared_error" : state.from]);
    if (starts) return give();
    whenReady(fitLine(compute, spec("squared_error"), x, y, steps, [0, 0], "start"), (least) => {
      const line = [least.intercept, least.slope];
      whenReady(fitLine(compute, spec("absolute_error"), x, y, steps, line, "start"), (first) => {
        starts = { squared_error: line, absolute_error: [first.intercept, first.slope], repeated_median: repeatedMedian(x, y) ?? line };
        give();
      });
    });
  }

  function fitOne(item, done) {
    const [x, y] = columns();
    withStart(item, x, y, (start) => whenReady(fitLine(compute, item, x, y, steps, start, item.key), (r) => {
      if (r.error) {
        note.textContent = `${labelOf(item, state.items)}: ${r.error}`;
        note.hidden = false;
        fits.delete(item.key);
      } else fits.set(item.key, r);
      done();
    }));
  }

  function fitAll() {
    starts = null;
    note.hidden = true;
    if (new Set(state.points.map((p) => p[0])).size < 2) {
      note.textContent = "All points share one x: a line needs at least two.";
      note.hidden = false;
    }
    let pending = shownItems().length;
    const done = () => {
      pending -= 1;
      if (pending === 0) {
        drawFits();
        drawn();
      }
    };
    if (!pending) drawFits();
    for (const item of shownItems()) fitOne(item, done);
  }

  // Drawing ------------------------------------------------------------------

  function drawFits() {
    const xs = panel.x.domain();
    const height = Math.abs(panel.y.domain()[1] - panel.y.domain()[0]);
    const said = [];
    const ends = [];
    for (const item of state.items) {
      const fit = item.shown ? fits.get(item.key) : null;
      const line = fit && [settled(fit.intercept, height), settled(fit.slope, height / (xs[1] - xs[0]))];
      table.write(item, line, state.items);
      if (!fit) continue;
      const ys = xs.map((v) => fit.intercept + fit.slope * v);
      const [ax, bx] = xs.map((v) => panel.x(v));
      const [ay, by] = ys.map((v) => panel.y(v));
      panel.paths.get(item.key)?.setAttribute("d", `M${ax.toFixed(2)},${ay.toFixed(2)}L${bx.toFixed(2)},${by.toFixed(2)}`);
      const many = 40;
      const lx = Array.from({ length: many + 1 }, (_, i) => xs[0] + ((xs[1] - xs[0]) * i) / many);
      ends.push({ xs: lx, ys: lx.map((v) => fit.intercept + fit.slope * v), text: labelOf(item, state.items), colour: item.spec.style?.colour });
      said.push(`${labelOf(item, state.items)}: ${spoken([["intercept", line[0]], ["slope", line[1]]])}`);
    }
    panel.label(ends);
    drawPoints();
    drawWeights();
    live.say(`${said.join(". ")}.`);
    details.refresh();
  }

  function weigh(item, then) {
    const fit = fits.get(item.key);
    if (fit) relativeWeights(compute, item, fit, ...columns(), then);
  }

  function drawWeights() {
    const item = state.items.find((o) => o.key === state.weigh && o.shown);
    weightTitle.replaceChildren(...(item ? ["Weight of each point: ", h("b", {}, labelOf(item, state.items)), h("span", { class: "ll-quiet" }, " (1 for a typical residual)")] : []));
    if (!item) {
      bars.replaceChildren();
      return;
    }
    weigh(item, (w) => {
      const base = STRIP - 6;
      const full = STRIP - 22;
      const unit = Math.max(1, Math.min(2, Math.max(...w.filter(Number.isFinite), 0)));
      stripAxis.replaceChildren(...[0, 1].map((v) => s("g", { class: v ? "" : "ll-zero" },
        s("line", { x1: panel.margin.left, x2: panel.margin.left + panel.inner.width, y1: base - (v / unit) * full, y2: base - (v / unit) * full }),
        s("text", { x: panel.margin.left - 8, y: base - (v / unit) * full, dy: "0.32em", "text-anchor": "end" }, v))));
      const colour = item.spec.style?.colour;
      bars.replaceChildren(...state.points.map((p, i) => {
        const px = panel.margin.left + panel.x(p[0]);
        const size = Math.max(0, Math.min(1, (Number.isFinite(w[i]) ? w[i] : 0) / unit)) * full;
        return s("g", { style: { "--c": colour }, class: i === state.chosen ? "ll-bar ll-chosen" : "ll-bar" },
          s("line", { x1: px, x2: px, y1: base, y2: base - size }), s("circle", { cx: px, cy: base - size, r: 3 }));
      }));
      [...dots.children].forEach((g, i) => {
        const area = Math.max(0, Math.min(1, Number.isFinite(w[i]) ? w[i] : 0));
        g.lastChild.setAttribute("r", (radius() * Math.sqrt(area)).toFixed(2));
        g.lastChild.style.setProperty("--c", colour);
      });
    });
  }

  /** Radius of a disc that counts fully: smaller where there are many. */
  const radius = () => (state.points.length > 40 ? 4 : 6);

  function buildPoints() {
    dots.replaceChildren(...state.points.map(() => s("g", {}, s("circle", { r: radius() + 0.5, class: "ll-ring" }), s("circle", { r: radius(), class: "ll-core" }))));
    handles.build();
    removePoint.disabled = state.points.length <= 2 || state.chosen < 0;
    addPoint.disabled = state.points.length >= MOST_POINTS;
    drawPoints();
  }

  function drawPoints() {
    state.points.forEach((p, i) => {
      const px = panel.x(p[0]);
      const py = panel.y(p[1]);
      dots.children[i].setAttribute("transform", `translate(${px.toFixed(2)},${py.toFixed(2)})`);
    });
    handles.draw();
  }

  // Editing ------------------------------------------------------------------

  function choose(i) {
    state.chosen = i;
    [...dots.children].forEach((g, k) => g.classList.toggle("ll-chosen", k === i));
    [...bars.children].forEach((g, k) => g.classList.toggle("ll-chosen", k === i));
    removePoint.disabled = state.points.length <= 2 || i < 0;
  }

  const middle = () => [(home[0][0] + home[0][1]) / 2, home[1][0] + 0.75 * (home[1][1] - home[1][0])];

  function add(point) {
    if (state.points.length >= MOST_POINTS) return;
    state.points.push(point.map(short));
    state.chosen = state.points.length - 1;
    buildPoints();
    handles.focus(state.chosen);
    fitAll();
    save();
  }

  function remove(i) {
    if (i < 0 || state.points.length <= 2) return;
    state.points.splice(i, 1);
    const next = Math.min(i, state.points.length - 1);
    buildPoints();
    choose(next);
    handles.focus(next);
    fitAll();
    save();
  }

  panel.plot.addEventListener("dblclick", (event) => {
    if (handles.nearest(event, 12) < 0) add(handles.at(event));
  });

  function tableRows() {
    const items = shownItems().filter((item) => fits.has(item.key));
    const all = new Map();
    for (const item of items) weigh(item, (w, r) => all.set(item.key, { w, r }));
    const head = ["Point", "x", "y", ...items.flatMap((item) => [`${labelOf(item, state.items)}: residual`, "weight"])];
    const rows = state.points.map((p, i) => [plain(i + 1), p[0], p[1],
      ...items.flatMap((item) => [all.get(item.key)?.r[i] ?? null, all.get(item.key)?.w[i] ?? null].map((v) => v ?? NaN))]);
    return [head, ...rows];
  }

  layout();
  buildPoints();
  rebuild();
  return whileOpen(el, () => {
    layout();
    drawFits();
  }, [handles, sync, live, compute]);
}

export default { name: "fit-explorer", needs: { losses: ["squared_error", "absolute_error"] }, draw: fitExplorer };
