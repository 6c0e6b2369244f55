"""Many classes: softmax cross-entropy and what follows from the probability of one class."""

from losslab.arithmetic.softmax import others_of, softmax_parts, softmax_second
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import log1p
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise
from losslab.losses.kinds.surprise import OfSurprise


def odds_against(mp, y, f):
    """(1 - p) / p of the softmax probability p of class y, in mpmath, for the `exact` of a loss."""
    return sum(mp.exp(z - f[y]) for j, z in enumerate(f) if j != y)


THREE_ROUNDINGS = "a probability, its complement and their product are each rounded"


class SoftmaxCrossEntropy(OfSurprise):
    """Softmax cross-entropy of a row of logits: minus the log-probability of the true class.

    With one logit z a class and the class y the loss is log(sum of exp(z)) - z[y], in nats. Adding
    the same number to all logits changes nothing, so its best logits are the log-probabilities of
    the classes up to one constant, and softmax gives the probabilities back. The
    loss of a confident wrong row grows linearly with the logit, without bound. A class that is not
    offered has the logit -infinity, as if its column were not there.

    `curvature` is p (1 - p), the diagonal of the Hessian, as in scikit-learn. XGBoost works with 2 p (1 - p), held above
    1e-16, and LightGBM with k / (k - 1) p (1 - p) for k classes: bounds of the whole Hessian, for
    steps that move each logit by itself.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("softmax_cross_entropy").value([0], [[0.0, 1000.0, 0.0]])
    1000.0
    """

    name = "softmax_cross_entropy"
    title = "Softmax cross-entropy"
    aliases = ("multinomial_logistic",)
    formula = r"\log \sum_k e^{z_k} - z_y"
    reference = "bridle1990"
    use_when = "One of several classes is right, and the probabilities will be used."
    avoid_when = "Many labels are wrong, or several classes can be right at once."
    peers = (
        Peer(
            "torch.nn.CrossEntropyLoss",
            y="y.long()",
            parameters={
                "weight": "weighted_cross_entropy(class_weights=…)",
                "label_smoothing": "label_smoothing(epsilon=…)",
                "ignore_index": "ignore_label= of value()",
            },
            says="rows of probabilities as targets are soft_cross_entropy",
            also=("torch.nn.functional.cross_entropy",),
        ),
        Peer("optax.losses.softmax_cross_entropy_with_integer_labels", y="y.astype(int)"),
        Peer(
            "keras.losses.SparseCategoricalCrossentropy",
            options="from_logits=True",
            says="it takes probabilities unless from_logits=True",
            parameters={"ignore_class": "ignore_label= of value()"},
            also=("keras.losses.sparse_categorical_crossentropy",),
        ),
        Peer(
            "torch.nn.NLLLoss",
            y="y.long()",
            f="f.log_softmax(1)",
            owner=False,
            says="it takes log-probabilities",
        ),
        Peer("sklearn._loss.loss.HalfMultinomialLoss", options="n_classes=f.shape[1]"),
        Peer(
            "xgboost:multi:softprob",
            also=("xgboost:multi:softmax",),
            options='"num_class": f.shape[1]',
            where="abs(f).max(axis=1) < 10",
            metric="mlogloss",
            digits=4,
        ),
        Peer(
            "lightgbm:multiclass",
            also=("lightgbm:softmax",),
            bare=False,
            options='"num_class": f.shape[1]',
            metric="multi_logloss",
            digits=5,
        ),
        Peer("catboost:MultiClass"),
    )
    style = style("blue", "solid")
    accuracy = {"curvature": Bound(5.0, THREE_ROUNDINGS)}
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def of_surprise(u, own, rest):
        return u, 1.0

    def bend_of_surprise(u, own, rest):
        return 0.0

    def exact(mp, y, f):
        return mp.log1p(odds_against(mp, y, f))


class ZLoss(Rowwise):
    """Cross-entropy plus a penalty on the size of the logits: weight times log(sum exp(z))**2.

    Cross-entropy does not see a number added to all logits; the penalty draws them to where
    the sum of exponentials is 1, which keeps them small enough for short floating-point numbers.
    The best probabilities stay the true ones. The name is used for the penalty alone as well; here
    cross-entropy is part of it.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("z_loss", weight=1.0)
    >>> loss.value([0, 0], [[0.0, 0.0], [9.0, 9.0]], reduction="none").round(3)
    array([ 1.174, 94.65 ])
    """

    name = "z_loss"
    title = "Cross-entropy with z-loss"
    aliases = ("ZLossCrossEntropy",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\log p_y + \lambda \Big(\log \sum_k e^{z_k}\Big)^2"
    reference = "chowdhery2023"
    use_when = "A large model is trained in 16-bit numbers and its logits drift."
    avoid_when = "Logits stay small by themselves."
    weight = Parameter(
        1e-4,
        least=0.0,
        most=1e6,
        doc="lambda, how much the penalty counts, a pure number",
        slider=(1e-5, 0.1, "log"),
    )
    accuracy = {
        "value": Bound(6.0, "the logarithm of the sum may cancel with the largest logit", of="row"),
        "gradient": Bound(8.0, "a probability, the penalty and the label cancel", of="row"),
        "curvature": Bound(8.0, "the penalty bends either way, against cross-entropy", of="row"),
    }
    claims = Claims(
        bounded=None, proper=True, calibrated=True, nonnegative=True, zero_if_perfect=True
    )

    def row_at(y, f, g, s, k, weight):
        label = int(y[0])
        at, rest = softmax_parts(f, g, k)
        log_whole = log1p(rest)
        size = f[at] + log_whole
        inverse = 1.0 / (1.0 + rest)
        others = others_of(g, at, rest, label) * inverse
        factor = 1.0 + 2.0 * (weight * size)
        own = g[label] * inverse
        for j in range(k):
            g[j] = (g[j] * inverse) * factor if g[j] > 0.0 else 0.0
        pull = 2.0 * (weight * size) * own if own > 0.0 else 0.0
        g[label] = pull - others
        return ((f[at] - f[label]) + log_whole) + weight * size * size

    def row_second_at(y, f, d, h, t, s, k, weight):
        at, rest = softmax_parts(f, s, k)
        twice = 2.0 * weight
        factor = 1.0 + twice * (f[at] + log1p(rest))
        softmax_second(s, k, at, rest, factor, d, h, t)
        # and 2 weight p p'
        inverse = 1.0 / (1.0 + rest)
        for j in range(k):
            s[j] = s[j] * inverse
            s[k + j] = s[j] * d[j]
        pull = twice * row_sum(s, k, k)
        for j in range(k):
            h[j] = h[j] + s[j] * pull
            t[j] = t[j] + twice * (s[j] * s[j])
        return 0

    def exact(mp, y, f, weight):
        odds = odds_against(mp, y, f)
        return mp.log1p(odds) + weight * (f[y] + mp.log1p(odds)) ** 2
