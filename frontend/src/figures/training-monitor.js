// TrainingMonitor: a network trains in the page. Loss and accuracy by epoch, the gradient by step, the weights; one press
// breaks the training, and a break can be drawn in secret, to be named.

import { h, s, write } from "../parts/dom.js";
import { number, plain } from "../parts/format.js";
import { makeGhosts } from "../parts/ghosts.js";
import { asPython, makeItems } from "../parts/items.js";
import { oneLoss } from "../parts/one-loss.js";
import { curvePath, makePanel, panelGrid, sideBySide, tall } from "../parts/panel.js";
import { choice, pushButton, putNumber, swatch, whileOpen } from "../parts/parts.js";
import { filled, training as words } from "../parts/shared.js";
import { makeSlider } from "../parts/slider.js";
import { whenReady } from "../numbers/compute.js";
import { drawsOf } from "../numbers/network.js";
import { makeRun } from "../numbers/training.js";

const SLICE = 6; // ms of training in one go: the page stays alive
const AT_LEAST = 1800; // ms that a whole run takes, so that it can be watched
const BINS = 40;
const { breaks: BREAKS, healthy: HEALTHY, looks: LOOKS, ranges: RANGES, titles: TITLES, words: SAID } = words;
const SETTABLE = ["learning_rate", "label_noise", "width", "leak", "shuffle", "train_size"];
const SETS = ["train", "validation"];

// Before the figure is used: data and modules, which are large, come with the first press.
const NOTHING = { seen: { train: [], validation: [], test: null, lengths: [] }, start: [], steps: 1, weights: () => [] };

const percent = (v) => `${(100 * v).toFixed(1)}%`;
const short = (v) => (typeof v === "number" ? Number(v.toPrecision(3)) : v);
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A legal value of a trait in a link, or undefined. */
function fromLink(name, text) {
  if (text === undefined) return undefined;
  if (name === "shuffle") return { true: true, false: false }[text];
  const v = Number(text);
  const [low, high] = RANGES[name];
  const whole = name === "width" || name === "train_size";
  return v >= low && v <= high && (!whole || Number.isInteger(v)) ? v : undefined;
}

/** A name of Python's, as it writes values. */
const inPython = (v) => ({ true: "True", false: "False" }[v] ?? String(v));

/** Two panels of curves by epoch, one of the gradient by step, one of the weights. */
function pictureOf(epochs) {
  const power = (v) => Number((10 ** v).toPrecision(1)).toString();
  const panels = TITLES.map((title, i) => makePanel({
    title, sign: ["log scale", null, "log scale", null][i], xLabel: ["epoch", "epoch", "epoch", "weight"][i],
    yFormat: [power, null, power, (v) => `${Math.round(100 * v)}%`][i], margin: i < 2 ? { right: 78 } : {},
  }));
  const [loss, accuracy, length, weights] = panels;
  for (const panel of [loss, accuracy, length]) panel.x.domain([0, epochs]);
  const items = LOOKS.map(({ name, style }) => ({ name, spec: { style } }));
  for (const panel of [loss, accuracy]) {
    panel.lines = items.map(curvePath);
    panel.curves.append(...panel.lines);
  }
  const norm = curvePath(items[0]);
  norm.classList.add("ll-thin");
  length.curves.append(norm);
  const blocks = s("path", { class: "ll-blocks" });
  const first = s("path", { class: "ll-threshold", fill: "none" });
  weights.curves.append(blocks, first);
  const domains = { loss: [-1.3, 0.5], accuracy: [0, 1], length: [-1, 1], reach: 0.5, top: 0.1 };

  /** A domain that holds these numbers too. */
  const wider = ([low, high], columns) => columns.reduce(([a, b], column) => {
    let [least, most] = [a, b];
    for (const v of column) if (Number.isFinite(v)) [least, most] = [Math.min(least, v), Math.max(most, v)];
    return [least, most];
  }, [low, high]);
  const logs = (column) => column.map((v) => Math.log10(v));
  function shares(theta, reach) {
    const counts = new Float64Array(BINS);
    for (const v of theta) counts[Math.max(0, Math.min(BINS - 1, Math.floor((BINS * (v + reach)) / (2 * reach))))] += 1 / theta.length;
    return counts;
  }
  const place = (k, reach) => weights.x(reach * ((2 * k) / BINS - 1)).toFixed(1);
  function axes(domain) {
    const before = [...panels.map(({ y }) => y.domain()), weights.x.domain()].join();
    loss.y.domain([domain.loss[0] - 0.05, domain.loss[1] + 0.05]);
    accuracy.y.domain([0, 1.02]);
    length.y.domain([domain.length[0] - 0.05, domain.length[1] + 0.05]);
    weights.x.domain([-domain.reach, domain.reach]);
    weights.y.domain([0, 1.1 * domain.top]);
    return before !== [...panels.map(({ y }) => y.domain()), weights.x.domain()].join();
  }
  let now = { ...domains };
  let sized = false;
  return {
    panels,
    /** Scales of a run that is new: they only grow from then on. */
    renew: () => { now = { ...domains }; },
    resize(width, height) {
      for (const panel of panels) panel.resize(width, height);
      sized = true;
    },
    draw({ seen, start, steps, weights: theta }) {
      const columns = SETS.map((name) => ({ loss: logs(seen[name].map((one) => one.loss)), accuracy: seen[name].map((one) => one.accuracy) }));
      const lengths = logs(seen.lengths);
      const test = seen.test && { loss: Math.log10(seen.test.loss), accuracy: seen.test.accuracy };
      now.loss = wider(now.loss, [...columns.map((one) => one.loss), test ? [test.loss] : []]);
      now.length = wider(now.length, [lengths]);
      const largest = theta().reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
      while (now.reach < Math.min(largest, 1e6)) now.reach *= 2;
      const bars = shares(theta(), now.reach);
      const bars0 = shares(start, now.reach);
      now.top = Math.max(...bars, ...bars0) || domains.top;
      if (axes(now) || sized) for (const panel of panels) panel.axes();
      sized = false;
      const at = columns[0].loss.map((_, i) => i);
      for (const [panel, kind] of [[loss, "loss"], [accuracy, "accuracy"]]) {
        const drawn = [...columns.map((one) => one[kind]), test ? at.map(() => test[kind]) : []];
        drawn.forEach((ys, i) => panel.lines[i].setAttribute("d", ys.length ? straight(panel, at, ys) : ""));
        panel.label(drawn.filter((ys) => ys.length > 1).map((ys, i) => ({ xs: at, ys, text: LOOKS[i].name, colour: LOOKS[i].style.colour })));
      }
      norm.setAttribute("d", straight(length, lengths.map((_, i) => (i + 1) / steps), lengths));
      const [floor, h0] = [weights.y(0), (share) => weights.y(share).toFixed(1)];
      blocks.setAttribute("d", Array.from(bars, (bar, k) => (bar ? `M${place(k, now.reach)},${floor}V${h0(bar)}H${place(k + 1, now.reach)}V${floor}Z` : "")).join(""));
      first.setAttribute("d", `M${place(0, now.reach)},${floor}${Array.from(bars0, (bar, k) => `V${h0(bar)}H${place(k + 1, now.reach)}`).join("")}`);
    },
  };
}

/** A path from point to point; a number that is not finite ends it. */
const straight = (panel, xs, ys) => {
  let d = "";
  ys.forEach((v, i) => {
    if (Number.isFinite(v)) d += `${d && Number.isFinite(ys[i - 1]) ? "L" : "M"}${panel.x(xs[i]).toFixed(1)},${panel.y(v).toFixed(1)}`;
  });
  return ys.length === 1 && d ? `${d}h3` : d;
};

/** Loss and accuracy on each set, and how much more the loss is than on the training rows. */
function tableOf() {
  const lines = LOOKS.map(({ name, style }) => ({ name, cells: [0, 1, 2].map(() => h("td")), style }));
  const head = ["loss", "accuracy", "gap to training"].map((word) => h("th", { scope: "col" }, word));
  const when = h("th", { scope: "col" });
  const root = h("table", { class: "ll-table", "data-readout": "" }, h("thead", {}, h("tr", {}, when, head)),
    h("tbody", {}, lines.map(({ name, cells, style }) => h("tr", {}, h("th", { scope: "row" }, swatch(style), ` ${name}`), cells))));
  return {
    root,
    write(seen) {
      write(when, seen.train.length ? `after epoch ${seen.train.length - 1}` : "not trained");
      const all = [seen.train.at(-1), seen.validation.at(-1), seen.test];
      lines.forEach(({ cells: [loss, accuracy, gap] }, i) => {
        putNumber(loss, all[i]?.loss ?? NaN);
        putNumber(accuracy, all[i]?.accuracy ?? NaN, all[i] ? percent(all[i].accuracy) : number(NaN));
        putNumber(gap, i && all[i] ? all[i].loss - all[0].loss : NaN);
      });
    },
  };
}

/** Plays a generator in slices of a frame. `shown()` is called after each epoch, or at the end where nothing is to move. */
function playerOf({ epochs, shown, ended }) {
  const pace = AT_LEAST / epochs;
  let [work, frame, timer, last] = [null, 0, 0, 0];
  function stop() {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    [frame, timer] = [0, 0];
  }
  /** Works until the time is over or `until` is said; whether there is more to do. */
  function some(until) {
    const end = performance.now() + SLICE;
    do {
      const turn = work.next();
      if (turn.done) return { more: false, said: null };
      if (turn.value === until) return { more: true, said: until };
    } while (performance.now() < end);
    return { more: true, said: null };
  }
  function slice(time) {
    const quiet = still();
    const { more, said } = quiet || time - last >= pace || !last ? some(quiet ? null : "epoch") : { more: true, said: null };
    if (said) {
      last = time;
      shown();
    }
    if (more) next();
    else finish();
  }
  const next = () => {
    if (still()) timer = setTimeout(slice, 0, 0);
    else frame = requestAnimationFrame(slice);
  };
  function finish() {
    stop();
    shown();
    ended();
  }
  return {
    stop,
    playing: () => Boolean(frame || timer),
    load(generator) {
      stop();
      work = generator;
      last = 0;
    },
    play: next,
    /** To the end of this epoch, at once. */
    step() {
      let turn = work.next();
      while (!turn.done && turn.value !== "epoch") turn = work.next();
      shown();
      return !turn.done;
    },
  };
}

function trainingMonitor(given) {
  const { el, model, compute, shelves, getData, drawn } = given;
  const [epochs, seed] = ["epochs", "seed"].map((name) => model.get(name));
  const [rule] = makeItems(model.get("optimisers"), shelves.optimisers);
  const numbersOf = ({ spec, parameters }) => spec.parameters.map(({ name }) => Number(parameters[name]));
  const optimiser = { name: rule.name, module: rule.spec.module, slots: rule.spec.slots, a: numbersOf(rule) };
  const view = { secret: null, sign: "", answer: "", run: NOTHING, data: null, serial: 0, asked: 0 };
  /** What a break sets, as losslab/widgets/figures/training_monitor.py says it. */
  const broken = ({ values = {}, times = {} }) => {
    const all = { ...model.get("sound"), ...HEALTHY, ...values };
    for (const [name, factor] of Object.entries(times)) all[name] = short(Math.min(factor * all[name], RANGES[name][1]));
    return all;
  };
  const now = () => (view.secret ? { ...state, ...broken(view.secret) } : state);

  const one = oneLoss({
    ...given,
    read: (get) => Object.fromEntries(SETTABLE.map((name) => [name, get(name)])),
    traits: (all) => Object.fromEntries(SETTABLE.map((name) => [name, all[name]])),
    link: (all) => Object.fromEntries(SETTABLE.map((name) => [name, short(all[name])])),
    linked(link, all) {
      for (const name of SETTABLE) all[name] = fromLink(name, link[name]) ?? all[name];
    },
    onTake(item) {
      state.item = item;
      rebuild(false);
      one.save();
    },
    rebuild, onInput: () => restart(false), onChange: () => restart(true),
    title: "Table of the run", rows,
    python(loss) {
      const made = { learning_rate: state.learning_rate, label_noise: state.label_noise, width: state.width, leak: state.leak, shuffle: state.shuffle, train_size: state.train_size, epochs, batch_size: model.get("batch_size"), seed };
      return `ll.widgets.TrainingMonitor(loss=${loss}, ${Object.entries(made).map(([name, v]) => `${name}=${inPython(v)}`).join(", ")}, optimiser=${asPython([rule], "ll.training.optimisers")})`;
    },
  });
  const { state } = one;
  const picture = pictureOf(epochs);
  const table = tableOf();
  makeGhosts(one.steps, picture.panels.slice(0, 2));
  const said = h("p", { class: "ll-verdict ll-said ll-training-said" });
  const player = playerOf({ epochs, shown: show, ended: () => { tell(); buttons(); } });

  const over = () => view.run === NOTHING || view.run.seen.done; // a run is to be made first

  const runs = pushButton("Run", () => {
    if (player.playing()) player.stop();
    else if (over()) restart(true);
    else player.play();
    buttons();
  }, { class: "ll-button ll-run" });
  const steps = pushButton("Step", () => {
    player.stop();
    if (over()) restart(false, () => player.step());
    else player.step();
    tell();
    buttons();
  }, { title: "One epoch" });
  const again = pushButton("Restart", () => restart(false));
  const hide = pushButton("Guess one", () => ask(), { title: "Draws a break in secret" });
  const edit = h("div", { class: "ll-footer ll-edit" }, runs, steps, again, hide,
    h("span", { class: "ll-quiet" }, "Press a break to see it, or guess one drawn in secret."));
  const line = choice({ legend: words.legend, options: BREAKS.map(({ name }) => [name, name]), value: null, onPick: pick });
  const slider = (trait, more) => makeSlider({
    ...more,
    value: state[trait],
    onInput(v) {
      state[trait] = v;
      forget();
      restart(false);
      marks();
    },
    onChange() {
      one.save();
      restart(true);
    },
  });
  const range = (trait) => ({ min: RANGES[trait][0], max: RANGES[trait][1] });
  const controls = {
    learning_rate: slider("learning_rate", { name: "rate", label: "Learning", range: { ...range("learning_rate"), log: true }, hint: "Learning rate of each step" }),
    label_noise: slider("label_noise", { name: "labels", label: "Flipped", range: { ...range("label_noise"), log: false, step: 0.05 }, hint: "Share of training labels that are replaced by others" }),
    width: slider("width", { name: "units", label: "Hidden", range: { ...range("width"), log: true, whole: true }, hint: "Units of the hidden layer" }),
  };
  const grid = panelGrid(picture.panels);
  one.place([line.root, grid, said, edit, table.root], [h("div", { class: "ll-controls ll-breakable" }, h("div", { class: "ll-sliders" }, Object.values(controls).map(({ root }) => root)))]);

  /** Makes the run anew; with `go` it starts. */
  function restart(go, then = () => {}) {
    player.stop();
    view.serial += 1;
    const mine = view.serial;
    const all = now();
    const { item } = state;
    const settings = {
      loss: { name: item.name, a: numbersOf(item), v: item.vectors }, optimiser, seed, epochs, batchSize: model.get("batch_size"),
      width: all.width, learningRate: all.learning_rate, noise: all.label_noise, leak: all.leak, shuffle: all.shuffle, trainSize: all.train_size,
    };
    const made = (data) => compute.together("train", item, ["network", optimiser.module], (wasm) => makeRun(wasm, data, settings), {}, "run");
    view.data ??= getData(model.get("dataset")).then((data) => { view.data = data; return data; }, (error) => {
      view.data = null; // the next press tries again
      one.note.say(item, error.message);
    });
    whenReady(view.data, (data) => whenReady(made(data), (run) => {
      if (mine !== view.serial) return; // another has been asked for since
      one.note.clear();
      if (run.error) {
        one.note.say(item, run.error);
        return;
      }
      view.run = run;
      run.begin();
      picture.renew();
      player.load(run.work());
      if (go) player.play();
      then();
      show();
      tell();
      buttons();
    }));
  }
  const forget = () => Object.assign(view, { secret: null, sign: "", answer: "" });
  function rebuild(quiet) {
    one.build();
    forget();
    marks();
    if (quiet && view.run === NOTHING) show();
    else restart(!quiet);
  }
  /** The break that is pressed: done to the training, or named as what is hidden. */
  function pick(name) {
    const chosen = BREAKS.find((each) => each.name === name);
    const { secret } = view;
    Object.assign(state, broken(secret ?? chosen));
    forget();
    if (secret) view.answer = filled(SAID[secret === chosen ? "right" : "wrong"], secret);
    else if (chosen !== BREAKS[0]) view.sign = chosen.sign;
    marks();
    one.save();
    if (secret) tell();
    else restart(true);
  }
  /** Draws a break in secret: which one, the seed and how often it was asked decide. */
  function ask() {
    const which = (wasm) => drawsOf(wasm, seed).order(words.streams.hidden + view.asked, BREAKS.length)[0];
    whenReady(compute.together("train", state.item, ["network"], which, {}, "hidden"), (k) => {
      view.asked += 1;
      forget();
      view.secret = BREAKS[k];
      marks();
      restart(true);
    });
  }
  const holds = (each) => Object.entries(broken(each)).every(([name, v]) => state[name] === v);
  /** Buttons and sliders as things are; what is hidden is not given away. */
  function marks() {
    const secret = Boolean(view.secret);
    line.show(secret ? null : BREAKS.find(holds)?.name ?? null);
    el.classList.toggle("ll-secret", secret);
    for (const [trait, { set }] of Object.entries(controls)) set(state[trait]);
  }
  function buttons() {
    write(runs, player.playing() ? "Pause" : "Run");
  }
  function show() {
    picture.draw(view.run);
    table.write(view.run.seen);
    one.details.refresh();
    write(said, sentence());
  }
  function sentence() {
    const { seen } = view.run;
    const reached = Math.max(0, seen.train.length - 1);
    if (seen.diverged) return filled(SAID.diverged, { step: seen.lengths.length });
    if (view.secret) return SAID.hidden;
    if (view.answer) return view.answer;
    if (!seen.done) return reached ? filled(SAID.epoch, { epoch: reached, epochs }) : SAID.start;
    if (view.sign) return view.sign;
    const gap = seen.validation.at(-1).loss - seen.train.at(-1).loss;
    return filled(SAID.done, { gap: plain(short(Math.abs(gap))), way: gap < 0 ? "less" : "more", test: plain(short(seen.test.loss)) });
  }
  function tell() {
    write(said, sentence());
    const { seen } = view.run;
    if (!seen.train.length) return;
    const [last, held] = [seen.train.at(-1), seen.validation.at(-1)];
    one.live.say(`${sentence()} Loss ${number(last.loss)} on training, ${number(held.loss)} on validation rows.`);
  }
  function rows() {
    const { train, validation } = view.run.seen;
    return [["epoch", "training loss", "validation loss", "training accuracy", "validation accuracy"],
      ...train.map(({ loss, accuracy }, i) => [String(i), loss, validation[i].loss, percent(accuracy), percent(validation[i].accuracy)])];
  }
  function layout() {
    const { columns, narrow, width } = sideBySide(el, grid, 2);
    picture.resize(width, tall(columns === 1 ? "alone" : "beside", narrow));
  }

  layout();
  rebuild(true);
  drawn();
  return whileOpen(el, () => {
    layout();
    picture.draw(view.run);
  }, [{ close: player.stop }, ...one.parts, compute]);
}

export default { name: "training-monitor", draw: trainingMonitor };
