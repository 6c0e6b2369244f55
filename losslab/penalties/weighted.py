"""The lasso with a factor for each weight."""

import numpy as np

from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.style import style
from losslab.penalties.kinds.joint import Joint
from losslab.penalties.kinds.strength import STRENGTH


class AdaptiveLasso(Joint):
    r"""Lasso with a factor for each weight, as the adaptive lasso has it.

    From a first fit :math:`\hat w` the adaptive lasso takes the factors
    :math:`\lvert \hat w_j \rvert^{-\gamma}`: what was large is hardly shrunk, what was small ends
    at 0. A factor of 0 leaves a weight without a penalty.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("adaptive_lasso", factors=[1.0, 0.1]).prox([3.0, 3.0], step=0.5)
    array([2.5 , 2.95])
    """

    name = "adaptive_lasso"
    title = "Adaptive lasso"
    aliases = ("weighted_l1",)
    family = "norms"
    formula = r"\lambda \sum_j f_j \lvert w_j \rvert, \quad f_j = \lvert \hat w_j \rvert^{-\gamma}"
    reference = "zou2006"
    use_when = "A first fit is at hand that tells large weights from small ones."
    avoid_when = "The first fit is itself unreliable, as with more columns than rows."
    style = style("vermilion", "dashdot")
    factors = Vector(
        doc="factor of each weight, in units of one over the weight",
        example=(0.5, 1.0, 2.0, 0.25, 1.0),
        least=0.0,
    )
    strength = Parameter(1.0, **STRENGTH)
    planar = {"factors": (1.0, 0.4)}
    claims = Claims(
        convex=True,
        differentiable=lambda factors, strength: strength * max(factors) == 0.0,
        nonnegative=True,
        smooth=lambda factors, strength: None if strength * max(factors) else 0.0,
        strongly_convex=None,
        homogeneous=1.0,
        sparse=lambda factors, strength: strength * max(factors) > 0.0,
        unbiased=lambda factors, strength: strength * max(factors) == 0.0,
        firmly_nonexpansive=True,
        clusters=False,
        constraint=False,
    )

    def value_at(w, g, s, n, m, factors, strength):
        total = 0.0
        for i in range(n):
            slope = strength * factors[i]
            total += slope * abs(w[i])
            g[i] = slope if w[i] > 0.0 else (-slope if w[i] < 0.0 else 0.0)
        return total

    def prox_at(w, x, s, n, m, step, factors, strength):
        for i in range(n):
            left = abs(w[i]) - step * strength * factors[i]
            left = left if left > 0.0 else 0.0
            x[i] = left if w[i] > 0.0 else 0.0 - left
        return 0

    def dual_at(u, s, n, m, factors, strength):
        most = 0.0
        for i in range(n):
            slope = strength * factors[i]
            share = abs(u[i]) / slope if slope > 0.0 else (np.inf if u[i] != 0.0 else 0.0)
            most = max(most, share)
        return most

    def exact(mp, w, factors, strength):
        return strength * sum(mp.mpf(f) * abs(v) for f, v in zip(factors, w, strict=True))
