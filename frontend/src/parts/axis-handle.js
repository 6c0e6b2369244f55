// A number that the reader drags along the horizontal axis of a panel.

import { h, keysAreOurs } from "./dom.js";

const FAR = 8; // steps

/** `range()` tells its ends and step (another one for the keys, if given), `value()` where it is; `onMove(v)` is told
 *  where the reader wants it: at most once a frame. It lies on the axis of `panel` and is also dragged in the panels
 *  `also`, of the same axis. With `hover` it follows a mouse that presses nothing, unless that is far outside. Where a
 *  panel has several handles, `mine(event, panel)` says whether this one is pressed, and `top()` where it lies. */
export function axisHandle({ panel, also = [], range, value, onMove, hover = false, mine = () => true, top = () => panel.inner.height }) {
  const root = h("button", {
    type: "button", class: "ll-handle", role: "slider", "data-draggable": "", "aria-orientation": "horizontal", ...keysAreOurs,
  }, h("span"));
  panel.plot.append(root);
  const move = (v) => {
    const { low, high } = range();
    onMove(Math.max(low, Math.min(high, v)));
  };

  let held = false;
  let asked = 0;
  let wanted = 0;
  const toPointer = (event, { svg, x, margin }) => {
    const { low, high, step } = range();
    const v = x.invert(event.clientX - svg.getBoundingClientRect().left - margin.left);
    if (!event.buttons && (v < low - FAR * step || v > high + FAR * step)) return;
    wanted = Math.round(v / step) * step;
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      move(wanted);
    });
  };
  for (const each of [panel, ...also]) {
    each.plot.addEventListener("pointerdown", (event) => {
      held = mine(event, each);
      if (!held) return;
      if (event.pointerType === "mouse") each.plot.setPointerCapture(event.pointerId);
      toPointer(event, each);
    });
    each.plot.addEventListener("pointermove", (event) => {
      if ((event.buttons && held) || (hover && event.pointerType === "mouse")) toPointer(event, each);
    });
  }
  root.addEventListener("keydown", (event) => {
    const { low, high, step, keys = step } = range();
    const by = keys * (event.shiftKey ? 10 : 1);
    const to = {
      ArrowRight: value() + by, ArrowUp: value() + by, ArrowLeft: value() - by, ArrowDown: value() - by, Home: low, End: high,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  });

  return {
    root,
    draw(label, text) {
      const { low, high } = range();
      root.style.left = `${panel.x(value()) + panel.margin.left}px`;
      root.style.top = `${top() + panel.margin.top}px`;
      root.setAttribute("aria-label", label);
      root.setAttribute("aria-valuemin", low);
      root.setAttribute("aria-valuemax", high);
      root.setAttribute("aria-valuenow", Number(value().toPrecision(5)));
      root.setAttribute("aria-valuetext", text);
    },
    close: () => cancelAnimationFrame(asked),
  };
}
