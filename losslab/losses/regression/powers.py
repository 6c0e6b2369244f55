"""Powers of the residual."""

from losslab.arithmetic.vmath import finite_part, product_error, scaled_power
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise


class Lp(Pointwise):
    """Lp loss: a power of the absolute residual, between absolute and squared error or beyond.

    With r = y_pred - y_true the loss is abs(r)**p, in units of y to the power p; p = 1 is the
    absolute error and p = 2 is twice `squared_error`. Between 1 and 2 it is less moved by
    outliers than the mean and smoother than the median, but its curvature is infinite at r = 0;
    above 2 outliers rule.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("lp", p=1.5).value([0.0], [4.0])
    8.0
    """

    name = "lp"
    title = "Lp loss"
    family = "regression"
    formula = r"\lvert r\rvert^p"
    reference = "forsythe1972"
    use_when = (
        "Something between absolute and squared error, or a stronger stress on large errors, is "
        "wanted by a power that can be chosen."
    )
    avoid_when = (
        "The power p is below 2 and the optimiser uses second derivatives: they are infinite at 0."
    )
    peers = (Peer("catboost:Lq", parameters={"q": "p"}, factor=1.0, says="q must be given"),)
    p = Parameter(1.5, least=1.0, most=64.0, slider=(1.0, 4.0), doc="the power, a number")
    claims = Claims(
        convex=True,
        differentiable=lambda p: p > 1.0,
        twice_differentiable=lambda p: p >= 2.0,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda p: 1.0 if p == 1.0 else None,
        smooth=lambda p: 2.0 if p == 2.0 else None,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, p):
        a = abs(f - y)
        v = scaled_power(1.0, a, p)
        return a if p == 1.0 else v

    def gradient_at(y, f, p):
        r = f - y
        g = scaled_power(p, abs(r), p - 1.0)
        g = -g if r < 0.0 else g
        return g if abs(r) > 0.0 else r

    def curvature_at(y, f, p):
        r = f - y
        c = p * (p - 1.0)
        k = scaled_power(c, abs(r), p - 2.0)
        k = k + finite_part(k * (product_error(p, p - 1.0, c) / (c if c > 0.0 else 1.0)))
        k = k if p > 1.0 else 0.0
        return k if r == r else r

    def exact(mp, y, f, p):
        return abs(f - y) ** p
