"""Losses of logits for classes of very different frequency: shifted, stretched and weighted."""

from losslab.arithmetic.pairs import exp_pair, log_ratio, times_number
from losslab.arithmetic.softmax import (
    parts_of_pairs,
    softmax_parts,
    softmax_second,
    surprise,
    surprise_of_pairs,
)
from losslab.arithmetic.vmath import expm1, log, log_parts, two_product_error, two_sum_error
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import Peer
from losslab.losses.classes.softmax import THREE_ROUNDINGS, odds_against
from losslab.losses.kinds.prepared import Prepared
from losslab.losses.kinds.row_loops import first_constant
from losslab.losses.kinds.rowwise import Rowwise

WEIGHTED = "a weight, a probability and their product are each rounded"


def class_counts():
    return Vector(
        doc="samples of each class in the training data, or their frequencies",
        example=(500.0, 120.0, 40.0, 5.0),
        above=0.0,
    )


def add_shift(s, k, j, shift, shift_lo):
    """s[j] + s[k + j] += shift + shift_lo."""
    x = s[j] + shift
    s[k + j] += two_sum_error(s[j], shift, x) + shift_lo
    s[j] = x


def prepare_shifts(s, c, k, counts, tau):
    """s[c + j] + s[c + k + j] = tau log(counts[j])."""
    for j in range(k):
        hi, lo = log_parts(counts[j])
        shift = tau * hi
        s[c + j] = shift
        s[c + k + j] = two_product_error(tau, hi, shift) + tau * lo
    return 0


def adjusted(f, s, k):
    """s[j] + s[k + j] = f[j] plus what `prepare_shifts` wrote behind."""
    c = first_constant(k)
    for j in range(k):
        shift = s[c + j]
        x = f[j] + shift
        s[j] = x
        s[k + j] = two_sum_error(f[j], shift, x) + s[c + k + j]


def weight_by_count(count, beta):
    """One over the effective number of `count` samples."""
    return (1.0 - beta) / -expm1(count * log(beta))


def stretched(f, s, k):
    """As `adjusted`, f[j] times the stretch that stands behind the shifts."""
    c = first_constant(k)
    for j in range(k):
        stretch = s[c + 2 * k + j]
        x = stretch * f[j]
        shift = s[c + j]
        z = x + shift
        lost = two_product_error(stretch, f[j], x) + s[c + 3 * k + j] * f[j]
        s[j] = z
        s[k + j] = lost + (two_sum_error(x, shift, z) + s[c + k + j])


def adjusted_second(f, d, h, t, s, k):
    """Second derivatives of cross-entropy of the logits that `adjusted` makes."""
    adjusted(f, s, k)
    at, rest = parts_of_pairs(s, h, k)
    for j in range(k):
        s[j] = h[j]
    return softmax_second(s, k, at, rest, 1.0, d, h, t)


class WeightedCrossEntropy(Rowwise):
    """Softmax cross-entropy times a weight of the true class.

    The best probabilities are the true ones times the weights, made to sum to 1 again: dividing
    them by the weights undoes it, those of a fitted model only nearly. A mean here divides by
    the number of rows (or the sum of `sample_weight`); PyTorch's divides by the sum of the class
    weights met.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("weighted_cross_entropy", class_weights=[1.0, 10.0])
    >>> loss.value([0, 1], [[0.0, 0.0], [0.0, 0.0]], reduction="none").round(3)
    array([0.693, 6.931])
    """

    name = "weighted_cross_entropy"
    title = "Class-weighted cross-entropy"
    aliases = ("cost_weighted_cross_entropy",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-w_y \log p_y"
    reference = "elkan2001"
    use_when = "An error in one class costs more than in another."
    avoid_when = "The probabilities will be used as they are."
    peers = (
        Peer(
            "torch.nn.CrossEntropyLoss",
            call='weight = torch.tensor(class_weights, dtype=f.dtype)\ntorch.nn.CrossEntropyLoss(weight, reduction="none")(f, y.long()).mean()',
            parameters={"weight": "class_weights"},
            owner=False,
            says="its own mean divides by the weights of the classes that were met",
        ),
        Peer(
            "sklearn.linear_model.SGDClassifier(loss='log_loss')",
            owner=False,
            parameters={"class_weight": "class_weights"},
        ),
    )
    class_weights = Vector(
        doc="weight of each class, a pure number", example=(1.0, 2.0, 5.0, 20.0), above=0.0
    )
    accuracy = {
        "value": Bound(3.0, WEIGHTED),
        "gradient": Bound(3.0, WEIGHTED),
        "curvature": Bound(5.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda class_weights: 2.0**0.5 * max(class_weights),
        proper=lambda class_weights: len(set(class_weights)) == 1,
        calibrated=lambda class_weights: len(set(class_weights)) == 1,
    )

    def row_at(y, f, g, s, k, class_weights):
        label = int(y[0])
        u = surprise(f, g, k, label)
        weight = class_weights[label]
        for j in range(k):
            g[j] = g[j] * weight
        return u * weight

    def row_second_at(y, f, d, h, t, s, k, class_weights):
        at, rest = softmax_parts(f, s, k)
        return softmax_second(s, k, at, rest, class_weights[int(y[0])], d, h, t)

    def exact(mp, y, f, class_weights):
        return class_weights[y] * mp.log1p(odds_against(mp, y, f))


class ClassBalancedCrossEntropy(Rowwise):
    """Cross-entropy weighted by one over the effective number of samples of the class.

    The weight of a class of n samples is (1 - beta) / (1 - beta**n): 1 for a single sample,
    1 - beta for very many, about 1 / n between. It moves the best probabilities as any
    weight of classes does. The paper also scales the weights to sum to the number of classes;
    here they are left as they are, which is the same up to one factor.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("class_balanced_cross_entropy", counts=[1000, 1], beta=0.9)
    >>> loss.value([0, 1], [[0.0, 0.0], [0.0, 0.0]], reduction="none").round(4)
    array([0.0693, 0.6931])
    """

    name = "class_balanced_cross_entropy"
    title = "Class-balanced cross-entropy"
    aliases = ("ClassBalancedLoss",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\frac{1 - \beta}{1 - \beta^{n_y}} \log p_y"
    reference = "cui2019"
    use_when = "Classes are rare, and samples of one class repeat each other."
    avoid_when = "The probabilities will be used as they are."
    counts = class_counts()
    beta = Parameter(
        0.999,
        least=0.0,
        below=1.0,
        doc="from no weighting (0) to one over the count (near 1), a fraction",
        slider=(0.9, 0.9999),
    )
    accuracy = {
        "value": Bound(5.0, WEIGHTED),
        "gradient": Bound(5.0, WEIGHTED),
        "curvature": Bound(6.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=lambda counts, beta: beta == 0.0 or len(set(counts)) == 1,
        calibrated=lambda counts, beta: beta == 0.0 or len(set(counts)) == 1,
    )

    def row_at(y, f, g, s, k, counts, beta):
        label = int(y[0])
        u = surprise(f, g, k, label)
        weight = weight_by_count(counts[label], beta)
        for j in range(k):
            g[j] = g[j] * weight
        return u * weight

    def row_second_at(y, f, d, h, t, s, k, counts, beta):
        at, rest = softmax_parts(f, s, k)
        return softmax_second(s, k, at, rest, weight_by_count(counts[int(y[0])], beta), d, h, t)

    def exact(mp, y, f, counts, beta):
        weight = (1 - mp.mpf(beta)) / (1 - mp.mpf(beta) ** counts[y])
        return weight * mp.log1p(odds_against(mp, y, f))


class LogitAdjustment(Prepared):
    """Cross-entropy of logits to which tau times the log-frequency of each class is added.

    With tau = 1 the model's own logits, without the addition, are best for the mean of the
    errors within each class: their softmax is that of a world where all classes are alike
    frequent. Adding the log-frequencies again gives the chances in the data. Only ratios of the
    counts matter; a class that was never seen needs a small number in place of 0.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("logit_adjustment", counts=[900, 100])
    >>> loss.value([0, 1], [[0.0, 0.0], [0.0, 0.0]], reduction="none").round(4)
    array([0.1054, 2.3026])
    """

    name = "logit_adjustment"
    title = "Logit adjustment"
    aliases = ("LogitAdjustedLoss", "logit_adjusted_softmax")
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\log \operatorname{softmax}(z + \tau \log \pi)_y"
    reference = "menon2021"
    use_when = "Classes are of very different frequency and the rare ones count as much."
    avoid_when = "The data to come have the frequencies of the data at hand."
    counts = class_counts()
    tau = Parameter(
        1.0,
        least=0.0,
        most=100.0,
        doc="how much of the log-frequency is added, a pure number",
        slider=(0.25, 2.0),
    )
    accuracy = {
        "value": Bound(3.0, "a shift and a logarithm are each rounded"),
        "curvature": Bound(5.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda counts, tau: 2.0**0.5,
        proper=lambda counts, tau: tau == 0.0 or len(set(counts)) == 1,
        calibrated=lambda counts, tau: tau == 0.0 or len(set(counts)) == 1,
    )

    def prepare_at(s, k, counts, tau):
        return prepare_shifts(s, first_constant(k), k, counts, tau)

    def row_at(y, f, g, s, k, counts, tau):
        adjusted(f, s, k)
        return surprise_of_pairs(s, g, k, int(y[0]))

    def row_second_at(y, f, d, h, t, s, k, counts, tau):
        return adjusted_second(f, d, h, t, s, k)

    def exact(mp, y, f, counts, tau):
        shifted = [z + tau * mp.log(n) for z, n in zip(f, counts, strict=True)]
        return mp.log1p(odds_against(mp, y, shifted))


class BalancedSoftmax(Prepared):
    """Balanced softmax: cross-entropy with every exponential times the count of its class.

    It is `logit_adjustment` with tau = 1: the model's own softmax is fitted to a world where all
    classes are alike frequent, while the counts carry the frequencies of the data. Used with data
    that are resampled to balance already, it corrects twice.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("balanced_softmax", counts=[3, 1])
    >>> loss.value([1], [[0.0, 0.0]])  # log(4)
    1.3862943611198906
    """

    name = "balanced_softmax"
    title = "Balanced softmax"
    aliases = ("BalancedSoftmaxLoss",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\log \frac{n_y e^{z_y}}{\sum_k n_k e^{z_k}}"
    reference = "ren2020"
    use_when = "Classes are of very different frequency and the rare ones count as much."
    avoid_when = "The data are resampled to balance, or keep their frequencies in use."
    counts = class_counts()
    accuracy = {
        "value": Bound(3.0, "a shift and a logarithm are each rounded"),
        "curvature": Bound(5.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda counts: 2.0**0.5,
        proper=lambda counts: len(set(counts)) == 1,
        calibrated=lambda counts: len(set(counts)) == 1,
    )

    def prepare_at(s, k, counts):
        return prepare_shifts(s, first_constant(k), k, counts, 1.0)

    def row_at(y, f, g, s, k, counts):
        adjusted(f, s, k)
        return surprise_of_pairs(s, g, k, int(y[0]))

    def row_second_at(y, f, d, h, t, s, k, counts):
        return adjusted_second(f, d, h, t, s, k)

    def exact(mp, y, f, counts):
        shifted = [z + mp.log(n) for z, n in zip(f, counts, strict=True)]
        return mp.log1p(odds_against(mp, y, shifted))


class VectorScaling(Prepared):
    """Vector-scaling loss: cross-entropy of logits stretched and shifted by class frequency.

    Class j with n samples gets the logit (n / n_max)**gamma z + tau log(n). With gamma = 0 it is
    `logit_adjustment`. Late in training, when all rows are fitted, the shift no longer matters
    and only the stretch, which asks for larger margins of rare classes, does. Weights of classes,
    which the paper allows too, are `sample_weight` here.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("vector_scaling", counts=[100, 1], gamma=0.5, tau=0.0)
    >>> loss.gradient([1], [[0.0, 0.0]])
    array([[ 0.5 , -0.05]])
    """

    name = "vector_scaling"
    title = "Vector-scaling loss"
    aliases = ("VSLoss", "vs_loss")
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = (
        r"-\log \operatorname{softmax}(\Delta z + \tau \log \pi)_y,\quad "
        r"\Delta_k = (n_k / n_{\max})^\gamma"
    )
    reference = "kini2021"
    use_when = "A large model fits all training rows and rare classes must keep a margin."
    avoid_when = "The probabilities will be used as they are."
    counts = class_counts()
    gamma = Parameter(
        0.3,
        least=0.0,
        most=1.0,
        doc="how strongly logits of rare classes are shrunk, a pure number",
        slider=(0.05, 0.5),
    )
    tau = Parameter(
        1.0,
        least=0.0,
        most=100.0,
        doc="how much of the log-frequency is added, a pure number",
        slider=(0.25, 2.0),
    )
    accuracy = {
        "value": Bound(3.0, "a stretch, a shift and a logarithm are each rounded"),
        "gradient": Bound(4.0, "a stretch and a probability are each rounded"),
        "curvature": Bound(6.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=lambda counts, gamma, tau: gamma == tau == 0.0 or len(set(counts)) == 1,
    )

    def prepare_at(s, k, counts, gamma, tau):
        largest_count = 0.0
        for j in range(k):
            largest_count = max(largest_count, counts[j])
        c = first_constant(k)
        prepare_shifts(s, c, k, counts, tau)
        for j in range(k):
            # As a pair, because what it multiplies may be large.
            stretch = exp_pair(times_number(log_ratio(counts[j], largest_count), gamma))
            s[c + 2 * k + j] = stretch[0]
            s[c + 3 * k + j] = stretch[1]
        return 0

    def row_at(y, f, g, s, k, counts, gamma, tau):
        stretched(f, s, k)
        value = surprise_of_pairs(s, g, k, int(y[0]))
        stretches = first_constant(k) + 2 * k
        for j in range(k):
            g[j] = g[j] * s[stretches + j]
        return value

    def row_second_at(y, f, d, h, t, s, k, counts, gamma, tau):
        stretched(f, s, k)
        at, rest = parts_of_pairs(s, h, k)
        stretches = first_constant(k) + 2 * k
        for j in range(k):
            s[j] = h[j]
            f[j] = d[j] * s[stretches + j]  # the row itself has served
        softmax_second(s, k, at, rest, 1.0, f, h, t)
        for j in range(k):
            stretch = s[stretches + j]
            h[j] = h[j] * stretch
            t[j] = (t[j] * stretch) * stretch
        return 0

    def exact(mp, y, f, counts, gamma, tau):
        top = max(counts)
        moved = [
            (n / top) ** mp.mpf(gamma) * z + tau * mp.log(n) for z, n in zip(f, counts, strict=True)
        ]
        return mp.log1p(odds_against(mp, y, moved))
