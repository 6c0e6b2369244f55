// A number that the reader drags along the horizontal axis of a panel.

import { h, keysAreOurs } from "./dom.js";

/** `range()` tells its ends and step, `value()` where it is; `onMove(v)` is told where the reader wants it: at most
 *  once a frame. It lies on the axis of `panel` and is also dragged in the panels `also`, of the same axis. */
export function axisHandle({ panel, also = [], range, value, onMove }) {
  const root = h("button", {
    type: "button", class: "ll-handle", role: "slider", "data-draggable": "", "aria-orientation": "horizontal", ...keysAreOurs,
  }, h("span"));
  panel.plot.append(root);
  const move = (v) => {
    const { low, high } = range();
    onMove(Math.max(low, Math.min(high, v)));
  };

  let asked = 0;
  let wanted = 0;
  const toPointer = (event, { svg, x, margin }) => {
    const { step } = range();
    const box = svg.getBoundingClientRect();
    wanted = Math.round(x.invert(event.clientX - box.left - margin.left) / step) * step;
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      move(wanted);
    });
  };
  for (const each of [panel, ...also]) {
    each.plot.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") each.plot.setPointerCapture(event.pointerId);
      toPointer(event, each);
    });
    each.plot.addEventListener("pointermove", (event) => event.buttons && toPointer(event, each));
  }
  root.addEventListener("keydown", (event) => {
    const { low, high, step } = range();
    const by = step * (event.shiftKey ? 10 : 1);
    const to = {
      ArrowRight: value() + by, ArrowUp: value() + by, ArrowLeft: value() - by, ArrowDown: value() - by, Home: low, End: high,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  });

  return {
    draw(label, text) {
      const { low, high } = range();
      root.style.left = `${panel.x(value()) + panel.margin.left}px`;
      root.style.top = `${panel.inner.height + panel.margin.top}px`;
      root.setAttribute("aria-label", label);
      root.setAttribute("aria-valuemin", low);
      root.setAttribute("aria-valuemax", high);
      root.setAttribute("aria-valuenow", Number(value().toPrecision(4)));
      root.setAttribute("aria-valuetext", text);
    },
    close: () => cancelAnimationFrame(asked),
  };
}
