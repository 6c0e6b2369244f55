"""Cross-entropy of an event that several chances may have brought about."""

from losslab.arithmetic.pairs import (
    chosen,
    exp_pair,
    expm1_pair,
    log1p_pair,
    log_of_parts,
    log_ratio,
    negated,
    over,
    plus,
    times,
    times_exp_pair,
    times_number,
    total,
)
from losslab.arithmetic.vmath import exponent_as_float, log_exponent, log_mantissa, pow2
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.binary.cross_entropy import cross_entropy_parts
from losslab.losses.kinds.pointwise import Pointwise

FAINT = -600.0  # below this logit nothing but the first power of e**z is left


def exposed(f, w):
    """t = w log(1 + e**f), then 1 - e**-t, e**-abs(f), p and 1 - p of the logit, all pairs."""
    one = (1.0, 0.0)
    e = exp_pair((-abs(f), 0.0))
    log = log1p_pair(e)
    t = times_number(chosen(f > 0.0, plus((f, 0.0), log), log), w)
    d = plus(one, e)
    p = over(chosen(f < 0.0, e, one), d)
    q = over(chosen(f < 0.0, one, e), d)
    return t, negated(expm1_pair(negated(t))), e, p, q


def log_of(x):
    """log of a normal pair > 0."""
    biased = log_exponent(x[0])
    k = exponent_as_float(biased)
    return log_of_parts(k, log_mantissa(x[0], biased) - 1.0, x[1] * pow2(-k))


def value_of(y, f, w, t, x):
    faint = total(plus((-f, 0.0), negated(log_ratio(w, 1.0))))
    one = -total(log_of(x)) if t[0] < 37.0 else times_exp_pair((1.0, 0.0), negated(t), 0.0)
    one = faint if f < FAINT else one
    zero = times_exp_pair((w, 0.0), (f, 0.0), 0.0) if f < FAINT else total(t)
    first = 0.0 if y == 0.0 else y * one
    second = 0.0 if y == 1.0 else (1.0 - y) * zero
    return first + second if f == f else f


def gradient_of(y, f, w, t, x, p):
    below = f < FAINT
    rate = times_number(p, w)
    one = times_exp_pair(over(rate, x), negated(t), 0.0)
    zero = times_exp_pair((w, 0.0), (f, 0.0), 0.0) if below else total(rate)
    g = (1.0 - y) * zero - y * (1.0 if below else one)
    return g if f == f else f


class CrossEntropyLambda(Pointwise):
    """Cross-entropy with exposure: the label is 1 if any of w chances came true.

    With z = y_pred the probability of the label 1 is 1 - e**-t for t = w log(1 + e**z), and the
    loss is -y log(1 - e**-t) + (1 - y) t, in nats; the label may be soft. w counts how often the
    event could have happened, so 1 / (1 + e**-z) is the probability of one chance; w = 1 is
    `binary_cross_entropy`. LightGBM's ``cross_entropy_lambda`` takes w from the sample weights,
    one for each point; here it is a parameter, the same for all.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("cross_entropy_lambda", w=2.0).value([1.0, 0.0], [0.0, 0.0], reduction="none").round(4)
    array([0.2877, 1.3863])
    """

    name = "cross_entropy_lambda"
    title = "Cross-entropy with exposure"
    family = "classification"
    target = "[0,1]"
    prediction = "logit"
    formula = r"-y\log(1 - e^{-t}) + (1 - y)\,t,\quad t = w \log(1 + e^{z})"
    reference = "ke2017"
    w = Parameter(
        1.0, above=0.0, most=1e3, slider=(0.1, 10.0, "log"), doc="exposure: the number of chances"
    )
    use_when = "A point is positive if at least one of several trials is."
    avoid_when = "Weights mean importance: give them as sample_weight to cross-entropy."
    peers = (
        Peer(
            "lightgbm:cross_entropy_lambda",
            also=("lightgbm:xentlambda",),
            parameters={"weight": "w"},
            says="it takes w of each sample from the sample weights",
        ),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=False,
        lipschitz=lambda w: max(w, 1.0),
        bounded=None,
        proper=lambda w: w == 1,
        calibrated=lambda w: w == 1,
    )

    shortcuts = {"w": 1.0}  # cross-entropy

    def value_at(y, f, w):
        if w == 1.0:
            return cross_entropy_parts(y, f)[0]
        t, x, e, p, q = exposed(f, w)
        return value_of(y, f, w, t, x)

    def gradient_at(y, f, w):
        if w == 1.0:
            return cross_entropy_parts(y, f)[1]
        t, x, e, p, q = exposed(f, w)
        return gradient_of(y, f, w, t, x, p)

    def value_and_gradient_at(y, f, w):
        if w == 1.0:
            return cross_entropy_parts(y, f)
        t, x, e, p, q = exposed(f, w)
        return value_of(y, f, w, t, x), gradient_of(y, f, w, t, x, p)

    def curvature_at(y, f, w):
        t, x, e, p, q = exposed(f, w)
        far = abs(f) > -FAINT
        zero = times_number(times(p, q), w)
        zero = times_exp_pair((w, 0.0), (-abs(f), 0.0), 0.0) if far else total(zero)
        # c e**-t (c - q) with c = w p / (1 - e**-t), which is nearly 1 like q for small e
        c = over(times_number(p, w), x)
        series = times_number(e, 0.5 * (w + 1.0) * (1.0 + (w - 7.0) * (e[0] / 6.0)))
        small = (f < 0.0) & (e[0] * (w if w > 1.0 else 1.0) < 1e-9)
        one = times_exp_pair(times(c, chosen(small, series, plus(c, negated(q)))), negated(t), 0.0)
        one = times_exp_pair((0.5 * (w + 1.0), 0.0), (f, 0.0), 0.0) if f < FAINT else one
        k = (1.0 - y) * zero + y * one
        return k if f == f else f

    def exact(mp, y, f, w):
        log = f + mp.log1p(mp.exp(-f)) if f > 0 else mp.log1p(mp.exp(f))
        one = -mp.log(-mp.expm1(-w * log)) if y > 0 else mp.mpf(0)
        return y * one + (1 - y) * w * log
