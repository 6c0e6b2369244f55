"""Likelihoods with the heavy tails of Student's t, all of whose parameters are predicted."""

from losslab.arithmetic.rows_student import HALF_LOG_PI, evidential_far, half_step, student_far
from losslab.arithmetic.standard import HALF_LOG_2PI, inverse_scale, standardised
from losslab.arithmetic.vmath import LN2, log1p, sigmoid, softplus
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise

FAR = 1e300  # beyond it, and beyond logarithms of EDGE, the functions for far rows take over
EDGE = 680.0


class StudentTNLL(Rowwise):
    """Student t negative log-likelihood with learned location, scale and degrees of freedom.

    Columns are the location and the logarithms of the scale and of the degrees of freedom nu, in
    nats and the unit of y. With z = (y - location) e**-log_scale the loss grows like (nu + 1)
    log(abs(z)), so outliers lose their pull, and nu tells how many there are; as nu grows it
    becomes the Gaussian likelihood, and then log_dof hardly matters any more. The scale is not
    the standard deviation, which is scale sqrt(nu / (nu - 2)) and needs nu > 2.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("student_t_nll").value([0.0], [[0.0, 0.0, 0.0]]), 6)  # Cauchy: log(pi)
    1.14473
    """

    name = "student_t_nll"
    title = "Student t negative log-likelihood"
    aliases = ("StudentTNLL",)
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("location", "log_scale", "log_dof")
    formula = (
        r"\tfrac{\nu+1}{2}\log\left(1+\tfrac{z^2}{\nu}\right) + \log\sigma + \tfrac12\log\nu\pi"
        r" + \log\Gamma\left(\tfrac\nu2\right) - \log\Gamma\left(\tfrac{\nu+1}2\right)"
    )
    reference = "lange1989"
    use_when = "A forecast distribution must survive outliers, and their share is unknown."
    avoid_when = "There are too few rows to tell heavy tails from a large scale."
    peers = (
        Peer(
            "torch.distributions.StudentT",
            call="-torch.distributions.StudentT(f[:, 2].exp(), f[:, 0], f[:, 1].exp()).log_prob(y).mean()",
            bare=False,
            says="it takes degrees of freedom and scale instead of their logarithms",
        ),
    )
    style = style("blue", "dotted")
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=False,
        bounded=None,
        lipschitz=None,
        proper=True,
    )
    accuracy = {
        "value": Bound(6.0, "several logarithms cancel", of="rounding"),
        "gradient": Bound(
            32.0,
            "digamma functions of close arguments cancel in the last entry",
            of="rounding",
        ),
    }

    def row_at(y, f, g, s, k):
        e = inverse_scale(f[1])
        z = standardised(y[0], f[0], e)
        nu = min(max(inverse_scale(-f[2]), 1e-300), FAR)
        share = 1.0 / nu
        step, slope = half_step(0.5 * nu, f[2] - LN2)
        q = z * z * share if z != 0.0 else 0.0
        if (q >= FAR) | (max(abs(f[1]), abs(f[2])) > EDGE):
            value, g[0], g[1], g[2] = student_far(y[0], f[0], f[1], f[2], step, slope)
        else:
            wide = log1p(q)
            rest = 1.0 / (1.0 + q)
            t = q * rest
            g[0] = -(1.0 + share) * (z * rest) * e
            g[1] = 1.0 - (nu + 1.0) * t
            g[2] = slope + 0.5 * (nu * (wide - t) - t)
            value = 0.5 * (nu + 1.0) * wide + ((f[1] + HALF_LOG_2PI) + step)
        return value

    def exact(mp, y, f):
        nu = mp.exp(f[2])
        z = (y - f[0]) * mp.exp(-f[1])
        gammas = mp.loggamma(nu / 2) - mp.loggamma((nu + 1) / 2)
        return (nu + 1) / 2 * mp.log1p(z**2 / nu) + f[1] + mp.log(nu * mp.pi) / 2 + gammas


class EvidentialRegression(Rowwise):
    """Evidential regression: a Student t from a normal-inverse-gamma, plus a penalty on evidence.

    Columns are mean, log_nu, log_alpha_minus_1 and log_beta of the normal-inverse-gamma law of an
    unknown mean and variance; integrating over both leaves a Student t of 2 alpha degrees of
    freedom and squared scale beta (1 + nu) / (nu alpha), whose negative log-likelihood is the
    loss, in nats. The penalty adds ``penalty`` abs(y - mean) (2 nu + alpha). Four numbers
    describe a law of three, so nu and beta cannot be told apart from data: the split into two
    kinds of uncertainty comes from the penalty and the starting point, not from the likelihood.

    The original takes softplus outputs; here they are logarithms.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("evidential_regression", penalty=0)
    >>> a, b = loss.value([1.0, 1.0], [[0.0, 0.0, 0.0, 0.0]] * 2, reduction="none")
    >>> bool(a == b)
    True
    """

    name = "evidential_regression"
    title = "Evidential regression"
    aliases = ("DeepEvidentialRegression", "nig_nll")
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("mean", "log_nu", "log_alpha_minus_1", "log_beta")
    formula = (
        r"\tfrac12\log\tfrac\pi\nu - \alpha\log\Omega"
        r" + (\alpha+\tfrac12)\log((y-\gamma)^2\nu+\Omega)"
        r" + \log\tfrac{\Gamma(\alpha)}{\Gamma(\alpha+\frac12)} + \lambda|y-\gamma|(2\nu+\alpha),"
        r"\quad \Omega = 2\beta(1+\nu)"
    )
    reference = "amini2020"
    use_when = "This published method is to be reproduced."
    avoid_when = "Its uncertainty is to be trusted: it is not determined by the data."
    peers = (Peer("torch_uncertainty.losses.DERLoss", says="it takes a distribution"),)
    style = style("vermilion", "dotted")
    penalty = Parameter(
        0.01, least=0.0, slider=(0.0, 1.0), doc="weight of the penalty, in nats per unit of y"
    )
    claims = Claims(
        convex=False,
        differentiable=lambda penalty: penalty == 0.0,
        bounded=None,
        lipschitz=None,
        proper=lambda penalty: penalty == 0.0,
    )
    accuracy = {
        "value": Bound(6.0, "several logarithms cancel", of="rounding"),
        "gradient": Bound(16.0, "logarithms and digamma functions cancel", of="rounding"),
    }

    def row_at(y, f, g, s, k, penalty):
        # log of the squared scale, without the factor 1 / (2 alpha)
        log_square = (LN2 + f[3]) + softplus(-f[1])
        e = inverse_scale(0.5 * log_square)
        z = standardised(y[0], f[0], e)
        nu = min(inverse_scale(-f[1]), FAR)
        more = min(inverse_scale(-f[2]), FAR)
        alpha = 1.0 + more
        log_alpha = softplus(f[2])
        step, slope = half_step(alpha, log_alpha)
        q = z * z
        if (q >= FAR) | (max(abs(f[1]), abs(f[2]), abs(f[3])) > EDGE):
            value, g[0], g[1], g[2], g[3] = evidential_far(
                y[0], f[0], f[1], f[2], f[3], penalty, step, slope
            )
        else:
            wide = log1p(q)
            rest = 1.0 / (1.0 + q)
            to_square = 0.5 - (alpha + 0.5) * (q * rest)
            r = y[0] - f[0]
            a = abs(r)
            evidence = penalty * (nu + nu + alpha)
            g[0] = -(2.0 * alpha + 1.0) * (z * rest) * e - (evidence if r > 0.0 else -evidence)
            g[0] = 0.0 if r == 0.0 else g[0]
            g[1] = -sigmoid(-f[1]) * to_square + (penalty * (nu + nu)) * a
            g[2] = more / alpha * (alpha * wide + (slope - 0.5)) + (penalty * more) * a
            g[3] = to_square
            fit = (alpha + 0.5) * wide + (0.5 * log_square + HALF_LOG_PI)
            value = (fit + (step - 0.5 * log_alpha)) + evidence * a
        return value

    def exact(mp, y, f, penalty):
        nu, alpha, beta = mp.exp(f[1]), 1 + mp.exp(f[2]), mp.exp(f[3])
        omega = 2 * beta * (1 + nu)
        fit = mp.log(mp.pi / nu) / 2 - alpha * mp.log(omega)
        fit += (alpha + mp.mpf(1) / 2) * mp.log((y - f[0]) ** 2 * nu + omega)
        fit += mp.loggamma(alpha) - mp.loggamma(alpha + mp.mpf(1) / 2)
        return fit + penalty * abs(y - f[0]) * (2 * nu + alpha)
