// All that a notebook stores of a figure's code. The rest is asked from Python, once per page and version.

const shelf = (globalThis.__losslab ??= {});

/** The figures' code and the losses they know. Whoever is answered first serves all figures of the page: the one that
 *  asked first may be gone, or its Python busy. */
function library(model, version) {
  const entry = (shelf[version] ??= {});
  entry.promise ??= new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
  if (entry.here) return entry.promise;
  const onMessage = async (message, buffers) => {
    if (message.type !== "assets") return;
    model.off("msg:custom", onMessage);
    if (entry.here) return;
    entry.here = true;
    const [code] = buffers;
    const bytes = new Uint8Array(code.buffer ?? code, code.byteOffset ?? 0, code.byteLength);
    const url = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
    try {
      const runtime = await import(url);
      entry.resolve({ runtime, library: runtime.makeLibrary(message.shelves) });
    } catch (error) {
      delete shelf[version];
      entry.reject(error);
    } finally {
      URL.revokeObjectURL(url);
    }
  };
  model.on("msg:custom", onMessage);
  model.send({ type: "assets" });
  return entry.promise;
}

async function render({ model, el }) {
  // While Python is busy with another cell, or not running, say what will be here.
  const patience = setTimeout(() => {
    el.textContent = `${model.get("alt")} (The figure appears when Python answers; if no kernel is running, run its cell.)`;
  }, 2000);
  try {
    const { runtime, library: losses } = await library(model, model.get("_losslab"));
    return await runtime.mount({ el, model, library: losses });
  } finally {
    clearTimeout(patience);
  }
}

export default { render };
