// BowlExplorer: one number c for all data; for each loss a bowl, the mean of that loss over the data at every c.

import { axisHandle } from "../parts/axis-handle.js";
import { h, keysAreOurs, s, write } from "../parts/dom.js";
import { plain } from "../parts/format.js";
import { asPython, asTrait, fromLink, labelOf, makeItems, toLink } from "../parts/items.js";
import { curvePath, limits, makePanel, sideBySide } from "../parts/panel.js";
import { announcer, footer, lossTable, sliderBox, tableOnRequest, whileOpen } from "../parts/parts.js";
import { niceStep } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";
import { whenReady } from "../numbers/compute.js";
import { curveOf } from "../numbers/questions.js";

const POINTS = 160;
const CLOSER = 32;
const ARROW = 44;

const rounded = (digits) => (v) => v.toLocaleString("en", { maximumSignificantDigits: digits }).replace("-", "\u2212");
const amount = rounded(4);
const slight = rounded(3);
const percent = (v) => `${(100 * v).toFixed(v < 0.1 ? 1 : 0)}%`;
const onAxis = (v) => (Math.abs(v) >= 1e4 ? `${plain(v / 1000)}k` : plain(v));

function bowlExplorer({ el, model, manifest, compute, share, drawn }) {
  const data = Float64Array.from(model.get("y"));
  const unit = model.get("unit");
  const [low, high] = model.get("x_range");
  const start = { losses: model.get("losses"), c: model.get("c") };
  const state = { items: makeItems(start.losses, manifest), c: start.c, bottoms: false };
  restore(share?.read());
  const step = niceStep(high - low);
  const withUnit = (v) => `${plain(v)}${unit && ` ${unit}`}`;
  const shownItems = () => state.items.filter((item) => item.shown);
  const short = (v) => Number(v.toPrecision(5));

  const grid = h("div", { class: "ll-panels" });
  const table = lossTable({
    caption: "", columns: ["Mean loss", "Above lowest", "Slope"], formats: [amount, percent, slight],
    onToggle: (item) => {
      item.shown = !item.shown;
      rebuild();
      save();
    },
  });
  const live = announcer(el);
  const sliders = sliderBox({ onInput: (item) => drawBowl(item), onChange: (item) => { fitScale(item); save(); } });
  const bottoms = h("button", { type: "button", class: "ll-button", onclick: () => showBottoms(!state.bottoms), ...keysAreOurs });
  const details = tableOnRequest("Table of the bowls", tableRows);
  const foot = footer({
    before: [bottoms],
    onReset: reset,
    link: share && (() => share.write({ losses: toLink(state.items), c: short(state.c) })),
    python: () => `ll.widgets.BowlExplorer(y, losses=[${asPython(state.items)}], unit=${JSON.stringify(unit)}, start=${short(state.c)}, x_range=(${low}, ${high}))`,
  });
  const note = h("p", { class: "ll-note", role: "status", hidden: true });
  el.append(grid, table.root, sliders.root, note, foot, details.root, live.root);

  const xs = Float64Array.from({ length: POINTS + 1 }, (_, i) => low + ((high - low) * i) / POINTS);
  const panels = new Map();
  const bowls = new Map();
  const lowest = new Map();
  const errors = new Map();
  const said = new Map();
  let handle = null;
  const values = () => ({ losses: asTrait(state.items), c: state.c });
  const sync = syncTraits(model, values, () => {
    state.items = makeItems(model.get("losses"), manifest);
    state.c = model.get("c");
    rebuild();
  });
  const save = sync.save;

  function restore(given) {
    if (!given) return;
    const names = start.losses.map((entry) => entry.name);
    const items = fromLink(given.losses ?? "", manifest);
    if (items.map((item) => item.name).join() === names.join()) state.items = items;
    const c = Number(given.c);
    if (given.c !== undefined && c >= low && c <= high) state.c = c;
  }

  function reset() {
    state.items = makeItems(start.losses, manifest);
    state.c = start.c;
    share?.clear();
    showBottoms(false);
    rebuild();
    save();
  }

  // Numbers ------------------------------------------------------------------

  /** Means over the data of a loss and of its gradient, at each of `cs`. */
  function means(item, cs, key, then) {
    const n = data.length;
    const y = new Float64Array(n * cs.length);
    const f = new Float64Array(n * cs.length);
    cs.forEach((c, i) => {
      y.set(data, i * n);
      f.fill(c, i * n, (i + 1) * n);
    });
    const mean = (column) => {
      const sums = new Float64Array(cs.length);
      for (let i = 0, k = 0; i < cs.length; i += 1) {
        for (const end = k + n; k < end; k += 1) sums[i] += column[k];
      }
      return sums.map((sum) => sum / n);
    };
    whenReady(curveOf(compute, item, y, f, `${item.key}:${key}`), (r) => {
      then(r.error ? r : { value: mean(r.value), gradient: mean(r.gradient) });
    });
  }

  const argmin = (list) => list.reduce((best, v, i) => (v < list[best] ? i : best), 0);

  /** Where a bowl is lowest: twice looked at more closely around the lowest point so far. */
  function findLowest(item, at, value, width, rounds, then) {
    const i = argmin(value);
    if (!rounds) return then({ c: at[i], value: value[i] });
    const from = Math.max(low, at[i] - width);
    const to = Math.min(high, at[i] + width);
    const closer = Float64Array.from({ length: CLOSER + 1 }, (_, k) => from + ((to - from) * k) / CLOSER);
    means(item, closer, "low", (r) => !r.error && findLowest(item, closer, r.value, (to - from) / CLOSER, rounds - 1, then));
  }

  function computeBowl(item, done) {
    means(item, xs, "bowl", (r) => {
      if (r.error) errors.set(item.key, `${labelOf(item, state.items)}: ${r.error}`);
      else errors.delete(item.key);
      write(note, [...errors.values()].join(" "));
      note.hidden = !errors.size;
      if (r.error) {
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

  // Drawing ------------------------------------------------------------------

  function rebuild() {
    for (const map of [panels, errors, said]) map.clear();
    for (const item of state.items) {
      const panel = makePanel({ title: labelOf(item, state.items), xLabel: unit ? `c (${unit})` : "c", yFormat: onAxis });
      panel.x.domain([low, high]);
      panel.path1 = curvePath(item);
      panel.curves.append(panel.path1);
      panel.rug = s("path", { class: "ll-rug" });
      panel.hair = s("line", { class: "ll-hair", y1: 0 });
      panel.arrow = s("path", { class: "ll-arrow" });
      panel.dot = s("circle", { r: 6, class: "ll-dot", style: { "--c": item.spec.style?.colour } });
      panel.best = s("path", { class: "ll-best", style: { "--c": item.spec.style?.colour } });
      panel.name = s("text", { y: 12, "text-anchor": "middle", style: { "--c": item.spec.style?.colour } });
      panel.over.append(panel.rug, panel.best, panel.hair, panel.arrow, panel.dot, s("g", { class: "ll-labels" }, panel.name));
      panels.set(item.key, panel);
    }
    grid.replaceChildren(...[...panels.values()].map((panel) => panel.root));
    const [panel, ...also] = panels.values();
    handle?.close();
    handle = axisHandle({ panel, also, range: () => ({ low, high, step }), value: () => state.c, onMove: moveTo });
    table.build(state.items);
    sliders.build(state.items);
    layout();
    let pending = state.items.length;
    for (const item of state.items) {
      computeBowl(item, () => {
        fitScale(item);
        pending -= 1;
        if (!pending) drawn();
      });
    }
  }

  function layout() {
    const { narrow, columns, width } = sideBySide(el, grid, Math.min(3, panels.size));
    for (const panel of panels.values()) {
      panel.resize(width, narrow ? 190 : columns === 1 ? 300 : 250, { right: 18 }); // room for half of "1,400"
      panel.hair.setAttribute("y2", panel.inner.height);
      const inside = Array.from(data).filter((v) => v >= low && v <= high);
      panel.rug.setAttribute("d", inside.map((v) => `M${panel.x(v).toFixed(1)},${panel.inner.height}v-9`).join(""));
    }
  }

  function fitScale(item) {
    const panel = panels.get(item.key);
    if (!panel) return; // an answer of Python for a loss that is gone
    panel.y.domain(limits(bowls.has(item.key) ? [bowls.get(item.key)] : [], { floor: 0 }));
    panel.axes();
    draw(item);
  }

  function drawBowl(item) {
    computeBowl(item, () => draw(item));
  }

  function draw(item) {
    const panel = panels.get(item.key);
    if (!panel) return;
    const bowl = item.shown && bowls.get(item.key);
    panel.path1.setAttribute("d", bowl ? panel.path(xs, bowl) : "");
    drawBottom(item, panel);
    drawReading([item]);
    details.refresh();
  }

  function drawBottom(item, panel) {
    const found = state.bottoms && item.shown && lowest.get(item.key);
    panel.best.setAttribute("d", found ? `M${panel.x(found.c).toFixed(1)},17V${panel.inner.height}` : "");
    write(panel.name, found ? `${nameOf(item)} ${plain(found.c)}` : "");
    if (!found) return;
    const half = 3.4 * panel.name.textContent.length;
    panel.name.setAttribute("x", Math.max(half, Math.min(panel.inner.width - half, panel.x(found.c))));
  }

  /** "mean", "0.9 quantile": what the lowest point is, where the loss claims that it has a name. */
  function nameOf(item) {
    const name = item.spec.claims?.elicits;
    if (!/^[a-z_]+$/.test(name ?? "")) return "lowest";
    const levels = ["quantile", "expectile"].includes(name) ? Object.values(item.parameters) : [];
    return [...levels.map(plain), name.replaceAll("_", " ")].join(" ");
  }

  function showBottoms(on) {
    state.bottoms = on;
    write(bottoms, on ? "Hide the bottoms" : "Show the bottoms");
    for (const item of state.items) if (panels.has(item.key)) drawBottom(item, panels.get(item.key));
    const names = on ? shownItems().filter((item) => lowest.has(item.key)) : [];
    if (names.length) live.say(`Lowest points: ${names.map((item) => `${labelOf(item, state.items)} at ${withUnit(lowest.get(item.key).c)}, ${nameOf(item)}`).join("; ")}.`);
  }

  function drawReading(items) {
    const px = [...panels.values()][0].x(state.c);
    handle.draw("The number c", `c = ${withUnit(state.c)}`);
    table.head.replaceChildren("at ", h("span", { class: "ll-sign" }, "c"), ` = ${withUnit(state.c)}`);
    for (const item of items) {
      const panel = panels.get(item.key);
      panel.hair.setAttribute("x1", px);
      panel.hair.setAttribute("x2", px);
      for (const mark of [panel.dot, panel.arrow]) mark.style.visibility = item.shown ? "" : "hidden";
      if (!item.shown) {
        table.write(item, null, state.items);
        continue;
      }
      means(item, [state.c], "at", (r) => {
        if (r.error) return;
        const [value, slope] = [r.value[0], r.gradient[0]];
        const bottom = lowest.get(item.key)?.value;
        const above = bottom > 0 ? Math.max(0, value / bottom - 1) : NaN;
        table.write(item, [value, above, slope], state.items);
        panel.dot.setAttribute("cx", px);
        panel.dot.setAttribute("cy", panel.y(value));
        panel.arrow.setAttribute("d", downhill(panel, px, panel.y(value), slope));
        said.set(item.key, `${labelOf(item, state.items)} ${amount(value)}${above >= 0 ? `, ${percent(above)} above its lowest` : ""}, slope ${slight(slope)}`);
        live.say(`At c = ${withUnit(state.c)}: ${shownItems().map((o) => said.get(o.key)).filter(Boolean).join(". ")}.`);
      });
    }
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

  function moveTo(v) {
    state.c = short(v);
    drawReading(state.items);
    save();
  }

  function tableRows() {
    const items = shownItems().filter((item) => bowls.has(item.key));
    const rows = [];
    for (let i = 0; i <= POINTS; i += POINTS / 10) rows.push([plain(xs[i]), ...items.map((item) => amount(bowls.get(item.key)[i]))]);
    return [["c", ...items.map((item) => labelOf(item, state.items))], ...rows];
  }

  showBottoms(false);
  rebuild();
  return whileOpen(el, () => {
    layout();
    for (const item of state.items) fitScale(item);
  }, [{ close: () => handle.close() }, sync, live, compute]);
}

export default { name: "bowl-explorer", draw: bowlExplorer };
