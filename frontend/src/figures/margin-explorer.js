// MarginExplorer: points of two classes to drag, a linear classifier under each of several losses,
// and where every point lies on their curves over the margin: who pays how much of the total.

import { h, keysAreOurs, s, uid, write } from "../parts/dom.js";
import { plain } from "../parts/format.js";
import { asPython, asTrait, fromLink, labelOf, makeItems, toLink } from "../parts/items.js";
import { curvePath, limits, makePanel, sideBySide } from "../parts/panel.js";
import { addMenu, announcer, footer, lossTable, sliderBox, tableOnRequest, whileOpen } from "../parts/parts.js";
import { frame, pointHandles, short } from "../parts/points.js";
import { syncTraits } from "../parts/sync.js";
import { whenReady } from "../numbers/compute.js";
import { curveOf, fitPlane } from "../numbers/questions.js";

const GRID = 200;
const MOST_POINTS = 100;
const MOST_LOSSES = 4;
const BIGGEST = 26; // radius of the disc of a point that pays everything
const NAMED = 2; // payers named in the read-out

const percent = (v) => `${(100 * v).toFixed(v >= 0.0005 && v < 0.0995 ? 1 : 0)}%`;
const twoDigits = (v) => v.toFixed(2).replace("-", "\u2212");

function marginExplorer({ el, model, manifest, compute, share, drawn }) {
  const start = { losses: model.get("losses"), points: model.get("points"), chosen: model.get("chosen") };
  const [ridge, steps] = [model.get("ridge"), model.get("steps")];
  const state = { items: makeItems(start.losses, manifest), points: start.points.map((p) => [...p]), chosen: start.chosen };
  state.payers = model.get("shares");
  restore(share?.read());
  const radioName = uid("shares");
  const home = frame(start.points);
  const shownItems = () => state.items.filter((item) => item.shown);
  const payersUnder = () => shownItems().find((item) => item.key === state.payers);

  const plane = makePanel({ title: model.get("y_label"), xLabel: model.get("x_label") });
  const halos = s("g");
  const marks = s("g");
  const names = s("g", { class: "ll-labels" });
  plane.over.append(halos, marks, names);
  const curves = makePanel({ title: "Loss", sign: "ℓ(m)", xLabel: "margin m = (2y − 1) f" });
  const step = s("path", { class: "ll-step" });
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const discs = s("g", { class: "ll-discs" });
  const spots = s("g");
  curves.over.append(step, hair, discs, spots);
  const grid = h("div", { class: "ll-panels" }, plane.root, curves.root);
  const payers = h("div", { class: "ll-strip-title ll-payers" });

  const table = lossTable({
    caption: "", columns: ["Wrong", "Margin", "Pays"], formats: [plain, twoDigits, percent],
    extra: { title: "Discs", cell: (item) => payersButton(item) },
    onToggle: (item) => {
      item.shown = !item.shown;
      rebuild();
      save();
    },
  });
  const live = announcer(el);
  const sliders = sliderBox({ onInput: (item) => { drawCurve(item); fitOne(item, draw); }, onChange: () => { rescale(); save(); } });
  const specs = manifest.filter((m) => m.margin).sort((a, b) => a.title.localeCompare(b.title));
  const menu = addMenu({ specs, items: () => state.items, most: MOST_LOSSES, onAdd: (item) => { state.items.push(item); rebuild(); save(); } });
  const flipButton = h("button", { type: "button", class: "ll-button", onclick: () => flip(state.chosen), ...keysAreOurs }, "Flip the label");
  const edit = h("div", { class: "ll-footer ll-edit" }, flipButton,
    h("span", { class: "ll-quiet" }, "Drag points or use arrow keys; double-click or F flips a label."));
  const details = tableOnRequest("Table of points, margins and losses", tableRows);
  const foot = footer({
    before: [menu.root],
    onReset: reset,
    link: share && (() => share.write({ losses: toLink(state.items), points: state.points.map((p) => p.map(short).join(",")).join(";"), point: state.chosen })),
    python: () => `ll.widgets.MarginExplorer([${state.points.map((p) => `[${short(p[0])}, ${short(p[1])}]`).join(", ")}], [${state.points.map((p) => p[2]).join(", ")}], losses=[${asPython(state.items)}], point=${state.chosen})`,
  });
  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  el.append(grid, payers, edit, table.root, sliders.root, note, foot, details.root, live.root);

  const handles = pointHandles({
    panel: plane, home, points: () => state.points, onChoose: choose,
    describe: (p, i) => `Point ${i + 1}, label ${p[2]}: ${plain(p[0])}, ${plain(p[1])}`,
    onMove: (i, to, done) => {
      state.points[i].splice(0, 2, ...to);
      fitAll(done);
      save();
    },
    onKey: (key, i) => {
      if (!["f", "F", "Enter", " "].includes(key)) return false;
      flip(i);
      return true;
    },
  });
  plane.plot.addEventListener("dblclick", (event) => {
    const i = handles.nearest(event);
    if (i >= 0) flip(i);
  });

  // Of every loss: its classifier, margins, losses and shares of the points, and its curve.
  const results = new Map();
  const lines = new Map();
  const errors = new Map();
  const values = () => ({ losses: asTrait(state.items), points: state.points.map((p) => [...p]), chosen: state.chosen });
  const sync = syncTraits(model, values, () => {
    state.items = makeItems(model.get("losses"), manifest);
    state.points = model.get("points").map((p) => [...p]);
    state.chosen = model.get("chosen");
    buildPoints();
    rebuild();
  });
  const save = sync.save;

  function restore(given) {
    if (!given) return;
    const items = given.losses ? fromLink(given.losses, manifest).filter((item) => item.spec.margin).slice(0, MOST_LOSSES) : [];
    if (items.length) state.items = items;
    const points = (given.points ?? "").split(";").map((p) => p.split(",").map(Number))
      .filter((p) => p.length === 3 && p.every(Number.isFinite) && [0, 1].includes(p[2]));
    if (points.length >= 2) state.points = points.slice(0, MOST_POINTS);
    if (given.point in state.points) state.chosen = Number(given.point);
    state.chosen = Math.min(state.chosen, state.points.length - 1);
  }

  function reset() {
    state.items = makeItems(start.losses, manifest);
    state.points = start.points.map((p) => [...p]);
    state.chosen = start.chosen;
    state.payers = model.get("shares");
    share?.clear();
    buildPoints();
    rebuild();
    save();
  }

  function payersButton(item) {
    return h("input", {
      type: "radio", class: "ll-radio", name: radioName, checked: item.key === state.payers, "aria-label": `Discs show the shares under ${labelOf(item, state.items)}`, ...keysAreOurs,
      onchange: () => {
        state.payers = item.key;
        rescale();
      },
    });
  }

  // Numbers ------------------------------------------------------------------

  function fitOne(item, done) {
    const x = Float64Array.from(state.points.flatMap((p) => [p[0], p[1]]));
    const y = Float64Array.from(state.points, (p) => p[2]);
    const failed = (r) => {
      errors.set(item.key, `${labelOf(item, state.items)}: ${r.error}`);
      results.delete(item.key);
      done();
    };
    whenReady(fitPlane(compute, item, x, y, ridge, steps, item.key), (fit) => {
      if (fit.error) return failed(fit);
      const [a, b] = fit.coefficients;
      const f = y.map((_, i) => fit.intercept + a * x[2 * i] + b * x[2 * i + 1]);
      whenReady(curveOf(compute, item, y, f, `${item.key}:points`), (r) => {
        if (r.error) return failed(r);
        errors.delete(item.key);
        const margins = f.map((v, i) => (2 * y[i] - 1) * v);
        const total = r.value.reduce((sum, v) => sum + v, 0);
        const shares = r.value.map((v) => (total > 0 ? v / total : 0));
        const wrong = margins.reduce((count, m) => count + (m > 0 ? 0 : 1), 0);
        results.set(item.key, { intercept: fit.intercept, a, b, margins, values: r.value, shares, wrong });
        done();
      });
    });
  }

  function fitAll(scales) {
    let pending = shownItems().length;
    const done = () => {
      pending -= 1;
      if (pending) return;
      if (scales) rescale();
      else draw();
      drawn();
    };
    if (!pending) rescale();
    for (const item of shownItems()) fitOne(item, done);
  }

  // Drawing ------------------------------------------------------------------

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    plane.resize(width, 300);
    curves.resize(width, narrow ? 230 : 300);
    plane.x.domain(home[0]);
    plane.y.domain(home[1]);
    plane.axes();
  }

  function rebuild() {
    if (!payersUnder()) state.payers = shownItems()[0]?.key;
    errors.clear();
    for (const panel of [plane, curves]) {
      panel.paths = new Map(shownItems().map((item) => [item.key, curvePath(item)]));
      panel.curves.replaceChildren(...panel.paths.values());
    }
    spots.replaceChildren(...shownItems().map((item) => s("circle", { r: 4, class: "ll-dot", style: { "--c": item.spec.style?.colour } })));
    table.build(state.items);
    sliders.build(state.items);
    menu.refresh();
    fitAll(true);
  }

  function buildPoints() {
    halos.replaceChildren(...state.points.map(() => s("circle", { class: "ll-disc" })));
    discs.replaceChildren(...state.points.map(() => s("circle", { class: "ll-disc" })));
    marks.replaceChildren(...state.points.map(() => s("g", {}, s("path", { class: "ll-mark" }), s("path", { class: "ll-cross", d: "M6,-11l6,6m0,-6l-6,6" }))));
    names.replaceChildren(...Array.from({ length: NAMED }, () => s("text", { "text-anchor": "middle", style: { "--c": "var(--ll-ink)" } })));
    handles.build();
  }

  /** New scales of the right panel: wide enough for the margins, high enough for who pays most. */
  function rescale() {
    const all = shownItems().flatMap((item) => Array.from(results.get(item.key)?.margins ?? []));
    const inside = all.filter((m) => Math.abs(m) <= 6);
    curves.x.domain([Math.min(-2, Math.floor(Math.min(...inside))), Math.max(3, Math.ceil(Math.max(...inside)))]);
    const [low, high] = curves.x.domain();
    const xs = Float64Array.from({ length: GRID + 1 }, (_, i) => low + ((high - low) * i) / GRID);
    lines.clear();
    let pending = shownItems().length;
    const done = () => {
      if (pending) return;
      const [bottom, top] = limits([...lines.values()].map((line) => line.ys), { floor: 0 });
      const dearest = Math.max(0, ...(results.get(state.payers)?.values ?? []));
      curves.y.domain([bottom, Math.max(top, Math.min(1.1 * dearest, 3 * top))]);
      curves.axes();
      draw();
    };
    for (const item of shownItems()) {
      whenReady(curveOf(compute, item, new Float64Array(xs.length).fill(1), xs, `${item.key}:curve`), (r) => {
        if (!r.error) lines.set(item.key, { xs, ys: r.value });
        pending -= 1;
        done();
      });
    }
    if (!shownItems().length) done();
  }

  function drawCurve(item) {
    const line = lines.get(item.key);
    if (!line) return;
    whenReady(curveOf(compute, item, new Float64Array(line.xs.length).fill(1), line.xs, `${item.key}:curve`), (r) => {
      if (!r.error) line.ys = r.value;
    });
  }

  /** The part of the line intercept + a x + b y = 0 inside the panel: between where it meets two edges. */
  function boundary({ intercept, a, b }) {
    const [[x0, x1], [y0, y1]] = home;
    const ends = [
      ...[x0, x1].map((x) => [x, -(intercept + a * x) / b]).filter(([, y]) => y >= y0 && y <= y1),
      ...[y0, y1].map((y) => [-(intercept + b * y) / a, y]).filter(([x]) => x > x0 && x < x1),
    ].map(([x, y]) => `${plane.x(x).toFixed(2)},${plane.y(y).toFixed(2)}`);
    return ends.length > 1 ? `M${ends[0]}L${ends[1]}` : "";
  }

  const toEdge = (scale, v) => {
    const [low, high] = scale.domain();
    return scale(Math.max(low, Math.min(high, v)));
  };

  function draw() {
    const chosen = state.points[state.chosen];
    table.head.textContent = `point ${state.chosen + 1}, label ${chosen[2]}`;
    const said = [];
    for (const [k, item] of shownItems().entries()) {
      const r = results.get(item.key);
      const line = lines.get(item.key);
      plane.paths.get(item.key)?.setAttribute("d", r ? boundary(r) : "");
      curves.paths.get(item.key)?.setAttribute("d", line ? curves.path(line.xs, line.ys) : "");
      const spot = spots.children[k];
      spot.style.visibility = r ? "" : "hidden";
      if (!r) continue;
      spot.setAttribute("cx", toEdge(curves.x, r.margins[state.chosen]));
      spot.setAttribute("cy", toEdge(curves.y, r.values[state.chosen]));
      said.push(`${labelOf(item, state.items)}: ${r.wrong} wrong, margin ${twoDigits(r.margins[state.chosen])}, pays ${percent(r.shares[state.chosen])}`);
    }
    for (const item of state.items) {
      const r = item.shown && results.get(item.key);
      table.write(item, r ? [r.wrong, r.margins[state.chosen], r.shares[state.chosen]] : null, state.items);
    }
    const [low, high] = curves.x.domain();
    step.setAttribute("d", `M${curves.x(low)},${curves.y(1)}H${curves.x(0)}V${curves.y(0)}H${curves.x(high)}`);
    hair.setAttribute("y2", curves.inner.height);
    curves.label(shownItems().filter((item) => lines.has(item.key)).map((item) => ({
      ...lines.get(item.key), text: labelOf(item, state.items), colour: item.spec.style?.colour,
    })), "left");
    drawPoints();
    write(note, [...errors.values()].join(" ") || missing());
    note.hidden = !note.textContent;
    live.say(`Point ${state.chosen + 1}, label ${chosen[2]}. ${said.join(". ")}.`);
    details.refresh();
  }

  /** What a reader who misses a line should know. */
  function missing() {
    if (new Set(state.points.map((p) => p[2])).size < 2) return "All points carry one label: there is nothing to separate.";
    const flat = shownItems().filter((item) => results.get(item.key)?.margins.every((m) => Math.abs(m) < 1e-9));
    return flat.map((item) => `${labelOf(item, state.items)}: from score 0 everywhere no slope leads down, so there is no line.`).join(" ");
  }

  function drawPoints() {
    const item = payersUnder();
    const r = item && results.get(item.key);
    const colour = item?.spec.style?.colour;
    const size = (i) => (r ? BIGGEST * Math.sqrt(Math.max(0, Math.min(1, r.shares[i] || 0))) : 0);
    state.points.forEach((p, i) => {
      const [px, py] = [plane.x(p[0]), plane.y(p[1])];
      const mark = marks.children[i];
      mark.setAttribute("transform", `translate(${px.toFixed(2)},${py.toFixed(2)})`);
      mark.setAttribute("class", i === state.chosen ? "ll-chosen" : "");
      mark.firstChild.setAttribute("class", `ll-mark ll-label${p[2]}`);
      mark.firstChild.setAttribute("d", p[2] === 1 ? "M-5.5,0a5.5,5.5 0 1 0 11,0a5.5,5.5 0 1 0 -11,0" : "M-4.75,-4.75h9.5v9.5h-9.5z");
      mark.lastChild.style.visibility = r && !(r.margins[i] > 0) ? "" : "hidden";
      for (const [disc, x, y] of [[halos.children[i], px, py], [discs.children[i], r && toEdge(curves.x, r.margins[i]), r && toEdge(curves.y, r.values[i])]]) {
        disc.style.visibility = r ? "" : "hidden";
        if (!r) continue;
        disc.setAttribute("cx", x.toFixed(2));
        disc.setAttribute("cy", y.toFixed(2));
        disc.setAttribute("r", Math.max(disc.parentNode === discs ? 2.5 : 0, size(i)).toFixed(2));
        disc.style.setProperty("--c", colour);
      }
    });
    const x = r ? toEdge(curves.x, r.margins[state.chosen]) : 0;
    hair.setAttribute("x1", x);
    hair.setAttribute("x2", x);
    const order = r ? state.points.map((_, i) => i).filter((i) => r.shares[i] >= 0.005).sort((i, j) => r.shares[j] - r.shares[i]).slice(0, NAMED) : [];
    [...names.children].forEach((text, k) => {
      const i = order[k];
      write(text, i === undefined ? "" : String(i + 1));
      if (i === undefined) return;
      text.setAttribute("x", plane.x(state.points[i][0]));
      text.setAttribute("y", plane.y(state.points[i][1]) + 20);
    });
    const list = order.map((i) => `point ${i + 1} pays ${percent(r.shares[i])}`).join(", ");
    payers.replaceChildren(...(item ? [h("b", {}, labelOf(item, state.items)), r ? `: ${list || "nobody pays"}` : ""] : []));
    handles.draw();
  }

  function tableRows() {
    const items = shownItems().filter((item) => results.has(item.key));
    const head = ["Point", "Label", "x", "y", ...items.flatMap((item) => [`${labelOf(item, state.items)}: margin`, "loss", "share"])];
    return [head, ...state.points.map((p, i) => [plain(i + 1), plain(p[2]), p[0], p[1],
      ...items.flatMap(({ key }) => [results.get(key).margins[i], results.get(key).values[i], percent(results.get(key).shares[i])])])];
  }

  // Editing ------------------------------------------------------------------

  function choose(i) {
    if (i === state.chosen) return;
    state.chosen = i;
    draw();
    save();
  }

  function flip(i) {
    state.points[i][2] = 1 - state.points[i][2];
    state.chosen = i;
    fitAll(true);
    save();
  }

  layout();
  buildPoints();
  rebuild();
  return whileOpen(el, () => {
    layout();
    rescale();
  }, [handles, sync, live, compute]);
}

export default { name: "margin-explorer", needs: { modules: ["plane_step"] }, draw: marginExplorer };
