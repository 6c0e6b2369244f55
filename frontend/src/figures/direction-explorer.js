// DirectionExplorer: the gradients of a few tasks as arrows in a plane, and the direction a rule makes of them.

import { whenReady } from "../numbers/compute.js";
import { h, s, write } from "../parts/dom.js";
import { number } from "../parts/format.js";
import { spoken } from "../parts/items.js";
import { oneRule } from "../parts/one-rule.js";
import { makePanel, sideBySide } from "../parts/panel.js";
import { announcer, footer, putNumber, sliderBox, tableOnRequest, trouble, whileOpen } from "../parts/parts.js";
import { pointHandles, short } from "../parts/points.js";
import { syncTraits } from "../parts/sync.js";

const HEAD = 9;
// As losslab/widgets/shared.json says it.
const NEARLY = 1e-9;
const WORDS = {
  stationary: "Pareto stationary: no direction is good for all.",
  step: "A small step against the direction makes",
  better: "better", worse: "worse", same: "no different",
};

/** For each task 1, -1 or 0: whether a step makes it better, worse or neither; nothing if there is no direction. */
function waysOf({ direction, product }, gradients) {
  const scale = Math.max(...gradients.map(([x, y]) => Math.hypot(x, y)));
  if (Math.hypot(...direction) <= NEARLY * scale) return null;
  return product.map((v) => (Math.abs(v) > NEARLY * scale ** 2 ? Math.sign(v) : 0));
}

/** What a step does, as losslab/widgets/figures/direction_explorer.py says it. */
function verdictOf(ways, letters) {
  if (!ways) return WORDS.stationary;
  const said = [[1, "better"], [-1, "worse"], [0, "same"]].map(([sign, word]) => {
    const which = letters.filter((_, i) => ways[i] === sign);
    return which.length ? `${which.join(", ")} ${WORDS[word]}` : "";
  });
  return `${WORDS.step} ${said.filter(Boolean).join("; ")}.`;
}

/** An arrow from one place of the panel to another, in pixels. */
function arrowPath([ax, ay], [bx, by], head) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 1) return "";
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length].map((v) => v * Math.min(head, length));
  return `M${ax},${ay}L${bx},${by}M${bx - ux - uy / 2},${by - uy + ux / 2}L${bx},${by}L${bx - ux + uy / 2},${by - uy - ux / 2}`;
}

/** All sets of two or three of the places: together their segments and triangles fill the hull. */
function pieces(places) {
  return places.flatMap((a, i) => places.slice(i + 1).flatMap((b, j) => [[a, b], ...places.slice(i + j + 2).map((c) => [a, b, c])]));
}

/** The plane: hull, an arrow for each task with its letter at the tip, and the direction in bold. */
function makePlane(letters, reach) {
  const panel = makePanel({ title: "Gradients", sign: "bold: the direction d", margin: { bottom: 28, right: 46 } });
  const hull = s("g", { class: "ll-hull" });
  const direction = s("path", { class: "ll-arrow ll-bold" });
  const arrows = letters.map(() => s("path", { class: "ll-arrow" }));
  const tips = letters.map((letter) => s("g", { class: "ll-tip" }, s("circle", { r: 9 }), s("text", { "text-anchor": "middle", dy: "0.36em" }, letter)));
  panel.over.append(hull, ...arrows, direction, ...tips);
  const place = ([x, y]) => [panel.x(x), panel.y(y)];
  return {
    panel,
    /** One scale for both directions, in which all that can be reached is to be seen. */
    resize(width, height) {
      panel.resize(width, height);
      const { inner } = panel;
      const unit = Math.min(inner.width, inner.height) / (2 * reach);
      panel.x.domain([-inner.width / (2 * unit), inner.width / (2 * unit)]);
      panel.y.domain([-inner.height / (2 * unit), inner.height / (2 * unit)]);
      panel.axes();
    },
    draw(gradients, d, chosen) {
      hull.replaceChildren(...pieces(gradients.map(place)).map((some) => s("path", { d: `M${some.join("L")}Z` })));
      gradients.forEach((g, i) => {
        const to = place(g);
        arrows[i].setAttribute("d", arrowPath(place([0, 0]), to, 0));
        tips[i].setAttribute("transform", `translate(${to})`);
        tips[i].classList.toggle("ll-chosen", i === chosen);
      });
      direction.setAttribute("d", arrowPath(place([0, 0]), place(d), HEAD + 4));
    },
  };
}

function directionExplorer({ el, model, manifest, compute, share, drawn }) {
  const rule = oneRule({ model, manifest });
  const reach = model.get("reach");
  const copy = (rows) => rows.map((row) => [...row]);
  const read = () => ({ item: rule.read(), gradients: copy(model.get("gradients")) });
  const start = copy(model.get("gradients"));
  const state = read();
  const letters = start.map((_, i) => String.fromCharCode(65 + i));
  let chosen = -1;
  let told = null;

  const plane = makePlane(letters, reach);
  const handles = pointHandles({
    panel: plane.panel, points: () => state.gradients, home: [[-reach, reach], [-reach, reach]],
    describe: ([x, y], i) => `Gradient of ${letters[i]}: ${number(x)}, ${number(y)}${told ? `; weight ${number(told.w[i])}` : ""}`,
    onMove: (i, to) => put(i, to.map(short)),
    onChoose: (i) => { chosen = i; if (told) draw(); },
    onKey: () => false,
  });
  const rows = letters.map((letter) => {
    const cells = [h("td"), h("td"), h("td")];
    return { cells, root: h("tr", {}, h("th", { scope: "row" }, letter), cells) };
  });
  const table = h("table", { class: "ll-table", "data-readout": "" },
    h("thead", {}, h("tr", {}, ["Task", "Weight", "gᵢ · d", "A step makes it"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, rows.map((row) => row.root)));
  const verdict = h("p", { class: "ll-verdict" });
  const sliders = sliderBox({ named: () => "Parameter", onInput: update, onChange: () => save() });
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest("Table of the arrows", () => [
    ["", "first", "second"], ...letters.map((letter, i) => [`gradient of ${letter}`, ...state.gradients[i]]), ["direction", ...(told?.direction ?? [])],
  ]);
  const foot = footer({
    onReset: () => {
      Object.assign(state, { item: rule.again(), gradients: copy(start) });
      share?.clear();
      rebuild();
      save();
    },
    link: share && (() => share.write({ losses: rule.link(state.item), g: state.gradients.flat().join() })),
    python: () => `ll.widgets.DirectionExplorer(${rule.python(state.item)}, ${JSON.stringify(state.gradients)})`,
  });
  const grid = h("div", { class: "ll-panels" }, plane.panel.root, h("div", {}, table, verdict));
  el.append(grid, sliders.root, note.root, foot, details.root, live.root);

  const { save, close } = syncTraits(model, () => ({ losses: rule.trait(state.item), gradients: copy(state.gradients) }), () => {
    Object.assign(state, read());
    rebuild();
  });

  function restore(link) {
    if (!link) return;
    state.item = rule.linked(link.losses) ?? state.item;
    const g = (link.g ?? "").split(",").map(Number);
    if (g.length === 2 * letters.length && g.every((v) => Math.abs(v) <= reach)) state.gradients = letters.map((_, i) => g.slice(2 * i, 2 * i + 2));
  }
  function put(i, to) {
    state.gradients[i] = to;
    update();
    save();
  }
  function rebuild() {
    sliders.build([state.item]);
    handles.build();
    update();
  }
  function update() {
    const g = state.gradients;
    whenReady(compute.run("direction", state.item, { g: Float64Array.from(g.flat()), t: g.length, d: 2 }, "direction"), (r) => {
      note.clear();
      if (r.error) return note.say(state.item, r.error);
      const [dx, dy] = r.direction;
      told = { w: r.w, direction: r.direction, product: g.map(([x, y]) => x * dx + y * dy) };
      draw();
      drawn();
    });
  }
  function draw() {
    const { w, direction, product } = told;
    const ways = waysOf(told, state.gradients);
    plane.panel.root.style.setProperty("--c", state.item.spec.style?.colour);
    plane.draw(state.gradients, direction, chosen);
    handles.draw();
    rows.forEach(({ cells }, i) => {
      putNumber(cells[0], w[i]);
      putNumber(cells[1], product[i]);
      write(cells[2], [WORDS.worse, WORDS.same, WORDS.better][(ways?.[i] ?? 0) + 1]);
    });
    write(verdict, verdictOf(ways, letters));
    live.say(`${verdict.textContent} Weights: ${spoken(letters.map((letter, i) => [letter, w[i]]))}.`);
    details.refresh();
  }
  function layout() {
    const { width } = sideBySide(el, grid, 2);
    plane.resize(width, 300);
    if (told) draw();
  }

  restore(share?.read());
  layout();
  rebuild();
  return whileOpen(el, layout, [handles, { close }, live, compute]);
}

export default { name: "direction-explorer", draw: directionExplorer };
