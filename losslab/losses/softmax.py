"""Many classes: softmax cross-entropy and what follows from the probability of one class."""

from losslab.losses.claims import Claims
from losslab.losses.rowwise import OfSurprise
from losslab.losses.style import style


def odds_against(mp, y, f):
    """(1 - p) / p of the softmax probability p of class y, in mpmath, for the `exact` of a loss."""
    return sum(mp.exp(z - f[y]) for j, z in enumerate(f) if j != y)


class SoftmaxCrossEntropy(OfSurprise):
    """Softmax cross-entropy of a row of logits: minus the log-probability of the true class.

    With one logit z a class and the class y the loss is log(sum of exp(z)) - z[y], in nats. Adding
    the same number to all logits changes nothing, so its best logits are the log-probabilities of
    the classes up to one constant, and softmax gives the probabilities back. The
    loss of a confident wrong row grows linearly with the logit, without bound.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("softmax_cross_entropy").value([0], [[0.0, 1000.0, 0.0]])
    1000.0
    """

    name = "softmax_cross_entropy"
    title = "Softmax cross-entropy"
    aliases = (
        "cross_entropy",
        "CrossEntropyLoss",
        "SparseCategoricalCrossentropy",
        "softmax_cross_entropy_with_integer_labels",
        "HalfMultinomialLoss",
        "multinomial_logistic",
    )
    formula = r"\log \sum_k e^{z_k} - z_y"
    reference = "bridle1990"
    use_when = "one of several classes is right, and the probabilities will be used"
    avoid_when = "many labels are wrong, or several classes can be right at once"
    peers = {
        "torch": "CrossEntropyLoss",
        "optax": "softmax_cross_entropy_with_integer_labels",
        "keras": "SparseCategoricalCrossentropy(from_logits=True)",
        "sklearn": "HalfMultinomialLoss",
        "xgboost": "multi:softprob",
        "lightgbm": "multiclass",
    }
    style = style("blue", "solid")
    claims = Claims(
        convex=True,
        nonnegative=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def of_surprise(u, own, rest):
        return u, 1.0

    def exact(mp, y, f):
        return mp.log1p(odds_against(mp, y, f))
