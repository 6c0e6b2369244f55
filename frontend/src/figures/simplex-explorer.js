// SimplexExplorer: forecasts for three classes as a triangle, and over it the loss that is to be
// expected under the truth; both the truth and one forecast can be dragged.

import { contours } from "d3-contour";
import { h, keysAreOurs, s, uid, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { asPython, asTrait, fromLink, makeItem, makeItems, toLink } from "../parts/items.js";
import { makePanel, sideBySide, tall } from "../parts/panel.js";
import { announcer, footer, tableOnRequest, whileOpen } from "../parts/parts.js";
import { pointHandles } from "../parts/points.js";
import { plots, simplex } from "../parts/shared.js";
import { makeSlider } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";
import { whenReady } from "../numbers/compute.js";
import {
  HIGH, around, distance, expectedGradient, expectedValues, forecastAt, forecastOnSquare, inside, lattice, place, questions, rounded, square,
} from "../parts/simplex.js";
import { rowsOf } from "../numbers/questions.js";

const SIDE = 22; // half a handle beside the triangle
// Steps of the grid along a side; what it stays away from the edges, where many losses are infinite; rounds of looking
// more closely for the lowest point.
const { classes: CLASSES, steps: STEPS, rim: RIM, closer: CLOSER } = simplex;
const EVERY = 5; // steps from arrow to arrow
const LEVELS = 9;
const STRONGEST = 58; // percent of colour in the highest band
const LOWEST_FORECAST = 0.001;
const SAME = 0.0005; // less would be shown as 0.0%
const MARKS = {
  truth: "M-6,0a6,6 0 1 0 12,0a6,6 0 1 0 -12,0", forecast: "M-5.5,-5.5h11v11h-11z", best: "M0,-8.5l2.6,5.9l6.4,.6l-4.8,4.3l1.4,6.3l-5.6,-3.3l-5.6,3.3l1.4,-6.3l-4.8,-4.3l6.4,-.6z",
};
const NAMES = { truth: "Truth", forecast: "Forecast", best: "Best" };

const share3 = (v) => v.toFixed(3);
const digits = (v) => (Math.abs(v) < 5e-4 ? "0.000" : number(v));
const percent = (v) => `${(100 * v).toFixed(v >= 0.0005 && v < 0.0995 ? 1 : 0)}%`;
const points = lattice(STEPS, RIM);
const grid = questions(points);
const arrowsAt = points.flatMap((p, i) => {
  const steps = p.map((v) => Math.round(((v - RIM) / (1 - 3 * RIM)) * STEPS));
  return steps.every((k) => k > 0 && k % EVERY === 0) ? [i] : [];
});

function simplexExplorer({ el, model, manifest, compute, share, drawn }) {
  const start = { losses: model.get("losses"), truth: model.get("truth"), forecast: model.get("forecast") };
  const state = { item: makeItems(start.losses, manifest)[0], truth: start.truth, forecast: start.forecast };
  restore(share?.read());
  const specs = manifest.filter((spec) => spec.simplex).sort((a, b) => a.title.localeCompare(b.title));

  // The triangle and what lies on it -------------------------------------------

  const panel = makePanel({ title: "Expected loss", sign: "p = softmax(z)" });
  panel.x.domain([0, 1]);
  panel.y.domain([0, HIGH]);
  const ground = s("path", { class: "ll-ground" });
  const bands = Array.from({ length: LEVELS }, (_, k) => s("path", { class: "ll-band", style: { "--share": shareOf(k + 1) } }));
  const outline = s("path", { class: "ll-outline" });
  const arrows = s("path", { class: "ll-flow" });
  const pull = s("path", { class: "ll-arrow" });
  const gap = s("path", { class: "ll-gap" });
  const marks = Object.fromEntries(["best", "forecast", "truth"].map((key) => [key, s("path", { class: `ll-mark ll-at-${key}`, d: MARKS[key] })]));
  const names = Object.fromEntries(Object.keys(MARKS).map((key) => [key, s("text", { style: { "--c": "var(--ll-ink)" } })]));
  const corners = CLASSES.map((name) => s("text", { "text-anchor": "middle", class: "ll-corner" }, name));
  const hole = s("path");
  const clip = uid("triangle");
  panel.svg.append(s("clipPath", { id: clip }, hole));
  panel.curves.setAttribute("clip-path", `url(#${clip})`);
  panel.curves.append(ground, ...bands, arrows);
  panel.over.append(outline, gap, pull, ...Object.values(marks), s("g", { class: "ll-labels" }, ...Object.values(names)), ...corners);
  const ends = [h("span"), h("span")];
  const key = h("div", { class: "ll-key", "aria-hidden": "true" }, ends[0],
    h("span", { class: "ll-steps" }, Array.from({ length: LEVELS + 1 }, (_, k) => h("span", { style: { "--share": shareOf(k) } }))), ends[1]);

  // Controls and read-out ------------------------------------------------------

  const menu = h("select", { class: "ll-select", "aria-label": "Loss", ...keysAreOurs, onchange: () => choose(specs[menu.selectedIndex]) });
  const sliderRoom = h("div", { class: "ll-one-slider" });
  const cells = {};
  const row = (name, title, mark) => {
    cells[name] = [...CLASSES, ""].map(() => h("td"));
    return h("tr", {}, h("th", { scope: "row" }, mark && s("svg", { class: "ll-glyph", width: 20, height: 20, viewBox: "-10 -10 20 20", "aria-hidden": "true" },
      s("path", { class: `ll-mark ll-at-${name}`, d: mark })), title), cells[name]);
  };
  const table = h("table", { class: "ll-table ll-simplex", "data-readout": "" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Probability of"), [...CLASSES, "Expected loss"].map((c) => h("th", { scope: "col" }, c)))),
    h("tbody", {}, Object.keys(MARKS).map((name) => row(name, NAMES[name], MARKS[name])), row("pull", "\u2212 gradient")));
  const verdict = h("p", { class: "ll-verdict" });
  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  const live = announcer(el);
  const details = tableOnRequest("Table of losses for each class", tableRows);
  const short = (p) => p.map((v) => Number(v.toFixed(4)));
  const foot = footer({
    before: [h("span", { class: "ll-quiet" }, "Drag truth or forecast; arrow keys work too.")],
    onReset: () => {
      Object.assign(state, { item: makeItems(start.losses, manifest)[0], truth: start.truth, forecast: start.forecast });
      share?.clear();
      rebuild();
      save();
    },
    link: share && (() => share.write({ losses: toLink([state.item]), truth: short(state.truth).join(), forecast: short(state.forecast).join() })),
    python: () => `ll.widgets.SimplexExplorer(${asPython([state.item])}, truth=(${short(state.truth).join(", ")}), forecast=(${short(state.forecast).join(", ")}))`,
  });
  const side = h("div", {}, h("div", { class: "ll-choice ll-menu" }, h("span", { class: "ll-quiet" }, "Loss"), menu), sliderRoom, table, verdict);
  const columns = h("div", { class: "ll-panels" }, h("div", {}, panel.root, key), side);
  el.append(columns, note, foot, details.root, live.root);

  const handles = pointHandles({
    panel, home: [[0, 1], [0, HIGH]], points: () => [place(state.truth), place(state.forecast)], onChoose: () => {}, onKey: () => false,
    describe: (_, i) => `${i ? "Forecast" : "Truth"}: ${spoken(i ? state.forecast : state.truth)}`,
    onMove: (i, to) => {
      if (i) state.forecast = rounded(inside(forecastAt(to), LOWEST_FORECAST));
      else state.truth = rounded(inside(forecastAt(to)));
      update();
      save();
    },
  });
  const values = () => ({ losses: asTrait([state.item]), truth: [...state.truth], forecast: [...state.forecast] });
  const sync = syncTraits(model, values, () => {
    Object.assign(state, { item: makeItems(model.get("losses"), manifest)[0], truth: model.get("truth"), forecast: model.get("forecast") });
    rebuild();
  });
  const save = sync.save;

  function restore(given) {
    if (!given) return;
    const item = fromLink(given.losses ?? "", manifest).find((one) => one.spec.simplex);
    if (item) state.item = item;
    for (const [name, least] of [["truth", 0], ["forecast", LOWEST_FORECAST]]) {
      const p = (given[name] ?? "").split(",").map(Number);
      if (p.length === 3 && p.every((v) => v >= 0) && Math.abs(p[0] + p[1] + p[2] - 1) < 0.01) state[name] = rounded(inside(p, least));
    }
  }

  function choose(spec) {
    state.item = makeItem(spec, {}, !manifest.includes(spec), []);
    rebuild();
    save();
  }

  function rebuild() {
    const { item } = state;
    if (!specs.some((spec) => spec.name === item.name)) specs.unshift(item.spec); // the reader's own
    menu.replaceChildren(...specs.map((spec) => h("option", { value: spec.name }, spec.title)));
    menu.value = item.name;
    const p = item.spec.parameters[0];
    const slider = p?.slider && makeSlider({
      name: p.name, label: "Parameter", hint: p.doc, value: item.parameters[p.name], range: p.slider, but: p.butNot,
      onInput: (v) => {
        item.parameters[p.name] = v;
        update();
      },
      onChange: save,
    });
    sliderRoom.replaceChildren(slider ? slider.root : h("span", { class: "ll-quiet" }, "This loss has no parameter."));
    update();
  }

  // Numbers ----------------------------------------------------------------------

  let found = null; // what is drawn
  let surface = { key: "" }; // the losses on the grid under each class, which do not depend on the truth
  let busy = false;
  let again = false;

  /** Computes for the state as it is now. One pass at a time, so that slow answers do not queue up. */
  function update() {
    drawHandles();
    again = busy;
    if (busy) return;
    busy = true;
    const now = { item: state.item, truth: state.truth, forecast: state.forecast };
    const done = (result) => {
      busy = false;
      write(note, result.error ? `${now.item.spec.title}: ${result.error}` : "");
      note.hidden = !result.error;
      found = result.error ? null : { ...now, ...result };
      draw();
      drawn();
      if (again) update();
    };
    const asks = (asked, purpose, then) =>
      whenReady(rowsOf(compute, now.item, asked.y, asked.f, 3, `simplex:${purpose}`), (r) => (r.error ? done(r) : then(r)));
    const search = (p, value, step, rounds) => {
      if (!rounds) return finish(p, value);
      const near = around(p, step);
      asks(questions(near), "near", (r) => {
        const column = expectedValues(r, now.truth);
        const i = lowest(column);
        if (column[i] < value) search(near[i], column[i], 0.4 * step, rounds - 1);
        else search(p, value, 0.4 * step, rounds - 1);
      });
    };
    const finish = (best) => {
      const three = [now.truth, now.forecast, best];
      asks(questions(three), "marks", (r) => done({
        best, marks: r, expected: expectedValues(r, now.truth), gradient: expectedGradient(r, now.truth, 1),
        column: expectedValues(surface.result, now.truth), flow: arrowsAt.map((i) => expectedGradient(surface.result, now.truth, i)),
      }));
    };
    const onGrid = () => {
      const column = expectedValues(surface.result, now.truth);
      const i = lowest(column);
      search(points[i], column[i], 0.5 / STEPS, CLOSER);
    };
    const id = JSON.stringify([now.item.name, now.item.parameters]);
    if (surface.key === id) return onGrid();
    asks(grid, "grid", (result) => {
      surface = { key: id, result };
      onGrid();
    });
  }

  const lowest = (column) => column.reduce((best, v, i) => (v < column[best] ? i : best), 0);

  // Drawing ----------------------------------------------------------------------

  const px = (p) => {
    const [x, y] = place(p);
    return [panel.x(x), panel.y(y)];
  };
  const at = (p) => px(p).map((v) => v.toFixed(1)).join();

  function layout() {
    const { narrow, width } = sideBySide(el, columns, 2);
    // The height is that of the widest triangle: the page knows it beforehand.
    const widest = tall("triangle", narrow);
    const long = Math.max(40, Math.min(width - 2 * SIDE, widest));
    const spare = Math.round((widest - long) * HIGH);
    panel.resize(width, Math.round(widest * HIGH) + plots.triangle.around, { left: (width - long) / 2, right: (width - long) / 2, top: 22, bottom: 24 + spare });
    const triangle = `M${at([1, 0, 0])}L${at([0, 1, 0])}L${at([0, 0, 1])}Z`;
    for (const path of [ground, outline, hole]) path.setAttribute("d", triangle);
    corners.forEach((text, k) => {
      const [x, y] = px(CLASSES.map((_, j) => Number(j === k)));
      text.setAttribute("x", x);
      text.setAttribute("y", k ? y + 18 : y - 8);
    });
  }

  function draw() {
    for (const part of [...bands, arrows, pull, gap, marks.best, names.best]) part.style.visibility = found ? "" : "hidden";
    drawHandles();
    if (!found) return;
    drawSurface();
    for (const part of [gap, marks.best, names.best]) part.style.visibility = found.flat ? "hidden" : "";
    drawFlow();
    gap.setAttribute("d", `M${at(found.truth)}L${at(found.best)}`);
    marks.best.setAttribute("transform", `translate(${at(found.best)})`);
    drawNames();
    fill("truth", found.truth, found.expected[0]);
    fill("forecast", found.forecast, found.expected[1]);
    fill("best", found.best, found.expected[2]);
    fill("pull", found.gradient.map((g) => -g), NaN);
    write(verdict, judgement());
    live.say(`Truth ${spoken(found.truth)}. Forecast ${spoken(found.forecast)}, expected loss ${digits(found.expected[1])}. Best forecast ${spoken(found.best)}. ${verdict.textContent}`);
    details.refresh();
  }

  function judgement() {
    if (found.flat) return "Every forecast costs the same here.";
    const apart = distance(found.best, found.truth);
    const first = lowest(found.column);
    const bottom = found.column[first] + 1e-9 * Math.max(1, Math.abs(found.column[first]));
    const others = points.some((p, i) => found.column[i] <= bottom && distance(p, points[first]) > 0.05);
    if (others) return "Other forecasts are as good as the best one marked.";
    if (apart < SAME) return "The best forecast is the truth.";
    return `The best forecast misplaces ${percent(apart)} of the probability.`;
  }

  function fill(name, numbers, value) {
    [...numbers, value].forEach((v, i) => {
      write(cells[name][i], Number.isNaN(v) ? "" : i < 3 && name !== "pull" ? share3(v) : digits(v));
      if (Number.isFinite(v)) cells[name][i].dataset.value = v;
    });
  }

  function drawSurface() {
    const sorted = Float64Array.from(found.column).sort();
    const low = Math.min(sorted[0], found.expected[2]);
    const high = sorted[Math.floor(0.92 * (sorted.length - 1))];
    found.flat = !(sorted.at(-1) - low > 1e-9 * Math.max(1, Math.abs(low)));
    // Rings around the bottom of a bowl come out evenly spaced.
    const levels = bands.map((_, k) => low + (high - low) * ((k + 0.6) / (LEVELS - 0.4)) ** 2);
    const rings = found.flat ? [] : contours().size([STEPS + 1, STEPS + 1]).thresholds(levels)(Array.from(square(found.column, STEPS)));
    bands.forEach((band, k) => band.setAttribute("d", rings[k] ? ringPath(rings[k].coordinates) : ""));
    write(ends[0], digits(low));
    write(ends[1], found.flat ? "" : `${digits(high)} and more`);
  }

  // The way from the square to the panel is affine: three of its places tell all others.
  function ringPath(polygons) {
    const [[x0, y0], [x1, y1], [x2, y2]] = [[0, 0], [1, 0], [0, 1]].map((xy) => px(forecastOnSquare(xy, STEPS, RIM)));
    let path = "";
    for (const ring of polygons.flat()) {
      ring.forEach(([u, v], i) => {
        const x = x0 + u * (x1 - x0) + v * (x2 - x0);
        const y = y0 + u * (y1 - y0) + v * (y2 - y0);
        path += `${i ? "L" : "M"}${Math.round(10 * x) / 10},${Math.round(10 * y) / 10}`;
      });
      path += "Z";
    }
    return path;
  }

  /** Where the logits are pulled: minus the gradient, whose three parts sum to 0, as a step in the triangle. */
  function drawFlow() {
    const longest = Math.max(...found.flow.map(lengthOf), 1e-12);
    const unit = (0.9 * EVERY) / STEPS / longest;
    arrows.setAttribute("d", found.flow.map((g, i) => arrow(points[arrowsAt[i]], g, unit, 3, true)).join(""));
    pull.setAttribute("d", arrow(found.forecast, found.gradient, 2 * unit, 6, false));
  }

  const lengthOf = (g) => Math.hypot(...place(g));

  function arrow(p, gradient, unit, head, middle) {
    const [dx, dy] = place(gradient).map((v, k) => (k ? 1 : -1) * v * unit * panel.inner.width);
    const size = Math.hypot(dx, dy);
    if (size < 1.2) return "";
    const [x0, y0] = px(p).map((v, k) => v - (middle ? [dx, dy][k] / 2 : 0));
    const tip = Math.min(head, size / 2) / size;
    const to = (along, aside) => `${(x0 + along * dx - aside * dy).toFixed(1)},${(y0 + along * dy + aside * dx).toFixed(1)}`;
    return `M${to(0, 0)}L${to(1, 0)}M${to(1 - tip, 0.7 * tip)}L${to(1, 0)}L${to(1 - tip, -0.7 * tip)}`;
  }

  function drawHandles() {
    for (const name of ["truth", "forecast"]) marks[name].setAttribute("transform", `translate(${at(state[name])})`);
    handles.draw();
  }

  /** Each name beside its mark, where it meets neither another name nor another mark. */
  function drawNames() {
    const spots = { truth: px(found.truth), forecast: px(found.forecast), best: px(found.best) };
    const one = Math.hypot(spots.truth[0] - spots.best[0], spots.truth[1] - spots.best[1]) < 6;
    const taken = Object.values(spots).map(([x, y]) => [x - 8, y - 8, x + 8, y + 8]);
    for (const [name, [x, y]] of Object.entries(spots)) {
      const text = { truth: one ? "truth, best" : "truth", forecast: "forecast", best: one ? "" : "best" }[name];
      write(names[name], text);
      if (!text) continue;
      const w = 6.6 * text.length;
      const places = [[x + 11, y - 7], [x - 11 - w, y - 7], [x - w / 2, y - 25], [x - w / 2, y + 11], [x + 9, y - 22], [x - 9 - w, y - 22], [x + 9, y + 8], [x - 9 - w, y + 8]];
      const boxes = places.map(([left, top]) => [left, top, left + w, top + 14]);
      const width = panel.inner.width + panel.margin.left + panel.margin.right;
      const cost = (box) => taken.filter((o) => box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3]).length
        + (box[0] < -panel.margin.left || box[2] > width - panel.margin.left ? 5 : 0);
      const best = boxes.reduce((a, b) => (cost(b) < cost(a) ? b : a));
      taken.push(best);
      names[name].setAttribute("x", best[0]);
      names[name].setAttribute("y", best[1] + 11);
    }
  }

  function tableRows() {
    const head = ["Row", ...CLASSES.map((c) => `Loss if ${c}`), "Expected"];
    if (!found) return [head];
    return [head, ...["truth", "forecast", "best"].map((name, i) => [NAMES[name], ...CLASSES.map((_, k) => found.marks.value[3 * k + i]), found.expected[i]])];
  }

  layout();
  handles.build();
  rebuild();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handles, sync, live, compute]);
}

const shareOf = (k) => `${(STRONGEST * k) / LEVELS}%`;
const spoken = (p) => CLASSES.map((name, k) => `${name} ${plain(p[k])}`).join(", ");

export default { name: "simplex-explorer", draw: simplexExplorer };
