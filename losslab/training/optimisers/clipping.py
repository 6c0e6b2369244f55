"""Gradients that are too large, made smaller before the step: number by number, or as a whole."""

import math
from dataclasses import dataclass

import numpy as np

from losslab.arithmetic.precision import as_data
from losslab.contract import inputs
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_nonnegative, as_positive
from losslab.engine import native
from losslab.engine.alone import compiled
from losslab.engine.loop import Loop

# Sums of squares between these have all their digits.
SMALL, LARGE = 1e-250, 1e300
LARGE_UNIT, SMALL_UNIT = 2.0**600, 2.0**-600


def clip_value_loop(n, limit, g):
    """Each of n numbers, kept within -limit and limit. NaN stays NaN."""
    top = as_data(limit)
    for i in range(n):
        x = g[i]
        x = top if x > top else x
        g[i] = -top if x < -top else x
    return 0


def squares(g, n, unit):
    """Sum of the squares of n numbers over the square of a unit; four sums, which go side by side."""
    a = b = c = d = 0.0
    whole = n - n % 4
    for i in range(0, whole, 4):
        w, x = np.float64(g[i]) * unit, np.float64(g[i + 1]) * unit
        y, z = np.float64(g[i + 2]) * unit, np.float64(g[i + 3]) * unit
        a += w * w
        b += x * x
        c += y * y
        d += z * z
    for i in range(whole, n):
        w = np.float64(g[i]) * unit
        a += w * w
    return (a + b) + (c + d)


def norm_of(g, n):
    """Length of n numbers; what would overflow or vanish is measured in another unit."""
    total = squares(g, n, 1.0)
    if total > LARGE:
        return math.sqrt(squares(g, n, SMALL_UNIT)) / SMALL_UNIT
    if total < SMALL:
        return math.sqrt(squares(g, n, LARGE_UNIT)) / LARGE_UNIT
    return math.sqrt(total)


def clip_norm_loop(n, limit, add, g, norm):
    """n numbers times one factor of at most 1, so that their norm is at most limit."""
    norm[0] = norm_of(g, n)
    factor = limit / (norm[0] + add)
    if (norm[0] > 0.0) & (norm[0] < np.inf) & (factor < 1.0):
        for i in range(n):
            g[i] = as_data(np.float64(g[i]) * factor)
    return 0


CLIP_VALUE = Loop(clip_value_loop, "n:int limit:float > g:data")
CLIP_NORM = Loop(clip_norm_loop, "n:int limit:float add:float > g:data norm[1]")


@dataclass(frozen=True)
class ClipByValue:
    """Keep every number of a gradient within -limit and limit.

    It turns the gradient: large parts are cut, small ones stay. It is
    ``torch.nn.utils.clip_grad_value_`` and ``optax.clip``.

    Parameters
    ----------
    limit : float
        Finite and > 0.

    Examples
    --------
    >>> from losslab.training.optimisers import ClipByValue
    >>> ClipByValue(1.0)([3.0, -0.5])
    array([ 1. , -0.5])
    """

    limit: float

    def __post_init__(self):
        object.__setattr__(self, "limit", as_positive("limit", self.limit))

    def __call__(self, gradient):
        """The clipped gradient, a new array of the same shape; NaN stays NaN.

        Parameters
        ----------
        gradient : array_like
            Of any shape.
        """
        g = _copy(gradient)
        self.bind(g)()
        return g

    def bind(self, gradient):
        """A function without arguments that clips this array in place.

        Parameters
        ----------
        gradient : ndarray
            Of float64 or float32, C-contiguous and writeable.
        """
        _check_buffer(gradient)
        run = native.bound(
            compiled(CLIP_VALUE, gradient.dtype.name), (gradient.size, self.limit), (gradient,)
        )

        def clip():
            run()

        return clip


@dataclass(frozen=True)
class ClipByNorm:
    """Shorten a gradient whose norm is above a limit to that length; its direction stays.

    The factor is limit / (norm + add) if that is below 1, and so is it in
    ``torch.nn.utils.clip_grad_norm_``, where `add` is 1e-6; ``optax.clip_by_global_norm`` has none.

    Parameters
    ----------
    limit : float
        Finite and > 0.
    add : float
        Finite and >= 0.

    Examples
    --------
    >>> from losslab.training.optimisers import ClipByNorm
    >>> ClipByNorm(1.0)([3.0, -4.0])
    array([ 0.6, -0.8])
    """

    limit: float
    add: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "limit", as_positive("limit", self.limit))
        object.__setattr__(self, "add", as_nonnegative("add", self.add))

    def __call__(self, gradient):
        """The clipped gradient, a new array of the same shape.

        Parameters
        ----------
        gradient : array_like
            Of any shape, finite: a norm that is no number would hide that.

        Raises
        ------
        ValueError
            If a number is infinite or NaN.
        """
        g = _copy(gradient)
        finite = np.isfinite(g)
        if not finite.all():
            i = int(np.argmin(finite.reshape(-1)))
            bad = g.reshape(-1)[i].item()
            raise ValueError(f"gradient must be finite, got {bad!r}{inputs.place(i, g.shape)}")
        self.bind(g)()
        return g

    def bind(self, gradient):
        """A function without arguments that clips this array in place and returns the norm before.

        A gradient whose norm is not finite stays as it is: look at the norm.

        Parameters
        ----------
        gradient : ndarray
            Of float64 or float32, C-contiguous and writeable.
        """
        _check_buffer(gradient)
        norm = np.zeros(1)
        run = native.bound(
            compiled(CLIP_NORM, gradient.dtype.name),
            (gradient.size, self.limit, self.add),
            (gradient, norm),
        )

        def clip():
            run()
            return norm[0].item()

        return clip


def _copy(gradient):
    array = inputs.as_float_array("gradient", gradient)
    if array.size == 0:
        raise ValueError("gradient must hold at least one number, got none")
    return np.array(array, order="C")


def _check_buffer(gradient):
    if type(gradient) is not np.ndarray or not inputs.is_plain(gradient):
        raise TypeError(f"gradient must be a C-contiguous numpy array, got {shortened(gradient)}")
    if gradient.dtype not in (inputs.FLOAT64, inputs.FLOAT32):
        raise TypeError(f"gradient must be of float64 or float32, got {gradient.dtype}")
    if not gradient.flags.writeable:
        raise ValueError("gradient must be writeable")
