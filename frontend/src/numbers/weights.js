// How much a loss lets a point count: gradient / residual, its weight in weighted least squares.

import { whenReady } from "./compute.js";
import { curveOf } from "./questions.js";

/** At a residual of zero the weight's limit is the curvature, if there is one; at a kink there is none. */
export const weights = (r, x, centre = 0) => r.gradient.map((g, i) => {
  const residual = x[i] - centre;
  if (residual !== 0) return g / residual;
  return r.curvature[i] > 0 ? r.curvature[i] : NaN;
});

/** Weights of the points around a line, relative to a point with a typical (median) residual;
 *  calls `then(weights, residuals)`. */
export function relativeWeights(compute, item, fit, x, y, then) {
  const r = x.map((v, i) => fit.intercept + fit.slope * v - y[i]);
  const sizes = Array.from(r, Math.abs).sort((a, b) => a - b);
  const typical = sizes[Math.floor(sizes.length / 2)] || sizes.at(-1) || 1;
  // Two more residuals, ± the typical one, are weighed along to set the unit. A line that goes
  // through a point exactly is taken as missing it by a hair: 0/0 is no weight.
  const hair = 1e-6 * typical;
  const residuals = Float64Array.of(...Array.from(r, (v) => (Math.abs(v) < hair ? hair : v)), typical, -typical);
  whenReady(curveOf(compute, item, new Float64Array(residuals.length), residuals, `${item.key}:weights`), (result) => {
    if (result.error) return;
    const w = weights(result, residuals);
    const unit = (w[w.length - 1] + w[w.length - 2]) / 2;
    then(Array.from(w.slice(0, -2), (v) => (unit > 0 ? v / unit : v)), r);
  });
}
