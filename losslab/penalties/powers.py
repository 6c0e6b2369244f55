"""Penalties by a power of the weights: the lasso and ridge regression."""

import numpy as np

from losslab.arithmetic.vmath import finite_part, product_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.penalties.kinds.separable import Separable
from losslab.penalties.kinds.strength import STRENGTH


def nothing(w):
    """0, but NaN for NaN."""
    return 0.0 if w == w else w


class L1(Separable):
    """Lasso: the sum of absolute weights, which makes weights exactly 0.

    It pulls every weight with the same force, however small it is, so weights that do little for
    the fit end at 0, and the others stay too small by that force. Its proximal operator is soft
    thresholding. The subgradient never gives exact zeros: use `prox`.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("l1").prox([3.0, -0.2], step=0.5)
    array([2.5, 0. ])
    """

    name = "l1"
    title = "Lasso (L1)"
    aliases = ("lasso",)
    family = "norms"
    formula = r"\lambda \sum_j \lvert w_j \rvert"
    reference = "tibshirani1996"
    use_when = "Many weights are wanted to be exactly 0."
    avoid_when = "Large weights must not be pulled towards 0."
    peers = (
        Peer("keras.regularizers.L1", parameters={"l1": "strength"}, says="0.01 unless given"),
        Peer(
            "sklearn.linear_model.Lasso",
            parameters={"alpha": "strength, beside half the mean squared error"},
            says="a model, whose penalty it is",
        ),
    )
    style = style("vermilion", "solid")
    strength = Parameter(1.0, **STRENGTH)
    claims = Claims(
        convex=True,
        differentiable=lambda strength: strength == 0.0,
        nonnegative=True,
        smooth=lambda strength: None if strength else 0.0,
        strongly_convex=None,
        homogeneous=1.0,
        sparse=lambda strength: strength > 0.0,
        unbiased=lambda strength: strength == 0.0,
        firmly_nonexpansive=True,
    )

    def value_at(w, strength):
        return strength * abs(w) if strength > 0.0 else nothing(w)

    def gradient_at(w, strength):
        pull = -strength if w < 0.0 else nothing(w)
        return strength if w > 0.0 else pull

    def prox_at(w, step, strength):
        threshold = step * strength
        # What the product lost counts where the difference cancels.
        left = (abs(w) - threshold) - finite_part(product_error(step, strength, threshold))
        left = left if left > 0.0 else nothing(w)
        return left if w > 0.0 else 0.0 - left

    def conjugate_at(u, strength):
        outside = np.inf if abs(u) > strength else 0.0
        return outside if u == u else u

    def exact(mp, w, strength):
        return strength * abs(w)

    def exact_prox(mp, w, step, strength):
        return mp.sign(w) * max(abs(w) - step * strength, mp.mpf(0))


class SquaredL2(Separable):
    """Ridge: half the sum of squared weights, which shrinks all weights by one factor.

    Large weights are pulled hardest, small ones hardly at all, so none ends at 0. With a squared
    loss it is ridge regression, and the same as a normal prior. Some libraries leave the half out.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.penalties.get("squared_l2").prox([3.0, -1.5], step=0.5)
    array([ 2., -1.])
    """

    name = "squared_l2"
    title = "Ridge (squared L2)"
    aliases = ("ridge", "l2", "tikhonov")
    family = "norms"
    formula = r"\tfrac{\lambda}{2} \sum_j w_j^2"
    reference = "hoerl1970"
    use_when = "All weights count a little, or the fit is not unique without a penalty."
    avoid_when = "Weights are wanted to be exactly 0."
    peers = (
        Peer(
            "keras.regularizers.L2",
            factor=2.0,
            parameters={"l2": "strength, of twice this penalty"},
            says="without the half",
        ),
        Peer(
            "sklearn.linear_model.Ridge",
            parameters={"alpha": "strength times the number of samples"},
            says="a model, whose penalty it is",
        ),
    )
    style = style("blue", "dashed")
    strength = Parameter(1.0, **STRENGTH)
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        smooth=lambda strength: strength,
        strongly_convex=lambda strength: strength or None,
        homogeneous=2.0,
        sparse=False,
        unbiased=lambda strength: strength == 0.0,
        firmly_nonexpansive=True,
    )

    def value_at(w, strength):
        # In the order that neither overflows nor vanishes before it must.
        return (0.5 * w) * (strength * w) if strength > 0.0 else nothing(w)

    def gradient_at(w, strength):
        return strength * w if strength > 0.0 else nothing(w)

    def prox_at(w, step, strength):
        return w / (1.0 + step * strength)

    def conjugate_at(u, strength):
        outside = np.inf if u != 0.0 else 0.0
        found = (0.5 * u) * (u / strength) if strength > 0.0 else outside
        return found if u == u else u

    def exact(mp, w, strength):
        return strength * w**2 / 2

    def exact_prox(mp, w, step, strength):
        return w / (1 + step * strength)
