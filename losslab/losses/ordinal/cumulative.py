"""Ordered levels, cut out of one score by thresholds: cumulative link models."""

import numpy as np

from losslab.arithmetic.intervals import (
    capped_exp,
    extreme_interval,
    logistic_interval,
    normal_interval,
)
from losslab.arithmetic.special import normal_cdf
from losslab.arithmetic.sums import added
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.kinds.rowwise import Rowwise

ROW_ACCURACY = {
    "value": Bound(4.0, "the distance of score and threshold is a difference of columns", of="row"),
    "gradient": Bound(8.0, "the pulls of the two thresholds around a level cancel", of="row"),
}


def around_level(level, f, s, k):
    """Ends, width and log-width of a level's interval, as seen from the score.

    The widths of the intervals below it are kept in s.
    """
    low = -np.inf
    high = f[1] - f[0]
    high_lo = 0.0
    width = np.inf
    log_width = np.inf
    for j in range(2, k):
        s[j] = capped_exp(f[j])
        if j <= level + 1:
            low = high + high_lo
            width = s[j]
            log_width = f[j]
            high, high_lo = added(high, high_lo, width)
    if level == k - 1:
        return high + high_lo, np.inf, np.inf, np.inf
    return low, high + high_lo, width, log_width


def spread(level, shift, wider, g, s, k):
    """The gradient of the columns, from those of the interval."""
    g[0] = -shift
    g[1] = shift
    for j in range(2, k):
        own = wider if j == level + 1 else 0.0
        below = 0.0 if s[j] == 0.0 else shift * s[j]
        g[j] = below if j <= level else own


def level_loss(level, f, g, s, k, interval):
    """-log of the probability of a level; `interval` says of which latent distribution."""
    low, high, width, log_width = around_level(level, f, s, k)
    value, shift, wider = interval(low, high, width, log_width)
    spread(level, shift, wider, g, s, k)
    return value


def thresholds(rows):
    """Thresholds of rows (score, first threshold, logs of the steps to the next ones)."""
    rows = np.asarray(rows, dtype=float)
    steps = np.concatenate([rows[..., 1:2], np.exp(rows[..., 2:])], axis=-1)
    return np.cumsum(steps, axis=-1)


def level_probabilities(rows, distribution):
    """Probabilities of the levels, shape (..., k), for a distribution function."""
    rows = np.asarray(rows, dtype=float)
    below = distribution(thresholds(rows) - rows[..., :1])
    ends = np.zeros_like(below[..., :1])
    return np.diff(np.concatenate([ends, below, ends + 1.0], axis=-1), axis=-1)


def exact_probability(mp, y, f, distribution, survival):
    """Probability of level y; the difference is taken in the tail where both are small."""
    cuts = [f[1] - f[0]]
    for gap in f[2:]:
        cuts.append(cuts[-1] + mp.exp(gap))
    low = cuts[y - 1] if y > 0 else -mp.inf
    high = cuts[y] if y < len(cuts) else mp.inf
    if low > 0:
        return survival(low) - (survival(high) if high < mp.inf else 0)
    return (distribution(high) if high < mp.inf else 1) - (distribution(low) if y > 0 else 0)


class CumulativeLink(Rowwise):
    """A cumulative link model: level y if a latent variable falls between two thresholds.

    The K columns of a row are the score, the first threshold, and the logs of the K - 2 steps from
    one threshold to the next; so the thresholds are in order whatever the numbers. A subclass
    names the latent distribution.
    """

    family = "ordinal"
    target = "class"
    prediction = "finite"
    outputs = "values"
    output_word = "score or threshold"
    accuracy = ROW_ACCURACY

    def output_names(self, k):
        return ["score", "threshold 0", *(f"log step {j}" for j in range(1, k - 1))]

    def check_columns(self, k):
        super().check_columns(k)
        if k < 2:
            raise ValueError(
                f"y_pred of {self.name} must have a column for each of at least 2 levels (score, "
                f"first threshold, logs of the steps to the next thresholds), got {k}"
            )


class CumulativeLogit(CumulativeLink):
    """Proportional-odds likelihood: an ordered level, from a score and thresholds with a logistic link.

    The levels are 0 to K - 1. The columns of a row are the score f, the first threshold t_0, and
    the K - 2 logs of the steps to the next thresholds; P(Y <= j) is sigmoid(t_j - f), and the loss
    is -log P(Y = y), in nats. Usually only the score differs from row to row: repeat the thresholds
    in every row and sum their gradients. Adding the same number to f and t_0 changes nothing, so a
    model of the score needs no intercept. It is convex in the score and the thresholds, but not
    in the logs of the steps. statsmodels' OrderedModel has the same parameters.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("cumulative_logit")
    >>> round(loss.value([1], [[0.0, -1.0, 0.7]]), 3)
    0.766
    >>> loss.link([[0.0, -1.0, 0.7]]).round(3)
    array([[0.269, 0.465, 0.266]])
    """

    name = "cumulative_logit"
    title = "Cumulative logit (proportional odds)"
    aliases = ("proportional_odds", "cumulative_link", "ordered_logit")
    formula = r"-\log\bigl[\sigma(t_y - f) - \sigma(t_{y-1} - f)\bigr]"
    reference = "mccullagh1980"
    use_when = "Levels have an order but no distances, and one score should move them all."
    avoid_when = "A feature matters for some thresholds and not for others."
    peers = (
        Peer(
            "statsmodels.miscmodels.ordinal_model.OrderedModel(distr='logit')",
            says="an estimator with the same thresholds: the first, and the logs of the steps",
        ),
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        return level_loss(int(y[0]), f, g, s, k, logistic_interval)

    def exact(mp, y, f):
        def survival(z):
            return 1 / (1 + mp.exp(z))

        return -mp.log(exact_probability(mp, y, f, lambda z: survival(-z), survival))

    @staticmethod
    def link(rows):
        """Probabilities of the levels.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cumulative_logit").link([0.0, 0.0])
        array([0.5, 0.5])
        """
        return level_probabilities(rows, lambda z: 0.5 + 0.5 * np.tanh(0.5 * z))


class CumulativeProbit(CumulativeLink):
    """Cumulative probit likelihood: an ordered level, from a score and thresholds with a normal link.

    The columns are those of `cumulative_logit`, and P(Y <= j) is the normal distribution function
    at t_j - f: the level says between which two thresholds a normal variable with mean f and
    deviation 1 fell. Its scores are about 1.7 times smaller than those of the logit and its loss
    grows as the square of a large miss, not in proportion to it.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("cumulative_probit").value([0], [[40.0, 0.0]]), 6)
    804.608442
    """

    name = "cumulative_probit"
    title = "Cumulative probit"
    aliases = ("ordered_probit",)
    formula = r"-\log\bigl[\Phi(t_y - f) - \Phi(t_{y-1} - f)\bigr]"
    reference = "mckelvey1975"
    use_when = "A level stands for the range in which a normal quantity fell."
    avoid_when = "Some labels may be far from any score: their loss grows as a square."
    peers = (
        Peer(
            "statsmodels.miscmodels.ordinal_model.OrderedModel(distr='probit')",
            also=("statsmodels.miscmodels.ordinal_model.OrderedModel",),
            says="an estimator with the same thresholds: the first, and the logs of the steps; probit is its default",
        ),
    )
    accuracy = {
        "value": ROW_ACCURACY["value"],
        "gradient": Bound(4.0, "e is raised to the square of a rounded distance", of="rounding"),
    }
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        return level_loss(int(y[0]), f, g, s, k, normal_interval)

    def exact(mp, y, f):
        def survival(z):
            return mp.erfc(z / mp.sqrt(2)) / 2

        return -mp.log(exact_probability(mp, y, f, lambda z: survival(-z), survival))

    @staticmethod
    def link(rows):
        """Probabilities of the levels.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cumulative_probit").link([0.0, 0.0])
        array([0.5, 0.5])
        """
        return level_probabilities(rows, np.vectorize(normal_cdf, otypes=[float]))


class CumulativeCloglog(CumulativeLink):
    """Cumulative complementary log-log likelihood: grouped proportional hazards.

    The columns are those of `cumulative_logit`, and P(Y <= j) is 1 - exp(-exp(t_j - f)). If the
    levels are time intervals, this is the Cox model seen through them: a score raised by 1 divides
    the hazard of every interval by e. It is not symmetric: turning the order of the levels round
    gives another model, unlike the logit.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("cumulative_cloglog").link([0.0, 0.0, 0.0]).round(3)
    array([0.632, 0.302, 0.066])
    """

    name = "cumulative_cloglog"
    title = "Cumulative complementary log-log"
    accuracy = {
        "value": Bound(8.0, "rounded thresholds are raised to powers of e", of="row"),
        "gradient": ROW_ACCURACY["gradient"],
    }
    aliases = ("grouped_proportional_hazards",)
    formula = r"-\log\bigl[e^{-e^{t_{y-1} - f}} - e^{-e^{t_y - f}}\bigr]"
    reference = "mccullagh1980"
    use_when = "The levels are steps of time, or low levels come fast and high levels rarely."
    avoid_when = "The order of the levels could as well be read from the other end."
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        return level_loss(int(y[0]), f, g, s, k, extreme_interval)

    def exact(mp, y, f):
        def survival(z):
            return mp.exp(-mp.exp(z))

        return -mp.log(exact_probability(mp, y, f, lambda z: -mp.expm1(-mp.exp(z)), survival))

    @staticmethod
    def link(rows):
        """Probabilities of the levels.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cumulative_cloglog").link([0.0, 0.0]).round(3)
        array([0.632, 0.368])
        """
        return level_probabilities(rows, lambda z: -np.expm1(-np.exp(z)))
