// FitExplorer: points to drag, a line under each of several losses, and the weight each loss gives each point.

import { h, s, uid } from "../parts/dom.js";
import { number, settled, plain } from "../parts/format.js";
import { spoken } from "../parts/items.js";
import { makeGhosts } from "../parts/ghosts.js";
import { manyLosses } from "../parts/many-losses.js";
import { makePanel, sideBySide, tall } from "../parts/panel.js";
import { choice, pushButton, radio, whileOpen } from "../parts/parts.js";
import { asLink, asPoints, frameOf, holdAll, pointHandles, pointName, putNames, repeatedMedian, short } from "../parts/points.js";
import { forAll } from "../parts/setting.js";
import { most, starts as STARTS } from "../parts/shared.js";
import { makeStrip, share, topOf } from "../parts/strip.js";
import { whenReady } from "../numbers/compute.js";
import { pointWeights } from "../numbers/weights.js";
import { evenly, fitLine } from "../numbers/questions.js";

const ENOUGH = 2; // points
const ALONG = 40; // places on a line among which its name looks for one

/** The losses of the figure; `view` has what draws them. */
function lossesOf({ el, model, manifest, share }, view) {
  const group = uid("weights");
  return manyLosses({
    el, model, manifest, share, suits: (spec) => spec.axis === "residual", caption: "Line fitted under", columns: ["Intercept", "Slope"],
    extra: {
      title: "Weights",
      cell: (item) => radio({ name: group, checked: item.key === view.weigh, label: `Show the weights of ${view.many.label(item)}`, onPick: () => view.show(item) }),
    },
    read: (get) => ({ points: get("points").map((p) => [...p]), from: get("start"), names: [...get("names")], chosen: -1 }),
    traits: ({ points, from }) => ({ points: points.map((p) => [...p]), start: from }),
    link: ({ points, from }) => ({ points: asLink(points), start: from }),
    keep: ({ names }) => names,
    kept(now, names) {
      now.names = names;
    },
    linked(given, now) {
      const points = asPoints(given.points, (p) => p.length === 2);
      if (points.length >= ENOUGH) now.points = points.slice(0, most.points);
      if (given.start in STARTS) now.from = given.start;
    },
    taken() {
      view.from.show(view.many.state.from);
      view.refit();
      view.buildPoints();
    },
    rebuild: () => view.rebuild(), onInput: (item) => view.fitOne(item),
    title: "Table of points, residuals and weights", rows: () => view.rows(),
    python(losses) {
      const { points, from } = view.many.state;
      const column = (k) => points.map((p) => short(p[k])).join(", ");
      return `ll.widgets.FitExplorer([${column(0)}], [${column(1)}], losses=[${losses}], start="${from}")`;
    },
  });
}

/** The lines: `fit(item, done)` keeps one in `lines`, and `again()` forgets where they start. */
function questions({ manifest, compute, steps }, many) {
  const { state } = many;
  const spec = (name) => ({ name, custom: false, parameters: {}, spec: manifest.find((m) => m.name === name) });
  const columns = () => [0, 1].map((k) => Float64Array.from(state.points, (p) => p[k]));
  const lines = new Map();
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
  return {
    lines,
    again() {
      starts = null;
    },
    fit(item, done) {
      const [x, y] = columns();
      withStart(item, x, y, (start) => whenReady(fitLine(compute, item, x, y, steps, start, item.key), (r) => {
        if (many.right(item, r)) lines.set(item.key, r);
        else lines.delete(item.key);
        done();
      }));
    },
    /** `then(weights, residuals)` of the points around the line of a loss. */
    weigh(item, then) {
      const line = lines.get(item.key);
      if (line) pointWeights(compute, item, line, ...columns(), then);
    },
  };
}

/** Draws the lines of all losses that are shown, names them and says their numbers. */
function drawLines(panel, many, lines, free) {
  const xs = panel.x.domain();
  const [bottom, top] = panel.y.domain();
  const height = Math.abs(top - bottom);
  const said = [];
  const ends = [];
  for (const item of many.state.items) {
    const fit = item.shown ? lines.get(item.key) : null;
    const line = fit && [settled(fit.intercept, height), settled(fit.slope, height / (xs[1] - xs[0]))];
    many.write(item, line);
    if (!fit) continue;
    const at = (v) => fit.intercept + fit.slope * v;
    panel.paths.get(item.key)?.setAttribute("d", `M${xs.map((v) => `${panel.x(v).toFixed(2)},${panel.y(at(v)).toFixed(2)}`).join("L")}`);
    const along = evenly(...xs, ALONG);
    ends.push({ xs: along, ys: along.map(at), text: many.label(item), colour: item.spec.style?.colour });
    said.push(`${many.label(item)}: ${spoken([["intercept", line[0]], ["slope", line[1]]])}`);
  }
  panel.label(ends, "right", free);
  const { points, names, chosen } = many.state;
  const point = points[chosen] ? `${pointName(names, chosen)}: x ${number(points[chosen][0])}, y ${number(points[chosen][1])}. ` : "";
  many.live.say(`${point}${said.join(". ")}.`);
  many.details.refresh();
}

/** Points that come and go: the buttons and a double click. */
function editing({ panel, home, handles, many, draw }) {
  const { state } = many;
  const addButton = pushButton("Add point", () => add([(home[0][0] + home[0][1]) / 2, home[1][0] + 0.75 * (home[1][1] - home[1][0])]));
  const removeButton = pushButton("Remove point", () => remove(state.chosen));
  const limit = () => {
    removeButton.disabled = state.points.length <= ENOUGH || state.chosen < 0;
    addButton.disabled = state.points.length >= most.points;
  };
  function changed(i) {
    state.chosen = i;
    draw.points();
    handles.focus(i);
    draw.fits();
    many.save();
  }
  function add(point) {
    if (state.points.length >= most.points) return;
    state.points.push(point.map(short));
    changed(state.points.length - 1);
  }
  function remove(i) {
    if (i < 0 || state.points.length <= ENOUGH) return;
    state.points.splice(i, 1);
    state.names.splice(i, 1);
    changed(Math.min(i, state.points.length - 1));
  }
  panel.plot.addEventListener("dblclick", (event) => {
    if (handles.nearest(event, 12) < 0) add(handles.at(event));
  });
  const hint = h("span", { class: "ll-quiet" }, "Drag points; arrows choose, Enter holds; double-click adds.");
  return { root: h("div", { class: "ll-footer ll-edit" }, addButton, removeButton, hint), limit, remove };
}

/** A disc for each point, filled as far as it counts, and the names that points have. */
function discsOf(panel, { state }) {
  const root = s("g");
  const texts = s("g", { class: "ll-labels" });
  panel.over.append(texts, root);
  const spots = () => state.points.map(([x, y]) => [panel.x(x), panel.y(y)]);
  const radius = () => (state.points.length > 40 ? 4 : 6); // of one that counts fully: smaller where there are many
  return {
    build() {
      root.replaceChildren(...state.points.map(() => s("g", {}, s("circle", { r: radius() + 0.5, class: "ll-ring" }), s("circle", { r: radius(), class: "ll-core" }))));
      texts.replaceChildren(...state.points.map((_, i) => s("text", { style: { "--c": "var(--ll-ink)" } }, state.names[i] ?? "")));
    },
    draw() {
      spots().forEach(([x, y], i) => root.children[i].setAttribute("transform", `translate(${x.toFixed(2)},${y.toFixed(2)})`));
      putNames([...texts.children], state.names, spots(), panel.inner);
    },
    weigh(weights, colour) {
      const top = topOf(weights);
      [...root.children].forEach((disc, i) => {
        disc.lastChild.setAttribute("r", (radius() * Math.sqrt(share(weights[i], top))).toFixed(2));
        disc.lastChild.style.setProperty("--c", colour);
      });
    },
    /** Places that no name of a line may cover. */
    free: () => [...spots().map((spot) => [...spot, radius() + 3]), ...[...texts.children].filter((text) => text.textContent).flatMap(boxAsPlaces)],
    choose: (i) => [...root.children].forEach((disc, k) => disc.classList.toggle("ll-chosen", k === i)),
  };
}

/** A name as places that nothing may cover. */
function boxAsPlaces(text) {
  const [x, y] = ["x", "y"].map((name) => Number(text.getAttribute(name)));
  const wide = text.getComputedTextLength() || 6.6 * text.textContent.length;
  return Array.from({ length: Math.ceil(wide / 13) }, (_, k) => [x + 13 * k + 6, y - 4, 7]);
}

/** The table on request: points, residuals and weights. */
function rowsOf({ state, label, shown }, ask) {
  const items = shown().filter((item) => ask.lines.has(item.key));
  const all = new Map();
  for (const item of items) ask.weigh(item, (w, r) => all.set(item.key, { w, r }));
  const head = ["Point", "x", "y", ...items.flatMap((item) => [`${label(item)}: residual`, "weight"])];
  const rows = state.points.map((p, i) => [state.names[i] || plain(i + 1), p[0], p[1],
    ...items.flatMap(({ key }) => [all.get(key)?.r[i] ?? NaN, all.get(key)?.w[i] ?? NaN])]);
  return [head, ...rows];
}

/** Handles of the points: moved, chosen, taken away. */
const handlesOf = ({ panel, home, many, choose, fitAll, remove }) => pointHandles({
  panel, home, cloud: true, points: () => many.state.points, onChoose: choose,
  describe: (p, i) => `${pointName(many.state.names, i)}: x ${number(p[0])}, y ${number(p[1])}`,
  onMove(i, to) {
    many.state.points[i] = to;
    fitAll();
    many.save();
  },
  onKey(key, i) {
    const ours = ["Delete", "Backspace"].includes(key);
    if (ours) remove(i);
    return ours;
  },
});

function fitExplorer(given) {
  const { el, model, drawn } = given;
  const panel = makePanel({ xLabel: model.get("x_label") });
  panel.root.prepend(h("div", { class: "ll-panel-title" }, model.get("y_label")));
  const strip = makeStrip(panel);
  const least = frameOf(model);
  const home = [...least];
  const view = { weigh: model.get("weights"), buildPoints, rebuild };
  const many = lossesOf(given, view);
  const { state } = many;
  makeGhosts(many.steps, [panel], () => state.points);
  const ask = questions({ ...given, steps: model.get("steps") }, many);
  const discs = discsOf(panel, many);
  const handles = handlesOf({ panel, home, many, choose, fitAll, remove: (i) => edit.remove(i) });
  const edit = editing({ panel, home, handles, many, draw: { points: buildPoints, fits: fitAll } });
  const from = choice({
    legend: "Redescending losses start from", value: state.from, options: Object.entries(STARTS),
    onPick(v) {
      state.from = v;
      fitAll();
      many.save();
    },
  });
  Object.assign(view, {
    refit() {
      holdAll(home, least, state.points);
      layout();
    },
    many, from, rows: () => rowsOf(many, ask), fitOne: (item) => ask.fit(item, draw),
    show(item) {
      view.weigh = item.key;
      drawWeights();
    },
  });
  many.place([panel.root, ...strip.roots, edit.root], [from.root]);

  function layout() {
    const { narrow, width } = sideBySide(el, el, 1);
    panel.resize(width, tall("line", narrow), { right: narrow ? 12 : 124 });
    panel.x.domain(home[0]);
    panel.y.domain(home[1]);
    strip.resize(el.clientWidth);
    panel.axes();
  }
  function rebuild() {
    const shown = many.shown();
    if (!shown.some((item) => item.key === view.weigh)) view.weigh = shown[0]?.key;
    many.paths(panel);
    many.build();
    from.root.hidden = !shown.some((item) => item.spec.claims?.convex !== true);
    fitAll();
  }
  function fitAll() {
    ask.again();
    many.remark(new Set(state.points.map(([x]) => x)).size < 2 ? "All points share one x: a line needs at least two." : "");
    forAll(many.shown(), ask.fit, () => {
      draw();
      drawn();
    });
  }
  function draw() {
    drawPoints();
    drawLines(panel, many, ask.lines, discs.free());
    drawWeights();
  }
  function drawWeights() {
    const item = many.shown().find((o) => o.key === view.weigh);
    strip.name(item && many.label(item));
    if (!item) return;
    ask.weigh(item, (weights) => {
      const colour = item.spec.style?.colour;
      strip.draw(state.points, weights, state.chosen, colour);
      discs.weigh(weights, colour);
    });
  }
  function buildPoints() {
    discs.build();
    handles.build();
    edit.limit();
    drawPoints();
  }
  function drawPoints() {
    discs.draw();
    handles.draw();
  }
  function choose(i) {
    state.chosen = i;
    discs.choose(i);
    strip.choose(i);
    edit.limit();
  }

  layout();
  buildPoints();
  rebuild();
  return whileOpen(el, () => {
    layout();
    draw();
  }, [handles, ...many.parts, given.compute]);
}

export default { name: "fit-explorer", needs: { losses: ["squared_error", "absolute_error"] }, draw: fitExplorer };
