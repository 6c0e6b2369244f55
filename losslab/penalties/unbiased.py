"""Nonconvex penalties that are flat far out: they make zeros and leave large weights alone.

Their proximal operators jump once the step is long: two points are then as good, at one place,
and the one nearer to 0 is taken.
"""

import numpy as np

from losslab.arithmetic.pairs import (
    exact_product,
    exact_sum,
    negated,
    over,
    plus,
    quotient,
    scaled,
    squared,
    times,
    times_number,
    total,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.style import style
from losslab.penalties.kinds.separable import Separable
from losslab.penalties.kinds.strength import STRENGTH
from losslab.penalties.powers import nothing

# Their strength is the slope at 0, and says at the same time where they become flat.
SLOPE = {**STRENGTH, "doc": "slope at 0, in units of the loss per unit of the weight"}


def soft(a, force):
    """a >= 0 less a force, a pair, and not below 0."""
    left = total(plus((a, 0.0), negated(force)))
    return left if left > 0.0 else nothing(a)


def with_sign(x, w):
    """x >= 0 with the sign of w."""
    return x if w > 0.0 else 0.0 - x


def beyond(a, square):
    """Whether a**2 > square, a pair, to the last bit; where it is 0 whether a is anything but 0."""
    gap = total(plus(exact_product(a, a), negated(square)))
    return (gap > 0.0) | ((square[0] == 0.0) & (a > 0.0))


class L0(Separable):
    r"""Count of the weights that are not 0, which best subset selection minimises.

    Whatever is not 0 costs the same, so nothing is shrunk. The proximal operator keeps what is
    larger than :math:`\sqrt{2 \lambda s}` at a step of s and makes the rest 0: hard thresholding.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("l0").prox([3.0, 1.01, 0.99], step=0.5)
    array([3.  , 1.01, 0.  ])
    """

    name = "l0"
    title = "Count of weights (L0)"
    aliases = ("best_subset", "hard_thresholding")
    family = "without bias"
    formula = r"\lambda \, \lvert \{ j : w_j \ne 0 \} \rvert"
    reference = "donoho1994"
    use_when = "As few weights as possible are wanted, and those that stay as they are."
    avoid_when = "One answer is wanted that does not depend on where the search began."
    style = style("green", "solid")
    strength = Parameter(
        1.0, **{**STRENGTH, "doc": "cost of a weight that is not 0, in units of the loss"}
    )
    # It is flat but at 0, where it jumps: claims of its gradient would say nothing.
    claims = Claims(
        convex=lambda strength: strength == 0.0,
        nonnegative=True,
        strongly_convex=None,
        homogeneous=0.0,
        sparse=lambda strength: strength > 0.0,
        unbiased=True,
        firmly_nonexpansive=lambda strength: strength == 0.0,
    )

    def value_at(w, strength):
        return strength if abs(w) > 0.0 else nothing(w)

    def gradient_at(w, strength):
        return nothing(w)

    def prox_at(w, step, strength):
        return w if beyond(abs(w), exact_product(2.0 * step, strength)) else nothing(w)

    def exact(mp, w, strength):
        return strength if w != 0 else mp.mpf(0)

    def exact_prox(mp, w, step, strength):
        return w if w**2 > 2 * step * strength else mp.mpf(0)


class MCP(Separable):
    r"""Minimax concave penalty: the slope of the lasso at 0, which falls off in a straight line.

    From :math:`\gamma \lambda` on it is flat, so larger weights are not shrunk. The smaller
    `gamma`, the nearer it is to the count of weights. Below a step of `gamma` the proximal operator
    is firm thresholding; from there on it is hard thresholding, at
    :math:`\lambda \sqrt{\gamma s}` for a step of s.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("mcp", gamma=3.0).prox([4.0, 2.0, 0.4], step=0.5)
    array([4. , 1.8, 0. ])
    """

    name = "mcp"
    title = "Minimax concave penalty (MCP)"
    family = "without bias"
    formula = (
        r"\sum_j \begin{cases} \lambda \lvert w_j \rvert - w_j^2 / (2 \gamma) &"
        r" \lvert w_j \rvert \le \gamma \lambda \\ \gamma \lambda^2 / 2 & \text{otherwise} \end{cases}"
    )
    reference = "zhang2010"
    use_when = "Zeros are wanted, and large weights as they would be without a penalty."
    avoid_when = "One answer is wanted that does not depend on where the search began."
    style = style("vermilion", "dashed")
    strength = Parameter(1.0, **SLOPE)
    gamma = Parameter(
        3.0,
        above=1.0,
        doc="how far out it becomes flat, in units of strength",
        slider=(1.1, 10.0, "log"),
    )
    claims = Claims(
        convex=lambda strength, gamma: strength == 0.0,
        differentiable=lambda strength, gamma: strength == 0.0,
        nonnegative=True,
        smooth=lambda strength, gamma: None if strength else 0.0,
        strongly_convex=None,
        homogeneous=None,
        sparse=lambda strength, gamma: strength > 0.0,
        unbiased=True,
        firmly_nonexpansive=lambda strength, gamma: strength == 0.0,
    )

    def value_at(w, strength, gamma):
        a = abs(w)
        slope = plus((strength, 0.0), negated(scaled(quotient(a, gamma), 0.5)))
        near = total(times_number(slope, a))
        far = total(times_number(exact_product(0.5 * gamma, strength), strength))
        value = near if a < gamma * strength else far
        return value if a == a else a

    def gradient_at(w, strength, gamma):
        slope = soft(strength, quotient(abs(w), gamma))
        return slope if w > 0.0 else (-slope if w < 0.0 else nothing(w))

    def prox_at(w, step, strength, gamma):
        a = abs(w)
        force = exact_product(step, strength)
        left = plus((a, 0.0), negated(force))
        firm = total(over(times_number(left, gamma), exact_sum(gamma, -step)))
        firm = firm if firm < a else a
        firm = firm if total(left) > 0.0 else nothing(w)
        hard = a if beyond(a, times_number(times_number(force, strength), gamma)) else nothing(w)
        return with_sign(firm if step < gamma else hard, w)

    def exact(mp, w, strength, gamma):
        a = min(abs(w), gamma * strength)
        return strength * a - a**2 / (2 * gamma)

    def exact_prox(mp, w, step, strength, gamma):
        a = abs(w)
        if step >= gamma:
            return w if a > strength * mp.sqrt(gamma * step) else mp.mpf(0)
        firm = gamma * max(a - step * strength, mp.mpf(0)) / (gamma - step)
        return mp.sign(w) * min(firm, a)


class SCAD(Separable):
    r"""Smoothly clipped absolute deviation: the lasso up to its strength, flat from a times it on.

    In between the slope falls in a straight line, so large weights are not shrunk and the
    proximal operator has no jump below a step of a - 1. From there on it jumps: from soft
    thresholding, or from 0, to leaving weights alone.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("scad", a=3.7).prox([4.0, -1.5, 0.4], step=0.5)
    array([ 4., -1.,  0.])
    """

    name = "scad"
    title = "Smoothly clipped absolute deviation (SCAD)"
    family = "without bias"
    formula = (
        r"\sum_j \begin{cases} \lambda \lvert w_j \rvert & \lvert w_j \rvert \le \lambda \\"
        r" \frac{2 a \lambda \lvert w_j \rvert - w_j^2 - \lambda^2}{2 (a - 1)} &"
        r" \lambda < \lvert w_j \rvert \le a \lambda \\"
        r" (a + 1) \lambda^2 / 2 & \text{otherwise} \end{cases}"
    )
    reference = "fan2001"
    use_when = "Zeros are wanted, large weights untouched, and no jump in between."
    avoid_when = "One answer is wanted that does not depend on where the search began."
    style = style("purple", "solid")
    strength = Parameter(1.0, **SLOPE)
    a = Parameter(
        3.7,
        above=2.0,
        doc="how far out it becomes flat, in units of strength",
        slider=(2.1, 10.0, "log"),
    )
    claims = Claims(
        convex=lambda strength, a: strength == 0.0,
        differentiable=lambda strength, a: strength == 0.0,
        nonnegative=True,
        smooth=lambda strength, a: None if strength else 0.0,
        strongly_convex=None,
        homogeneous=None,
        sparse=lambda strength, a: strength > 0.0,
        unbiased=True,
        firmly_nonexpansive=lambda strength, a: strength == 0.0,
    )

    def value_at(w, strength, a):
        size = abs(w)
        # Between: strength * size less the square of what is beyond the strength.
        more = exact_sum(size, -strength)
        bent = over(squared(more), scaled(exact_sum(a, -1.0), 2.0))
        line = exact_product(strength, size)
        between = total(plus(line, negated(bent)))
        far = total(times(exact_product(0.5 * strength, strength), exact_sum(a, 1.0)))
        value = total(line) if size < strength else between
        value = far if size > a * strength else value
        return value if w == w else w

    def gradient_at(w, strength, a):
        left = plus(exact_product(a, strength), (-abs(w), 0.0))
        slope = total(over(left, exact_sum(a, -1.0)))
        slope = slope if slope < strength else strength
        slope = slope if slope > 0.0 else 0.0
        return slope if w > 0.0 else (-slope if w < 0.0 else nothing(w))

    def prox_at(w, step, strength, a):
        size = abs(w)
        force = exact_product(step, strength)
        low = soft(size, force)
        less = exact_sum(a, -1.0)
        # A step below a - 1: soft, then steeper, then as it was.
        steep = plus(times_number(less, size), negated(times_number(force, a)))
        steep = total(over(steep, plus(less, (-step, 0.0))))
        steep = low if low > steep else steep
        steep = steep if steep < size else size
        # Longer ones: the better of the soft one and what was given.
        middle = scaled(times_number(plus(exact_sum(a, 1.0), (step, 0.0)), strength), 0.5)
        kept = total(plus((size, 0.0), negated(middle))) > 0.0
        square = times(times_number(force, strength), exact_sum(a, 1.0))
        kept = beyond(size, square) if step > a + 1.0 else kept
        x = (size if kept else low) if step >= a - 1.0 else steep
        return with_sign(x if size < np.inf else size, w)

    def exact(mp, w, strength, a):
        size = abs(w)
        if size <= strength:
            return strength * size
        size = min(size, a * strength)
        return (2 * a * strength * size - size**2 - strength**2) / (2 * (a - 1))

    def exact_prox(mp, w, step, strength, a):
        size = abs(w)
        soft = max(size - step * strength, mp.mpf(0))
        found = [min(soft, strength), size if size >= a * strength else mp.mpf(0)]
        if step < a - 1:
            between = ((a - 1) * size - step * a * strength) / (a - 1 - step)
            found.append(min(max(between, strength), a * strength))
        found.sort()
        costs = [(x - size) ** 2 / 2 + step * SCAD.exact(mp, x, strength, a) for x in found]
        return mp.sign(w) * found[costs.index(min(costs))]


class CappedL1(Separable):
    r"""Lasso up to a cap, flat from there on.

    A weight beyond the cap costs the same however large it is. Its proximal operator is soft
    thresholding below the cap and half the force, and leaves what is larger alone.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("capped_l1", theta=1.0).prox([3.0, 1.2, 0.4], step=0.5)
    array([3. , 0.7, 0. ])
    """

    name = "capped_l1"
    title = "Capped lasso"
    aliases = ("truncated_l1",)
    family = "without bias"
    formula = r"\lambda \sum_j \min(\lvert w_j \rvert, \theta)"
    reference = "tongzhang2010"
    use_when = "Zeros are wanted, and a known size from which on weights count as real."
    avoid_when = "One answer is wanted that does not depend on where the search began."
    style = style("green", "dotted")
    strength = Parameter(1.0, **STRENGTH)
    theta = Parameter(
        1.0, above=0.0, doc="the cap, in units of the weights", slider=(0.1, 3.0, "log")
    )
    claims = Claims(
        convex=lambda strength, theta: strength == 0.0,
        differentiable=lambda strength, theta: strength == 0.0,
        nonnegative=True,
        smooth=lambda strength, theta: None if strength else 0.0,
        strongly_convex=None,
        homogeneous=None,
        sparse=lambda strength, theta: strength > 0.0,
        unbiased=True,
        firmly_nonexpansive=lambda strength, theta: strength == 0.0,
    )

    def value_at(w, strength, theta):
        a = abs(w)
        return strength * (theta if a > theta else a)

    def gradient_at(w, strength, theta):
        slope = strength if abs(w) < theta else 0.0
        return slope if w > 0.0 else (-slope if w < 0.0 else nothing(w))

    def prox_at(w, step, strength, theta):
        a = abs(w)
        force = exact_product(step, strength)
        edge = plus((theta, 0.0), scaled(force, 0.5))
        over_edge = total(plus((a, 0.0), negated(edge))) > 0.0
        over_square = beyond(a, scaled(times_number(force, theta), 2.0))
        kept = over_square if force[0] > 2.0 * theta else over_edge
        return with_sign(a if kept else soft(a, force), w)

    def exact(mp, w, strength, theta):
        return strength * min(abs(w), theta)

    def exact_prox(mp, w, step, strength, theta):
        a, t = abs(w), step * strength
        found = [max(min(a - t, theta), mp.mpf(0)), max(a, theta)]
        costs = [(x - a) ** 2 / 2 + t * min(x, theta) for x in found]
        return mp.sign(w) * found[costs.index(min(costs))]
