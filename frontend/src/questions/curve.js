// A curve drawn on real axes, with the pointer or with arrow keys; the true one is drawn over it.

import { keysAreOurs, h, s, uid } from "../parts/dom.js";

const HEIGHT = 260;
const MARGIN = { left: 46, right: 14, top: 14, bottom: 40 };
const POINTS = 49;

/** Round numbers between two ends, about five. */
function ticks(from, to) {
  const raw = (to - from) / 5;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * size).find((each) => each >= raw);
  const all = [];
  for (let x = Math.ceil(from / step) * step; x <= to + step / 1e6; x += step) all.push(Number(x.toPrecision(6)));
  return all;
}

const shown = (x) => String(Number(x.toPrecision(3))).replace("-", "\u2212");

function axes(x, y, px, py, WIDTH) {
  const bottom = HEIGHT - MARGIN.bottom;
  return s("g", { class: "ll-axes", "aria-hidden": "true" },
    ticks(x.from, x.to).map((v) => s("g", { transform: `translate(${px(v)},${bottom})` }, s("line", { y2: 5 }), s("text", { y: 17, "text-anchor": "middle" }, shown(v)))),
    ticks(y.from, y.to).map((v) => s("g", { transform: `translate(${MARGIN.left},${py(v)})` }, s("line", { x2: -5 }), s("text", { x: -8, dy: "0.32em", "text-anchor": "end" }, shown(v)))),
    s("path", { d: `M${MARGIN.left},${MARGIN.top}V${bottom}H${WIDTH - MARGIN.right}` }),
    s("text", { x: WIDTH - MARGIN.right, y: HEIGHT - 6, "text-anchor": "end", class: "ll-axis-name" }, x.name),
    s("text", { x: MARGIN.left + 6, y: MARGIN.top + 4, class: "ll-axis-name" }, y.name));
}

/** Draws [x, y] pairs, a gap where there is no number. */
const path = (pairs, px, py) => pairs.map(([u, v], i) => (v === null ? "" : `${i && pairs[i - 1][1] !== null ? "L" : "M"}${px(u).toFixed(1)},${py(v).toFixed(1)}`)).join("");

export function curve({ ask: { x, y }, answer, box }) {
  // Drawn as wide as it is shown, so that letters keep their size on a phone.
  const WIDTH = Math.min(480, Math.max(260, box.clientWidth - 40));
  const px = (v) => MARGIN.left + ((v - x.from) / (x.to - x.from)) * (WIDTH - MARGIN.left - MARGIN.right);
  const py = (v) => HEIGHT - MARGIN.bottom - ((v - y.from) / (y.to - y.from)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const grid = Array.from({ length: POINTS }, (_, i) => x.from + ((x.to - x.from) * i) / (POINTS - 1));
  const held = (v) => Math.min(y.to, Math.max(y.from, v));
  const truth = JSON.parse(answer?.querySelector(".losslab-curve")?.textContent ?? "[]");
  const drawn = Array(POINTS).fill(null);
  let cursor = Math.floor(POINTS / 2);
  let last = null;
  let locked = false;
  let changed = () => {};

  // The true curve may leave the axes; what is drawn cannot.
  const clip = s("clipPath", { id: uid("axes") }, s("rect", { x: MARGIN.left, y: MARGIN.top - 2, width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom + 4 }));
  const mine = s("path", { class: "ll-mine" });
  const real = s("path", { class: "ll-real" });
  const dot = s("circle", { class: "ll-cursor", r: 5, cx: -99, cy: -99 });
  const hint = s("text", { class: "ll-hint", x: (MARGIN.left + WIDTH) / 2, y: HEIGHT / 2, "text-anchor": "middle" }, "draw here");
  const svg = s("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "ll-draw", tabindex: 0, role: "slider", "aria-label": `Your curve: ${y.name} against ${x.name}. Left and right move along, up and down bend it.`,
    "aria-valuemin": y.from, "aria-valuemax": y.to, ...keysAreOurs,
  }, clip, axes(x, y, px, py, WIDTH), hint, s("g", { "clip-path": `url(#${clip.id})` }, mine, real), dot);

  function draw() {
    mine.setAttribute("d", path(grid.map((u, i) => [u, drawn[i]]), px, py));
    hint.setAttribute("visibility", drawn.some((v) => v !== null) || locked ? "hidden" : "visible");
    svg.setAttribute("aria-valuenow", drawn[cursor] ?? y.from);
    svg.setAttribute("aria-valuetext", `${x.name} ${shown(grid[cursor])}: ${drawn[cursor] === null ? "not drawn" : shown(drawn[cursor])}`);
    changed();
  }

  function place(event) {
    const box = svg.getBoundingClientRect();
    const scale = WIDTH / box.width;
    const u = x.from + (((event.clientX - box.left) * scale - MARGIN.left) / (WIDTH - MARGIN.left - MARGIN.right)) * (x.to - x.from);
    const v = held(y.from + ((HEIGHT - MARGIN.bottom - (event.clientY - box.top) * scale) / (HEIGHT - MARGIN.top - MARGIN.bottom)) * (y.to - y.from));
    const i = Math.min(POINTS - 1, Math.max(0, Math.round(((u - x.from) / (x.to - x.from)) * (POINTS - 1))));
    // A quick stroke skips points: those between are on the line.
    const from = last ?? { i, v };
    const count = Math.max(1, Math.abs(i - from.i));
    for (let step = 0; step <= count; step += 1) drawn[Math.round(from.i + ((i - from.i) * step) / count)] = from.v + ((v - from.v) * step) / count;
    last = { i, v };
    cursor = i;
    draw();
  }

  svg.addEventListener("pointerdown", (event) => {
    if (locked) return;
    event.preventDefault(); // selects no text
    svg.focus();
    svg.setPointerCapture(event.pointerId);
    last = null;
    place(event);
  });
  svg.addEventListener("pointermove", (event) => { if (last && !locked && event.buttons) place(event); });
  svg.addEventListener("pointerup", () => { last = null; });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step || locked) return;
    event.preventDefault();
    const here = drawn[cursor] ?? (y.from + y.to) / 2;
    drawn[cursor] = here;
    cursor = Math.min(POINTS - 1, Math.max(0, cursor + step[0]));
    drawn[cursor] = held((step[0] ? drawn[cursor] ?? here : here) + (step[1] * (y.to - y.from)) / 40);
    dot.setAttribute("cx", px(grid[cursor]));
    dot.setAttribute("cy", py(drawn[cursor]));
    draw();
  });

  /** Half of the axis must be drawn before it counts as a curve. */
  const value = () => (drawn.filter((v) => v !== null).length >= POINTS / 2 ? drawn.map((v) => (v === null ? "" : Number(v.toPrecision(3)))).join(" ") : null);

  /** Where guess and truth are farthest apart. */
  function worst() {
    const gaps = truth.filter(([u, v]) => u >= x.from && u <= x.to && v === held(v)).map(([u, v]) => {
      const guess = drawn[Math.round(((u - x.from) / (x.to - x.from)) * (POINTS - 1))];
      return { u, guess, v, gap: guess === null ? 0 : Math.abs(guess - v) };
    });
    return gaps.reduce((a, b) => (b.gap > a.gap ? b : a), gaps[0]);
  }

  draw();
  return {
    element: h("div", { class: "ll-curve" }, svg, h("div", { class: "ll-key", hidden: true }, h("span", { class: "ll-mine" }, "yours"), " ", h("span", { class: "ll-real" }, "true"))),
    value,
    lock(said) {
      if (said !== null) said.split(" ").forEach((v, i) => { drawn[i] = v === "" ? null : Number(v); });
      locked = true;
      real.setAttribute("d", path(truth, px, py));
      svg.nextElementSibling.hidden = false;
      dot.setAttribute("cx", -99);
      draw();
    },
    unlock() {
      locked = false;
      drawn.fill(null);
      real.setAttribute("d", "");
      svg.nextElementSibling.hidden = true;
      draw();
    },
    compare() {
      const at = worst();
      if (!at || at.gap <= 0.05 * (y.to - y.from)) return "Your curve follows the true one.";
      return `Farthest apart at ${x.name} ${shown(at.u)}: you drew ${shown(at.guess)}; it is ${shown(at.v)}.`;
    },
    onChange(fn) { changed = fn; },
    focus: () => svg.focus(),
  };
}
