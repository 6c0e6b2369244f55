// WeightsExplorer: losses in lanes, and how much a risk or a weighting makes each of them count.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { spoken } from "../parts/items.js";
import { lettersOf, oneRule } from "../parts/one-rule.js";
import { makePanel, panelGrid, sideBySide, upright } from "../parts/panel.js";
import { pushButton, putNumber, whileOpen } from "../parts/parts.js";
import { short } from "../parts/row.js";
import { weights as lane } from "../parts/shared.js";
import { niceStep } from "../parts/slider.js";

/** A panel with a line for each letter. */
const lanesPanel = (letters, words) => {
  const panel = makePanel({ ...words, yTicks: letters.map((_, i) => i + 0.5), yFormat: (v) => letters[Math.floor(v)] });
  panel.y.domain([letters.length, 0]);
  return panel;
};

/** Bars for the weights, with their numbers; its axis follows them. */
function makeBars(letters) {
  const panel = lanesPanel(letters, { title: "Weights", sign: "∂ value / ∂ loss", margin: { left: 26, right: 50 } });
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
      hair.style.visibility = value === null ? "hidden" : "";
      upright(hair, panel.x(value ?? low), panel.inner.height);
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

/** So many finite numbers of a link, or nothing. */
function numbersOf(text, count) {
  const list = (text || "").split(",").map((v) => Number(v || NaN));
  return list.length === count && list.every(Number.isFinite) ? list : null;
}

function weightsExplorer(given) {
  const { el, model, drawn } = given;
  const [rate, [low, high], letters] = [model.get("rate"), model.get("x_range"), lettersOf(model.get("values"))];
  const rule = oneRule({
    ...given, rebuild, update,
    read: (get) => ({ losses: [...get("values")], memory: [...get("state")] }),
    traits: ({ losses, memory }) => ({ values: [...losses], state: [...memory] }),
    link: ({ losses, memory }) => ({ values: losses.join(), state: memory.join() }),
    linked(link, now) {
      const losses = numbersOf(link.values, letters.length);
      if (losses?.every((v) => v >= low && v <= high)) now.losses = losses;
      now.memory = numbersOf(link.state, now.memory.length) ?? now.memory;
    },
    before: model.get("state").length ? [pushButton("One step", step)] : [],
    title: "Table of the weights", rows: () => [["Name", "Loss", "Weight"], ...letters.map((letter, i) => [letter, state.losses[i], told?.weights[i] ?? NaN])],
    python(code) {
      const memory = state.memory.length ? `, state=[${state.memory.join(", ")}], rate=${rate}` : "";
      return `ll.widgets.WeightsExplorer(${code}, [${state.losses.join(", ")}]${memory}, x_range=(${low}, ${high}))`;
    },
  });
  const { state } = rule;
  const { kind } = state.item.spec;
  let told = null;

  const dots = makeDots(letters, { low, high }, {
    losses: () => state.losses,
    onMove: (i, v) => put({ losses: state.losses.map((old, j) => (j === i ? v : old)) }),
  });
  const bars = makeBars(letters);
  const grid = panelGrid([dots.panel, bars.panel]);
  const heading = h("span", { class: "ll-sign", "data-readout": "" });
  dots.panel.root.firstChild.append(heading);
  const memory = h("p", { class: "ll-quiet ll-rules", "data-readout": "", hidden: !state.memory.length });
  rule.place([grid, memory]);

  function put(change) {
    Object.assign(state, change);
    update();
    rule.save();
  }
  /** One step of the state downhill, once the gradient at it is known. */
  function step() {
    if (told?.memory === state.memory) put({ memory: state.memory.map((v, j) => v - rate * told.gradient[j]) });
  }
  function rebuild() {
    rule.build();
    bars.panel.root.style.setProperty("--c", state.item.spec.style?.colour);
    update();
  }
  function update() {
    const [loop, question, weights] = QUESTIONS[kind](state);
    const { memory: known } = state;
    rule.ask(loop, question, (r) => {
      told = { ...r, memory: known, weights: Array.from(r[weights]) };
      draw();
      drawn();
    });
  }
  function draw() {
    const [value] = told.value;
    dots.draw(told.weights, kind === "risk" ? value : null);
    bars.draw(told.weights);
    putNumber(heading, value, `value ${number(value)}${kind === "risk" ? ", dashed" : ""}`);
    memory.replaceChildren(lane.state, ...state.memory.flatMap((v, j) => [j ? ", " : "", h("span", { "data-value": v }, number(v))]));
    rule.live.say(`Value ${number(value)}. Weights: ${spoken(letters.map((letter, i) => [letter, told.weights[i]]))}.`);
    rule.details.refresh();
  }
  function layout() {
    const { width } = sideBySide(el, grid, 2);
    const each = letters.length > lane.most ? lane.many : lane.each;
    for (const { panel } of [dots, bars]) panel.resize(width, lane.around + each * letters.length);
    if (told) draw();
  }

  layout();
  rebuild();
  return whileOpen(el, layout, [dots, ...rule.parts, given.compute]);
}

export default { name: "weights-explorer", draw: weightsExplorer };
