// A loop's one line, as losslab/engine/loop.py writes it, and a call of it: arrays in, answers out.

/** The arguments that a signature names, in their order. */
export function argumentsOf(signature) {
  const [front, rest = ""] = signature.split(">");
  const [answers, back = ""] = rest.split("|");
  const words = [[front, false], [answers, true], [back, false]]
    .flatMap(([part, answer]) => part.split(" ").filter(Boolean).map((word) => ({ word, answer })));
  const found = words.map(({ word, answer }) => {
    const [, name, kind, size] = /^(\w+)(?::(\w+))?(?:\[(.+)\])?$/.exec(word);
    return { name, kind, size: size ?? null, answer };
  });
  const inSizes = new Set(found.flatMap(({ size }) => size?.split(/[+*]/) ?? []));
  for (const argument of found) {
    if (argument.name === "v") argument.kind = "vectors";
    argument.kind ??= inSizes.has(argument.name) ? "int" : "array";
  }
  return found;
}

/** A sum of products such as `2*k+16`, for the whole numbers that are given. */
export const sizeOf = (size, given) => size.split("+").reduce((sum, product) => sum
  + product.split("*").reduce((term, factor) => term * (given[factor] ?? Number(factor)), 1), 0);

/** Calls a function of a module. `given` holds what the line names: arrays, numbers, `a` the parameters, `v` a list of
 *  vectors. Every call uses the memory from the heap base upwards afresh: nothing to free. Gives what the function
 *  returned, and the answers by name. */
export function callLoop(exports, name, loop, given) {
  const base = Math.ceil(exports.__heap_base.value / 16) * 16;
  const places = [];
  let used = 0;
  const lay = (array, size, answer) => {
    const place = { array, start: used, size: Math.max(1, size), answer };
    used += place.size;
    places.push(place);
    return base + 8 * place.start;
  };
  const values = loop.flatMap(({ name: key, kind, size, answer }) => {
    if (kind === "vectors") return (given.v ?? []).map((vector) => lay(vector, vector.length));
    if (size) return [lay(null, sizeOf(size, given), answer && key)];
    if (kind === "int" || kind === "float") return [Number(given[key])];
    return [lay(given[key], given[key].length, answer && key)];
  });
  const missing = base + 8 * used - exports.memory.buffer.byteLength;
  if (missing > 0) exports.memory.grow(Math.ceil(missing / 65536));
  const heap = new Float64Array(exports.memory.buffer, base, used);
  for (const { array, start, size } of places) {
    if (array) heap.set(array, start);
    else heap.fill(0, start, start + size);
  }
  const answers = { returned: exports[name](...values) };
  for (const { start, size, answer } of places) if (answer) answers[answer] = heap.slice(start, start + size);
  return answers;
}
