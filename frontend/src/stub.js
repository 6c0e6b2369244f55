// All that a notebook stores of a figure's code. The rest is asked from Python, once per page and version.

const shelf = (globalThis.__losslab ??= {});

function ask(model) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), 20000);
    const onMessage = async (message, buffers) => {
      if (message.type !== "assets") return;
      model.off("msg:custom", onMessage);
      clearTimeout(timer);
      const bytes = buffers.map((b) => new Uint8Array(b.buffer ?? b, b.byteOffset ?? 0, b.byteLength));
      const url = URL.createObjectURL(new Blob([bytes[0]], { type: "text/javascript" }));
      try {
        const runtime = await import(url);
        resolve({ runtime, library: await runtime.load({ wasm: bytes[1], losses: message.losses }) });
      } catch (error) {
        reject(error);
      } finally {
        URL.revokeObjectURL(url);
      }
    };
    model.on("msg:custom", onMessage);
    model.send({ type: "assets" });
  });
}

async function render({ model, el }) {
  const version = model.get("_losslab");
  shelf[version] ??= ask(model);
  try {
    const { runtime, library } = await shelf[version];
    return runtime.mount({ el, model, library });
  } catch {
    delete shelf[version];
    el.textContent = `${model.get("alt")} (This figure is live once its cell has been run.)`;
    return undefined;
  }
}

export default { render };
