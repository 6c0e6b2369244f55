// LandscapeExplorer: contours of a real mean loss over two weights, and optimisers racing down from a start that is
// dragged, at a learning rate whose axis says where they stop being stable.

import { axisHandle } from "../parts/axis-handle.js";
import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { asPython, asTrait, fromLink, makeItems, spoken, toLink } from "../parts/items.js";
import { landscapeMap } from "../parts/landscape-map.js";
import { manyLosses } from "../parts/many-losses.js";
import { makePanel, panelGrid, sideBySide, tall, upright } from "../parts/panel.js";
import { whileOpen } from "../parts/parts.js";
import { asPoints, pointHandles, short } from "../parts/points.js";
import { filled, landscapes, plots } from "../parts/shared.js";
import { makeSlider } from "../parts/slider.js";
import { whenReady } from "../numbers/compute.js";
import { factorFor, leastCondition, lowestOf, planeOf, raceDown, shapeOf, stableLimit, stretched, stretchedBend, valuesOver } from "../numbers/landscape.js";

const { titles: [, ABOVE, BARE], words: WORDS, most, deep: DEEP, above: HIGHER, diverged: DIVERGED } = landscapes;
const DECADE = 0.01; // step of the learning rate

const rough = (v) => Number(v.toPrecision(3));
const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** A power of ten as it is written on an axis. */
function powerOf(k) {
  if (!Number.isInteger(k)) return "";
  if (k >= -2 && k <= 3) return plain(10 ** k);
  return `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((d) => digits[d]).join("")}`;
}

/** What stays as it is: data, ranges, and the ends of the axis of rates as powers of ten. */
function planOf({ model }) {
  const [x, y] = ["x_range", "y_range"].map((name) => model.get(name));
  const spans = [x, y].map(([low, high]) => high - low);
  return {
    data: planeOf(model.get("x"), model.get("y"), model.get("offset")), ranges: [x, y], steps: model.get("steps"),
    even: Math.abs(spans[0] - spans[1]) < 1e-9 * spans[0], rates: model.get("rates"), powers: model.get("rates").map(Math.log10),
  };
}

/** The optimisers of the figure, its loss and where it stands; `view` has what draws them. */
function raceSetting(given, { rates }, view) {
  const { model, shelves } = given;
  const lossOf = (list) => makeItems(list, shelves.losses)[0];
  const legalRate = (v) => v >= rates[0] && v <= rates[1];
  return manyLosses({
    ...given, manifest: shelves.optimisers, trait: "optimisers", door: "ll.training.optimisers", noun: "optimiser", tuned: false,
    suits: () => true, most: most.racers, columns: ["Above minimum", "Share of start", "Stable below"],
    read: (get) => ({ loss: lossOf(get("losses")), start: [...get("start")], rate: get("learning_rate"), condition: get("condition") }),
    traits: ({ loss, start, rate, condition }) => ({ losses: asTrait([loss]), start: [...start], learning_rate: rate, condition }),
    link: ({ loss, start, rate, condition }) => ({ losses: toLink([loss]), start: start.map(short).join(), rate, ...(condition ? { condition } : {}) }),
    linked(link, now) {
      now.loss = fromLink(link.losses ?? "", shelves.losses).find(({ name }) => name === now.loss.name) ?? now.loss;
      const [start] = asPoints(link.start, (p) => p.length === 2);
      if (start) now.start = start;
      if (legalRate(Number(link.rate))) now.rate = Number(link.rate);
      if (Number(link.condition) >= 1 && Number(link.condition) <= most.condition) now.condition = Number(link.condition);
    },
    rebuild: () => view.rebuild(),
    title: "Table of the race", rows: () => view.rows(),
    python(optimisers) {
      const { loss, start, rate, condition } = view.many.state;
      const [x, y] = ["x_range", "y_range"].map((name) => `${name}=(${model.get(name).join(", ")})`);
      return `ll.widgets.LandscapeExplorer(${asPython([loss])}, X, y, [${optimisers}], start=(${start.map(short).join(", ")}), learning_rate=${rate}, steps=${model.get("steps")}, condition=${condition ?? "None"}, ${x}, ${y})`;
    },
  });
}

/** The numbers: the minimum and what is stretched about it, heights over a grid, and the race. */
function questions({ data, ranges, steps }, compute, many) {
  const { state } = many;
  const found = { lowest: null, plane: data, shape: null, base: 0, race: null, racers: [] };
  const item = () => ({ ...state.loss, key: "loss" });
  /** Stretches the data for the condition number that is wished for. */
  function stretch() {
    const { known, at, bend, value } = found.lowest;
    const wished = known && state.condition !== null;
    const factor = wished ? factorFor(bend, Math.max(state.condition, leastCondition(bend))) : 1;
    found.plane = stretched(data, factor, at[1]);
    found.shape = known ? shapeOf(stretchedBend(bend, factor)) : null;
    found.base = known ? value : 0;
  }
  return {
    found, stretch,
    right: (answer) => many.right({ ...state.loss, key: "loss" }, answer),
    lowest: (then) => whenReady(lowestOf(compute, item(), data, ...ranges), then),
    grid: (us, vs, then) => whenReady(valuesOver(compute, item(), found.plane, us, vs), then),
    race(then) {
      const racers = many.shown();
      if (!racers.length) return then(null);
      whenReady(raceDown(compute, item(), found.plane, racers, state.start, state.rate, steps), (race) => {
        if (!many.right(item(), race)) return;
        Object.assign(found, { race, racers });
        then(race);
      });
    },
    /** How the racer at place i ends, as losslab/widgets/figures/landscape_explorer.py says it. */
    end(i) {
      const [first, last] = [this.above(i, 0), this.above(i, steps)];
      const at = found.race.paths[i].subarray(-2);
      const gone = !ranges.every(([low, high], k) => at[k] >= low && at[k] <= high);
      if (!(last < Infinity) || (gone && last > DIVERGED * first)) return "diverges";
      return last > first ? "higher" : "down";
    },
    /** Of the racer at place i: losses above the minimum, and their ratio to that of the start. */
    above: (i, t) => found.race.losses[i][t] - found.base,
    share(i, t) {
      return this.above(i, t) / this.above(i, 0);
    },
    limit: (racer) => (found.shape ? stableLimit(racer, found.shape.steepest) : null),
  };
}

/** The loss above its minimum by step, both as far as it is drawn. */
function fallOf({ steps }, many, ask) {
  const title = h("span");
  const panel = makePanel({ title, xLabel: "step", yFormat: powerOf });
  panel.x.domain([0, steps]);
  return {
    panel,
    build: () => many.paths(panel),
    /** Limits in whole powers of ten: from the best down to `DEEP` below the start up to `HIGHER` above it; the
     *  axes are made `again` where the panel has another size. */
    fit(again) {
      const { race, racers } = ask.found;
      const first = racers.length ? Math.log10(ask.above(0, 0)) : 0;
      const level = Number.isFinite(first) ? first : 0;
      let [low, high] = [level - 0.5, level + 0.1];
      racers.forEach((_, i) => race.losses[i].forEach((__, t) => {
        const v = Math.log10(ask.above(i, t));
        if (v < low) low = v;
        if (v > high) high = v;
      }));
      const wanted = [Math.floor(Math.max(low, level - DEEP)), Math.ceil(Math.min(high, level + HIGHER))];
      const before = panel.y.domain();
      if (!again && wanted.every((v, k) => v === before[k])) return;
      panel.y.domain(wanted);
      panel.axes();
    },
    draw(upto) {
      const { race, racers } = ask.found;
      write(title, ask.found.shape ? ABOVE : BARE);
      const [bottom, top] = panel.y.domain();
      const { height } = panel.inner;
      racers.forEach((item, i) => {
        const parts = [];
        for (let t = 0; t <= upto; t += 1) {
          const v = Math.log10(ask.above(i, t));
          if (v > top + 50 || v === Infinity) parts.push(`${panel.x(t).toFixed(1)},${-height}`);
          if (!(v <= top + 50)) {
            if (!(ask.above(i, t) <= 0)) break; // beyond all numbers
          }
          parts.push(`${panel.x(t).toFixed(1)},${panel.y(Math.max(Number.isNaN(v) ? bottom - 2 : v, bottom - 2)).toFixed(1)}`);
        }
        panel.paths.get(item.key)?.setAttribute("d", parts.length > 1 ? `M${parts.join("L")}` : "");
      });
    },
  };
}

/** The axis of learning rates, with the largest stable ones marked, and the handle on it. */
function ratesOf({ powers: [low, high] }, many, ask, move) {
  const said = h("span", { class: "ll-sign" });
  const where = h("span", { class: "ll-quiet" });
  const whose = h("span", { class: "ll-quiet" });
  const title = h("span", {}, "Learning rate", said, where, whose);
  const whole = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);
  const panel = makePanel({ title, xLabel: "", yTicks: [], xTicks: () => whole, xFormat: powerOf, margin: { left: 12, right: 12, bottom: 34 } });
  panel.x.domain([low, high]);
  panel.y.domain([0, 1]);
  const beyond = s("rect", { class: "ll-outside", y: 0 });
  const hair = s("line", { class: "ll-hair", y1: 0 });
  const marks = s("g");
  panel.over.append(beyond, marks, hair);
  const handle = axisHandle({
    panel, value: () => Math.log10(many.state.rate), range: () => ({ low, high, step: DECADE, keys: 2 * DECADE }),
    onMove: (v) => move(rough(10 ** v)),
  });
  return {
    panel, handle,
    resize(width) {
      panel.resize(width, plots.rates);
      panel.axes();
    },
    draw() {
      const { rate } = many.state;
      const { shape } = ask.found;
      const { width, height } = panel.inner;
      write(said, `η = ${plain(rate)}`);
      write(where, shape ? `2/L = ${plain(rough(2 / shape.steepest))}` : "");
      write(whose, shape ? ", L at the minimum" : "no curved minimum is known");
      const limits = many.shown().map((item) => [item, ask.limit(item)]).filter(([, limit]) => limit && Math.log10(limit) >= low && Math.log10(limit) <= high)
        .sort((a, b) => a[1] - b[1]);
      const places = limits.map(([item, limit]) => ({ x: panel.x(Math.log10(limit)), limit, style: { "--c": item.spec.style?.colour } }));
      marks.replaceChildren(
        ...places.map(({ x, style }) => s("line", { class: "ll-limit", style, x1: x, x2: x, y1: 0, y2: height })),
        ...places.map(({ x, limit, style }, i) => {
          const left = x > width - 44;
          return s("text", { class: "ll-limit-name", style, x: left ? x - 4 : x + 4, y: 12 + 14 * (i % 3), "text-anchor": left ? "end" : "start" }, `${plain(rough(limit * shape.steepest))}/L`);
        }),
      );
      const most = limits.length ? panel.x(Math.log10(limits.at(-1)[1])) : width;
      beyond.setAttribute("x", most);
      beyond.setAttribute("width", Math.max(0, width - most));
      beyond.setAttribute("height", height);
      upright(hair, panel.x(Math.log10(rate)), height);
      handle.draw("Learning rate", `η = ${plain(rate)}`);
    },
  };
}

/** What is worth saying of the race as a whole. */
function verdictOf(many, ask, steps) {
  const named = (end) => ask.found.racers.filter((_, i) => ask.end(i) === end).map(many.label);
  const [gone, higher] = ["diverges", "higher"].map(named);
  const list = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);
  const said = [];
  if (gone.length) said.push(filled(gone.length > 1 ? WORDS.diverge : WORDS.diverges, { names: list(gone) }));
  if (higher.length) said.push(filled(WORDS.higher, { names: list(higher), steps }));
  return said.join(" ") || WORDS.none;
}

function landscapeExplorer(given) {
  const { el, model, drawn } = given;
  const plan = planOf(given);
  const { steps } = plan;
  const view = { rebuild, rows };
  const many = raceSetting(given, plan, view);
  const { state } = many;
  view.many = many;
  const ask = questions(plan, given.compute, many);
  const map = landscapeMap(plan, many, ask);
  const fall = fallOf(plan, many, ask);
  const rates = ratesOf(plan, many, ask, (rate) => {
    state.rate = rate;
    race();
    many.save();
  });
  makeGhosts(many.steps, [map.panel, fall.panel]);
  const grid = panelGrid([map.panel, fall.panel]);
  const strip = h("div", { class: "ll-rates" }, rates.panel.root);
  const verdict = h("p", { class: "ll-verdict ll-said" });
  const dials = h("div", { class: "ll-sliders" });
  let upto = steps;
  const home = [];
  const handles = pointHandles({
    panel: map.panel, points: () => [state.start], home,
    describe: ([w0, w1]) => `Start: w₀ ${number(w0)}, w₁ ${number(w1)}`,
    onMove(_, to) {
      state.start = to.map(short);
      race();
      many.save();
    },
    onChoose() {},
  });
  many.place([grid, strip, verdict, h("div", { class: "ll-controls" }, dials)]);

  /** The dials as the loss allows them: a condition number needs a minimum. */
  function makeDials() {
    const shown = makeSlider({
      name: "t", label: "Drawn to step", value: upto, range: { min: 0, max: steps, step: 1 },
      onInput(v) {
        upto = v;
        drawRace();
      },
    });
    const { lowest, shape } = ask.found;
    if (!shape) return dials.replaceChildren(shown.root);
    const least = rough(Math.ceil(leastCondition(lowest.bend) * (1 - 1e-12) * 100) / 100);
    const now = Math.max(least, Math.min(most.condition, state.condition ?? rough(shape.condition)));
    const condition = makeSlider({
      name: "kappa", label: "Condition number", value: now, range: { min: least, max: most.condition, log: true },
      onInput(v) {
        state.condition = Math.max(v, least);
        restretch(() => {});
      },
      onChange: many.save,
    });
    dials.replaceChildren(condition.root, shown.root);
  }
  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    map.resize(width, tall("landscape", narrow));
    fall.panel.resize(width, tall("landscape", narrow));
    rates.resize(el.clientWidth);
    home.splice(0, 2, map.panel.x.domain(), map.panel.y.domain());
  }
  function rebuild() {
    many.build();
    map.build();
    fall.build();
    ask.lowest((answer) => {
      if (!ask.right(answer)) return drawn();
      ask.found.lowest = answer;
      restretch(() => {
        makeDials();
        drawn();
      });
    });
  }
  function restretch(done) {
    ask.stretch();
    map.survey(() => race(done, true));
  }
  function race(done = () => {}, again = false) {
    ask.race((answer) => {
      if (!answer) Object.assign(ask.found, { race: null, racers: [] });
      fall.fit(again);
      rates.draw();
      handles.draw();
      drawRace();
      write(verdict, answer ? verdictOf(many, ask, steps) : "");
      many.live.say(`Learning rate ${plain(state.rate)}. ${verdict.textContent} ${spoken(ask.found.racers.map((item, i) => [many.label(item), ask.above(i, steps)]))}.`);
      done();
    });
  }
  function drawRace() {
    map.draw(upto);
    fall.draw(upto);
    many.table.head.replaceChildren(h("span", { class: "ll-sign" }, "t"), ` = ${upto}`);
    const at = new Map(ask.found.racers.map((item, i) => [item.key, i]));
    for (const item of state.items) {
      const i = at.get(item.key);
      many.write(item, i === undefined ? null : [Math.max(ask.above(i, upto), 0), Math.max(ask.share(i, upto), 0), ask.limit(item)]);
    }
    many.details.refresh();
  }
  function rows() {
    const { race: found, racers } = ask.found;
    const places = [...new Set(Array.from({ length: 11 }, (_, i) => Math.round((i * steps) / 10)))];
    const name = ask.found.shape ? "above minimum" : "loss";
    return [
      ["step", ...racers.flatMap((item) => [`${many.label(item)}, w₀`, "w₁", name])],
      ...places.map((t) => [String(t), ...racers.flatMap((_, i) => [found.paths[i][2 * t], found.paths[i][2 * t + 1], ask.above(i, t)])]),
    ];
  }

  handles.build();
  layout();
  rebuild();
  return whileOpen(el, () => {
    layout();
    if (ask.found.lowest) restretch(() => {});
  }, [handles, rates.handle, ...many.parts, given.compute]);
}

export default { name: "landscape-explorer", needs: { shelves: ["optimisers"] }, draw: landscapeExplorer };
