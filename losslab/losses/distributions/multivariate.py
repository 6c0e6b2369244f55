"""Losses of a target of several numbers, and a forecast of all of them together."""

from losslab.arithmetic.rows_multivariate import bring_within, difference_norm, power_of
from losslab.contract.accuracy import Bound
from losslab.contract.claims import NOT_STRICTLY, Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise


def whole_dimension():
    """How many numbers make a target: a parameter, because the predictions cannot tell."""
    return Parameter(
        2.0, least=1.0, slider=(1.0, 4.0), doc="how many numbers make a target, a whole number"
    )


class EnsembleOfVectors(Rowwise):
    """What losses of an ensemble of vectors share: columns come as one member after the other."""

    family = "probabilistic"
    target = "vector"
    prediction = "finite"
    outputs = "values"
    output_word = "member of vectors"

    @staticmethod
    def check_parameters(dimension, **others):
        if dimension != round(dimension):
            raise ValueError(f"dimension must be a whole number, got {dimension!r}")

    def target_width(self, k):
        return round(self.dimension)

    def output_names(self, k):
        d = round(self.dimension)
        return [f"member {i}, y{j}" for i in range(k // d) for j in range(d)]

    def check_columns(self, k):
        d = round(self.dimension)
        if k % d:
            raise ValueError(
                f"y_pred of {self.name} must have a multiple of {d} columns, "
                f"{d} for each member, got {k}"
            )

    def example_columns(self):
        return 3 * round(self.dimension)


class EnergyScore(EnsembleOfVectors):
    """Energy score of an ensemble of vectors: the ensemble CRPS with Euclidean distances.

    Columns are the `dimension` numbers of the first member, then those of the second, and so on.
    For the members x the score is the mean of norm(x_i - y) minus half the mean of norm(x_i -
    x_j) over all pairs, i = j included; with dimension 1 it is `crps_ensemble`. All numbers
    should have one unit or be standardised first, because they share one distance. It sees wrong
    means well and wrong correlations badly. The gradient where two points coincide is taken as 0.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("energy_score").value([[0.0, 0.0]], [[3.0, 4.0, 3.0, 4.0]])
    5.0
    """

    name = "energy_score"
    title = "Energy score"
    formula = (
        r"\frac1M\sum_i \lVert x_i - y\rVert - \frac{1}{2M^2}\sum_{i,j} \lVert x_i - x_j\rVert"
    )
    reference = "gneiting2007"
    use_when = "An ensemble forecasts several numbers together."
    avoid_when = "The correlations between them are what matters."
    peers = (
        Peer(
            "scoringrules.es_ensemble", says="it takes members and coordinates on axes of their own"
        ),
        Peer(
            "scoringRules.es_sample",
            says="in R; it takes members and coordinates on axes of their own",
        ),
    )
    style = style("green", "dotted")
    dimension = whole_dimension()
    claims = Claims(convex=False, nonnegative=True, zero_if_perfect=True, bounded=None, proper=True)
    accuracy = {
        "value": Bound(6.0, "distances to y and between members cancel", of="rounding"),
        "gradient": Bound(6.0, "unit vectors of several directions cancel", of="rounding"),
    }

    def row_at(y, f, g, s, k, dimension):
        d = int(dimension)
        members = k // d
        share = 1.0 / members
        held = bring_within(1e290, y, d, f, k)
        for j in range(k):
            g[j] = 0.0
        near = 0.0
        apart = 0.0
        for i in range(members):
            a = i * d
            size = difference_norm(f, a, y, 0, d)
            near += size
            for j in range(d):
                g[a + j] += (f[a + j] - y[j]) / size * share if size > 0.0 else 0.0
            for other in range(i + 1, members):
                b = other * d
                size = difference_norm(f, a, f, b, d)
                apart += size
                for j in range(d):
                    unit = (f[a + j] - f[b + j]) / size * (share * share) if size > 0.0 else 0.0
                    g[a + j] -= unit
                    g[b + j] += unit
        return share * (near - share * apart) / held

    def exact(mp, y, f, dimension):
        d = int(dimension)
        members = [f[i : i + d] for i in range(0, len(f), d)]

        def distance(a, b):
            return mp.sqrt(sum((u - v) ** 2 for u, v in zip(a, b, strict=True)))

        m = len(members)
        spread = sum(distance(a, b) for a in members for b in members)
        return sum(distance(a, y) for a in members) / m - spread / (2 * m**2)


class VariogramScore(EnsembleOfVectors):
    """Variogram score of an ensemble of vectors: whether differences between numbers are right.

    Columns are the `dimension` numbers of the first member, then those of the second, and so on.
    For every ordered pair (i, j) of the numbers of a target the observed abs(y_i - y_j)**power is
    compared with the mean of abs(x_i - x_j)**power over the members; the squares are added up. It
    sees wrong correlations that the energy score misses, and cannot see an error that all numbers
    share. Proper, but not strictly. For power < 1 the gradient is infinite where two numbers of a
    member are equal; there it is taken as 0.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("variogram_score", power=1).value([[0.0, 1.0]], [[5.0, 8.0, 2.0, 3.0]])
    2.0
    """

    name = "variogram_score"
    title = "Variogram score"
    formula = r"\sum_{i,j}\left(|y_i-y_j|^p - \tfrac1M\textstyle\sum_m |x_{m,i}-x_{m,j}|^p\right)^2"
    reference = "scheuerer2015"
    use_when = "An ensemble must get the dependence between several numbers right."
    avoid_when = "It would be the only score: a shift of all numbers goes unseen."
    peers = (
        Peer(
            "scoringrules.vs_ensemble",
            parameters={"p": "power"},
            says="it takes members and coordinates on axes of their own",
        ),
        Peer("scoringRules.vs_sample", parameters={"p": "power"}, says="in R"),
    )
    style = style("purple", "dotted")
    dimension = whole_dimension()
    power = Parameter(
        0.5, above=0.0, most=2.0, slider=(0.25, 2.0), doc="power of the differences, a number"
    )
    claims = Claims(
        convex=False, nonnegative=True, zero_if_perfect=True, bounded=None, proper=NOT_STRICTLY
    )
    accuracy = {
        "value": Bound(8.0, "observed and forecast powers cancel before the square", of="rounding"),
        "gradient": Bound(8.0, "observed and forecast powers cancel", of="rounding"),
    }

    def row_at(y, f, g, s, k, dimension, power):
        d = int(dimension)
        members = k // d
        share = 1.0 / members
        unit = bring_within(1e60, y, d, f, k)
        for j in range(k):
            g[j] = 0.0
        total = 0.0
        for i in range(d):
            for j in range(i + 1, d):
                mean = 0.0
                for member in range(members):
                    a = member * d
                    mean += power_of(abs(f[a + i] - f[a + j]), power)
                gap = power_of(abs(y[i] - y[j]), power) - mean * share
                total += 2.0 * (gap * gap)
                for member in range(members):
                    a = member * d
                    x = f[a + i] - f[a + j]
                    slope = -4.0 * gap * share * (power * power_of(abs(x), power - 1.0))
                    slope = slope if x > 0.0 else -slope
                    slope = 0.0 if x == 0.0 else slope
                    g[a + i] += slope
                    g[a + j] -= slope
        if unit < 1.0:
            more = power_of(1.0 / unit, power + power - 1.0)
            for j in range(k):
                g[j] = g[j] * more if g[j] != 0.0 else 0.0
            total = total * more / unit
        return total

    def exact(mp, y, f, dimension, power):
        d = int(dimension)
        members = [f[i : i + d] for i in range(0, len(f), d)]
        total = mp.mpf(0)
        for i in range(d):
            for j in range(d):
                seen = abs(y[i] - y[j]) ** power
                told = sum(abs(x[i] - x[j]) ** power for x in members) / len(members)
                total += (seen - told) ** 2
        return total
