// A question with options: each has a sentence of its own, shown where it is clicked.

import { h, uid } from "../parts/dom.js";
import { read, remarks } from "./box.js";
import { recall, remember } from "./memory.js";

export function quiz(box) {
  const { answer, options, right, question } = read(box);
  if (!answer || !options.length) return;
  const said = remarks(answer);
  const list = options[0].item.parentElement;
  list.classList.add("ll-options");
  const looked = new Set();

  function choose(letter, moved = true) {
    looked.add(letter);
    for (const each of choices) each.set(looked.has(each.letter), each.letter === letter);
    if (moved) remember(question, { said: recall(question)?.said ?? letter, truth: right });
  }

  const choices = options.map(({ letter, item }) => {
    const isRight = letter === right;
    const mark = h("span", { class: "ll-mark" }, isRight ? "Yes. " : "No. ");
    const remark = h("div", { class: "ll-remark", "data-right": isRight ? "true" : undefined, id: uid("remark") }, mark, ...bare(said.get(letter), letter));
    const text = h("span", { class: "ll-option-text" });
    const button = h("button", { type: "button", class: "ll-option", "aria-expanded": "false", "aria-controls": remark.id, onclick: () => choose(letter) }, text);
    const paragraph = item.querySelector(":scope > p");
    text.append(...(paragraph ? paragraph.childNodes : item.childNodes));
    paragraph?.remove();
    item.prepend(button);
    item.append(h("div", { role: "status" }, remark));
    const set = (open, current) => {
      remark.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      item.classList.toggle("ll-right", open && isRight);
      item.classList.toggle("ll-wrong", open && !isRight);
      item.classList.toggle("ll-current", current);
    };
    set(false, false);
    return { letter, set };
  });
  answer.remove(); // every sentence of it stands with its option now
  const before = recall(question);
  if (before) choose(before.said, false);
}

/** Copies of the nodes, without the letter that the first begins with. */
function bare(nodes = [], letter) {
  const copies = nodes.map((node) => node.cloneNode(true));
  const first = copies.find((node) => node.nodeType === Node.ELEMENT_NODE);
  const bold = first?.matches("strong") ? first : first?.querySelector("strong");
  if (bold?.textContent.trim().replace(/\.$/, "") === letter) bold.remove();
  return copies;
}
