"""Risks of the worst samples."""

from losslab.adaptive.kinds.risk import Risk
from losslab.arithmetic.sorting import sort_down
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.style import style


class ConditionalValueAtRisk(Risk):
    """CVaR, expected shortfall: the mean of the worst losses, a share 1 - level of all.

    If that share is not a whole number of samples, the best of the worst counts in part; samples
    that cost the same at the edge share what is left. All others count nothing, so few samples of a
    batch teach anything, and from small batches it is estimated too low.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.adaptive.get("cvar", level=0.7).value([1.0, 2.0, 3.0, 4.0, 10.0])  # (10 + 4 / 2) / 1.5
    8.0
    """

    name = "cvar"
    title = "Mean of the worst (CVaR)"
    aliases = ("expected_shortfall", "conditional_value_at_risk", "average_value_at_risk")
    family = "risks"
    formula = r"\min_\eta\ \eta + \frac{1}{1 - \alpha}\, \frac1n \sum_i \max(L_i - \eta,\, 0)"
    reference = "rockafellar2000"
    use_when = "The worst cases matter, and they are cases, not errors."
    avoid_when = "Labels may be wrong: the worst samples are then those."
    style = style("vermilion", "dashed")
    level = Parameter(
        0.9,
        least=0.0,
        below=1.0,
        doc="share of the samples that do not count, a pure number",
        slider=(0.0, 0.95),
    )
    claims = Claims(
        convex=True,
        differentiable=lambda level: level == 0.0,
        monotone=True,
        translation_equivariant=True,
        positively_homogeneous=True,
        above_mean=True,
    )

    def risk_at(losses, w, g, s, n, level):
        tail = 1.0 - level
        sort_down(losses, 1, s, n)
        left = tail
        value = 0.0
        start = 0
        while start < n:
            edge = losses[int(s[start])]
            stop = start
            tied = 0.0
            while (stop < n) and (losses[int(s[stop])] == edge):
                tied += w[int(s[stop])]
                stop += 1
            taken = min(tied, left)
            for place in range(start, stop):
                i = int(s[place])
                g[i] = w[i] * (taken / tied) / tail if tied > 0.0 else 0.0
                value += g[i] * edge
            left -= taken
            start = stop
        return value

    def exact(mp, losses, w, level):
        tail, value = 1 - level, mp.mpf(0)
        left = tail
        for x, share in sorted(zip(losses, w, strict=True), key=lambda pair: -pair[0]):
            taken = min(share / sum(w), left)
            value += taken * x
            left -= taken
        return value / tail
