// What the stub and the static page call: puts a figure into an element.

import css from "./style.css";
import { bowlExplorer } from "./bowl-explorer.js";
import { kernelBackend, makeCompute } from "./compute.js";
import { fitExplorer } from "./fit-explorer.js";
import { lossExplorer } from "./loss-explorer.js";
import { wasmBackend } from "./wasm.js";

const FIGURES = { "loss-explorer": lossExplorer, "fit-explorer": fitExplorer, "bowl-explorer": bowlExplorer };

function addStyle(doc) {
  let style = doc.querySelector("style[data-losslab]");
  if (!style) {
    style = doc.createElement("style");
    style.dataset.losslab = "";
    doc.head.append(style);
  }
  if (style.textContent !== css) style.textContent = css;
}

/** Instantiates the kernels once; `assets` is {wasm: bytes, losses: manifest}. */
export async function load(assets) {
  return { wasm: await wasmBackend(assets.wasm, assets.losses), losses: assets.losses };
}

/** Draws the figure that `model` describes into `el`; returns its clean-up function. */
export function mount({ el, model, library, share = null }) {
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
  const compute = makeCompute(library.wasm, kernelBackend(model));
  return FIGURES[name]({
    el: root, model, compute, share, manifest: library.losses, drawn: () => { figure.dataset.ready = "true"; },
  });
}
