"""Parts that divergences of a row of logits share: softmax probabilities and their logarithms."""

import numpy as np

from losslab.arithmetic.softmax import largest, softmax_parts
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import expm1, log, log1p


def log_softmax(f, q, l, k):
    """Fill q with the softmax probabilities of f and l with their logarithms."""
    at, rest = softmax_parts(f, q, k)
    below = log1p(rest)
    inverse = 1.0 / (1.0 + rest)
    for j in range(k):
        l[j] = (f[j] - f[at]) - below
        q[j] = q[j] * inverse


def log_ratios(y, l, r, k):
    """Fill r with log(y / q) for probabilities y and logarithms l of q; -infinity where y is 0."""
    for j in range(k):
        x = log(y[j]) - l[j]
        r[j] = x if y[j] > 0.0 else -np.inf


def kullback_term(p, q, r):
    """p log(p / q) - p + q >= 0 for r = log(p / q): no large terms that cancel."""
    near = abs(r) < 1.0
    t = r if near else 0.0
    close = p * (t + expm1(-t))
    far = p * (0.0 if near else r) + (q - p)
    y = close if near else far
    return y if (p > 0.0) & (q < np.inf) else q


def balanced(q, g, k):
    """Gradients by logits sum to 0: the entry of a probability near 1 is taken from the others.

    It cancels most by itself. Where no probability is above 1/2 the others are many and lose more.
    """
    at = largest(q, k)
    if q[at] > 0.5:
        g[at] = 0.0
        g[at] = -row_sum(g, 0, k)


def through_softmax(q, a, g, k):
    """Fill g with the derivatives by logits, for derivatives a by the probabilities q.

    Where a probability is 0 the derivative is, however large its a.
    """
    own = a[largest(q, k)]
    for j in range(k):
        x = a[j] - own
        g[j] = q[j] * x if q[j] > 0.0 else 0.0
    mean = row_sum(g, 0, k)
    for j in range(k):
        x = (a[j] - own) - mean
        g[j] = q[j] * x if q[j] > 0.0 else 0.0
    balanced(q, g, k)
