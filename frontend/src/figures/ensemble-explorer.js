// EnsembleExplorer: members of a forecast and an outcome in a plane, and where a loss pushes the members.

import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { spoken } from "../parts/items.js";
import { oneLoss } from "../parts/one-loss.js";
import { lettersOf } from "../parts/one-rule.js";
import { makePanel, panelGrid, sideBySide, tall } from "../parts/panel.js";
import { putNumber, whileOpen } from "../parts/parts.js";
import { pointHandles, putNames } from "../parts/points.js";
import { pythonNumbers, short } from "../parts/row.js";
import { whenReady } from "../numbers/compute.js";
import { rowsOf } from "../numbers/questions.js";

const REACH = 9; // of a disc
const LONGEST = 48; // arrow, in pixels
const HEAD = 6;
const SPLIT = "energy_score"; // the loss that is a distance to the outcome minus one among the members

const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);

/** The loss of the figure; `view` has what draws it. */
function lossOf(given, reach, view) {
  const count = given.model.get("y_pred").length;
  const legal = (list, n) => list.length === n && list.every((v) => Math.abs(v) <= reach);
  return oneLoss({
    ...given,
    read: (get) => ({ y: [...get("y_true")], f: [...get("y_pred")] }),
    traits: ({ y, f }) => ({ y_true: [...y], y_pred: [...f] }),
    link: ({ y, f }) => ({ y: y.map(short).join(), f: f.map(short).join() }),
    linked(link, now) {
      const [y, f] = [link.y, link.f].map((text) => (text || "").split(",").map(Number));
      if (link.y && legal(y, 2)) now.y = y;
      if (link.f && legal(f, count)) now.f = f;
    },
    onTake(item) {
      view.loss.state.item = item;
      view.rebuild();
      view.loss.save();
    },
    rebuild: () => view.rebuild(), onInput: () => view.update(), onChange() {},
    title: "Table of the points", rows: () => view.rows(),
    python(loss) {
      const { y, f } = view.loss.state;
      return `ll.widgets.EnsembleExplorer(${loss}, members=[${pairs(f).map((p) => `(${pythonNumbers(p)})`).join(", ")}], outcome=(${pythonNumbers(y)}))`;
    },
  });
}

/** Value and gradient; of a loss that is two distances also these, by the loss of each member alone. */
function ask(compute, { item, y, f }, then) {
  whenReady(rowsOf(compute, item, Float64Array.from(y), Float64Array.from(f), f.length, "plane"), (r) => {
    if (r.error || item.name !== SPLIT) return then(r);
    const n = f.length / 2;
    const outcomes = Float64Array.from({ length: f.length }, (_, i) => y[i % 2]);
    whenReady(rowsOf(compute, item, outcomes, Float64Array.from(f), 2, "alone"), (alone) => {
      const near = alone.error ? NaN : alone.value.reduce((sum, v) => sum + v, 0) / n;
      then({ ...r, near });
    });
  });
}

/** The plane: lines of distances, an arrow and a letter for each member, a square for the outcome. */
function makePlane(letters, reach) {
  const panel = makePanel({ title: "y₂", sign: "ℓ", xLabel: "y₁" });
  const heading = panel.root.querySelector(".ll-sign");
  const ways = s("path", { class: "ll-way" });
  const among = s("path", { class: "ll-gap ll-among" });
  const arrows = letters.map(() => s("path", { class: "ll-arrow ll-pushed" }));
  const tips = letters.map((letter) => s("g", { class: "ll-tip" }, s("circle", { r: REACH }), s("text", { "text-anchor": "middle", dy: "0.36em" }, letter)));
  const outcome = s("path", { class: "ll-mark ll-label1", d: "M-6,-6h12v12h-12z" });
  const name = s("text", { style: { "--c": "var(--ll-ink)" } });
  panel.over.append(ways, among, ...arrows, s("g", { class: "ll-labels" }, name), ...tips, outcome);
  write(name, "outcome");
  let unit = 0; // pixels of a gradient of size 1
  /** The same for all and for longer than one move: new only if the arrows would be too long or too short. */
  function fit(sizes) {
    const longest = Math.max(...sizes, 1e-12) * unit;
    if (!unit || longest > 2 * LONGEST || longest < LONGEST / 4) unit = LONGEST / Math.max(...sizes, 1e-12);
  }
  function arrow([x, y], [gx, gy]) {
    const size = Math.hypot(gx, gy);
    const length = size * unit;
    if (!(length > 1)) return "";
    const [ux, uy] = [-gx / size, gy / size];
    const at = (along, aside) => `${(x + along * ux - aside * uy).toFixed(1)},${(y + along * uy + aside * ux).toFixed(1)}`;
    const end = REACH + length;
    return `M${at(REACH, 0)}L${at(end, 0)}M${at(end - HEAD, HEAD / 1.6)}L${at(end, 0)}L${at(end - HEAD, -HEAD / 1.6)}`;
  }
  return {
    panel,
    /** One scale for both directions. */
    resize(width, height) {
      panel.resize(width, height);
      const { inner } = panel;
      const scale = Math.min(inner.width, inner.height) / (2 * reach);
      panel.x.domain([-inner.width / (2 * scale), inner.width / (2 * scale)]);
      panel.y.domain([-inner.height / (2 * scale), inner.height / (2 * scale)]);
      panel.axes();
    },
    draw({ y, f }, { value: [value], gradient }, chosen) {
      const spots = pairs(f).map(([a, b]) => [panel.x(a), panel.y(b)]);
      const home = [panel.x(y[0]), panel.y(y[1])];
      const pushes = pairs(gradient);
      const joined = (a, b) => `M${a.map((v) => v.toFixed(1))}L${b.map((v) => v.toFixed(1))}`;
      fit(pushes.map((g) => Math.hypot(...g)));
      ways.setAttribute("d", spots.map((spot) => joined(spot, home)).join(""));
      among.setAttribute("d", spots.flatMap((a, i) => spots.slice(i + 1).map((b) => joined(a, b))).join(""));
      spots.forEach((spot, i) => {
        arrows[i].setAttribute("d", arrow(spot, pushes[i]));
        tips[i].setAttribute("transform", `translate(${spot.map((v) => v.toFixed(1))})`);
        tips[i].classList.toggle("ll-chosen", i === chosen);
      });
      outcome.setAttribute("transform", `translate(${home.map((v) => v.toFixed(1))})`);
      putNames([name], ["outcome"], [home, ...spots], panel.inner);
      putNumber(heading, value, `ℓ = ${number(value)}; arrows: push −∂ℓ/∂x`);
    },
  };
}

/** A row for each point, and a sentence. */
function readoutOf(letters) {
  const rows = [...letters, "Outcome"].map((letter) => {
    const cells = Array.from({ length: 4 }, () => h("td"));
    return { cells, root: h("tr", {}, h("th", { scope: "row" }, letter), cells) };
  });
  const heads = ["Point", "y₁", "y₂", "Push on y₁", "on y₂"].map((title) => h("th", { scope: "col" }, title));
  const verdict = h("p", { class: "ll-verdict" });
  const table = h("table", { class: "ll-table ll-simplex", "data-readout": "" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows.map((row) => row.root)));
  return {
    root: h("div", {}, table, verdict),
    /** Writes what is told, and returns the sentence. */
    write({ y, f }, { value: [value], gradient, near }) {
      const points = [...pairs(f), y];
      rows.forEach(({ cells }, i) => {
        const push = i < letters.length ? [-gradient[2 * i], -gradient[2 * i + 1]] : [NaN, NaN];
        [...points[i], ...push].forEach((v, k) => putNumber(cells[k], v, Number.isNaN(v) ? "" : number(v)));
      });
      write(verdict, Number.isFinite(near) ? `${number(value)} = ${number(near)} (to the outcome) − ½ · ${number(2 * (near - value))} (among members).` : `The loss is ${number(value)}.`);
      return verdict.textContent;
    },
  };
}

function ensembleExplorer(given) {
  const { el, model, compute, drawn } = given;
  const reach = model.get("reach");
  const view = { rebuild, update, rows };
  const loss = lossOf(given, reach, view);
  view.loss = loss;
  const { state } = loss;
  const letters = lettersOf(pairs(state.f));
  const names = [...letters, "Outcome"];
  const plane = makePlane(letters, reach);
  const readout = readoutOf(letters);
  const grid = panelGrid([plane.panel, readout]);
  const points = () => [...pairs(state.f), state.y];
  makeGhosts(loss.steps, [plane.panel], points);
  let chosen = -1;
  let told = null;
  const handles = pointHandles({
    panel: plane.panel, points, home: [[-reach, reach], [-reach, reach]], cloud: true,
    describe: ([a, b], i) => `${i < letters.length ? "Member " : ""}${names[i]}: ${plain(a)}, ${plain(b)}`,
    onMove(i, to) {
      const place = to.map(short);
      if (i < letters.length) state.f = state.f.map((v, k) => (k >> 1 === i ? place[k % 2] : v));
      else state.y = place;
      update();
      loss.save();
    },
    onChoose(i) {
      chosen = i;
      if (told) draw();
    },
  });
  loss.place([grid]);

  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    plane.resize(width, tall("plane", narrow));
  }
  function rebuild() {
    loss.build();
    plane.panel.root.style.setProperty("--c", state.item.spec.style?.colour);
    handles.build();
    update();
  }
  function update() {
    ask(compute, state, (r) => {
      if (r.error) return loss.note.say(state.item, r.error);
      loss.note.clear();
      told = r;
      draw();
      drawn();
    });
  }
  function draw() {
    plane.draw(state, told, chosen);
    handles.draw();
    const sentence = readout.write(state, told);
    const at = points()[chosen];
    loss.live.say(`${at ? `${names[chosen]}: ${spoken([["y1", at[0]], ["y2", at[1]]])}. ` : ""}${sentence}`);
    loss.details.refresh();
  }
  function rows() {
    return [["Point", "y₁", "y₂", "push on y₁", "on y₂"], ...points().map((p, i) => [names[i], ...p, ...(told && i < letters.length ? [-told.gradient[2 * i], -told.gradient[2 * i + 1]] : ["", ""])])];
  }

  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    if (told) draw();
  }, [handles, ...loss.parts, compute]);
}

export default { name: "ensemble-explorer", draw: ensembleExplorer };
