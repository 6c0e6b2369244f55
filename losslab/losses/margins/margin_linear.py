"""Losses of a margin made of straight pieces.

With s = 2 y - 1 = -1 or +1 the margin is m = s y_pred, and 1 - m is called the slack.
"""

from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise


class ZeroOne(Pointwise):
    """Zero-one loss: 1 for a wrong decision, 0 for a right one.

    With m = (2 y - 1) y_pred the loss is 1 if m <= 0 and 0 otherwise, so its mean is the error
    rate; a score of exactly 0 decides nothing and counts as wrong for both labels. Its best
    scores are all those with the sign of the likelier class. Its gradient is 0 wherever there is
    one: it measures classifiers and cannot train them.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("zero_one").value([1.0, 0.0, 1.0, 0.0], [3.0, 0.1, 0.2, -2.0])
    0.25
    """

    name = "zero_one"
    title = "Zero-one loss"
    aliases = ("misclassification",)
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\begin{cases} 1 & m \le 0 \\ 0 & m > 0 \end{cases},\quad m = (2y-1)f"
    reference = "devroye1996"
    use_when = "Decisions are to be counted, wrong against right, all errors alike."
    avoid_when = "Something is to be trained, or errors have different costs."
    peers = (
        Peer("sklearn.metrics.zero_one_loss", f="f > 0", says="it takes decisions", where="f != 0"),
        Peer("xgboost:error", bare=False, says="a metric, of probabilities"),
        Peer("lightgbm:binary_error", says="a metric, of probabilities"),
    )
    claims = Claims(
        convex=False,
        differentiable=False,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=None,
        bounded=1.0,
        redescending=False,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f):
        m = (y + y - 1.0) * f
        v = 0.0 if m > 0.0 else 1.0
        return v if m == m else m

    def gradient_at(y, f):
        m = (y + y - 1.0) * f
        return 0.0 if m == m else m

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        return 0.0 if m == m else m

    def exact(mp, y, f):
        return mp.mpf(0) if (2 * y - 1) * f > 0 else mp.mpf(1)


class Perceptron(Pointwise):
    """Perceptron loss: how far a score lies on the wrong side of 0.

    With m = (2 y - 1) y_pred the loss is max(0, -m), in units of the score. A step of gradient
    descent on it is Rosenblatt's rule: only a point on the wrong side moves the weights. Its best
    score is 0 whatever the probability, so it asks for no margin and says nothing about
    probabilities; scores of 0 everywhere already cost nothing.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("perceptron").value([1.0, 0.0], [-2.0, -3.0], reduction="none")
    array([2., 0.])
    """

    name = "perceptron"
    title = "Perceptron loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\max(0, -m),\quad m = (2y-1)f"
    reference = "rosenblatt1958"
    use_when = "Classes that a plane separates, learnt one point at a time."
    avoid_when = "Classes overlap, or a margin or a probability is wanted."
    peers = (
        Peer("optax.losses.perceptron_loss", y="2 * y - 1", says="it takes labels -1 and +1"),
        Peer(
            "sklearn.linear_model.SGDClassifier(loss='perceptron')",
            call="import sklearn.linear_model._sgd_fast as descent\nloss = descent.Hinge(0.0)\nnp.mean([loss.py_loss(*pair) for pair in zip(f, 2 * y - 1)])",
            says="inside, labels are -1 and +1",
        ),
        Peer(
            "torch.nn.MarginRankingLoss",
            call="torch.nn.MarginRankingLoss()(f, torch.zeros_like(f), 2 * y - 1)",
            owner=False,
            says="of a score against 0, with labels -1 and +1",
        ),
    )
    claims = Claims(
        convex=True,
        differentiable=False,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=None,
        bounded=None,
        proper=False,
        calibrated=False,
    )

    def value_at(y, f):
        m = (y + y - 1.0) * f
        return 0.0 if m > 0.0 else -m

    def gradient_at(y, f):
        s = y + y - 1.0
        m = s * f
        g = -s if m < 0.0 else 0.0
        return g if m == m else m

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        return 0.0 if m == m else m

    def exact(mp, y, f):
        return max(mp.mpf(0), -(2 * y - 1) * f)


class PinballHinge(Pointwise):
    """Pinball hinge loss: a hinge that also asks a price for margins beyond 1.

    With m = (2 y - 1) y_pred the loss is 1 - m up to m = 1 and tau (m - 1) beyond; tau = 0 is the
    hinge, tau = 1 the absolute distance from the label. The boundary then rests on a quantile of
    all margins, not on the few nearest points, and noise near the boundary moves it less. In
    return every point counts: the solution is no longer sparse. Its best score is -1 or +1, which
    says nothing about probabilities.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("pinball_hinge", tau=0.5).value([1.0, 1.0], [0.0, 3.0], reduction="none")
    array([1., 1.])
    """

    name = "pinball_hinge"
    title = "Pinball hinge loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\max\bigl(1 - m, -\tau(1 - m)\bigr),\quad m = (2y-1)f"
    reference = "huang2014"
    tau = Parameter(
        0.5,
        least=0.0,
        most=1.0,
        slider=(0.0, 1.0),
        doc="price of a margin beyond 1, relative to one below",
    )
    use_when = "A support vector machine on features that are noisy near the boundary."
    avoid_when = "Few support vectors or probabilities are wanted."
    claims = Claims(
        convex=True,
        differentiable=False,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=None,
        bounded=None,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f, tau):
        slack = 1.0 - (y + y - 1.0) * f
        over = 0.0 if tau == 0.0 else -tau * slack
        return over if slack < 0.0 else slack

    def gradient_at(y, f, tau):
        s = y + y - 1.0
        slack = 1.0 - s * f
        g = -s if slack > 0.0 else (s * tau if slack < 0.0 else 0.0)
        return g if slack == slack else slack

    def curvature_at(y, f, tau):
        slack = 1.0 - (y + y - 1.0) * f
        return 0.0 if slack == slack else slack

    def exact(mp, y, f, tau):
        slack = 1 - (2 * y - 1) * f
        return max(slack, -tau * slack)


class Ramp(Pointwise):
    """Ramp loss: the hinge, cut off at 1 - s.

    With m = (2 y - 1) y_pred the loss is 1 - m between m = s and m = 1, 0 above and 1 - s below.
    A point beyond m = s on the wrong side costs a fixed price and pulls no more, so mislabelled
    points cannot shift the boundary. Its best score is -1 or +1 (for s = 0 anything beyond), which
    says nothing about probabilities. It is not convex: the fit may depend on where it starts.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("ramp", s=-1.0).value([1.0, 1.0, 1.0], [0.5, -0.5, -9.0], reduction="none")
    array([0.5, 1.5, 2. ])
    """

    name = "ramp"
    title = "Ramp loss"
    aliases = ("truncated_hinge", "ramp_loss")
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\min\bigl(1 - s, \max(0, 1 - m)\bigr),\quad m = (2y-1)f"
    reference = "collobert2006"
    s = Parameter(
        0.0,
        most=0.0,
        slider=(-2.0, 0.0),
        doc="margin below which the price no longer grows",
    )
    use_when = "A support vector machine whose training labels are partly wrong."
    avoid_when = "The start is poor: far points on the wrong side have no gradient."
    claims = Claims(
        convex=False,
        differentiable=False,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=None,
        bounded=lambda s: 1.0 - s,
        redescending=True,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f, s):
        m = (y + y - 1.0) * f
        slack = 1.0 - m
        slack = 0.0 if slack < 0.0 else slack
        return 1.0 - s if m < s else slack

    def gradient_at(y, f, s):
        sign = y + y - 1.0
        m = sign * f
        g = -sign if (m > s) & (m < 1.0) else 0.0
        return g if m == m else m

    def curvature_at(y, f, s):
        m = (y + y - 1.0) * f
        return 0.0 if m == m else m

    def exact(mp, y, f, s):
        return min(1 - s, max(mp.mpf(0), 1 - (2 * y - 1) * f))


class Unhinged(Pointwise):
    """Unhinged loss: the hinge without its kink, a straight line.

    With m = (2 y - 1) y_pred the loss is 1 - m. If a share of the labels is flipped at random, the
    fit on average does not change. It has no smallest value: the best score is as large as
    allowed, on the side of the likelier class, so the weights must be bounded; with a bound on
    their length the best linear classifier points from the mean of one class to that of the
    other.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("unhinged").value([1.0, 0.0], [3.0, 3.0], reduction="none")
    array([-2.,  4.])
    """

    name = "unhinged"
    title = "Unhinged loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"1 - m,\quad m = (2y-1)f"
    reference = "vanrooyen2015"
    use_when = "Many labels are flipped at random and the weights are bounded."
    avoid_when = "Scores are unbounded: it has no minimum."
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=False,
        lipschitz=1.0,
        bounded=None,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f):
        return 1.0 - (y + y - 1.0) * f

    def gradient_at(y, f):
        s = y + y - 1.0
        return -s if f == f else f

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        return 0.0 if m == m else m

    def exact(mp, y, f):
        return 1 - (2 * y - 1) * f
