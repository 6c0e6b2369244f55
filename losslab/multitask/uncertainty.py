"""Weights that are learned as variances of the tasks' noise."""

import math

from losslab.arithmetic.vmath import exp
from losslab.contract.claims import Claims
from losslab.contract.style import style
from losslab.multitask.kinds.weighting import Weighting


class Uncertainty(Weighting):
    """Uncertainty weighting: a learned log-variance a task divides its loss and is paid for.

    The state is the logarithm of the variance of each task. It is minimised at the logarithm of the
    loss, where the weight is half of the inverse loss: tasks whose loss is already tiny count most,
    and the whole is the geometric mean of the losses in disguise. A loss that falls below 0 drives
    its variance to 0 without end.

    Examples
    --------
    >>> import losslab as ll
    >>> rule = ll.multitask.get("uncertainty")
    >>> rule.weights([0.01, 2.0, 30.0], rule.best([0.01, 2.0, 30.0])).round(4)
    array([5.00e+01, 2.50e-01, 1.67e-02])
    """

    name = "uncertainty"
    title = "Uncertainty weighting"
    aliases = ("homoscedastic_uncertainty", "UW")
    family = "weights of losses"
    formula = r"\tfrac12 \sum_i \left( e^{-s_i} L_i + s_i \right)"
    reference = "kendall2018"
    use_when = "Losses have different units, and all are positive."
    avoid_when = "One task matters more than another, or a loss may fall below 0."
    style = style("green", "solid")
    claims = Claims(
        permutation_equivariant=True,
        weights_sum_to_one=False,
        stateful=True,
        scale_invariant=False,
    )

    def value_at(losses, state, w, gradient, t):
        total = 0.0
        for i in range(t):
            w[i] = 0.5 * exp(-state[i])
            gradient[i] = 0.5 - w[i] * losses[i]
            total += w[i] * losses[i] + 0.5 * state[i]
        return total

    def start_at(t):
        return [0.0] * t

    def exact(mp, losses, state):
        return sum((mp.exp(-s) * x + s) / 2 for x, s in zip(losses, state, strict=True))

    def best_state(losses):
        return [math.log(x) if x > 0.0 else -math.inf for x in losses]
