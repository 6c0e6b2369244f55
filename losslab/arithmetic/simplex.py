"""Rows of scores onto the simplex, for rowwise kernels: sparse relatives of softmax.

Scores are taken relative to the largest one, as an unevaluated sum of two doubles, so that small
probabilities keep their digits however close to the edge of the support they are.
"""

from losslab.arithmetic.pairs import exact_sum, plus, times_number
from losslab.arithmetic.softmax import largest
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import (
    TINY,
    exp,
    exp2parts,
    expm1,
    exponent_as_float,
    finite_part,
    log,
    log1p,
    log_exponent,
    log_mantissa,
    log_two_parts,
    two_product_error,
    two_sum_error,
)


def relative_to_largest(f, s, k):
    """Write f - max(f) to s[:k] and what rounding lost to s[k : 2 k]; return where the maximum is."""
    at = largest(f, k)
    for j in range(k):
        s[j] = f[j] - f[at]
        s[k + j] = finite_part(two_sum_error(f[j], -f[at], s[j]))
    return at


def sparsemax(f, g, s, k):
    """Fill g with the point of the simplex nearest to f; return the threshold below max(f).

    The threshold t, relative to the largest score, is such that g = max(0, f - max(f) - t).
    """
    relative_to_largest(f, s, k)
    t = -1.0
    t_lo = 0.0
    for _ in range(k):
        high = low = 0.0
        count = 0.0
        for j in range(k):
            x = s[j] if s[j] > t else 0.0
            count += 1.0 if s[j] > t else 0.0
            total = high + x
            low += two_sum_error(high, x, total) + (s[k + j] if s[j] > t else 0.0)
            high = total
        excess = plus((high, low), (-1.0, 0.0))
        new = excess[0] / count
        p = new * count
        t_lo = (((excess[0] - p) - two_product_error(new, count, p)) + excess[1]) / count
        if new <= t:
            break
        t = new
    for j in range(k):
        d = s[j] - t
        d = d + ((two_sum_error(s[j], -t, d) + s[k + j]) - t_lo) if s[j] >= t else 0.0
        g[j] = d if d > 0.0 else 0.0
    return t


def power_of_pair(x, e):
    """x**e of two pairs with 0 <= x <= 1 and e >= 1."""
    safe = x[0] if x[0] >= TINY else 1.0
    biased = log_exponent(safe)
    low = x[1] / safe if x[0] >= TINY else 0.0
    log, log_lo = log_two_parts(exponent_as_float(biased), log_mantissa(safe, biased) - 1.0, low)
    product = e[0] * log
    rest = two_product_error(e[0], log, product) + (e[0] * log_lo + e[1] * log)
    y = exp2parts(product, rest if product > -800.0 else 0.0)
    return y if x[0] >= TINY else 0.0


def entmax_base(x, x_lo, t, c):
    """1 + c (x + x_lo - t) as a pair, not below 0: the probability to the power c."""
    d = exact_sum(x, -t)
    v = plus((1.0, 0.0), times_number((d[0], d[1] + x_lo), c))
    positive = v[0] > 0.0
    return (v[0] if positive else 0.0), (v[1] if positive else 0.0)


def plain_powers(g, s, k, at, t, c, q):
    """Fill g with max(0, 1 + c (s - t))**q but for the largest, where it gets 0; return the sum."""
    for j in range(k):
        v = 1.0 + c * (s[j] - t)
        g[j] = exp(q * log(v if v > 0.0 else 0.0))
    g[at] = 0.0
    return row_sum(g, 0, k)


def entmax(f, g, s, k, c):
    """Fill g with the alpha-entmax of f for c = alpha - 1 in (0, 1); return its normaliser t.

    g = max(0, 1 + c (f - max(f) - t))**(1 / c) sums to 1 for this t >= 0.
    """
    at = relative_to_largest(f, s, k)
    q = 1.0 / c
    p = q * c
    e = (q, ((1.0 - p) - two_product_error(q, c, p)) * q)
    # At t = 0 the sum of all is at least 1; t at which it cannot exceed 1 any more comes first.
    rest = plain_powers(g, s, k, at, 0.0, c, q)
    t = -expm1(-c * log1p(rest)) / c
    # The sum is convex in t: after one step Newton's method comes from below and cannot overshoot.
    # In plain arithmetic, until its rounding stops it; then in pairs, to the last digit.
    for step in range(100):
        rest = plain_powers(g, s, k, at, t, c, q)
        lost = expm1(q * log1p(-c * t))
        for j in range(k):
            v = 1.0 + c * (s[j] - t)
            g[j] = (1.0 + lost if j == at else g[j]) / (v if v > 0.0 else 1.0)
        new = t + (rest + lost) / row_sum(g, 0, k)
        new = new if new > 0.0 else 0.0
        done = (step > 0) & (new - t <= 1e-15 * t)
        t = new
        if done:
            break
    for _ in range(4):
        for j in range(k):
            g[j] = power_of_pair(entmax_base(s[j], s[k + j], t, c), e)
        rest = 0.0
        slope = 0.0
        for j in range(k):
            v = 1.0 + c * (s[j] - t)
            slope += g[j] / v if v > 0.0 else 0.0
            rest += g[j] if j != at else 0.0
        new = t + (rest + expm1(log1p(-c * t) / c)) / slope
        new = new if new > 0.0 else 0.0
        done = abs(new - t) <= 1e-16 * t
        t = new
        if done:
            break
    return t
