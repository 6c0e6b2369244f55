"""Checks and conversions of array arguments, shared by all losses."""

import math
import numbers
from typing import NamedTuple

import numpy as np

from losslab.engine import loops, native
from losslab.engine.threads import run_chunks
from losslab.losses.messages import shortened

FLOAT64 = np.dtype(np.float64)
FLOAT32 = np.dtype(np.float32)
REDUCTIONS = ("mean", "sum", "none")


def as_float_array(name, x):
    """`x` as a C-contiguous, aligned float32 or float64 array, copied only if it must be.

    Raises
    ------
    TypeError
        For anything that is not a plain array of real numbers.
    """
    if type(x) is np.ndarray and x.dtype is FLOAT64 and is_plain(x):
        return x  # the common case, first
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; drop or fill the masked entries first")
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(f"{name} is not a rectangular array of numbers: {error}") from error
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise TypeError(
            f"{name} must hold real numbers of at most 64 bits, got dtype {array.dtype}"
        )
    single = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    dtype = FLOAT32 if single else FLOAT64
    return np.require(array, dtype, ("C_CONTIGUOUS", "ALIGNED")).reshape(array.shape)


def is_plain(array):
    """Whether compiled loops can walk over the array: no strides, every number on its boundary."""
    flags = array.flags
    return flags.c_contiguous and flags.aligned


def as_pair(y_true, y_pred):
    """Targets and predictions as two arrays of one dtype and one shape."""
    y = as_float_array("y_true", y_true)
    f = as_float_array("y_pred", y_pred)
    if y.shape != f.shape:
        raise ValueError(f"y_true and y_pred must have the same shape, got {y.shape} and {f.shape}")
    if y.size == 0:
        raise ValueError("y_true and y_pred must hold at least one number, got none")
    if y.dtype is not f.dtype:
        y = y.astype(FLOAT64, copy=False)
        f = f.astype(FLOAT64, copy=False)
    return y, f


def check_reduction(reduction):
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {shortened(reduction)}")


def first_illegal(name, array, domain):
    """Raise for the first number of `array` outside `domain`, if there is one."""
    flat = array.reshape(-1)
    with np.errstate(invalid="ignore"):
        legal = np.broadcast_to(domain.is_legal(flat.astype(FLOAT64)), flat.shape)
    if not legal.all():
        i = int(np.argmin(legal))
        raise ValueError(
            f"{name} must be {domain.legal}, got {flat[i].item()!r}"
            f"{place(i, array.shape)}{domain.hint}"
        )


def place(i, shape):
    """Where number i of a flattened array stands, as the end of a message."""
    where = tuple(map(int, np.unravel_index(i, shape)))
    return f" at index {where[0] if len(where) == 1 else where}" if where else ""


NO_WEIGHTS = np.ones(1)
NO_WEIGHTS.flags.writeable = False


class Weights(NamedTuple):
    """Weights as the loops take them.

    `unit` is a power of two that brings the sum of the weights between 1/2 and 1 (or near, if they
    are at the ends of the range), so that weighted means neither overflow nor vanish on their way;
    `total` is that sum. For sums and terms, where weights count as they are, both are 1.
    """

    numbers: np.ndarray
    given: int
    unit: float
    total: float


def as_weights(sample_weight, shape, n, relative=True):
    """Weights of n samples, checked: `relative` under a mean, as they are under a sum.

    Raises
    ------
    ValueError, TypeError
        If they do not fit the data, or are negative, infinite, NaN or all zero.
    """
    if sample_weight is None:
        return Weights(NO_WEIGHTS, 0, 1.0, float(n) if relative else 1.0)
    if isinstance(sample_weight, str) and sample_weight in REDUCTIONS:
        raise TypeError(f"sample_weight must be an array; write reduction={sample_weight!r}")
    w = as_float_array("sample_weight", sample_weight)
    if w.shape != shape:
        raise ValueError(f"sample_weight must have the shape of y_true, {shape}, got {w.shape}")
    w = w.reshape(-1).astype(FLOAT64, copy=False)
    partial = np.empty(chunk_count(w.size))
    illegal = run_chunks(weight_sum(), (w, partial, w.size), w.size)
    if illegal:
        i = int(np.argmin((w >= 0.0) & (w < np.inf)))
        raise ValueError(
            f"sample_weight must be finite and >= 0, got {w[i].item()!r}{place(i, shape)}"
        )
    total, halvings = added_up(partial), 0
    if math.isinf(total):
        halvings = 64
        run_chunks(weight_sum(), (np.ldexp(w, -halvings), partial, w.size), w.size)
        total = added_up(partial)
    if total == 0.0:
        raise ValueError("sample_weight must not be all zero")
    if not relative:
        return Weights(w, 1, 1.0, 1.0)
    # Not so small that the unit itself would lose digits of what it is multiplied with.
    exponent = max(-1000, min(1000, -halvings - math.frexp(total)[1]))
    return Weights(w, 1, math.ldexp(1.0, exponent), math.ldexp(total, halvings + exponent))


def relative_weights(sample_weight, shape):
    """Weights for a mean as one array of ordinary size; only their ratios count."""
    w = as_weights(sample_weight, shape, math.prod(shape))
    return w.numbers * w.unit if w.given else np.ones(shape)


def weight_sum():
    """The compiled loop that adds weights up."""
    if "weights" not in _compiled:
        _compiled["weights"] = native.build(loops.weight_loop, {}, 0)
    return _compiled["weights"]


_compiled = {}


def as_output(out, like, *read):
    """Array to compute derivatives into, from an `out` that may be None.

    It is `out` itself only if that shares no memory with the arrays `read`: those must stay as they
    are until everything is computed and found legal. `deliver` takes the result to its place.
    """
    if out is None:
        return np.empty_like(like)
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy array, got {type(out).__name__}")
    if out.shape != like.shape or out.dtype != like.dtype:
        raise ValueError(
            f"out must have shape {like.shape} and dtype {like.dtype}, "
            f"got shape {out.shape} and dtype {out.dtype}"
        )
    if not (is_plain(out) and out.flags.writeable):
        raise ValueError("out must be C-contiguous, aligned and writeable")
    if type(out) is not np.ndarray:
        if isinstance(out, np.ma.MaskedArray):
            raise TypeError("out is a masked array; give the array behind it, out.data")
        return np.empty_like(like)  # a file's memory, for example
    own = out.base is None
    for array in read:
        # Two arrays that own their memory are seen to be apart in no time.
        apart = own and array.base is None and array is not out
        if not apart and np.may_share_memory(out, array):
            return np.empty_like(like)
    return out


def deliver(result, out):
    """The result, in `out` if there is one."""
    if out is None:
        return result[()]
    if result is not out:
        np.copyto(out, result)
    return out


def chunk_count(n):
    return -(-n // loops.CHUNK)


def added_up(partial):
    """Sum of partial sums: exact, or what they add up to if one is infinite or NaN."""
    # fsum refuses inf - inf and overflow; both have an honest answer.
    try:
        return math.fsum(partial) if partial.size > 1 else partial.item()
    except (OverflowError, ValueError):
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
    return Weights(numbers, 1, w.unit * factor, w.total * factor)


LABELS = ("{0,1}", "[0,1]", "class", "level", "labels")  # targets that can be left out by name


def without_label(loss, y_true, sample_weight, label):
    """Targets and weights in which samples of the label `label` are there with weight 0."""
    if loss.target not in LABELS:
        raise ValueError(
            f"ignore_label is for losses of labels; y_true of {loss.name} is "
            f"{loss.domains()[0][loss.target].legal}: give such samples sample_weight 0"
        )
    if isinstance(label, bool) or not isinstance(label, numbers.Real):
        raise TypeError(f"ignore_label must be one number such as -100, got {shortened(label)}")
    y = as_float_array("y_true", y_true)
    ignored = np.isnan(y) if label != label else y == label
    if loss.target == "labels":
        ignored = ignored.all(axis=-1, keepdims=True)
    if ignored.size and ignored.all():
        raise ValueError(f"all of y_true is ignore_label={label!r}: nothing is left to average")
    if not ignored.any():
        return y, sample_weight
    y = np.where(ignored, y.dtype.type(0.0), y)  # any legal label: its weight is 0
    if loss.target == "labels":
        ignored = ignored[:, 0]
    if sample_weight is None:
        return y, np.where(ignored, 0.0, 1.0)
    w = as_float_array("sample_weight", sample_weight)
    if w.shape != ignored.shape:
        return y, w  # refused where weights are
    return y, np.where(ignored & (w >= 0.0) & (w < np.inf), w.dtype.type(0.0), w)
