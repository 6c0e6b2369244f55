// The control of a target: buttons for a class, sliders for numbers, whatever keeps it legal.

import { h, keysAreOurs } from "./dom.js";
import { choice } from "./parts.js";
import { fitsSum, moved } from "./row.js";
import { targets as WORDS } from "./shared.js";
import { makeSlider } from "./slider.js";

/** Whether y is a target of this kind for k outputs. */
export function isTarget(kind, y, k, m) {
  if (y.length !== m || y.some(Number.isNaN)) return false;
  const [a, b] = y;
  const label = (v, n) => Number.isInteger(v) && v >= 0 && v < n;
  const event = b === 0 || b === 1;
  const check = {
    class: () => label(a, k), level: () => label(a, k + 1), "{0,1}": () => label(a, 2), labels: () => y.every((v) => label(v, 2)),
    count: () => Number.isInteger(a) && a >= 0, positive: () => a > 0 && a < Infinity, nonnegative: () => a >= 0 && a < Infinity,
    bounds: () => a >= 0 && a < Infinity && b > 0 && a <= b, range: () => a < Infinity && b > -Infinity && a <= b,
    lifetime: () => a >= 0 && a < Infinity && event, period: () => label(a, k) && event, "period or later": () => label(a, k - 1 + b) && event,
    distribution: () => fitsSum(y, true), "positive distribution": () => fitsSum(y, true) && y.every((v) => v > 0),
    "nonnegative row": () => y.every((v) => v >= 0 && v < Infinity),
  }[kind];
  return check ? check() : y.every(Number.isFinite);
}

/** `onPut(y, done)` gets a legal target; `done` says that the reader has let go. `labels` are what classes, or 0 and 1,
 *  are called where their numbers say too little. */
export function targetControl({ kind, names, labels = null, y, range, unit = "", onPut }) {
  let now = y;
  const parts = [];
  const put = (next, done) => {
    now = next;
    for (const part of parts) part.set(now);
    onPut(now, done);
  };
  const k = names.length;
  const measured = (word) => (unit ? `${word} (${unit})` : word);

  const buttons = (legend, options, of, to, legal = () => true) => {
    const made = choice({ legend, options: options.map((label, v) => [v, label]), value: of(now), onPick: (v) => put(to(v), true) });
    const all = [...made.root.querySelectorAll("button")];
    const set = (next) => {
      made.show(of(next));
      all.forEach((b, v) => { b.disabled = !legal(v, next); });
    };
    parts.push({ root: made.root, set });
  };
  const slider = (i, label, to, name = "y") => {
    const [min, max] = range;
    const made = makeSlider({
      name, label, value: now[i], range: { min, max, log: false, step: kind === "count" ? 1 : undefined },
      onInput: (v) => put(to(v), false), onChange: () => onPut(now, true),
    });
    return { ...made, i };
  };
  const box = (made) => {
    const root = h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, made.map((s) => s.root)));
    parts.push({ root, set: (next) => made.forEach((s) => s.set(next[s.i])) });
  };
  const numbers = (n) => Array.from({ length: n }, (_, i) => String(i));
  const at = (i, v) => moved(now, i, v, false);

  if (kind === "class" || kind === "level" || kind === "{0,1}") {
    const word = { class: WORDS.class, level: WORDS.level }[kind] ?? WORDS.y;
    buttons(labels ? WORDS.y : word, labels ?? numbers({ class: k, level: k + 1 }[kind] ?? 2), ([v]) => v, (v) => [v]);
  } else if (kind === "labels") switches();
  else if (kind === "bounds" || kind === "range") interval();
  else if (kind === "lifetime") {
    box([slider(0, measured("Time"), (v) => at(0, v))]);
    buttons(WORDS.lifetime, WORDS.happened, ([, v]) => v, (v) => at(1, v));
  } else if (kind === "period" || kind === "period or later") {
    const last = kind === "period" ? k : k - 1; // whose end is known
    const columns = kind === "period" ? numbers(k) : [...numbers(k - 1), "later"];
    buttons(WORDS.interval, columns, ([v]) => v, (v) => at(0, v), (v, [, event]) => event === 1 || v < last);
    buttons(WORDS.end, WORDS.happened, ([, v]) => v, (v) => at(1, v), (v, [i]) => v === 1 || i < last);
  } else {
    const sums = kind.endsWith("distribution");
    const one = now.length === 1;
    const own = !sums && kind !== "logits"; // numbers that are not called as the outputs are
    box(now.map((_, i) => slider(i, own ? measured("Target") : `Target: ${names[i]}`, (v) => moved(now, i, v, sums), own && !one ? `y${i}` : "y")));
  }

  function switches() {
    const all = names.map((name, i) => h("button", { type: "button", class: "ll-button ll-tab", onclick: () => put(at(i, 1 - now[i]), true), ...keysAreOurs }, name));
    const set = (next) => all.forEach((b, i) => b.setAttribute("aria-pressed", String(next[i] === 1)));
    parts.push({ root: h("div", { class: "ll-choice", role: "group", "aria-label": "Labels that are right" }, h("span", { class: "ll-quiet" }, WORDS.labels), all), set });
  }

  /** What is known of a value: the value, two ends, or one. The ends push each other. */
  function interval() {
    const lowest = kind === "bounds" ? 0 : -Infinity; // "before high" says no more than that
    const modeOf = ([a, b]) => (a === b ? 0 : b === Infinity ? 2 : a === lowest ? 3 : 1);
    let kept = now.map((v, i) => [v, now[1 - i], range[0]].find((end) => Number.isFinite(end) && end !== lowest));
    const to = (mode) => [[kept[0], kept[0]], kept, [kept[0], Infinity], [lowest, kept[1]]][mode];
    let mode = modeOf(now);
    const move = (i, v) => {
      kept = mode === 0 ? [v, v] : i ? [Math.min(kept[0], v), v] : [v, Math.max(kept[1], v)];
      return to(mode);
    };
    const ends = [slider(0, "Low end", (v) => move(0, v)), slider(1, "High end", (v) => move(1, v))];
    const switches = choice({
      legend: WORDS.bounds, options: WORDS.modes.map((label, v) => [v, label]), value: mode,
      onPick: (v) => {
        mode = v;
        if (v === 1 && kept[0] === kept[1]) kept = [kept[0], Math.min(range[1], kept[0] + (range[1] - range[0]) / 8)];
        put(to(v), true);
      },
    });
    const set = (next) => {
      if (modeOf(next) !== mode && !(mode === 1 && modeOf(next) === 0)) mode = modeOf(next);
      switches.show(mode);
      kept = kept.map((v, i) => (Number.isFinite(next[i]) && next[i] !== lowest ? next[i] : v));
      ends.forEach((end, i) => {
        end.set(mode === 0 ? kept[0] : kept[i]);
        end.input.disabled = (i === 1 && (mode === 0 || mode === 2)) || (i === 0 && mode === 3);
      });
    };
    parts.push({ root: h("div", {}, switches.root, h("div", { class: "ll-controls" }, h("div", { class: "ll-sliders" }, ends.map((end) => end.root)))), set });
  }

  const set = (next) => {
    now = next;
    for (const part of parts) part.set(now);
  };
  set(now);
  return { root: h("div", { class: "ll-target" }, parts.map((part) => part.root)), set };
}
