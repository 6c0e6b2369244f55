"""Loops over all weights at once, around the kernels of a penalty of any kind.

They call ``whole_value(w, g, s, n, m, p)`` and ``whole_prox(w, x, s, n, m, step, p)``: n weights, in
rows of m if they are a matrix. The kernels see finite weights only.
"""

import functools
import math

import numpy as np

from losslab.engine.loop import Loop

ILLEGAL = 1  # what a loop returns for weights that are infinite


def standing(w, n):
    """0 if all numbers are finite, 1 if one is infinite, 2 if one is NaN and none infinite."""
    found = 0
    for i in range(n):
        if not (abs(w[i]) < np.inf):
            found = 2 if (w[i] != w[i]) & (found != 1) else 1
    return found


def fill(x, n, number):
    for i in range(n):
        x[i] = number
    return 0


def value_loop(w, n, m, v, a, s, value, gradient):
    """The penalty and its gradient."""
    p = load_parameters(v, a)
    found = standing(w, n)
    if found == 0:
        value[0] = whole_value(w, gradient, s, n, m, p)
    else:
        value[0] = np.nan
        fill(gradient, n, np.nan)
    return ILLEGAL if found == 1 else 0


def dual_loop(u, n, m, v, a, s, dual):
    """The dual norm."""
    p = load_parameters(v, a)
    found = standing(u, n)
    dual[0] = whole_dual(u, s, n, m, p) if found == 0 else np.nan
    return ILLEGAL if found == 1 else 0


def prox_loop(w, n, m, step, v, a, s, prox):
    """The proximal point."""
    p = load_parameters(v, a)
    found = standing(w, n)
    if found == 0:
        whole_prox(w, prox, s, n, m, step, p)
    else:
        fill(prox, n, np.nan)
    return ILLEGAL if found == 1 else 0


def many_loop(w, count, n, m, v, a, x, g, s, value):
    """The penalty of each of so many lots of n weights (for maps)."""
    p = load_parameters(v, a)
    for c in range(count):
        for i in range(n):
            x[i] = w[c * n + i]
        value[c] = whole_value(x, g, s, n, m, p)
    return 0


def quadratic_loop(
    hessian, linear, start, n, m, steps, step, momentum, v, a, w, cost, moved, ahead, next, g, s
):
    """Least w of w'Hw / 2 - linear'w + penalty, by proximal steps from `start` (for figures).

    `step` is at most 1 over the largest eigenvalue of H. With `momentum` they are accelerated, and
    begin afresh where they went back (O'Donoghue and Candes); without it the cost never rises,
    whatever the penalty. `moved` is the length of the last step, largest entry.
    """
    p = load_parameters(v, a)
    for i in range(n):
        w[i] = ahead[i] = start[i]
    t = 1.0
    moved[0] = np.inf
    k = 0
    while (k < steps) & (moved[0] > 0.0):
        for i in range(n):
            slope = -linear[i]
            for j in range(n):
                slope += hessian[i * n + j] * ahead[j]
            g[i] = ahead[i] - step * slope
        whole_prox(g, next, s, n, m, step, p)
        back = 0.0
        moved[0] = 0.0
        for i in range(n):
            back += (ahead[i] - next[i]) * (next[i] - w[i])
            moved[0] = max(moved[0], abs(next[i] - ahead[i]))
        t = 1.0 if back > 0.0 else t
        after = 0.5 + math.sqrt(0.25 + t * t)
        share = (t - 1.0) / after if (momentum != 0) & (back <= 0.0) else 0.0
        for i in range(n):
            ahead[i] = next[i] + share * (next[i] - w[i])
            w[i] = next[i]
        t = after
        k += 1
    cost[0] = whole_value(w, g, s, n, m, p)
    for i in range(n):
        slope = -linear[i]
        for j in range(n):
            slope += 0.5 * hessian[i * n + j] * w[j]
        cost[0] += slope * w[i]
    return 0


VALUE = Loop(value_loop, "w n:int m:int v a s[scratch] > value[1] gradient[n]")
PROX = Loop(prox_loop, "w n:int m:int step:float v a s[scratch] > prox[n]")
DUAL = Loop(dual_loop, "u n:int m:int v a s[scratch] > dual[1]")
MANY = Loop(many_loop, "w count n:int m:int v a x[n] g[n] s[scratch] > value[count]")
QUADRATIC = Loop(
    quadratic_loop,
    "hessian linear start n:int m:int steps:int step:float momentum:int v a > w[n] cost[1] moved[1] "
    "| ahead[n] next[n] g[n] s[scratch]",
    fast=False,
)


@functools.cache
def of(scratch):
    """What the page runs around any penalty, by name, with so much scratch space."""
    loops = {"whole": VALUE, "whole_prox": PROX, "many": MANY, "quadratic": QUADRATIC}
    return {name: loop.sized(scratch=scratch) for name, loop in loops.items()}
