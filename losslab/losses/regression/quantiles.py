"""Quantiles and expectiles: losses that weigh over- and under-prediction by a level tau."""

from losslab.arithmetic.parts import inverse_of_constant, product_parts
from losslab.arithmetic.vmath import (
    exp2parts,
    expm1,
    finite_part,
    log1p_parts,
    log1p_unit,
    product_error,
    quotient_error,
    times_exp,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


def weight_of(above, tau):
    """1 - tau of a prediction above the target, else tau, and what rounding that lost."""
    w = 1.0 - tau if above else tau
    return w, ((1.0 - w) - tau if above else 0.0)


def logit_parts(tau):
    """log(tau / (1 - tau)) as (hi, lo)."""
    high = tau > 0.5
    n = 1.0 - 2.0 * tau
    n_lo = (1.0 - n) - 2.0 * tau
    m, m_lo = weight_of(high, tau)
    # log((1 - tau) / tau) = log(1 + (1 - 2 tau) / tau) below a half, mirrored above
    n = -n if high else n
    n_lo = -n_lo if high else n_lo
    q = n / m
    hi, lo = log1p_parts(q)
    lo = lo + quotient_error(n, n_lo, m, m_lo, q) / (1.0 + q)
    return (hi if high else -hi), (lo if high else -lo)


class Quantile(Pointwise):
    """Quantile loss: the loss whose best constant is the tau-quantile.

    With r = y_pred - y_true the loss is (1 - tau) r for over- and tau abs(r) for
    under-prediction, in units of y; at tau = 1/2 it is half the absolute error. At r = 0 the
    gradient is 0, one of the subgradients [-tau, 1 - tau]. Quantiles of different levels that are
    fitted one by one may cross.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("quantile", tau=0.75).value([0.0, 0.0], [2.0, -2.0], reduction="none")
    array([0.5, 1.5])
    """

    name = "quantile"
    title = "Quantile loss"
    aliases = ("pinball", "check_loss")
    family = "regression"
    formula = r"\begin{cases} (1-\tau)\,r & r > 0 \\ -\tau\,r & r \le 0 \end{cases}"
    reference = "koenker1978"
    use_when = (
        "A quantile is wanted: a safe stock, an interval, or two prices whose ratio gives tau."
    )
    avoid_when = (
        "Several levels are fitted one by one and must not cross, or second derivatives are needed."
    )
    peers = (
        Peer("sklearn._loss.loss.PinballLoss", parameters={"quantile": "tau"}),
        Peer("sklearn.metrics.mean_pinball_loss", parameters={"alpha": "tau"}),
        Peer(
            "sklearn.linear_model.QuantileRegressor",
            bare=False,
            parameters={"quantile": "tau"},
            says="an estimator that minimises this and a penalty",
        ),
        Peer(
            "sklearn.ensemble.HistGradientBoostingRegressor(loss='quantile')",
            parameters={"quantile": "tau"},
        ),
        Peer(
            "sklearn.ensemble.GradientBoostingRegressor(loss='quantile')",
            parameters={"alpha": "tau"},
            defaults={"tau": 0.9},
        ),
        Peer(
            "xgboost:reg:quantileerror",
            parameters={"quantile_alpha": "tau"},
            says="several levels are quantile_set",
            metric="quantile",
            digits=4,
        ),
        Peer(
            "lightgbm:quantile",
            parameters={"alpha": "tau"},
            defaults={"tau": 0.9},
            metric="quantile",
            digits=5,
        ),
        Peer("catboost:Quantile", parameters={"alpha": "tau"}),
        Peer(
            "statsmodels.regression.quantile_regression.QuantReg",
            bare=False,
            parameters={"q": "tau"},
            says="an estimator",
        ),
    )
    style = style("purple", "dotted")
    tau = Parameter(
        0.5, above=0.0, below=1.0, slider=(0.05, 0.95), doc="level of the quantile, a number"
    )
    claims = Claims(
        convex=True,
        differentiable=False,
        twice_differentiable=False,
        symmetric=lambda tau: tau == 0.5,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda tau: max(tau, 1.0 - tau),
        smooth=None,
        bounded=None,
        redescending=False,
        elicits="quantile",
    )

    def value_at(y, f, tau):
        r = f - y
        return (1.0 - tau if r > 0.0 else tau) * abs(r)

    def gradient_at(y, f, tau):
        r = f - y
        g = 1.0 - tau if r > 0.0 else r
        return -tau if r < 0.0 else g

    def curvature_at(y, f, tau):
        r = f - y
        return 0.0 if r == r else r

    def exact(mp, y, f, tau):
        r = f - y
        return (1 - tau) * r if r > 0 else -tau * r


class SmoothedQuantile(Pointwise):
    """Smoothed quantile loss: the quantile loss with its kink rounded off over a width alpha.

    With r = y_pred - y_true the loss is alpha log(1 + e**(r / alpha)) - tau r, in units of y. It
    exceeds the quantile loss by at most alpha log 2. Its best constant is not the tau-quantile
    but that of the target blurred with logistic noise of scale alpha: a large alpha biases
    extreme levels outwards.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("smoothed_quantile", alpha=1.0).gradient([0.0], [0.0], reduction="sum")
    array([0.])
    """

    name = "smoothed_quantile"
    title = "Smoothed quantile loss"
    family = "regression"
    formula = r"\alpha\log\left(1 + e^{r/\alpha}\right) - \tau r"
    reference = "zheng2011"
    use_when = "A quantile is wanted by an optimiser that uses second derivatives."
    avoid_when = "Extreme levels must be met exactly: a large alpha moves them outwards."
    tau = Parameter(
        0.5, above=0.0, below=1.0, slider=(0.05, 0.95), doc="level of the quantile, a number"
    )
    alpha = Parameter(
        0.1, above=0.0, slider=(0.01, 2.0, "log"), doc="width of the rounded kink, in units of y"
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=lambda tau, alpha: tau == 0.5,
        nonnegative=True,
        zero_if_perfect=False,
        lipschitz=lambda tau, alpha: max(tau, 1.0 - tau),
        smooth=lambda tau, alpha: 0.25 / alpha,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, tau, alpha):
        r = f - y
        a = abs(r)
        # Linear part and rounding, both positive: nothing cancels.
        w, w_lo = weight_of(r > 0.0, tau)
        x = a / alpha
        x_lo = quotient_error(a, 0.0, alpha, 0.0, x) if x < 1000.0 else 0.0
        tip = log1p_unit(exp2parts(-x, -x_lo))
        p = w * a
        q = alpha * tip
        v = p + q
        v_lo = product_error(w, a, p) + w_lo * a + product_error(alpha, tip, q)
        return v + finite_part(two_sum_error(p, q, v) + v_lo)

    def gradient_at(y, f, tau, alpha):
        # 1 / (1 + e**-x) - tau = tau (e**(x - z) - 1) / (1 + e**x) with z = logit(tau): no digits
        # are lost where the gradient passes through 0. The mirror image is used for x > z.
        r = f - y
        x = r / alpha
        near = abs(x) < 1000.0
        r_lo = two_sum_error(f, -y, r)
        x_lo = quotient_error(r, r_lo, alpha, 0.0, x) if near else 0.0
        z, z_lo = logit_parts(tau)
        d = x - z
        d_lo = (two_sum_error(x, -z, d) - z_lo) + x_lo if near else 0.0
        above = d > 0.0
        e = expm1(-abs(d))
        e_lo = (-d_lo if above else d_lo) * (1.0 + e)
        t = exp2parts(-x if above else x, -x_lo if above else x_lo)
        s = 1.0 + t
        q = e / s
        q_lo = quotient_error(e, e_lo, s, two_sum_error(1.0, t, s), q)
        w, w_lo = weight_of(above, tau)
        p = w * q
        g = p + (product_error(w, q, p) + (w * q_lo + w_lo * q))
        return -g if above else g

    def curvature_at(y, f, tau, alpha):
        r = f - y
        x = abs(r) / alpha
        # Far out the exponential magnifies what rounding r and x has lost.
        r_lo = two_sum_error(f, -y, r)
        a_lo = -r_lo if r < 0.0 else r_lo
        x_lo = quotient_error(abs(r), a_lo, alpha, 0.0, x) if x < 1000.0 else 0.0
        # e / alpha / (1 + e)**2 with e = e**-x
        c = 1.0 / alpha
        e = exp2parts(-x, -x_lo)
        top = times_exp(c, -x, quotient_error(1.0, 0.0, alpha, 0.0, c) * alpha - x_lo)
        s = 1.0 + e
        d = s * s
        d_lo = two_product_error(s, s, d) + 2.0 * s * (e - (s - 1.0))
        q = top / d
        return q + quotient_error(top, 0.0, d, d_lo, q)

    def exact(mp, y, f, tau, alpha):
        r = f - y
        return alpha * mp.log1p(mp.exp(r / alpha)) - tau * r


def capped_pull(r, tau, kappa):
    """n = min(abs(r), kappa), then the size w n / kappa of the gradient as parts."""
    w, w_lo = weight_of(r > 0.0, tau)
    n = kappa if abs(r) > kappa else abs(r)
    i, i_lo = inverse_of_constant(kappa, 0.0)
    k, k_lo = product_parts(w, w_lo, i, i_lo)
    p = n * k
    inside = n < kappa
    return n, (p if inside else w), (two_product_error(n, k, p) + n * k_lo if inside else w_lo)


class QuantileHuber(Pointwise):
    """Quantile Huber loss: smooth L1, weighted by tau like the quantile loss.

    With r = y_pred - y_true (units of y) the loss is w (r**2 / (2 kappa)) up to abs(r) = kappa
    and w (abs(r) - kappa / 2) beyond, w = 1 - tau for over- and tau for under-prediction. Its
    best constant is neither a quantile nor an expectile: it moves from one to the other as kappa
    grows. Some libraries leave out the division by kappa.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("quantile_huber", tau=0.75).value([0.0, 0.0], [2.0, -2.0], reduction="none")
    array([0.375, 1.125])
    """

    name = "quantile_huber"
    title = "Quantile Huber loss"
    family = "regression"
    formula = (
        r"\lvert \tau - 1_{r>0}\rvert \cdot"
        r" \begin{cases} \dfrac{r^2}{2\kappa} & \lvert r\rvert \le \kappa \\"
        r" \lvert r\rvert - \tfrac12\kappa & \text{otherwise} \end{cases}"
    )
    reference = "dabney2018"
    use_when = (
        "Quantiles of returns are learned by gradient steps, as in distributional reinforcement "
        "learning."
    )
    avoid_when = "The best prediction must be a quantile: for kappa > 0 it is not."
    peers = (
        Peer(
            "rlax.quantile_regression_loss",
            parameters={"huber_param": "kappa"},
            says="it takes all pairs of predicted quantiles and targets",
        ),
    )
    tau = Parameter(
        0.5, above=0.0, below=1.0, slider=(0.05, 0.95), doc="weight of under-prediction, a number"
    )
    kappa = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="turning point between quadratic and linear, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        symmetric=lambda tau, kappa: tau == 0.5,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda tau, kappa: max(tau, 1.0 - tau),
        smooth=lambda tau, kappa: max(tau, 1.0 - tau) / kappa,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, tau, kappa):
        r = f - y
        # w (n / kappa) (a - n / 2); n / kappa is 1 in the tails
        n, p, p_lo = capped_pull(r, tau, kappa)
        m = abs(r) - 0.5 * n
        return p * m + finite_part(p_lo * m)

    def gradient_at(y, f, tau, kappa):
        r = f - y
        n, p, p_lo = capped_pull(r, tau, kappa)
        g = p + p_lo
        g = -g if r < 0.0 else g
        return g if r == r else r

    def curvature_at(y, f, tau, kappa):
        r = f - y
        w, w_lo = weight_of(r > 0.0, tau)
        q = w / kappa
        c = q + quotient_error(w, w_lo, kappa, 0.0, q)
        c = 0.0 if abs(r) > kappa else c
        return c if r == r else r

    def exact(mp, y, f, tau, kappa):
        r = f - y
        a = abs(r)
        w = 1 - tau if r > 0 else tau
        return w * (a**2 / (2 * kappa) if a <= kappa else a - kappa / 2)


class Expectile(Pointwise):
    """Expectile loss: squared error that weighs the two sides by tau.

    With r = y_pred - y_true the loss is (1 - tau) r**2 / 2 for over- and tau r**2 / 2 for
    under-prediction, in units of y squared; at tau = 1/2 it is half of `squared_error`. Its best
    constant is the tau-expectile, which unlike a quantile feels how far the values beyond it
    are, outliers included. Other libraries leave out the half.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("expectile", tau=0.75).value([0.0, 0.0], [2.0, -2.0], reduction="none")
    array([0.5, 1.5])
    """

    name = "expectile"
    title = "Expectile loss"
    family = "regression"
    formula = r"\tfrac12\,\lvert \tau - 1_{r>0}\rvert\, r^2"
    reference = "newey1987"
    use_when = (
        "One direction costs more and the size of large errors on that side counts, as for risk."
    )
    avoid_when = "A probability of exceeding is to be read off, or targets have gross errors."
    peers = (
        Peer("rlax.expectile_loss", says="it takes the residual y - f"),
        Peer("xgboost:reg:expectileerror", parameters={"expectile_alpha": "tau"}),
    )
    tau = Parameter(
        0.5, above=0.0, below=1.0, slider=(0.05, 0.95), doc="level of the expectile, a number"
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=lambda tau: tau == 0.5,
        symmetric=lambda tau: tau == 0.5,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=lambda tau: max(tau, 1.0 - tau),
        bounded=None,
        redescending=False,
        elicits="expectile",
    )

    def value_at(y, f, tau):
        r = f - y
        a = abs(r)
        w = 1.0 - tau if r > 0.0 else tau
        p = w * (0.5 * a)
        w_lo = (1.0 - w) - tau if r > 0.0 else 0.0
        p_lo = product_error(w, 0.5 * a, p) + w_lo * (0.5 * a)
        return p * a + finite_part(p_lo * a)

    def gradient_at(y, f, tau):
        r = f - y
        return (1.0 - tau if r > 0.0 else tau) * r

    def curvature_at(y, f, tau):
        r = f - y
        c = 1.0 - tau if r > 0.0 else tau
        return c if r == r else r

    def exact(mp, y, f, tau):
        r = f - y
        return (1 - tau if r > 0 else tau) * r**2 / 2
