// What the stub and the static page call: puts a figure into an element.

import css from "./style.css";
import batchExplorer from "./figures/batch-explorer.js";
import bowlExplorer from "./figures/bowl-explorer.js";
import { kernelBackend, kernelsFromPython, makeCompute } from "./numbers/compute.js";
import countExplorer from "./figures/count-explorer.js";
import directionExplorer from "./figures/direction-explorer.js";
import fitExplorer from "./figures/fit-explorer.js";
import { fromLink } from "./parts/items.js";
import lossExplorer from "./figures/loss-explorer.js";
import marginExplorer from "./figures/margin-explorer.js";
import penaltyExplorer from "./figures/penalty-explorer.js";
import rowExplorer from "./figures/row-explorer.js";
import scoreExplorer from "./figures/score-explorer.js";
import simplexExplorer from "./figures/simplex-explorer.js";
import { wasmBackend } from "./numbers/wasm.js";
import weightsExplorer from "./figures/weights-explorer.js";

export { makeLibrary } from "./numbers/wasm.js";

const FIGURES = Object.fromEntries([
  lossExplorer, fitExplorer, bowlExplorer, marginExplorer, simplexExplorer, countExplorer, scoreExplorer, rowExplorer, batchExplorer,
  penaltyExplorer, directionExplorer, weightsExplorer,
].map((figure) => [figure.name, figure]));

function addStyle(doc) {
  let style = doc.querySelector("style[data-losslab]");
  if (!style) {
    style = doc.createElement("style");
    style.dataset.losslab = "";
    doc.head.append(style);
  }
  if (style.textContent !== css) style.textContent = css;
}

/** Gets the kernels of the losses that a figure is going to show. */
export function prepare({ model, library, share = null, getBytes }) {
  const { needs = {} } = FIGURES[model.get("figure")];
  const shelf = model.get("shelf");
  const linked = fromLink(share?.read()?.losses ?? "", library.shelves[shelf]);
  const shown = [...model.get("losses"), ...linked].map((entry) => entry.name);
  // What a figure computes whatever losses it shows: other losses, other modules.
  const { losses = [], modules = [] } = needs;
  return wasmBackend(library, getBytes, shelf).prepare([...shown, ...losses], modules);
}

/** Draws the figure that `model` describes into `el`, once its kernels are here; until then `el`
 *  keeps its picture. Promises the figure's clean-up function. */
export async function mount({ el, model, library, share = null, getBytes = kernelsFromPython(model) }) {
  await prepare({ model, library, share, getBytes });
  addStyle(el.ownerDocument);
  const name = model.get("figure");
  const root = el.ownerDocument.createElement("div");
  root.className = "ll-root";
  const figure = el.closest("figure.losslab-figure") ?? el;
  figure.classList.add("losslab-figure");
  figure.dataset.figure = name;
  if (figure === el && el.tagName !== "FIGURE") figure.setAttribute("role", "figure");
  figure.setAttribute("aria-label", model.get("alt"));
  el.replaceChildren(root);
  const shelf = model.get("shelf");
  const compute = makeCompute(wasmBackend(library, getBytes, shelf), kernelBackend(model));
  return FIGURES[name].draw({
    el: root, model, compute, share, manifest: library.shelves[shelf], drawn: () => { figure.dataset.ready = "true"; },
  });
}
