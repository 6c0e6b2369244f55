"""Regression losses everybody meets first: squared, absolute, Huber."""

from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


class SquaredError(Pointwise):
    """Half squared error: the loss whose best constant is the mean.

    With r = y_pred - y_true (units of y) the loss is r**2 / 2, in units of y squared. The half
    makes the gradient r itself; PyTorch and Keras leave it out.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_error").value([0.0, 0.0], [1.0, 3.0])
    2.5
    """

    name = "squared_error"
    title = "Squared error"
    aliases = ("l2", "mse")
    family = "regression"
    formula = r"\tfrac12 r^2"
    reference = "legendre1805"
    use_when = (
        "An average is wanted and the noise is roughly Gaussian: the fit is quick and its best "
        "prediction is the mean."
    )
    avoid_when = "A few targets are far off: each pulls in proportion to its residual."
    peers = (
        Peer(
            "torch.nn.MSELoss",
            factor=2.0,
            says="without the half",
            also=("torch.nn.functional.mse_loss",),
        ),
        Peer(
            "keras.losses.MeanSquaredError",
            factor=2.0,
            says="without the half",
            also=("keras.losses.mean_squared_error",),
        ),
        Peer("optax.losses.l2_loss"),
        Peer("optax.losses.squared_error", factor=2.0, says="without the half"),
        Peer("sklearn.metrics.mean_squared_error", factor=2.0, says="without the half"),
        Peer("sklearn._loss.loss.HalfSquaredError"),
        Peer(
            "sklearn.linear_model.SGDRegressor(loss='squared_error')",
            also=("sklearn.ensemble.HistGradientBoostingRegressor(loss='squared_error')",),
        ),
        Peer(
            "sklearn.linear_model.LinearRegression",
            bare=False,
            says="an estimator that minimises the sum of squares",
        ),
        Peer(
            "xgboost:reg:squarederror",
            then="{} ** 2 / 2",
            also=("xgboost:reg:linear",),
            says="its metric rmse is the root of twice this",
            metric="rmse",
            digits=4,
        ),
        Peer(
            "lightgbm:regression",
            factor=2.0,
            also=(
                "lightgbm:regression_l2",
                "lightgbm:l2",
                "lightgbm:mse",
                "lightgbm:mean_squared_error",
            ),
            bare=False,
            says="as its metric l2 is; its gradient has the half",
            metric="l2",
            digits=5,
        ),
        Peer("catboost:RMSE", bare=False, says="as a metric it is the root of twice this"),
        Peer("statsmodels.robust.norms.LeastSquares"),
    )
    style = style("blue", "solid")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=1.0,
        bounded=None,
        redescending=False,
        elicits="mean",
    )

    def value_at(y, f):
        r = f - y
        return (0.5 * r) * r

    def gradient_at(y, f):
        return f - y

    def curvature_at(y, f):
        # 1, except that NaN in gives NaN out.
        return 1.0 if f - y == f - y else f - y

    def exact(mp, y, f):
        return (f - y) ** 2 / 2


class AbsoluteError(Pointwise):
    """Absolute error: the loss whose best constant is the median.

    With r = y_pred - y_true the loss is abs(r), in units of y. At r = 0 the gradient is 0, the
    middle of the subgradients [-1, 1]. The curvature is 0 on either side of the kink, which says
    nothing about the kink itself: Newton steps need a surrogate.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("absolute_error").value([0.0, 0.0], [1.0, -3.0])
    2.0
    """

    name = "absolute_error"
    title = "Absolute error"
    aliases = ("l1", "mae")
    family = "regression"
    formula = r"\lvert r\rvert"
    reference = "laplace1774"
    use_when = "The median is wanted, or targets have gross errors of either sign."
    avoid_when = (
        "The optimiser needs second derivatives, or the mean is what counts and the noise is "
        "skewed."
    )
    peers = (
        Peer("torch.nn.L1Loss", also=("torch.nn.functional.l1_loss",)),
        Peer("keras.losses.MeanAbsoluteError", also=("keras.losses.mean_absolute_error",)),
        Peer("sklearn.metrics.mean_absolute_error"),
        Peer("sklearn._loss.loss.AbsoluteError"),
        Peer("sklearn.ensemble.HistGradientBoostingRegressor(loss='absolute_error')"),
        Peer("xgboost:reg:absoluteerror", metric="mae", digits=4),
        Peer(
            "lightgbm:regression_l1",
            also=("lightgbm:l1", "lightgbm:mae", "lightgbm:mean_absolute_error"),
            metric="l1",
            digits=5,
        ),
        Peer("catboost:MAE"),
    )
    style = style("vermilion", "dashed")
    claims = Claims(
        convex=True,
        differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=None,
        bounded=None,
        redescending=False,
        elicits="median",
    )

    def value_at(y, f):
        return abs(f - y)

    def gradient_at(y, f):
        r = f - y
        s = 1.0 if r > 0.0 else r
        return -1.0 if r < 0.0 else s

    def curvature_at(y, f):
        r = f - y
        return 0.0 if r == r else r

    def exact(mp, y, f):
        return abs(f - y)


class Huber(Pointwise):
    """Huber loss: quadratic for small residuals, linear for large ones.

    With r = y_pred - y_true (units of y) the loss is r**2 / 2 up to abs(r) = delta and
    delta * (abs(r) - delta / 2) beyond, in units of y squared. It limits the pull of an outlier
    in y to delta; it does not limit the leverage of a far-away x.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("huber", delta=1.0).value([0.0, 0.0, 0.0], [0.5, 1.0, 3.0], reduction="none")
    array([0.125, 0.5  , 2.5  ])
    """

    name = "huber"
    title = "Huber loss"
    family = "regression"
    formula = (
        r"\begin{cases} \tfrac12 r^2 & \lvert r\rvert \le \delta \\"
        r" \delta\,(\lvert r\rvert - \tfrac12\delta) & \text{otherwise} \end{cases}"
    )
    reference = "huber1964"
    use_when = "Least squares would do but for a few outliers in the targets."
    avoid_when = "Outliers lie in the inputs, or delta cannot be tied to the spread of the noise."
    peers = (
        Peer(
            "torch.nn.HuberLoss",
            parameters={"delta": "delta"},
            also=("torch.nn.functional.huber_loss",),
        ),
        Peer("keras.losses.Huber", parameters={"delta": "delta"}, also=("keras.losses.huber",)),
        Peer("optax.losses.huber_loss", parameters={"delta": "delta"}),
        Peer(
            "sklearn._loss.loss.HuberLoss",
            parameters={
                "delta": "delta",
                "quantile": "delta, taken as that quantile of the absolute residuals by the estimator",
            },
            defaults={"delta": 0.5},
        ),
        Peer(
            "sklearn.linear_model.HuberRegressor",
            bare=False,
            parameters={"epsilon": "delta"},
            defaults={"delta": 1.35},
            factor=2.0,
            says="of residuals divided by a scale that it estimates",
        ),
        Peer(
            "sklearn.ensemble.GradientBoostingRegressor(loss='huber')",
            parameters={"alpha": "delta, taken as that quantile of the absolute residuals"},
            bare=False,
        ),
        Peer(
            "sklearn.linear_model.SGDRegressor(loss='huber')",
            parameters={"epsilon": "delta"},
            defaults={"delta": 0.1},
        ),
        Peer(
            "lightgbm:huber",
            parameters={"alpha": "delta"},
            defaults={"delta": 0.9},
            metric="huber",
            digits=5,
        ),
        Peer("catboost:Huber", parameters={"delta": "delta"}, says="delta must be given"),
        Peer(
            "scipy.special.huber",
            call="scipy.special.huber(delta, f - y).mean()",
            says="it takes delta and the residual",
        ),
        Peer(
            "scipy.optimize.least_squares(loss='huber')",
            parameters={"f_scale": "delta"},
            says="its cost is the sum over samples",
        ),
        Peer(
            "statsmodels.robust.norms.HuberT", parameters={"t": "delta"}, defaults={"delta": 1.345}
        ),
    )
    style = style("green", "solid")
    delta = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="turning point between quadratic and linear, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda delta: delta,
        smooth=1.0,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, delta):
        a = abs(f - y)
        q = delta if a > delta else a
        # For a <= delta this is q**2 / 2; it never squares a large residual.
        return q * (a - 0.5 * q)

    def gradient_at(y, f, delta):
        r = f - y
        low = -delta if r < -delta else r
        return delta if r > delta else low

    def curvature_at(y, f, delta):
        r = f - y
        c = 0.0 if abs(r) > delta else 1.0
        return c if r == r else r

    def exact(mp, y, f, delta):
        a = abs(f - y)
        return a**2 / 2 if a <= delta else delta * (a - delta / 2)
