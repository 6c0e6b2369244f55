// What the stub of a notebook calls: all figures in one module, asked from Python once.

import modules from "all-figures"; // made by bundle.mjs
import { mount as mountFigure } from "./mount.js";
import { bytesFromPython } from "./numbers/compute.js";

export { makeLibrary } from "./numbers/wasm.js";

const FIGURES = Object.fromEntries(Object.values(modules).map(({ default: figure }) => [figure.name, figure]));

/** Draws the figure that `model` describes into `el`. */
export function mount({ el, model, library }) {
  return mountFigure({ figure: FIGURES[model.get("figure")], el, model, library, getBytes: bytesFromPython(model) });
}
