// An exercise whose answer is a number, an option or a short formula: the page checks it.

import { h } from "../parts/dom.js";
import { read, parse, words } from "./box.js";
import { formula } from "./formula.js";
import { hint, isAnswer } from "./hints.js";
import { recall, remember } from "./memory.js";
import { quiz } from "./quiz.js";

/** Whether the number lies within the step of the answer, of which the page knows a digest; a hint if it does not. */
function checkNumber(text, spec, others) {
  const value = parse(text);
  if (Number.isNaN(value)) return { say: "A number is asked for, such as 3.5 or 1e-3." };
  const meant = text.includes("%") ? [value, value / 100] : [value];
  if (meant.some((number) => isAnswer(number, spec))) return { right: true };
  return { right: false, say: hint(meant.at(-1), spec, others) };
}

/** Whether a formula gives the numbers of the compiled loss. */
function checkFormula(text, { names, points }) {
  let evaluate;
  try {
    evaluate = formula(text, names);
  } catch (error) {
    return { say: error.message };
  }
  const off = points.find(({ at, value }) => !(Math.abs(evaluate(at) - value) <= 1e-6 * Math.max(1, Math.abs(value))));
  if (!off) return { right: true };
  const where = names.map((name, i) => `${name} = ${off.at[i]}`).join(", ");
  return { right: false, say: `At ${where} it gives ${Number(evaluate(off.at).toPrecision(4))}, which is not it.` };
}

function field(slot, spec, question, others) {
  const item = slot.closest("li");
  item.querySelector(".losslab-blank").remove();
  slot.remove();
  const label = words(item).replace(/[:=]\s*$/, "");
  const verdict = h("span", { class: "ll-verdict", role: "status" });
  const input = h("input", { type: "text", class: "ll-field", autocomplete: "off", spellcheck: "false", inputmode: spec.points ? "text" : "decimal", "aria-label": label });
  const key = `${question} [${label}]`;
  const unsaid = () => {
    verdict.textContent = "";
    delete verdict.dataset.right;
  };
  const check = () => {
    if (!input.value.trim()) return;
    const { right = false, say = "" } = spec.points ? checkFormula(input.value, spec) : checkNumber(input.value, spec, others);
    verdict.textContent = right ? "Right." : `Not yet. ${say}`.trim();
    verdict.dataset.right = String(right);
    remember(key, { said: input.value, truth: right ? "right" : "not yet" });
  };
  input.addEventListener("input", unsaid); // what was said of another answer
  input.addEventListener("change", check);
  (item.querySelector(":scope > p") ?? item).append(" ", input, " ", verdict);
  const before = recall(key);
  if (before) {
    input.value = before.said;
    check();
  }
  return check;
}

export function exercise(box) {
  const { answer, options, question } = read(box);
  if (options.length) {
    quiz(box);
    return;
  }
  const slots = [...box.querySelectorAll(".losslab-slot")];
  if (!slots.length) return;
  const list = slots[0].closest("ul");
  const specs = slots.map((slot) => JSON.parse(slot.textContent));
  const checks = slots.map((slot, i) => field(slot, specs[i], question, specs.filter((_, j) => j !== i)));
  list.classList.add("ll-fields");
  const form = h("form", { class: "ll-ask" });
  (answer ?? list).before(form);
  form.append(list, h("div", { class: "ll-actions" }, h("button", { type: "submit" }, "Check")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    checks.forEach((check) => check());
  });
}
