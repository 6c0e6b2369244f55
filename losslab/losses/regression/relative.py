"""Losses of a relative error: percentages, errors in units of a baseline, ratios.

They change what is estimated: for positive targets the best constant under a percentage error is
never above the median, under a squared one never above the harmonic mean.  The claims say what it
is.
"""

import numpy as np

from losslab.arithmetic.pairs import (
    exact_sum,
    log_ratio,
    negated,
    over,
    plus,
    scaled,
    total,
)
from losslab.arithmetic.parts import inverse_parts, log_quotient
from losslab.arithmetic.vmath import finite_part, two_sum_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


def sign(x):
    """-1, 0 or 1; NaN for NaN."""
    s = 1.0 if x > 0.0 else x
    return -1.0 if x < 0.0 else s


def relative_error(y, f):
    """(f - y) / y, then y k for the k that keeps the residual in range, and k."""
    k = 0.25 if abs(y) > 1e300 else 1.0
    z = y * k
    return (f * k - z) / z, z, k


def joint_size(y, f):
    """(abs(f) + abs(y)) k as parts and its inverse, for a k that keeps all in range, and k."""
    size = abs(f) + abs(y)
    k = 1.2676506002282294e30 if size < 1e-280 else 1.0  # 2**100
    k = 7.888609052210118e-31 if size > 1e290 else k  # 2**-100
    a = abs(f) * k
    b = abs(y) * k
    size = a + b
    i, i_lo = inverse_parts(size, two_sum_error(a, b, size))
    return i, finite_part(i_lo), k


def weighted_median(y):
    """Median of a sample in which y weighs 1 / abs(y): what the percentage error elicits."""
    y = np.sort(np.asarray(y, dtype=float))
    weight = np.cumsum(1.0 / np.abs(y))
    return float(y[np.searchsorted(weight, 0.5 * weight[-1])])


class MAPE(Pointwise):
    """Absolute percentage error, as a fraction: 0.1 is ten per cent of the target.

    The loss is abs(y_pred - y_true) / abs(y_true), a pure number. A target of 0 is refused, and
    no floor hides targets near 0: they weigh almost everything. The best constant is the median of
    the density proportional to f(y) / abs(y), which lies low: for log-normal(0, 1) targets it is
    0.37, where the median is 1 and the mean 1.65. Keras multiplies by 100 and floors abs(y_true)
    at 1e-7, scikit-learn at 2.2e-16. LightGBM's ``mape`` is another function: it divides by
    max(1, abs(y_true)).

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("mape").value([100.0, 0.5], [110.0, 1.0], reduction="none")
    array([0.1, 1. ])
    """

    name = "mape"
    title = "Absolute percentage error"
    family = "regression"
    target = "nonzero"
    formula = r"\dfrac{\lvert r\rvert}{\lvert y\rvert}"
    reference = "demyttenaere2016"
    use_when = "The report that judges the forecast counts percentages of the target."
    avoid_when = (
        "Targets come near 0, or too low on the whole is a fault: of positive targets its best "
        "prediction is never above the median."
    )
    peers = (
        Peer(
            "keras.losses.MeanAbsolutePercentageError",
            factor=100.0,
            says="in per cent, and of at least 1e-7 if y is nearer to 0",
            also=("keras.losses.mean_absolute_percentage_error",),
        ),
        Peer(
            "sklearn.metrics.mean_absolute_percentage_error",
            says="of at least 2.2e-16 if y is nearer to 0",
        ),
        Peer(
            "lightgbm:mape",
            bare=False,
            says="it divides by max(1, |y|)",
            where="abs(y) > 1",
            metric="mape",
            digits=5,
        ),
        Peer("catboost:MAPE", bare=False, says="it divides by max(1, |y|)"),
    )
    style = style("green", "dashed")
    claims = Claims(
        convex=True,
        differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        smooth=None,
        bounded=None,
        redescending=False,
        elicits=weighted_median,
    )

    def value_at(y, f):
        return abs(f - y) / abs(y)

    def gradient_at(y, f):
        return sign(f - y) / abs(y)

    def curvature_at(y, f):
        r = f - y
        return 0.0 if r == r else r

    def exact(mp, y, f):
        return abs(f - y) / abs(y)


class SMAPE(Pointwise):
    """Symmetric percentage error, between 0 and 2.

    The loss is 2 abs(y_pred - y_true) / (abs(y_pred) + abs(y_true)), a pure number, and 0 where
    both are 0. Its symmetry is that target and prediction may be exchanged; it is not symmetric in
    the residual: for a target of 100, predicting 90 costs 0.105 and predicting 110 costs 0.095. A
    prediction of the wrong sign costs 2 whatever its size, and there the gradient is 0: nothing
    pulls it back. Some authors leave out the 2 or multiply by 100.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("smape").value([100.0, 100.0, 1.0], [90.0, 110.0, -5.0], reduction="none")
    array([0.10526316, 0.0952381 , 2.        ])
    """

    name = "smape"
    title = "Symmetric percentage error"
    family = "regression"
    formula = r"\dfrac{2\lvert r\rvert}{\lvert \hat y\rvert + \lvert y\rvert}"
    reference = "makridakis1993"
    use_when = "A competition or report prescribes it."
    avoid_when = "You are free to choose: it is neither symmetric in the residual nor convex."
    peers = (Peer("torchmetrics.SymmetricMeanAbsolutePercentageError"),)
    style = style("purple", "dashed")
    claims = Claims(
        convex=False,
        differentiable=False,
        symmetric=False,
        nonnegative=True,
        zero_if_perfect=True,
        smooth=None,
        bounded=2.0,
    )

    # Numbers near the largest double are halved a hundred times, so that their sum is finite.

    def value_at(y, f):
        i, i_lo, k = joint_size(y, f)
        r = abs(f * k - y * k)
        q = r * i + r * i_lo
        q = 1.0 if (abs(f) == np.inf) & (abs(y) < np.inf) else q
        return 0.0 if (f == 0.0) & (y == 0.0) else 2.0 * q

    def gradient_at(y, f):
        i, i_lo, k = joint_size(y, f)
        top = 4.0 * (abs(y) * k)
        slope = ((top * i) * i + 2.0 * ((top * i) * i_lo)) * k
        apart = ((f <= 0.0) & (y >= 0.0)) | ((f >= 0.0) & (y <= 0.0))
        slope = 0.0 if apart | ((abs(f) == np.inf) & (abs(y) < np.inf)) else slope
        return -slope if f < y else slope * sign(abs(f - y))

    def curvature_at(y, f):
        k = 7.888609052210118e-31 if max(abs(f), abs(y)) > 1e290 else 1.0
        size = exact_sum(abs(f) * k, abs(y) * k)
        bend = total(over(over(over((8.0 * (abs(y) * k), 0.0), size), size), size)) * k * k
        apart = ((f <= 0.0) & (y >= 0.0)) | ((f >= 0.0) & (y <= 0.0))
        bend = 0.0 if apart | ((abs(f) == np.inf) & (abs(y) < np.inf)) | (f == y) else bend
        return -bend if abs(f) > abs(y) else bend

    def exact(mp, y, f):
        if y == 0 and f == 0:
            return mp.mpf(0)
        return 2 * abs(f - y) / (abs(f) + abs(y))


class ScaledAbsoluteError(Pointwise):
    """Absolute error in units of a baseline's error: the mean of it is the MASE.

    The loss is abs(y_pred - y_true) / scale, a pure number. The scale is a constant that the user
    computes: for the MASE of a time series, the mean absolute error of the naive forecast (each
    value repeats the one before, or the one a season before) on the training series. Below 1 the
    prediction beats that forecast. A constant series has scale 0, which is refused.

    Examples
    --------
    >>> import numpy as np, losslab as ll
    >>> history = np.array([3.0, 5.0, 4.0, 6.0, 7.0])
    >>> mase = ll.get("scaled_absolute_error", scale=np.abs(np.diff(history)).mean())
    >>> mase.value([8.0, 7.0], [7.0, 7.5])
    0.5
    """

    name = "scaled_absolute_error"
    title = "Scaled absolute error"
    aliases = ("mase",)
    family = "regression"
    formula = r"\dfrac{\lvert r\rvert}{q}"
    reference = "hyndman2006"
    use_when = "Forecasts of series of different size are averaged."
    avoid_when = "A series is constant, or so short that the naive forecast's error says little."
    style = style("vermilion", "dotted")
    scale = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="mean absolute error of the baseline forecast, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda scale: 1.0 / scale,
        smooth=None,
        bounded=None,
        redescending=False,
        elicits="median",
    )

    def value_at(y, f, scale):
        return abs(f - y) / scale

    def gradient_at(y, f, scale):
        return sign(f - y) / scale

    def curvature_at(y, f, scale):
        r = f - y
        return 0.0 if r == r else r

    def exact(mp, y, f, scale):
        return abs(f - y) / scale


class RelativeSquaredError(Pointwise):
    """Squared percentage error, as a fraction: the square of the error over the target.

    The loss is ((y_pred - y_true) / y_true)**2, a pure number; a target of 0 is refused and targets
    near 0 weigh almost everything. The best constant is mean(1 / y) / mean(1 / y**2), which for
    positive targets is never above their harmonic mean, 1 / mean(1 / y).

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("relative_squared_error").value([100.0, 0.5], [110.0, 1.0], reduction="none")
    array([0.01, 1.  ])
    """

    name = "relative_squared_error"
    title = "Relative squared error"
    aliases = ("mspe",)
    family = "regression"
    target = "nonzero"
    formula = r"\Bigl(\dfrac{r}{y}\Bigr)^2"
    reference = "park1998"
    use_when = "The squared percentage of the target is what is judged."
    avoid_when = "Targets come near 0, or the mean is wanted: its best prediction lies below."
    style = style("blue", "dashed")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        bounded=None,
        redescending=False,
        elicits=lambda y: float(np.mean(1.0 / y) / np.mean(1.0 / y**2)),
    )

    def value_at(y, f):
        q, z, k = relative_error(y, f)
        return q * q

    def gradient_at(y, f):
        q, z, k = relative_error(y, f)
        return ((q + q) / z) * k

    def curvature_at(y, f):
        k = total(over(over((2.0, 0.0), (y, 0.0)), (y, 0.0)))
        return k if f == f else f

    def exact(mp, y, f):
        return ((f - y) / y) ** 2


def log_between(y, f):
    """log(f / y) as parts; NaN and infinity pass."""
    log, low = log_quotient(f, y, 0.0)
    finite = (f < np.inf) & (y < np.inf)
    return (log if finite else f - y), (low if finite else 0.0)


class SquaredLogRatio(Pointwise):
    """Squared log-ratio: half the price and double the price cost the same.

    The loss is log(y_pred / y_true)**2 for positive numbers, a pure number. The best constant is
    the geometric mean. It is not convex in the prediction: beyond e times the target the gradient
    falls again. Predicting log(y) with squared error is the same fit without that trouble. In
    the residual it is not symmetric: too little costs more than too much.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_log_ratio").value([100.0, 100.0], [50.0, 200.0], reduction="none")
    array([0.48045301, 0.48045301])
    """

    name = "squared_log_ratio"
    title = "Squared log-ratio"
    aliases = ("squared_log_accuracy_ratio",)
    family = "regression"
    target = "positive"
    prediction = "positive value"
    formula = r"\Bigl(\log \dfrac{\hat y}{y}\Bigr)^2"
    reference = "tofallis2015"
    use_when = "Positive targets count by ratio: half and double are equally wrong."
    avoid_when = (
        "The prediction may turn 0 or negative, or the fit must be convex: predict the "
        "logarithm instead."
    )
    style = style("blue", "dashdot")
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=None,
        bounded=None,
        elicits=lambda y: float(np.exp(np.mean(np.log(y)))),
    )

    def value_at(y, f):
        log, low = log_between(y, f)
        return log * log + finite_part(2.0 * (log * low))

    def gradient_at(y, f):
        log, low = log_between(y, f)
        g = (2.0 * (log + low)) / f
        return 0.0 if f == np.inf else g

    def curvature_at(y, f):
        top = plus((2.0, 0.0), scaled(negated(log_ratio(f, y)), 2.0))
        k = total(over(over(top, (f, 0.0)), (f, 0.0)))
        return 0.0 if f == np.inf else k

    def exact(mp, y, f):
        return mp.log(f / y) ** 2


class AbsoluteLogRatio(Pointwise):
    """Absolute log-ratio: the number of times, up or down, on a logarithmic scale.

    The loss is abs(log(y_pred / y_true)) for positive numbers, a pure number; its exponential is
    the factor between the two. The best constant is the median. It is concave above the target:
    predicting log(y) with absolute error is the same fit, convex.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("absolute_log_ratio").value([100.0, 100.0], [50.0, 200.0], reduction="none")
    array([0.69314718, 0.69314718])
    """

    name = "absolute_log_ratio"
    title = "Absolute log-ratio"
    aliases = ("absolute_log_accuracy_ratio",)
    family = "regression"
    target = "positive"
    prediction = "positive value"
    formula = r"\Bigl\lvert \log \dfrac{\hat y}{y}\Bigr\rvert"
    reference = "tofallis2015"
    use_when = "Positive targets count by ratio and some of them are grossly wrong."
    avoid_when = "The fit must be convex: predict the logarithm with absolute error instead."
    style = style("vermilion", "dashdot")
    claims = Claims(
        convex=False,
        differentiable=False,
        symmetric=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=None,
        bounded=None,
        elicits="median",
    )

    def value_at(y, f):
        log, low = log_between(y, f)
        return 0.0 if f == y else abs(log + low)

    def gradient_at(y, f):
        s = 1.0 if f > y else f - y
        return (-1.0 if f < y else s) / f

    def curvature_at(y, f):
        s = 1.0 if f > y else f - y
        s = -1.0 if f < y else s
        return total(over(over((-s, 0.0), (f, 0.0)), (f, 0.0)))

    def exact(mp, y, f):
        return abs(mp.log(f / y))
