"""Softmax of a row, for rowwise kernels: one pass that keeps the digits of every probability.

The largest logit is taken out first, so nothing overflows and the largest exponential is exactly 1.
What the subtraction rounds off goes into the exponential again, and the 1 stays out of the sum of the
others, so a probability of 1e-300 and the loss of a nearly certain row keep their digits too.
"""

from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import exp_between, finite_part, log1p, two_sum_error


def largest(f, k):
    """Where the largest of k numbers stands (the first, if several do)."""
    at = 0
    for j in range(1, k):
        at = j if f[j] > f[at] else at
    return at


def exponentials(f, g, k, top):
    """g[j] = e**(f[j] - top) for all j."""
    for j in range(k):
        x = f[j] - top
        g[j] = exp_between(x, two_sum_error(f[j], -top, x))


def softmax_parts(f, g, k):
    """Fill g with e**(f - max f); return where the maximum stands and the sum of the others.

    The probabilities are g / (1 + rest), and log(sum of e**f) is f[at] + log1p(rest).
    """
    at = largest(f, k)
    exponentials(f, g, k, f[at])
    return at, sum_beside(g, k, at)


def sum_beside(g, k, at):
    """The sum of all but g[at], which becomes 1."""
    g[at] = 0.0
    rest = row_sum(g, 0, k)
    g[at] = 1.0
    return rest


def beside_largest(g, start, k):
    """Where the largest of g[start : start + k] stands, and the sum of all others."""
    at = 0
    for j in range(1, k):
        at = j if g[start + j] > g[start + at] else at
    top = g[start + at]
    g[start + at] = 0.0
    beside = row_sum(g, start, k)
    g[start + at] = top
    return at, beside


def others_of(g, at, rest, label):
    """All but the label's, of what `softmax_parts` gave: nothing is subtracted from the sum."""
    return rest if label == at else 1.0 + (rest - g[label])


def to_slopes(g, k, at, rest, label):
    """Softmax minus one-hot, from what `softmax_parts` gave."""
    whole = 1.0 + rest
    others = others_of(g, at, rest, label)
    inverse = 1.0 / whole
    for j in range(k):
        g[j] = g[j] * inverse
    g[label] = -others / whole


def surprise(f, g, k, label):
    """-log of the label's softmax probability; g becomes its gradient, softmax minus one-hot."""
    at, rest = softmax_parts(f, g, k)
    to_slopes(g, k, at, rest, label)
    return (f[at] - f[label]) + log1p(rest)


def parts_of_pairs(s, g, k):
    """As `softmax_parts`, for logits s[j] + s[k + j] that are sums of a number and a tiny one."""
    at = largest(s, k)
    top = s[at]
    top_lo = finite_part(s[k + at])
    for j in range(k):
        x = s[j] - top
        lost = two_sum_error(s[j], -top, x) + (s[k + j] - top_lo)
        g[j] = exp_between(x, finite_part(lost))
    return at, sum_beside(g, k, at)


def surprise_of_pairs(s, g, k, label):
    """As `surprise`, for logits as `parts_of_pairs` takes them."""
    at, rest = parts_of_pairs(s, g, k)
    to_slopes(g, k, at, rest, label)
    top = s[at]
    top_lo = finite_part(s[k + at])
    gap = top - s[label]
    error = two_sum_error(top, -s[label], gap) + (top_lo - s[k + label])
    return gap + (log1p(rest) + finite_part(error))


def softmax_second(g, k, at, rest, factor, d, h, t):
    """Factor times the Hessian of log(sum of e**f): its product with d in h, its diagonal in t.

    g, at and rest are what `softmax_parts` gave. Everything is seen from the likeliest class, whose
    probability may be nearly 1: what is left to it comes from the others.
    """
    inverse = 1.0 / (1.0 + rest)
    for j in range(k):
        h[j] = d[j] - d[at]
        t[j] = (g[j] * inverse) * h[j]
    mean = row_sum(t, 0, k)
    for j in range(k):
        p = g[j] * inverse
        h[j] = factor * (p * (h[j] - mean))
        t[j] = factor * (p * ((1.0 + (rest - g[j])) * inverse))
    t[at] = factor * (inverse * (rest * inverse))


def surprise_diagonal(g, start, k, label, at, beside, slope, bend, t):
    """The diagonal of the Hessian of a loss of the label's surprise u, for one of many rows.

    g[start], ... are the row's e**z times any number, the largest at `at`, `beside` the sum of all
    others. slope is the derivative of the loss by u, bend its second one times 1 - p of the label:

        H = slope (diag p - p p') + bend (p - e) (p - e)' / (1 - p[label])
    """
    top = g[start + at]
    own = g[start + label]
    inverse = 1.0 / (top + beside)
    others = beside if label == at else top + (beside - own)
    for j in range(k):
        p = g[start + j] * inverse
        t[j] = p * (slope * ((top + (beside - g[start + j])) * inverse))
    if at != label:
        t[at] = (top * inverse) * (slope * (beside * inverse))
    if bend != 0.0:
        for j in range(k):
            share = g[start + j] / others if others > 0.0 else 0.0
            t[j] += (g[start + j] * inverse) * (bend * share)
    t[label] = (others * inverse) * (slope * (own * inverse) + bend)


def surprise_product(g, start, k, label, at, beside, slope, bend, d, h, t):
    """The Hessian that `surprise_diagonal` describes times d, in h; t is scratch space."""
    top = g[start + at]
    own = g[start + label]
    inverse = 1.0 / (top + beside)
    others = beside if label == at else top + (beside - own)
    for j in range(k):
        h[j] = d[j] - d[at]
        t[j] = (g[start + j] * inverse) * h[j]
    mean = row_sum(t, 0, k)
    pull = mean - h[label]
    for j in range(k):
        h[j] = slope * ((g[start + j] * inverse) * (h[j] - mean))
    if bend != 0.0:
        for j in range(k):
            share = g[start + j] / others if others > 0.0 else 0.0
            h[j] += bend * (share * pull)
    h[label] = -pull * (slope * (own * inverse) + bend)
