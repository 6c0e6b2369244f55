// Small helpers to build elements. No framework: a figure is a few dozen nodes.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") {
      for (const [name, v] of Object.entries(value)) node.style.setProperty(name, v);
    } else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);
export const s = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

/** Sets a node's text, and leaves alone what is right already: layout costs more than comparing. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Jupyter's command mode takes arrow keys and Delete away from whatever has the
// focus, except from elements that carry this attribute themselves.
export const keysAreOurs = { "data-lm-suppress-shortcuts": "true" };

let counter = 0;
/** An id that no other figure on the page has. */
export const uid = (stem) => `losslab-${stem}-${(counter += 1)}`;

/** Calls `fn` at most once per `wait` ms, always with the newest arguments. */
export function throttle(fn, wait) {
  let timer = 0;
  let args = null;
  const later = (...now) => {
    args = now;
    if (!timer) timer = setTimeout(() => { timer = 0; fn(...args); }, wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/** Calls `fn` once things have been quiet for `wait` ms. */
export function debounce(fn, wait) {
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(fn, wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
