// What figures ask about losses, as the arrays that the loops take.

import { gradients } from "../parts/shared.js";

/** n equal steps from low to high, as n + 1 places. */
export const evenly = (low, high, n) => Float64Array.from({ length: n + 1 }, (_, i) => low + ((high - low) * i) / n);

/** Value, gradient and curvature of a loss at n points (y, f). */
export const curveOf = (compute, item, y, f, key) => then(
  compute.run("curve", item, { y, f, n: y.length }, key),
  ({ out }) => {
    const n = y.length;
    return { value: out.subarray(0, n), gradient: out.subarray(n, 2 * n), curvature: out.subarray(2 * n) };
  },
);

/** Value and gradient of a loss of rows: k predictions a row in `f`, the targets' numbers in `y`. */
export function rowsOf(compute, item, y, f, k, key) {
  const n = f.length / k;
  return compute.run("rows", item, { y, f, n, m: y.length / n, k }, key);
}

/** Value and gradient of batches of the same n samples: their targets' numbers are `y`, and `f` holds k predictions a
 *  sample, batch by batch. An illegal batch is an error. */
export function batchesOf(compute, item, { y, f, n, k }, key) {
  const groups = f.length / (n * k);
  const count = groups * n;
  const given = {
    y: repeated(y, groups), f, w: new Float64Array(count).fill(1),
    order: Float64Array.from({ length: count }, (_, i) => i),
    starts: Float64Array.from({ length: groups + 1 }, (_, i) => i * n),
    groups, rows: count, n, m: y.length / n, k, first: 0, last: groups,
  };
  return compute.run("batch", item, given, key);
}

/** The line through points that a loss likes best, downhill from `start`: intercept and slope. */
export const fitLine = (compute, item, x, y, steps, start, key) => then(
  compute.run("fit_line", item, { x, y, w: new Float64Array(x.length).fill(1), n: x.length, steps, out: [0, 0, 0, 0, ...start] }, key),
  ({ out }) => ({ intercept: out[0], slope: out[1], value: out[2], gradientNorm: out[3] }),
);

const MEMORY = 11; // numbers before the answer in the memory of plane_step, see losslab/training/fits/plane.py

/** Linear classifier of the points whose features lie row by row in `x`, with labels 0 and 1. */
export function fitPlane(compute, item, x, y, ridge, steps, key) {
  const descend = (wasm) => {
    const n = y.length;
    const d = x.length / n;
    const w = new Float64Array(n).fill(1);
    let memory = new Float64Array(MEMORY + 8 * (d + 1) + (d + 1) ** 2);
    let f = new Float64Array(n);
    for (let k = 0; k < steps; k += 1) {
      const { out } = wasm.run(item.name, "curve", { y, f, n }, item.parameters);
      const given = { x, w, n, d, value: out.subarray(0, n), derivative: out.subarray(n, 2 * n), ridge, memory, f };
      const now = wasm.runAlone("plane_step", given);
      ({ memory, f } = now);
      if (now.returned) break;
    }
    return { intercept: [memory[MEMORY]], coefficients: memory.slice(MEMORY + 1, MEMORY + 1 + d) };
  };
  const answer = compute.together("plane", item, ["plane_step"], descend, { x, y, ridge }, key);
  return then(answer, ({ intercept, coefficients }) => ({ intercept: intercept[0], coefficients }));
}

/** Lipschitz and smoothness constant of a loss over an interval of predictions, and its kinks: see
 *  losslab/training/landscapes/constants_loops.py, which says again and again where it wants to know the loss. */
export function constantsOf(compute, item, y, [low, high], centre, key) {
  const { places, space, lipschitz, smoothness, count, found } = gradients.constants;
  const search = (wasm) => {
    const target = new Float64Array(places).fill(y);
    let memory = new Float64Array(space);
    let at = new Float64Array(places).fill(low);
    let [value, slope, bend] = [at, at, at];
    for (;;) {
      const now = wasm.runAlone("constants_step", { value, slope, bend, low, high, centre, memory, at });
      ({ memory, at } = now);
      if (now.returned) return { memory };
      const { out } = wasm.run(item.name, "curve", { y: target, f: at, n: places }, item.parameters);
      [value, slope, bend] = [0, 1, 2].map((i) => out.subarray(i * places, (i + 1) * places));
    }
  };
  const answer = compute.together("constants", item, ["constants_step"], search, { y, low, high, centre }, key);
  return then(answer, ({ memory }) => ({
    lipschitz: memory[lipschitz], smoothness: memory[smoothness],
    kinks: Array.from({ length: memory[count] }, (_, i) => {
      const [place, left, right, jump] = memory.subarray(found + 4 * i);
      return { place, left, right, jump };
    }),
  }));
}

function repeated(numbers, times) {
  const all = new Float64Array(numbers.length * times);
  for (let i = 0; i < times; i += 1) all.set(numbers, i * numbers.length);
  return all;
}

/** `fn` of an answer that is here or on its way; an error, and the answer to a question given up, stay as they are. */
function then(answer, fn) {
  const of = (result) => (result && !result.error ? fn(result) : result);
  return typeof answer?.then === "function" ? answer.then(of) : of(answer);
}
