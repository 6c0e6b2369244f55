"""Rows of scores onto the simplex, for rowwise kernels: sparse relatives of softmax.

Scores are taken relative to the largest one, as an unevaluated sum of two doubles, so that small
probabilities keep their digits however close to the edge of the support they are.
"""

from losslab.arithmetic.pairs import plus
from losslab.arithmetic.softmax import largest
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import (
    TINY,
    exp2parts,
    exp_below,
    expm1,
    exponent_as_float,
    finite_part,
    log1p,
    log_exponent,
    log_from_parts,
    log_mantissa,
    log_two_parts,
    sqrt,
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


def base_parts(x, x_lo, t, c):
    """1 + c (x + x_lo - t) as two parts, for x <= 0 <= t: a probability to the power c, or less."""
    d = x - t
    d_lo = two_sum_error(x, -t, d) + x_lo
    m = c * d
    m_lo = two_product_error(c, d, m) + c * d_lo
    v = 1.0 + m
    v_lo = ((1.0 - v) + m) + m_lo
    w = v + v_lo
    return w, v_lo - (w - v)


def power_of_parts(w, w_lo, q, q_lo):
    """(w + w_lo)**(q + q_lo) for 0 < w <= 1 and q >= 1."""
    safe = w if w >= TINY else 1.0
    biased = log_exponent(safe)
    log, log_lo = log_two_parts(
        exponent_as_float(biased), log_mantissa(safe, biased) - 1.0, w_lo / safe
    )
    product = q * log
    rest = two_product_error(q, log, product) + (q * log_lo + q_lo * log)
    y = exp2parts(product, rest if product > -800.0 else 0.0)
    return y if w >= TINY else 0.0


def put_probabilities(g, s, k, t, c, q, q_lo):
    """Fill g with (1 + c (s - t))**q, to the last digit, or 0 if the base is below 0."""
    if c == 0.5:
        for j in range(k):
            w, w_lo = base_parts(s[j], s[k + j], t, c)
            p = w * w
            p = p + (two_product_error(w, w, p) + 2.0 * (w * w_lo))
            g[j] = p if w > 0.0 else 0.0
    else:
        for j in range(k):
            w, w_lo = base_parts(s[j], s[k + j], t, c)
            p = power_of_parts(w if w > 0.0 else 1.0, w_lo, q, q_lo)
            g[j] = p if w > 0.0 else 0.0


def put_powers(g, s, k, t, c, q):
    """As `put_probabilities` to the power 1 - c, to a dozen digits."""
    if c == 0.5:
        for j in range(k):
            v = 1.0 + c * (s[j] - t)
            g[j] = v if v > 0.0 else 0.0
    else:
        for j in range(k):
            m = c * (s[j] - t)
            v = 1.0 + m
            safe = v if v > TINY else 1.0
            # What 1 + m lost counts where m is small, and so v is near 1.
            lost = m - (v - 1.0) if m > -0.5 else 0.0
            biased = log_exponent(safe)
            log = log_from_parts(exponent_as_float(biased), log_mantissa(safe, biased) - 1.0, lost)
            g[j] = exp_below((q - 1.0) * log) if v > TINY else 0.0


def less_than_one(t, c, q):
    """(1 - c t)**q - 1: what the largest probability lacks."""
    if c == 0.5:
        return -t * (1.0 - 0.25 * t)
    return expm1(q * log1p(-c * t))


def step_of_norm(excess, slope, c):
    """Newton's step to where the sum of powers, 1 + excess here and of this slope, is 1.

    It is that of the sum to the power c. As a norm this is convex and nearly straight: from the
    left no step goes too far, and few are needed.
    """
    if excess < 1e-3:
        return excess * (1.0 + 0.5 * (1.0 - c) * excess) / slope
    whole = 1.0 + excess
    if c == 0.5:
        root = sqrt(whole)
        return 2.0 * root * (excess / ((1.0 + root) * slope))
    return whole * (-expm1(-c * log1p(excess)) / (c * slope))


def entmax(f, g, s, k, c):
    """Fill g with the alpha-entmax of f for c = alpha - 1 in (0, 1); return its normaliser t.

    g = max(0, 1 + c (f - max(f) - t))**(1 / c) sums to 1 for this t >= 0.
    """
    at = relative_to_largest(f, s, k)
    q = 1.0 / c
    p = q * c
    q_lo = ((1.0 - p) - two_product_error(q, c, p)) * q
    t = 0.0
    for _ in range(100):
        put_powers(g, s, k, t, c, q)
        slope = row_sum(g, 0, k)
        for j in range(k):
            v = 1.0 + c * (s[j] - t)
            g[j] = g[j] * v if g[j] > 0.0 else 0.0
        g[at] = 0.0
        step = step_of_norm(row_sum(g, 0, k) + less_than_one(t, c, q), slope, c)
        t = t + step if step > 0.0 else t
        if step <= 1e-6 * t:
            break
    # What is left to do is so little that one step from the exact sum does it, and changes each
    # probability in proportion; but for those that this would take to 0 or from it.
    whole = t
    for _ in range(6):
        put_probabilities(g, s, k, t, c, q, q_lo)
        top = g[at]
        g[at] = 0.0
        excess = row_sum(g, 0, k) + less_than_one(t, c, q)
        g[at] = top
        slope = 0.0
        least = 1.0
        for j in range(k):
            v = 1.0 + c * (s[j] - t)
            safe = v if v > 0.0 else 1.0
            slope += g[j] / safe if v > 0.0 else 0.0
            near = abs(v)
            least = near if near < least else least
        step = excess / slope
        whole = t + step
        if abs(step) <= 1e-9 * least:
            for j in range(k):
                v = 1.0 + c * (s[j] - t)
                g[j] = g[j] - step * (g[j] / v) if g[j] > 0.0 else 0.0
            break
        if (whole == t) | (whole <= 0.0):
            break
        t = whole
    return whole if whole > 0.0 else 0.0
