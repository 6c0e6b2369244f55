// A sentence of the chapter that sets the state of a figure beside it: {act} of the book.

/** The live figure next to a button, in the order of the page. */
function beside(button, figures, where) {
  const side = where === "below" ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const found = figures.filter(({ el }) => button.compareDocumentPosition(el) & side);
  return where === "below" ? found[0] : found.at(-1);
}

/** Brings the page's acts to life. `put(figure)` draws a figure from its model. */
export function acts(figures, put) {
  for (const button of document.querySelectorAll("button.losslab-act")) {
    const figure = beside(button, figures, button.dataset.where);
    if (!figure) continue;
    button.disabled = false;
    button.addEventListener("click", () => act(figure, button, put));
  }
}

/** Sets the figure as the words say; its own Undo takes that back. */
async function act(figure, button, put) {
  const root = () => figure.el.querySelector(".ll-root");
  if (!root()) await put(figure); // behind a question that is not answered yet
  root()?.dispatchEvent(new CustomEvent("losslab-set", { detail: JSON.parse(button.dataset.set) }));
  figure.el.scrollIntoView({ block: "nearest" });
}
