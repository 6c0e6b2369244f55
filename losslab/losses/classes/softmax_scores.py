"""Bounded proper scores of the softmax probabilities of a row of logits."""

from losslab.arithmetic.softmax import others_of, softmax_parts
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import sqrt
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.classes.softmax import odds_against
from losslab.losses.kinds.rowwise import Rowwise


class BrierSoftmax(Rowwise):
    """Brier score of softmax probabilities: their squared distance from the one-hot row.

    It is the sum over all classes of (p - 1)**2 for the label and p**2 for the others, between 0
    and 2 (for two classes twice the squared error of one probability). The best probabilities are
    the true ones, and a row that is wrong for sure costs 2 at most, where cross-entropy
    grows without bound. The price: in the logits it is not convex, and such a row has hardly any
    gradient. Mean squared error in Keras or PyTorch averages over the classes.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("brier_softmax").value([0, 0], [[0.0, 0.0], [-800.0, 0.0]], reduction="none")
    array([0.5, 2. ])
    """

    name = "brier_softmax"
    title = "Brier score of softmax"
    aliases = ("brier_multiclass",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"\sum_k (p_k - [k = y])^2,\quad p = \operatorname{softmax}(z)"
    reference = "brier1950"
    use_when = "Probabilities are wanted and a few hopeless rows must not rule the fit."
    avoid_when = "Training starts far off: confident wrong rows hardly move."
    peers = (
        Peer(
            "torch.nn.MSELoss",
            y="torch.nn.functional.one_hot(y.long(), f.shape[1]).double()",
            f="f.softmax(1)",
            factor="1 / K",
            owner=False,
            says="it takes one-hot rows and probabilities, and the mean goes over the classes too",
        ),
        Peer(
            "keras.losses.MeanSquaredError",
            y='keras.ops.one_hot(keras.ops.cast(y, "int32"), f.shape[1])',
            f="keras.ops.softmax(f)",
            factor="1 / K",
            owner=False,
            says="it takes one-hot rows and probabilities, and the mean goes over the classes too",
        ),
    )
    accuracy = {
        "value": Bound(4.0, "a sum of rounded squares"),
        "gradient": Bound(8.0, "its two terms cancel", of="row"),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=2.0,
        proper=True,
        calibrated=True,
    )

    def row_at(y, f, g, s, k):
        label = int(y[0])
        at, rest = softmax_parts(f, g, k)
        inverse = 1.0 / (1.0 + rest)
        others = others_of(g, at, rest, label) * inverse
        for j in range(k):
            g[j] = g[j] * inverse
            s[j] = 0.0 if j == label else g[j] * g[j]
            s[k + j] = 0.0 if j == at else g[j] * g[j]
        squares = row_sum(s, 0, k)
        small = row_sum(s, k, k)
        own = g[label]
        top = g[at]
        value = others * others + squares
        # 2 p times what p - one-hot exceeds its mean under p by; for the label that is -value.
        for j in range(k):
            g[j] = 2.0 * g[j] * (g[j] - (squares - own * others))
        # The top class from what the other columns have: it may be nearly 1.
        g[at] = 2.0 * top * ((top * (rest * inverse) - small) + own)
        g[label] = -2.0 * own * value
        return value

    def exact(mp, y, f):
        p = [1 / (1 + odds_against(mp, j, f)) for j in range(len(f))]
        odds = odds_against(mp, y, f)
        return (odds / (1 + odds)) ** 2 + sum(v * v for j, v in enumerate(p) if j != y)


class SphericalSoftmax(Rowwise):
    """Spherical score of softmax probabilities: 1 minus p of the label over the length of p.

    The length is the root of the sum of all squared probabilities. It lies between 0 and 1, is
    0 for a sure right row, and is best at the true probabilities. Added to minus the usual
    spherical score, which is to be maximised, is the constant 1. Like the Brier score it is not
    convex in the logits and hardly moves confident wrong rows.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("spherical_softmax").value([0], [[0.0, 0.0, 0.0, 0.0]])
    0.5
    """

    name = "spherical_softmax"
    title = "Spherical score of softmax"
    aliases = ("spherical_score",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"1 - \frac{p_y}{\lVert p \rVert_2},\quad p = \operatorname{softmax}(z)"
    reference = "gneiting2007"
    use_when = "A bounded proper score is wanted that looks at the shape of the whole row."
    avoid_when = "Training starts far off: confident wrong rows hardly move."
    accuracy = {
        "value": Bound(4.0, "a sum of rounded squares, a root and a quotient"),
        "gradient": Bound(5.0, "a sum of rounded squares, a root, two quotients and two products"),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=1.0,
        proper=True,
        calibrated=True,
    )

    def row_at(y, f, g, s, k):
        label = int(y[0])
        # The common factor of the probabilities does not count: g is relative to the largest.
        softmax_parts(f, g, k)
        for j in range(k):
            s[j] = g[j] * g[j]
        own = s[label]
        s[label] = 0.0
        others = row_sum(s, 0, k)
        square = others + own
        length = sqrt(square)
        cosine = g[label] / length
        inverse = cosine / square
        value = others / (length * (length + g[label]))
        for j in range(k):
            g[j] = s[j] * inverse
        g[label] = -others * inverse
        return value

    def exact(mp, y, f):
        # With r the others' squares over one's own: 1 - 1 / sqrt(1 + r).
        r = sum(mp.exp(2 * (z - f[y])) for j, z in enumerate(f) if j != y)
        return -mp.expm1(-mp.log1p(r) / 2)
