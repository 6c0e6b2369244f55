"""The bi-tempered logistic loss: a bounded logarithm of a heavy-tailed softmax."""

import numpy as np

from losslab.arithmetic.softmax import largest
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import (
    exp,
    exp_below,
    expm1,
    expm1_minus,
    exponent_as_float,
    finite_part,
    log1p,
    log_exponent,
    log_from_parts,
    log_mantissa,
)
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.rowwise import Rowwise

STEPS = 40  # of Newton's method at most; it takes about four


def tempered_softmax(f, g, s, k, t2):
    """s[j] = the tempered probability, s[k + j] its logarithm, g[j] = p**(t2 - 1); where the top is.

    exp_t(x) = (1 - (t - 1) x)**(-1 / (t - 1)) for t > 1. With d the amount by which the
    normaliser exceeds the largest logit, sum of exp_t(f_j - f_top - d) = 1 is solved for d: the
    sum to the power 1 - t is a concave function of d, so Newton's method climbs to the root from
    0 without overshooting.
    """
    at = largest(f, k)
    c = t2 - 1.0
    i = 1.0 / c
    d = 0.0
    step = 0.0
    for _ in range(STEPS):
        for j in range(k):
            x = c * ((f[at] - f[j]) + d)
            base = 1.0 + x
            inverse = 1.0 / base
            finite = base < np.inf
            safe = base if finite else 1.0
            biased = log_exponent(safe)
            near = biased == 1023
            lost = (x - (base - 1.0)) if x < 1.0 else (1.0 - (base - x))
            u = log_from_parts(
                exponent_as_float(biased),
                x if near else log_mantissa(safe, biased) - 1.0,
                0.0 if near else finite_part(lost) * inverse,
            )
            u = u * i if finite else np.inf
            p = exp_below(-u)
            s[j] = p
            s[k + j] = -u
            g[j] = p * inverse
        slope = row_sum(g, 0, k)
        s[at] = 0.0
        # rest + (p_top - 1) is what the sum has too much.
        excess = row_sum(s, 0, k) + expm1(s[k + at])
        bend = (
            expm1(c * log1p(excess)) * i
            if excess > 1e-3
            else excess * (1.0 + 0.5 * (c - 1.0) * excess)
        )
        step = (1.0 + excess) * bend / slope
        d = d + step if step > 0.0 else d
        if step <= 1e-9 * (d if d < 1.0 else 1.0):
            break
    # The last step was so small that all that it changes is in proportion to it.
    step = step if step > 0.0 else 0.0
    for j in range(k):
        g[j] = 1.0 / (1.0 + c * ((f[at] - f[j]) + d))
        s[j] = s[j] - step * (s[j] * g[j])
        s[k + j] = s[k + j] - step * g[j]
    s[k + at] = -log1p(c * d) * i
    s[at] = exp(s[k + at])
    return at


class BiTemperedLogistic(Rowwise):
    """Bi-tempered logistic loss: softmax and logarithm each with a temperature.

    The logarithm becomes (x**(1 - t1) - 1) / (1 - t1), which is bounded for t1 < 1: a hopeless row
    costs 1 / (1 - t1) at most, so outliers far off count little. The softmax becomes heavy-tailed for
    t2 > 1, so labels wrong near the boundary pull less. The loss is the matching (Bregman)
    divergence from the one-hot row to the tempered softmax, whose best value is the true
    distribution; ordinary softmax of the same logits is not. Both temperatures 1 would be cross-entropy.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("bi_tempered_logistic", t1=0.5, t2=2.0)
    >>> loss.value([0, 1], [[0.0, 0.0], [1e9, 0.0]], reduction="none").round(3)
    array([0.391, 2.   ])
    """

    name = "bi_tempered_logistic"
    title = "Bi-tempered logistic loss"
    aliases = ("bi_tempered_logistic_loss", "BiTemperedLogisticLoss")
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    formula = (
        r"-\log_{t_1} \hat p_y - \frac{1 - \sum_k \hat p_k^{2 - t_1}}{2 - t_1},\quad "
        r"\hat p = \exp_{t_2}(z - \lambda(z))"
    )
    reference = "amid2019"
    use_when = "Some labels are wrong, far from the boundary or near it."
    avoid_when = "Labels are clean, or softmax of the logits is taken for probabilities."
    t1 = Parameter(
        0.8,
        least=0.0,
        most=0.95,
        doc="temperature of the logarithm, a pure number; smaller is more strictly bounded",
        slider=(0.0, 0.9),
    )
    t2 = Parameter(
        1.2,
        least=1.01,
        most=4.0,
        doc="temperature of the softmax, a pure number; larger has a heavier tail",
        slider=(1.05, 3.0),
    )
    accuracy = {
        "value": Bound(64.0, "near 0 its terms cancel; logarithms are large beside 1", of="row"),
        "gradient": Bound(64.0, "its two terms cancel; logarithms are large beside 1", of="row"),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=lambda t1, t2: 1.0 / (1.0 - t1),
        proper=True,
        calibrated=True,
    )

    def link(self, y_pred):
        """Tempered softmax: the probabilities that rows of logits stand for.

        Parameters
        ----------
        y_pred : array_like of shape (n, k) or (k,)
            Logits.

        Returns
        -------
        ndarray of the shape of `y_pred`

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("bi_tempered_logistic", t2=2.0).link([1.0, 0.0]).round(3)
        array([0.618, 0.382])
        """
        rows = np.atleast_2d(np.asarray(y_pred, dtype=float))
        k = rows.shape[1]
        found, powers = np.empty((len(rows), 2 * k)), np.empty(k)
        with np.errstate(all="ignore"):
            for row, s in zip(rows, found, strict=True):
                tempered_softmax(row, powers, s, k, self.t2)
        return found[:, :k].reshape(np.shape(y_pred))

    def row_at(y, f, g, s, k, t1, t2):
        label = int(y[0])
        at = tempered_softmax(f, g, s, k, t2)
        c = 1.0 - t1
        x = s[k + label]
        own, top = s[label], s[at]
        s[label] = 0.0
        others = row_sum(s, 0, k)
        for j in range(k):
            s[k + j] = exp_below(c * s[k + j])  # p**(1 - t1)
            f[j] = s[j] * s[k + j]
        powers = row_sum(f, 0, k)
        s[label] = own
        # -log_t1 p - (1 - p**(2 - t1)) / (2 - t1), the label's part, in x = log p. The terms linear
        # in x cancel, so near 0 they are left out.
        near = x > -20.0
        x_near = x if near else -1.0
        bent = expm1_minus((1.0 + c) * x_near, 0.0) / (1.0 + c) - expm1_minus(c * x_near, 0.0) / c
        far = expm1((1.0 + c) * x) / (1.0 + c) - expm1(c * x) / c
        value = (bent if near else far) + powers / (1.0 + c)
        # dL/dz_j = w_j - q_j sum(w), w = p**(t2 - t1) (p - one-hot), q = p**t2 over its sum.
        for j in range(k):
            miss = -others if j == label else s[j]
            s[j] = g[j] * s[j]
            g[j] = (g[j] * s[k + j]) * miss
        total = row_sum(g, 0, k) / row_sum(s, 0, k)
        for j in range(k):
            g[j] = g[j] - s[j] * total
        # All together are 0. From the other columns where its own terms may nearly cancel.
        if top > 0.5:
            g[at] = 0.0
            g[at] = -row_sum(g, 0, k)
        return value

    def exact(mp, y, f, t1, t2):
        t1, c = mp.mpf(t1), mp.mpf(t2) - 1
        top = max(f)
        gaps = [top - z for z in f]
        d = mp.mpf(0)
        while True:
            p = [(1 + c * (x + d)) ** (-1 / c) for x in gaps]
            whole = sum(p)
            step = whole * (whole**c - 1) / (c * sum(v ** (1 + c) for v in p))
            d += step
            if abs(step) <= mp.eps * 1000 * (1 + d):
                break
        p = [(1 + c * (x + d)) ** (-1 / c) for x in gaps]
        return (1 - p[y] ** (1 - t1)) / (1 - t1) - (1 - sum(v ** (2 - t1) for v in p)) / (2 - t1)
