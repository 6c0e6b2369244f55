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
    if (message.error) call.done({ error: message.error });
    else call.done(byName(message.answers, (buffers ?? []).map(doubles)));
  };
  model.on("msg:custom", onMessage);

  function post(call) {
    call.id = `${me}:${(serial += 1)}`;
    busy.set(call.key, call);
    model.send({ ...call.message, key: call.key, id: call.id }, undefined, call.buffers);
  }

  return {
    /** Asks for the answers to `question`: a loop, or what a figure's Python side answers besides. */
    ask(question, name, parameters, given, key) {
      const arrays = Object.keys(given).filter((each) => typeof given[each] === "object");
      const numbers = Object.fromEntries(Object.entries(given).filter(([each]) => !arrays.includes(each)));
      const buffers = arrays.map((each) => Float64Array.from(given[each]).buffer);
      const message = { type: "run", question, name, parameters, arrays, numbers };
      return new Promise((resolve) => {
        const call = { key: `${question}:${key}`, message, buffers, done: resolve };
        if (!busy.has(call.key)) return post(call);
        waiting.get(call.key)?.done(null);
        waiting.set(call.key, call);
      });
    },
    close: () => model.off("msg:custom", onMessage),
  };
}

/** Asks Python for what was built: the WebAssembly of one module, or a set of data. */
export const bytesFromPython = (model) => (name, kind = "kernels") => new Promise((resolve, reject) => {
  const onMessage = (message, buffers) => {
    if (message.type !== kind || message.name !== name) return;
    model.off("msg:custom", onMessage);
    if (message.error) reject(new Error(message.error));
    else resolve(bytesOf(buffers[0]));
  };
  model.on("msg:custom", onMessage);
  model.send({ type: kind, name });
});

const bytesOf = (buffer) => (buffer instanceof DataView
  ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  : new Uint8Array(buffer));

const doubles = (buffer) => new Float64Array(bytesOf(buffer).slice().buffer);

const byName = (names, values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));

export function makeCompute(wasm, kernel) {
  const missing = { error: "It was defined in Python: open the page as a notebook to compute it." };
  const here = (item) => !item.custom && wasm.has(item.name);
  const ask = (question, item, given, key) => (kernel ? kernel.ask(question, item.name, item.parameters, given, key) : missing);
  return {
    /** The answers of a loop around the kernels of `item`, by name, or an error; `key` names the asker. */
    run(loop, item, given, key) {
      if (here(item)) return wasm.run(item.name, loop, given, item.parameters, item.vectors);
      return ask(loop, item, given, key);
    },
    /** The answers of a loop that calls no kernel of a loss, in a module. */
    alone: (loop, module, given) => wasm.use([], [module], () => wasm.runAlone(loop, given, module)),
    /** The answers to what several loops answer together: `compute(wasm)` here, `question` where the loss is. */
    together(question, item, modules, compute, given, key) {
      if (here(item)) return wasm.use([item.name], modules, () => compute(wasm));
      return ask(question, item, given, key);
    },
    close: () => kernel?.close(),
  };
}
