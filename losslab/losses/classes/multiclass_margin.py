"""Many classes by margins: hinge losses of a row of scores, which give no probabilities."""

from losslab.arithmetic.softmax import largest
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import finite_part, two_sum_error
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise


class OfScores(Rowwise):
    """A loss of a class and a row of finite scores, one a class; the largest one decides."""

    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"


def slack(other, own):
    """1 + other - own with one rounding: it may cancel twice."""
    d = other - own
    s = 1.0 + d
    return s + finite_part(two_sum_error(1.0, d, s) + two_sum_error(other, -own, d))


def best_other(f, k, label):
    """Where the largest score of the other classes stands (the first, if several do)."""
    at = 1 if label == 0 else 0
    for j in range(k):
        at = j if (j != label) & (f[j] > f[at]) else at
    return at


class CrammerSinger(OfScores):
    """Crammer and Singer's hinge loss: the best wrong class must stay 1 below the true one.

    With scores z and the class y the loss is max(0, 1 + max of z[k] over k != y - z[y]). Only two
    scores get a gradient, so it is cheap and sparse. With more than two classes its best scores
    name the most likely class only if that has a probability above 1/2: else all scores alike are
    best, so it suits classes that hardly overlap. Keras's CategoricalHinge takes one-hot targets
    and lets a score of 0 compete too: it is the same loss where a wrong class has 0 or more.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("crammer_singer").value_and_gradient([0], [[1.0, 0.5, -2.0]])
    (0.5, array([[-1.,  1.,  0.]]))
    """

    name = "crammer_singer"
    title = "Crammer-Singer hinge loss"
    aliases = ("multiclass_hinge",)
    formula = r"\max\bigl(0,\ 1 + \max_{k \neq y} z_k - z_y\bigr)"
    reference = "crammer2001"
    use_when = "Classes hardly overlap and only the decision counts."
    avoid_when = "No class is likelier than 1/2 for some inputs, or probabilities are needed."
    peers = (
        Peer("optax.losses.multiclass_hinge_loss", y="y.astype(int)"),
        Peer(
            "keras.losses.CategoricalHinge",
            y='keras.ops.one_hot(keras.ops.cast(y, "int32"), f.shape[1])',
            f="f + 100",
            says="it takes one-hot rows, and lets the true class compete with a score of 0: the two are the same for scores far above 0",
            also=("keras.losses.categorical_hinge",),
        ),
        Peer(
            "sklearn.metrics.hinge_loss",
            owner=False,
            options="labels=np.arange(f.shape[1])",
            says="of a table of scores",
        ),
    )
    style = style("vermilion", "solid")
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=False,
        calibrated=False,
    )

    def row_at(y, f, g, s, k):
        label = int(y[0])
        at = best_other(f, k, label)
        value = slack(f[at], f[label])
        active = value > 0.0
        for j in range(k):
            g[j] = 0.0
        g[at] = 1.0 if active else 0.0
        g[label] = -1.0 if active else 0.0
        return value if active else 0.0

    def exact(mp, y, f):
        return max(mp.mpf(0), 1 + max(z for k, z in enumerate(f) if k != y) - f[y])


class WestonWatkins(OfScores):
    """Weston and Watkins's hinge loss: every wrong class must stay 1 below the true one.

    With scores z and the class y it is the sum of max(0, 1 + z[k] - z[y]) over k != y. With more
    than two classes its best scores need not name the most likely class. PyTorch's MultiMarginLoss
    is this loss over the number of classes; with ``p=2`` it is `squared_weston_watkins` over it.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("weston_watkins").value_and_gradient([0], [[1.0, 0.5, 0.25]])
    (0.75, array([[-2.,  1.,  1.]]))
    """

    name = "weston_watkins"
    title = "Weston-Watkins hinge loss"
    aliases = ("multi_margin",)
    formula = r"\sum_{k \neq y} \max(0,\ 1 + z_k - z_y)"
    reference = "weston1999"
    use_when = "Only the decision counts and all wrong classes should be pushed away."
    avoid_when = "Classes overlap much, or probabilities are needed."
    peers = (
        Peer(
            "torch.nn.MultiMarginLoss",
            y="y.long()",
            factor="1 / K",
            says="it divides by the number of classes",
            parameters={
                "p": "1 here; 2 is squared_weston_watkins",
                "margin": "1 here",
                "weight": "sample_weight= of value()",
            },
            also=("torch.nn.functional.multi_margin_loss",),
        ),
    )
    style = style("vermilion", "dashed")
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=False,
        calibrated=False,
    )

    def row_at(y, f, g, s, k):
        label = int(y[0])
        own = f[label]
        active = 0.0
        for j in range(k):
            x = slack(f[j], own)
            wrong = (x > 0.0) & (j != label)
            g[j] = 1.0 if wrong else 0.0
            active += g[j]
            s[j] = x if wrong else 0.0
        g[label] = -active
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        return sum(max(mp.mpf(0), 1 + z - f[y]) for k, z in enumerate(f) if k != y)


class SquaredWestonWatkins(OfScores):
    """Weston and Watkins's loss with squared hinges: no kink, and the best class always wins.

    With scores z and the class y it is the sum of max(0, 1 + z[k] - z[y])**2 over k != y. Unlike
    the plain sum of hinges, its best scores put the most likely class first for any probabilities.
    Far errors cost their square, so one mislabelled row can outweigh many. PyTorch's
    ``MultiMarginLoss(p=2)`` is this loss over the number of classes.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_weston_watkins").value_and_gradient([0], [[1.0, 0.5, 0.0]])
    (0.25, array([[-1.,  1.,  0.]]))
    """

    name = "squared_weston_watkins"
    title = "Squared Weston-Watkins loss"
    formula = r"\sum_{k \neq y} \max(0,\ 1 + z_k - z_y)^2"
    reference = "weston1999"
    use_when = "Only the decision counts, and a smooth loss or consistent decisions are wanted."
    avoid_when = "Some labels are wrong, or probabilities are needed."
    peers = (
        Peer("torch.nn.MultiMarginLoss", y="y.long()", options="p=2", factor="1 / K", owner=False),
    )
    style = style("vermilion", "dotted")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        bounded=None,
        calibrated=True,
    )
    accuracy = {"value": Bound(3.0, "each slack and its square are rounded")}

    def row_at(y, f, g, s, k):
        label = int(y[0])
        own = f[label]
        for j in range(k):
            x = slack(f[j], own)
            x = x if (x > 0.0) & (j != label) else 0.0
            g[j] = x + x
            s[j] = x * x
        g[label] = -row_sum(g, 0, k)
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        return sum(max(mp.mpf(0), 1 + z - f[y]) ** 2 for k, z in enumerate(f) if k != y)


class LeeLinWahba(OfScores):
    """Lee, Lin and Wahba's hinge loss: every wrong class must score -1 / (K - 1) or less.

    The scores of the K classes must sum to 0, so they are centred first: with c = z - mean(z) and
    the class y the loss is the sum of max(0, c[k] + 1 / (K - 1)) over k != y. It never looks at the
    true class by itself. Unlike those of `crammer_singer` and `weston_watkins` its best scores
    always name the most likely class: 1 there and -1 / (K - 1) elsewhere. Centring needs all
    scores, so no class can be left out by -infinity. With many classes all gradients are small and
    far apart, and it learns slowly.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("lee_lin_wahba").value([0, 1], [[1.0, -0.5, -0.5], [1.0, -0.5, -0.5]])
    0.75
    """

    name = "lee_lin_wahba"
    title = "Lee-Lin-Wahba hinge loss"
    formula = (
        r"\sum_{k \neq y} \max\bigl(0,\ z_k - \bar z + \tfrac{1}{K-1}\bigr),"
        r"\quad \bar z = \tfrac1K \sum_k z_k"
    )
    reference = "lee2004"
    prediction = "finite"
    no_masked_class = "its scores are centred, and their mean would be -infinity"
    use_when = "Only the decision counts and classes overlap."
    avoid_when = "There are many classes, or probabilities are needed."
    style = style("vermilion", "dashdot")
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=False,
        calibrated=True,
    )
    accuracy = {"value": Bound(4.0, "centring the scores cancels", of="row")}

    def row_at(y, f, g, s, k):
        label = int(y[0])
        for j in range(k):
            s[j] = f[j] / k
        middle = row_sum(s, 0, k)
        least = 1.0 / (k - 1.0)
        active = 0.0
        for j in range(k):
            x = (f[j] - middle) + least
            wrong = (x > 0.0) & (j != label)
            g[j] = 1.0 if wrong else 0.0
            active += g[j]
            s[j] = x if wrong else 0.0
        share = active / k
        rest = (k - active) / k  # 1 - share, which would be rounded twice
        for j in range(k):
            g[j] = rest if g[j] > 0.0 else -share
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        middle = sum(f) / len(f)
        least = mp.mpf(1) / (len(f) - 1)
        return sum(max(mp.mpf(0), z - middle + least) for k, z in enumerate(f) if k != y)


class MulticlassPerceptron(OfScores):
    """Multiclass perceptron loss: how far the largest score is above that of the true class.

    It is max(z) - z[y], so any row that names the right class costs nothing, however narrowly.
    Rows of equal scores are among the best predictions always, whatever the probabilities: it
    is of use on separable classes, with a method that stops at the first separation.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("multiclass_perceptron").value([0, 1], [[2.0, 1.0], [2.0, 1.0]], reduction="none")
    array([0., 1.])
    """

    name = "multiclass_perceptron"
    title = "Multiclass perceptron loss"
    formula = r"\max_k z_k - z_y"
    reference = "collins2002"
    use_when = "Classes are separable and averaging over steps takes the place of a margin."
    avoid_when = "Classes overlap."
    peers = (Peer("optax.losses.multiclass_perceptron_loss", y="y.astype(int)"),)
    style = style("purple", "dashed")
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=False,
        calibrated=False,
    )

    def row_at(y, f, g, s, k):
        label = int(y[0])
        at = largest(f, k)
        at = label if f[label] == f[at] else at
        for j in range(k):
            g[j] = 0.0
        g[at] = 1.0
        g[label] = g[label] - 1.0
        return f[at] - f[label]

    def exact(mp, y, f):
        return max(f) - f[y]
