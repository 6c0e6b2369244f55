// A network in training. Its calls are those of losslab/training/networks, in their order, and so are its bits: gathered
// rows, forward, the loss, backward, the length of the gradient, clipping, the optimiser's update.

import { part } from "./room.js";

const PART = 512; // rows that go through at once where all are looked at, as in losslab/training/networks/passes.py

/** Where weights and biases of each layer stand among all weights. */
function layersOf(sizes) {
  let first = 0;
  return sizes.slice(1).map((m, i) => {
    const layer = { n: sizes[i], m, w: first, b: first + sizes[i] * m };
    first = layer.b + m;
    return layer;
  });
}

/** How many weights there are, biases included. */
export const weightsOf = (sizes) => layersOf(sizes).reduce((sum, { n, m }) => sum + (n + 1) * m, 0);

/** Weights to start from, uniform within 1 / sqrt(inputs), as losslab/training/networks/starts.py has them, of the stream's
 *  own numbers: u(n) gives n of them. */
export function startOf(sizes, uniform) {
  const u = uniform(weightsOf(sizes));
  const theta = new Float64Array(u.length);
  for (const { n, w, b, m } of layersOf(sizes)) {
    const bound = 1 / Math.sqrt(n);
    for (let i = w; i < b + m; i += 1) theta[i] = (2 * u[i] - 1) * bound;
  }
  return theta;
}

/** Rooms of a network: of its own loops, of the loss and of the optimiser. Nothing in them outlives it. */
const roomsOf = (wasm, loss, optimiser) => ({
  net: wasm.room("network"), loss: wasm.room(wasm.moduleOf(loss.name)), optimiser: wasm.room(optimiser.module),
});

/** Random numbers of the module `network`, by stream: n numbers between 0 and 1, or the numbers below n in an order. */
export function drawsOf(wasm, seed) {
  const net = wasm.room("network");
  const places = new Map();
  const draw = (name, answer) => (stream, n) => {
    if (!places.has(n)) places.set(n, net.array(n));
    net.bind(name, name, { seed, stream, n, [answer]: places.get(n) })();
    return net.view(places.get(n)).slice();
  };
  return { uniform: draw("uniform", "out"), order: draw("order", "order") };
}

/** `sizes` of the layers, the `activation` between them, a loss of rows with its parameters, `loss = { name, a, v }`, an
 *  `optimiser = { name, module, a, slots }`; `clip` is { norm, add } or { value }, if it is given. `X` holds rows of inputs,
 *  `y` their targets, and `state` what a network was left with: { theta, memory, t }. */
export function makeTraining(wasm, { sizes, activation, loss, optimiser, clip, X, y, state }) {
  const rooms = roomsOf(wasm, loss, optimiser);
  const { net } = rooms;
  const layers = layersOf(sizes);
  const [inputs, k] = [sizes[0], sizes.at(-1)];
  const size = weightsOf(sizes);
  const source = { x: net.holding(X), y: net.holding(y) };
  const theta = net.holding(state.theta);
  const g = net.array(size);
  const a = { loss: rooms.loss.holding(loss.a.length ? loss.a : [0]), optimiser: rooms.optimiser.holding(optimiser.a.length ? optimiser.a : [0]) };
  const v = (loss.v ?? []).map(rooms.loss.holding);
  const there = { w: rooms.optimiser.holding(state.theta), g: rooms.optimiser.array(size), s: rooms.optimiser.holding(state.memory) };
  const t = { number: state.t };
  const rate = { number: 0 };
  const square = net.array(1);
  const passes = new Map();

  /** Forward, loss and backward of so many rows. */
  function passOf(rows) {
    if (!passes.has(rows)) passes.set(rows, makePass(rows));
    return passes.get(rows);
  }
  function makePass(rows) {
    const index = net.array(rows);
    const targets = net.array(rows);
    const held = sizes.map((m) => net.array(rows * m)); // inputs, then what each layer hands on
    const z = layers.map(({ m }) => net.array(rows * m));
    const slopes = layers.map(({ m }) => net.array(rows * m));
    const d = layers.map(({ m }) => net.array(rows * m));
    const [x, value, gradient, total] = [held[0], net.array(rows), net.array(rows * k), net.array(1)];
    const w = net.holding(new Float64Array(rows).fill(1));
    const scale = { number: 1 };
    const asked = { y: rooms.loss.array(rows), f: rooms.loss.array(rows * k), value: rooms.loss.array(rows), gradient: rooms.loss.array(rows * k) };
    const gather = [
      net.bind("gather", "gather", { source: source.x, index, rows, columns: inputs, out: x }),
      net.bind("gather", "gather", { source: source.y, index, rows, columns: 1, out: targets }),
    ];
    const forward = layers.flatMap(({ n, m, w: first, b }, i) => [
      net.bind("forward", "forward", { x: held[i], w: part(theta, first, n * m), b: part(theta, b, m), rows, n, m, z: z[i] }),
      ...(i + 1 < layers.length ? [net.bind(`activate_${activation}`, `activate_${activation}`, { z: z[i], n: rows * m, h: held[i + 1], s: slopes[i] })] : []),
    ]);
    const ask = rooms.loss.bind(`${loss.name}__rows`, "rows", { ...asked, a: a.loss, v, n: rows, m: 1, k });
    const terms = net.bind("terms", "terms", { value, gradient, w, scale, n: rows, k, g: d.at(-1), total });
    const losses = [
      () => {
        rooms.loss.view(asked.y).set(net.view(targets));
        rooms.loss.view(asked.f).set(net.view(z.at(-1)));
        const returned = ask();
        net.view(value).set(rooms.loss.view(asked.value));
        net.view(gradient).set(rooms.loss.view(asked.gradient));
        return returned;
      },
      terms,
    ];
    const backward = [];
    for (let i = layers.length - 1; i >= 0; i -= 1) {
      const { n, m, w: first, b } = layers[i];
      backward.push(
        net.bind("weights", "weights", { x: held[i], d: d[i], rows, n, m, keep: 0, g: part(g, first, n * m) }),
        net.bind("biases", "biases", { d: d[i], rows, m, keep: 0, g: part(g, b, m) }),
      );
      if (i === 0) break;
      backward.push(
        net.bind("inputs", "inputs", { d: d[i], w: part(theta, first, n * m), rows, n, m, e: d[i - 1] }),
        net.bind("slopes", "slopes", { s: slopes[i - 1], n: rows * n, e: d[i - 1] }),
      );
    }
    return { index, scale, total, f: z.at(-1), value: [...gather, ...forward, ...losses], backward };
  }
  const length = net.bind("length", "length", { x: g, n: size, out: square });
  const clipping = clip ? [clip.value
    ? net.bind("clip_value", "clip_value", { n: size, limit: clip.value, g })
    : net.bind("clip_norm", "clip_norm", { n: size, limit: clip.norm, add: clip.add ?? 0, g })] : [];
  const move = rooms.optimiser.bind(`${optimiser.name}__update`, "update", { ...there, n: size, t, rate, a: a.optimiser });
  const update = [length, ...clipping, () => {
    rooms.optimiser.view(there.g).set(net.view(g));
    const returned = move();
    net.view(theta).set(rooms.optimiser.view(there.w));
    return returned;
  }];
  const run = (calls) => calls.reduce((returned, call) => returned | call(), 0);

  /** One pass: what the weighted terms sum to, divided by `weight`. */
  function sees(rows, weight, calls) {
    const pass = passOf(rows.length);
    net.view(pass.index).set(rows);
    pass.scale.number = 1 / weight;
    const returned = run(calls(pass));
    return { loss: returned ? NaN : net.view(pass.total)[0], f: net.view(pass.f) };
  }
  return {
    size,
    /** One step on these rows of the data at a learning rate: the loss before it and the gradient's length. */
    step(rows, weight, learningRate) {
      t.number += 1;
      rate.number = learningRate;
      const { loss: before } = sees(rows, weight, (pass) => [...pass.value, ...pass.backward, ...update]);
      return { loss: before, length: Math.sqrt(net.view(square)[0]) };
    },
    /** The mean loss over these rows and the share of them whose largest output is the target's, part by part: each
     *  turn of the generator is one part. */
    * look(rows) {
      let [mean, right] = [0, 0];
      for (let begin = 0; begin < rows.length; begin += PART) {
        const some = rows.subarray(begin, begin + PART);
        const { loss: of, f } = sees(some, rows.length, (pass) => pass.value);
        mean += of;
        some.forEach((row, i) => { right += largest(f, i * k, k) === y[row]; });
        yield;
      }
      return { loss: mean, accuracy: right / rows.length };
    },
    weights: () => net.view(theta),
    state: () => ({ theta: net.view(theta).slice(), memory: rooms.optimiser.view(there.s).slice(0, optimiser.slots * size), t: t.number }),
  };
}

/** Which of k numbers from `first` on is the largest; the first of equals. */
function largest(f, first, k) {
  let best = 0;
  for (let j = 1; j < k; j += 1) if (f[first + j] > f[first + best]) best = j;
  return best;
}
