"""Cross-entropies that correct labels: by known rates of error, or by the model's own opinion."""

import numpy as np

from losslab.arithmetic.softmax import others_of, softmax_parts
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import exp_between, log1p, two_sum_error
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter, Vector
from losslab.losses.classes.softmax import odds_against
from losslab.losses.kinds.rowwise import Rowwise

EXAMPLE = (
    (0.7, 0.15, 0.1, 0.05),
    (0.0, 0.8, 0.2, 0.0),
    (0.05, 0.02, 0.9, 0.03),
    (0.1, 0.25, 0.05, 0.6),
)


def square_of(flat):
    """The matrix of a flat tuple."""
    k = round(len(flat) ** 0.5)
    return np.array(flat).reshape(k, k)


def check_transition(flat):
    """Rows are distributions over the observed label, one for each true class."""
    sums = square_of(flat).sum(axis=1)
    if np.abs(sums - 1.0).max() > 1e-6:
        worst = float(sums[np.argmax(np.abs(sums - 1.0))])
        raise ValueError(f"each row of transition must sum to 1, got a row that sums to {worst:g}")


def check_invertible(flat):
    check_transition(flat)
    if inverse_of(flat) is None:
        raise ValueError("transition must be invertible, got a singular matrix")


def no_noise(flat):
    """Whether every label is observed as it is: then the correction is none."""
    return bool((square_of(flat) == np.eye(round(len(flat) ** 0.5))).all())


def inverse_of(flat):
    """The inverse by Gauss-Jordan elimination, in the same steps everywhere; None if singular."""
    a = square_of(flat)
    k = len(a)
    a = np.hstack([a, np.eye(k)])
    for i in range(k):
        at = i + int(np.argmax(np.abs(a[i:, i])))
        if abs(a[at, i]) < 1e-9:
            return None
        a[[i, at]] = a[[at, i]]
        a[i] /= a[i, i]
        for j in range(k):
            if j != i:
                a[j] -= a[j, i] * a[i]
    return a[:, k:]


def transition(check):
    return Vector(
        doc="chance of observing each label (columns) for each true class (rows)",
        example=EXAMPLE,
        least=0.0,
        most=1.0,
        square=True,
        check=check,
    )


UNIT = 2.0**-200  # in which sums of huge logits are finite


class ForwardCorrection(Rowwise):
    """Cross-entropy with observed labels whose rates of error are known: forward correction.

    Row i of `transition` says how class i gets labelled. The softmax probabilities are sent
    through it, and the loss is minus the logarithm of what comes out for the observed label, in
    nats. If the matrix is right and invertible, the best softmax is the truth about the clean
    classes. A label that no class can get under the matrix costs infinity.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("forward_correction", transition=[[0.8, 0.2], [0.2, 0.8]])
    >>> round(loss.value([1], [[800.0, 0.0]]), 4)  # -log(0.2), where cross-entropy has 800
    1.6094
    """

    name = "forward_correction"
    title = "Forward noise correction"
    aliases = ("ForwardCorrectedCrossEntropy",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\log \sum_i M_{i y} \, p_i,\quad p = \operatorname{softmax}(z)"
    reference = "patrini2017"
    use_when = "Labels are wrong at rates that are known or can be estimated."
    avoid_when = "The rates are guesses: a wrong matrix moves the best probabilities."
    transition = transition(check_transition)
    accuracy = {
        "value": Bound(16.0, "two logarithms cancel where the label is nearly certain", of="row"),
        "gradient": Bound(16.0, "two probabilities cancel", of="row"),
    }
    claims = Claims(
        convex=lambda transition: no_noise(transition),
        nonnegative=True,
        proper=lambda transition: no_noise(transition),
    )

    def row_at(y, f, g, s, k, transition):
        label = int(y[0])
        at, rest = softmax_parts(f, g, k)
        inverse = 1.0 / (1.0 + rest)
        # The classes that may have got this label, relative to the largest logit among them.
        best = -np.inf
        for i in range(k):
            best = f[i] if (transition[i * k + label] > 0.0) & (f[i] > best) else best
        total = 0.0
        for i in range(k):
            x = f[i] - best
            chance = transition[i * k + label]
            s[i] = 0.0 if chance == 0.0 else chance * exp_between(x, two_sum_error(f[i], -best, x))
            total += s[i]
        possible = total > 0.0
        share = 1.0 / total if possible else 0.0
        below = 0.0
        for j in range(k):
            g[j] = g[j] * inverse - s[j] * share
            below += 0.0 if j == at else g[j]
        # From the other columns: both terms may be nearly 1.
        g[at] = -below
        value = (f[at] - best) + (log1p(rest) - log1p(total - 1.0))
        value = 0.0 if value < 0.0 else value
        return value if possible else np.inf

    def exact(mp, y, f, transition):
        k = len(f)
        top = max(f)
        e = [mp.exp(z - top) for z in f]
        total = sum(transition[i * k + y] * e[i] for i in range(k))
        return mp.log(sum(e)) - mp.log(total)


class BackwardCorrection(Rowwise):
    """Cross-entropy with observed labels whose rates of error are known: backward correction.

    The losses of all classes are combined by the row of the inverse of `transition` that belongs
    to the observed label: its mean over the errors is the cross-entropy of the clean label, for
    any logits. So the best softmax is the truth about the clean classes. Single terms
    can be negative and large, more so the nearer the matrix is to a singular one, and a
    flexible model can drive them to minus infinity. It adds up the surprises of all classes, so
    none can be left out by a logit of -infinity.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("backward_correction", transition=[[0.8, 0.2], [0.2, 0.8]])
    >>> round(loss.value([1], [[-30.0, 0.0]]), 4)
    -10.0
    """

    name = "backward_correction"
    title = "Backward noise correction"
    aliases = ("BackwardCorrectedCrossEntropy",)
    family = "classification"
    target = "class"
    prediction = "finite"
    no_masked_class = (
        "it adds up the surprises of all classes, and that of an impossible one is infinite"
    )
    outputs = "classes"
    formula = r"-\sum_k (M^{-1})_{y k} \log p_k,\quad p = \operatorname{softmax}(z)"
    reference = "patrini2017"
    use_when = "The rates of wrong labels are known and an unbiased loss is needed."
    avoid_when = "The model can fit every row: single terms have no lower end."
    transition = transition(check_invertible)
    accuracy = {
        "value": Bound(
            64.0, "a sum of terms of both signs, with an inverse that is rounded", of="row"
        ),
        "gradient": Bound(64.0, "probabilities cancel, and the inverse is rounded", of="row"),
    }
    claims = Claims(
        convex=True,
        nonnegative=lambda transition: no_noise(transition),
        bounded=None,
        proper=lambda transition: no_noise(transition),
    )

    def __init__(self, **parameters):
        super().__init__(**parameters)
        # The kernel gets the inverse: it would cost more than the loss to find it for each row.
        self._vectors = (np.ascontiguousarray(inverse_of(self._vectors[0])).ravel(),)

    def row_at(y, f, g, s, k, transition):
        first = int(y[0]) * k
        at, rest = softmax_parts(f, g, k)
        inverse = 1.0 / (1.0 + rest)
        log_whole = log1p(rest)
        value = 0.0
        mass = 0.0
        for j in range(k):
            weight = transition[first + j]
            value += weight * ((f[at] - f[j]) + log_whole)
            mass += weight
        if not abs(value) < np.inf:  # parts of both signs, larger than their sum
            value = 0.0
            for j in range(k):
                gap = (f[at] * UNIT - f[j] * UNIT) + log_whole * UNIT
                value += transition[first + j] * gap
            value /= UNIT
        for j in range(k):
            g[j] = mass * (g[j] * inverse) - transition[first + j]
        return value

    def exact(mp, y, f, transition):
        k = len(f)
        rows = [[transition[i * k + j] for j in range(k)] for i in range(k)]
        weights = mp.inverse(mp.matrix(rows))
        return sum(weights[y, j] * mp.log1p(odds_against(mp, j, f)) for j in range(k))


class BootstrappingSoft(Rowwise):
    """Soft bootstrapping: cross-entropy against a mix of the label and the model's own softmax.

    With beta the share of the label it is beta times cross-entropy plus 1 - beta times the entropy
    of the softmax, in nats; the gradient is that of this formula. Where an implementation
    holds the mixed-in softmax fixed, the gradient is only that of beta times cross-entropy.
    The best probabilities are sharper than the truth.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("bootstrapping_soft", beta=0.9).value([0], [[-10.0, 10.0]]), 3)
    18.0
    """

    name = "bootstrapping_soft"
    title = "Soft bootstrapping"
    aliases = ("SoftBootstrappingLoss",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\sum_k (\beta [k = y] + (1 - \beta) p_k) \log p_k"
    reference = "reed2015"
    use_when = "A model that is mostly right is trained on with some wrong labels."
    avoid_when = "Training starts from nothing, or the probabilities will be used as they are."
    beta = Parameter(
        0.95, least=0.0, most=1.0, doc="share of the label, a fraction", slider=(0.5, 0.95)
    )
    accuracy = {
        "value": Bound(5.0, "a sum of products of rounded logarithms"),
        "gradient": Bound(16.0, "its two terms cancel", of="row"),
    }
    claims = Claims(nonnegative=True, zero_if_perfect=True, proper=lambda beta: beta == 1.0)

    def row_at(y, f, g, s, k, beta):
        label = int(y[0])
        at, rest = softmax_parts(f, g, k)
        log_whole = log1p(rest)
        inverse = 1.0 / (1.0 + rest)
        others = others_of(g, at, rest, label) * inverse
        for j in range(k):
            g[j] = g[j] * inverse
            gap_j = f[at] - f[j]
            s[j] = gap_j if gap_j < 1e308 else 1e308  # times a probability of 0 it is 0
            s[k + j] = g[j] * s[j]
        gap = row_sum(s, k, k)
        own = g[label]
        surplus = beta * (f[at] - f[label]) if beta > 0.0 else 0.0
        # -log p exceeds the entropy by what the gap to the top exceeds its mean.
        for j in range(k):
            g[j] = g[j] * (beta + (1.0 - beta) * (s[j] - gap))
        g[label] = (1.0 - beta) * (own * (s[label] - gap)) - beta * others
        return log_whole + (surplus + (1.0 - beta) * gap)

    def exact(mp, y, f, beta):
        total = mp.mpf(0)
        for j in range(len(f)):
            odds = odds_against(mp, j, f)
            total += (beta * (j == y) + (1 - beta) / (1 + odds)) * mp.log1p(odds)
        return total


class BootstrappingHard(Rowwise):
    """Hard bootstrapping: cross-entropy against a mix of the label and the likeliest class.

    With beta the share of the label it is beta times its cross-entropy plus 1 - beta times that of
    the class with the largest logit. Where two classes share the largest logit the slope jumps.
    A row that the model is sure to be mislabelled still costs beta times its surprise.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("bootstrapping_hard", beta=0.75)
    >>> loss.gradient([0], [[-10.0, 10.0]]).round(3)
    array([[-0.75,  0.75]])
    """

    name = "bootstrapping_hard"
    title = "Hard bootstrapping"
    aliases = ("HardBootstrappingLoss",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\beta \log p_y - (1 - \beta) \max_k \log p_k"
    reference = "reed2015"
    use_when = "A model that is mostly right is trained on with some wrong labels."
    avoid_when = "Training starts from nothing, or the probabilities will be used as they are."
    beta = Parameter(
        0.8, least=0.0, most=1.0, doc="share of the label, a fraction", slider=(0.5, 0.95)
    )
    accuracy = {
        "value": Bound(4.0, "two products of rounded logarithms"),
        "gradient": Bound(8.0, "a probability minus the label and the likeliest class", of="row"),
    }
    claims = Claims(
        convex=lambda beta: beta == 1.0,
        differentiable=lambda beta: beta == 1.0,
        nonnegative=True,
        zero_if_perfect=True,
        proper=lambda beta: beta == 1.0,
    )

    def row_at(y, f, g, s, k, beta):
        label = int(y[0])
        at, rest = softmax_parts(f, g, k)
        inverse = 1.0 / (1.0 + rest)
        others = others_of(g, at, rest, label) * inverse
        log_whole = log1p(rest)
        for j in range(k):
            g[j] = g[j] * inverse
        g[at] = -(rest * inverse) if label == at else beta - rest * inverse
        g[label] = -others if label == at else (1.0 - beta) - others
        return log_whole + (beta * (f[at] - f[label]) if beta > 0.0 else 0.0)

    def exact(mp, y, f, beta):
        u = [mp.log1p(odds_against(mp, j, f)) for j in range(len(f))]
        return beta * u[y] + (1 - beta) * min(u)
