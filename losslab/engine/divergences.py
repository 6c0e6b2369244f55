"""Parts that divergences of a row of logits share: softmax probabilities and their logarithms."""

from losslab.engine.softmax import largest, softmax_parts
from losslab.engine.vmath import expm1, log, log1p


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
        r[j] = log(y[j]) - l[j]


def kullback_term(p, q, r):
    """p log(p / q) - p + q >= 0 for r = log(p / q): no large terms that cancel."""
    near = abs(r) < 1.0
    t = r if near else 0.0
    close = p * (t + expm1(-t))
    far = p * (0.0 if near else r) + (q - p)
    y = close if near else far
    return y if p > 0.0 else q


def balanced(q, g, k):
    """Gradients by logits sum to 0, so the entry where cancellation is worst is that of the others.

    That is the entry of the largest probability.
    """
    at = largest(q, k)
    g[at] = 0.0
    others = 0.0
    for j in range(k):
        others += g[j]
    g[at] = -others


def through_softmax(q, a, g, k):
    """Fill g with the derivatives by logits, for derivatives a by the probabilities q."""
    own = a[largest(q, k)]
    mean = 0.0
    for j in range(k):
        mean += q[j] * (a[j] - own)
    for j in range(k):
        g[j] = q[j] * ((a[j] - own) - mean)
    balanced(q, g, k)
