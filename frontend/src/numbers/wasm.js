// The WebAssembly back end: the package's own kernels, compiled from the same Python source.
// There is one module for each file of losses, and a page gets those that its readers look at.

import { argumentsOf, callLoop } from "./loop.js";
import { makeRoom } from "./room.js";

/* global __LOSSLAB_LOOPS__ */
const LOOPS = __LOSSLAB_LOOPS__; // the signatures of losslab/widgets/programs.py, by name

/** What all figures of a page share: what is known, by shelf, and the modules that are here. */
export const makeLibrary = (shelves) => ({ shelves, modules: new Map(), loops: new Map() });

/** The kernels for one figure of what stands on a shelf; `getBytes(module)` promises a module. A result is there at once
 *  when its module is, and a promise before. */
export function wasmBackend(library, getBytes, shelf) {
  const specs = new Map(library.shelves[shelf].map((spec) => [spec.name, spec]));

  function load(module) {
    let entry = library.modules.get(module);
    if (!entry) {
      entry = { asked: new Set(), exports: null };
      entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
      library.modules.set(module, entry);
    }
    // Whoever is answered first serves all figures: the one that asked first may be gone by now.
    if (!entry.exports && !entry.asked.has(getBytes)) {
      entry.asked.add(getBytes);
      getBytes(module).then((bytes) => WebAssembly.instantiate(bytes, {})).then(
        ({ instance, module: compiled }) => {
          entry.exports ??= instance.exports;
          entry.compiled ??= compiled;
          entry.resolve();
        },
        (error) => {
          if (entry.exports) return;
          if (library.modules.get(module) === entry) library.modules.delete(module); // the next to ask tries again
          entry.reject(error);
        },
      );
    }
    return entry.promise;
  }

  /** The arguments of a loop, with the scratch space that a loss needs written out. */
  function loopOf(name, scratch = "") {
    const key = `${name} ${scratch}`;
    if (!library.loops.has(key)) library.loops.set(key, argumentsOf(LOOPS[name].replace("[scratch]", `[${scratch}]`)));
    return library.loops.get(key);
  }

  const moduleOf = (name) => specs.get(name).module;
  const exportsOf = (module) => library.modules.get(module).exports;

  /** Calls `call()` at once if the kernels of these losses and these other modules are here, or when they have come. */
  function use(names, modules, call) {
    const all = [...names.map(moduleOf), ...modules];
    if (all.every((module) => library.modules.get(module)?.exports)) return call();
    return Promise.all(all.map(load)).then(call, (error) => ({ error: `It cannot be computed here (${error.message}).` }));
  }

  return {
    has: (name) => specs.has(name),
    use, moduleOf,
    /** An instance of a module that is here, with a memory of its own, for calls on arrays that stay in place. */
    room: (module) => makeRoom(new WebAssembly.Instance(library.modules.get(module).compiled, {}).exports, (name) => loopOf(name)),
    /** Resolves when all these losses, and what else a figure needs, can be computed at once. */
    prepare: (names, modules) =>
      Promise.all([...names.filter((name) => specs.has(name)).map(moduleOf), ...modules].map(load)),
    /** Runs a loop around the kernels of a loss. */
    run: (name, loop, given, parameters, vectors = []) => use([name], [], () => {
      const spec = specs.get(name);
      const a = spec.parameters.map((p) => parameters[p.name]);
      const all = { ...given, a: a.length ? a : [0], v: vectors };
      const answers = callLoop(exportsOf(spec.module), `${name}__${loop}`, loopOf(loop, spec.scratch), all);
      return answers.returned ? { error: `y_true must hold ${spec.needs || "legal targets"}` } : answers;
    }),
    /** Runs a loop that calls no kernel, in the module of its name or another one, which must be here. */
    runAlone: (loop, given, module = loop) => callLoop(exportsOf(module), loop, loopOf(loop), given),
  };
}
