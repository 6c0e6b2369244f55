// BowlExplorer: one number c for all data; for each loss a bowl, the mean of that loss over the data at every c.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { plain } from "../parts/format.js";
import { manyLosses } from "../parts/many-losses.js";
import { curvePath, limits, makePanel, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { pushButton, whileOpen } from "../parts/parts.js";
import { short } from "../parts/points.js";
import { forAll } from "../parts/setting.js";
import { niceStep } from "../parts/slider.js";
import { whenReady } from "../numbers/compute.js";
import { curveOf, evenly } from "../numbers/questions.js";

const POINTS = 160;
const CLOSER = 32;
const ARROW = 44;

const rounded = (digits) => (v) => v.toLocaleString("en", { maximumSignificantDigits: digits }).replace("-", "\u2212");
const amount = rounded(4);
const slight = rounded(3);
const percent = (v) => `${(100 * v).toFixed(v < 0.1 ? 1 : 0)}%`;
const onAxis = (v) => (Math.abs(v) >= 1e4 ? `${plain(v / 1000)}k` : plain(v));
const argmin = (list) => list.reduce((best, v, i) => (v < list[best] ? i : best), 0);

/** What stays as it is: the data and their axis. */
function planOf({ model }) {
  const [low, high] = model.get("x_range");
  const unit = model.get("unit");
  return {
    low, high, unit, data: Float64Array.from(model.get("y")), xs: evenly(low, high, POINTS),
    withUnit: (v) => `${plain(v)}${unit && ` ${unit}`}`,
  };
}

/** The losses of the figure; `view` has what draws them. */
function lossesOf(given, { low, high, unit }, view) {
  return manyLosses({
    ...given, columns: ["Mean loss", "Above lowest", "Slope"], formats: [amount, percent, slight], before: [view.bottoms],
    read: (get) => ({ c: get("c") }),
    traits: ({ c }) => ({ c }),
    link: ({ c }) => ({ c: short(c) }),
    linked(link, now) {
      const c = Number(link.c);
      if (link.c !== undefined && c >= low && c <= high) now.c = c;
    },
    taken: (reset) => reset && view.showBottoms(false),
    rebuild: () => view.rebuild(), onInput: (item) => view.compute(item, () => view.draw(item)), onChange: (item) => view.fit(item),
    title: "Table of the bowls", rows: () => view.rows(),
    python: (losses) => `ll.widgets.BowlExplorer(y, losses=[${losses}], unit=${JSON.stringify(unit)}, start=${short(view.many.state.c)}, x_range=(${low}, ${high}))`,
  });
}

/** The numbers: `means` at any places, and `bowl`, which keeps bowls and their lowest points. */
function questions({ data, xs, low, high }, many, compute) {
  const bowls = new Map();
  const lowest = new Map();
  const n = data.length;
  function mean(column) {
    const sums = new Float64Array(column.length / n);
    for (let i = 0, k = 0; i < sums.length; i += 1) {
      for (const end = k + n; k < end; k += 1) sums[i] += column[k];
    }
    return sums.map((sum) => sum / n);
  }
  /** Means over the data of a loss and of its gradient, at each of `cs`. */
  function means(item, cs, key, then) {
    const y = new Float64Array(n * cs.length);
    const f = new Float64Array(n * cs.length);
    cs.forEach((c, i) => {
      y.set(data, i * n);
      f.fill(c, i * n, (i + 1) * n);
    });
    whenReady(curveOf(compute, item, y, f, `${item.key}:${key}`), (r) => then(r.error ? r : { value: mean(r.value), gradient: mean(r.gradient) }));
  }
  /** Where a bowl is lowest: twice looked at more closely around the lowest point so far. */
  function findLowest(item, at, value, width, rounds, then) {
    const i = argmin(value);
    if (!rounds) return then({ c: at[i], value: value[i] });
    const from = Math.max(low, at[i] - width);
    const to = Math.min(high, at[i] + width);
    const closer = evenly(from, to, CLOSER);
    means(item, closer, "low", (r) => !r.error && findLowest(item, closer, r.value, (to - from) / CLOSER, rounds - 1, then));
  }
  function bowl(item, done) {
    means(item, xs, "bowl", (r) => {
      if (!many.right(item, r)) {
        bowls.delete(item.key);
        lowest.delete(item.key);
        return done();
      }
      bowls.set(item.key, r.value);
      findLowest(item, xs, r.value, xs[1] - xs[0], 2, (found) => {
        lowest.set(item.key, found);
        done();
      });
    });
  }
  return { bowls, lowest, means, bowl };
}

/** The panel of one loss. */
function panelOf(item, label, { unit, low, high }) {
  const style = { "--c": item.spec.style?.colour };
  const panel = makePanel({ title: label, xLabel: unit ? `c (${unit})` : "c", yFormat: onAxis });
  panel.x.domain([low, high]);
  Object.assign(panel, {
    bowl: curvePath(item), rug: s("path", { class: "ll-rug" }), hair: s("line", { class: "ll-hair", y1: 0 }), arrow: s("path", { class: "ll-arrow" }),
    dot: s("circle", { r: 6, class: "ll-dot", style }), best: s("path", { class: "ll-best", style }), name: s("text", { y: 12, "text-anchor": "middle", style }),
  });
  panel.curves.append(panel.bowl);
  panel.over.append(panel.rug, panel.best, panel.hair, panel.arrow, panel.dot, s("g", { class: "ll-labels" }, panel.name));
  return panel;
}

/** "mean", "0.9 quantile": what the lowest point is, where the loss claims that it has a name. */
function nameOf(item) {
  const name = item.spec.claims?.elicits;
  if (!/^[a-z_]+$/.test(name ?? "")) return "lowest";
  const levels = ["quantile", "expectile"].includes(name) ? Object.values(item.parameters) : [];
  return [...levels.map(plain), name.replaceAll("_", " ")].join(" ");
}

/** Marks the lowest point of a bowl, if there is one to mark. */
function drawBottom(panel, item, found) {
  panel.best.setAttribute("d", found ? `M${panel.x(found.c).toFixed(1)},17V${panel.inner.height}` : "");
  write(panel.name, found ? `${nameOf(item)} ${plain(found.c)}` : "");
  if (!found) return;
  const half = 3.4 * panel.name.textContent.length;
  panel.name.setAttribute("x", Math.max(half, Math.min(panel.inner.width - half, panel.x(found.c))));
}

/** The tangent at the dot, as an arrow of fixed length to where the bowl falls; flat: a dash without a point. */
function downhill(panel, x, y, slope) {
  const dx = panel.x(1) - panel.x(0);
  const dy = slope * (panel.y(1) - panel.y(0));
  const size = Math.hypot(dx, dy) * (slope > 0 ? -1 : 1);
  const [ux, uy] = [dx / size, dy / size];
  const at = (along, aside) => `${(x + along * ux - aside * uy).toFixed(1)},${(y + along * uy + aside * ux).toFixed(1)}`;
  if (!(Math.abs(dy) > 0.02 * dx)) return `M${at(-ARROW / 2, 0)}L${at(ARROW / 2, 0)}`;
  return `M${at(0, 0)}L${at(ARROW, 0)}M${at(ARROW - 8, 5)}L${at(ARROW, 0)}L${at(ARROW - 8, -5)}`;
}

/** The numbers at c: dots, arrows, rows of the table, and a sentence. */
function readingOf({ withUnit }, panels, many, ask) {
  const said = new Map();
  function show(item, panel, px, { value: [value], gradient: [slope] }) {
    const bottom = ask.lowest.get(item.key)?.value;
    const above = bottom > 0 ? Math.max(0, value / bottom - 1) : NaN;
    many.write(item, [value, above, slope]);
    panel.dot.setAttribute("cx", px);
    panel.dot.setAttribute("cy", panel.y(value));
    panel.arrow.setAttribute("d", downhill(panel, px, panel.y(value), slope));
    said.set(item.key, `${many.label(item)} ${amount(value)}${above >= 0 ? `, ${percent(above)} above its lowest` : ""}, slope ${slight(slope)}`);
    many.live.say(`At c = ${withUnit(many.state.c)}: ${many.shown().map((o) => said.get(o.key)).filter(Boolean).join(". ")}.`);
  }
  return {
    forget: () => said.clear(),
    draw(items, handle) {
      const { c } = many.state;
      const px = [...panels.values()][0].x(c);
      handle.draw("The number c", `c = ${withUnit(c)}`);
      many.table.head.replaceChildren("at ", h("span", { class: "ll-sign" }, "c"), ` = ${withUnit(c)}`);
      for (const item of items) {
        const panel = panels.get(item.key);
        upright(panel.hair, px);
        for (const mark of [panel.dot, panel.arrow]) mark.style.visibility = item.shown ? "" : "hidden";
        if (item.shown) ask.means(item, [c], "at", (r) => r.error || show(item, panel, px, r));
        else many.write(item, null);
      }
    },
  };
}

function bowlExplorer(given) {
  const { el, drawn } = given;
  const plan = planOf(given);
  const { low, high, xs, data } = plan;
  const bottoms = pushButton("", () => showBottoms(!marked));
  const view = { bottoms, showBottoms, rebuild, draw, fit, rows };
  const many = lossesOf(given, plan, view);
  const { state } = many;
  const ask = questions(plan, many, given.compute);
  Object.assign(view, { many, compute: ask.bowl });
  const panels = new Map();
  const reading = readingOf(plan, panels, many, ask);
  const grid = panelGrid([]);
  many.place([grid]);
  let handle = null;
  let marked = false;

  function layout() {
    const { narrow, columns, width } = sideBySide(el, grid, Math.min(3, panels.size));
    for (const panel of panels.values()) {
      panel.resize(width, tall(columns === 1 ? "alone" : "beside", narrow), { right: 18 }); // room for half of "1,400"
      panel.hair.setAttribute("y2", panel.inner.height);
      const inside = Array.from(data).filter((v) => v >= low && v <= high);
      panel.rug.setAttribute("d", inside.map((v) => `M${panel.x(v).toFixed(1)},${panel.inner.height}v-9`).join(""));
    }
  }
  function rebuild() {
    panels.clear();
    reading.forget();
    for (const item of state.items) panels.set(item.key, panelOf(item, many.label(item), plan));
    grid.replaceChildren(...[...panels.values()].map((panel) => panel.root));
    const [panel, ...also] = panels.values();
    handle?.close();
    handle = axisHandle({ panel, also, range: () => ({ low, high, step: niceStep(high - low) }), value: () => state.c, onMove: moveTo });
    many.build();
    layout();
    const each = (item, done) => ask.bowl(item, () => {
      fit(item);
      done();
    });
    forAll(state.items, each, drawn);
  }
  function fit(item) {
    const panel = panels.get(item.key);
    if (!panel) return; // an answer of Python for a loss that is gone
    panel.y.domain(limits(ask.bowls.has(item.key) ? [ask.bowls.get(item.key)] : [], { floor: 0 }));
    panel.axes();
    draw(item);
  }
  function draw(item) {
    const panel = panels.get(item.key);
    if (!panel) return;
    const bowl = item.shown && ask.bowls.get(item.key);
    panel.bowl.setAttribute("d", bowl ? panel.path(xs, bowl) : "");
    showBottom(item);
    reading.draw([item], handle);
    many.details.refresh();
  }
  const showBottom = (item) => drawBottom(panels.get(item.key), item, marked && item.shown && ask.lowest.get(item.key));
  function showBottoms(on) {
    marked = on;
    write(bottoms, on ? "Hide the bottoms" : "Show the bottoms");
    for (const item of state.items) if (panels.has(item.key)) showBottom(item);
    const named = on ? many.shown().filter((item) => ask.lowest.has(item.key)) : [];
    if (named.length) many.live.say(`Lowest points: ${named.map((item) => `${many.label(item)} at ${plan.withUnit(ask.lowest.get(item.key).c)}, ${nameOf(item)}`).join("; ")}.`);
  }
  function moveTo(v) {
    state.c = short(v);
    reading.draw(state.items, handle);
    many.save();
  }
  function rows() {
    const items = many.shown().filter((item) => ask.bowls.has(item.key));
    const places = Array.from({ length: 11 }, (_, i) => (i * POINTS) / 10);
    return [["c", ...items.map(many.label)], ...places.map((i) => [plain(xs[i]), ...items.map((item) => amount(ask.bowls.get(item.key)[i]))])];
  }

  showBottoms(false);
  rebuild();
  return whileOpen(el, () => {
    layout();
    state.items.forEach(fit);
  }, [{ close: () => handle.close() }, ...many.parts, given.compute]);
}

export default { name: "bowl-explorer", draw: bowlExplorer };
