// Probabilities of three classes as places in an equilateral triangle: A on top, B left, C right.

import { simplex } from "./shared.js";

export const HIGH = Math.sqrt(3) / 2; // of a triangle with sides of 1
const LEAST = simplex.least; // a logit must be finite: a forecast of 0 is taken as this

export const place = ([a, , c]) => [c + a / 2, a * HIGH];
export const forecastAt = ([x, y]) => [y / HIGH, 1 - y / HIGH / 2 - x, x - y / HIGH / 2];

/** The nearest probabilities that are all at least `least`. */
export function inside(p, least = 0) {
  const free = [0, 1, 2];
  const out = [...p];
  for (let round = 0; round < 3; round += 1) {
    const missing = (1 - out.reduce((sum, v) => sum + v, 0)) / free.length;
    for (const i of free) out[i] += missing;
    const low = free.filter((i) => out[i] < least);
    if (!low.length) break;
    for (const i of low) {
      out[i] = least;
      free.splice(free.indexOf(i), 1);
    }
  }
  return out;
}

/** With four digits, and still a sum of 1: the largest takes what the others leave. */
export function rounded(p) {
  const out = p.map((v) => Number(v.toFixed(4)));
  const most = out.indexOf(Math.max(...out));
  out[most] = Number((1 - out.reduce((sum, v, i) => (i === most ? sum : sum + v), 0)).toFixed(4));
  return out;
}

/** Half the sum of the absolute differences: how much probability lies elsewhere. */
export const distance = (p, q) => p.reduce((sum, v, i) => sum + Math.abs(v - q[i]), 0) / 2;

/** Targets and centred logits that ask for the loss of every forecast under each class in turn. */
export function questions(forecasts) {
  const n = forecasts.length;
  const y = new Float64Array(3 * n);
  const f = new Float64Array(9 * n);
  forecasts.forEach((p, i) => {
    const z = p.map((v) => Math.log(Math.max(v, LEAST)));
    const mean = (z[0] + z[1] + z[2]) / 3;
    for (let k = 0; k < 3; k += 1) {
      y[k * n + i] = k;
      for (let j = 0; j < 3; j += 1) f[3 * (k * n + i) + j] = z[j] - mean;
    }
  });
  return { y, f };
}

/** Expected losses from the answer to `questions`. */
export function expectedValues({ value }, truth) {
  const n = value.length / 3;
  const out = new Float64Array(n);
  truth.forEach((weight, k) => {
    // A class that never happens costs nothing, however much it would.
    if (weight > 0) for (let i = 0; i < n; i += 1) out[i] += weight * value[k * n + i];
  });
  return out;
}

/** Expected gradient at forecast i, with respect to its three logits. */
export function expectedGradient({ value, gradient }, truth, i) {
  const n = value.length / 3;
  return [0, 1, 2].map((j) => truth.reduce((sum, weight, k) => (weight > 0 ? sum + weight * gradient[3 * (k * n + i) + j] : sum), 0));
}

/** Forecasts on a triangular grid with n steps a side, just inside the triangle, row by row from BC. */
export function lattice(n, rim) {
  const points = [];
  for (let a = 0; a <= n; a += 1) {
    for (let c = 0; c <= n - a; c += 1) points.push([a, n - a - c, c].map((v) => rim + ((1 - 3 * rim) * v) / n));
  }
  return points;
}

/** Values on the lattice as rows of a square, for contours: beyond the diagonal they go on as planes. */
export function square(values, n) {
  const out = new Float64Array((n + 1) ** 2);
  const at = (c, a) => a * (n + 1) + c;
  let k = 0;
  for (let a = 0; a <= n; a += 1) {
    for (let c = 0; c <= n - a; c += 1, k += 1) out[at(c, a)] = values[k];
    // One cell matters; the rest lies outside the triangle and only must not be far off.
    for (let c = n - a + 1; c <= n; c += 1) {
      out[at(c, a)] = c === n - a + 1 ? out[at(c - 1, a)] + out[at(c, a - 1)] - out[at(c - 1, a - 1)] : out[at(c - 1, a)];
    }
  }
  return out;
}

/** Where on the square of `square` a place of a contour is: as a forecast. */
export function forecastOnSquare([x, y], n, rim) {
  const [c, a] = [(x - 0.5) / n, (y - 0.5) / n];
  return [a, 1 - a - c, c].map((v) => rim + (1 - 3 * rim) * v);
}

/** Forecasts around `p`, `step` apart, on seven by seven places. */
export function around(p, step) {
  const points = [];
  for (let a = -3; a <= 3; a += 1) {
    for (let c = -3; c <= 3; c += 1) points.push(inside([p[0] + a * step, p[1] - (a + c) * step, p[2] + c * step], LEAST));
  }
  return points;
}
