// The rule of a figure that shows one: its parameters change, and it is written down in links and Python.

import { asPython, asTrait, fromLink, makeItems, toLink } from "./items.js";

export function oneRule({ model, manifest }) {
  const read = () => makeItems(model.get("losses"), manifest)[0];
  const start = read();
  const door = `ll.${model.get("shelf")}.get(`;
  return {
    read,
    again: () => ({ ...start, parameters: { ...start.initial } }),
    trait: (item) => asTrait([item]),
    link: (item) => toLink([item]),
    /** The item that a link names, if it is the figure's rule. */
    linked: (text) => fromLink(text ?? "", manifest).find((item) => item.name === start.name),
    /** As Python gets it: always with its shelf, for another may have the name too. */
    python(item) {
      const code = asPython([item]).replace("ll.get(", door);
      return code.startsWith('"') ? `${door}${code})` : code;
    },
  };
}
