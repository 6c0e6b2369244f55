"""Losses of logits whose margins or competitors depend on how frequent the classes are."""

import numpy as np

from losslab.arithmetic.softmax import (
    largest,
    parts_of_pairs,
    softmax_second,
    surprise_of_pairs,
)
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import (
    log_parts,
    quotient_error,
    sqrt,
    two_product_error,
    two_sum_error,
)
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.classes.long_tail import add_shift, class_counts
from losslab.losses.classes.softmax import THREE_ROUNDINGS, odds_against
from losslab.losses.kinds.rowwise import Rowwise


def sqrt_pair(x, x_lo):
    """Square root of x + x_lo as a sum of two numbers, for x > 0."""
    r = sqrt(x)
    square = r * r
    return r, (((x - square) - two_product_error(r, r, square)) + x_lo) / (r + r)


def put_margin(f, s, k, label, counts, max_margin, scale):
    """s[j] + s[k + j] = scale times f[j], the label's less its margin."""
    fewest = counts[0]
    top = f[largest(f, k)]
    base = top if abs(scale * top) == np.inf else 0.0
    for j in range(k):
        fewest = min(fewest, counts[j])
        z = f[j] - base
        s[j] = scale * z
        s[k + j] = two_product_error(scale, z, s[j])
    ratio = fewest / counts[label]
    root, root_lo = sqrt_pair(ratio, quotient_error(fewest, 0.0, counts[label], 0.0, ratio))
    root, root_lo = sqrt_pair(root, root_lo)
    size = scale * max_margin
    size_lo = two_product_error(scale, max_margin, size)
    margin = size * root
    margin_lo = two_product_error(size, root, margin) + (size * root_lo + size_lo * root)
    add_shift(s, k, label, -margin, -margin_lo)


class LDAM(Rowwise):
    """LDAM: cross-entropy with a margin taken off the true class's logit, larger for rare classes.

    The margin is max_margin (n_min / n)**(1/4) for a class of n samples, so the rarest class gets
    max_margin; then all logits are multiplied by `scale`. It was made for logits
    that are cosines, between -1 and 1. With free logits a margin is only a shift that the model
    can undo by growing. The paper weights rare classes besides, late in training.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("ldam", counts=[16, 1], max_margin=0.5, scale=1.0)
    >>> loss.value([0, 1], [[0.25, 0.0], [0.0, 0.5]], reduction="none").round(4)
    array([0.6931, 0.6931])
    """

    name = "ldam"
    title = "LDAM loss"
    aliases = ("LDAMLoss",)
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = (
        r"-\log \operatorname{softmax}(s (z - \Delta_y e_y))_y,\quad "
        r"\Delta_y = C (n_{\min}/n_y)^{1/4}"
    )
    reference = "cao2019"
    use_when = "Logits are bounded cosines and rare classes must keep a margin."
    avoid_when = "Logits are free, or the probabilities will be used as they are."
    counts = class_counts()
    max_margin = Parameter(
        0.5,
        least=0.0,
        most=100.0,
        doc="C, the margin of the rarest class, in units of the logits",
        slider=(0.05, 1.0),
    )
    scale = Parameter(
        30.0,
        above=0.0,
        most=100.0,
        doc="s, what all logits are multiplied by, a pure number",
        slider=(1.0, 64.0, "log"),
    )
    accuracy = {
        "value": Bound(3.0, "a shift, a product and a logarithm are each rounded"),
        "gradient": Bound(3.0, "a probability and a product are each rounded"),
        "curvature": Bound(6.0, THREE_ROUNDINGS),
    }
    style = style("vermilion", "solid")
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=lambda counts, max_margin, scale: 2.0**0.5 * scale,
        proper=lambda counts, max_margin, scale: max_margin == 0.0 and scale == 1.0,
    )

    def row_at(y, f, g, s, k, counts, max_margin, scale):
        label = int(y[0])
        put_margin(f, s, k, label, counts, max_margin, scale)
        value = surprise_of_pairs(s, g, k, label)
        for j in range(k):
            g[j] = g[j] * scale
        return value

    def row_second_at(y, f, d, h, t, s, k, counts, max_margin, scale):
        put_margin(f, s, k, int(y[0]), counts, max_margin, scale)
        at, rest = parts_of_pairs(s, h, k)
        for j in range(k):
            s[j] = h[j]
        return softmax_second(s, k, at, rest, scale * scale, d, h, t)

    def exact(mp, y, f, counts, max_margin, scale):
        margin = max_margin * (min(counts) / counts[y]) ** mp.mpf(0.25)
        moved = [scale * (z - (margin if j == y else 0)) for j, z in enumerate(f)]
        return mp.log1p(odds_against(mp, y, moved))


def put_seesaw(f, s, k, label, counts, mitigation, compensation):
    """s[j] + s[k + j] = the logits in whose softmax the label's surprise is the loss."""
    own_hi, own_lo = log_parts(counts[label])
    # A label that is infinitely far behind is behind all others by the same, which is left out.
    top = f[largest(f, k)]
    lost = (1.0 + compensation) * (top - f[label]) == np.inf
    base = top if lost else f[label]
    for j in range(k):
        gap = f[j] - base
        gap_lo = two_sum_error(f[j], -base, gap)
        press = compensation if (gap > 0.0) | lost else 0.0
        more = press * gap if press > 0.0 else 0.0
        s[j] = gap
        s[k + j] = gap_lo
        add_shift(s, k, j, more, two_product_error(press, gap, more) + press * gap_lo)
        hi, lo = log_parts(counts[j])
        ratio = hi - own_hi
        ratio_lo = two_sum_error(hi, -own_hi, ratio) + (lo - own_lo)
        rarer = counts[j] < counts[label]
        shift = mitigation * ratio if rarer else 0.0
        shift_lo = two_product_error(mitigation, ratio, shift) + mitigation * ratio_lo
        add_shift(s, k, j, shift, shift_lo if rarer else 0.0)


class Seesaw(Rowwise):
    """Seesaw loss: cross-entropy that spares rare classes and presses on rivals that win.

    In the softmax of the true class y every other class j is multiplied by two factors:
    (n_j / n_y)**mitigation if j is the rarer one, which spares it; and
    (p_j / p_y)**compensation if j is the more probable one, which presses on it. The gradient is
    that of this formula. The authors' code treats the second factor as a constant, so its gradient
    with respect to such a class is smaller by 1 + compensation, and floors p_y there at 0.01.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("seesaw", counts=[100, 1], mitigation=0.5, compensation=0.0)
    >>> loss.value([0, 1], [[0.0, 0.0], [0.0, 0.0]], reduction="none").round(4)  # log(1.1), log(2)
    array([0.0953, 0.6931])
    """

    name = "seesaw"
    title = "Seesaw loss"
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = (
        r"\log\Big(1 + \sum_{j \ne y} \min\Big(1, \frac{n_j}{n_y}\Big)^p "
        r"\max\Big(1, \frac{p_j}{p_y}\Big)^q e^{z_j - z_y}\Big)"
    )
    reference = "wang2021"
    use_when = "Many rare classes are pushed down by the samples of frequent ones."
    avoid_when = "The probabilities will be used as they are."
    peers = (
        Peer(
            "mmdet.models.losses.SeesawLoss",
            parameters={"p": "mitigation", "q": "compensation", "num_samples": "counts"},
            says="it counts the classes while it trains",
        ),
    )
    counts = class_counts()
    mitigation = Parameter(
        0.8,
        least=0.0,
        most=10.0,
        doc="power of the ratio of counts, a pure number",
        slider=(0.1, 2.0),
    )
    compensation = Parameter(
        2.0,
        least=0.0,
        most=10.0,
        doc="power of the ratio of probabilities, a pure number",
        slider=(0.1, 4.0),
    )
    accuracy = {
        "value": Bound(3.0, "two shifts and a logarithm are each rounded"),
        "gradient": Bound(4.0, "a probability, a factor and a sum are each rounded"),
        "curvature": Bound(8.0, THREE_ROUNDINGS),
    }
    claims = Claims(
        convex=True,
        differentiable=lambda counts, mitigation, compensation: compensation == 0.0,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
    )

    def row_at(y, f, g, s, k, counts, mitigation, compensation):
        label = int(y[0])
        put_seesaw(f, s, k, label, counts, mitigation, compensation)
        value = surprise_of_pairs(s, g, k, label)
        for j in range(k):
            press = compensation if f[j] > f[label] else 0.0
            g[j] = 0.0 if j == label else g[j] * (1.0 + press)
        g[label] = -row_sum(g, 0, k)
        return value

    def row_second_at(y, f, d, h, t, s, k, counts, mitigation, compensation):
        # The logits of `put_seesaw` are steep (z - z_y) and a shift.
        label = int(y[0])
        put_seesaw(f, s, k, label, counts, mitigation, compensation)
        at, rest = parts_of_pairs(s, h, k)
        top = f[label]
        own = d[label]
        for j in range(k):
            s[j] = h[j]
            s[k + j] = 1.0 + (compensation if f[j] > top else 0.0)
        s[k + label] = 0.0
        for j in range(k):
            f[j] = s[k + j] * (d[j] - own) if j != label else 0.0
        softmax_second(s, k, at, rest, 1.0, f, h, t)
        # The label's diagonal is the variance of the steepness; all is seen from the likeliest class.
        inverse = 1.0 / (1.0 + rest)
        steep = s[k + at]
        for j in range(k):
            f[j] = (s[j] * inverse) * (s[k + j] - steep)
        mean = row_sum(f, 0, k)
        for j in range(k):
            away = (s[k + j] - steep) - mean
            f[j] = (s[j] * inverse) * (away * away)
        spread = row_sum(f, 0, k)
        for j in range(k):
            f[j] = h[j] * (steep - s[k + j])
            h[j] = h[j] * s[k + j]
            t[j] = (t[j] * s[k + j]) * s[k + j]
        t[label] = spread
        h[label] = row_sum(f, 0, k)
        return 0

    def exact(mp, y, f, counts, mitigation, compensation):
        total = mp.mpf(0)
        for j, z in enumerate(f):
            if j != y:
                spared = min(mp.mpf(1), counts[j] / counts[y]) ** mitigation
                total += spared * mp.exp((z - f[y]) * (1 + (compensation if z > f[y] else 0)))
        return mp.log1p(total)
