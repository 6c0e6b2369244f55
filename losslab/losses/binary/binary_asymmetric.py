"""The asymmetric loss: two labels, two kinds of attention."""

from losslab.arithmetic.logits import (
    held,
    logs_of,
    odds_of,
    probability_of,
    product,
    ratio,
    scaled_odds,
    shares_of_odds,
)
from losslab.arithmetic.pairs import chosen, negated, plus, times, times_number, total
from losslab.arithmetic.parts import product_parts
from losslab.arithmetic.vmath import (
    SHRINK,
    TINY,
    exp_parts,
    exponent_as_float,
    log1p_parts,
    log_exponent,
    log_from_parts,
    log_mantissa,
    log_parts,
    product_rest,
    times_exp,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.pointwise import Pointwise

# One formula serves both labels: with p the probability of the other label and u = max(0, p - c)
# the loss is u**gamma times -log(1 - u), where the label 1 has no c.


def other_label(x, c):
    """p and 1 - p of a logit x of the other label, then u and 1 - u, as four times two parts."""
    e, e_lo, d, d_lo = odds_of(abs(x), 0.0)
    p, p_lo = probability_of(x < 0.0, e, e_lo, d, d_lo)
    q, q_lo = probability_of(x >= 0.0, e, e_lo, d, d_lo)
    first = p - c
    lost = two_sum_error(p, -c, first) + p_lo
    u = first + lost
    r = q + c
    r_lo = two_sum_error(q, c, r) + q_lo
    # Where nothing is left of p any number will do: the loss is 0.
    return p, p_lo, q, q_lo, (u if u > 0.0 else 0.25), lost - (u - first), r, r_lo, u > 0.0


def attention(x, c, gamma_pos, gamma_neg, one):
    """-log(1 - u), then u**gamma of the label, as two parts each."""
    p, p_lo, q, q_lo, u, u_lo, r, r_lo, counts = other_label(x, c)
    e, e_lo, d, d_lo = odds_of(abs(x), 0.0)
    plain, plain_lo, easy, easy_lo = logs_of(-x, e, e_lo)
    whole = c == 0.0
    # With c the logarithms are taken of u and 1 - u, whichever of two ways keeps the digits.
    near, near_lo = log1p_parts(-u)
    rest, rest_lo = log_parts(r)
    small = u < 0.5
    loss = -near if small else -rest
    loss_lo = u_lo / (1.0 - u) - near_lo if small else -(rest_lo + r_lo / r)
    size, size_lo = log_parts(u)
    loss, loss_lo = (plain if whole else loss), (plain_lo if whole else loss_lo)
    size, size_lo = (-easy if whole else size), (-easy_lo if whole else size_lo + u_lo / u)
    power, power_lo = product(gamma_pos if one else gamma_neg, 0.0, size, size_lo)
    focus, focus_lo = exp_parts(power, power_lo)
    return loss, loss_lo, focus, focus_lo


def is_far(x, c):
    """Whether of p (1 - p) only e**-x is left, to be multiplied in last: it may be subnormal."""
    return (x > 600.0) & (c > 0.0)


def slopes(x, c):
    """p (1 - p) / u and p (1 - p) / (1 - u), as two parts each; far out without e**-x."""
    p, p_lo, q, q_lo, u, u_lo, r, r_lo, counts = other_label(x, c)
    v, v_lo = product(p, p_lo, q, q_lo)
    far = is_far(x, c)
    v, v_lo = (1.0 if far else v), (0.0 if far else v_lo)
    a, a_lo = ratio(v, v_lo, u, u_lo)
    b, b_lo = ratio(v, v_lo, r, r_lo)
    whole = c == 0.0
    a, a_lo = (q if whole else a), (q_lo if whole else a_lo)
    return a, a_lo, (p if whole else b), (p_lo if whole else b_lo)


def asymmetric_parts(y, f, gamma_pos, gamma_neg, clip):
    """Value and gradient."""
    one = y > 0.5
    x = -f if one else f
    c = 0.0 if one else clip
    whole = c == 0.0
    far = is_far(x, c)
    unit = SHRINK if far else 1.0
    e, e_lo, d, d_lo = scaled_odds(abs(x), 0.0, 1.0 if far else SHRINK)
    large, large_lo, small, small_lo = shares_of_odds(e, e_lo, d, d_lo)
    v = small * large  # p (1 - p)
    v_lo = product_rest(small, large, v) + (small * large_lo + small_lo * large)
    below = x < 0.0
    p = small if below else large
    p_lo = small_lo if below else large_lo
    q = large if below else small * unit
    q_lo = large_lo if below else small_lo * unit
    first = p - c
    lost = two_sum_error(p, -c, first) + p_lo
    u = first + lost
    counts = u > 0.0
    u = u if counts else 0.25  # then any number will do: the loss is 0
    u_lo = lost - (u - first)
    r = q + c
    r_lo = two_sum_error(q, c, r) + q_lo
    i = 1.0 / r
    i_lo = -i * (product_rest(i, r, 1.0) + r_lo * i)
    # -log(1 - u), of u or of r = 1 - u, whichever has the digits; without c it is x far out.
    near = u < 0.25
    m = 1.0 if near | (r < TINY) else r
    biased = log_exponent(m)
    g = -u if near else log_mantissa(m, biased) - 1.0
    loss = -log_from_parts(exponent_as_float(biased), g, (-u_lo if near else r_lo) * i)
    loss = held(x) if (x > 50.0) & whole else loss
    # p (1 - p) / (1 - u), and the slope: u**gamma (gamma loss p (1 - p) / u + that)
    b, b_lo = product_parts(v, v_lo, i, i_lo)
    b, b_lo = (p if whole else b), (p_lo if whole else b_lo)
    if (gamma_pos == 0.0) & (gamma_neg == 4.0):
        square, square_lo = product_parts(u, u_lo, u, u_lo)
        power, power_lo = product_parts(square, square_lo, u, u_lo)
        focus, focus_lo = product_parts(square, square_lo, square, square_lo)
        focus, focus_lo = (1.0 if one else focus), (0.0 if one else focus_lo)
        power, power_lo = (1.0 if one else power), (0.0 if one else power_lo)
        t, t_lo = product_parts(0.0 if one else 4.0 * loss, 0.0, v, v_lo)
        w, w_lo = product_parts(b, b_lo, 1.0 if one else u, 0.0 if one else u_lo)
    else:
        gamma = gamma_pos if one else gamma_neg
        j = 1.0 / (TINY if u < TINY else u)
        j_lo = -j * (product_rest(j, u, 1.0) + u_lo * j)
        size, size_lo = log_parts(u)
        size, size_lo = product(gamma, 0.0, size, size_lo + u_lo * j)
        focus, focus_lo = exp_parts(size, size_lo)
        power, power_lo = focus, focus_lo
        a, a_lo = product(v, v_lo, j, j_lo)
        a, a_lo = (q if whole else a), (q_lo if whole else a_lo)
        t, t_lo = product(gamma * loss, 0.0, a, a_lo)
        w, w_lo = b, b_lo
    s = t + w
    s_lo = two_sum_error(t, w, s) + (t_lo + w_lo)
    slope = (power * s + (power * s_lo + power_lo * s)) * unit
    slope = slope if counts else 0.0
    slope = -slope if one else slope
    value = focus * loss + focus_lo * loss
    value = x if (x > 1e5) & whole else value
    value = value if counts else 0.0
    legal = (x == x) & (y == y)
    return (value if legal else x + y), (slope if legal else x + y)


class AsymmetricLoss(Pointwise):
    """Asymmetric loss: for many labels a point, of which nearly all are 0.

    With p the probability that the logit gives to the label 1 and u = max(0, p - clip), the loss
    is -(1 - p)**gamma_pos log(p) for the label 1 and -u**gamma_neg log(1 - u) for 0, in nats. Easy
    zeros, up to p = clip, are forgotten, and hard ones fade in that a large gamma_neg takes
    weight from all but the hardest. All three at 0 give cross-entropy; otherwise its outputs are
    no probabilities, and lean towards the label 1 by default. The authors' code starts with
    gamma_pos = 1 and adds a small number inside the logarithms.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("asymmetric_loss").value([1.0, 0.0, 0.0], [0.0, 0.0, -4.0], reduction="none").round(4)
    array([0.6931, 0.0245, 0.    ])
    """

    name = "asymmetric_loss"
    title = "Asymmetric loss"
    aliases = ("AsymmetricLoss", "asl")
    family = "classification"
    target = "{0,1}"
    prediction = "logit"
    formula = (
        r"\begin{cases} -(1 - p)^{\gamma_+} \log p & y = 1 \\"
        r" -u^{\gamma_-} \log(1 - u) & y = 0 \end{cases},\quad"
        r" p = \sigma(z),\ u = \max(0, p - c)"
    )
    reference = "ridnik2021"
    gamma_pos = Parameter(
        0.0, least=0.0, most=16.0, slider=(0.0, 4.0), doc="how fast easy points of label 1 fade"
    )
    gamma_neg = Parameter(
        4.0, least=0.0, most=16.0, slider=(0.0, 8.0), doc="how fast easy points of label 0 fade"
    )
    clip = Parameter(
        0.05,
        least=0.0,
        below=1.0,
        slider=(0.0, 0.3),
        doc="probability up to which a point of label 0 costs nothing",
    )
    use_when = "Many labels a picture, nearly all absent, some of them absent by mistake."
    avoid_when = "Probabilities are wanted, or both labels are common."
    claims = Claims(
        convex=lambda gamma_pos, gamma_neg, clip: gamma_pos == gamma_neg == clip == 0,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=lambda gamma_pos, gamma_neg, clip: gamma_pos == gamma_neg == clip == 0,
    )

    shortcuts = {"gamma_pos": 0.0, "gamma_neg": 4.0}

    def value_at(y, f, gamma_pos, gamma_neg, clip):
        return asymmetric_parts(y, f, gamma_pos, gamma_neg, clip)[0]

    def gradient_at(y, f, gamma_pos, gamma_neg, clip):
        return asymmetric_parts(y, f, gamma_pos, gamma_neg, clip)[1]

    def value_and_gradient_at(y, f, gamma_pos, gamma_neg, clip):
        return asymmetric_parts(y, f, gamma_pos, gamma_neg, clip)

    def curvature_at(y, f, gamma_pos, gamma_neg, clip):
        one = y > 0.5
        x = -f if one else f
        c = 0.0 if one else clip
        gamma = gamma_pos if one else gamma_neg
        p, p_lo, q, q_lo, u, u_lo, r, r_lo, counts = other_label(x, c)
        loss, loss_lo, focus, focus_lo = attention(held(x), c, gamma_pos, gamma_neg, one)
        a_hi, a_lo, b_hi, b_lo = slopes(held(x), c)
        a = (a_hi, a_lo)
        b = (b_hi, b_lo)
        # gamma L a ((gamma - 1) a + d) + b (2 gamma a + b + d) with d = 1 - 2 p; without c,
        # b + d is 1 - p
        d = plus((q, q_lo), negated((p, p_lo)))
        both = chosen(c == 0.0, (q, q_lo), plus(b, d))
        head = plus(plus(times_number(a, gamma), negated(a)), d)
        first = times_number(times((loss, loss_lo), a), gamma)
        second = times(b, plus(times_number(a, 2.0 * gamma), both))
        last = negated(plus(first, b))
        k = total(
            times(chosen(is_far(x, c), last, plus(times(first, head), second)), (focus, focus_lo))
        )
        k = times_exp(k, -held(x), 0.0) if is_far(x, c) else k
        k = k if counts else 0.0
        return k if (x == x) & (y == y) else x + y

    def exact(mp, y, f, gamma_pos, gamma_neg, clip):
        x = f if y == 0 else -f
        c, gamma = (clip, gamma_neg) if y == 0 else (mp.mpf(0), gamma_pos)
        easy = mp.log1p(mp.exp(x))  # -log(1 - p); and -log(p) = easy - x
        if c == 0:
            return mp.exp(-gamma * (easy - x)) * easy
        u = 1 / (1 + mp.exp(-x)) - c
        if u <= 0:
            return mp.mpf(0)
        return -(u**gamma) * mp.log1p(-u)
