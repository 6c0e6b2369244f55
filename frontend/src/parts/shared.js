// What losslab/widgets/shared.json says to Python and to the page alike.

export { axes, counts, dashes, directions, divergences, gradients, landscapes, most, panels, pit, plots, rules, saturation, scores, simplex, spare, starts, targets, thresholds, training, weights } from "../../../losslab/widgets/shared.json";

/** A sentence of it with its gaps filled. */
export const filled = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]);
