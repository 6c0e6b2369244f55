// What the reader answered: kept in this browser only, by page and question.

const KEY = "losslab-answers";
let held = null;

function all() {
  if (held) return held;
  try {
    held = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    held = {}; // storage refused or spoiled: answers last as long as the page
  }
  return held;
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(all()));
  } catch { /* refused */ }
}

/** The last two parts of the address, wherever the book lies: part2/regression. */
const page = () => location.pathname.split("/").slice(-2).join("/").replace(/\.html$/, "");

const keyOf = (question) => `${page()}: ${question}`;

export const recall = (question) => all()[keyOf(question)];

/** Keeps an answer: { said, truth }, as texts. */
export function remember(question, answer) {
  all()[keyOf(question)] = { page: page(), question, when: new Date().toISOString(), ...answer };
  keep();
}

export function forget(question) {
  delete all()[keyOf(question)];
  keep();
}

export function forgetAll() {
  held = {};
  keep();
}

export const answers = () => Object.values(all());

const quoted = (text) => `"${String(text ?? "").replaceAll('"', '""')}"`;

/** All answers as a table that spreadsheets open. */
export function table() {
  const rows = answers().map(({ page: where, question, said, truth, when }) => [where, question, said, truth, when]);
  return [["page", "question", "you said", "it is", "when"], ...rows].map((row) => row.map(quoted).join(",")).join("\r\n");
}
