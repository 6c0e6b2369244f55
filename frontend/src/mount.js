// Puts a figure into an element, in a notebook and in a static page alike.

import css from "./style.css";
import { kernelBackend, makeCompute } from "./numbers/compute.js";
import { fromLink } from "./parts/items.js";
import { wasmBackend } from "./numbers/wasm.js";

function addStyle(doc) {
  let style = doc.querySelector("style[data-losslab]");
  if (!style) {
    style = doc.createElement("style");
    style.dataset.losslab = "";
    doc.head.append(style);
  }
  if (style.textContent !== css) style.textContent = css;
}

/** Gets the kernels of the losses that a figure is going to show; what its code needs besides, once that is here. */
export function prepare({ figure = {}, model, library, share = null, getBytes }) {
  const shelf = model.get("shelf");
  const linked = fromLink(share?.read()?.losses ?? "", library.shelves[shelf]);
  const shown = [...model.get("losses"), ...linked].map((entry) => entry.name);
  // What a figure computes whatever losses it shows: other losses, other modules.
  // What it shows from other shelves stands in traits of their names.
  const { losses = [], modules = [], shelves = [] } = figure.needs ?? {};
  const named = shelves.flatMap((other) => model.get(other).map(({ name }) => library.shelves[other].find((spec) => spec.name === name).module));
  return wasmBackend(library, getBytes, shelf).prepare([...shown, ...losses], [...modules, ...named]);
}

/** Draws the figure that `model` describes into `el`, once its kernels are here; until then `el`
 *  keeps its picture. Promises the figure's clean-up function. */
export async function mount({ figure, el, model, library, share = null, getBytes }) {
  await prepare({ figure, model, library, share, getBytes });
  addStyle(el.ownerDocument);
  const root = el.ownerDocument.createElement("div");
  root.className = "ll-root";
  const frame = el.closest("figure.losslab-figure") ?? el;
  frame.classList.add("losslab-figure");
  frame.dataset.figure = figure.name;
  if (frame === el && el.tagName !== "FIGURE") frame.setAttribute("role", "figure");
  frame.setAttribute("aria-label", model.get("alt"));
  el.replaceChildren(root);
  const shelf = model.get("shelf");
  const compute = makeCompute(wasmBackend(library, getBytes, shelf), kernelBackend(model));
  return figure.draw({
    el: root, model, compute, share, manifest: library.shelves[shelf], shelves: library.shelves,
    getData: async (name) => new Uint8Array(await getBytes(name, "data")), // large: a figure waits until it is used
    drawn: () => { frame.dataset.ready = "true"; },
  });
}
