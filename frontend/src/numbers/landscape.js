// The mean loss of a linear model with two weights, and optimisers racing over it: the arithmetic of
// losslab/widgets/figures/landscape_race.py in the same order, so that a path here is a path there, bit for bit.

import { evenly, then } from "./questions.js";
import { landscapes } from "../parts/shared.js";

const { lines: COARSE, steps: NEWTON, halvings: HALVINGS, arrived: ARRIVED, bend: LEAST_BEND } = landscapes.search;

/** Data: predictions are offset + x0 w0 + x1 w1. */
export const planeOf = ([x0, x1], y, offset) => ({ x0: Float64Array.from(x0), x1: Float64Array.from(x1), y: Float64Array.from(y), offset: Float64Array.from(offset) });

/** The same with the second column times `factor`; predictions stay where w1 is `at`. */
export function stretched({ x0, x1, y, offset }, factor, at) {
  const shift = (1 - factor) * at;
  return { x0, y, x1: x1.map((v) => factor * v), offset: offset.map((v, i) => v + shift * x1[i]) };
}

// Calls on arrays that stay in place, by the back end of a figure: a race is run again at each move of a pointer.
const kept = new WeakMap();
function keep(wasm, key, make) {
  if (!kept.has(wasm)) kept.set(wasm, new Map());
  const all = kept.get(wasm);
  if (!all.has(key)) all.set(key, make());
  return all.get(key);
}
const numbersOf = ({ spec, parameters }) => Float64Array.from(spec.parameters.length ? spec.parameters.map((p) => parameters[p.name]) : [0]);

/** Asks at k points again and again: `ask(w)`, their weights in pairs, leaves in `out` value, gradient and curvature of
 *  each row of each. */
function asker(wasm, item, { x0, x1, y, offset }, k) {
  const n = y.length;
  const a = numbersOf(item);
  const { room, places, call } = keep(wasm, `${item.name} ${n} ${k}`, () => {
    const made = wasm.room(wasm.moduleOf(item.name));
    const own = { y: made.array(k * n), f: made.array(k * n), out: made.array(3 * k * n), a: made.array(a.length) };
    return { room: made, places: own, call: made.bind(`${item.name}__curve`, "curve", { ...own, n: k * n }) };
  });
  for (let p = 0; p < k; p += 1) room.view(places.y).set(y, p * n);
  room.view(places.a).set(a);
  const f = room.view(places.f);
  function ask(w) {
    for (let p = 0, at = 0; p < k; p += 1) {
      const w0 = w[2 * p];
      const w1 = w[2 * p + 1];
      for (let i = 0; i < n; i += 1, at += 1) f[at] = offset[i] + (x0[i] * w0 + x1[i] * w1);
    }
    call();
  }
  return { ask, out: room.view(places.out) };
}

/** An optimiser at a start: `step(t)` changes the weights `w` along the gradient in `g`. `nth` tells two of a name apart. */
function stepper(wasm, rule, nth, start, rate) {
  const a = numbersOf(rule);
  const { room, places, t, eta, call } = keep(wasm, `${rule.name} ${nth}`, () => {
    const made = wasm.room(rule.spec.module);
    const own = { g: made.array(2), w: made.array(2), s: made.array(2 * rule.spec.slots), a: made.array(a.length) };
    const cells = { t: { number: 0 }, eta: { number: 0 } };
    return { room: made, places: own, ...cells, call: made.bind(`${rule.name}__update`, "update", { ...own, n: 2, t: cells.t, rate: cells.eta }) };
  });
  const [g, w] = [room.view(places.g), room.view(places.w)];
  room.view(places.s).fill(0);
  room.view(places.a).set(a);
  w.set(start);
  eta.number = rate;
  return {
    g, w,
    step(count) {
      t.number = count;
      call();
    },
  };
}

/** Means over n rows, added from the first to the last: of numbers in `out`, of their products with x, and with p and q. */
function mean(out, from, n) {
  let sum = out[from];
  for (let i = 1; i < n; i += 1) sum += out[from + i];
  return sum / n;
}
function meanBy(out, from, n, x) {
  let sum = out[from] * x[0];
  for (let i = 1; i < n; i += 1) sum += out[from + i] * x[i];
  return sum / n;
}
function meanByBoth(out, from, n, p, q) {
  let sum = (out[from] * p[0]) * q[0];
  for (let i = 1; i < n; i += 1) sum += (out[from + i] * p[i]) * q[i];
  return sum / n;
}

/** Mean losses at the points of a grid, line by line. */
function gridOf(wasm, item, plane, us, vs) {
  const columns = us.length;
  const values = new Float64Array(columns * vs.length);
  const n = plane.y.length;
  const { ask, out } = asker(wasm, item, plane, columns);
  const w = new Float64Array(2 * columns);
  for (let i = 0; i < columns; i += 1) w[2 * i] = us[i];
  for (let j = 0; j < vs.length; j += 1) {
    for (let i = 0; i < columns; i += 1) w[2 * i + 1] = vs[j];
    ask(w);
    for (let i = 0; i < columns; i += 1) values[j * columns + i] = mean(out, i * n, n);
  }
  return values;
}

function lowestOfView(wasm, item, plane, [left, right], [bottom, top]) {
  const [us, vs] = [evenly(left, right, COARSE), evenly(bottom, top, COARSE)];
  const values = gridOf(wasm, item, plane, us, vs);
  let best = 0;
  values.forEach((v, i) => { if (v < values[best] || (Number.isNaN(values[best]) && !Number.isNaN(v))) best = i; });
  const span = Math.max(right - left, top - bottom);
  const start = [us[best % us.length], vs[Math.floor(best / us.length)]];
  let [w0, w1] = start;
  const { x0, x1, y: { length: n } } = plane;
  const { ask, out } = asker(wasm, item, plane, 1);
  const look = (...w) => {
    ask(w);
    return {
      value: mean(out, 0, n), slope: [x0, x1].map((x) => meanBy(out, n, n, x)),
      bend: [[x0, x0], [x0, x1], [x1, x1]].map(([p, q]) => meanByBoth(out, 2 * n, n, p, q)),
    };
  };
  let here = look(w0, w1);
  let moved = Infinity;
  const isBowl = ([a, b, c]) => a > 0 && a * c - b * b > LEAST_BEND * (a * c);
  for (let round = 0; round < NEWTON; round += 1) {
    const { slope: [g0, g1], bend: [a, b, c] } = here;
    let [s0, s1] = [0, 0];
    if (isBowl(here.bend)) {
      const det = a * c - b * b;
      [s0, s1] = [(c * g0 - b * g1) / det, (a * g1 - b * g0) / det];
    } else {
      const size = Math.sqrt(g0 * g0 + g1 * g1);
      if (!(size > 0)) break;
      [s0, s1] = [(span * g0) / size, (span * g1) / size];
    }
    moved = Math.sqrt(s0 * s0 + s1 * s1);
    let there = null;
    for (let k = 0, t = 1; k < HALVINGS; k += 1, t /= 2) {
      const at = [w0 - t * s0, w1 - t * s1];
      const tried = look(...at);
      if (!(tried.value < here.value)) continue;
      there = { ...tried, at };
      break;
    }
    if (!there) break;
    [w0, w1] = there.at;
    here = there;
  }
  const far = Math.max(Math.abs(w0 - start[0]), Math.abs(w1 - start[1])) > 3 * span;
  return { at: [w0, w1], value: here.value, bend: here.bend, known: isBowl(here.bend) && moved < ARRIVED * span && !far };
}

function raceOf(wasm, item, plane, rules, start, rate, steps) {
  const { x0, x1, y: { length: n } } = plane;
  const k = rules.length;
  const { ask, out } = asker(wasm, item, plane, k);
  const racers = rules.map((rule, i) => stepper(wasm, rule, i, start, rate));
  const paths = rules.map(() => new Float64Array(2 * (steps + 1)));
  const losses = rules.map(() => new Float64Array(steps + 1));
  const w = new Float64Array(2 * k);
  for (let t = 0; t <= steps; t += 1) {
    for (let i = 0; i < k; i += 1) w.set(racers[i].w, 2 * i);
    ask(w);
    for (let i = 0; i < k; i += 1) {
      const { g } = racers[i];
      paths[i].set(racers[i].w, 2 * t);
      losses[i][t] = mean(out, i * n, n);
      g[0] = meanBy(out, (k + i) * n, n, x0);
      g[1] = meanBy(out, (k + i) * n, n, x1);
      racers[i].step(t + 1);
    }
  }
  return { paths, losses };
}

/** The minimum of a mean loss, searched from the lowest point of a coarse grid over the ranges: `at`, `value`, `bend`,
 *  and whether it is `known` to be one. */
export const lowestOf = (compute, item, plane, xRange, yRange) => then(
  compute.together("plane_lowest", item, [], (wasm) => {
    const { at, value, bend, known } = lowestOfView(wasm, item, plane, xRange, yRange);
    return { found: [...at, value, ...bend, Number(known)] };
  }, { ...plane, x_range: xRange, y_range: yRange }, "lowest"),
  ({ found: [w0, w1, value, a, b, c, known] }) => ({ at: [w0, w1], value, bend: [a, b, c], known: Boolean(known) }),
);

/** Mean losses over a grid, line by line. */
export const valuesOver = (compute, item, plane, us, vs) => then(
  compute.together("plane_grid", item, [], (wasm) => ({ values: gridOf(wasm, item, plane, us, vs) }), { ...plane, us, vs }, "grid"),
  ({ values }) => values,
);

/** Paths and losses of optimisers from a start at one rate; `paths[i]` holds the weights of each step in pairs. */
export function raceDown(compute, item, plane, rules, start, rate, steps) {
  const given = { ...plane, start, rate, steps, optimisers: JSON.stringify(rules.map(({ name, parameters }) => ({ name, parameters }))) };
  const cut = (all, size) => rules.map((_, i) => all.subarray(i * size, (i + 1) * size));
  const modules = [...new Set(rules.map((rule) => rule.spec.module))];
  return then(
    compute.together("plane_race", item, modules, (wasm) => raceOf(wasm, item, plane, rules, start, rate, steps), given, "race"),
    (r) => (r.paths ? r : { paths: cut(r.path, 2 * (steps + 1)), losses: cut(r.losses, steps + 1) }),
  );
}

// What second derivatives at a minimum say ------------------------------------------------------------------------

/** Largest and least eigenvalue, and the one over the other. */
export function shapeOf([a, b, c]) {
  const half = 0.5 * (a - c);
  const steepest = 0.5 * (a + c) + Math.sqrt(half * half + b * b);
  const flattest = (a * c - b * b) / steepest;
  return { steepest, flattest, condition: steepest / flattest };
}

export const stretchedBend = ([a, b, c], factor) => [a, factor * b, (factor * factor) * c];

/** The least condition number that scaling one column can give. */
export function leastCondition([a, b, c]) {
  const r = Math.abs(b) / Math.sqrt(a * c);
  return (1 + r) / (1 - r);
}

/** By what to multiply the second column for a condition number: the smaller of two factors. */
export function factorFor([a, b, c], condition) {
  const det = a * c - b * b;
  const known = (condition + 2 + 1 / condition) * det;
  const rest = known - 4 * a * c;
  return (Math.sqrt(known) - Math.sqrt(rest > 0 ? rest : 0)) / (2 * c);
}

/** The rate below which a rule is stable on a quadratic of largest curvature `steepest`; nothing if none is known. */
export function stableLimit({ name, parameters: { momentum: beta, dampening } }, steepest) {
  if (name === "gradient_descent") return 2 / steepest;
  if (name === "heavy_ball") return (2 * (1 + beta)) / ((1 - dampening) * steepest);
  if (name === "nesterov") return (2 + 2 * beta) / ((1 + 2 * beta) * steepest);
  return null;
}

/** Contours of a grid, for each level the ends of its pieces in fours, in grid coordinates. */
export function contoursOf(values, columns, levels) {
  const lines = values.length / columns;
  return levels.map((level) => {
    const ends = [];
    for (let j = 0; j < lines - 1; j += 1) {
      for (let i = 0; i < columns - 1; i += 1) {
        const at = j * columns + i;
        const corner = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
        const above = corner.map((v) => v > level);
        if (above.every((v) => v === above[0]) || !corner.every(Number.isFinite)) continue;
        for (let k = 0; k < 4; k += 1) {
          const l = (k + 1) % 4;
          if (above[k] === above[l]) continue;
          const t = (level - corner[k]) / (corner[l] - corner[k]);
          const [[x, y], [u, v]] = [CORNERS[k], CORNERS[l]];
          ends.push(i + x + t * (u - x), j + y + t * (v - y));
        }
      }
    }
    return ends;
  });
}
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];
