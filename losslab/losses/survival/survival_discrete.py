"""Times to an event in whole intervals: hazards or probabilities of each, with right censoring."""

import numpy as np

from losslab.arithmetic.decisions import logistic_decision
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import exp2parts, exp_between, log, log1p, two_sum_error
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.kinds.rowwise import Rowwise


class DiscreteHazard(Rowwise):
    """Discrete-time hazard likelihood: one logit for each interval of time.

    Logit z[j] is that of P(event in interval j | none before). A target is (interval, event): with
    event = 1 it came in that interval, with 0 it had not come by its end. The loss is the sum of
    the cross-entropies of all intervals up to there, in nats. A row censored within an interval is
    counted either as (that interval, 0) or as the one before it: a choice that biases the hazards
    down or up a little. pycox's nll_logistic_hazard is the same loss.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("discrete_hazard")
    >>> loss.gradient([[1, 1], [1, 0]], [[0.0, 0.0, 0.0]] * 2, reduction="none")
    array([[ 0.5, -0.5,  0. ],
           [ 0.5,  0.5,  0. ]])
    """

    name = "discrete_hazard"
    title = "Discrete-time hazard likelihood"
    aliases = ("logistic_hazard",)
    family = "survival"
    target = "period"
    prediction = "row"
    outputs = "values"
    output_word = "interval"
    formula = r"\sum_{j<t} \log(1 + e^{z_j}) + \log\bigl(1 + e^{(1 - 2\delta) z_t}\bigr)"
    reference = "gensheimer2019"
    use_when = "Times are censored and fall into a few intervals, or their hazard has any shape."
    avoid_when = "The intervals are many and the events few."
    peers = (Peer("pycox.models.loss.nll_logistic_hazard", says="it takes index and event apart"),)
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        last = int(y[0])
        for j in range(k):
            s[j] = g[j] = 0.0
        for j in range(last + 1):
            s[j], g[j] = logistic_decision(f[j], (j == last) & (y[1] == 1.0))
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        last = int(y[0])
        value = sum(mp.log1p(mp.exp(z)) for z in f[:last])
        return value + mp.log1p(mp.exp(-f[last] if y[1] == 1 else f[last]))

    @staticmethod
    def link(rows):
        """Probabilities of the intervals, and of none of them, along the last axis.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("discrete_hazard").link([0.0, 0.0])
        array([0.5 , 0.25, 0.25])
        """
        rows = np.asarray(rows, dtype=float)
        alive = np.cumprod(0.5 - 0.5 * np.tanh(0.5 * rows), axis=-1)
        ends = np.ones_like(alive[..., :1])
        return -np.diff(np.concatenate([ends, alive, 0.0 * ends], axis=-1), axis=-1)


class DeepHitLikelihood(Rowwise):
    """Likelihood part of DeepHit: softmax over the intervals of time, with right censoring.

    The columns are logits of the intervals; the last is for everything later, or never. A target is
    (interval, event): with event = 1 the loss is -log of that interval's softmax probability, with
    0 -log of the probability of all later ones, in nats. DeepHit adds a term that ranks
    pairs, which makes the probabilities wrong on purpose and is left out here. pycox's nll_pmf is
    this loss with the last logit fixed to 0.

    Logits must be finite: no interval is taken out of a row by -infinity, because any may be that
    of an event.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("deephit_likelihood")
    >>> loss.value([[1, 1], [1, 0]], [[0.0, 0.0, 0.0, 0.0]] * 2, reduction="none").round(3)
    array([1.386, 0.693])
    """

    name = "deephit_likelihood"
    title = "Likelihood part of DeepHit"
    aliases = ("deephit_nll",)
    family = "survival"
    target = "period or later"
    prediction = "finite"
    outputs = "values"
    output_word = "interval or later"
    formula = r"-\log p_t \text{ if } \delta = 1,\quad -\log \sum_{j>t} p_j \text{ if } \delta = 0"
    reference = "lee2018"
    use_when = "Times are censored and probabilities of intervals may have any shape."
    avoid_when = "Most rows are censored early: they say little about any one interval."
    peers = (Peer("pycox.models.loss.nll_pmf", says="it takes index and event apart"),)
    accuracy = {
        "value": Bound(4.0, "two log-sums are subtracted", of="row"),
        "gradient": Bound(
            4.0, "two log-sums are subtracted, and e is raised to the difference", of="row"
        ),
    }
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=True,
    )

    def output_names(self, k):
        return [*(f"interval {j}" for j in range(k - 1)), "later"]

    def check_columns(self, k):
        super().check_columns(k)
        if k < 2:
            raise ValueError(
                f"y_pred of {self.name} must have a column for each of at least 1 interval and one "
                f"for everything later, got {k}"
            )

    def row_at(y, f, g, s, k):
        first = int(y[0]) + (0 if y[1] == 1.0 else 1)
        last = int(y[0]) if y[1] == 1.0 else k - 1
        own_top = other_top = -np.inf
        for j in range(k):
            own = (j >= first) & (j <= last)
            own_top = f[j] if own & (f[j] > own_top) else own_top
            other_top = f[j] if (not own) & (f[j] > other_top) else other_top
        for j in range(k):
            own = (j >= first) & (j <= last)
            top = own_top if own else other_top
            x = f[j] - top
            g[j] = exp_between(x, two_sum_error(f[j], -top, x))
            s[j] = g[j] if own else 0.0
            s[k + j] = 0.0 if own else g[j]
        own_sum = row_sum(s, 0, k)
        other_sum = row_sum(s, k, k)
        # the odds against the columns that count, and their logarithm for where they overflow
        ahead = other_top - own_top
        # Beyond 800 what the subtraction rounds off may be no small number, and changes nothing.
        lost = two_sum_error(other_top, -own_top, ahead) if abs(ahead) < 800.0 else 0.0
        odds = (other_sum / own_sum) * exp2parts(ahead, lost)
        sure = odds > 1e290
        value = ahead + log(other_sum / own_sum) if sure else log1p(odds)
        missed = 1.0 if sure else odds / (1.0 + odds)
        for j in range(k):
            own = (j >= first) & (j <= last)
            g[j] = g[j] * (-missed / own_sum if own else missed / other_sum)
        return value

    def exact(mp, y, f):
        t = int(y[0])
        own = f[t : t + 1] if y[1] == 1 else f[t + 1 :]
        return mp.log(sum(map(mp.exp, f))) - mp.log(sum(map(mp.exp, own)))
