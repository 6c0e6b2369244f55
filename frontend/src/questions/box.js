// What a box says, read from the page: question, options, and the answer in its fold.

const isOption = /^\s*([a-z])\.\s/;

/** The options of a list whose items begin with a bold letter: [{ letter, item, text }]. */
function lettered(list) {
  const items = [...(list?.children ?? [])].map((item) => ({ letter: item.querySelector("strong")?.textContent.replace(".", ""), item, text: item.textContent.trim() }));
  return items.every(({ text }) => isOption.test(text)) ? items : [];
}

/** A box of the chapter. `answer` is the fold, `right` the bold beginning of what it says. */
export function read(box) {
  const answer = box.querySelector(":scope > details.solution");
  const options = lettered(box.querySelector(":scope > ul"));
  const right = answer?.querySelector("strong")?.textContent.trim().replace(/\.$/, "") ?? "";
  const ask = JSON.parse(box.querySelector(":scope > .losslab-ask")?.textContent ?? "null");
  const question = [...box.querySelectorAll(":scope > p")].map((p) => words(p)).join(" ").trim();
  return { box, answer, options, right, ask, question };
}

/** The text of an element as one reads it: formulas once, not with what screen readers are given besides. */
export function words(element) {
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll(".katex-mathml, .headerlink, .losslab-curve")) extra.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/** What the answer says of each option, by letter: nodes, in place for good. */
export function remarks(answer) {
  const found = new Map();
  const first = answer?.querySelector(":scope > p");
  if (first?.querySelector("strong")) found.set(letterOf(first), [first, ...followers(first)]);
  for (const item of answer?.querySelectorAll(":scope > ul > li") ?? []) if (isOption.test(item.textContent)) found.set(letterOf(item), [...item.childNodes]);
  return found;
}

const letterOf = (element) => element.querySelector("strong").textContent.trim().replace(/\.$/, "");

/** What follows the first paragraph, up to the remarks on other options. */
function followers(first) {
  const all = [];
  for (let next = first.nextElementSibling; next && next.tagName !== "UL"; next = next.nextElementSibling) all.push(next);
  return all;
}

/** Text of a number, as a reader or a page writes it; NaN if it is none. */
export function parse(text) {
  const plain = text.trim().replace(/[\u2212\u2013]/g, "-").replace(/[\u202f\u00a0\s]/g, "").replace(/(\d),(?=\d{3}(\D|$))/g, "$1").replace(",", ".");
  const found = plain.match(/^[^\d.+-]*([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)/i);
  const fraction = plain.match(/^([+-]?\d+)\/(\d+)$/);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  return found ? Number(found[1]) : NaN;
}
