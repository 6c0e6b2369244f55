"""Checks and conversions of array arguments, shared by all definitions."""

import numpy as np

from losslab.contract.messages import shortened

FLOAT64 = np.dtype(np.float64)
FLOAT32 = np.dtype(np.float32)
REDUCTIONS = ("mean", "sum", "none")
_ARRAY = np.ndarray
# Flags of arrays that compiled loops can walk over: C-contiguous and aligned, as one number.
_PLAIN = 0x0001 | 0x0100


def as_float_array(name, x):
    """`x` as a C-contiguous, aligned float32 or float64 array, copied only if it must be.

    Raises
    ------
    TypeError
        For anything that is not a plain array of real numbers.
    """
    if type(x) is _ARRAY and x.dtype is FLOAT64 and x.flags.num & _PLAIN == _PLAIN:
        return x  # the common case, first
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; drop or fill the masked entries first")
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(f"{name} is not a rectangular array of numbers: {error}") from error
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        words = array.dtype.kind in "UT" or (array.dtype.kind == "O" and _has_words(array))
        hint = (
            f"; names become 0, 1, … by np.unique({name}, return_inverse=True)[1]" if words else ""
        )
        raise TypeError(
            f"{name} must hold real numbers of at most 64 bits, got dtype {array.dtype}{hint}"
        )
    single = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    dtype = FLOAT32 if single else FLOAT64
    return np.require(array, dtype, ("C_CONTIGUOUS", "ALIGNED")).reshape(array.shape)


def _has_words(array):
    """Whether an array of objects of one axis holds text, as a column of names does."""
    return array.ndim == 1 and any(isinstance(one, str) for one in array[:10])


def as_finite_array(name, values, ndim):
    """A float64 array of `ndim` axes that has rows and holds finite numbers only; columns it may lack."""
    # Required contiguous arrays have at least one axis: a number gets its own shape back.
    array = as_float_array(name, values).reshape(np.shape(values))
    array = array.astype(FLOAT64, copy=False)
    if array.ndim != ndim or len(array) == 0:
        shape = {1: "(n,)", 2: "(n, d)"}[ndim]
        raise ValueError(f"{name} must have shape {shape} and not be empty, got {array.shape}")
    check_finite(name, array)
    return array


def check_finite(name, array):
    """Raise for the first number of `array` that is not finite, if there is one."""
    finite = np.isfinite(array)
    if not finite.all():
        i = int(np.argmin(finite.reshape(-1)))
        bad = array.reshape(-1)[i].item()
        raise ValueError(f"{name} must be finite, got {bad!r}{place(i, array.shape)}")


def as_direction(vector, f):
    """What a Hessian is multiplied with: an array as `f`, of its shape and dtype."""
    d = as_float_array("vector", vector)
    if d.shape != f.shape:
        raise ValueError(f"vector must have the shape of y_pred, {f.shape}, got {d.shape}")
    return d.astype(f.dtype, copy=False)


def is_plain(array):
    """Whether compiled loops can walk over the array: no strides, every number on its boundary."""
    return array.flags.num & _PLAIN == _PLAIN


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


def as_output(out, like, *read):
    """Array to compute derivatives into, from an `out` that may be None.

    It is `out` itself only if that shares no memory with the arrays `read`: those must stay as they
    are until everything is computed and found legal. `deliver` takes the result to its place.
    """
    if out is None:
        return np.empty_like(like)
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy array, got {type(out).__name__}")
    if out.shape != like.shape or (out.dtype is not like.dtype and out.dtype != like.dtype):
        raise ValueError(
            f"out must have shape {like.shape} and dtype {like.dtype}, "
            f"got shape {out.shape} and dtype {out.dtype}"
        )
    if not out.flags.carray:  # all three
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
