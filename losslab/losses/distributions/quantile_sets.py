"""Several quantiles at once, and intervals between two of them."""

import numpy as np

from losslab.arithmetic.sums import row_sum
from losslab.contract.accuracy import Bound
from losslab.contract.claims import NOT_STRICTLY, Claims
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise


def sample_quantiles(y, levels):
    """The quantiles of a sample."""
    return np.quantile(y, levels, method="inverted_cdf")


class QuantileSet(Rowwise):
    """Mean quantile loss of several quantiles of one target, in the unit of y.

    Column j predicts the quantile of level ``levels[j]``; over-prediction by r costs (1 - level)
    r and under-prediction level abs(r), averaged over the columns. Twice this mean tends to the
    continuous ranked probability score as the levels fill (0, 1) evenly. At r = 0 the gradient is
    0. Nothing keeps neighbouring predictions from crossing.

    XGBoost and CatBoost average over the levels as well; neuralforecast's ``MQLoss`` does too.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("quantile_set", levels=(0.25, 0.75))
    >>> loss.value([2.0], [[0.0, 4.0]])
    0.5
    """

    name = "quantile_set"
    title = "Quantile loss of several levels"
    aliases = ("multi_quantile",)
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = "values"
    output_word = "quantile"
    formula = r"\frac1K\sum_{k=1}^K \rho_{\tau_k}(y - f_k)"
    reference = "laio2007"
    use_when = "Several quantiles are wanted from one model."
    avoid_when = "Quantiles must never cross and the model does not see to it."
    peers = (
        Peer(
            "xgboost:reg:quantileerror",
            owner=False,
            parameters={"quantile_alpha": "levels"},
            says="with several levels",
        ),
        Peer("catboost:MultiQuantile", parameters={"alpha": "levels"}),
        Peer("neuralforecast.losses.pytorch.MQLoss", parameters={"quantiles": "levels"}),
    )
    style = style("purple", "solid")
    levels = Vector(
        doc="levels of the quantiles, one a column",
        example=(0.1, 0.5, 0.75, 0.95),
        above=0.0,
        below=1.0,
        increasing=True,
    )
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda levels: sum(max(t, 1.0 - t) ** 2 for t in levels) ** 0.5 / len(levels),
        elicits=sample_quantiles,
        proper=NOT_STRICTLY,
    )
    accuracy = {"value": Bound(4.0, "every column adds its rounding")}

    def output_names(self, k):
        return [f"{100 * level:g}% quantile" for level in self.levels]

    def row_at(y, f, g, s, k, levels):
        share = 1.0 / k
        for j in range(k):
            r = f[j] - y[0]
            slope = 1.0 - levels[j] if r > 0.0 else -levels[j]
            slope = 0.0 if r == 0.0 else slope
            g[j] = slope * share
            s[j] = g[j] * r
        return row_sum(s, 0, k)

    def exact(mp, y, f, levels):
        pinball = [max((1 - t) * (v - y), -t * (v - y)) for v, t in zip(f, levels, strict=True)]
        return sum(pinball) / len(f)


def interval_ends(y, alpha):
    """The quantiles between which all but alpha of a sample lies."""
    return np.quantile(y, [alpha / 2.0, 1.0 - alpha / 2.0], method="inverted_cdf")


class IntervalScore(Rowwise):
    """Interval score: the width of a prediction interval plus 2 / alpha for each unit of a miss.

    With the ends lower and upper the score is (upper - lower) + (2 / alpha) times the distance of
    y from the interval, in the unit of y. It is 2 / alpha times the sum of the quantile losses of
    levels alpha / 2 and 1 - alpha / 2, so its best ends are these two quantiles: the central
    interval that misses a share alpha. An end that lies above the other is punished by the same
    rule. Of all of the law of y it rewards only these two quantiles.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("interval_score", alpha=0.5)
    >>> loss.value([0.0, 3.0], [[-1.0, 1.0], [-1.0, 1.0]], reduction="none")
    array([ 2., 10.])
    """

    name = "interval_score"
    title = "Interval score"
    aliases = ("winkler_score", "WinklerScore", "winkler_interval_score", "mean_interval_score")
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("lower", "upper")
    formula = r"(u-l) + \tfrac2\alpha (l-y)_+ + \tfrac2\alpha (y-u)_+"
    reference = "winkler1972"
    use_when = "Prediction intervals of one coverage are compared."
    avoid_when = "The whole forecast counts, or coverage alone."
    peers = (
        Peer(
            "scoringrules.interval_score",
            parameters={"alpha": "alpha"},
            says="it takes lower and upper end apart",
        ),
        Peer(
            "mapie.metrics.regression.regression_mwi_score",
            parameters={"confidence_level": "1 - alpha"},
        ),
    )
    style = style("vermilion", "dotted")
    alpha = Parameter(
        0.1,
        above=0.0,
        below=1.0,
        slider=(0.02, 0.5),
        doc="share of targets that may miss the interval, a number",
    )
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda alpha: 2.0**0.5 * (2.0 / alpha - 1.0),
        elicits=interval_ends,
        proper=NOT_STRICTLY,
    )
    accuracy = {
        "value": Bound(6.0, "an interval with crossed ends has a negative width", of="row"),
    }

    def row_at(y, f, g, s, k, alpha):
        price = 2.0 / alpha
        below = f[0] - y[0]
        above = y[0] - f[1]
        g[0] = price - 1.0 if below > 0.0 else -1.0
        g[1] = 1.0 - price if above > 0.0 else 1.0
        miss = (below if below > 0.0 else 0.0) + (above if above > 0.0 else 0.0)
        value = (f[1] - f[0]) + price * miss
        # Far out the width and the miss overflow; the costs of both ends do only if the score does.
        ends = abs(below) * abs(g[0]) + abs(above) * abs(g[1])
        return value if abs(value) < np.inf else ends

    def exact(mp, y, f, alpha):
        lower, upper = f
        return (upper - lower) + 2 / alpha * (max(lower - y, 0) + max(y - upper, 0))
