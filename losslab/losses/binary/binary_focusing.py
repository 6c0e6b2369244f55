"""Cross-entropy bent on purpose: more or less weight for easy, hard or mislabelled points.

With m = (2 y - 1) z the margin of a logit, p is the probability of a point's own label and
q = 1 - p.
"""

from losslab.arithmetic.logits import (
    logs_of,
    odds_of,
    probability_of,
    product,
    ratio,
    scaled_odds,
    shares_of_odds,
)
from losslab.arithmetic.pairs import chosen, exact_sum, expm1_pair, over, plus, times_number
from losslab.arithmetic.vmath import (
    SHRINK,
    exp_split,
    log_tail,
    pow2,
    product_rest,
    times_exp,
    two_sum_error,
)
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise

# From this margin on only the first power of e**-abs(m) is left. A weight is multiplied into it
# before it can fall below the normal numbers.
FAR = 600.0


def poly_parts(y, f, epsilon):
    """Value and gradient."""
    s = y + y - 1.0
    m = s * f
    wrong = m < 0.0
    far = m > FAR
    e, e_lo, d, d_lo = scaled_odds(abs(m), 0.0, 1.0 if far else SHRINK)
    i, i_lo, share, share_lo = shares_of_odds(e, e_lo, d, d_lo)
    p, p_lo = (share if wrong else i), (share_lo if wrong else i_lo)
    q, q_lo = (i if wrong else share), (i_lo if wrong else share_lo)
    # -log p - q, which keeps its digits in the tail, and (1 + epsilon) q: neither is negative
    loss, loss_lo, _, _ = logs_of(m, e, e_lo)
    rest = loss - q
    rest_lo = two_sum_error(loss, -q, rest) + (loss_lo - q_lo)
    tail, tail_lo = second_order(e, e_lo)
    easy = (m > 0.0) & (e < 0.4)
    rest, rest_lo = (tail if easy else rest), (tail_lo if easy else rest_lo)
    one = 1.0 + epsilon
    one_lo = two_sum_error(1.0, epsilon, one)
    first = one * q
    first_lo = product_rest(one, q, first) + (one * q_lo + one_lo * q)
    v = rest + first
    v = v + (two_sum_error(rest, first, v) + (rest_lo + first_lo))
    # -q (1 + epsilon p) = -q (q + (1 + epsilon) p)
    t = one * p
    t_lo = product_rest(one, p, t) + (one * p_lo + one_lo * p)
    g = t + q
    g_lo = two_sum_error(t, q, g) + (t_lo + q_lo)
    g = g * q + (g * q_lo + g_lo * q)
    last = 0.0 if m > 750.0 else (one * e) * SHRINK
    v = last if far else v
    return (v if m > -1e5 else epsilon - m), -s * (last if far else g)


class Poly1Binary(Pointwise):
    """Poly-1 loss of a logit: cross-entropy with its first-order term reweighted.

    With p the probability that the logit gives to the point's own label, the loss is
    -log(p) + epsilon (1 - p), in nats. Positive epsilon pulls harder on doubtful points and makes
    the outputs over-confident (for 0.7 and epsilon = 2 the best probability is 0.819); negative
    epsilon makes them under-confident. Only epsilon = 0, cross-entropy, tells the probability.
    Beyond epsilon = 1 it is not convex. ``optax.poly_loss_cross_entropy`` is its form for many
    classes.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("poly1_binary", epsilon=1.0).gradient([1.0, 0.0], [0.0, 0.0], reduction="none")
    array([-0.75,  0.75])
    """

    name = "poly1_binary"
    title = "Poly-1 loss"
    family = "classification"
    target = "{0,1}"
    prediction = "logit"
    formula = (
        r"-\log p_t + \epsilon (1 - p_t),\quad"
        r" p_t = \begin{cases} \sigma(z) & y = 1 \\ 1 - \sigma(z) & y = 0 \end{cases}"
    )
    reference = "leng2022"
    epsilon = Parameter(
        1.0,
        least=-1.0,
        most=1e6,
        slider=(-1.0, 4.0),
        doc="weight added to the first-order term; 0 is cross-entropy",
    )
    use_when = "Accuracy is all that counts and one more number can be tuned."
    avoid_when = "Probabilities are wanted."
    peers = (
        Peer(
            "optax.losses.poly_loss_cross_entropy",
            y="jax.numpy.stack([1 - y, y], axis=1)",
            f="jax.numpy.stack([0 * f, f], axis=1)",
            parameters={"epsilon": "epsilon"},
            defaults={"epsilon": 2.0},
            owner=False,
            says="two logits, 0 and ours",
        ),
    )
    accuracy = {
        "curvature": Bound(4.0, "beyond epsilon = 1 it passes through 0, where its terms cancel")
    }
    claims = Claims(
        convex=lambda epsilon: epsilon <= 1,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda epsilon: (1 + epsilon) ** 2 / (4 * epsilon) if epsilon > 1 else 1.0,
        bounded=None,
        proper=lambda epsilon: epsilon == 0,
        calibrated=True,
    )

    def value_at(y, f, epsilon):
        return poly_parts(y, f, epsilon)[0]

    def gradient_at(y, f, epsilon):
        return poly_parts(y, f, epsilon)[1]

    def value_and_gradient_at(y, f, epsilon):
        return poly_parts(y, f, epsilon)

    def curvature_at(y, f, epsilon):
        m = (y + y - 1.0) * f
        e, e_lo, d, d_lo = odds_of(abs(m), 0.0)
        wrong = m < 0.0
        p, p_lo = probability_of(wrong, e, e_lo, d, d_lo)
        q, q_lo = probability_of(not wrong, e, e_lo, d, d_lo)
        # p q (1 + epsilon - 2 epsilon q), on the wrong side p q (1 - epsilon + 2 epsilon p)
        sign = -epsilon if wrong else epsilon
        one = 1.0 + sign
        t, t_lo = product(-2.0 * sign, 0.0, p if wrong else q, p_lo if wrong else q_lo)
        k = one + t
        k_lo = two_sum_error(one, t, k) + (t_lo + two_sum_error(1.0, sign, one))
        v, v_lo = product(p, p_lo, q, q_lo)
        k = v * k + (v * k_lo + v_lo * k)
        return times_exp(one, -abs(m), 0.0) if abs(m) > FAR else k

    def exact(mp, y, f, epsilon):
        m = (2 * y - 1) * f
        loss = mp.log1p(mp.exp(-m)) if m > 0 else mp.log1p(mp.exp(m)) - m
        return loss + epsilon / (1 + mp.exp(m))


def second_order(e, e_lo):
    """log(1 + e) - e / (1 + e) for 0 <= e < 0.4, without cancellation."""
    # With s = e / (2 + e) it is 2 s**2 / (1 + s) and the series of log(1 + e) from s**3 on.
    d = 2.0 + e
    s, s_lo = ratio(e, e_lo, d, (e - (d - 2.0)) + e_lo)
    square, square_lo = product(s + s, s_lo + s_lo, s, s_lo)
    one = 1.0 + s
    t, t_lo = ratio(square, square_lo, one, (s - (one - 1.0)) + s_lo)
    return t, t_lo + s * log_tail(s * s)


class GeneralisedCrossEntropyBinary(Pointwise):
    """Generalised cross-entropy of a logit: between cross-entropy and absolute error.

    With p the probability that the logit gives to the point's own label, the loss is
    (1 - p**q) / q, between 0 and 1 / q. Small q is nearly cross-entropy; q = 1 is the absolute
    error of the probability, which labels flipped at random do not disturb. In between, a point
    pulls p**q times as hard as under cross-entropy, so mislabelled points fade. The outputs are
    over-confident: for 0.7 and q = 0.7 the best probability is 0.944. It is not convex.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("generalised_cross_entropy_binary", q=1.0)
    >>> loss.value([1.0, 1.0], [0.0, -800.0], reduction="none")
    array([0.5, 1. ])
    """

    name = "generalised_cross_entropy_binary"
    title = "Generalised cross-entropy of a logit"
    family = "classification"
    target = "{0,1}"
    prediction = "logit"
    formula = (
        r"\dfrac{1 - p_t^{\,q}}{q},\quad"
        r" p_t = \begin{cases} \sigma(z) & y = 1 \\ 1 - \sigma(z) & y = 0 \end{cases}"
    )
    reference = "zhang2018"
    q = Parameter(
        0.7,
        above=0.0,
        most=1.0,
        slider=(0.05, 1.0),
        doc="how much hard points fade; near 0 is cross-entropy, 1 is absolute error",
    )
    use_when = "A share of the training labels is wrong."
    avoid_when = "Probabilities are wanted, or labels are clean."
    peers = (
        Peer(
            "keras.losses.CategoricalGeneralizedCrossEntropy",
            f="keras.ops.softmax(keras.ops.stack([0 * f, f], axis=1))",
            parameters={"q": "q"},
            defaults={"q": 0.5},
            owner=False,
            says="it takes probabilities of two classes",
        ),
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda q: q**q / (1 + q) ** (1 + q),
        bounded=lambda q: 1 / q,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f, q):
        _, _, less, less_lo, _, _ = own_power((y + y - 1.0) * f, q)
        return (less + less_lo) / q

    def gradient_at(y, f, q):
        s = y + y - 1.0
        power, power_lo, _, _, rest, rest_lo = own_power(s * f, q)
        return -s * (power * rest + (power * rest_lo + power_lo * rest))

    def value_and_gradient_at(y, f, q):
        s = y + y - 1.0
        power, power_lo, less, less_lo, rest, rest_lo = own_power(s * f, q)
        slope = -s * (power * rest + (power * rest_lo + power_lo * rest))
        return (less + less_lo) / q, slope

    def curvature_at(y, f, q):
        m = (y + y - 1.0) * f
        power, power_lo, _, _, rest, rest_lo = own_power(m, q)
        # p**q (1 - p) (p - q (1 - p)), whose last factor passes through 0
        less = expm1_pair((-abs(m), 0.0))
        top = plus(exact_sum(1.0, -q), chosen(m < 0.0, less, times_number(less, -q)))
        k, k_lo = over(top, plus((2.0, 0.0), less))  # 1 + e
        v, v_lo = product(power, power_lo, rest, rest_lo)
        return v * k + (v * k_lo + v_lo * k)

    def exact(mp, y, f, q):
        return -mp.expm1(-q * mp.log1p(mp.exp(-(2 * y - 1) * f))) / q


def own_power(m, q):
    """p**q, 1 - p**q and 1 - p of the probability p of the own label, as parts."""
    e, e_lo, d, d_lo = odds_of(abs(m), 0.0)
    loss, loss_lo, _, _ = logs_of(m, e, e_lo)
    x, x_lo = product(q, 0.0, loss, loss_lo)
    i, i_lo, share, share_lo = shares_of_odds(e, e_lo, d, d_lo)
    wrong = m < 0.0
    far = x > 750.0
    k, r, rest = exp_split(-750.0 if far else -x, 0.0 if far else -x_lo)
    t = r + rest
    size = pow2(k + 64.0) * SHRINK
    y = 1.0 + t
    power_lo = ((t - (y - 1.0)) + (rest - (t - r))) * size
    less = (1.0 - size) - size * r
    share, share_lo = (i if wrong else share), (i_lo if wrong else share_lo)
    return y * size, power_lo, less, -(size * rest), share, share_lo
