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


def surprise_of_pairs(s, g, k, label):
    """As `surprise`, for logits s[j] + s[k + j] that are sums of a number and a tiny one."""
    at = largest(s, k)
    top = s[at]
    top_lo = finite_part(s[k + at])
    for j in range(k):
        x = s[j] - top
        lost = two_sum_error(s[j], -top, x) + (s[k + j] - top_lo)
        g[j] = exp_between(x, finite_part(lost))
    rest = sum_beside(g, k, at)
    to_slopes(g, k, at, rest, label)
    gap = top - s[label]
    error = two_sum_error(top, -s[label], gap) + (top_lo - s[k + label])
    return gap + (log1p(rest) + finite_part(error))
