"""The shortest combination of the tasks' gradients."""

import itertools

import numpy as np

from losslab.arithmetic.quadratic import a_place, nonnegative, u_place
from losslab.arithmetic.vmath import sqrt
from losslab.contract.claims import Claims
from losslab.contract.style import style
from losslab.multitask.kinds.aggregation import Aggregation


def exact_min_norm(mp, gram):
    """By trying which tasks count: the first for which no other would make it shorter."""
    t = len(gram)
    for size in range(1, t + 1):
        for some in itertools.combinations(range(t), size):
            # Stationary in the hull of some: all products with the direction are equal.
            matrix = mp.matrix(size + 1, size + 1)
            right = mp.matrix(size + 1, 1)
            right[size] = 1
            for i, a in enumerate(some):
                matrix[i, size] = -1
                matrix[size, i] = 1
                for j, b in enumerate(some):
                    matrix[i, j] = gram[a][b]
            try:
                found = mp.lu_solve(matrix, right)
            except ZeroDivisionError:
                continue
            w = [mp.mpf(0)] * t
            for i, a in enumerate(some):
                w[a] = found[i]
            products = [sum(gram[i][j] * w[j] for j in range(t)) for i in range(t)]
            least = sum(p * x for p, x in zip(products, w, strict=True))
            slack = mp.mpf(10) ** (-mp.dps // 2) * max(abs(v) for row in gram for v in row)
            if min(w) >= 0 and min(products) >= least - slack:
                return w
    raise ValueError("no weights found: is the matrix one of products?")


class MinNorm(Aggregation):
    """MGDA: the shortest vector in the convex hull of the gradients.

    It is 0 exactly where no direction is good for all tasks; elsewhere a step against it makes all
    losses of tasks that count smaller by the same amount. The shortest gradient is heard most: a
    task that is nearly done, or has a small unit, decides the direction.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.multitask.get("min_norm").aggregate([[1.0, 0.0], [0.0, 2.0]])
    array([0.8, 0.4])
    """

    name = "min_norm"
    title = "Shortest combination (MGDA)"
    aliases = ("mgda",)
    family = "directions from gradients"
    formula = r"\min_{w \ge 0,\ \sum w_i = 1} \Bigl\lVert \sum_i w_i g_i \Bigr\rVert"
    reference = "desideri2012"
    use_when = "No task may get worse, and gradients are of like length."
    avoid_when = "One gradient is much shorter than the others: only that task is heard."
    style = style("purple", "solid")
    claims = Claims(
        non_conflicting=True,
        linear_under_scaling=False,
        scale_invariant=False,
        in_row_span=True,
        permutation_equivariant=True,
        zero_if_stationary=True,
        weights_sum_to_one=True,
        stateful=False,
    )

    def weights_at(gram, w, s, t):
        # With rows of length 1 the programme is well scaled however different the lengths are:
        # for u = w * length it asks for least u c u with sum(u / length) = 1, and without that
        # condition for least u (c + a a') u / 2 - a u, a = shortest / length, up to a factor of u.
        a = a_place(t)
        u = u_place(t)
        shortest = np.inf
        for i in range(t):
            shortest = min(shortest, sqrt(gram[i * t + i]))
        zeros = 0.0
        for i in range(t):
            zeros += 1.0 if gram[i * t + i] == 0.0 else 0.0
        if zeros > 0.0:  # 0 is one of the gradients, and nothing is shorter
            for i in range(t):
                w[i] = 1.0 / zeros if gram[i * t + i] == 0.0 else 0.0
            return 0.0
        for i in range(t):
            s[a + i] = shortest / sqrt(gram[i * t + i])
        for i in range(t):
            for j in range(t):
                lengths = sqrt(gram[i * t + i]) * sqrt(gram[j * t + j])
                cosine = 1.0 if i == j else gram[i * t + j] / lengths
                s[i * t + j] = cosine + s[a + i] * s[a + j]
        nonnegative(s, t)
        total = 0.0
        for i in range(t):
            w[i] = s[u + i] * s[a + i]
            total += w[i]
        for i in range(t):
            w[i] = w[i] / total
        return 0.0

    def exact(mp, gram):
        return exact_min_norm(mp, gram)

    def certificate(gram, w):
        lengths = np.sqrt(np.diag(gram))
        products = gram @ w
        short = np.maximum(w @ products - products, 0.0)
        apart = np.where(w > 0.0, np.abs(products - w @ products), 0.0)
        scale = np.maximum(lengths * (w @ lengths), np.finfo(float).tiny)
        return float((np.maximum(short, apart) / scale).max())
