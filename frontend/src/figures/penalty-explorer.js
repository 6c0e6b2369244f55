// PenaltyExplorer: one weight under penalties: what they cost, how they pull, where a proximal step leads.

import { whenReady } from "../numbers/compute.js";
import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { asPython, asTrait, fromLink, labelOf, makeItems, toLink } from "../parts/items.js";
import { curvePath, limits, makePanel, sideBySide } from "../parts/panel.js";
import { addMenu, announcer, footer, lossTable, sliderBox, tableOnRequest, trouble, whileOpen } from "../parts/parts.js";
import { short } from "../parts/row.js";
import { makeSlider } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";

const POINTS = 240;
const STEPS = { min: 0, max: 3, log: false };
const noun = "penalty";

/** A panel over the weight, with a hair at it and a dot for each penalty. */
function weightPanel(words, [low, high]) {
  const panel = makePanel({ ...words, xLabel: "weight w" });
  panel.x.domain([low, high]);
  panel.hair = s("line", { class: "ll-hair", y1: 0 });
  panel.dots = s("g");
  panel.over.append(panel.hair, panel.dots);
  return panel;
}

function penaltyExplorer({ el, model, manifest, compute, share, drawn }) {
  const [low, high] = model.get("x_range");
  const specs = manifest.filter((spec) => spec.kind === "separable");
  const given = () => ({ losses: model.get("losses"), step: model.get("step"), w: model.get("w") });
  const read = ({ losses, step, w } = given()) => ({ items: makeItems(losses, manifest), step, w });
  const start = given();
  const state = read();
  const xs = Float64Array.from({ length: POINTS + 1 }, (_, i) => low + ((high - low) * i) / POINTS);
  const cost = weightPanel({ title: "Penalty", sign: "p(w), thin: p′(w)" }, [low, high]);
  const prox = weightPanel({ title: "Proximal operator", sign: "dotted: no change" }, [low, high]);
  const same = s("path", { class: "ll-curve", stroke: "currentColor", "stroke-width": 1, "stroke-dasharray": "1.5 3.5" });
  prox.y.domain([low, high]);

  const handle = axisHandle({
    panel: cost, also: [prox], value: () => state.w,
    range: () => ({ low, high, step: (high - low) / 240, keys: (high - low) / 120 }),
    onMove: (w) => put({ w: short(w) }, reading),
  });
  const table = lossTable({ caption: "", columns: ["Penalty", "Derivative", "Proximal"], noun, onToggle: (item) => { item.shown = !item.shown; rebuild(); save(); } });
  const where = h("span");
  table.head.append("at ", h("span", { class: "ll-sign" }, "w"), where);
  const stepSlider = makeSlider({
    name: "step", label: "Proximal", value: state.step, range: { ...STEPS, max: Math.max(STEPS.max, start.step) },
    onInput: (step) => put({ step }, curves), onChange: fit,
  });
  const sliders = sliderBox({ noun, onInput: curves, onChange: () => { fit(); save(); } });
  const menu = addMenu({ noun, specs, items: () => state.items, onAdd: (item) => { state.items.push(item); rebuild(); save(); } });
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest("Table of the curves", tableRows);
  const foot = footer({
    before: [menu.root],
    onReset: () => {
      Object.assign(state, read(start));
      share?.clear();
      rebuild();
      save();
    },
    link: share && (() => share.write({ losses: toLink(state.items), step: state.step, w: state.w })),
    python: () => `ll.widgets.PenaltyExplorer([${asPython(state.items).replaceAll("ll.get(", "ll.penalties.get(")}], step=${state.step}, start=${state.w}, x_range=(${low}, ${high}))`,
  });
  const grid = h("div", { class: "ll-panels" }, cost.root, prox.root);
  const step = h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, stepSlider.root));
  el.append(grid, table.root, step, sliders.root, note.root, foot, details.root, live.root);

  const { save, close } = syncTraits(model, () => ({ losses: asTrait(state.items), step: state.step, w: state.w }), () => {
    Object.assign(state, read());
    rebuild();
  });
  const answers = new Map(); // of each penalty: its lines, what it says along them and at the weight

  function put(change, then) {
    Object.assign(state, change);
    then();
    save();
  }
  /** What a link says, as far as it is legal. */
  function restore(link) {
    if (!link) return;
    const items = fromLink(link.losses ?? "", specs);
    const [gap, w] = [Number(link.step || NaN), Number(link.w || NaN)];
    if (items.length) state.items = items;
    if (gap >= 0 && gap <= Number(stepSlider.input.max)) state.step = gap;
    if (w >= low && w <= high) state.w = w;
  }

  function rebuild() {
    answers.clear();
    for (const item of state.items) {
      const lines = { value: curvePath(item), gradient: curvePath(item), prox: curvePath(item) };
      lines.gradient.classList.add("ll-thin");
      const dots = [cost, prox].map(() => s("circle", { r: 4.5, class: "ll-dot", style: { "--c": item.spec.style?.colour } }));
      answers.set(item.key, { item, lines, dots });
    }
    const all = [...answers.values()];
    cost.curves.replaceChildren(...all.flatMap(({ lines }) => [lines.gradient, lines.value]));
    prox.curves.replaceChildren(same, ...all.map(({ lines }) => lines.prox));
    cost.dots.replaceChildren(...all.map(({ dots }) => dots[0]));
    prox.dots.replaceChildren(...all.map(({ dots }) => dots[1]));
    table.build(state.items);
    sliders.build(state.items);
    stepSlider.set(state.step);
    menu.refresh();
    note.clear();
    curves();
    fit();
  }

  /** Asks for the numbers of a penalty at weights. */
  function ask(item, w, purpose, then) {
    whenReady(compute.run("penalty", item, { w, n: w.length, step: state.step }, `${item.key}:${purpose}`),
      (r) => (r.error ? note.say(item, r.error) : then(r)));
  }
  function curves() {
    for (const answer of answers.values()) {
      ask(answer.item, xs, "curve", (r) => {
        if (!answer.along) requestAnimationFrame(fit); // an answer of Python comes after the scale
        answer.along = r;
        draw(answer);
      });
    }
    reading();
  }
  function draw({ item, along, lines }) {
    for (const [name, line] of Object.entries(lines)) {
      const panel = name === "prox" ? prox : cost;
      line.setAttribute("d", item.shown && along ? panel.path(xs, along[name]) : "");
    }
    details.refresh();
  }
  /** The vertical scale of the penalties, and everything on it. */
  function fit() {
    const shown = [...answers.values()].filter(({ item, along }) => item.shown && along);
    cost.y.domain(limits(shown.flatMap(({ along }) => [along.value, along.gradient]), { floor: 0 }));
    for (const panel of [cost, prox]) {
      panel.axes();
      panel.hair.setAttribute("y2", panel.inner.height);
    }
    same.setAttribute("d", prox.path(xs, xs));
    for (const answer of answers.values()) draw(answer);
    reading();
  }

  function reading() {
    write(where, ` = ${plain(state.w)}`);
    handle.draw("Weight w", plain(state.w));
    for (const { hair } of [cost, prox]) for (const end of ["x1", "x2"]) hair.setAttribute(end, cost.x(state.w));
    const said = [];
    for (const { item, dots } of answers.values()) {
      ask(item, [state.w], "at", ({ value: [v], gradient: [g], prox: [p] }) => {
        table.write(item, [v, g, p], state.items);
        [[cost, v], [prox, p]].forEach(([panel, y], i) => {
          dots[i].setAttribute("cx", panel.x(state.w));
          dots[i].setAttribute("cy", panel.y(y));
          dots[i].style.visibility = item.shown ? "" : "hidden";
        });
        if (item.shown) said.push(`${labelOf(item, state.items)} ${number(v)}, derivative ${number(g)}, moved to ${number(p)}`);
        live.say(`Weight ${plain(state.w)}: ${said.join("; ")}.`);
        drawn();
      });
    }
  }

  function tableRows() {
    const shown = [...answers.values()].filter(({ item, along }) => item.shown && along);
    const heads = shown.flatMap(({ item }) => [labelOf(item, state.items), "derivative", "proximal"]);
    const places = Array.from({ length: 13 }, (_, k) => (k * POINTS) / 12);
    return [["w", ...heads], ...places.map((i) => [plain(xs[i]), ...shown.flatMap(({ along }) => [along.value[i], along.gradient[i], along.prox[i]])])];
  }
  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    for (const panel of [cost, prox]) panel.resize(width, narrow ? 190 : 250);
  }

  restore(share?.read());
  layout();
  rebuild();
  return whileOpen(el, () => { layout(); fit(); }, [handle, { close }, live, compute]);
}

export default { name: "penalty-explorer", draw: penaltyExplorer };
