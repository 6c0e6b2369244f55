// Lanes: a dot for each sample along one axis, to be dragged, and an arrow that shows where it is pushed.

import { axisHandle } from "./axis-handle.js";
import { s, write } from "./dom.js";
import { number, plain } from "./format.js";
import { makePanel } from "./panel.js";
import { plots, targets } from "./shared.js";

const { each: LANE, around: AROUND } = plots.lanes;
const LONGEST = 0.25; // arrow, as a part of the axis
const REACH = 10; // of a dot
const HEAD = 6;
const LETTER = 6.3;

/** A target in words, as losslab/widgets/figures/batch_explorer.py says it. */
function wordsOf(kind, names, words, unit) {
  const measured = (text) => (unit ? `${text} ${unit}` : text);
  return (y) => {
    if (y.length === 1 && words[y[0]]) return words[y[0]];
    if (kind === "class" && names.length > 1) return names[y[0]];
    if (kind === "lifetime") return `${measured(`t = ${plain(y[0])}`)}, ${targets.lane[y[1]]}`;
    return measured(`y = ${y.length > 1 ? `(${y.map(plain).join(", ")})` : plain(y[0])}`);
  };
}

/** `onChoose(i)` is told which sample is meant, `onGrab(i)` that it is taken hold of with a pointer, `onDrop()` that it is
 *  let go, `onMove(i, v)` where it goes. */
export function makeLanes({ letters, names, kind, words, unit, range, onChoose, onGrab, onDrop, onMove }) {
  const n = letters.length;
  const say = wordsOf(kind, names, words, unit);
  const panel = makePanel({ title: "Batch", sign: "push −∂ℓ/∂ŷ", yTicks: Array.from({ length: n + 1 }, (_, i) => i), yFormat: () => "" });
  panel.root.classList.add("ll-lanes");
  const wash = s("rect", { class: "ll-lane", x: 0, height: LANE });
  panel.y.domain([n, 0]);
  let strongest = 1; // the gradient of the longest arrow
  let now = null;

  const marks = letters.map((letter) => {
    const arrow = s("path", { class: "ll-arrow" });
    const was = s("path", { class: "ll-was" });
    const second = s("tspan", { dy: "1.25em" });
    const first = s("tspan");
    const label = s("text", { class: "ll-lane-name", "text-anchor": "end" }, s("tspan", { class: "ll-letter" }, letter), first, second);
    return { arrow, was, label, first, second };
  });
  // Arrows that do not fit are cut off by the panel, and their heads with them.
  panel.curves.append(wash, ...marks.flatMap((mark) => [mark.was, mark.arrow]));
  panel.over.append(...marks.map((mark) => mark.label));

  const largest = (g) => Math.max(...g.map(Math.abs).filter(Number.isFinite), 0);
  const middle = (i) => panel.y(i + 0.5);
  const inside = (event) => {
    const box = panel.svg.getBoundingClientRect();
    return [event.clientX - box.left - panel.margin.left, event.clientY - box.top - panel.margin.top];
  };
  const laneAt = (event) => Math.floor(panel.y.invert(inside(event)[1]));
  // A finger may only want to scroll the page: it has to meet a dot. The names of lanes choose, but move nothing.
  const moves = (event) => (event.pointerType === "mouse" ? inside(event)[0] > -REACH : event.target.closest(".ll-handle"));
  let handles = [];

  /** `also` is a panel over the same axis, in which the chosen sample is dragged too. */
  function build(also) {
    const press = (lane) => (event) => {
      const i = lane(event);
      if (event.button > 0 || !(i >= 0 && i < n)) return;
      event.preventDefault(); // the focus is ours to give
      onGrab(i);
      handles[i].root.focus({ preventScroll: true });
    };
    panel.plot.addEventListener("pointerdown", press(laneAt));
    also.plot.addEventListener("pointerdown", press(() => now.chosen));
    for (const { plot } of [panel, also]) {
      for (const end of ["pointerup", "pointercancel"]) plot.addEventListener(end, onDrop);
    }
    handles = letters.map((_, i) => {
      const handle = axisHandle({
        panel, also: [also], range: () => range, value: () => now.f[i], onMove: (v) => onMove(i, v), top: () => middle(i),
        mine: (event, each) => (each === panel ? laneAt(event) === i && moves(event) : now.chosen === i),
      });
      handle.root.classList.add("ll-sample");
      handle.root.addEventListener("focus", () => onChoose(i));
      return handle;
    });
  }

  return {
    panel, build,
    /** Width and height for it; room for the longest name. */
    resize(width, y) {
      const all = [...y.map(say), ...Object.values(words), ...(kind === "class" ? names : []), kind === "lifetime" ? say([8.88, 0]) : ""];
      const longest = Math.max(...all.flatMap((text) => text.split(", ").map((part, i) => part.length + (i ? 0 : 2))));
      const height = AROUND + LANE * n;
      panel.resize(width, height, { left: 16 + LETTER * longest });
      // A little room beyond the ends, for the arrows of those that lie there.
      const pad = 0.05 * (range.high - range.low);
      panel.x.domain([range.low - pad, range.high + pad]);
      wash.setAttribute("width", panel.inner.width);
      return height;
    },
    fit(g) {
      strongest = largest(g) || 1;
    },
    /** A new scale of the arrows if the old one no longer serves the samples that were not moved; whether it is new. */
    refit(g) {
      const [before, most] = [strongest, largest(g.filter((_, i) => i !== now.chosen))];
      if (most > 1.6 * strongest || (most > 0 && most < 0.4 * strongest)) strongest = most;
      return strongest !== before;
    },
    /** Draws targets y, places f, gradients g and the tips of gradients before; returns the targets in words. */
    draw({ y, f, g, was, chosen }) {
      now = { f, chosen };
      wash.setAttribute("y", panel.y(chosen));
      const { width } = panel.inner;
      const tip = (i, slope) => {
        const size = Math.max(-width, Math.min(width, (-LONGEST * width * slope) / strongest)) || 0;
        return panel.x(f[i]) + size + Math.sign(size) * REACH;
      };
      const told = y.map(say);
      marks.forEach((mark, i) => {
        const [py, from] = [middle(i), panel.x(f[i])];
        const to = tip(i, g[i]);
        const way = Math.sign(to - from);
        const length = Math.abs(to - from) - REACH;
        const head = Math.min(HEAD, length);
        mark.arrow.setAttribute("d", length > 0.75 ? `M${from + way * REACH} ${py}H${to}m${-way * head} ${-head}L${to} ${py}l${-way * head} ${head}` : "");
        const old = was && i !== chosen ? tip(i, was[i]) : to;
        mark.was.setAttribute("d", Math.abs(old - to) > 1 ? `M${old} ${py - 9}v18` : "");
        const [first, second = ""] = told[i].split(", ");
        write(mark.first, ` ${first}`);
        write(mark.second, second);
        mark.label.setAttribute("y", py + (second ? -3 : 4));
        for (const node of [mark.label, mark.second]) node.setAttribute("x", -10);
        mark.label.classList.toggle("ll-chosen", i === chosen);
        const { root } = handles[i];
        root.classList.toggle("ll-hollow", kind === "lifetime" ? !y[i][1] : kind === "{0,1}" && !y[i][0]);
        write(root.firstChild, kind === "class" || kind === "level" ? plain(y[i][0]) : "");
        handles[i].draw(`Prediction of ${letters[i]}, ${told[i]}`, `${plain(f[i])}, gradient ${number(g[i])}`);
      });
      return told;
    },
    close: () => handles.forEach((handle) => handle.close()),
  };
}
