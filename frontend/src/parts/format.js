// Numbers and symbols as a reader sees them.

import { dashes as named } from "./shared.js";

const MINUS = "\u2212";

/** A number with a true minus sign and a width that suits a column of tabular numerals. */
export function number(v) {
  if (v === null || v === undefined || Number.isNaN(v)) return "\u2013";
  if (v === Infinity) return "\u221e";
  if (v === -Infinity) return `${MINUS}\u221e`;
  const size = Math.abs(v);
  let text;
  if (size === 0) text = "0.000";
  else if (size >= 1e5 || size < 5e-4) {
    const [mantissa, exponent] = v.toExponential(1).split("e");
    text = `${mantissa}e${Number(exponent)}`;
  } else text = v.toFixed(size < 100 ? 3 : size < 1000 ? 2 : 1);
  return text.replaceAll("-", MINUS);
}

/** v, or 0 where it is only what a descent left over on the scale of the figure. */
export const settled = (v, scale) => (Math.abs(v) < 1e-6 * scale ? 0 : v);

/** As few digits as a slider's step needs. */
export function plain(v) {
  return String(Number(v.toPrecision(4))).replaceAll("-", MINUS);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Ten to the power k, as logarithmic axes name it: 10⁻⁴. */
export const tenTo = (k) => (k === 0 ? "1" : k === 1 ? "10" : `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((digit) => RAISED[digit]).join("")}`);

const GREEK = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", kappa: "κ", lambda: "λ", mu: "μ",
  nu: "ν", rho: "ρ", sigma: "σ", tau: "τ", theta: "θ", xi: "ξ", zeta: "ζ", omega: "ω", phi: "φ", psi: "ψ", eta: "η",
};

/** The symbol of a parameter: `delta` is δ, `lambda_` is λ, `c` stays c. */
export function symbol(name) {
  return name.replace(/_+$/, "").split("_").map((part) => GREEK[part] ?? part).join(" ");
}

/** SVG dash pattern of a named line style; a pattern of numbers passes through. */
export const dashes = (name) => named[String(name ?? "").toLowerCase().replace(/[-_ ]/g, "")] ?? (/^[\d., ]+$/.test(name) ? name : "");

export const shortTitle = (title) => title.replace(/\s+loss$/i, "");
