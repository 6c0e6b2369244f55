"""Checks and conversions of array arguments, shared by all losses."""

import math

import numpy as np

from losslab.engine import loops, native
from losslab.engine.threads import run_chunks

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
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")


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


def as_weights(sample_weight, shape):
    """Weights as a flat float64 array and their sum."""
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
    try:
        total = math.fsum(partial)
    except OverflowError:
        total = math.inf
    if total == 0.0:
        raise ValueError("sample_weight must not be all zero")
    if math.isinf(total) or math.isinf(1.0 / total):
        size = "large" if total > 1.0 else "small"
        raise ValueError(f"sample_weight is too {size} to be added up; multiply it by a constant")
    return w, total


def weight_sum():
    """The compiled loop that adds weights up."""
    if "weights" not in _compiled:
        _compiled["weights"] = native.build(loops.weight_loop, {}, 0)
    return _compiled["weights"]


_compiled = {}


def as_output(out, like):
    """Array for the derivatives: `out` if it fits, else a new one."""
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
    return out


def chunk_count(n):
    return -(-n // loops.CHUNK)


def reduce(partial, total, like):
    """Sum of the partial sums over `total`, in the precision of the input."""
    # fsum refuses inf - inf and overflow; both have an honest answer.
    try:
        mean = (math.fsum(partial) if partial.size > 1 else partial.item()) / total
    except (OverflowError, ValueError):
        mean = float(partial.sum()) / total
    return mean if like.dtype is FLOAT64 else np.float32(mean)
