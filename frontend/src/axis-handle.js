// A number that the reader drags along the horizontal axis of a panel.

import { h, keysAreOurs } from "./dom.js";

/** `value()` is where it is, `onMove(v)` is told where the reader wants it: at most once a frame. */
export function axisHandle({ panel, label, low, high, step, value, onMove }) {
  const root = h("button", {
    type: "button", class: "ll-handle", role: "slider", "data-draggable": "", "aria-orientation": "horizontal",
    "aria-label": label, "aria-valuemin": low, "aria-valuemax": high, ...keysAreOurs,
  }, h("span"));
  panel.plot.append(root);
  const move = (v) => onMove(Math.max(low, Math.min(high, v)));

  let asked = 0;
  let wanted = 0;
  const toPointer = (event) => {
    const box = panel.svg.getBoundingClientRect();
    wanted = Math.round(panel.x.invert(event.clientX - box.left - panel.margin.left) / step) * step;
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      move(wanted);
    });
  };
  panel.plot.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse") panel.plot.setPointerCapture(event.pointerId);
    toPointer(event);
  });
  panel.plot.addEventListener("pointermove", (event) => event.buttons && toPointer(event));
  root.addEventListener("keydown", (event) => {
    const by = step * (event.shiftKey ? 10 : 1);
    const to = {
      ArrowRight: value() + by, ArrowUp: value() + by, ArrowLeft: value() - by, ArrowDown: value() - by, Home: low, End: high,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  });

  return {
    draw(text) {
      root.style.left = `${panel.x(value()) + panel.margin.left}px`;
      root.style.top = `${panel.inner.height + panel.margin.top}px`;
      root.setAttribute("aria-valuenow", Number(value().toPrecision(4)));
      root.setAttribute("aria-valuetext", text);
    },
    close: () => cancelAnimationFrame(asked),
  };
}
