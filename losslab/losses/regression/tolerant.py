"""Losses that forgive small residuals: zero inside a band of half-width epsilon."""

from losslab.arithmetic.vmath import finite_part, two_sum_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise


def excess(y, f, epsilon):
    """abs(f - y) - epsilon, rounded once: near the edge of the band it cancels."""
    r = f - y
    r_lo = two_sum_error(f, -y, r)
    a = abs(r)
    t = a - epsilon
    return t + finite_part(two_sum_error(a, -epsilon, t) + (-r_lo if r < 0.0 else r_lo))


class EpsilonInsensitive(Pointwise):
    """Epsilon-insensitive loss: absolute error outside a band, nothing inside.

    With r = y_pred - y_true the loss is max(0, abs(r) - epsilon), in units of y. Samples inside
    the band do not move the fit, which is what makes support-vector regression sparse; if most
    lie inside, the best prediction is not unique. At the edges of the band the gradient is 0.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("epsilon_insensitive", epsilon=1.0).value([0.0], [-3.0])
    2.0
    """

    name = "epsilon_insensitive"
    title = "Epsilon-insensitive loss"
    aliases = ("svr",)
    family = "regression"
    formula = r"\max(0, \lvert r\rvert - \epsilon)"
    reference = "drucker1996"
    use_when = "Errors below a tolerance cost nothing, or a sparse kernel model is wanted."
    avoid_when = "A unique best prediction is needed, or most residuals are smaller than epsilon."
    peers = (
        Peer(
            "sklearn.linear_model.SGDRegressor(loss='epsilon_insensitive')",
            call="import sklearn.linear_model._sgd_fast as descent\nloss = descent.EpsilonInsensitive(epsilon)\nnp.mean([loss.py_loss(*pair) for pair in zip(f, y)])",
            also=("sklearn.svm.LinearSVR(loss='epsilon_insensitive')",),
            parameters={"epsilon": "epsilon"},
        ),
        Peer(
            "sklearn.svm.SVR",
            bare=False,
            parameters={"epsilon": "epsilon"},
            says="an estimator that minimises C times the sum of this and a penalty",
        ),
    )
    epsilon = Parameter(
        0.1, least=0.0, slider=(0.0, 2.0), doc="half-width of the free band, in units of y"
    )
    claims = Claims(
        convex=True,
        differentiable=False,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=None,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, epsilon):
        t = excess(y, f, epsilon)
        return 0.0 if t < 0.0 else t

    def gradient_at(y, f, epsilon):
        r = f - y
        t = excess(y, f, epsilon)
        g = 1.0 if t > 0.0 else 0.0
        g = -g if r < 0.0 else g
        return g if r == r else r

    def curvature_at(y, f, epsilon):
        r = f - y
        return 0.0 if r == r else r

    def exact(mp, y, f, epsilon):
        return max(mp.mpf(0), abs(f - y) - epsilon)


class SquaredEpsilonInsensitive(Pointwise):
    """Squared epsilon-insensitive loss: half squared error outside a band, nothing inside.

    With r = y_pred - y_true the loss is max(0, abs(r) - epsilon)**2 / 2, in units of y squared;
    scikit-learn leaves out the half. Outliers pull as hard as under squared error.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_epsilon_insensitive", epsilon=1.0).value([0.0], [-3.0])
    2.0
    """

    name = "squared_epsilon_insensitive"
    title = "Squared epsilon-insensitive loss"
    family = "regression"
    formula = r"\tfrac12 \max(0, \lvert r\rvert - \epsilon)^2"
    reference = "lee2005"
    use_when = (
        "Errors below a tolerance cost nothing and the optimiser wants a continuous gradient."
    )
    avoid_when = "Targets have gross errors: beyond the band it is least squares."
    peers = (
        Peer(
            "sklearn.linear_model.SGDRegressor(loss='squared_epsilon_insensitive')",
            call="import sklearn.linear_model._sgd_fast as descent\nloss = descent.SquaredEpsilonInsensitive(epsilon)\nnp.mean([loss.py_loss(*pair) for pair in zip(f, y)])",
            also=("sklearn.svm.LinearSVR(loss='squared_epsilon_insensitive')",),
            parameters={"epsilon": "epsilon"},
            factor=2.0,
            says="without the half",
        ),
    )
    epsilon = Parameter(
        0.1, least=0.0, slider=(0.0, 2.0), doc="half-width of the free band, in units of y"
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=lambda epsilon: epsilon == 0.0,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=1.0,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, epsilon):
        t = excess(y, f, epsilon)
        return 0.0 if t < 0.0 else (0.5 * t) * t

    def gradient_at(y, f, epsilon):
        t = excess(y, f, epsilon)
        g = 0.0 if t < 0.0 else t
        return -g if f < y else g

    def curvature_at(y, f, epsilon):
        r = f - y
        c = 0.0 if abs(r) < epsilon else 1.0
        return c if r == r else r

    def exact(mp, y, f, epsilon):
        return max(mp.mpf(0), abs(f - y) - epsilon) ** 2 / 2
