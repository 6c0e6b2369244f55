"""Cox's partial likelihood: which of those still at risk has the event next."""

import numpy as np

from losslab.arithmetic.sorting import sort_down
from losslab.arithmetic.vmath import exp2parts, log, log1p, two_sum_error
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.kinds.batchwise import Batchwise


def exp_difference(a, b):
    """e**(a - b), with what the subtraction rounds off.

    Beyond 800 the result is 0 or infinity, and what is rounded off may be no small number.
    """
    x = a - b
    return exp2parts(x, two_sum_error(a, -b, x) if abs(x) < 800.0 else 0.0)


def partial_likelihood(y, f, g, w, s, n, efron):
    """Value and gradient, in two walks over the times: down for the risk sets, up for the slopes.

    A risk set's sum of e**f is kept as a multiple of e**top, with the largest f so far, so no
    number overflows and no risk set is lost beside a much larger one. s holds the order, and for
    each group of equal times, at its first place: top, and two slopes of the log-sums, for those
    who go on and for those who have the event. Where one alone has it, minus the share of all the
    others stands for the latter: 1 minus its own share would lose it when the event was expected.
    """
    sort_down(y, 2, s, n)
    counted = 0
    weight = 0.0
    for i in range(n):
        counted += 1 if w[i] > 0.0 else 0
        weight += w[i]
    lift = counted / weight
    value = 0.0
    top = -np.inf
    alive = 0.0
    start = 0
    while start < n:
        time = y[2 * int(s[start])]
        stop = start
        dead = 0.0
        deaths = 0
        mass = 0.0
        while stop < n and y[2 * int(s[stop])] == time:
            i = int(s[stop])
            stop += 1
            if w[i] > 0.0:
                if f[i] > top:
                    shrink = exp_difference(top, f[i])
                    alive *= shrink
                    dead *= shrink
                    top = f[i]
                e = (w[i] * lift) * exp_difference(f[i], top)
                event = y[2 * i + 1] == 1.0
                alive += 0.0 if event else e
                dead += e if event else 0.0
                deaths += 1 if event else 0
                mass += w[i] * lift if event else 0.0
        steps = deaths if efron else min(deaths, 1)
        others = 0.0
        own = 0.0
        expected = (deaths == 1) & (dead >= alive)
        for step in range(steps):
            here = 1.0 - step / steps
            left = alive + here * dead
            each = mass / steps
            value += each * (log(mass) + log1p(alive / dead) if expected else log(left))
            others += each / left
            own += here * (each / left)
        own = -(alive / (alive + dead)) if deaths == 1 else own
        for place in range(start, stop):
            i = int(s[place])
            counts = (y[2 * i + 1] == 1.0) & (w[i] > 0.0) & (not expected)
            value += (w[i] * lift) * (top - f[i]) if counts else 0.0
        s[n + start] = top
        s[2 * n + start] = others
        s[3 * n + start] = own
        alive += dead
        start = stop
    pull = 0.0
    stop = n
    while stop > 0:
        time = y[2 * int(s[stop - 1])]
        start = stop - 1
        while start > 0 and y[2 * int(s[start - 1])] == time:
            start -= 1
        if (s[n + start] < top) & (s[n + start] > -np.inf):
            pull *= exp_difference(s[n + start], top)
            top = s[n + start]
        for place in range(start, stop):
            i = int(s[place])
            event = y[2 * i + 1] == 1.0
            own = s[3 * n + start] if event else s[2 * n + start]
            alone = event & (own <= 0.0)
            share = exp_difference(f[i], top) * (pull + (0.0 if alone else own))
            slope = share + (own if alone else (-1.0 if event else 0.0))
            g[i] = (w[i] / weight) * slope if w[i] > 0.0 else 0.0
        pull += s[2 * n + start]
        stop = start
    return value / counted


def exact_partial_likelihood(mp, y, f, w, efron):
    """The textbook double sum, with weights of mean 1."""
    counted = [i for i in range(len(y)) if w[i] > 0]
    lift = len(counted) / sum(w)
    value = mp.mpf(0)
    for time in sorted({y[i][0] for i in counted}):
        dead = [i for i in counted if y[i][0] == time and y[i][1] == 1]
        risk = sum(w[i] * lift * mp.exp(f[i]) for i in counted if y[i][0] >= time)
        tied = sum(w[i] * lift * mp.exp(f[i]) for i in dead)
        mass = sum(w[i] * lift for i in dead)
        value -= sum(w[i] * lift * f[i] for i in dead)
        for step in range(len(dead)):
            part = mp.mpf(step) / len(dead) if efron else 0
            value += mass / len(dead) * mp.log(risk - part * tied)
    return value / len(counted)


class CoxBase(Batchwise):
    """What the two ways of counting ties share: a target (time, event) and one score."""

    family = "survival"
    target = "lifetime"
    prediction = "finite"
    no_terms = "each event is compared with all who were still at risk"
    accuracy = {
        "value": (64.0, "terms of single events cancel, with weights also their logarithms", "row"),
        "gradient": (16.0, "expected and observed events cancel", "row"),
    }

    def beyond_mean(self, y, w, total):
        # Under the mean the weights inside the logarithms have a mean of 1, in the sum they are
        # what they are.
        events = np.sum(w, where=y[:, 1] == 1.0) / np.sum(w)
        return events * total * np.log(total / np.count_nonzero(w))

    scratch = "4*n"


class Cox(CoxBase):
    """Cox's partial likelihood with Breslow's ties: a softmax over those still at risk.

    The prediction f is a log hazard ratio. For each event, -log of the share of e**f of the one who
    has it among all whose time is not shorter, in nats; times count by their order alone. Adding a
    number to all f changes nothing, so there is no intercept and no hazard, only ratios. Events at
    equal times each see the whole group at risk (Breslow). Under ``"mean"`` the sum over events is
    divided by the number of samples; ``"sum"`` is the usual negative log partial likelihood.

    A weight multiplies the term of an event and its e**f in every risk set. ``"sum"`` is then the
    weighted likelihood of R's coxph: whole weights are the same as repeated samples. ``"mean"``
    first scales the weights to a mean of 1, so that only their ratios count, and divides by the
    number of samples that have any; its gradient is that of the sum over the sum of the weights.
    Without weights neither is ever negative; with them both can be, as R's is, because a small
    weight stands inside the logarithm too.

    XGBoost's labels give censored times a minus sign; pycox divides by the number of events.

    Examples
    --------
    >>> import losslab as ll
    >>> y = [[1.0, 1.0], [2.0, 0.0], [3.0, 1.0]]
    >>> round(ll.get("cox").value(y, [0.0, 0.0, 0.0], reduction="sum"), 4)  # log 3 + log 1
    1.0986
    """

    name = "cox"
    title = "Cox partial likelihood"
    aliases = ("breslow", "proportional_hazards")
    formula = r"\frac1n \sum_{i:\,\delta_i = 1} \log \sum_{j:\,t_j \ge t_i} e^{f_j - f_i}"
    reference = "cox1972"
    use_when = "Times are censored and only hazard ratios are needed."
    avoid_when = "Mini-batches are small, or predicted times are needed."
    peers = (
        Peer(
            "xgboost:survival:cox",
            factor=1.0,
            says="a censored time has a minus sign there; the metric cox-nloglik adds over the deaths and divides by their number",
        ),
        Peer(
            "statsmodels.duration.hazard_regression.PHReg",
            bare=False,
            says="an estimator; its log-likelihood is minus the sum",
        ),
        Peer(
            "pycox.models.loss.cox_ph_loss",
            says="it takes durations and events apart, counts tied times in the order given, and divides by the number of events",
        ),
    )
    claims = Claims(convex=True, differentiable=True, nonnegative=True, bounded=None)

    def batch_at(y, f, g, w, s, n, k):
        return partial_likelihood(y, f, g, w, s, n, False)

    def exact(mp, y, f, w):
        return exact_partial_likelihood(mp, y, f, w, False)


class CoxEfron(CoxBase):
    """Cox's partial likelihood with Efron's ties: tied events leave the risk set one by one.

    As `cox`, but of d events at one time the second sees the group at risk without the d-th part
    of all d, the third without two such parts, and so on: nearly what unknown
    orders of the tied events give on average, where `cox` pulls the ratios towards 1. Without ties
    the two are the same. Weights count as in `cox`, but each of d tied events has the mean of
    their weights, as in R's coxph and lifelines; so a whole weight is not a repetition, which would
    be one more tie. Without weights it is never negative; with them it can be, as in `cox`.

    Examples
    --------
    >>> import losslab as ll
    >>> y = [[1.0, 1.0], [1.0, 1.0]]
    >>> round(ll.get("cox_efron").value(y, [0.0, 0.0], reduction="sum"), 4)  # log 2 + log 1
    0.6931
    """

    name = "cox_efron"
    title = "Cox partial likelihood, Efron's ties"
    aliases = ("efron",)
    formula = r"\frac1n \sum_{t} \Bigl[\sum_{l=0}^{d_t - 1} \log\Bigl(\sum_{j:\,t_j \ge t} e^{f_j}"
    formula += r" - \tfrac{l}{d_t} \sum_{i \in D_t} e^{f_i}\Bigr) - \sum_{i \in D_t} f_i\Bigr]"
    reference = "efron1977"
    use_when = "Hazard ratios are needed and many events share a time."
    avoid_when = "Ties come from wide intervals: then the intervals themselves should be modelled."
    peers = (
        Peer(
            "statsmodels.duration.hazard_regression.PHReg(ties='efron')",
            says="an estimator; its log-likelihood is minus the sum",
        ),
        Peer(
            "lifelines.CoxPHFitter",
            bare=False,
            says="an estimator; its log-likelihood is minus the sum",
        ),
        Peer("R:coxph", says="an estimator; its log-likelihood is minus the sum"),
    )
    claims = Claims(convex=True, differentiable=True, nonnegative=True, bounded=None)

    def batch_at(y, f, g, w, s, n, k):
        return partial_likelihood(y, f, g, w, s, n, True)

    def exact(mp, y, f, w):
        return exact_partial_likelihood(mp, y, f, w, True)
