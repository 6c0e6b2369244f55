// A sentence of the chapter that sets the state of a figure beside it: {act} of the book.

/** The live figure next to some words, in the order of the page. */
function beside(words, figures, where) {
  const side = where === "below" ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const found = figures.filter(({ el }) => words.compareDocumentPosition(el) & side);
  return where === "below" ? found[0] : found.at(-1);
}

/**
 * Brings the page's acts to life. `put(figure)` draws a figure from its model.
 *
 * They are words made a button, since an element `button` is never broken into lines as words are.
 */
export function acts(figures, put) {
  for (const words of document.querySelectorAll(".losslab-act")) {
    const figure = beside(words, figures, words.dataset.where);
    if (!figure) continue;
    words.role = "button";
    words.tabIndex = 0;
    words.addEventListener("click", () => act(figure, words, put));
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault(); // the space bar would scroll
      act(figure, words, put);
    });
  }
}

/** Sets the figure as the words say; its own Undo takes that back. */
async function act(figure, words, put) {
  const root = () => figure.el.querySelector(".ll-root");
  if (!root()) await put(figure); // behind a question that is not answered yet
  root()?.dispatchEvent(new CustomEvent("losslab-set", { detail: JSON.parse(words.dataset.set) }));
  figure.el.scrollIntoView({ block: "nearest" });
}
