// The mini-loader of the static site: finds the live figures that the notebook left in the page
// and draws them. A classic script, so it also runs in a page opened from disk.

import { load, mount } from "./runtime.js";

const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

/* global __LOSSLAB_ASSETS__ */
async function assets() {
  const { wasm, losses } = __LOSSLAB_ASSETS__;
  const packed = new Blob([Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0))]);
  const unpacked = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  return { wasm: await new Response(unpacked).arrayBuffer(), losses };
}

/** The part of a Jupyter model that the figures use, without a kernel behind it. */
function staticModel(state) {
  const listeners = new Map();
  return {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes() {},
    on: (event, fn) => listeners.set(event, [...(listeners.get(event) ?? []), fn]),
    off: (event, fn) => listeners.set(event, (listeners.get(event) ?? []).filter((f) => f !== fn)),
  };
}

/** A figure's state in the address: `#figure2?losses=…&at=…`. */
function sharing(index) {
  const mark = `#figure${index + 1}?`;
  const clean = () => location.href.split("#")[0];
  return {
    read: () => (location.hash.startsWith(mark) ? Object.fromEntries(new URLSearchParams(location.hash.slice(mark.length))) : null),
    write(values) {
      const url = clean() + mark + new URLSearchParams(values).toString();
      history.replaceState(null, "", url);
      return url;
    },
    clear() {
      if (location.hash.startsWith(mark)) history.replaceState(null, "", clean());
    },
  };
}

function models() {
  const all = {};
  for (const script of document.querySelectorAll(STATE)) Object.assign(all, JSON.parse(script.textContent).state);
  return all;
}

async function start() {
  const all = models();
  // Other widgets on the page (plain ipywidgets controls) are none of ours: left alone.
  const views = [...document.querySelectorAll(VIEW)]
    .map((script) => ({ script, state: all[JSON.parse(script.textContent).model_id]?.state }))
    .filter(({ state }) => state?.figure && state._losslab);
  if (!views.length) return;
  const library = await load(await assets());
  for (const [index, { script, state }] of views.entries()) {
    let figure = script.closest("figure.losslab-figure");
    if (!figure) {
      figure = document.createElement("figure");
      figure.className = "losslab-figure";
      script.replaceWith(figure);
    }
    const share = sharing(index);
    mount({ el: figure.querySelector(".losslab-hold") ?? figure, model: staticModel({ ...state }), library, share });
    if (share.read()) figure.scrollIntoView();
    // One figure at a time: on a slow phone the reader can scroll in between.
    await new Promise((done) => setTimeout(done));
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
