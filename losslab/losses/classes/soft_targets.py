"""Cross-entropies with a target that is a distribution, smoothed, tempered or a teacher's."""

import numpy as np

from losslab.arithmetic.softmax import largest, others_of, softmax_parts, softmax_second, sum_beside
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import (
    exp_between,
    expm1,
    expm1_minus,
    log1p,
    quotient_error,
    two_sum_error,
)
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.classes.softmax import THREE_ROUNDINGS, odds_against
from losslab.losses.kinds.rowwise import Rowwise

ROUNDING = "a probability minus a target cancels; each is rounded"


def tempered_parts(f, g, k, temperature):
    """As `softmax_parts`, for logits divided by a temperature."""
    at = largest(f, k)
    for j in range(k):
        gap = f[j] - f[at]
        x = gap / temperature
        gap_lo = two_sum_error(f[j], -f[at], gap)
        g[j] = exp_between(x, quotient_error(gap, gap_lo, temperature, 0.0, x))
    return at, sum_beside(g, k, at)


def close_rows(s, g, k):
    """log(sum of q e**d) - sum of q d for q = s[:k] and d = s[k : 2 k] of mean nearly 0 under q.

    g[j] becomes q_j (e**d_j / sum of q e**d - 1). Nothing is lost where all d are small and the
    result is of their order squared.
    """
    for j in range(k):
        g[j] = s[j] * s[k + j]
    mean = row_sum(g, 0, k)
    for j in range(k):
        g[j] = s[j] * expm1_minus(s[k + j], 0.0)
    bend = row_sum(g, 0, k)
    excess = mean + bend
    inverse = 1.0 / (1.0 + excess)
    for j in range(k):
        g[j] = s[j] * ((expm1(s[k + j]) - excess) * inverse)
    # The mean is of the size of a rounding: it counts beside 1, not beside the bend.
    return log1p(bend)


class SoftCrossEntropy(Rowwise):
    """Cross-entropy of a row of logits against a row of target probabilities, in nats.

    It is minus the sum of target times log-probability, with softmax probabilities. The best
    logits are the logarithms of the target up to one constant, and there it costs the target's
    entropy, not 0. Targets must be probabilities: one-hot rows do, rows of labels that may all
    be 1 do not. Optax and Keras (with from_logits=True) agree with it; they do not check that a
    target sums to 1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("soft_cross_entropy").value([[0.25, 0.75]], [[0.0, 0.0]])
    0.6931471805599453
    """

    name = "soft_cross_entropy"
    title = "Cross-entropy with soft targets"
    family = "classification"
    target = "distribution"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\sum_k t_k \log p_k,\quad p = \operatorname{softmax}(z)"
    reference = "bridle1990"
    use_when = "The target of a row is a distribution: votes of several judges, mixed samples."
    avoid_when = "One class is right for sure: class numbers are faster and smaller."
    peers = (
        Peer("torch.nn.CrossEntropyLoss", owner=False, says="of rows of probabilities"),
        Peer(
            "optax.losses.softmax_cross_entropy", says="our softmax_cross_entropy takes the class"
        ),
        Peer(
            "keras.losses.CategoricalCrossentropy",
            options="from_logits=True",
            says="it takes probabilities unless from_logits=True",
            parameters={"label_smoothing": "label_smoothing(epsilon=…), whose targets are classes"},
            also=("keras.losses.categorical_crossentropy",),
        ),
        Peer("timm.loss.SoftTargetCrossEntropy"),
    )
    accuracy = {
        "value": Bound(3.0, "a sum of products of rounded logarithms"),
        "gradient": Bound(16.0, ROUNDING, of="row"),
        "curvature": Bound(5.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=False,
        bounded=None,
        lipschitz=2.0**0.5,
        proper=True,
        zero_only_at_truth=False,
    )

    def row_at(y, f, g, s, k):
        at, rest = softmax_parts(f, g, k)
        log_whole = log1p(rest)
        for j in range(k):
            u = (f[at] - f[j]) + log_whole
            s[j] = y[j] * u if y[j] > 0.0 else 0.0
            s[k + j] = y[j]
        s[k + at] = 0.0
        others = row_sum(s, k, k)
        inverse = (others + y[at]) / (1.0 + rest)
        for j in range(k):
            g[j] = g[j] * inverse - y[j]
        # From what the other columns have, if probability and target may both be nearly 1.
        g[at] = others - rest * inverse if rest < 1.0 else g[at]
        return row_sum(s, 0, k)

    def row_second_at(y, f, d, h, t, s, k):
        at, rest = softmax_parts(f, s, k)
        return softmax_second(s, k, at, rest, row_sum(y, 0, k), d, h, t)

    def exact(mp, y, f):
        u = [mp.log1p(odds_against(mp, j, f)) for j in range(len(f))]
        return sum(t * v for t, v in zip(y, u, strict=True) if t != 0)


class LabelSmoothing(Rowwise):
    """Cross-entropy with a smoothed label: a share epsilon of the target goes to all classes alike.

    The label gets 1 - epsilon + epsilon / k, each other of the k classes epsilon / k. No logit
    is driven to infinity, and the best probabilities are (1 - epsilon) times the true ones plus
    epsilon / k: flatter than the truth (0.7 against 0.3 becomes 0.68 with 0.1), in a known way. It
    is the `label_smoothing` of PyTorch and Keras and `smooth_labels` of Optax. A class that is not
    offered (a logit of -infinity) has its share too, so it costs infinity, as in PyTorch.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("label_smoothing", epsilon=0.2).gradient([0], [[0.0, 0.0]])
    array([[-0.4,  0.4]])
    """

    name = "label_smoothing"
    title = "Label-smoothed cross-entropy"
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-(1 - \varepsilon) \log p_y - \frac{\varepsilon}{K} \sum_k \log p_k"
    reference = "szegedy2016"
    use_when = "A large model grows over-confident, or logits must stay finite."
    avoid_when = "The probabilities will be used as they are, or the model will teach another."
    peers = (
        Peer(
            "torch.nn.CrossEntropyLoss",
            y="y.long()",
            parameters={"label_smoothing": "epsilon"},
            defaults={"epsilon": 0.0},
            owner=False,
        ),
        Peer(
            "optax.losses.smooth_labels",
            call="rows = optax.losses.smooth_labels(jax.nn.one_hot(y.astype(int), f.shape[1]), epsilon)\noptax.losses.softmax_cross_entropy(f, rows).mean()",
            parameters={"alpha": "epsilon"},
            says="it smooths one-hot rows, which then go into its cross-entropy",
        ),
        Peer(
            "keras.losses.CategoricalCrossentropy",
            y='keras.ops.one_hot(keras.ops.cast(y, "int32"), f.shape[1])',
            options="from_logits=True",
            parameters={"label_smoothing": "epsilon"},
            defaults={"epsilon": 0.0},
            owner=False,
            says="it takes one-hot rows",
        ),
        Peer("timm.loss.LabelSmoothingCrossEntropy", parameters={"smoothing": "epsilon"}),
    )
    epsilon = Parameter(
        0.1,
        least=0.0,
        most=1.0,
        doc="share of the target that all classes get alike, a fraction",
        slider=(0.01, 0.5),
    )
    accuracy = {
        "value": Bound(4.0, "a sum of products of rounded logarithms"),
        "gradient": Bound(16.0, ROUNDING, of="row"),
        "curvature": Bound(5.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=lambda epsilon: epsilon == 0.0,
        bounded=None,
        proper=lambda epsilon: epsilon == 0.0,
        calibrated=lambda epsilon: epsilon < 1.0,
    )

    def row_at(y, f, g, s, k, epsilon):
        label = int(y[0])
        at, rest = softmax_parts(f, g, k)
        share = epsilon / k
        inverse = 1.0 / (1.0 + rest)
        for j in range(k):
            s[j] = share * (f[at] - f[j])
        log_whole = log1p(rest)
        others = rest * inverse if label == at else 1.0 - g[label] * inverse
        spread = 0.0 if epsilon == 0.0 else row_sum(s, 0, k)
        if epsilon > 0.5:
            # Around 1 / k, for equal logits are the best if epsilon is 1: there nothing may cancel.
            for j in range(k):
                g[j] = expm1(f[j] - f[at])
                s[j] = g[j] / k
            mean = row_sum(s, 0, k)
            for j in range(k):
                g[j] = (g[j] - mean) * inverse + (1.0 - epsilon) / k
            g[label] -= 1.0 - epsilon
        else:
            for j in range(k):
                g[j] = g[j] * inverse - share
            g[label] = epsilon - share - others
        own = 0.0 if epsilon == 1.0 else (1.0 - epsilon) * (f[at] - f[label])
        return log_whole + (own + spread)

    def row_second_at(y, f, d, h, t, s, k, epsilon):
        at, rest = softmax_parts(f, s, k)
        return softmax_second(s, k, at, rest, 1.0, d, h, t)

    def exact(mp, y, f, epsilon):
        u = [mp.log1p(odds_against(mp, j, f)) for j in range(len(f))]
        return (1 - epsilon) * u[y] + epsilon * sum(u) / len(u)


class TemperatureCrossEntropy(Rowwise):
    """Cross-entropy of logits divided by a temperature.

    Fitted to the logits of a finished model on fresh data, the best temperature mends
    over-confidence (above 1) or its opposite without changing a decision. In training it only
    rescales the logits, and their gradient by 1 / temperature.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("temperature_cross_entropy", temperature=2.0)
    >>> loss.value([0], [[0.0, 4.0]]) == ll.get("softmax_cross_entropy").value([0], [[0.0, 2.0]])
    True
    """

    name = "temperature_cross_entropy"
    title = "Cross-entropy with a temperature"
    aliases = ("temperature_scaling",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = r"-\log \operatorname{softmax}(z / T)_y"
    reference = "guo2017"
    use_when = "A finished classifier is calibrated on fresh data, or logits are bounded cosines."
    avoid_when = "The logits are free in training: the model undoes any temperature."
    temperature = Parameter(
        1.0,
        least=0.01,
        most=100.0,
        doc="what the logits are divided by, a pure number",
        slider=(0.25, 5.0, "log"),
    )
    accuracy = {
        "gradient": Bound(3.0, "a probability and a quotient are each rounded"),
        "curvature": Bound(5.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda temperature: 2.0**0.5 / temperature,
        calibrated=True,
        proper=lambda temperature: temperature == 1.0,
    )

    def row_at(y, f, g, s, k, temperature):
        label = int(y[0])
        at, rest = tempered_parts(f, g, k, temperature)
        whole = 1.0 + rest
        others = others_of(g, at, rest, label)
        inverse = 1.0 / (whole * temperature)
        for j in range(k):
            g[j] = g[j] * inverse
        g[label] = -others * inverse
        gap = f[at] - f[label]
        far = f[at] / temperature - f[label] / temperature  # where the difference overflows
        return (gap / temperature if gap < np.inf else far) + log1p(rest)

    def row_second_at(y, f, d, h, t, s, k, temperature):
        at, rest = tempered_parts(f, s, k, temperature)
        return softmax_second(s, k, at, rest, 1.0 / (temperature * temperature), d, h, t)

    def exact(mp, y, f, temperature):
        return mp.log1p(odds_against(mp, y, [z / temperature for z in f]))


class KnowledgeDistillation(Rowwise):
    """Distillation: T**2 times the KL divergence from a teacher's softened softmax to one's own.

    The target is the teacher's row of logits, the prediction one's own; both are divided by the
    temperature T first. The factor T**2 keeps the gradient of the same size at any temperature.
    It is 0 where both agree up to one constant. A class that is not offered has the logit -infinity
    in both rows. This is the soft part only: the common
    recipe adds a share of `softmax_cross_entropy` with the labels.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("knowledge_distillation", temperature=2.0)
    >>> loss.value([[3.0, 1.0], [0.0, 0.0]], [[2.0, 0.0], [2.0, 0.0]], reduction="none").round(3)
    array([0.  , 0.48])
    """

    name = "knowledge_distillation"
    title = "Knowledge distillation"
    aliases = ("distillation", "KDLoss")
    family = "classification"
    target = "logits"
    prediction = "logits"
    outputs = "classes"
    formula = (
        r"T^2 \sum_k q_k \log \frac{q_k}{p_k},\quad "
        r"q = \operatorname{softmax}(t / T),\ p = \operatorname{softmax}(z / T)"
    )
    reference = "hinton2015"
    use_when = "A small model is to copy a large one, classes nearly right included."
    avoid_when = "The teacher is wrong about the labels that matter."
    peers = (
        Peer(
            "torch.nn.KLDivLoss",
            call='student, teacher = (torch.log_softmax(z / temperature, dim=1) for z in (f, y))\ntemperature**2 * torch.nn.KLDivLoss(reduction="batchmean", log_target=True)(student, teacher)',
            owner=False,
            says="temperature and its square are left to the caller",
        ),
    )
    temperature = Parameter(
        2.0,
        least=0.01,
        most=100.0,
        doc="what both rows of logits are divided by, a pure number",
        slider=(1.0, 10.0, "log"),
    )
    accuracy = {
        "value": Bound(
            32.0, "where rows differ by much it is a sum of terms of both signs", of="row"
        ),
        "gradient": Bound(16.0, "the two probabilities cancel where the rows agree", of="row"),
        "curvature": Bound(5.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda temperature: 2.0**0.5 * temperature,
        zero_only_at_truth=True,
    )

    def row_at(y, f, g, s, k, temperature):
        own_at, own_rest = tempered_parts(f, g, k, temperature)
        at, rest = tempered_parts(y, s, k, temperature)
        top = y[at]
        own_inverse = 1.0 / (1.0 + own_rest)
        inverse = 1.0 / (1.0 + rest)
        for j in range(k):
            s[j] = s[j] * inverse
            d = ((f[j] - f[own_at]) - (y[j] - top)) / temperature
            # Infinite where the teacher rules the class out (nothing is missed), or oneself alone.
            s[k + j] = d
            y[j] = s[j] * d if abs(d) < np.inf else (d if d < 0.0 else 0.0)
        centre = row_sum(y, 0, k)
        # How far the own logits lie from the teacher's, less its mean under the teacher.
        widest = 0.0 if centre > -np.inf else np.inf
        for j in range(k):
            d = s[k + j] - centre
            s[k + j] = d if d == d else 0.0  # both rule it out
            widest = max(widest, abs(s[k + j]))
        if widest < 50.0:
            value = close_rows(s, g, k)
            for j in range(k):
                g[j] = temperature * g[j]
            return temperature * temperature * value
        for j in range(k):
            g[j] = temperature * (g[j] * own_inverse - s[j])
        if own_at == at:
            g[at] = temperature * (rest * inverse - own_rest * own_inverse)
        value = (log1p(own_rest) - log1p(rest)) - centre
        return temperature * temperature * (0.0 if value < 0.0 else value)

    def row_second_at(y, f, d, h, t, s, k, temperature):
        # The square of the temperature stands before the sum and twice below the logits.
        at, rest = tempered_parts(f, s, k, temperature)
        return softmax_second(s, k, at, rest, 1.0, d, h, t)

    def exact(mp, y, f, temperature):
        total = mp.mpf(0)
        own, theirs = [z / temperature for z in f], [t / temperature for t in y]
        for j in range(len(f)):
            u, v = mp.log1p(odds_against(mp, j, own)), mp.log1p(odds_against(mp, j, theirs))
            total += (u - v) / (1 + odds_against(mp, j, theirs))
        return temperature**2 * total
