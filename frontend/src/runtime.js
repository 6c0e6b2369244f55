// What the stub and the static page call: puts a figure into an element.

import css from "./style.css";
import { batchExplorer } from "./batch-explorer.js";
import { bowlExplorer } from "./bowl-explorer.js";
import { kernelBackend, kernelsFromPython, makeCompute } from "./compute.js";
import { countExplorer } from "./count-explorer.js";
import { fitExplorer } from "./fit-explorer.js";
import { fromLink } from "./items.js";
import { lossExplorer } from "./loss-explorer.js";
import { marginExplorer } from "./margin-explorer.js";
import { rowExplorer } from "./row-explorer.js";
import { scoreExplorer } from "./score-explorer.js";
import { simplexExplorer } from "./simplex-explorer.js";
import { wasmBackend } from "./wasm.js";

export { makeLibrary } from "./wasm.js";

const FIGURES = {
  "loss-explorer": lossExplorer, "fit-explorer": fitExplorer, "bowl-explorer": bowlExplorer, "margin-explorer": marginExplorer,
  "simplex-explorer": simplexExplorer, "count-explorer": countExplorer, "score-explorer": scoreExplorer,
  "row-explorer": rowExplorer, "batch-explorer": batchExplorer,
};
// What a figure computes whatever losses it shows: other losses, other modules.
const ALWAYS = { "fit-explorer": { losses: ["squared_error", "absolute_error"] }, "margin-explorer": { modules: ["plane"] }, "score-explorer": { losses: ["brier"] } };

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
  const linked = fromLink(share?.read()?.losses ?? "", library.losses);
  const shown = [...model.get("losses"), ...linked].map((entry) => entry.name);
  const { losses = [], modules = [] } = ALWAYS[model.get("figure")] ?? {};
  return wasmBackend(library, getBytes).prepare([...shown, ...losses], modules);
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
  const compute = makeCompute(wasmBackend(library, getBytes), kernelBackend(model));
  return FIGURES[name]({
    el: root, model, compute, share, manifest: library.losses, drawn: () => { figure.dataset.ready = "true"; },
  });
}
