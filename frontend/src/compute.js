// One way to ask for numbers, two back ends: WebAssembly for the built-in losses,
// the reader's own Python kernel for a loss defined there.

/** Runs `fn` on a result that is either here already (wasm) or on its way (kernel). */
export function whenReady(result, fn) {
  if (typeof result?.then === "function") result.then((r) => r && fn(r));
  else if (result) fn(result);
}

/** Asks Python over the widget's messages. At most one question per key is on its way;
 *  of those that wait behind it only the newest is sent: a drag never builds a queue. */
export function kernelBackend(model) {
  if (typeof model?.send !== "function") return null;
  const busy = new Map();
  const waiting = new Map();
  // Two views of one figure share its messages: each knows its own questions.
  const me = Math.random().toString(36).slice(2);
  let serial = 0;

  const onMessage = (message, buffers) => {
    const call = busy.get(message.key);
    if (!call || message.id !== call.id) return;
    busy.delete(message.key);
    const next = waiting.get(message.key);
    waiting.delete(message.key);
    if (next) post(next);
    if (message.error) call.fail(message.error);
    else call.done(message, buffers);
  };
  model.on("msg:custom", onMessage);

  function post(call) {
    call.id = `${me}:${(serial += 1)}`;
    busy.set(call.key, call);
    model.send({ ...call.message, key: call.key, id: call.id }, undefined, call.buffers);
  }

  function ask(key, message, arrays, read) {
    return new Promise((resolve) => {
      const buffers = arrays.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength).slice().buffer);
      const done = (reply, back) => resolve(read(reply, (back ?? []).map(doubles)));
      const fail = (error) => resolve({ error });
      const call = { key, message, buffers, done, fail };
      if (!busy.has(key)) return post(call);
      waiting.get(key)?.done(null);
      waiting.set(key, call);
    });
  }

  return {
    curve: (key, name, parameters, y, f) =>
      ask(`curve:${key}`, { type: "curve", name, parameters }, [y, f], (reply, back) => reply && {
        value: back[0], gradient: back[1], curvature: back[2],
      }),
    fitLine: (key, name, parameters, x, y, start) =>
      ask(`fit:${key}`, { type: "fit", name, parameters, start }, [x, y], (reply) => reply && {
        intercept: reply.intercept, slope: reply.slope, value: reply.value, gradientNorm: reply.gradient_norm,
      }),
    rows: (key, name, parameters, y, f, k) =>
      ask(`rows:${key}`, { type: "rows", name, parameters, k }, [y, f], (reply, back) => reply && {
        value: back[0], gradient: back[1],
      }),
    batch: (key, name, parameters, { y, f, n, k }) =>
      ask(`batch:${key}`, { type: "batch", name, parameters, n, k }, [y, f], (reply, back) => reply && {
        value: back[0], gradient: back[1],
      }),
    fitPlane: (key, name, parameters, x, y, ridge) =>
      ask(`plane:${key}`, { type: "plane", name, parameters, ridge }, [x, y], (reply, back) => reply && {
        intercept: reply.intercept, coefficients: back[0],
      }),
    close: () => model.off("msg:custom", onMessage),
  };
}

/** Asks Python for the WebAssembly of one module of losses. */
export const kernelsFromPython = (model) => (module) => new Promise((resolve, reject) => {
  const onMessage = (message, buffers) => {
    if (message.type !== "kernels" || message.module !== module) return;
    model.off("msg:custom", onMessage);
    if (message.error) reject(new Error(message.error));
    else resolve(bytesOf(buffers[0]));
  };
  model.on("msg:custom", onMessage);
  model.send({ type: "kernels", module });
});

const bytesOf = (buffer) => (buffer instanceof DataView
  ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  : new Uint8Array(buffer));

const doubles = (buffer) => new Float64Array(bytesOf(buffer).slice().buffer);

export function makeCompute(wasm, kernel) {
  const missing = { error: "This loss was defined in Python: open the page as a notebook to compute it." };
  const here = (item) => !item.custom && wasm.has(item.name);
  return {
    /** Value, gradient and curvature of `item` at (y, f); `key` names the asker. */
    curve(item, y, f, key) {
      if (here(item)) return wasm.curve(item.name, item.parameters, y, f);
      return kernel ? kernel.curve(key, item.name, item.parameters, y, f) : missing;
    },
    /** Value and gradient of a loss of rows: k predictions a row in `f`, the targets' numbers in `y`. Those of
     *  its vector parameter, if it has one, are `item.numbers`. */
    rows(item, y, f, k, key) {
      if (here(item)) return wasm.rows(item.name, item.parameters, y, f, k, item.numbers ?? []);
      return kernel ? kernel.rows(key, item.name, item.parameters, y, f, k) : missing;
    },
    /** Value and gradient of batches of the same n samples: their targets' numbers are `y`, and `f` holds k predictions
     *  a sample, batch by batch. `scratch` is how much space kernels need for it. An illegal batch is an error. */
    batch(item, { y, f, n, k, scratch }, key) {
      if (here(item)) return wasm.batch(item.name, item.parameters, { y, f, n, k, scratch }, item.numbers ?? []);
      return kernel ? kernel.batch(key, item.name, item.parameters, { y, f, n, k }) : missing;
    },
    fitLine(item, x, y, steps, start, key) {
      if (here(item)) return wasm.fitLine(item.name, item.parameters, x, y, steps, start);
      return kernel ? kernel.fitLine(key, item.name, item.parameters, x, y, start) : missing;
    },
    /** Linear classifier of the points whose features lie row by row in `x`, with labels 0 and 1. */
    fitPlane(item, x, y, ridge, steps, key) {
      if (here(item)) return wasm.fitPlane(item.name, item.parameters, x, y, ridge, steps);
      return kernel ? kernel.fitPlane(key, item.name, item.parameters, x, y, ridge) : missing;
    },
    close: () => kernel?.close(),
  };
}
