"""Penalties of the singular values of a matrix: of its rank, its stretch, how orthogonal it is."""

import math

import numpy as np

from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.penalties.kinds.spectral import Spectral, singular_values
from losslab.penalties.kinds.strength import STRENGTH

ROTATED = Bound(64.0, "every rotation of two columns rounds their entries")
ACCURACY = {
    "value": ROTATED,
    "prox": Bound(4096.0, "singular vectors are rounded, then multiplied"),
}
KEPT = 1e-12  # how far from 1 singular values of orthonormal columns may be: they are rounded


class Nuclear(Spectral):
    """Nuclear norm: the sum of the singular values, for matrices of low rank.

    It is to the rank what the sum of absolute values is to the number of weights that are not 0:
    its proximal operator lowers every singular value by the same, and small ones become 0.

    Examples
    --------
    >>> import losslab as ll
    >>> penalty = ll.penalties.get("nuclear")
    >>> penalty.value([[3.0, 0.0], [0.0, -1.0]])
    4.0
    >>> penalty.prox([[3.0, 0.0], [0.0, -1.0]])
    array([[2., 0.],
           [0., 0.]])
    """

    name = "nuclear"
    title = "Nuclear norm"
    aliases = ("trace_norm",)
    family = "matrices"
    formula = r"\lambda \sum_j \sigma_j(W)"
    reference = "cai2010"
    use_when = (
        "A matrix should be of low rank, as one of ratings or of tasks that share directions."
    )
    avoid_when = "Large singular values must not be shrunk: all are lowered by the same."
    style = style("blue", "solid")
    accuracy = ACCURACY
    strength = Parameter(1.0, **STRENGTH)
    claims = Claims(
        convex=True,
        differentiable=lambda strength: strength == 0.0,
        nonnegative=True,
        smooth=lambda strength: None if strength else 0.0,
        strongly_convex=None,
        homogeneous=1.0,
        unbiased=lambda strength: strength == 0.0,
        firmly_nonexpansive=True,
        constraint=False,
    )

    def value_at(z, g, k, strength):
        total = 0.0
        for j in range(k):
            total += z[j]
            g[j] = strength if z[j] > 0.0 else 0.0
        return strength * total

    def prox_at(z, x, k, step, strength):
        for j in range(k):
            x[j] = max(z[j] - step * strength, 0.0)
        return 0

    def dual_at(z, k, strength):
        return z[0] / strength if strength > 0.0 else (np.inf if z[0] > 0.0 else 0.0)

    def exact(mp, w, strength):
        return strength * sum(singular_values(mp, w))


class SpectralNorm(Spectral):
    """Spectral norm: the largest singular value, by which a matrix stretches at most.

    Its proximal operator lowers the largest singular values to a common level. Dividing a matrix by
    its largest singular value, which is called spectral normalisation, is something else: it lowers
    all of them.

    Examples
    --------
    >>> import losslab as ll
    >>> penalty = ll.penalties.get("spectral_norm")
    >>> penalty.value([[3.0, 0.0], [0.0, -1.0]])
    3.0
    >>> penalty.prox([[3.0, 0.0], [0.0, -1.0]])
    array([[ 2.,  0.],
           [ 0., -1.]])
    """

    name = "spectral_norm"
    title = "Spectral norm"
    family = "matrices"
    formula = r"\lambda \max_j \sigma_j(W)"
    reference = "yoshida2017"
    use_when = "A layer must not stretch what it is given, whatever the direction."
    avoid_when = "Low rank is wanted: all but the largest singular values are left as they are."
    style = style("vermilion", "dashed")
    accuracy = ACCURACY
    strength = Parameter(1.0, **STRENGTH)
    claims = Claims(
        convex=True,
        differentiable=lambda strength: strength == 0.0,
        nonnegative=True,
        smooth=lambda strength: None if strength else 0.0,
        strongly_convex=None,
        homogeneous=1.0,
        unbiased=lambda strength: strength == 0.0,
        firmly_nonexpansive=True,
        constraint=False,
    )

    def value_at(z, g, k, strength):
        for j in range(k):
            g[j] = strength if (j == 0) & (z[0] > 0.0) else 0.0
        return strength * z[0]

    def prox_at(z, x, k, step, strength):
        # What is taken from the largest is step times strength in all.
        total = 0.0
        level = 0.0
        for j in range(k):
            total += z[j]
            level = max(level, (total - step * strength) / (j + 1.0))
        for j in range(k):
            x[j] = min(z[j], level)
        return 1 if level >= z[0] else 0

    def dual_at(z, k, strength):
        total = 0.0
        for j in range(k):
            total += z[j]
        return total / strength if strength > 0.0 else (np.inf if total > 0.0 else 0.0)

    def exact(mp, w, strength):
        return strength * max(singular_values(mp, w))


class Orthogonality(Spectral):
    r"""Soft orthogonality: squared entries of :math:`W^\top W - I`, so squares of sizes minus 1.

    Of a wide matrix the rows are compared, of a tall one the columns: else it could not be 0. Its
    proximal operator solves a cubic for each singular value; the polar factor, in which all of them
    are 1, is the projection of `orthonormal`.

    Examples
    --------
    >>> import losslab as ll
    >>> penalty = ll.penalties.get("orthogonality")
    >>> penalty.value([[2.0, 0.0], [0.0, 1.0]])
    9.0
    >>> penalty.gradient([[2.0, 0.0], [0.0, 1.0]])
    array([[24.,  0.],
           [ 0.,  0.]])
    """

    name = "orthogonality"
    title = "Soft orthogonality"
    family = "matrices"
    formula = r"\lambda \lVert W^\top W - I \rVert_F^2 = \lambda \sum_j (\sigma_j^2 - 1)^2"
    reference = "bansal2018"
    use_when = "Layers should keep lengths, so that gradients neither vanish nor explode."
    avoid_when = "Directions may be dropped: every singular value is drawn to 1."
    style = style("green", "dotted")
    accuracy = {
        "value": Bound(4096.0, "squares of singular values near 1 cancel"),
        "prox": ACCURACY["prox"],
    }
    strength = Parameter(1.0, **STRENGTH)
    claims = Claims(
        convex=lambda strength: strength == 0.0,
        differentiable=True,
        nonnegative=True,
        smooth=lambda strength: None if strength else 0.0,
        homogeneous=None,
        unbiased=lambda strength: strength == 0.0,
        firmly_nonexpansive=lambda strength: strength == 0.0,
        constraint=False,
    )
    peers = (
        Peer(
            "keras.regularizers.OrthogonalRegularizer",
            says="products of rows, or columns, that are first made to length 1, and no squares",
        ),
    )

    def value_at(z, g, k, strength):
        total = 0.0
        for j in range(k):
            over = (z[j] - 1.0) * (z[j] + 1.0)
            total += over * over
            g[j] = 4.0 * strength * z[j] * over
        return strength * total

    def prox_at(z, x, k, step, strength):
        # The largest root of x - z + t x (x**2 - 1), by Newton's method from above, where it is
        # convex: no step goes too far, and it ends where rounding stops the fall.
        t = 4.0 * step * strength
        for j in range(k):
            last = np.inf
            root = max(z[j], 1.0)
            while root < last:
                last = root
                rest = (root - z[j]) + t * root * ((root - 1.0) * (root + 1.0))
                slope = (1.0 - t) + 3.0 * t * root * root
                root = last - max(rest, 0.0) / slope if slope > 0.0 else last
            x[j] = max(root, 0.0)
        return 1 if t == 0.0 else 0

    def exact(mp, w, strength):
        return strength * sum((z**2 - 1) ** 2 for z in singular_values(mp, w))


class Orthonormal(Spectral):
    r"""Orthonormal columns, as a constraint: 0 where all singular values are 1, else infinite.

    Of a wide matrix the rows are orthonormal. Its proximal operator is the polar factor, the
    nearest such matrix. Singular values count as 1 if they are within :math:`10^{-12}`.

    Examples
    --------
    >>> import losslab as ll
    >>> penalty = ll.penalties.get("orthonormal")
    >>> penalty.value([[2.0, 0.0], [0.0, 1.0]])
    inf
    >>> penalty.prox([[2.0, 0.0], [0.0, -3.0]])
    array([[ 1.,  0.],
           [ 0., -1.]])
    """

    name = "orthonormal"
    title = "Orthonormal columns"
    aliases = ("stiefel",)
    family = "constraints"
    formula = r"0 \text{ if } W^\top W = I \text{, else } \infty"
    reference = "edelman1998"
    use_when = "Lengths must be kept exactly, as in a change of coordinates."
    avoid_when = "A direction should shrink: none can."
    style = style("purple", "solid")
    accuracy = {
        "value": ROTATED,
        "prox": Bound(2.0**16, "singular values within 1e-12 of 1 count as 1"),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        unbiased=False,
        firmly_nonexpansive=False,
        constraint=True,
    )

    def value_at(z, g, k):
        off = 0.0
        for j in range(k):
            off = max(off, abs(z[j] - 1.0))
            g[j] = 0.0
        return 0.0 if off <= KEPT else np.inf

    def prox_at(z, x, k, step):
        for j in range(k):
            x[j] = 1.0
        return 0

    def exact(mp, w):
        off = max(abs(z - 1) for z in singular_values(mp, w))
        return mp.mpf(0) if off <= KEPT else mp.inf


def rank_of(z, k, size):
    """How many singular values are more than rounding."""
    found = 0
    for j in range(k):
        found += 1 if z[j] > size * z[0] else 0
    return found


TINY = 2.0**-44  # singular values smaller than this beside the largest are rounding


class Rank(Spectral):
    r"""Rank: the number of singular values that are not 0.

    Its proximal operator keeps singular values above :math:`\sqrt{2 \eta \lambda}` as they are, for
    a step :math:`\eta`, and drops the others. A singular value counts as 0 if it is less than
    :math:`2^{-44}` times the largest, which is what rounding leaves of one.

    Examples
    --------
    >>> import losslab as ll
    >>> penalty = ll.penalties.get("rank")
    >>> penalty.value([[3.0, 0.0], [0.0, -1.0]])
    2.0
    >>> penalty.prox([[3.0, 0.0], [0.0, -1.0]])
    array([[3., 0.],
           [0., 0.]])
    """

    name = "rank"
    title = "Rank"
    family = "matrices"
    formula = r"\lambda \operatorname{rank}(W)"
    reference = "eckart1936"
    use_when = "Low rank is wanted and the large singular values should stay as they are."
    avoid_when = "The fit must not depend on where it starts."
    style = style("vermilion", "solid")
    accuracy = ACCURACY
    strength = Parameter(1.0, **STRENGTH)
    claims = Claims(
        convex=lambda strength: strength == 0.0,
        nonnegative=True,
        homogeneous=0.0,
        unbiased=True,
        firmly_nonexpansive=lambda strength: strength == 0.0,
        constraint=False,
    )

    def value_at(z, g, k, strength):
        for j in range(k):
            g[j] = 0.0
        return strength * rank_of(z, k, TINY)

    def prox_at(z, x, k, step, strength):
        least = math.sqrt(2.0 * step * strength)
        for j in range(k):
            x[j] = z[j] if z[j] > least else 0.0
        return 1 if z[k - 1] > least else 0

    def exact(mp, w, strength):
        z = singular_values(mp, w)
        return strength * sum(v > TINY * z[0] for v in z)
