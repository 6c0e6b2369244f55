// SimplexExplorer: forecasts for three classes as a triangle, and over it the loss that is to be
// expected under the truth; both the truth and one forecast can be dragged.

import { contours } from "d3-contour";
import { h, keysAreOurs, s, uid, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { asPython, asTrait, fromLink, makeItem, makeItems, toLink } from "../parts/items.js";
import { makePanel, panelGrid, sideBySide, tall } from "../parts/panel.js";
import { announcer, footer, tableOnRequest, trouble, whileOpen } from "../parts/parts.js";
import { pointHandles, putNames } from "../parts/points.js";
import { setting } from "../parts/setting.js";
import { plots, simplex } from "../parts/shared.js";
import { makeSlider } from "../parts/slider.js";
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
const DRAGGED = ["truth", "forecast"];

const share3 = (v) => v.toFixed(3);
const digits = (v) => (Math.abs(v) < 5e-4 ? "0.000" : number(v));
const percent = (v) => `${(100 * v).toFixed(v >= 0.0005 && v < 0.0995 ? 1 : 0)}%`;
const fourDigits = (p) => p.map((v) => Number(v.toFixed(4)));
const shareOf = (k) => `${(STRONGEST * k) / LEVELS}%`;
const spoken = (p) => CLASSES.map((name, k) => `${name} ${plain(p[k])}`).join(", ");
const lowest = (column) => column.reduce((best, v, i) => (v < column[best] ? i : best), 0);
const lengthOf = (g) => Math.hypot(...place(g));
const points = lattice(STEPS, RIM);
const grid = questions(points);
const arrowsAt = points.flatMap((p, i) => {
  const steps = p.map((v) => Math.round(((v - RIM) / (1 - 3 * RIM)) * STEPS));
  return steps.every((k) => k > 0 && k % EVERY === 0) ? [i] : [];
});

/** What the reader has set: the loss, the truth, the forecast. */
const settingOf = ({ el, model, manifest, share }, taken) => setting({
  el, model, share, taken,
  read: (get) => ({ item: makeItems(get("losses"), manifest)[0], truth: get("truth"), forecast: get("forecast") }),
  traits: ({ item, truth, forecast }) => ({ losses: asTrait([item]), truth: [...truth], forecast: [...forecast] }),
  link: ({ item, truth, forecast }) => ({ losses: toLink([item]), truth: fourDigits(truth).join(), forecast: fourDigits(forecast).join() }),
  linked(given, now) {
    const item = fromLink(given.losses ?? "", manifest).find((one) => one.spec.simplex);
    if (item) now.item = item;
    for (const [name, least] of [["truth", 0], ["forecast", LOWEST_FORECAST]]) {
      const p = (given[name] ?? "").split(",").map(Number);
      if (p.length === 3 && p.every((v) => v >= 0) && Math.abs(p[0] + p[1] + p[2] - 1) < 0.01) now[name] = rounded(inside(p, least));
    }
  },
});

/** The numbers: `update()` computes for the state as it is, and calls `done(found)`, with nothing after an error. */
function answersOf(state, compute, { note, done }) {
  let surface = { key: "" }; // the losses on the grid under each class, which do not depend on the truth
  let busy = false;
  let again = false;

  /** One pass at a time, so that slow answers do not queue up. */
  function update() {
    again = busy;
    if (busy) return;
    busy = true;
    pass({ item: state.item, truth: state.truth, forecast: state.forecast });
  }
  function end(now, result) {
    busy = false;
    if (result.error) note.say(now.item, result.error);
    else note.clear();
    done(result.error ? null : { ...now, ...result });
    if (again) update();
  }
  function pass(now) {
    const asks = (asked, purpose, then) =>
      whenReady(rowsOf(compute, now.item, asked.y, asked.f, 3, `simplex:${purpose}`), (r) => (r.error ? end(now, r) : then(r)));
    onGrid(now, asks, () => {
      const column = expectedValues(surface.result, now.truth);
      const i = lowest(column);
      search(now, asks, { p: points[i], value: column[i], step: 0.5 / STEPS, rounds: CLOSER }, (best) => marks(now, asks, best, column));
    });
  }
  function onGrid({ item }, asks, then) {
    const id = JSON.stringify([item.name, item.parameters]);
    if (surface.key === id) return then();
    asks(grid, "grid", (result) => {
      surface = { key: id, result };
      then();
    });
  }
  /** The lowest point around p, ever more closely. */
  function search(now, asks, { p, value, step, rounds }, then) {
    if (!rounds) return then(p);
    const near = around(p, step);
    asks(questions(near), "near", (r) => {
      const column = expectedValues(r, now.truth);
      const i = lowest(column);
      const better = column[i] < value ? { p: near[i], value: column[i] } : { p, value };
      search(now, asks, { ...better, step: 0.4 * step, rounds: rounds - 1 }, then);
    });
  }
  const marks = (now, asks, best, column) => asks(questions([now.truth, now.forecast, best]), "marks", (r) => end(now, {
    best, marks: r, column, expected: expectedValues(r, now.truth), gradient: expectedGradient(r, now.truth, 1),
    flow: arrowsAt.map((i) => expectedGradient(surface.result, now.truth, i)),
  }));
  return { update };
}

/** What the best forecast is worth. */
function judgement({ flat, best, truth, column }) {
  if (flat) return "Every forecast costs the same here.";
  const apart = distance(best, truth);
  const first = lowest(column);
  const bottom = column[first] + 1e-9 * Math.max(1, Math.abs(column[first]));
  const others = points.some((p, i) => column[i] <= bottom && distance(p, points[first]) > 0.05);
  if (others) return "Other forecasts are as good as the best one marked.";
  if (apart < SAME) return "The best forecast is the truth.";
  return `The best forecast misplaces ${percent(apart)} of the probability.`;
}

/** The shades of the surface, and what the lightest and the darkest stand for. */
function makeKey() {
  const ends = [h("span"), h("span")];
  const shades = Array.from({ length: LEVELS + 1 }, (_, k) => h("span", { style: { "--share": shareOf(k) } }));
  return {
    root: h("div", { class: "ll-shades", "aria-hidden": "true" }, ends[0], h("span", { class: "ll-steps" }, shades), ends[1]),
    write(low, high) {
      write(ends[0], low);
      write(ends[1], high);
    },
  };
}

/** Where probabilities are in the panel, in pixels. */
function pixelsOf(panel) {
  const px = (p) => {
    const [x, y] = place(p);
    return [panel.x(x), panel.y(y)];
  };
  return { px, at: (p) => px(p).map((v) => v.toFixed(1)).join() };
}

/** Bands of equal expected loss, with a key. */
function surfaceOf({ px }) {
  const bands = Array.from({ length: LEVELS }, (_, k) => s("path", { class: "ll-band", style: { "--share": shareOf(k + 1) } }));
  const key = makeKey();
  // The way from the square to the panel is affine: three of its places tell all others.
  function ringPath(polygons) {
    const [[x0, y0], [x1, y1], [x2, y2]] = [[0, 0], [1, 0], [0, 1]].map((xy) => px(forecastOnSquare(xy, STEPS, RIM)));
    const spot = ([u, v], i) => {
      const x = x0 + u * (x1 - x0) + v * (x2 - x0);
      const y = y0 + u * (y1 - y0) + v * (y2 - y0);
      return `${i ? "L" : "M"}${Math.round(10 * x) / 10},${Math.round(10 * y) / 10}`;
    };
    return polygons.flat().map((ring) => `${ring.map(spot).join("")}Z`).join("");
  }
  return {
    bands, key,
    /** Draws them; says whether there is nothing to draw, because all forecasts cost the same. */
    draw({ column, expected }) {
      const sorted = Float64Array.from(column).sort();
      const low = Math.min(sorted[0], expected[2]);
      const high = sorted[Math.floor(0.92 * (sorted.length - 1))];
      const flat = !(sorted.at(-1) - low > 1e-9 * Math.max(1, Math.abs(low)));
      // Rings around the bottom of a bowl come out evenly spaced.
      const levels = bands.map((_, k) => low + (high - low) * ((k + 0.6) / (LEVELS - 0.4)) ** 2);
      const rings = flat ? [] : contours().size([STEPS + 1, STEPS + 1]).thresholds(levels)(Array.from(square(column, STEPS)));
      bands.forEach((band, k) => band.setAttribute("d", rings[k] ? ringPath(rings[k].coordinates) : ""));
      key.write(digits(low), flat ? "" : `${digits(high)} and more`);
      return flat;
    },
  };
}

/** Where the logits are pulled: minus the gradient, whose three parts sum to 0, as a step in the triangle. */
function flowOf(panel, { px }) {
  const arrows = s("path", { class: "ll-flow" });
  const pull = s("path", { class: "ll-arrow" });
  function arrow(p, gradient, unit, head, middle) {
    const [dx, dy] = place(gradient).map((v, k) => (k ? 1 : -1) * v * unit * panel.inner.width);
    const size = Math.hypot(dx, dy);
    if (size < 1.2) return "";
    const [x0, y0] = px(p).map((v, k) => v - (middle ? [dx, dy][k] / 2 : 0));
    const tip = Math.min(head, size / 2) / size;
    const to = (along, aside) => `${(x0 + along * dx - aside * dy).toFixed(1)},${(y0 + along * dy + aside * dx).toFixed(1)}`;
    return `M${to(0, 0)}L${to(1, 0)}M${to(1 - tip, 0.7 * tip)}L${to(1, 0)}L${to(1 - tip, -0.7 * tip)}`;
  }
  return {
    arrows, pull,
    draw({ flow, forecast, gradient }) {
      const longest = Math.max(...flow.map(lengthOf), 1e-12);
      const unit = (0.9 * EVERY) / STEPS / longest;
      arrows.setAttribute("d", flow.map((g, i) => arrow(points[arrowsAt[i]], g, unit, 3, true)).join(""));
      pull.setAttribute("d", arrow(forecast, gradient, 2 * unit, 6, false));
    },
  };
}

/** The triangle, its corners, and the marks of truth, forecast and best forecast with their names. */
function triangleOf() {
  const panel = makePanel({ title: "Expected loss", sign: "p = softmax(z)" });
  panel.x.domain([0, 1]);
  panel.y.domain([0, HIGH]);
  const pixels = pixelsOf(panel);
  const { px, at } = pixels;
  const surface = surfaceOf(pixels);
  const flow = flowOf(panel, pixels);
  const [ground, outline, gap] = ["ll-ground", "ll-outline", "ll-gap"].map((name) => s("path", { class: name }));
  const marks = Object.fromEntries(["best", "forecast", "truth"].map((key) => [key, s("path", { class: `ll-mark ll-at-${key}`, d: MARKS[key] })]));
  const names = Object.fromEntries(Object.keys(MARKS).map((key) => [key, s("text", { style: { "--c": "var(--ll-ink)" } })]));
  const corners = CLASSES.map((name) => s("text", { "text-anchor": "middle", class: "ll-corner" }, name));
  const hole = s("path");
  const clip = uid("triangle");
  panel.svg.append(s("clipPath", { id: clip }, hole));
  panel.curves.setAttribute("clip-path", `url(#${clip})`);
  panel.curves.append(ground, ...surface.bands, flow.arrows);
  panel.over.append(outline, gap, flow.pull, s("g", { class: "ll-labels" }, ...Object.values(names)), ...Object.values(marks), ...corners);

  /** Each name beside its mark, where it meets neither another name nor another mark. */
  function drawNames(found) {
    const spots = [found.truth, found.forecast, found.best].map(px);
    const one = Math.hypot(spots[0][0] - spots[2][0], spots[0][1] - spots[2][1]) < 6;
    const texts = [one ? "truth, best" : "truth", "forecast", one ? "" : "best"];
    Object.values(names).forEach((node, i) => write(node, texts[i]));
    putNames(Object.values(names), texts, spots, { left: -panel.margin.left, width: panel.inner.width + panel.margin.right, height: Infinity });
  }
  const show = (nodes, seen) => nodes.forEach((node) => { node.style.visibility = seen ? "" : "hidden"; });
  return {
    panel, key: surface.key,
    resize(width, narrow) {
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
    },
    drawMarks: (state) => DRAGGED.forEach((name) => marks[name].setAttribute("transform", `translate(${at(state[name])})`)),
    draw(found) {
      show([...surface.bands, flow.arrows, flow.pull, gap, marks.best, names.best], found);
      if (!found) return;
      found.flat = surface.draw(found);
      show([gap, marks.best, names.best], !found.flat);
      flow.draw(found);
      gap.setAttribute("d", `M${at(found.truth)}L${at(found.best)}`);
      marks.best.setAttribute("transform", `translate(${at(found.best)})`);
      drawNames(found);
    },
  };
}

/** A row for truth, forecast, best forecast and the pull, and a sentence. */
function readoutOf() {
  const cells = {};
  const glyph = (name) => s("svg", { class: "ll-glyph", width: 20, height: 20, viewBox: "-10 -10 20 20", "aria-hidden": "true" },
    s("path", { class: `ll-mark ll-at-${name}`, d: MARKS[name] }));
  const row = (name, title) => {
    cells[name] = [...CLASSES, ""].map(() => h("td"));
    return h("tr", {}, h("th", { scope: "row" }, MARKS[name] && glyph(name), title), cells[name]);
  };
  const heads = ["Probability of", ...CLASSES, "Expected loss"].map((title) => h("th", { scope: "col" }, title));
  const table = h("table", { class: "ll-table ll-simplex", "data-readout": "" }, h("thead", {}, h("tr", {}, heads)),
    h("tbody", {}, Object.keys(MARKS).map((name) => row(name, NAMES[name])), row("pull", "\u2212 gradient")));
  const verdict = h("p", { class: "ll-verdict" });
  function fill(name, numbers, value) {
    [...numbers, value].forEach((v, i) => {
      write(cells[name][i], Number.isNaN(v) ? "" : i < 3 && name !== "pull" ? share3(v) : digits(v));
      if (Number.isFinite(v)) cells[name][i].dataset.value = v;
    });
  }
  return {
    roots: [table, verdict],
    /** Writes what was found, and returns the sentence. */
    write(found) {
      ["truth", "forecast", "best"].forEach((name, i) => fill(name, found[name], found.expected[i]));
      fill("pull", found.gradient.map((g) => -g), NaN);
      write(verdict, judgement(found));
      return verdict.textContent;
    },
  };
}

/** Menu of the losses, and the slider of the first parameter of the one that is shown. */
function lossOf({ manifest }, { state, save }, { rebuild, update }) {
  const specs = manifest.filter((spec) => spec.simplex).sort((a, b) => a.title.localeCompare(b.title));
  const menu = h("select", { class: "ll-select", "aria-label": "Loss", ...keysAreOurs, onchange: () => choose(specs[menu.selectedIndex]) });
  const room = h("div", { class: "ll-one-slider" });
  function choose(spec) {
    state.item = makeItem(spec, {}, !manifest.includes(spec), []);
    rebuild();
    save();
  }
  const sliderOf = (item, p) => makeSlider({
    name: p.name, label: "Parameter", hint: p.doc, value: item.parameters[p.name], range: p.slider, but: p.butNot, onChange: save,
    onInput(v) {
      item.parameters[p.name] = v;
      update();
    },
  }).root;
  return {
    roots: [h("div", { class: "ll-choice ll-menu" }, h("span", { class: "ll-quiet" }, "Loss"), menu), room],
    build() {
      const { item } = state;
      if (!specs.some((spec) => spec.name === item.name)) specs.unshift(item.spec); // the reader's own
      menu.replaceChildren(...specs.map((spec) => h("option", { value: spec.name }, spec.title)));
      menu.value = item.name;
      const p = item.spec.parameters[0];
      room.replaceChildren(p?.slider ? sliderOf(item, p) : h("span", { class: "ll-quiet" }, "This loss has no parameter."));
    },
  };
}

function rowsOfMarks(found) {
  const head = ["Row", ...CLASSES.map((c) => `Loss if ${c}`), "Expected"];
  if (!found) return [head];
  return [head, ...["truth", "forecast", "best"].map((name, i) => [NAMES[name], ...CLASSES.map((_, k) => found.marks.value[3 * k + i]), found.expected[i]])];
}

function simplexExplorer(given) {
  const { el, compute, drawn } = given;
  const set = settingOf(given, rebuild);
  const { state, save } = set;
  const triangle = triangleOf();
  const readout = readoutOf();
  const note = trouble();
  const live = announcer(el);
  const loss = lossOf(given, set, { rebuild, update });
  let found = null; // what is drawn
  const answers = answersOf(state, compute, {
    note,
    done(result) {
      found = result;
      draw();
      drawn();
    },
  });
  const details = tableOnRequest("Table of losses for each class", () => rowsOfMarks(found));
  const foot = footer({
    set, before: [h("span", { class: "ll-quiet" }, "Drag truth or forecast; arrow keys work too.")],
    python: () => `ll.widgets.SimplexExplorer(${asPython([state.item])}, truth=(${fourDigits(state.truth).join(", ")}), forecast=(${fourDigits(state.forecast).join(", ")}))`,
  });
  const columns = panelGrid([{ root: h("div", {}, triangle.panel.root, triangle.key.root) }, { root: h("div", {}, loss.roots, readout.roots) }]);
  el.append(columns, note.root, foot, details.root, live.root);
  const handles = pointHandles({
    panel: triangle.panel, home: [[0, 1], [0, HIGH]], points: () => DRAGGED.map((name) => place(state[name])), onChoose() {},
    describe: (_, i) => `${NAMES[DRAGGED[i]]}: ${spoken(state[DRAGGED[i]])}`,
    onMove(i, to) {
      state[DRAGGED[i]] = rounded(inside(forecastAt(to), i ? LOWEST_FORECAST : 0));
      update();
      save();
    },
  });

  function layout() {
    const { narrow, width } = sideBySide(el, columns, 2);
    triangle.resize(width, narrow);
  }
  function rebuild() {
    loss.build();
    update();
  }
  function drawHandles() {
    triangle.drawMarks(state);
    handles.draw();
  }
  function update() {
    drawHandles();
    answers.update();
  }
  function draw() {
    drawHandles();
    triangle.draw(found);
    if (!found) return;
    const sentence = readout.write(found);
    live.say(`Truth ${spoken(found.truth)}. Forecast ${spoken(found.forecast)}, expected loss ${digits(found.expected[1])}. Best forecast ${spoken(found.best)}. ${sentence}`);
    details.refresh();
  }

  layout();
  handles.build();
  rebuild();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handles, set, live, compute]);
}

export default { name: "simplex-explorer", draw: simplexExplorer };
