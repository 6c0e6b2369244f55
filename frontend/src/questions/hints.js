// What a wrong number of an exercise is told, as the notebook's check tells it (losslab/exercises). The page does not hold
// the answer, only a digest of it in steps: once a reader has answered wrongly, the steps near zero are tried until one fits.

import { digest, isDigest } from "./digest.js";

const FAR = 3000;

/** Whether a number is the answer, to the step. */
export const isAnswer = (number, { salt, step, digests }) => isDigest(salt, Math.round(number / step), digests);

/** The middle of the digests in steps; NaN if it is further than FAR from zero. */
function middle({ salt, digests }) {
  for (let k = 0; k <= FAR; k += 1) for (const steps of [k, -k]) if (digest(`${salt}:${steps === 0 ? 0 : steps}`) === digests[1]) return steps;
  return NaN;
}

const capital = (sentence) => sentence.replace(/^./u, (letter) => letter.toUpperCase());

/** A sentence on a wrong number: what it is if it is known, else how it differs. `others` are the other fields of the exercise. */
export function hint(number, spec, others = []) {
  const known = spec.hints?.find(({ digests }) => isDigest(spec.salt, Math.round(number / spec.step), digests));
  if (known) return capital(known.say);
  if (others.some((other) => other.salt && isAnswer(number, other))) return "That answers another line.";
  const right = middle(spec) * spec.step;
  if (Number.isNaN(right)) return "";
  const like = (x) => Math.abs(number - x) <= spec.step;
  if (right !== 0 && like(-right)) return "The size is right, the sign is the other way round.";
  const exact = spec.step === 0.5 && !spec.searched; // a whole number: no digit is missing
  const derived = spec.hints && !spec.searched && !exact; // half of a count, or of what was found by trying, means nothing
  if (derived && like(2 * right)) return "It is twice what it should be. Where does a ½ belong?";
  if (derived && like(right / 2)) return "It is half of what it should be. Is there a ½ too many?";
  if (!exact && Math.abs(number - right) <= Math.max(3 * spec.step, 0.02 * Math.abs(right))) {
    return spec.searched ? "Close. Search more finely around it." : "Close. Keep more digits, and round only at the end.";
  }
  return `It is too ${number < right ? "small" : "large"}.`;
}
