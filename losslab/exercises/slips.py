"""Recognising the usual slips: a sign, a factor of two, a sum for a mean."""

import numpy as np


def as_number(answer):
    """`answer` as a float, or a sentence that says why it is not one number."""
    if isinstance(answer, bool | np.bool_):
        return None, "a number is asked for, not True or False."
    if isinstance(answer, str):
        return None, "a number is asked for; you gave text. Write it without quotes."
    if isinstance(answer, complex | np.complexfloating):
        return None, "a real number is asked for; you gave a complex one."
    if callable(answer):
        return None, "a number is asked for; you gave a function. Call it and give the result."
    if isinstance(answer, tuple) and len(answer) == 2:
        return None, "one number is asked for; you gave two. The decimal sign is a point: 3.5."
    try:
        array = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return None, f"a number is asked for; you gave {_a(type(answer).__name__)}."
    if array.ndim:
        return None, (
            f"one number is asked for; you gave an array of shape {array.shape}. Is a mean or a sum missing?"
        )
    return _finite(array, float(array))


def as_array(answer):
    """`answer` as a float array, or a sentence that says why it is not one."""
    if isinstance(answer, str) or callable(answer):
        return None, f"an array of numbers is asked for; you gave {_a(type(answer).__name__)}."
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf":
            raise TypeError
        array = array.astype(float)
    except (TypeError, ValueError):
        return None, (
            f"an array of numbers is asked for; what you gave ({type(answer).__name__}) does not become one."
        )
    return _finite(array, array)


def _finite(array, result):
    if np.isnan(array).any():
        return None, "there is a NaN in it: a 0/0, or the root or logarithm of a negative number."
    if np.isinf(array).any():
        return None, "there is an infinity in it: a division by zero, or a number too large."
    return result, None


def _a(word):
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def close(got, want, rel, tolerance):
    """Whether two arrays agree to a relative or an absolute tolerance, entry by entry."""
    return bool(np.all(np.abs(got - want) <= tolerance + rel * np.abs(want)))


def usual_slip(got, want, sizes, rel=1e-6, tolerance=1e-9):
    """A sentence that names the slip between `got` and `want`, or None.

    Parameters
    ----------
    got, want : sequence of ndarray
        The answer's results and the right ones, one pair a trial, shapes equal.
    sizes : sequence of int
        How many samples each trial had: what a sum and a mean differ by.
    """
    if all(not np.any(w) for w in want):
        return None  # every multiple of zero is zero: nothing to recognise

    def is_like(change):
        with np.errstate(all="ignore"):
            return all(
                close(g, change(w, n), rel, tolerance)
                for g, w, n in zip(got, want, sizes, strict=True)
            )

    if is_like(lambda w, n: -w):
        return "the size is right, the sign is the other way round. Which is subtracted from which?"
    for factor in (2.0, -2.0):
        turned = " and the sign is the other way round" if factor < 0 else ""
        if is_like(lambda w, n, k=factor: k * w):
            return f"it is twice what it should be{turned}. Where does a ½ belong?"
        if is_like(lambda w, n, k=factor: w / k):
            return f"it is half of what it should be{turned}. Is there a ½ too many?"
    if max(sizes) > 1:
        if is_like(lambda w, n: n * w):
            return "it grows with the number of samples. A mean is asked for; is this a sum?"
        if is_like(lambda w, n: w / n):
            return "it shrinks with the number of samples. Was it divided by n once too often?"
    if all(np.all(np.isin(w, (-1.0, 0.0, 1.0))) for w in want):
        return None  # squares and roots of these tell nothing
    if is_like(lambda w, n: w * w):
        return "it is the square of what it should be."
    if is_like(lambda w, n: np.sqrt(np.abs(w))):
        return "it is the square root of what it should be."
    return None
