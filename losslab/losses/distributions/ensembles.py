"""Scores of an ensemble: a forecast that is a handful of equally likely numbers."""

import numpy as np

from losslab.arithmetic.sorting import sort_down
from losslab.arithmetic.sums import added
from losslab.contract.accuracy import Bound
from losslab.contract.claims import NOT_STRICTLY, Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise

CLAIMS = {
    "convex": False,
    "differentiable": False,
    "nonnegative": True,
    "zero_if_perfect": True,
    "bounded": None,
}


def quantiles_at_middles(y):
    """The quantiles of levels (2 i - 1) / (2 k), here for k = 3 members."""
    return np.quantile(y, [1.0 / 6.0, 0.5, 5.0 / 6.0], method="inverted_cdf")


def quantiles_to_the_ends(y):
    """The quantiles of levels (i - 1) / (k - 1), here for k = 3 members: both ends and the median."""
    return np.quantile(y, [0.0, 0.5, 1.0], method="inverted_cdf")


def ensemble_score(y, f, g, s, k, own):
    """CRPS of k members; `own` is 1 if a member also counts against itself, 0 for the fair score.

    From the largest down, member i (from 0) weighs 2 i + own if it lies above y and
    2 (k - 1 - i) + own below, so nothing cancels. Equal members share their weight.
    """
    sort_down(f, 1, s, k)
    share = 1.0 / (k * (k - 1.0 + own))
    total = total_lo = 0.0
    i = 0
    while i < k:
        x = f[int(s[i])]
        end = i + 1
        while (end < k) and (f[int(s[min(end, k - 1)])] == x):
            end += 1
        # The mean place of the equal members i .. end - 1, doubled.
        place = i + end - 1.0
        d = x - y
        weight = place + own if d > 0.0 else -((2.0 * (k - 1.0) - place) + own)
        weight = place - (k - 1.0) if d == 0.0 else weight
        # The sum may be too large, the mean is not.
        total, total_lo = added(total, total_lo, ((end - i) * (weight * share)) * d)
        for j in range(i, end):
            g[int(s[j])] = weight * share
        i = end
    return total + total_lo


class CRPSEnsemble(Rowwise):
    """Continuous ranked probability score of an ensemble: its members as a step distribution.

    For the members x it is the mean of abs(x_i - y) minus half the mean of abs(x_i - x_j) over
    all pairs, i = j included, in the unit of y; the cost is that of sorting the members. Its best
    members are the quantiles of levels (2 i - 1) / (2 k), which lie closer together than random
    draws: a model that samples its members is rewarded for too little spread, the more the fewer
    they are. `fair_crps_ensemble` mends that.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("crps_ensemble").value([0.0], [[-1.0, 1.0]])
    0.5
    """

    name = "crps_ensemble"
    title = "CRPS of an ensemble"
    aliases = ("ensemble_crps",)
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = "values"
    output_word = "member"
    formula = r"\frac1k\sum_i |x_i - y| - \frac{1}{2k^2}\sum_{i,j} |x_i - x_j|"
    reference = "gneiting2007"
    use_when = "A finished ensemble is scored as it stands."
    avoid_when = "A generator of random members is trained: its spread would shrink."
    peers = (
        Peer("properscoring.crps_ensemble"),
        Peer("scoringrules.crps_ensemble"),
        Peer("scoringRules.crps_sample", says="in R"),
    )
    style = style("blue", "dashdot")
    claims = Claims(**CLAIMS, elicits=quantiles_at_middles, proper=True)
    accuracy = {"value": Bound(4.0, "every member adds its rounding")}

    def row_at(y, f, g, s, k):
        return ensemble_score(y[0], f, g, s, k, 1.0)

    def exact(mp, y, f):
        k = len(f)
        spread = sum(abs(a - b) for a in f for b in f)
        return sum(abs(a - y) for a in f) / k - spread / (2 * k**2)


class FairCRPSEnsemble(Rowwise):
    """Fair continuous ranked probability score: that of the law from which the members were drawn.

    For the members x it is the mean of abs(x_i - y) minus half the mean of abs(x_i - x_j) over
    pairs of different members, in the unit of y. If the members are independent draws, its mean
    is the score of the law behind them, whatever their number; so ensembles of different sizes
    can be compared, and a generator that is trained with it keeps its spread. It needs two
    members or more. Members that are chosen, not drawn, can do better than the true law by
    spreading out.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("fair_crps_ensemble").value([0.0], [[-1.0, 1.0]])
    0.0
    """

    name = "fair_crps_ensemble"
    title = "Fair CRPS of an ensemble"
    aliases = ("fair_crps", "crps_ensemble_fair")
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = "values"
    output_word = "member"
    formula = r"\frac1k\sum_i |x_i - y| - \frac{1}{2k(k-1)}\sum_{i,j} |x_i - x_j|"
    reference = "ferro2014"
    use_when = "A generator of random members is trained, or ensembles of several sizes compared."
    avoid_when = "The members are quantiles or otherwise chosen, not drawn."
    peers = (Peer("scoringrules.crps_ensemble", owner=False, says="with estimator='fair'"),)
    style = style("vermilion", "dashdot")
    claims = Claims(**CLAIMS, elicits=quantiles_to_the_ends, proper=NOT_STRICTLY)
    accuracy = {
        "value": Bound(4.0, "every member adds its rounding"),
        "gradient": Bound(
            2.0,
            "outermost members have slope 0, which differences only nearly show",
            of="row",
        ),
    }

    def check_columns(self, k):
        if k < 2:
            raise ValueError(f"y_pred of {self.name} must have at least 2 members, got {k}")
        super().check_columns(k)

    def row_at(y, f, g, s, k):
        return ensemble_score(y[0], f, g, s, k, 0.0)

    def exact(mp, y, f):
        k = len(f)
        spread = sum(abs(a - b) for a in f for b in f)
        return sum(abs(a - y) for a in f) / k - spread / (2 * k * (k - 1))
