// The WebAssembly back end: the package's own kernels, compiled from the same Python source.
// There is one module for each file of losses, and a page gets those that its readers look at.

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

  function run(name, parameters, call) {
    const { module, parameters: known } = specs.get(name);
    const now = (kernels) => call(kernels, known.map((p) => parameters[p.name]));
    const kernels = library.modules.get(module)?.kernels;
    if (kernels) return now(kernels);
    return load(module).then(now, (error) => ({ error: `It cannot be computed here (${error.message}).` }));
  }

  return {
    has: (name) => specs.has(name),
    /** Resolves when all these losses can be computed at once. */
    prepare: (names) => Promise.all(names.filter((name) => specs.has(name)).map((name) => load(specs.get(name).module))),
    curve: (name, parameters, y, f) => run(name, parameters, (kernels, p) => kernels.curve(name, p, y, f)),
    fitLine: (name, parameters, x, y, steps, start) =>
      run(name, parameters, (kernels, p) => kernels.fitLine(name, p, x, y, steps, start)),
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

  return {
    curve(name, p, y, f) {
      const n = y.length;
      const heap = room(5 * n + p.length);
      heap.set(y, 0);
      heap.set(f, n);
      heap.set(p, 2 * n);
      const out = 2 * n + p.length;
      exports[`${name}__curve`](at(0), at(n), n, at(2 * n), at(out));
      return {
        value: heap.slice(out, out + n),
        gradient: heap.slice(out + n, out + 2 * n),
        curvature: heap.slice(out + 2 * n, out + 3 * n),
      };
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
