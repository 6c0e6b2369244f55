// Predict, then see: what answers the question stays closed until the reader says something, or asks to be shown.

import { h } from "../parts/dom.js";
import { read, words } from "./box.js";
import { control } from "./controls.js";
import { forget, recall, remember } from "./memory.js";
import { close, open, veilOf } from "./veil.js";

const SHOWN = "(shown)";

export function predict(box) {
  const parts = read(box);
  const veil = veilOf(box);
  const { answer, question, right } = parts;
  const asked = control(parts);
  const commit = h("button", { type: "submit", class: "ll-commit", disabled: true }, "That is my guess");
  const show = h("button", { type: "button", class: "ll-show" }, "Show me");
  const again = h("button", { type: "button", class: "ll-again" }, asked.element ? "Guess again" : "Close it again");
  const note = h("p", { class: "ll-note" }, veil ? "What answers it, below, opens then." : "The answer opens then.");
  const said = h("p", { class: "ll-said", role: "status" });
  const form = h("form", { class: "ll-ask" }, asked.element, h("div", { class: "ll-actions" }, commit, show, again, note));
  asked.onChange(() => { commit.disabled = asked.value() === null; });

  function closed() {
    asked.unlock();
    said.textContent = "";
    commit.disabled = asked.value() === null;
    if (answer) answer.hidden = true;
    for (const node of [show, note]) node.hidden = false;
    commit.hidden = !asked.element;
    again.hidden = true;
    if (veil) close(veil, () => opened(null));
  }

  function opened(value) {
    asked.lock(value);
    said.textContent = value === null ? "" : asked.compare(value, right);
    if (answer) Object.assign(answer, { hidden: false, open: true });
    for (const node of [commit, show, note]) node.hidden = true;
    again.hidden = false;
    if (veil) open(veil);
  }

  function settle(value) {
    remember(question, { said: value ?? SHOWN, truth: answer ? truthOf(answer) : "" });
    opened(value);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (asked.value() === null) return;
    settle(asked.value());
    again.focus({ preventScroll: true });
  });
  show.addEventListener("click", () => {
    settle(null);
    again.focus({ preventScroll: true });
  });
  again.addEventListener("click", () => {
    forget(question);
    closed();
    asked.focus();
  });
  box.classList.add("ll-asks");
  answer?.classList.add("ll-truth");
  if (answer) answer.before(form, said);
  else box.append(form, said);
  const before = recall(question);
  if (before) opened(before.said === SHOWN ? null : before.said);
  else closed();
}

/** The first paragraph of the answer, as a text. */
const truthOf = (answer) => words(answer.querySelector(":scope > p") ?? answer);
