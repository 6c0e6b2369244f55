// WeightsExplorer: losses in lanes, and how much a risk or a weighting makes each of them count.

import { whenReady } from "../numbers/compute.js";
import { axisHandle } from "../parts/axis-handle.js";
import { h, keysAreOurs, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { spoken } from "../parts/items.js";
import { oneRule } from "../parts/one-rule.js";
import { makePanel, sideBySide } from "../parts/panel.js";
import { announcer, footer, putNumber, sliderBox, tableOnRequest, trouble, whileOpen } from "../parts/parts.js";
import { short } from "../parts/row.js";
import { niceStep } from "../parts/slider.js";
import { syncTraits } from "../parts/sync.js";

// As losslab/widgets/shared.json says it.
const LANE = { each: 44, many: 28, most: 6, around: 50 };

/** A panel with a line for each letter. */
const lanesPanel = (letters, words) => {
  const panel = makePanel({ ...words, yTicks: letters.map((_, i) => i + 0.5), yFormat: (v) => letters[Math.floor(v)] });
  panel.y.domain([letters.length, 0]);
  return panel;
};

/** Bars for the weights, with their numbers; its axis follows them. */
function makeBars(letters) {
  const panel = lanesPanel(letters, { title: "Weights", sign: "∂/∂loss", margin: { left: 26, right: 50 } });
  const bars = letters.map(() => s("line", { class: "ll-weight" }));
  const numbers = letters.map(() => s("text", { class: "ll-lane-name ll-chosen", dy: "0.36em" }));
  panel.over.append(...bars, ...numbers);
  panel.root.dataset.readout = "";
  panel.x.domain([0, 0]);
  return {
    panel,
    draw(weights) {
      const ends = [Math.min(0, ...weights), Math.max(0, ...weights)];
      const [low, high] = panel.x.domain();
      const room = ends[1] - ends[0];
      if (ends[0] < low || ends[1] > high || room < 0.4 * (high - low)) panel.x.domain(room ? ends.map((v) => 1.1 * v) : [0, 1]);
      panel.axes("weight");
      letters.forEach((_, i) => {
        const [y, to] = [panel.y(i + 0.5), panel.x(weights[i])];
        for (const [key, v] of [["x1", panel.x(0)], ["x2", to], ["y1", y], ["y2", y]]) bars[i].setAttribute(key, v);
        numbers[i].setAttribute("x", Math.max(to, panel.x(0)) + 7);
        numbers[i].setAttribute("y", y);
        putNumber(numbers[i], weights[i]);
      });
    },
  };
}

/** Dots for the losses, each dragged along its line, and a hair at the value of a risk. */
function makeDots(letters, { low, high }, { losses, onMove }) {
  const panel = lanesPanel(letters, { title: "Losses", margin: { left: 26, right: 16 } });
  const hair = s("line", { class: "ll-threshold", y1: 0 });
  panel.x.domain([low, high]);
  panel.over.append(hair);
  const range = () => ({ low, high, step: niceStep(high - low) });
  const laneAt = (event) => Math.floor(panel.y.invert(event.clientY - panel.svg.getBoundingClientRect().top - panel.margin.top));
  const handles = letters.map((_, i) => axisHandle({
    panel, range, value: () => losses()[i], top: () => panel.y(i + 0.5), onMove: (v) => onMove(i, short(v)),
    // A finger may only want to scroll the page: it has to meet a dot.
    mine: (event) => laneAt(event) === i && (event.pointerType === "mouse" || Boolean(event.target.closest(".ll-handle"))),
  }));
  return {
    panel,
    draw(weights, value) {
      panel.axes("loss");
      hair.setAttribute("y2", panel.inner.height);
      hair.style.visibility = value === null ? "hidden" : "";
      for (const end of value === null ? [] : ["x1", "x2"]) hair.setAttribute(end, panel.x(value));
      handles.forEach((handle, i) => handle.draw(`Loss ${letters[i]}`, `${plain(losses()[i])}, weight ${number(weights[i])}`));
    },
    close: () => handles.forEach((handle) => handle.close()),
  };
}

/** What is asked of a rule of this kind, and where the weights are in the answer. */
const QUESTIONS = {
  risk: ({ losses }) => ["risk", { losses, w: losses.map(() => 1 / losses.length), n: losses.length }, "gradient"],
  weighting: ({ losses, memory }) => ["weighting", { losses, state: memory, t: losses.length, m: memory.length }, "w"],
};

function weightsExplorer({ el, model, manifest, compute, share, drawn }) {
  const rule = oneRule({ model, manifest });
  const read = () => ({ item: rule.read(), losses: [...model.get("values")], memory: [...model.get("state")] });
  const start = read();
  const state = read();
  const rate = model.get("rate");
  const [low, high] = model.get("x_range");
  const { kind } = start.item.spec;
  const letters = start.losses.map((_, i) => String.fromCharCode(65 + i));
  let told = null;

  const dots = makeDots(letters, { low, high }, {
    losses: () => state.losses,
    onMove: (i, v) => put({ losses: state.losses.map((old, j) => (j === i ? v : old)) }),
  });
  const bars = makeBars(letters);
  const grid = h("div", { class: "ll-panels" }, dots.panel.root, bars.panel.root);
  const heading = h("span", { class: "ll-sign" });
  dots.panel.root.querySelector(".ll-panel-title").append(heading);
  const memory = h("p", { class: "ll-quiet ll-rules", "data-readout": "", hidden: kind === "risk" });
  const sliders = sliderBox({ named: () => "Parameter", onInput: update, onChange: () => save() });
  const step = h("button", { type: "button", class: "ll-button", onclick: () => put({ memory: state.memory.map((v, j) => v - rate * told.gradient[j]) }), ...keysAreOurs }, "One step");
  const note = trouble();
  const live = announcer(el);
  const details = tableOnRequest("Table of the weights", () => [["", "loss", "weight"], ...letters.map((letter, i) => [letter, state.losses[i], told?.weights[i] ?? NaN])]);
  const foot = footer({
    before: kind === "risk" ? [] : [step],
    onReset: () => {
      share?.clear();
      put({ ...start, item: rule.again() }, rebuild);
    },
    link: share && (() => share.write({ losses: rule.link(state.item), values: state.losses.join(), state: state.memory.join() })),
    python: () => `ll.widgets.WeightsExplorer(${rule.python(state.item)}, [${state.losses.join(", ")}]${kind === "risk" ? "" : `, state=[${state.memory.join(", ")}], rate=${rate}`}, x_range=(${low}, ${high}))`,
  });
  el.append(grid, memory, sliders.root, note.root, foot, details.root, live.root);

  const { save, close } = syncTraits(model, () => ({ losses: rule.trait(state.item), values: [...state.losses], state: [...state.memory] }), () => {
    Object.assign(state, read());
    rebuild();
  });

  /** What a link says, as far as it is legal. */
  function restore(link) {
    if (!link) return;
    const numbers = (text, like) => {
      const list = (text || "").split(",").map((v) => Number(v || NaN));
      return list.length === like.length && list.every(Number.isFinite) ? list : null;
    };
    state.item = rule.linked(link.losses) ?? state.item;
    const losses = numbers(link.values, start.losses);
    if (losses?.every((v) => v >= low && v <= high)) state.losses = losses;
    state.memory = numbers(link.state, start.memory) ?? state.memory;
  }
  function put(change, then = update) {
    Object.assign(state, change);
    then();
    save();
  }
  function rebuild() {
    sliders.build([state.item]);
    bars.panel.root.style.setProperty("--c", state.item.spec.style?.colour);
    update();
  }
  function update() {
    const [loop, given, weights] = QUESTIONS[kind](state);
    whenReady(compute.run(loop, state.item, given, loop), (r) => {
      note.clear();
      if (r.error) return note.say(state.item, r.error);
      told = { ...r, weights: Array.from(r[weights]) };
      draw();
      drawn();
    });
  }
  function draw() {
    const [value] = told.value;
    dots.draw(told.weights, kind === "risk" ? value : null);
    bars.draw(told.weights);
    putNumber(heading, value, `value ${number(value)}`);
    memory.replaceChildren("State: ", ...state.memory.flatMap((v, j) => [j ? ", " : "", h("span", { "data-value": v }, number(v))]));
    live.say(`Value ${number(value)}. Weights: ${spoken(letters.map((letter, i) => [letter, told.weights[i]]))}.`);
    details.refresh();
  }
  function layout() {
    const { width } = sideBySide(el, grid, 2);
    const n = letters.length;
    for (const { panel } of [dots, bars]) panel.resize(width, LANE.around + n * (n > LANE.most ? LANE.many : LANE.each));
    if (told) draw();
  }

  restore(share?.read());
  layout();
  rebuild();
  return whileOpen(el, layout, [dots, { close }, live, compute]);
}

export default { name: "weights-explorer", draw: weightsExplorer };
