"""Losses of logarithms of non-negative quantities."""

import numpy as np

from losslab.arithmetic.vmath import (
    LN2_64,
    SHRINK,
    finite_part,
    log1p_parts,
    product_error,
    quotient_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


def log_distance(y, f):
    """log(1 + f) - log(1 + y) as (hi, lo), without cancellation when the two are close."""
    low = y if f > y else f
    r = abs(f - y)
    r_lo = two_sum_error(f, -y, f - y)
    b = 1.0 + low
    b_lo = two_sum_error(1.0, low, b)
    # Near the largest double both are taken 2**-64 times; of a quotient beyond the range of
    # doubles only the larger is, and log(2**64) added.
    k = SHRINK if (r > 1e280) | (b > 1e280) else 1.0
    far = (k < 1.0) & (b < 1e10)
    m = 1.0 if far else k
    n = r * k
    n_lo = 0.0 if far else (-r_lo if f < y else r_lo) * k
    q = n / (b * m)
    hi, lo = log1p_parts(q)
    lo = lo + quotient_error(n, n_lo, b * m, b_lo * m, q) / (1.0 + q)
    hi_far = hi + LN2_64
    lo = lo + two_sum_error(hi, LN2_64, hi_far) if far else lo
    hi = hi_far if far else hi
    return (-hi if f < y else hi), finite_part(-lo if f < y else lo)


def geometric_mean(y):
    """exp(mean(log(1 + y))) - 1."""
    return float(np.expm1(np.mean(np.log1p(np.asarray(y, dtype=float)))))


class SquaredLogError(Pointwise):
    """Squared logarithmic error: half the squared difference of log(1 + y_pred) and log(1 + y_true).

    The loss has no unit; the 1 added (in units of y) decides which small values still count. It
    punishes under-prediction more than over-prediction of the same size, and its best constant,
    exp(mean(log(1 + y))) - 1, lies below the mean. It is not convex in y_pred: beyond
    e (1 + y_true) - 1 the pull weakens. Keras and scikit-learn leave out the
    half, and Keras raises y_true and y_pred to at least 1e-7.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("squared_log_error").value([0.0], [1.718281828459045]), 12)
    0.5
    """

    name = "squared_log_error"
    title = "Squared logarithmic error"
    aliases = ("msle",)
    family = "regression"
    target = "above -1"
    prediction = "value above -1"
    formula = r"\tfrac12\left(\log(1 + f) - \log(1 + y)\right)^2"
    reference = "tofallis2015"
    use_when = (
        "Targets are 0 or positive, grow over several orders of magnitude, and being too low is "
        "worse."
    )
    avoid_when = "The mean or a total is wanted: its best prediction lies below."
    peers = (
        Peer(
            "keras.losses.MeanSquaredLogarithmicError",
            factor=2.0,
            says="without the half, and numbers below 1e-7 are raised to that",
            where="(y > 0.001) & (f > 0.001)",
            also=("keras.losses.mean_squared_logarithmic_error",),
        ),
        Peer(
            "sklearn.metrics.mean_squared_log_error",
            factor=2.0,
            says="without the half, of numbers from 0 on",
            where="(y >= 0) & (f >= 0)",
        ),
        Peer(
            "xgboost:reg:squaredlogerror",
            then="{} ** 2 / 2",
            says="its metric rmsle is the root of twice this",
            metric="rmsle",
            digits=4,
        ),
    )
    style = style("purple", "dashdot")
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        elicits=geometric_mean,
    )

    def value_at(y, f):
        d, d_lo = log_distance(y, f)
        p = (0.5 * d) * d
        return p + finite_part(product_error(0.5 * d, d, p) + d * d_lo)

    def gradient_at(y, f):
        d, d_lo = log_distance(y, f)
        b = 1.0 + f
        q = d / b
        g = q + quotient_error(d, d_lo, b, two_sum_error(1.0, f, b), q)
        return 0.0 if f == np.inf else g

    def curvature_at(y, f):
        d, d_lo = log_distance(y, f)
        n = 1.0 - d
        n_lo = two_sum_error(1.0, -d, n) - d_lo
        b = 1.0 + f
        b_lo = two_sum_error(1.0, f, b)
        # Divided twice: (1 + f)**2 may overflow where the quotient does not.
        q = n / b
        q_lo = quotient_error(n, n_lo, b, b_lo, q)
        c = q / b
        c = c + quotient_error(q, q_lo, b, b_lo, c)
        return 0.0 if f == np.inf else c

    def exact(mp, y, f):
        return (mp.log1p(f) - mp.log1p(y)) ** 2 / 2
