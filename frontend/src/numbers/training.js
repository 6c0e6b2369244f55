// The training that TrainingMonitor shows: data with what is broken in them, epochs, what is seen after each. The same as
// losslab/widgets/figures/training_run.py, bit for bit.

import { training as WORDS } from "../parts/shared.js";
import { drawsOf, makeTraining, startOf, weightsOf } from "./network.js";

const { levels: LEVELS, parts: PARTS, classes: CLASSES, streams: STREAMS } = WORDS;

const rounded = (x) => Math.floor(x + 0.5);
const upTo = (n) => Float64Array.from({ length: n }, (_, i) => i);

const held = new WeakMap(); // by the bytes: unpacked once for all runs

/** Rows and classes of the bytes that losslab/widgets/parts/sets.py packs. */
function unpacked(bytes) {
  if (!held.has(bytes)) {
    const n = PARTS.reduce((sum, count) => sum + count);
    const columns = bytes.length / n - 1;
    const X = Float64Array.from({ length: n * columns }, (_, i) => bytes[(i % columns) * n + Math.floor(i / columns)] / LEVELS);
    held.set(bytes, { columns, row: (i) => X.subarray(i * columns, (i + 1) * columns), labels: bytes.subarray(columns * n) });
  }
  return held.get(bytes);
}

/** Which rows are trained on, validated and tested with, and the label that each has there. */
function samplesOf({ labels }, { trainSize, noise, leak, shuffle }, { order, uniform }) {
  const [first, second, third] = PARTS;
  const places = order(STREAMS.split, first + second + third);
  const sample = (row) => ({ row, label: labels[row] });
  let train = Array.from(places.subarray(0, trainSize), sample);
  const validation = Array.from(places.subarray(first, first + second), sample);
  const test = Array.from(places.subarray(first + second), sample);
  const others = uniform(STREAMS.others, trainSize);
  for (const i of order(STREAMS.flipped, trainSize).subarray(0, rounded(noise * trainSize))) {
    train[i].label = (train[i].label + Math.floor(others[i] * (CLASSES - 1)) + 1) % CLASSES;
  }
  if (!shuffle) train = train.sort((a, b) => a.label - b.label);
  const among = order(STREAMS.leaked, trainSize);
  for (let i = 0; i < rounded(leak * second); i += 1) validation[i] = train[among[i % trainSize]];
  return { train, validation, test };
}

/** `settings`: loss and optimiser as `makeTraining` takes them, width, learningRate, batchSize, noise, leak, shuffle,
 *  epochs, trainSize, seed. `work()` is a generator that does a little at each turn, and says "epoch" at the end of each. */
export function makeRun(wasm, bytes, settings) {
  const { width, learningRate, epochs, trainSize, shuffle, seed } = settings;
  const data = unpacked(bytes);
  const draws = drawsOf(wasm, seed);
  const { train, validation, test } = samplesOf(data, settings, draws);
  const all = [...train, ...validation, ...test];
  const X = new Float64Array(all.length * data.columns);
  all.forEach(({ row }, i) => X.set(data.row(row), i * data.columns));
  const rows = upTo(all.length);
  const sets = { train: rows.subarray(0, trainSize), validation: rows.subarray(trainSize, trainSize + validation.length), test: rows.subarray(trainSize + validation.length) };

  const sizes = [data.columns, width, CLASSES];
  const theta = startOf(sizes, (n) => draws.uniform(STREAMS.start, n));
  const state = { theta, memory: new Float64Array(settings.optimiser.slots * weightsOf(sizes)), t: 0 };
  const network = makeTraining(wasm, { ...settings, sizes, activation: "relu", X, y: Float64Array.from(all, ({ label }) => label), state });
  const size = Math.min(settings.batchSize, trainSize);
  const seen = { train: [], validation: [], test: null, lengths: [], diverged: false, done: false };

  function* look() {
    for (const name of ["train", "validation"]) seen[name].push(yield* network.look(sets[name]));
  }
  function* epoch(number) {
    const order = shuffle ? draws.order(STREAMS.epochs + number, trainSize) : sets.train;
    for (let begin = 0; begin < trainSize; begin += size) {
      // The last batch is divided by the size of the others: all samples count the same.
      const { loss, length } = network.step(order.subarray(begin, begin + size), size, learningRate);
      seen.lengths.push(length);
      seen.diverged = !Number.isFinite(loss + length);
      if (seen.diverged) return;
      yield "step";
    }
    yield* look();
  }
  return {
    seen, start: theta, steps: Math.ceil(trainSize / size), weights: network.weights,
    /** What is seen before the first step. */
    begin() {
      const turns = look();
      while (!turns.next().done);
    },
    * work() {
      for (let number = 0; number < epochs && !seen.diverged; number += 1) {
        yield* epoch(number);
        if (!seen.diverged && number + 1 < epochs) yield "epoch";
      }
      seen.test = yield* network.look(sets.test);
      seen.done = true;
      yield "epoch";
    },
  };
}
