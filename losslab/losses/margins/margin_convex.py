"""Convex losses of a margin that are smooth: relatives of the squared hinge.

With s = 2 y - 1 = -1 or +1 the margin is m = s y_pred, and 1 - m is called the slack.
"""

from losslab.arithmetic.vmath import finite_part, two_sum_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


class SmoothHinge(Pointwise):
    """Smooth hinge loss of Rennie and Srebro: the hinge with a parabola in place of its kink.

    With m = (2 y - 1) y_pred the loss is 0 from m = 1 on, (1 - m)**2 / 2 between 0 and 1, and
    1/2 - m below: it is `quadratic_smoothed_hinge` with gamma = 1. For probability p of the label 1
    its best score is 2 - 1 / p if p > 1/2 and 1 / (1 - p) - 2 otherwise. Far on the wrong side a
    point still pulls with full force, so mislabelled points shift the boundary.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("smooth_hinge").value([1.0, 1.0, 1.0], [-1.0, 0.5, 2.0], reduction="none")
    array([1.5  , 0.125, 0.   ])
    """

    name = "smooth_hinge"
    title = "Smooth hinge loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = (
        r"\begin{cases} 0 & m \ge 1 \\ \tfrac12(1 - m)^2 & 0 < m < 1 \\"
        r" \tfrac12 - m & m \le 0 \end{cases},\quad m = (2y-1)f"
    )
    reference = "rennie2005"
    use_when = "A margin as with the hinge, for an optimiser that wants a continuous gradient."
    avoid_when = "Probabilities are wanted for every score, or labels are noisy."
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=1.0,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        m = (y + y - 1.0) * f
        slack = 1.0 - m
        held = 0.0 if slack < 0.0 else slack
        return 0.5 - m if m < 0.0 else (0.5 * held) * held

    def gradient_at(y, f):
        s = y + y - 1.0
        slack = 1.0 - s * f
        slack = 1.0 if slack > 1.0 else slack
        return -s * (0.0 if slack < 0.0 else slack)

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        k = 1.0 if (m > 0.0) & (m < 1.0) else 0.0
        return k if m == m else m

    def exact(mp, y, f):
        m = (2 * y - 1) * f
        if m >= 1:
            return mp.mpf(0)
        return (1 - m) ** 2 / 2 if m > 0 else mp.mpf(1) / 2 - m


class QuadraticSmoothedHinge(Pointwise):
    """Quadratically smoothed hinge loss: the hinge with its kink rounded over a width gamma.

    With m = (2 y - 1) y_pred the loss is 0 from m = 1 on, (1 - m)**2 / (2 gamma) down to
    m = 1 - gamma, and 1 - gamma / 2 - m below. A small gamma gives the hinge back, together with
    its sudden gradient; gamma = 1 is `smooth_hinge` and gamma = 2 is `modified_huber` / 4. The
    smaller gamma, the closer its best scores lie to -1 and +1, and the less they tell about the
    probability.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("quadratic_smoothed_hinge", gamma=0.5).value([1.0, 1.0], [0.0, 0.75], reduction="none")
    array([0.75  , 0.0625])
    """

    name = "quadratic_smoothed_hinge"
    title = "Quadratically smoothed hinge loss"
    aliases = ("smoothed_hinge",)
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = (
        r"\begin{cases} 0 & m \ge 1 \\ \dfrac{(1 - m)^2}{2\gamma} & 1 - \gamma < m < 1 \\"
        r" 1 - \dfrac{\gamma}{2} - m & m \le 1 - \gamma \end{cases},\quad m = (2y-1)f"
    )
    reference = "zhang2004"
    gamma = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 2.0),
        doc="width of the rounded kink, in units of the score",
    )
    use_when = "A hinge for methods that need a smooth loss; the width sets how smooth."
    avoid_when = "Probabilities are wanted, or labels are noisy."
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=lambda gamma: 1.0 / gamma,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f, gamma):
        m = (y + y - 1.0) * f
        slack = 1.0 - m
        inside = slack > 0.0
        held = slack if inside else 0.0
        q = 0.5 * (held / gamma)
        # What rounding 1 - m lost counts twice in the square.
        square = held * q + 2.0 * (q * ((1.0 - slack) - m if inside else 0.0))
        v = slack - 0.5 * gamma if slack > gamma else square
        return v if slack == slack else slack

    def gradient_at(y, f, gamma):
        s = y + y - 1.0
        slack = 1.0 - s * f
        share = (slack if slack > 0.0 else 0.0) / gamma
        g = -s * (1.0 if slack > gamma else share)
        return g if slack == slack else slack

    def curvature_at(y, f, gamma):
        m = (y + y - 1.0) * f
        slack = 1.0 - m
        # Near the end of the parabola what rounding 1 - m lost decides.
        beyond = (slack - gamma) + finite_part(two_sum_error(1.0, -m, slack))
        k = 1.0 / gamma if (slack > 0.0) & (beyond < 0.0) else 0.0
        return k if m == m else m

    def exact(mp, y, f, gamma):
        slack = 1 - (2 * y - 1) * f
        if slack <= 0:
            return mp.mpf(0)
        return slack**2 / (2 * gamma) if slack < gamma else slack - gamma / 2


class ModifiedHuber(Pointwise):
    """Modified Huber loss: a squared hinge that turns linear far on the wrong side.

    With m = (2 y - 1) y_pred the loss is max(0, 1 - m)**2 from m = -1 on and -4 m below. Its best
    score is 2 p - 1 for probability p of the label 1, so (y_pred + 1) / 2, held between 0 and 1,
    estimates p. A mislabelled point pulls four times as hard as under the hinge. A quarter of it is
    the sparsemax loss of two classes, in Optax ``sparsemax_loss``.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("modified_huber").value([1.0, 1.0, 0.0], [0.5, -3.0, -2.0], reduction="none")
    array([ 0.25, 12.  ,  0.  ])
    """

    name = "modified_huber"
    title = "Modified Huber loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = (
        r"\begin{cases} \max(0, 1 - m)^2 & m \ge -1 \\ -4m & m < -1 \end{cases},"
        r"\quad m = (2y-1)f"
    )
    reference = "zhang2004"
    use_when = "A linear classifier that is to give probabilities and stand some outliers."
    avoid_when = "Probabilities must not stop at exactly 0 and 1."
    peers = (
        Peer("optax.losses.sparsemax_loss", y="(y == 1)", factor=0.25),
        Peer(
            "sklearn.linear_model.SGDClassifier(loss='modified_huber')",
            call="import sklearn.linear_model._sgd_fast as descent\nloss = descent.ModifiedHuber()\nnp.mean([loss.py_loss(*pair) for pair in zip(f, 2 * y - 1)])",
            says="inside, labels are -1 and +1",
        ),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=4.0,
        smooth=2.0,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        m = (y + y - 1.0) * f
        slack = 1.0 - m
        held = 0.0 if slack < 0.0 else slack
        return -4.0 * m if m < -1.0 else held * held

    def gradient_at(y, f):
        s = y + y - 1.0
        slack = 1.0 - s * f
        slack = 2.0 if slack > 2.0 else slack
        return -2.0 * s * (0.0 if slack < 0.0 else slack)

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        k = 2.0 if (m > -1.0) & (m < 1.0) else 0.0
        return k if m == m else m

    def exact(mp, y, f):
        m = (2 * y - 1) * f
        return max(mp.mpf(0), 1 - m) ** 2 if m >= -1 else -4 * m


class SquaredMargin(Pointwise):
    """Squared margin loss: least squares on labels of -1 and +1.

    With m = (2 y - 1) y_pred the loss is (1 - m)**2, which is the squared distance of the score
    from its label. Its best score is 2 p - 1 for probability p of the label 1. It punishes a
    point that is right with much to spare as hard as one that is wrong: far points of the right
    class tilt the boundary.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_margin").value([1.0, 1.0], [0.0, 4.0], reduction="none")
    array([1., 9.])
    """

    name = "squared_margin"
    title = "Squared margin loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"(1 - m)^2,\quad m = (2y-1)f"
    reference = "suykens1999"
    use_when = "A classifier in closed form, by solving one linear system."
    avoid_when = "Scores can grow well beyond 1 on the right side."
    peers = (
        Peer(
            "sklearn.linear_model.RidgeClassifier",
            bare=False,
            says="an estimator that minimises the sum of this and a penalty",
        ),
    )
    style = style("green", "dashdot")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=2.0,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        slack = 1.0 - (y + y - 1.0) * f
        return slack * slack

    def gradient_at(y, f):
        s = y + y - 1.0
        return -2.0 * s * (1.0 - s * f)

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        return 2.0 if m == m else m

    def exact(mp, y, f):
        return (1 - (2 * y - 1) * f) ** 2
