// How much a loss lets a point count: gradient / residual, its weight in weighted least squares.

import { whenReady } from "./compute.js";
import { curveOf } from "./questions.js";

/** At a residual of zero the weight's limit is the curvature, if there is one; at a kink there is none. */
export const weights = (r, x, centre = 0) => r.gradient.map((g, i) => {
  const residual = x[i] - centre;
  if (residual !== 0) return g / residual;
  return r.curvature[i] > 0 ? r.curvature[i] : NaN;
});

/** Weights of the points around a line; calls `then(weights, residuals)`. */
export function pointWeights(compute, item, fit, x, y, then) {
  const r = x.map((v, i) => fit.intercept + fit.slope * v - y[i]);
  const sizes = Array.from(r, Math.abs).sort((a, b) => a - b);
  const typical = sizes[Math.floor(sizes.length / 2)] || sizes.at(-1) || 1;
  // A line that goes through a point exactly is taken as missing it by a hair: 0/0 is no weight.
  const hair = 1e-6 * typical;
  const residuals = Float64Array.from(r, (v) => (Math.abs(v) < hair ? hair : v));
  whenReady(curveOf(compute, item, new Float64Array(residuals.length), residuals, `${item.key}:weights`), (result) => {
    if (!result.error) then(Array.from(weights(result, residuals)), r);
  });
}
