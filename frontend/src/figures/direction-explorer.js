// DirectionExplorer: the gradients of a few tasks as arrows in a plane, and the direction a rule makes of them.

import { h, s, write } from "../parts/dom.js";
import { number } from "../parts/format.js";
import { spoken } from "../parts/items.js";
import { lettersOf, oneRule } from "../parts/one-rule.js";
import { makePanel, panelGrid, sideBySide, tall } from "../parts/panel.js";
import { putNumber, whileOpen } from "../parts/parts.js";
import { asLink, asPoints, pointHandles, short } from "../parts/points.js";
import { directions } from "../parts/shared.js";

const HEAD = 13;
const { nearly: NEARLY, words: WORDS } = directions;

/** For each task 1, -1 or 0: whether a step makes it better, worse or neither; nothing if there is no direction. */
function waysOf({ direction, product }, gradients) {
  const scale = Math.max(...gradients.map(([x, y]) => Math.hypot(x, y)));
  if (Math.hypot(...direction) <= NEARLY * scale) return null;
  return product.map((v) => (Math.abs(v) > NEARLY * scale ** 2 ? Math.sign(v) : 0));
}

/** What a step does, as losslab/widgets/figures/direction_explorer.py says it. */
function verdictOf(ways, letters) {
  if (!ways) return WORDS.stationary;
  const said = [[1, "better"], [-1, "worse"], [0, "same"]].map(([sign, word]) => {
    const which = letters.filter((_, i) => ways[i] === sign);
    return which.length ? `${which.join(", ")} ${WORDS[word]}` : "";
  });
  return `${WORDS.step} ${said.filter(Boolean).join("; ")}.`;
}

/** An arrow from one place of the panel to another, in pixels. */
function arrowPath([ax, ay], [bx, by], head) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 1) return "";
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length].map((v) => v * Math.min(head, length));
  return `M${ax},${ay}L${bx},${by}M${bx - ux - uy / 2},${by - uy + ux / 2}L${bx},${by}L${bx - ux + uy / 2},${by - uy - ux / 2}`;
}

/** All sets of two or three of the places: together their segments and triangles fill the hull. */
function pieces(places) {
  return places.flatMap((a, i) => places.slice(i + 1).flatMap((b, j) => [[a, b], ...places.slice(i + j + 2).map((c) => [a, b, c])]));
}

/** The plane: hull, an arrow for each task with its letter at the tip, and the direction in bold. */
function makePlane(letters, reach) {
  const panel = makePanel({ title: "Gradients", sign: "bold: the direction d", margin: { bottom: 28, right: 46 } });
  const hull = s("g", { class: "ll-hull" });
  const direction = s("path", { class: "ll-arrow ll-bold" });
  const arrows = letters.map(() => s("path", { class: "ll-arrow" }));
  const tips = letters.map((letter) => s("g", { class: "ll-tip" }, s("circle", { r: 9 }), s("text", { "text-anchor": "middle", dy: "0.36em" }, letter)));
  panel.over.append(hull, ...arrows, direction, ...tips);
  const place = ([x, y]) => [panel.x(x), panel.y(y)];
  return {
    panel,
    /** One scale for both directions, in which all that can be reached is to be seen. */
    resize(width, height) {
      panel.resize(width, height);
      const { inner } = panel;
      const unit = Math.min(inner.width, inner.height) / (2 * reach);
      panel.x.domain([-inner.width / (2 * unit), inner.width / (2 * unit)]);
      panel.y.domain([-inner.height / (2 * unit), inner.height / (2 * unit)]);
      panel.axes();
    },
    draw(gradients, d, chosen) {
      hull.replaceChildren(...pieces(gradients.map(place)).map((some) => s("path", { d: `M${some.join("L")}Z` })));
      gradients.forEach((g, i) => {
        const to = place(g);
        arrows[i].setAttribute("d", arrowPath(place([0, 0]), to, 0));
        tips[i].setAttribute("transform", `translate(${to})`);
        tips[i].classList.toggle("ll-chosen", i === chosen);
      });
      direction.setAttribute("d", arrowPath(place([0, 0]), place(d), HEAD));
    },
  };
}

/** Legend and read-out: a row for each task, and a sentence. */
function readoutOf(letters) {
  const rows = letters.map((letter) => {
    const cells = [h("td"), h("td"), h("td")];
    return { cells, root: h("tr", {}, h("th", { scope: "row" }, letter), cells) };
  });
  const heads = ["Task", "Weight", "gᵢ · d", "A step makes it"].map((title) => h("th", { scope: "col" }, title));
  const verdict = h("p", { class: "ll-verdict" });
  const table = h("table", { class: "ll-table", "data-readout": "" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows.map((row) => row.root)));
  return {
    root: h("div", {}, table, verdict),
    /** Writes what is told, and returns the sentence. */
    write({ w, product }, ways) {
      rows.forEach(({ cells }, i) => {
        putNumber(cells[0], w[i]);
        putNumber(cells[1], product[i]);
        write(cells[2], [WORDS.worse, WORDS.same, WORDS.better][(ways?.[i] ?? 0) + 1]);
      });
      write(verdict, verdictOf(ways, letters));
      return verdict.textContent;
    },
  };
}

function directionExplorer(given) {
  const { el, model, drawn } = given;
  const reach = model.get("reach");
  const letters = lettersOf(model.get("gradients"));
  const legal = (p) => p.length === 2 && p.every((v) => Math.abs(v) <= reach);
  const rule = oneRule({
    ...given, rebuild, update,
    read: (get) => ({ gradients: get("gradients").map((g) => [...g]) }),
    traits: ({ gradients }) => ({ gradients: gradients.map((g) => [...g]) }),
    link: ({ gradients }) => ({ g: asLink(gradients) }),
    linked(link, now) {
      const points = asPoints(link.g, legal);
      if (points.length === letters.length) now.gradients = points;
    },
    title: "Table of the arrows", rows,
    python: (code) => `ll.widgets.DirectionExplorer(${code}, ${JSON.stringify(rule.state.gradients)})`,
  });
  const { state } = rule;
  const plane = makePlane(letters, reach);
  const readout = readoutOf(letters);
  const grid = panelGrid([plane.panel, readout]);
  let chosen = -1;
  let told = null;

  const handles = pointHandles({
    panel: plane.panel, points: () => state.gradients, home: [[-reach, reach], [-reach, reach]],
    describe: ([x, y], i) => `Gradient of ${letters[i]}: ${number(x)}, ${number(y)}${told ? `; weight ${number(told.w[i])}` : ""}`,
    onMove(i, to) {
      state.gradients[i] = to.map(short);
      update();
      rule.save();
    },
    onChoose(i) {
      chosen = i;
      if (told) draw();
    },
    onKey: () => false,
  });
  rule.place([grid]);

  function rebuild() {
    rule.build();
    handles.build();
    update();
  }
  function update() {
    const g = state.gradients;
    rule.ask("direction", { g: g.flat(), t: g.length, d: 2 }, ({ w, direction }) => {
      const [dx, dy] = direction;
      told = { w: Array.from(w), direction: [dx, dy], product: g.map(([x, y]) => x * dx + y * dy) };
      draw();
      drawn();
    });
  }
  function draw() {
    plane.panel.root.style.setProperty("--c", state.item.spec.style?.colour);
    plane.draw(state.gradients, told.direction, chosen);
    handles.draw();
    const sentence = readout.write(told, waysOf(told, state.gradients));
    rule.live.say(`${sentence} Weights: ${spoken(letters.map((letter, i) => [letter, told.w[i]]))}.`);
    rule.details.refresh();
  }
  function rows() {
    const tasks = letters.map((letter, i) => [`gradient of ${letter}`, ...state.gradients[i]]);
    return [["Arrow", "First parameter", "Second parameter"], ...tasks, ["direction", ...(told?.direction ?? [])]];
  }
  function layout() {
    const { narrow, width } = sideBySide(el, grid, 2);
    plane.resize(width, tall("plane", narrow));
    if (told) draw();
  }

  layout();
  rebuild();
  return whileOpen(el, layout, [handles, ...rule.parts, given.compute]);
}

export default { name: "direction-explorer", draw: directionExplorer };
