"""Counts: losses of a number of events, by the logarithm of its mean or by the mean itself."""

from losslab.losses.claims import Claims
from losslab.losses.contract import Pointwise
from losslab.losses.log_link import exp_and_excess
from losslab.losses.style import style


class Poisson(Pointwise):
    """Poisson loss of a log-rate: the negative log-likelihood of a count.

    With h = y_pred, the logarithm of the expected count, the loss is exp(h) - y h, in nats. The
    term log(y!) of the likelihood is left out, because it does not depend on the prediction, so
    the loss may be negative. The target is any number >= 0: for other than whole numbers it is
    the quasi-likelihood of a variance proportional to the mean. Its best prediction is the
    logarithm of the mean. It trusts variance = mean; counts usually vary more.
    PyTorch's ``PoissonNLLLoss`` is this with its default ``log_input=True``.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("poisson").value([0.0, 2.0], [0.0, 1.0], reduction="none").round(6)
    array([1.      , 0.718282])
    """

    name = "poisson"
    title = "Poisson loss"
    aliases = ("PoissonNLLLoss", "HalfPoissonLoss", "count:poisson", "log_poisson_loss")
    family = "count"
    target = "nonnegative"
    prediction = "log mean"
    formula = r"e^{h} - y h"
    reference = "nelder1972"
    use_when = "Counts of events, or other non-negative amounts that vary about as their mean."
    avoid_when = "Counts that vary much more than their mean: take negative_binomial."
    peers = {
        "torch": "PoissonNLLLoss",
        "sklearn": "PoissonRegressor",
        "xgboost": "count:poisson",
        "lightgbm": "poisson",
    }
    style = style("blue", "solid")
    crosses_zero = ("value", "gradient")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=False,
        lipschitz=None,
        smooth=None,
        bounded=None,
        elicits="mean",
    )

    def value_at(y, f):
        e, _ = exp_and_excess(f, y)
        # Where e**f is infinite the other term does not count.
        p = y * (800.0 if f > 800.0 else f)
        return e - (0.0 if y == 0.0 else p)

    def gradient_at(y, f):
        _, excess = exp_and_excess(f, y)
        return excess

    def curvature_at(y, f):
        e, _ = exp_and_excess(f, y)
        return e + 0.0 * y

    def exact(mp, y, f):
        return mp.exp(f) - y * f
