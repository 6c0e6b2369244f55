// The WebAssembly back end: the package's own kernels, compiled from the same Python source.

export async function wasmBackend(bytes, losses) {
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { exports } = instance;
  const { memory } = exports;
  const base = Math.ceil((exports.__heap_base?.value ?? 1024) / 16) * 16;
  const order = new Map(losses.map((spec) => [spec.name, spec.parameters.map((p) => p.name)]));

  // Every call uses the memory from the heap base upwards afresh: nothing to free.
  function room(doubles) {
    const missing = base + 8 * doubles - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return new Float64Array(memory.buffer, base, doubles);
  }
  const at = (offset) => base + 8 * offset;
  const values = (name, parameters) => order.get(name).map((key) => parameters[key]);

  return {
    has: (name) => order.has(name) && `${name}__curve` in exports,

    curve(name, parameters, y, f) {
      const n = y.length;
      const p = values(name, parameters);
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

    fitLine(name, parameters, x, y, steps, start) {
      const n = x.length;
      const p = values(name, parameters);
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
