"""Fenchel-Young losses of a class and a row of scores: sparse relatives of softmax cross-entropy."""

from itertools import accumulate

import numpy as np

from losslab.arithmetic.simplex import entmax, sparsemax
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise


class FenchelYoung(Rowwise):
    """A loss whose gradient is the probabilities that the scores stand for, minus one-hot."""

    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"

    def link(self, y_pred):
        """Probabilities that rows of scores stand for: the inverse link of the loss.

        Parameters
        ----------
        y_pred : array_like of shape (n, k) or (k,)
            Scores.

        Returns
        -------
        ndarray of the shape of `y_pred`

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("sparsemax_loss").link([0.5, 0.0, -1.0])
        array([0.75, 0.25, 0.  ])
        """
        rows = np.atleast_2d(y_pred)
        p = self.gradient(np.zeros(len(rows)), rows, reduction="none")
        p[:, 0] = 1.0 - p[:, 1:].sum(axis=1)
        return p.reshape(np.shape(y_pred))


class SparsemaxLoss(FenchelYoung):
    """Sparsemax loss: like softmax cross-entropy, but with probabilities that can be exactly 0.

    Sparsemax takes a row of scores z to the nearest row of probabilities p, so classes far below
    the best get 0. With the class y the loss is the sum of (z[j]**2 - t**2) / 2 over the classes
    with p[j] > 0, plus 1/2, minus z[y], where p = max(0, z - t). It is 0 once the true class leads
    by 1, and grows linearly like a multiclass hinge, but the best scores give all probabilities
    back through `link`. Where p is 0 the gradient is 0 too, so a wrong class that is out gets no
    push either way until it comes near. With two classes it is the modified Huber loss of half the
    margin, in another scale.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("sparsemax_loss").value_and_gradient([0], [[0.5, 0.0, -1.0]])
    (0.0625, array([[-0.25,  0.25,  0.  ]]))
    """

    name = "sparsemax_loss"
    title = "Sparsemax loss"
    formula = r"\tfrac12 \sum_{j \in S} (z_j^2 - \tau^2) + \tfrac12 - z_y"
    reference = "martins2016"
    use_when = "Most classes are impossible for most inputs and probabilities should say 0."
    avoid_when = "An outcome that was given probability 0 would be costly."
    peers = (Peer("optax.losses.multiclass_sparsemax_loss", y="y.astype(int)"),)
    style = style("green", "solid")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def row_at(y, f, g, s, k):
        label = int(y[0])
        t = sparsemax(f, g, s, k)
        others = 0.0
        squares = 0.0
        for j in range(k):
            p = g[j] if j != label else 0.0
            others += p
            squares += p * p
        g[label] = -others
        below = t - s[label]
        return 0.5 * (squares + others * others) + (below if below > 0.0 else 0.0)

    def exact(mp, y, f):
        f = [v - f[y] for v in f]  # so that a loss of 0 is exactly 0
        z = sorted(f, reverse=True)
        sums = enumerate(zip(z, accumulate(z), strict=True), 1)
        *_, (size, total) = ((i, total) for i, (v, total) in sums if 1 + i * v > total)
        t = (total - 1) / size
        return (sum(v * v - t * t for v in f if v > t) + 1) / 2


class EntmaxLoss(FenchelYoung):
    """Entmax loss: between softmax cross-entropy and the sparsemax loss, by a parameter.

    With the class y it is the largest value over all rows of probabilities p of
    dot(p, z) + H(p), minus z[y], where H(p) = (1 - sum of p**alpha) / (alpha (alpha - 1)) is
    Tsallis's entropy. As alpha goes to 1 it is `softmax_cross_entropy`, as alpha goes to 2 it is
    `sparsemax_loss`. Between the two, probabilities can be 0 and still fall to 0 without a kink;
    the loss is 0 once the true class leads by 1 / (alpha - 1). The best scores give all
    probabilities back through `link`. It costs some ten times as much as
    softmax at alpha = 1.5, twice that elsewhere.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("entmax_loss", alpha=1.5).value([0, 0], [[2.0, 0.0], [1.0, 1.0]], reduction="none")
    array([0.        , 0.39052429])
    """

    name = "entmax_loss"
    title = "Entmax loss"
    formula = (
        r"\max_{p \in \Delta} \bigl( \langle p, z\rangle + H_\alpha(p) \bigr) - z_y,\quad "
        r"H_\alpha(p) = \frac{1 - \sum_k p_k^\alpha}{\alpha(\alpha - 1)}"
    )
    reference = "peters2019"
    use_when = "Many classes are impossible and training should be smoother than with sparsemax."
    avoid_when = "Softmax is not too dense for the purpose: it is faster."
    style = style("green", "dashed")
    alpha = Parameter(
        1.5,
        above=1.0,
        below=2.0,
        doc="from softmax (towards 1) to sparsemax (towards 2)",
        slider=(1.05, 1.95),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=True,
        calibrated=True,
    )
    accuracy = {
        "value": Bound(2.0, "its terms cancel where the class is nearly certain", of="row"),
        "gradient": Bound(4.0, "the normaliser is rounded before it is used"),
    }

    shortcuts = {"alpha": 1.5}

    def row_at(y, f, g, s, k, alpha):
        label = int(y[0])
        c = alpha - 1.0
        t = entmax(f, g, s, k, c)
        others = 0.0
        mean = 0.0
        for j in range(k):
            others += g[j] if j != label else 0.0
            mean += g[j] * s[j] if g[j] > 0.0 else 0.0
        g[label] = -others
        value = (t + c * mean) / alpha - s[label]
        return value if value > 0.0 else 0.0

    def exact(mp, y, f, alpha):
        c = alpha - 1
        f = [v - f[y] for v in f]
        top = max(f)
        t = mp.mpf(0)
        while True:
            v = [max(mp.mpf(0), 1 + c * (z - top - t)) for z in f]
            p = [x ** (1 / c) for x in v]
            step = (sum(p) - 1) / sum(a / b for a, b in zip(p, v, strict=True) if b > 0)
            t += step
            if abs(step) <= mp.mpf(10) ** (10 - mp.dps):
                break
        entropy = (1 - sum(x**alpha for x in p)) / (alpha * c)
        return sum(a * z for a, z in zip(p, f, strict=True)) + entropy
