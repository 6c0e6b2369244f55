// The WebAssembly back end: the package's own kernels, compiled from the same Python source.
// There is one module for each file of losses, and a page gets those that its readers look at.

const SPARE = 16; // numbers that a kernel of rows may use beyond those of its row
const ANSWER = 11; // where plane_step leaves it, see losslab/training/plane.py

/** What all figures of a page share: the losses that are known, and the modules that are here. */
export const makeLibrary = (losses) => ({ losses, modules: new Map() });

/** The kernels for one figure; `getBytes(module)` promises a module. A result is there at once when
 *  its module is, and a promise before. */
export function wasmBackend(library, getBytes) {
  const specs = new Map(library.losses.map((spec) => [spec.name, spec]));

  function load(module) {
    let entry = library.modules.get(module);
    if (!entry) {
      entry = { asked: new Set(), kernels: null };
      entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
      library.modules.set(module, entry);
    }
    // Whoever is answered first serves all figures: the one that asked first may be gone by now.
    if (!entry.kernels && !entry.asked.has(getBytes)) {
      entry.asked.add(getBytes);
      getBytes(module).then((bytes) => WebAssembly.instantiate(bytes, {})).then(
        ({ instance }) => {
          entry.kernels ??= callsOf(instance.exports);
          entry.resolve(entry.kernels);
        },
        (error) => {
          if (entry.kernels) return;
          if (library.modules.get(module) === entry) library.modules.delete(module); // the next to ask tries again
          entry.reject(error);
        },
      );
    }
    return entry.promise;
  }

  /** Calls `call(kernels of each module…)`: at once, or when they have come. */
  function use(modules, call) {
    const kernels = modules.map((module) => library.modules.get(module)?.kernels);
    if (kernels.every(Boolean)) return call(...kernels);
    return Promise.all(modules.map(load)).then(
      (all) => call(...all),
      (error) => ({ error: `It cannot be computed here (${error.message}).` }),
    );
  }
  const moduleOf = (name) => specs.get(name).module;
  const values = (name, parameters) => specs.get(name).parameters.map((p) => parameters[p.name]);

  return {
    has: (name) => specs.has(name),
    /** Resolves when all these losses, and what else a figure needs, can be computed at once. */
    prepare: (names, modules) =>
      Promise.all([...names.filter((name) => specs.has(name)).map(moduleOf), ...modules].map(load)),
    curve: (name, parameters, y, f) =>
      use([moduleOf(name)], (kernels) => kernels.curve(name, values(name, parameters), y, f)),
    rows: (name, parameters, y, f, k, vector) =>
      use([moduleOf(name)], (kernels) => kernels.rows(name, values(name, parameters), y, f, k, vector)),
    batch: (name, parameters, question, vector) =>
      use([moduleOf(name)], (kernels) => kernels.batch(name, values(name, parameters), question, vector) ?? {
        error: `y_true must hold ${specs.get(name).needs || "legal targets"}`,
      }),
    fitLine: (name, parameters, x, y, steps, start) =>
      use([moduleOf(name)], (kernels) => kernels.fitLine(name, values(name, parameters), x, y, steps, start)),
    fitPlane: (name, parameters, x, y, ridge, steps) =>
      use(["plane", moduleOf(name)], (plane, kernels) => {
        const p = values(name, parameters);
        return plane.fitPlane((f) => kernels.views(name, p, y, f), x, y.length, ridge, steps);
      }),
  };
}

/** The functions of one module as functions of arrays. */
function callsOf(exports) {
  const { memory } = exports;
  const base = Math.ceil(exports.__heap_base.value / 16) * 16;

  // Every call uses the memory from the heap base upwards afresh: nothing to free.
  function room(doubles) {
    const missing = base + 8 * doubles - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return new Float64Array(memory.buffer, base, doubles);
  }
  const at = (offset) => base + 8 * offset;

  /** Copies arrays to the heap, with room for others behind them; where each of both begins. */
  function lay(given, sizes) {
    const all = [...given.map((list) => Math.max(1, list.length)), ...sizes];
    const starts = all.map((_, i) => all.slice(0, i).reduce((sum, size) => sum + size, 0));
    const heap = room(starts.at(-1) + all.at(-1));
    given.forEach((list, i) => heap.set(list, starts[i]));
    return { heap, starts };
  }

  /** What `curve` returns, where the kernel has left it: good until the next call. */
  function views(name, p, y, f) {
    const n = y.length;
    const heap = room(5 * n + p.length);
    heap.set(y, 0);
    heap.set(f, n);
    heap.set(p, 2 * n);
    const out = 2 * n + p.length;
    exports[`${name}__curve`](at(0), at(n), n, at(2 * n), at(out));
    const column = (k) => heap.subarray(out + k * n, out + (k + 1) * n);
    return { value: column(0), gradient: column(1), curvature: column(2) };
  }

  return {
    views,
    curve(name, p, y, f) {
      const { value, gradient, curvature } = views(name, p, y, f);
      return { value: value.slice(), gradient: gradient.slice(), curvature: curvature.slice() };
    },

    rows(name, p, y, f, k, vector) {
      const n = f.length / k;
      const { heap, starts } = lay([y, f, vector, p], [y.length / n, k + SPARE, k + SPARE, 2 * k + SPARE, n, n * k]);
      const [yAt, fAt, vAt, pAt, ...rest] = starts.map(at);
      exports[`${name}__rows`](yAt, fAt, vAt, pAt, n, y.length / n, k, ...rest);
      const [value, gradient] = starts.slice(-2);
      return { value: heap.slice(value, value + n), gradient: heap.slice(gradient, gradient + n * k) };
    },

    /** Nothing if a batch is illegal. */
    batch(name, p, { y, f, n, k, scratch }, vector) {
      const count = f.length / (n * k);
      const m = y.length / n;
      const weights = new Float64Array(n).fill(1);
      const { heap, starts } = lay([y, f, vector, p, weights], [f.length, count, scratch, m, k]);
      const [yAt, fAt, vAt, pAt, wAt, gAt, valueAt, sAt, ...buffers] = starts.map(at);
      for (let b = 0; b < count; b += 1) {
        const skip = 8 * b * n * k;
        const illegal = exports[`${name}__batch`](yAt, fAt + skip, vAt, pAt, wAt, gAt + skip, valueAt + 8 * b, sAt, n, m, k, ...buffers);
        if (illegal) return null;
      }
      const [gradient, value] = starts.slice(5);
      return { value: heap.slice(value, value + count), gradient: heap.slice(gradient, gradient + f.length) };
    },

    fitPlane(evaluate, x, n, ridge, steps) {
      const d = x.length / n;
      // Where x, the weights, values, derivatives, scores and the memory of the method begin.
      const [w, value, derivative, f, memory] = [0, 1, 2, 3, 4].map((i) => x.length + i * n);
      const size = ANSWER + 8 * (d + 1) + (d + 1) ** 2;
      const heap = room(memory + size);
      heap.set(x, 0);
      heap.fill(1, w, w + n);
      heap.fill(0, f, memory + size);
      for (let k = 0; k < steps; k += 1) {
        const r = evaluate(heap.subarray(f, f + n));
        heap.set(r.value, value);
        heap.set(r.gradient, derivative);
        if (exports.plane_step(at(0), at(w), n, d, at(value), at(derivative), ridge, at(memory), at(f))) break;
      }
      const answer = memory + ANSWER;
      return { intercept: heap[answer], coefficients: heap.slice(answer + 1, answer + d + 1) };
    },

    fitLine(name, p, x, y, steps, start) {
      const n = x.length;
      const heap = room(3 * n + p.length + 6);
      heap.set(x, 0);
      heap.set(y, n);
      heap.fill(1, 2 * n, 3 * n);
      heap.set(p, 3 * n);
      const out = 3 * n + p.length;
      heap.fill(0, out, out + 6);
      heap[out + 4] = start[0];
      heap[out + 5] = start[1];
      exports[`${name}__fit_line`](at(0), at(n), at(2 * n), n, at(3 * n), steps, at(out));
      return { intercept: heap[out], slope: heap[out + 1], value: heap[out + 2], gradientNorm: heap[out + 3] };
    },
  };
}
