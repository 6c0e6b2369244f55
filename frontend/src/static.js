// The mini-loader of the static site: finds the live figures that the notebook left in the page
// and draws them. A classic script, so it also runs in a page opened from disk.

import parts from "shared-parts"; // made by bundle.mjs
import { acts } from "./acts.js";
import { mount, prepare } from "./mount.js";
import { makeLibrary } from "./numbers/wasm.js";
import { openOver, veilOver } from "./questions/veil.js";

const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

/* global __LOSSLAB_ASSETS__ */
const { shelves, scripts } = __LOSSLAB_ASSETS__;
// Known only while this script runs. The pages that use it lie in many folders.
const home = document.currentScript.src;
globalThis.__losslabParts = parts; // for the scripts of the figures

/** Runs one more script of the book, by an element: a page opened from disk cannot fetch. */
function run(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(`${path}?v=${scripts[path]}`, home).href;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${path} is missing`));
    document.head.append(script);
  });
}

const here = {};

/** Runs one more script, once. */
const bring = (path) => (here[path] ??= run(path));

/** The kernels of one module, or a set of data. */
async function getBytes(name, kind = "kernels") {
  await bring(`${kind}/${name}.js`);
  return unpack(globalThis.__losslabBytes[`${kind}/${name}`]);
}

/** The code of one kind of figure. */
async function getFigure(name) {
  await bring(`figures/${name}.js`);
  return globalThis.__losslabFigures[name];
}

async function unpack(text) {
  const packed = new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]);
  const unpacked = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(unpacked).arrayBuffer();
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
  const library = makeLibrary(shelves);
  const figures = views.map(({ script, state }, index) => {
    let figure = script.closest("figure.losslab-figure");
    if (!figure) {
      figure = document.createElement("figure");
      figure.className = "losslab-figure";
      script.replaceWith(figure);
    }
    const el = figure.querySelector(".losslab-hold") ?? figure;
    return { el, model: staticModel({ ...state }), library, share: sharing(index), getBytes };
  });
  // All code and all kernels are on their way before the first figure is drawn.
  for (const given of figures) {
    prepare(given).catch(() => {});
    given.code = getFigure(given.model.get("figure")).then((figure) => ({ ...given, figure }));
    given.code.then(prepare).catch(() => {});
  }
  acts(figures, put);
  for (const figure of figures) {
    if (figure.share.read()) openOver(figure.el); // a link to it
    const closed = veilOver(figure.el); // by a question of the chapter
    if (closed) closed.addEventListener("losslab-open", () => put(figure), { once: true });
    else await put(figure);
    // One figure at a time: on a slow phone the reader can scroll in between.
    await new Promise((done) => setTimeout(done));
  }
}

async function put(figure) {
  try {
    figure.stop?.();
    figure.stop = await mount(await figure.code);
  } catch (error) {
    console.error(error); // the picture stays
  }
  if (figure.share.read()) figure.el.scrollIntoView();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
