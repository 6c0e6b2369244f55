// Scores of normal forecasts: at one outcome, and on average over a normal truth. All by the kernels.

import { curveOf, evenly, rowsOf } from "./questions.js";
import { scores } from "../parts/shared.js";

const { nodes: NODES, reach: REACH } = scores;

/** `state` holds the level and the threshold; `intervals` lists level, alpha and reach in widths. */
export function scoreAverages({ compute, truth: [centre, scale], intervals, rule: [ruleNodes, ruleWeights], state }) {
  // The kernels are here before the figure is drawn, so every answer comes at once.
  const rows = (name, y, f, parameters = {}) => rowsOf(compute, { name, custom: false, parameters, spec: {} }, y, f, 2, name);

  /** Predictions of forecasts of one mean, `n` rows for each of `widths`. */
  function forecasts(n, mean, widths) {
    const f = new Float64Array(2 * n * widths.length);
    for (let k = 0, at = 0; k < widths.length; k += 1) {
      const log = Math.log(widths[k]);
      for (const end = at + 2 * n; at < end; at += 2) {
        f[at] = mean;
        f[at + 1] = log;
      }
    }
    return f;
  }
  const density = (ys, mean, width) => rows("gaussian_nll", ys, forecasts(ys.length, mean, [width])).value.map((v) => Math.exp(-v));

  /** Probability of the event under forecasts: the slope of the CRPS is 1 - 2 F. */
  function exceeds(mean, widths) {
    const y = new Float64Array(widths.length).fill(state.threshold);
    const { gradient } = rows("crps_gaussian", y, forecasts(1, mean, widths));
    return y.map((_, i) => 0.5 * (1 + gradient[2 * i]));
  }

  const interval = () => intervals.find(([level]) => level === state.level);
  const intervalScores = (y, ends) => rows("interval_score", y, ends, { alpha: interval()[1] }).value;

  /** Interval scores on average over the truth, by Gauss-Legendre's rule between their kinks. */
  function expectedIntervals(ends) {
    const [m, per] = [ends.length / 2, 3 * ruleNodes.length];
    const [y, weights, each] = [m * per, m * per, 2 * m * per].map((n) => new Float64Array(n));
    const [low, high] = [centre - REACH * scale, centre + REACH * scale];
    for (let k = 0, at = 0; k < m; k += 1) {
      const [lower, upper] = [ends[2 * k], ends[2 * k + 1]];
      const cuts = [low, ...[lower, upper].map((v) => Math.max(low, Math.min(high, v))), high];
      for (let j = 0; j < 3; j += 1) {
        const half = 0.5 * (cuts[j + 1] - cuts[j]);
        for (let i = 0; i < ruleNodes.length; i += 1, at += 1) {
          y[at] = cuts[j] + half * (ruleNodes[i] + 1);
          weights[at] = half * ruleWeights[i];
          each[2 * at] = lower;
          each[2 * at + 1] = upper;
        }
      }
    }
    const chance = density(y, centre, scale);
    const scores = intervalScores(y, each);
    const sums = new Float64Array(m);
    for (let k = 0, at = 0; k < m; k += 1) {
      for (const end = at + per; at < end; at += 1) sums[k] += weights[at] * chance[at] * scores[at];
    }
    return sums;
  }

  const nodes = evenly(centre - REACH * scale, centre + REACH * scale, NODES - 1);
  const chances = density(nodes, centre, scale);
  const total = chances.reduce((sum, v) => sum + v, 0);
  const overTruth = { ys: nodes, weights: chances.map((v) => v / total), event: () => exceeds(centre, [scale])[0], intervalsOf: expectedIntervals };
  const atOutcome = (y) => {
    const ys = Float64Array.of(y);
    return { ys, weights: [1], event: () => Number(y > state.threshold), intervalsOf: (ends) => intervalScores(ys, ends) };
  };

  function smooth({ ys, weights }, mean, widths) {
    const n = ys.length;
    const y = new Float64Array(n * widths.length);
    for (let k = 0; k < widths.length; k += 1) y.set(ys, k * n);
    const f = forecasts(n, mean, widths);
    const over = (values) => {
      const sums = new Float64Array(widths.length);
      for (let k = 0, at = 0; k < widths.length; k += 1) {
        for (let i = 0; i < n; i += 1, at += 1) sums[k] += weights[i] * values[at];
      }
      return sums;
    };
    const nll = rows("gaussian_nll", y, f).value;
    return { log: over(nll), crps: over(rows("crps_gaussian", y, f).value), linear: over(nll.map((v) => -Math.exp(-v))) };
  }

  function ofIntervals({ intervalsOf }, mean, widths) {
    const reach = interval()[2];
    const ends = new Float64Array(2 * widths.length);
    for (let k = 0; k < widths.length; k += 1) ends.set([mean - reach * widths[k], mean + reach * widths[k]], 2 * k);
    const scores = intervalsOf(ends);
    return { interval: scores, misses: scores.map((v, k) => v - 2 * reach * widths[k]) };
  }

  function ofEvent({ event }, mean, widths) {
    const p = exceeds(mean, widths);
    const item = { name: "brier", custom: false, parameters: {}, spec: {} };
    const [no, yes] = [0, 1].map((label) => curveOf(compute, item, new Float64Array(p.length).fill(label), p, "brier").value);
    const chance = event();
    return { brier: no.map((v, k) => chance * yes[k] + (1 - chance) * v) };
  }

  return {
    density, overTruth, atOutcome, interval,
    /** Scores that are computed together, and what they depend on besides the forecast. */
    groups: [
      { scores: smooth, needs: () => null },
      { scores: ofIntervals, needs: () => state.level },
      { scores: ofEvent, needs: () => state.threshold },
    ],
  };
}
