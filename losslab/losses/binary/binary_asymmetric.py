"""The asymmetric loss: two labels, two kinds of attention."""

from losslab.arithmetic.logits import held, logs_of, odds_of, probability_of, product, ratio
from losslab.arithmetic.pairs import chosen, negated, plus, times, times_number, total
from losslab.arithmetic.vmath import exp_parts, log1p_parts, log_parts, times_exp, two_sum_error
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
    if (gamma_pos == 0.0) & (gamma_neg == 4.0):
        square, square_lo = product(u, u_lo, u, u_lo)
        focus, focus_lo = product(square, square_lo, square, square_lo)
        return loss, loss_lo, (1.0 if one else focus), (0.0 if one else focus_lo)
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
        one = y > 0.5
        x = -f if one else f
        c = 0.0 if one else clip
        counts = other_label(x, c)[8]
        loss, loss_lo, focus, focus_lo = attention(held(x), c, gamma_pos, gamma_neg, one)
        v = focus * loss + (focus * loss_lo + focus_lo * loss)
        v = x if (x > 1e5) & (c == 0.0) else v
        v = v if counts else 0.0
        return v if (x == x) & (y == y) else x + y

    def gradient_at(y, f, gamma_pos, gamma_neg, clip):
        one = y > 0.5
        x = -f if one else f
        c = 0.0 if one else clip
        gamma = gamma_pos if one else gamma_neg
        counts = other_label(x, c)[8]
        loss, loss_lo, focus, focus_lo = attention(held(x), c, gamma_pos, gamma_neg, one)
        a, a_lo, b, b_lo = slopes(held(x), c)
        t, t_lo = product(loss, loss_lo, a, a_lo)
        t, t_lo = product(gamma, 0.0, t, t_lo)
        g = t + b
        g_lo = two_sum_error(t, b, g) + (t_lo + b_lo)
        g = focus * g + (focus * g_lo + focus_lo * g)
        g = times_exp(g, -held(x), 0.0) if is_far(x, c) else g
        g = g if counts else 0.0
        g = -g if one else g
        return g if (x == x) & (y == y) else x + y

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
