// At the end of a chapter: what was answered, to keep as a file or to forget; and whether pages ask at all.

import { h } from "../parts/dom.js";
import { answers, forgetAll, table } from "./memory.js";

const KEY = "losslab-show";

/** Whether the reader wants everything shown at once. */
export const allShown = () => !document.documentElement.classList.contains("asks");

function setAllShown(shown) {
  try {
    if (shown) localStorage.setItem(KEY, "all");
    else localStorage.removeItem(KEY);
  } catch { /* refused: for this page only */ }
  location.reload();
}

function save() {
  const link = h("a", { href: URL.createObjectURL(new Blob(["\ufeff", table()], { type: "text/csv" })), download: "answers.csv" });
  link.click();
  URL.revokeObjectURL(link.href);
}

export function panel() {
  const article = document.querySelector(".bd-article");
  if (!article?.querySelector(".losslab-box:not(.losslab-objectives)")) return;
  const count = h("span", {});
  const say = () => {
    const n = answers().length;
    count.textContent = n ? `You have answered ${n} ${n === 1 ? "question" : "questions"} of this book in this browser.` : "Your answers stay in this browser.";
  };
  const show = h("input", { type: "checkbox", id: "losslab-show-all", onchange: () => setAllShown(show.checked) });
  show.checked = allShown();
  const keep = h("button", { type: "button", onclick: save }, "Save them as a table");
  const clear = h("button", { type: "button", onclick: () => { forgetAll(); location.reload(); } }, "Forget them");
  document.addEventListener("visibilitychange", say);
  article.append(h("aside", { class: "ll-answers", "aria-label": "Your answers" }, count, " ", keep, " ", clear, " ",
    h("label", {}, show, " Show everything at once, ask nothing")));
  say();
  article.addEventListener("click", () => setTimeout(say));
}
