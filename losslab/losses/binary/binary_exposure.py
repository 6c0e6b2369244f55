"""Cross-entropy of an event that several chances may have brought about."""

from losslab.arithmetic.logits import product, shares_of_odds
from losslab.arithmetic.pairs import (
    chosen,
    exp_pair,
    expm1_pair,
    log1p_pair,
    negated,
    over,
    plus,
    times,
    times_exp_pair,
    times_number,
    total,
)
from losslab.arithmetic.parts import one_minus, product_parts
from losslab.arithmetic.vmath import (
    INV_LN2,
    LN2_HI,
    LN2_LO,
    SHRINK,
    TINY,
    TO_INTEGER,
    exp_split,
    exponent_as_float,
    finite_part,
    log_exponent,
    log_from_parts,
    log_mantissa,
    log_parts,
    pow2,
    product_rest,
    times_exp,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.binary.cross_entropy import cross_entropy_parts
from losslab.losses.kinds.pointwise import Pointwise

# e**-t of a t up to 700, w times a logarithm, shows what is missing of this at its 62nd bit.
SIXTH = 0.16666666666666666
SIXTH_LO = 9.25185853854297e-18
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


def odds(a):
    """e**-a for a >= 0 as two parts, of about 63 bits."""
    x = -750.0 if a > 750.0 else -a
    k = (x * INV_LN2 + TO_INTEGER) - TO_INTEGER
    r = x - k * LN2_HI
    r_lo = k * LN2_LO
    t = r - r_lo
    t_lo = (r - t) - r_lo
    square = t * t
    square_lo = product_rest(t, t, square) + 2.0 * (t * t_lo)
    cube, cube_lo = product_parts(square, square_lo, t, t_lo)
    sixth, sixth_lo = product_parts(cube, cube_lo, SIXTH, SIXTH_LO)
    fourth = square * square
    low = (1 / 24 + t * (1 / 120)) + square * (1 / 720 + t * (1 / 5040))
    mid = (1 / 40320 + t * (1 / 362880)) + square * (1 / 3628800 + t * (1 / 39916800))
    top = (1 / 479001600 + t * (1 / 6227020800)) + square * (
        1 / 87178291200 + t * (1 / 1307674368000)
    )
    rest = fourth * (low + fourth * (mid + fourth * top))
    half = 0.5 * square
    first = t + half
    second = first + sixth
    lost = ((t - first) + half) + ((first - second) + sixth)
    rest = lost + ((t_lo + 0.5 * square_lo) + (sixth_lo + rest))
    grown = second + rest
    y = 1.0 + grown
    y_lo = ((1.0 - y) + grown) + (rest - (grown - second))
    size = pow2(k + 64.0)
    return (y * size) * SHRINK, (y_lo * size) * SHRINK


def log_of_one_plus(e, e_lo):
    """log(1 + e + e_lo) for e from 0 to 1 as two parts, of about 64 bits."""
    near = e < 0.41421356237309515
    less = e - 1.0
    f = e if near else less * 0.5
    f_lo = e_lo if near else ((e - (less + 1.0)) + e_lo) * 0.5
    d = 2.0 + f
    d_lo = (f - (d - 2.0)) + f_lo
    i = 1.0 / d
    s = f * i
    p = s * d
    s_lo = (((f - p) - product_rest(s, d, p)) + (f_lo - s * d_lo)) * i
    z, z_lo = product_parts(s, s_lo, s, s_lo)
    cube, cube_lo = product_parts(z, z_lo, s, s_lo)
    c, c_lo = product_parts(cube, cube_lo, 4.0 * SIXTH, 4.0 * SIXTH_LO)
    z2 = z * z
    rest = (0.40000000000000024 + z * 0.28571428571338325) + z2 * (
        (0.22222222271185313 + z * 0.18181808234003144)
        + z2 * ((0.15385575782820043 + z * 0.13285924657242199) + z2 * 0.1291402271694836)
    )
    k = 0.0 if near else 1.0
    head = k * LN2_HI
    first = head + 2.0 * s
    second = first + c
    lost = ((head - first) + 2.0 * s) + ((first - second) + c)
    low = lost + ((2.0 * s_lo + c_lo) + (k * LN2_LO + (z2 * s) * rest))
    log = second + low
    return log, low - (log - second)


def unlikely(t, t_lo, q, q_lo):
    """1 - e**-t as two parts, for q + q_lo = e**-t."""
    x, x_lo = one_minus(q, q_lo)
    # t - t**2 / 2 + ... for small t
    square = t * t
    bend = (0.5 - t * (1 / 6)) + square * (
        (1 / 24 - t * (1 / 120))
        + square * ((1 / 720 - t * (1 / 5040)) + square * (1 / 40320 - t * (1 / 362880)))
    )
    bent = square * bend
    near = t - bent
    small = t < 0.0625
    near_lo = ((t - near) - bent) + t_lo * (1.0 - t)
    return (near if small else x), (near_lo if small else x_lo)


def exposed_parts(y, f, w):
    """Value and gradient."""
    z = 1e300 if f > 1e300 else f
    z = -1e5 if z < -1e5 else z
    e, e_lo = odds(abs(z))
    d = 1.0 + e
    i, i_lo, share, share_lo = shares_of_odds(e, e_lo, d, (e - (d - 1.0)) + e_lo)
    log, log_lo = log_of_one_plus(e, e_lo)
    above = z > 0.0
    whole = z + log
    log_lo = two_sum_error(z, log, whole) + log_lo if above else log_lo
    log = whole if above else log
    t, t_lo = product(w, 0.0, log, log_lo)
    rate, rate_lo = product(w, 0.0, i if above else share, i_lo if above else share_lo)
    # e**-t = 2**k (s + s_lo)
    far = t > 1400.0
    k, r, rest = exp_split(-1400.0 if far else -t, 0.0 if far else -t_lo)
    g = r + rest
    s = 1.0 + g
    s_lo = (g - (s - 1.0)) + (rest - (g - r))
    half = (k * 0.5 + TO_INTEGER) - TO_INTEGER
    size, more = pow2(half), pow2(k - half)
    x, x_lo = unlikely(t, t_lo, (s * size) * more, (s_lo * size) * more)
    x = x if x > TINY else TINY
    inverse = 1.0 / x
    biased = log_exponent(x)
    one = -log_from_parts(exponent_as_float(biased), log_mantissa(x, biased) - 1.0, x_lo * inverse)
    one = one if t < 37.0 else (s * size) * more
    c = rate * inverse
    lost = rate - c * x
    c_lo = ((lost - two_product_error(c, x, c * x)) + (rate_lo - c * x_lo)) * inverse
    pull = ((c * s + (c * s_lo + c_lo * s)) * size) * more
    # Far below nothing but the first power of e**f is left.
    faint = f < FAINT
    size, size_lo = log_parts(w)
    low = -f - size
    one = low + (finite_part(two_sum_error(-f, -size, low)) - size_lo) if faint else one
    little = times_exp(w, f, 0.0)
    zero = little if faint else (t if f < 1e300 else w * f)
    push = little if faint else rate
    first = 0.0 if y == 0.0 else y * one
    second = 0.0 if y == 1.0 else (1.0 - y) * zero
    slope = (1.0 - y) * push - y * (1.0 if faint else pull)
    return (first + second if f == f else f), (slope if f == f else f)


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
        return exposed_parts(y, f, w)[0]

    def gradient_at(y, f, w):
        if w == 1.0:
            return cross_entropy_parts(y, f)[1]
        return exposed_parts(y, f, w)[1]

    def value_and_gradient_at(y, f, w):
        if w == 1.0:
            return cross_entropy_parts(y, f)
        return exposed_parts(y, f, w)

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
