// What figures ask about losses, as the arrays that the loops take.

import { gradients, saturation } from "../parts/shared.js";

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

/** Predictions and their slopes at numbers z before the output of a network. */
export function activatedAt(compute, activation, z) {
  if (activation === "identity") return { f: z, s: new Float64Array(z.length).fill(1) };
  return compute.alone(`link_${activation}`, "network", { z, rows: z.length, m: 1, first: 0, k: 1 });
}

/** Value, and derivative by z, of a loss at the predictions `f` with slopes `s`; one that has the activation inside takes z. */
export function composedOf(compute, item, { inside, y, z, f, s }, key) {
  return then(curveOf(compute, item, new Float64Array(z.length).fill(y), inside ? z : f, key), ({ value, gradient }) => ({
    value, gradient: inside ? gradient : gradient.map((g, i) => g * s[i]),
  }));
}

const SLICE = 6; // ms in which the page takes steps before it draws

/** Some steps of gradient descent in z, from where `first` steps have led: see losslab/widgets/figures/saturation_steps.py.
 *  Its steps are -1 as long as there are more to make. */
export function descentOf(compute, item, { activation, inside, y, z, rate, first }, key) {
  const { near, most, activations } = saturation;
  const slice = (wasm) => {
    const { predict, judge } = stepOf(wasm, item, activation, y);
    const until = performance.now() + SLICE;
    const path = [];
    for (let k = first; ; k += 1) {
      const [f, slope] = predict(z);
      const step = rate * (inside ? judge(z) : judge(f) * slope);
      const arrived = Math.abs(f - y) <= near;
      const lost = !Number.isFinite(step);
      const ends = arrived || lost || z - step === z;
      const late = k === most || performance.now() > until;
      if (ends || late || k <= 32 || k % 2 ** (Math.floor(Math.log2(k)) - 5) === 0) path.push(k, z);
      if (ends) return { steps: [arrived ? k : lost ? NaN : Infinity], path };
      if (late) return { steps: [k === most ? most + 1 : -1], path };
      z -= step;
    }
  };
  const given = { activation: Object.keys(activations).indexOf(activation), y, z, rate, first };
  const answer = compute.together("descent", item, ["network"], slice, given, key);
  return then(answer, ({ steps, path }) => ({ steps: steps[0], path }));
}

/** `predict(z)` gives a prediction and its slope, `judge(f)` the derivative of the loss, with arrays that stay in place. */
function stepOf(wasm, { name, spec, parameters }, activation, y) {
  const loss = wasm.room(wasm.moduleOf(name));
  const a = spec.parameters.map((p) => parameters[p.name]);
  const [f, out] = [loss.array(1), loss.array(3)];
  const curve = loss.bind(`${name}__curve`, "curve", { y: loss.holding([y]), f, n: 1, out, a: loss.holding(a.length ? a : [0]) });
  const judge = (prediction) => {
    loss.view(f)[0] = prediction;
    curve();
    return loss.view(out)[1];
  };
  if (activation === "identity") return { predict: (z) => [z, 1], judge };
  const net = wasm.room("network");
  const [z, h, s] = [net.array(1), net.array(1), net.array(1)];
  const link = net.bind(`link_${activation}`, `link_${activation}`, { z, rows: 1, m: 1, first: 0, k: 1, f: h, s });
  const predict = (place) => {
    net.view(z)[0] = place;
    link();
    return [net.view(h)[0], net.view(s)[0]];
  };
  return { predict, judge };
}

function repeated(numbers, times) {
  const all = new Float64Array(numbers.length * times);
  for (let i = 0; i < times; i += 1) all.set(numbers, i * numbers.length);
  return all;
}

/** `fn` of an answer that is here or on its way; an error, and the answer to a question given up, stay as they are. */
export function then(answer, fn) {
  const of = (result) => (result && !result.error ? fn(result) : result);
  return typeof answer?.then === "function" ? answer.then(of) : of(answer);
}
