// A sentence of the chapter that sets the state of a figure beside it, with one step back: {act} of the book.

import { h } from "./parts/dom.js";

/** The live figure next to a button, in the order of the page. */
function beside(button, figures, where) {
  const side = where === "below" ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const found = figures.filter(({ el }) => button.compareDocumentPosition(el) & side);
  return where === "below" ? found[0] : found.at(-1);
}

/** A copy of `value` in which the place that the path names, such as [5][1], holds `leaf`. */
function changed(value, path, leaf) {
  if (!path.length) return leaf;
  const copy = [...value];
  copy[path[0]] = changed(value[path[0]], path.slice(1), leaf);
  return copy;
}

/** Brings the page's acts to life. `put(figure)` draws a figure anew from its model. */
export function acts(figures, put) {
  for (const button of document.querySelectorAll("button.losslab-act")) {
    const figure = beside(button, figures, button.dataset.where);
    if (!figure) continue;
    button.disabled = false;
    button.addEventListener("click", () => act(figure, button, put));
  }
}

async function act(figure, button, put) {
  const { model, el } = figure;
  const before = new Map();
  for (const [name, path, leaf] of JSON.parse(button.dataset.set)) {
    if (!before.has(name)) before.set(name, model.get(name));
    model.set(name, changed(model.get(name), path, leaf));
  }
  await put(figure);
  const back = h("button", { type: "button", class: "ll-button" }, "Take it back");
  const note = h("p", { class: "ll-acted", role: "status" }, `Set by the text: ${button.textContent}. `, back);
  el.append(note);
  back.addEventListener("click", async () => {
    for (const [name, value] of before) model.set(name, value);
    await put(figure);
    button.focus();
  });
  el.scrollIntoView({ block: "nearest" });
}
