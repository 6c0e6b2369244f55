"""Mean losses over a plane of weights of a linear model, where each logit is affine in two numbers.

The prediction of row r at the point (u_i, v_j) is ``z[r] + du[r] * u[i] + dv[r] * v[j]``: three
numbers a row instead of a product with all features.
"""

from losslab.arithmetic.sums import block_sum
from losslab.arithmetic.vmath import exp, log1p, softplus
from losslab.engine.loop import Loop
from losslab.engine.threads import BLOCK
from losslab.losses.kinds.loops import weigh

# Points of a tile along each axis, and rows that are multiplied together at a time.
TILE = 32
ROWS = 8
# Limits within which products of exponentials and of factors 1 + e**m keep their digits: of the
# logarithms of one factor and of all factors together, of a row's least m, and of its part in v.
MOST_FACTOR = 80.0
MOST_PRODUCT = 640.0
LEAST = -400.0
MOST_APART = 250.0
# Beyond these log(1 + e**m) is m, and 0.
LINEAR = 40.0
NOTHING = -746.0
LOG_2 = 0.6931471805599453


def slice_loop(y, z, du, dv, w, weighted, unit, us, vs, columns, a, out, n, buffer, first, last):
    """Weighted sum of the loss at the points of the rows ``first .. last - 1``, those of one v."""
    p = load_parameters(a)
    for j in range(first, last):
        for i in range(columns):
            total = 0.0
            for b in range(0, n, BLOCK):
                size = min(BLOCK, n - b)
                for k in range(size):
                    f = (z[b + k] + dv[b + k] * vs[j]) + du[b + k] * us[i]
                    buffer[k] = loss_value(y[b + k], f, p)
                if weighted:
                    weigh(buffer, w, b, unit, size)
                total += block_sum(buffer, 0, size)
            out[j * columns + i] = total
    return 0


def larger(a, b):
    return a if a > b else b


def smaller(a, b):
    return a if a < b else b


def logistic_loop(
    z, du, dv, us, vs, columns, lines, out, n, across, along, ceiling, sums, first, last
):
    """Sum of log(1 + e**m), m = z + du u + dv v, over the rows, at the points of tiles of lines.

    A tile has two tables, of e**(z + du u + dv v0), v0 its middle, and of e**(dv (v - v0)); so an
    exponential is a product. The sum of logarithms is the logarithm of a product of 1 + e**m, of
    which the 1 is left out, so that no digit is lost where all e**m are tiny. Rows for which a
    table or a product might leave the range of doubles are added one by one.
    """
    product = TILE * TILE  # where in `sums` the products of one line are, behind the tile's sums
    for c in range(first, last):
        j0 = c * TILE
        high = min(TILE, lines - j0)
        middle = 0.5 * (vs[j0] + vs[j0 + high - 1])
        for i0 in range(0, columns, TILE):
            wide = min(TILE, columns - i0)
            left, right = us[i0], us[i0 + wide - 1]
            for k in range(TILE * TILE):
                sums[k] = 0.0
            near = 0
            for r in range(n):
                here = z[r] + dv[r] * middle
                one, other = here + du[r] * left, here + du[r] * right
                apart = larger(
                    abs(dv[r] * (vs[j0] - middle)), abs(dv[r] * (vs[j0 + high - 1] - middle))
                )
                most, least = larger(one, other) + apart, smaller(one, other) - apart
                if (most <= MOST_FACTOR) & (least >= LEAST) & (apart <= MOST_APART):
                    for i in range(wide):
                        across[near * TILE + i] = exp(here + du[r] * us[i0 + i])
                    for i in range(wide, TILE):
                        across[near * TILE + i] = 0.0
                    for j in range(high):
                        along[near * TILE + j] = exp(dv[r] * (vs[j0 + j] - middle))
                    ceiling[near] = larger(most, 0.0) + LOG_2
                    near += 1
                elif most > NOTHING:
                    for j in range(high):
                        m0 = z[r] + dv[r] * vs[j0 + j]
                        if least > LINEAR:
                            for i in range(wide):
                                sums[j * TILE + i] += m0 + du[r] * us[i0 + i]
                        else:
                            for i in range(wide):
                                sums[j * TILE + i] += softplus(m0 + du[r] * us[i0 + i])
            # Filled up with rows that add nothing, to whole groups.
            for r in range(near, -(-near // ROWS) * ROWS):
                ceiling[r] = 0.0
                for i in range(TILE):
                    across[r * TILE + i] = 0.0
                    along[r * TILE + i] = 0.0
            for j in range(high):
                for i in range(TILE):
                    sums[product + i] = 0.0
                bound = 0.0
                for r in range(0, near, ROWS):
                    more = 0.0
                    for k in range(ROWS):
                        more += ceiling[r + k]
                    if bound + more > MOST_PRODUCT:
                        for i in range(TILE):
                            sums[j * TILE + i] += log1p(sums[product + i])
                            sums[product + i] = 0.0
                        bound = 0.0
                    bound += more
                    at = r * TILE
                    f0, f1 = along[at + j], along[at + TILE + j]
                    f2, f3 = along[at + 2 * TILE + j], along[at + 3 * TILE + j]
                    f4, f5 = along[at + 4 * TILE + j], along[at + 5 * TILE + j]
                    f6, f7 = along[at + 6 * TILE + j], along[at + 7 * TILE + j]
                    for i in range(TILE):
                        e0, e1 = across[at + i] * f0, across[at + TILE + i] * f1
                        e2, e3 = across[at + 2 * TILE + i] * f2, across[at + 3 * TILE + i] * f3
                        e4, e5 = across[at + 4 * TILE + i] * f4, across[at + 5 * TILE + i] * f5
                        e6, e7 = across[at + 6 * TILE + i] * f6, across[at + 7 * TILE + i] * f7
                        # (1 + a) (1 + b) - 1 = a + b (1 + a), of pairs, fours, eights.
                        e0 = e0 + e1 * (1.0 + e0)
                        e2 = e2 + e3 * (1.0 + e2)
                        e4 = e4 + e5 * (1.0 + e4)
                        e6 = e6 + e7 * (1.0 + e6)
                        e0 = e0 + e2 * (1.0 + e0)
                        e4 = e4 + e6 * (1.0 + e4)
                        e0 = e0 + e4 * (1.0 + e0)
                        so_far = sums[product + i]
                        sums[product + i] = so_far + e0 * (1.0 + so_far)
                for i in range(wide):
                    whole = sums[j * TILE + i] + log1p(sums[product + i])
                    out[(j0 + j) * columns + i0 + i] = whole
    return 0


SLICE = Loop(
    slice_loop,
    "y z du dv w weighted:int unit:float us vs columns:int a > out | n:int "
    f"buffer[{BLOCK}] first:int last:int",
)
_TABLE = f"{TILE}*n+{TILE * ROWS}"
LOGISTIC_SLICE = Loop(
    logistic_loop,
    f"z du dv us vs columns:int lines:int > out | n:int across[{_TABLE}] along[{_TABLE}] "
    f"ceiling[n+{ROWS}] sums[{TILE * TILE + TILE}] first:int last:int",
)
