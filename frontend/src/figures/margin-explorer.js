// MarginExplorer: points of two classes to drag, a linear classifier under each of several losses,
// and where every point lies on their curves over the margin: who pays how much of the total.

import { h, s, uid, write } from "../parts/dom.js";
import { plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { manyLosses } from "../parts/many-losses.js";
import { limits, makePanel, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { pushButton, radio, whileOpen } from "../parts/parts.js";
import { asLink, asPoints, frameOf, holdAll, pointHandles, pointName, putNames, short } from "../parts/points.js";
import { forAll } from "../parts/setting.js";
import { most } from "../parts/shared.js";
import { whenReady } from "../numbers/compute.js";
import { curveOf, evenly, fitPlane } from "../numbers/questions.js";

const GRID = 200;
const BIGGEST = 26; // radius of the disc of a point that pays everything
const NAMED = 2; // payers named in the read-out
const SHAPES = ["M-4.75,-4.75h9.5v9.5h-9.5z", "M-5.5,0a5.5,5.5 0 1 0 11,0a5.5,5.5 0 1 0 -11,0"]; // by label

const percent = (v) => `${(100 * v).toFixed(v >= 0.0005 && v < 0.0995 ? 1 : 0)}%`;
const twoDigits = (v) => v.toFixed(2).replace("-", "\u2212");
const circle = (props) => s("circle", props);
const toEdge = (scale, v) => {
  const [low, high] = scale.domain();
  return scale(Math.max(low, Math.min(high, v)));
};

/** The losses of the figure; `view` has what draws them. */
function lossesOf(given, view) {
  const { model } = given;
  const group = uid("shares");
  return manyLosses({
    ...given, suits: (spec) => spec.margin, most: most.classifiers, columns: ["Wrong", "Margin", "Pays"], formats: [plain, twoDigits, percent],
    extra: {
      title: "Discs",
      cell: (item) => radio({ name: group, checked: item.key === view.payers, label: `Discs show the shares under ${view.many.label(item)}`, onPick: () => view.show(item) }),
    },
    read: (get) => ({ points: get("points").map((p) => [...p]), chosen: Math.min(get("chosen"), get("points").length - 1) }),
    quiet: ["chosen"],
    traits: ({ points, chosen }) => ({ points: points.map((p) => [...p]), chosen }),
    link: ({ points, chosen }) => ({ points: asLink(points), point: chosen }),
    linked(link, now) {
      const points = asPoints(link.points, (p) => p.length === 3 && [0, 1].includes(p[2]));
      if (points.length >= 2) now.points = points.slice(0, most.labelled);
      if (link.point in now.points) now.chosen = Number(link.point);
      now.chosen = Math.min(now.chosen, now.points.length - 1);
    },
    taken(reset) {
      if (reset) view.payers = model.get("shares");
      view.refit();
      view.buildPoints();
    },
    rebuild: () => view.rebuild(), onInput: (item) => view.fitOne(item), onChange: () => view.rescale(),
    title: "Table of points, margins and losses", rows: () => view.rows(),
    python(losses) {
      const { points, chosen } = view.many.state;
      return `ll.widgets.MarginExplorer([${points.map((p) => `[${short(p[0])}, ${short(p[1])}]`).join(", ")}], [${points.map((p) => p[2]).join(", ")}], losses=[${losses}], point=${chosen})`;
    },
  });
}

/** The numbers: `fit(item, done)` keeps of a loss its classifier, and margins, losses and shares of the points in
 *  `results`; `curve(item, xs, done)` keeps its curve in `lines`. */
function questions({ model, compute }, many) {
  const [ridge, steps] = [model.get("ridge"), model.get("steps")];
  const results = new Map();
  const lines = new Map();
  function judged({ intercept, coefficients: [a, b] }, y, f, { value: values }) {
    const margins = f.map((v, i) => (2 * y[i] - 1) * v);
    const total = values.reduce((sum, v) => sum + v, 0);
    return {
      intercept, a, b, margins, values, shares: values.map((v) => (total > 0 ? v / total : 0)),
      wrong: margins.reduce((count, m) => count + (m > 0 ? 0 : 1), 0),
    };
  }
  return {
    results, lines,
    fit(item, done) {
      const { points } = many.state;
      const x = Float64Array.from(points.flatMap((p) => [p[0], p[1]]));
      const y = Float64Array.from(points, (p) => p[2]);
      const take = (r, result) => {
        if (many.right(item, r)) results.set(item.key, result());
        else results.delete(item.key);
        done();
      };
      whenReady(fitPlane(compute, item, x, y, ridge, steps, item.key), (fit) => {
        if (fit.error) return take(fit);
        const f = y.map((_, i) => fit.intercept + fit.coefficients[0] * x[2 * i] + fit.coefficients[1] * x[2 * i + 1]);
        whenReady(curveOf(compute, item, y, f, `${item.key}:points`), (r) => take(r, () => judged(fit, y, f, r)));
      });
    },
    curve(item, xs, done) {
      whenReady(curveOf(compute, item, new Float64Array(xs.length).fill(1), xs, `${item.key}:curve`), (r) => {
        if (!r.error) lines.set(item.key, { xs, ys: r.value });
        done?.();
      });
    },
  };
}

/** The points in the plane, each with a disc as large as what it pays; those with a name, and who pays most, are named. */
function planeOf({ model, home, given }) {
  const panel = makePanel({ title: model.get("y_label"), xLabel: model.get("x_label") });
  const [halos, marks] = [s("g"), s("g")];
  const names = s("g", { class: "ll-labels" });
  panel.over.append(halos, marks, names);
  /** The part of the line intercept + a x + b y = 0 inside the panel: between where it meets two edges. */
  function boundary({ intercept, a, b }) {
    const [[x0, x1], [y0, y1]] = home;
    const ends = [
      ...[x0, x1].map((x) => [x, -(intercept + a * x) / b]).filter(([, y]) => y >= y0 && y <= y1),
      ...[y0, y1].map((y) => [-(intercept + b * y) / a, y]).filter(([x]) => x > x0 && x < x1),
    ].map(([x, y]) => `${panel.x(x).toFixed(2)},${panel.y(y).toFixed(2)}`);
    return ends.length > 1 ? `M${ends[0]}L${ends[1]}` : "";
  }
  return {
    panel, halos,
    drawLine: (item, r) => panel.paths.get(item.key)?.setAttribute("d", r ? boundary(r) : ""),
    build(points) {
      halos.replaceChildren(...points.map(() => circle({ class: "ll-disc" })));
      marks.replaceChildren(...points.map(() => s("g", {}, s("path", { class: "ll-mark" }), s("path", { class: "ll-cross", d: "M6,-11l6,6m0,-6l-6,6" }))));
      names.replaceChildren(...points.map(() => s("text", { style: { "--c": "var(--ll-ink)" } })));
    },
    drawPoint([x, y, label], i, chosen, wrong) {
      const mark = marks.children[i];
      mark.setAttribute("transform", `translate(${panel.x(x).toFixed(2)},${panel.y(y).toFixed(2)})`);
      mark.setAttribute("class", chosen ? "ll-chosen" : "");
      mark.firstChild.setAttribute("class", `ll-mark ll-label${label}`);
      mark.firstChild.setAttribute("d", SHAPES[label]);
      mark.lastChild.style.visibility = wrong ? "" : "hidden";
    },
    name(points, payers) {
      const said = points.map((_, i) => given[i] || (payers.includes(i) ? String(i + 1) : ""));
      [...names.children].forEach((text, i) => write(text, said[i]));
      putNames([...names.children], said, points.map(([x, y]) => [panel.x(x), panel.y(y)]), panel.inner);
    },
  };
}

/** The losses over the margin, with the zero-one loss as a step. */
function curvesOf(many, { results, lines }) {
  const panel = makePanel({ title: "Loss", sign: "ℓ(m)", xLabel: "margin m = (2y − 1) f" });
  const step = s("path", { class: "ll-step" });
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const discs = s("g", { class: "ll-discs" });
  const spots = s("g");
  panel.over.append(step, hair, discs, spots);
  return {
    panel, hair, discs,
    at: (r, i) => [toEdge(panel.x, r.margins[i]), toEdge(panel.y, r.values[i])],
    build: () => spots.replaceChildren(...many.shown().map((item) => circle({ r: 4, class: "ll-dot", style: { "--c": item.spec.style?.colour } }))),
    /** Wide enough for the margins; the places at which losses are computed then. */
    widen() {
      const inside = many.shown().flatMap((item) => Array.from(results.get(item.key)?.margins ?? [])).filter((m) => Math.abs(m) <= 6);
      panel.x.domain([Math.min(-2, Math.floor(Math.min(...inside))), Math.max(3, Math.ceil(Math.max(...inside)))]);
      return evenly(...panel.x.domain(), GRID);
    },
    /** High enough for who pays most. */
    heighten(payers) {
      const [bottom, top] = limits([...lines.values()].map((line) => line.ys), { floor: 0 });
      const dearest = Math.max(0, ...(results.get(payers)?.values ?? []));
      panel.y.domain([bottom, Math.max(top, Math.min(1.1 * dearest, 3 * top))]);
      panel.axes();
    },
    draw(chosen) {
      for (const [k, item] of many.shown().entries()) {
        const [r, line, spot] = [results.get(item.key), lines.get(item.key), spots.children[k]];
        panel.paths.get(item.key)?.setAttribute("d", line ? panel.path(line.xs, line.ys) : "");
        spot.style.visibility = r ? "" : "hidden";
        if (!r) continue;
        const [x, y] = this.at(r, chosen);
        spot.setAttribute("cx", x);
        spot.setAttribute("cy", y);
      }
      const [low, high] = panel.x.domain();
      step.setAttribute("d", `M${panel.x(low)},${panel.y(1)}H${panel.x(0)}V${panel.y(0)}H${panel.x(high)}`);
      const named = many.shown().filter((item) => lines.has(item.key));
      panel.label(named.map((item) => ({ ...lines.get(item.key), text: many.label(item), colour: item.spec.style?.colour })), "left");
    },
  };
}

/** Discs in both panels, crosses on who is wrong, and who pays most. */
function drawPoints({ plane, curves, many, line, given }, item, r) {
  const { points, chosen } = many.state;
  const size = (i) => (r ? BIGGEST * Math.sqrt(Math.max(0, Math.min(1, r.shares[i] || 0))) : 0);
  const put = (disc, i, least, at) => {
    disc.style.visibility = r ? "" : "hidden";
    if (!r) return;
    const [x, y] = at();
    for (const [name, v] of [["cx", x], ["cy", y], ["r", Math.max(least, size(i))]]) disc.setAttribute(name, v.toFixed(2));
    disc.style.setProperty("--c", item.spec.style?.colour);
  };
  points.forEach((p, i) => {
    plane.drawPoint(p, i, i === chosen, r && !(r.margins[i] > 0));
    put(plane.halos.children[i], i, 0, () => [plane.panel.x(p[0]), plane.panel.y(p[1])]);
    put(curves.discs.children[i], i, 2.5, () => curves.at(r, i));
  });
  upright(curves.hair, r ? toEdge(curves.panel.x, r.margins[chosen]) : 0, curves.panel.inner.height);
  const payers = r ? points.map((_, i) => i).filter((i) => r.shares[i] >= 0.005).sort((i, j) => r.shares[j] - r.shares[i]).slice(0, NAMED) : [];
  plane.name(points, payers);
  const list = payers.map((i) => `${given[i] || `point ${i + 1}`} pays ${percent(r.shares[i])}`).join(", ");
  line.replaceChildren(...(item ? [h("b", {}, many.label(item)), r ? `: ${list || "nobody pays"}` : ""] : []));
}

/** What a reader who misses a line should know. */
function missing({ state, shown, label }, results) {
  if (new Set(state.points.map((p) => p[2])).size < 2) return "All points carry one label: there is nothing to separate.";
  const flat = shown().filter((item) => results.get(item.key)?.margins.every((m) => Math.abs(m) < 1e-9));
  return flat.map((item) => `${label(item)}: from score 0 everywhere no slope leads down, so there is no line.`).join(" ");
}

function rowsOf({ state, shown, label }, results, given) {
  const items = shown().filter((item) => results.has(item.key));
  const head = ["Point", "Label", "x", "y", ...items.flatMap((item) => [`${label(item)}: margin`, "loss", "share"])];
  return [head, ...state.points.map((p, i) => [given[i] || plain(i + 1), plain(p[2]), p[0], p[1],
    ...items.flatMap(({ key }) => [results.get(key).margins[i], results.get(key).values[i], percent(results.get(key).shares[i])])])];
}

/** The table's numbers of the chosen point, and a sentence. */
function say(many, results, given) {
  const { points, chosen, items } = many.state;
  const [x, y, label] = points[chosen];
  const name = `${pointName(given, chosen)}, label ${label}`;
  many.table.head.textContent = given[chosen] ? name : name.replace("P", "p");
  const said = [];
  for (const item of items) {
    const r = item.shown && results.get(item.key);
    many.write(item, r ? [r.wrong, r.margins[chosen], r.shares[chosen]] : null);
    if (r) said.push(`${many.label(item)}: ${r.wrong} wrong, margin ${twoDigits(r.margins[chosen])}, pays ${percent(r.shares[chosen])}`);
  }
  many.remark(missing(many, results));
  many.live.say(`${name}, at ${plain(x)}, ${plain(y)}. ${said.join(". ")}.`);
  many.details.refresh();
}

/** Points taken hold of, chosen and flipped; `changed(done)` fits anew. */
function editing({ plane, home, many, choose, changed, given }) {
  const { state } = many;
  function flip(i) {
    state.points[i][2] = 1 - state.points[i][2];
    state.chosen = i;
    changed(true);
    many.save();
  }
  const handles = pointHandles({
    panel: plane.panel, home, cloud: true, points: () => state.points, onChoose: choose,
    describe: (p, i) => `${pointName(given, i)}, label ${p[2]}: ${plain(p[0])}, ${plain(p[1])}`,
    onMove(i, to, done) {
      state.points[i].splice(0, 2, ...to);
      changed(done);
      many.save();
    },
    onKey(key, i) {
      const ours = ["f", "F"].includes(key);
      if (ours) flip(i);
      return ours;
    },
  });
  plane.panel.plot.addEventListener("dblclick", (event) => {
    const i = handles.nearest(event);
    if (i >= 0) flip(i);
  });
  const hint = h("span", { class: "ll-quiet" }, "Drag points; arrows choose, Enter holds; double-click or F flips.");
  return { handles, root: h("div", { class: "ll-footer ll-edit" }, pushButton("Flip the label", () => flip(state.chosen)), hint) };
}

function marginExplorer(given) {
  const { el, model, drawn } = given;
  const least = frameOf(model);
  const home = [...least];
  const names = model.get("names");
  const view = { payers: model.get("shares"), buildPoints, rebuild, rescale };
  const many = lossesOf(given, view);
  const { state } = many;
  const ask = questions(given, many);
  const plane = planeOf({ model, home, given: names });
  const curves = curvesOf(many, ask);
  const panels = [plane.panel, curves.panel];
  makeGhosts(many.steps, panels, () => state.points);
  const grid = panelGrid(panels);
  const line = h("div", { class: "ll-strip-title ll-payers" });
  const edit = editing({ plane, home, many, choose, changed: fitAll, given: names });
  Object.assign(view, {
    refit() {
      holdAll(home, least, state.points);
      layout();
    },
    many, rows: () => rowsOf(many, ask.results, names),
    show(item) {
      view.payers = item.key;
      rescale();
    },
    fitOne(item) {
      if (ask.lines.has(item.key)) ask.curve(item, ask.lines.get(item.key).xs);
      ask.fit(item, draw);
    },
  });
  many.place([grid, line, edit.root]);
  const payersUnder = () => many.shown().find((item) => item.key === view.payers);

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    plane.panel.resize(width, tall("plane", narrow));
    curves.panel.resize(width, tall("margins", narrow));
    plane.panel.x.domain(home[0]);
    plane.panel.y.domain(home[1]);
    plane.panel.axes();
  }
  function buildPoints() {
    plane.build(state.points);
    curves.discs.replaceChildren(...state.points.map(() => circle({ class: "ll-disc" })));
    edit.handles.build();
  }
  function rebuild() {
    if (!payersUnder()) view.payers = many.shown()[0]?.key;
    panels.forEach(many.paths);
    curves.build();
    many.build();
    fitAll(true);
  }
  function fitAll(scales) {
    forAll(many.shown(), ask.fit, () => {
      if (scales) rescale();
      else draw();
      drawn();
    });
  }
  function rescale() {
    const xs = curves.widen();
    ask.lines.clear();
    forAll(many.shown(), (item, done) => ask.curve(item, xs, done), () => {
      curves.heighten(view.payers);
      draw();
    });
  }
  function draw() {
    for (const item of many.shown()) plane.drawLine(item, ask.results.get(item.key));
    curves.draw(state.chosen);
    const item = payersUnder();
    drawPoints({ plane, curves, many, line, given: names }, item, item && ask.results.get(item.key));
    edit.handles.draw();
    say(many, ask.results, names);
  }
  function choose(i) {
    if (i === state.chosen) return;
    state.chosen = i;
    draw();
    many.save();
  }

  layout();
  buildPoints();
  rebuild();
  return whileOpen(el, () => {
    layout();
    rescale();
  }, [edit.handles, ...many.parts, given.compute]);
}

export default { name: "margin-explorer", needs: { modules: ["plane_step"] }, draw: marginExplorer };
