"""Cox's partial likelihood: which of those still at risk has the event next."""

import numpy as np

from losslab.arithmetic.sorting import sort_down
from losslab.arithmetic.vmath import exp2parts, log, log1p, two_sum_error
from losslab.contract.accuracy import Bound
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


def partial_hessian(y, f, d, w, h, t, s, n, efron):
    """The Hessian of `partial_likelihood` times d in h and its diagonal in t, in two such walks.

    In a risk set with the sum S and the share p of a member, the Hessian times d is p (d - the mean
    of d), its diagonal p (1 - p). One member may have nearly all of S, the heaviest: what the
    others have is kept beside it, and d is counted from its d, so that neither loses its digits. A
    member is the heaviest of times that follow each other, up to its own.

    s holds the order, and for each group of equal times, at its first place: top, the heaviest, sums
    of weight / S, of weight / S**2 and of weight / S times the mean of d for those who go on, the
    same for those who have the event, and of weight / S times 1 - p of the heaviest.
    """
    sort_down(y, 2, s, n)
    counted = 0
    weight = 0.0
    for i in range(n):
        counted += 1 if w[i] > 0.0 else 0
        weight += w[i]
    lift = counted / weight
    top = -np.inf
    heaviest = -1
    heavy = beside = moment = 0.0  # of those who go on; moment is the sum of e (d - d of heaviest)
    start = 0
    while start < n:
        time = y[2 * int(s[start])]
        stop = start
        # the same of those who have the event now
        dead_heaviest = -1
        dead_heavy = dead_beside = dead_moment = 0.0
        deaths = 0
        mass = 0.0
        while stop < n and y[2 * int(s[stop])] == time:
            i = int(s[stop])
            stop += 1
            if w[i] > 0.0:
                if f[i] > top:
                    shrink = exp_difference(top, f[i])
                    heavy, beside, moment = heavy * shrink, beside * shrink, moment * shrink
                    dead_heavy, dead_beside = dead_heavy * shrink, dead_beside * shrink
                    dead_moment *= shrink
                    top = f[i]
                e = (w[i] * lift) * exp_difference(f[i], top)
                if y[2 * i + 1] == 1.0:
                    dead_heaviest, dead_heavy, dead_beside, dead_moment = with_member(
                        i, e, d, dead_heaviest, dead_heavy, dead_beside, dead_moment
                    )
                    deaths += 1
                    mass += w[i] * lift
                else:
                    heaviest, heavy, beside, moment = with_member(
                        i, e, d, heaviest, heavy, beside, moment
                    )
        falls = dead_heaviest >= 0 and (heaviest < 0 or dead_heavy > heavy)
        leader = dead_heaviest if falls else heaviest
        if leader >= 0:
            if heaviest >= 0:
                moment += (heavy + beside) * (d[heaviest] - d[leader])
            if dead_heaviest >= 0:
                dead_moment += (dead_heavy + dead_beside) * (d[dead_heaviest] - d[leader])
        steps = deaths if efron else min(deaths, 1)
        s[n + start] = top
        s[2 * n + start] = leader
        for row in range(3, 10):
            s[row * n + start] = 0.0
        for step in range(steps):
            here = 1.0 - step / steps
            whole = (heavy + beside) + here * (dead_heavy + dead_beside)
            others = beside + here * (dead_heavy + dead_beside)
            others = here * ((heavy + beside) + here * dead_beside) if falls else others
            each = (mass / steps) / whole
            lean = each * ((moment + here * dead_moment) / whole)
            s[3 * n + start] += each
            s[4 * n + start] += each / whole
            s[5 * n + start] += lean
            s[6 * n + start] += here * each
            s[7 * n + start] += here * here * (each / whole)
            s[8 * n + start] += here * lean
            s[9 * n + start] += each * (others / whole)
        if leader >= 0:
            beside += dead_beside + (heavy if falls else dead_heavy)
            moment += dead_moment
            heavy = dead_heavy if falls else heavy
            heaviest = leader
        start = stop
    return put_partial_hessian(y, f, d, w, h, t, s, n, weight, lift)


def with_member(i, e, d, heaviest, heavy, beside, moment):
    """Member i with the share e joins: who is the heaviest, its share, that of all others, moment."""
    if heaviest < 0:
        return i, e, 0.0, 0.0
    if e > heavy:
        return i, e, beside + heavy, moment + (heavy + beside) * (d[heaviest] - d[i])
    return heaviest, heavy, beside + e, moment + e * (d[i] - d[heaviest])


def put_partial_hessian(y, f, d, w, h, t, s, n, weight, lift):
    """The second walk of `partial_hessian`, up: what the risk sets so far add to each member.

    The sums of the time since when the leader leads are kept apart from those before: for the leader
    itself 1 - p is what the others have.
    """
    top = np.inf
    leader = -1
    before = square_before = 0.0
    since = square_since = beside_since = 0.0
    lean = 0.0
    stop = n
    while stop > 0:
        time = y[2 * int(s[stop - 1])]
        start = stop - 1
        while start > 0 and y[2 * int(s[start - 1])] == time:
            start -= 1
        led_by = int(s[2 * n + start])
        if (s[n + start] < top) & (led_by >= 0):
            shrink = exp_difference(s[n + start], top) if top < np.inf else 1.0
            top = s[n + start]
            before, since, lean = before * shrink, since * shrink, lean * shrink
            beside_since *= shrink
            square_before *= shrink * shrink
            square_since *= shrink * shrink
        if (led_by != leader) & (led_by >= 0):
            lean += (before + since) * (d[leader] - d[led_by]) if leader >= 0 else 0.0
            before += since
            square_before += square_since
            since = square_since = beside_since = 0.0
            leader = led_by
        for place in range(start, stop):
            i = int(s[place])
            h[i] = t[i] = 0.0
            if w[i] > 0.0:
                row = 6 if y[2 * i + 1] == 1.0 else 3
                share = exp_difference(f[i], top)
                mass = (w[i] * lift) * share
                once = (before + since) + s[row * n + start]
                twice = (square_before + square_since) + s[(row + 1) * n + start]
                spread = once - mass * twice
                if i == leader:
                    spread = (before - mass * square_before) + beside_since + s[9 * n + start]
                pull = (d[i] - d[leader]) * once - (lean + s[(row + 2) * n + start])
                h[i] = (w[i] / weight) * (share * pull)
                t[i] = (w[i] / weight) * (share * spread)
        since += s[3 * n + start]
        square_since += s[4 * n + start]
        lean += s[5 * n + start]
        beside_since += s[9 * n + start]
        stop = start


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
        "value": Bound(
            64.0, "terms of single events cancel, with weights also their logarithms", of="row"
        ),
        "gradient": Bound(16.0, "expected and observed events cancel", of="row"),
        "curvature": Bound(64.0, "sums over risk sets, from which the own share is taken"),
    }

    def beyond_mean(self, y, w, total):
        # Under the mean the weights inside the logarithms have a mean of 1, in the sum they are
        # what they are.
        events = np.sum(w, where=y[:, 1] == 1.0) / np.sum(w)
        return events * total * np.log(total / np.count_nonzero(w))

    scratch = "4*n"
    second_scratch = "10*n"


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

    def batch_second_at(y, f, d, w, h, t, s, n, k):
        return partial_hessian(y, f, d, w, h, t, s, n, False)

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

    def batch_second_at(y, f, d, w, h, t, s, n, k):
        return partial_hessian(y, f, d, w, h, t, s, n, True)

    def exact(mp, y, f, w):
        return exact_partial_likelihood(mp, y, f, w, True)
