"""Convex penalties between the lasso and ridge regression: the elastic net and Huber's."""

import numpy as np

from losslab.arithmetic.pairs import (
    exact_product,
    exact_sum,
    negated,
    over,
    plus,
    quotient,
    scaled,
    times,
    times_number,
    total,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.penalties.kinds.separable import Separable
from losslab.penalties.kinds.strength import STRENGTH
from losslab.penalties.powers import nothing


class ElasticNet(Separable):
    """Elastic net: a share of the lasso and a share of ridge regression.

    The lasso's part makes zeros, ridge's part keeps weights of similar features together: of two
    equal columns the lasso takes either, the elastic net half of each. It shrinks twice, by a
    force and by a factor.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("elastic_net", l1_ratio=0.5).prox([3.0, -0.2], step=1.0).round(4)
    array([1.6667, 0.    ])
    """

    name = "elastic_net"
    title = "Elastic net"
    family = "norms"
    formula = r"\lambda \sum_j \bigl( \rho \lvert w_j \rvert + \tfrac{1 - \rho}{2} w_j^2 \bigr)"
    reference = "zou2005"
    use_when = "Zeros are wanted, but features come in groups that say nearly the same."
    avoid_when = "Large weights must not be pulled towards 0: they are, twice."
    peers = (
        Peer(
            "sklearn.linear_model.ElasticNet",
            parameters={
                "alpha": "strength, beside half the mean squared error",
                "l1_ratio": "l1_ratio",
            },
            says="a model, whose penalty it is",
        ),
    )
    style = style("purple", "dashdot")
    strength = Parameter(1.0, **STRENGTH)
    l1_ratio = Parameter(
        0.5, least=0.0, most=1.0, doc="share of the lasso, the rest is ridge", slider=(0.0, 1.0)
    )
    claims = Claims(
        convex=True,
        differentiable=lambda strength, l1_ratio: strength * l1_ratio == 0.0,
        nonnegative=True,
        smooth=lambda strength, l1_ratio: None if strength * l1_ratio else strength,
        strongly_convex=lambda strength, l1_ratio: strength * (1.0 - l1_ratio) or None,
        homogeneous=lambda strength, l1_ratio: {0.0: 2.0, 1.0: 1.0}.get(l1_ratio),
        sparse=lambda strength, l1_ratio: strength * l1_ratio > 0.0,
        unbiased=lambda strength, l1_ratio: strength == 0.0,
        firmly_nonexpansive=True,
    )

    def value_at(w, strength, l1_ratio):
        a = abs(w)
        half = scaled(exact_sum(1.0, -l1_ratio), 0.5)
        inner = plus((l1_ratio, 0.0), times_number(half, a))
        value = total(times(inner, exact_product(strength, a)))
        value = value if a < np.inf else a
        return value if strength > 0.0 else nothing(w)

    def gradient_at(w, strength, l1_ratio):
        a = abs(w)
        slope = plus((l1_ratio, 0.0), times_number(exact_sum(1.0, -l1_ratio), a))
        slope = total(times_number(slope, strength))
        # The lasso alone has a slope far out too: 0 times infinity would hide it.
        slope = strength if (a == np.inf) & (l1_ratio == 1.0) else slope
        slope = slope if strength > 0.0 else 0.0
        slope = slope if w > 0.0 else (-slope if w < 0.0 else nothing(w))
        return slope

    def prox_at(w, step, strength, l1_ratio):
        force = exact_product(step, strength)
        left = plus((abs(w), 0.0), negated(times_number(force, l1_ratio)))
        factor = plus((1.0, 0.0), times(force, exact_sum(1.0, -l1_ratio)))
        x = total(over(left, factor))
        x = x if abs(w) < np.inf else abs(w)
        x = x if x > 0.0 else nothing(w)
        return x if w > 0.0 else 0.0 - x

    def conjugate_at(u, strength, l1_ratio):
        left = abs(u) - strength * l1_ratio
        bend = strength * (1.0 - l1_ratio)
        outside = np.inf if left > 0.0 else 0.0
        found = (0.5 * left) * (left / bend) if bend > 0.0 else outside
        found = found if left > 0.0 else 0.0
        return found if u == u else u

    def exact(mp, w, strength, l1_ratio):
        return strength * (l1_ratio * abs(w) + (1 - l1_ratio) / 2 * w**2)

    def exact_prox(mp, w, step, strength, l1_ratio):
        left = max(abs(w) - step * strength * l1_ratio, mp.mpf(0))
        return mp.sign(w) * left / (1 + step * strength * (1 - l1_ratio))


class HuberPenalty(Separable):
    """Huber's function of the weights: ridge for small weights, the lasso for large ones.

    It is the lasso with its corner rounded off, within `delta` of 0. So it has a gradient
    everywhere, and for that makes no zeros.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("huber_norm").prox([3.0, 1.2, 0.3], step=0.5)
    array([2.5, 0.8, 0.2])
    """

    name = "huber_norm"
    title = "Huber penalty"
    aliases = ("huber", "smooth_l1")
    family = "smooth"
    formula = (
        r"\lambda \sum_j \begin{cases} w_j^2 / (2\delta) & \lvert w_j \rvert \le \delta \\"
        r" \lvert w_j \rvert - \delta / 2 & \text{otherwise} \end{cases}"
    )
    reference = "huber1964"
    use_when = "A penalty like the lasso is wanted, for a method that needs gradients."
    avoid_when = "Weights are wanted to be exactly 0."
    style = style("blue", "dotted")
    strength = Parameter(1.0, **STRENGTH)
    delta = Parameter(
        1.0,
        above=0.0,
        doc="where the square ends and the line begins, in units of the weights",
        slider=(0.05, 3.0, "log"),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        smooth=lambda strength, delta: strength / delta,
        strongly_convex=None,
        homogeneous=None,
        sparse=False,
        unbiased=lambda strength, delta: strength == 0.0,
        firmly_nonexpansive=True,
    )

    def value_at(w, strength, delta):
        a = abs(w)
        far = strength * (a - 0.5 * delta)
        near = total(times(quotient(a, delta), exact_product(0.5 * strength, a)))
        value = far if a > delta else near
        return value if strength > 0.0 else nothing(w)

    def gradient_at(w, strength, delta):
        near = strength * (w / delta)
        slope = strength if w > delta else near
        slope = -strength if w < -delta else slope
        return slope if strength > 0.0 else nothing(w)

    def prox_at(w, step, strength, delta):
        a = abs(w)
        force = exact_product(step, strength)
        bend = plus((delta, 0.0), force)
        far = total(plus((a, 0.0), negated(force)))
        near = total(over(exact_product(a, delta), bend))
        x = far if a > total(bend) else near
        return x if w > 0.0 else 0.0 - x

    def conjugate_at(u, strength, delta):
        inside = (0.5 * delta) * (u * (u / strength)) if strength > 0.0 else 0.0
        found = np.inf if abs(u) > strength else inside
        return found if u == u else u

    def exact(mp, w, strength, delta):
        a = abs(w)
        return strength * (a**2 / (2 * delta) if a <= delta else a - delta / 2)

    def exact_prox(mp, w, step, strength, delta):
        t = step * strength
        if abs(w) <= delta + t:
            return w * delta / (delta + t)
        return w - mp.sign(w) * t
