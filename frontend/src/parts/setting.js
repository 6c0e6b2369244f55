// What a reader has set up in a figure: read from Python's traits or a link, written to both, and set back.

import { syncTraits } from "./sync.js";

/** `read(get)` makes the state of traits, `traits(state)` and `link(state)` say what goes to Python and into a link, and
 *  `linked(given, state)` puts into the state what of a link is legal. `taken(reset)` is called when all of it is new. */
export function setting({ model, share, read, traits, link, linked, taken }) {
  const get = (name) => model.get(name);
  const state = read(get);
  const first = Object.fromEntries(Object.keys(traits(state)).map((name) => [name, get(name)]));
  const given = share?.read();
  if (given) linked(given, state);
  const { save, close } = syncTraits(model, () => traits(state), () => {
    Object.assign(state, read(get));
    taken(false);
  });
  return {
    state, save, close,
    reset() {
      Object.assign(state, read((name) => first[name] ?? get(name)));
      share?.clear();
      taken(true);
      save();
    },
    link: share && (() => share.write(link(state))),
  };
}

/** Calls `each(one, done)` for all of a list, and `then()` once every one of them is done. */
export function forAll(list, each, then) {
  let pending = list.length;
  if (!pending) return then();
  for (const one of list) {
    each(one, () => {
      pending -= 1;
      if (!pending) then();
    });
  }
}
