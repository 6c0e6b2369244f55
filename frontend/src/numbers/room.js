// Arrays that stay where they are, in the memory of an instance of a module that nobody else uses, and calls on them.

import { sizeOf } from "./loop.js";

/** `loopOf(name)` gives the arguments of a loop. Places are { at, size }. */
export function makeRoom(exports, loopOf) {
  let end = Math.ceil(exports.__heap_base.value / 16) * 16;

  /** A place for n numbers, which are 0. */
  function array(n) {
    const place = { at: end, size: Math.max(1, n) };
    end += 16 * Math.ceil(place.size / 2);
    const missing = end - exports.memory.buffer.byteLength;
    if (missing > 0) exports.memory.grow(Math.ceil(missing / 65536));
    return place;
  }
  /** The numbers of a place, as long as the memory does not grow. */
  function view(place) {
    if (place.numbers?.buffer !== exports.memory.buffer) place.numbers = new Float64Array(exports.memory.buffer, place.at, place.size);
    return place.numbers;
  }
  return {
    array, view,
    /** A place that holds these numbers. */
    holding(numbers) {
      const place = array(numbers.length);
      view(place).set(numbers);
      return place;
    },
    /** A call of a function of the module. `given` holds places, numbers, and { number } where each call reads it anew; `v`,
     *  the vectors, is a list of places. Scratch space and answers are made if they are not given. */
    bind(name, loop, given) {
      const run = exports[name];
      const values = loopOf(loop).flatMap(({ name: key, kind, size }) => {
        if (kind === "vectors") return (given.v ?? []).map(({ at }) => at);
        const value = given[key] ?? (size ? array(sizeOf(size, given)) : null);
        if (value === null) throw new Error(`${key} must be given for ${name}`);
        return value.at ?? value;
      });
      return () => run(...values.map((value) => (typeof value === "object" ? value.number : value)));
    },
  };
}

/** A part of a place. */
export const part = ({ at }, first, size) => ({ at: at + 8 * first, size });
