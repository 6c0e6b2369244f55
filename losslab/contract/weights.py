"""Weights of samples, and means and sums with them that neither overflow nor vanish on their way."""

import functools
import math
from typing import NamedTuple

import numpy as np

from losslab.arithmetic.sums import block_sum
from losslab.contract.inputs import FLOAT64, REDUCTIONS, as_float_array, place
from losslab.engine.alone import compiled
from losslab.engine.loop import Loop
from losslab.engine.native import Place
from losslab.engine.threads import CHUNK, one_number, run_chunks

NO_WEIGHTS = np.ones(1)
NO_WEIGHTS.flags.writeable = False
_NO_WEIGHTS = Place(NO_WEIGHTS)


class Weights(NamedTuple):
    """Weights as the loops take them.

    `unit` is a power of two that brings the sum of the weights between 1/2 and 1 (or near, if they
    are at the ends of the range), so that weighted means neither overflow nor vanish on their way;
    `total` is that sum. For sums and terms, where weights count as they are, both are 1. `place` is
    what loops are handed for the numbers.
    """

    numbers: np.ndarray
    given: int
    unit: float
    total: float
    place: object


def as_weights(sample_weight, shape, n, relative=True):
    """Weights of n samples, checked: `relative` under a mean, as they are under a sum.

    Raises
    ------
    ValueError, TypeError
        If they do not fit the data, or are negative, infinite, NaN or all zero.
    """
    if sample_weight is None:
        return equal_weights(n if relative else 1)
    if isinstance(sample_weight, str) and sample_weight in REDUCTIONS:
        raise TypeError(f"sample_weight must be an array; write reduction={sample_weight!r}")
    w = as_float_array("sample_weight", sample_weight)
    if w.shape != shape:
        raise ValueError(f"sample_weight must have the shape of y_true, {shape}, got {w.shape}")
    w = w.reshape(-1).astype(FLOAT64, copy=False)
    partial = np.empty(chunk_count(w.size))
    illegal = run_chunks(compiled(WEIGHTS), (w, partial, w.size), w.size, buffer_sizes=())
    if illegal:
        i = int(np.argmin((w >= 0.0) & (w < np.inf)))
        raise ValueError(
            f"sample_weight must be finite and >= 0, got {w[i].item()!r}{place(i, shape)}"
        )
    total, halvings = added_up(partial), 0
    if math.isinf(total):
        halvings = 64
        run_chunks(
            compiled(WEIGHTS), (np.ldexp(w, -halvings), partial, w.size), w.size, buffer_sizes=()
        )
        total = added_up(partial)
    if total == 0.0:
        raise ValueError("sample_weight must not be all zero")
    if not relative:
        return Weights(w, 1, 1.0, 1.0, w)
    # Not so small that the unit itself would lose digits of what it is multiplied with.
    exponent = max(-1000, min(1000, -halvings - math.frexp(total)[1]))
    return Weights(w, 1, math.ldexp(1.0, exponent), math.ldexp(total, halvings + exponent), w)


@functools.lru_cache(1024)
def equal_weights(total):
    """What stands for no weights."""
    return Weights(NO_WEIGHTS, 0, 1.0, float(total), _NO_WEIGHTS)


def relative_weights(sample_weight, shape):
    """Weights for a mean as one array of ordinary size; only their ratios count."""
    w = as_weights(sample_weight, shape, math.prod(shape))
    return w.numbers * w.unit if w.given else np.ones(shape)


def weight_loop(w, partial, n, first, last):
    """Sum of the weights by chunks, and how many are negative, infinite or NaN."""
    illegal = 0
    for c in range(first, last):
        begin = c * CHUNK
        size = min(CHUNK, n - begin)
        for i in range(begin, begin + size):
            illegal += 0 if (w[i] >= 0.0) & (w[i] < np.inf) else 1
        partial[c] = block_sum(w, begin, size)
    return illegal


WEIGHTS = Loop(weight_loop, "w partial n:int first:int last:int")


def chunk_count(n):
    return -(-n // CHUNK)


def partial_sums(n):
    """An array for the sums of the chunks of n terms, and what loops are handed for it.

    Of a single chunk it is the thread's own, to be read before the next call.
    """
    if n <= CHUNK:
        return one_number()
    partial = np.empty(chunk_count(n))
    return partial, partial


def added_up(partial):
    """Sum of partial sums: exact, or what they add up to if one is infinite or NaN."""
    # fsum refuses inf - inf and overflow; both have an honest answer.
    try:
        return partial.item() if partial.size == 1 else math.fsum(partial)
    except (OverflowError, ValueError):
        with np.errstate(over="ignore", invalid="ignore"):
            return float(partial.sum())


def reduce(partial, w, n, like, again):
    """Sum of the terms over the total weight, in the precision of the input.

    If it is not finite, ``again(weights)`` fills `partial` anew for weights so small that no sum of
    n finite terms overflows: only what is infinite stays so.
    """
    mean = added_up(partial) / w.total
    if not math.isfinite(mean):
        small = diminished(w, n)
        again(small)
        mean = added_up(partial) / small.total
    return in_precision_of(like, mean)


def in_precision_of(like, number):
    """A number as a float, or as float32 if the input was: then it may become infinite."""
    if like.dtype is FLOAT64:
        return float(number)
    with np.errstate(over="ignore"):
        return np.float32(number)


def diminished(w, n):
    """The same weights in relation to each other, times a power of two below 1 / n."""
    factor = math.ldexp(1.0, -math.frexp(n)[1] - 1 - max(0, math.frexp(w.total)[1]))
    numbers = w.numbers if w.given else np.ones(n)
    return Weights(numbers, 1, w.unit * factor, w.total * factor, numbers)
