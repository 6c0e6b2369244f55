// The losses in a figure: what is shown of each, its parameters, and how the set is written down.

import { number, plain, shortTitle, symbol } from "./format.js";
import { spare } from "./shared.js";

/** The horizontal axis of a set of losses: a prediction as soon as one needs more than the residual. */
export function axisOf(specs) {
  return specs.some((spec) => spec.axis === "prediction") ? "prediction" : specs[0]?.axis;
}

/** Whether a loss can join a figure drawn over `axis`. */
export const fits = (spec, axis) => spec.axis === axis || (axis === "prediction" && spec.axis === "residual");

export function makeItems(list, manifest) {
  const known = new Map(manifest.map((spec) => [spec.name, spec]));
  const items = [];
  for (const entry of list) {
    const spec = entry.spec ?? known.get(entry.name);
    if (!spec) continue;
    const item = makeItem(spec, entry.parameters, Boolean(entry.spec), items);
    if (entry.vectors) item.vectors = entry.vectors; // its vector parameters, as the kernels take them
    items.push(item);
  }
  return items;
}

export function makeItem(spec, parameters, custom, others) {
  const defaults = Object.fromEntries(spec.parameters.map((p) => [p.name, p.default]));
  for (const { name, example } of spec.vectors ?? []) defaults[name] = example;
  const item = { name: spec.name, spec, custom, shown: true, parameters: { ...defaults, ...parameters } };
  // The same loss twice, or two losses with one style: the second gets another dash.
  const style = spec.style ?? {};
  const taken = others.filter((o) => o.spec.style?.colour === style.colour).map((o) => o.spec.style?.dash);
  if (taken.includes(style.dash)) {
    const dash = spare.find((d) => !taken.includes(d)) ?? style.dash;
    item.spec = { ...spec, style: { ...style, dash } };
  }
  let n = others.filter((o) => o.name === spec.name).length;
  item.key = n ? `${spec.name}~${n + 1}` : spec.name;
  item.initial = { ...item.parameters };
  return item;
}

/** "Huber", or "Huber δ 0.5" where the name alone would not tell two curves apart. */
export function labelOf(item, items) {
  const short = shortTitle(item.spec.title);
  if (items.filter((o) => o.name === item.name).length < 2) return short;
  const values = item.spec.parameters.map((p) => `${symbol(p.name)} ${plain(item.parameters[p.name])}`);
  return [short, ...values].join(" ");
}

/** Where Python gets what the figure shows, as losslab/contract/registry.py says it. */
export const doorOf = (model) => (model.get("shelf") === "losses" ? "ll" : `ll.${model.get("shelf")}`);

const pythonOf = (value) => (typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value));

/** The losses as the reader would write them in Python; `door` is where a shelf's `get` is. */
export function asPython(items, door = "ll") {
  return items.map((item) => {
    const changed = item.spec.parameters.filter((p) => item.parameters[p.name] !== p.default);
    const given = [...(item.spec.vectors ?? []), ...changed];
    const call = given.map(({ name }) => `, ${name}=${pythonOf(item.parameters[name])}`).join("");
    return call ? `${door}.get("${item.name}"${call})` : `"${item.name}"`;
  }).join(", ");
}

/** Trait value for Python: the specification travels only for losses that came with one. */
export const asTrait = (items) => items.map((item) => ({
  name: item.name, parameters: { ...item.parameters }, ...(item.custom ? { spec: item.spec } : {}), ...(item.vectors ? { vectors: item.vectors } : {}),
}));

/** The same in a link: `huber(delta=1.5),squared_error`. */
export function toLink(items) {
  return items.map((item) => {
    const parts = item.spec.parameters.map((p) => `${p.name}=${Number(item.parameters[p.name])}`);
    return `${item.shown ? "" : "!"}${item.name}${parts.length ? `(${parts.join(";")})` : ""}`;
  }).join(",");
}

export function fromLink(text, manifest) {
  const items = [];
  for (const part of text.split(",")) {
    const match = /^(!?)([a-z0-9_]+)(?:\(([^)]*)\))?$/i.exec(part);
    const spec = match && manifest.find((m) => m.name === match[2]);
    if (!spec) continue;
    const parameters = {};
    for (const pair of (match[3] ?? "").split(";")) {
      const [key, value] = pair.split("=");
      const p = spec.parameters.find((q) => q.name === key);
      const v = Number(value);
      if (p && legal(p, v)) parameters[key] = v;
    }
    const item = makeItem(spec, parameters, false, items);
    item.shown = !match[1];
    items.push(item);
  }
  return items;
}

function legal(p, v) {
  if (!Number.isFinite(v)) return false;
  if (p.low !== null && p.low !== undefined && (p.lowOpen ? v <= p.low : v < p.low)) return false;
  if (p.butNot?.includes(v)) return false;
  return !(p.high !== null && p.high !== undefined && (p.highOpen ? v >= p.high : v > p.high));
}

/** A sentence for screen readers. */
export const spoken = (pairs) => pairs.map(([name, v]) => `${name} ${number(v)}`).join(", ");
