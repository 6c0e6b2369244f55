"""The kinds of questions a chapter can ask: a number, an array, a letter, a function."""

import copy
import inspect
import math
import sys
import zlib

import numpy as np

from losslab.exercises import slips
from losslab.exercises.base import register, right, wrong

TRIALS = 6


def number(label, expected, *, says, rel=1e-3, tolerance=1e-9, n=1, hints=()):
    """Ask for one number.

    Parameters
    ----------
    label : str
        Name of the exercise.
    expected : callable
        Without arguments; returns the right number. Called at the first check only.
    says : str
        What follows "Right: ".
    rel, tolerance : float
        Accepted relative and absolute distance.
    n : int
        Number of samples, to recognise a sum given for a mean.
    hints : sequence of (callable, str)
        Wrong numbers a reader may well arrive at, each with the sentence that helps.

    Examples
    --------
    >>> from losslab.exercises import base, kinds
    >>> kinds.number("demo-half", lambda: 0.5, says="one of two.")
    >>> base.check("demo-half", 1.0)
    Not yet: it is twice what it should be. Where does a ½ belong?
    """

    def test(answer):
        got, problem = slips.as_number(answer)
        if problem:
            return wrong(problem)
        want = float(expected())
        if slips.close(got, want, rel, tolerance):
            return right(says)
        for mistaken, hint in hints:
            if slips.close(got, float(mistaken()), rel, tolerance):
                return wrong(hint)
        slip = slips.usual_slip([np.float64(got)], [np.float64(want)], [n], rel, tolerance)
        if slip:
            return wrong(slip)
        if slips.close(got, want, 20 * rel, 20 * tolerance):
            # A loose check is one of an experiment, where more digits are not what is missing.
            finer = (
                "Search more finely around it."
                if rel >= 0.005
                else "Keep more digits, and round only at the end."
            )
            return wrong(f"close. {finer}")
        side = "small" if got < want else "large"
        return wrong(f"{got:.6g} is too {side}.")

    _enter(label, test, lambda: [(None, mistaken(), hint) for mistaken, hint in hints])


def array(label, expected, *, says, rel=1e-6, tolerance=1e-9, hints=(), entries=()):
    """Ask for an array.

    Parameters are those of `number`; `expected` and the wrong answers of `hints` return arrays.
    `entries` are wrong numbers at one place, (index, callable, str), for an array of one axis.

    Examples
    --------
    >>> from losslab.exercises import base, kinds
    >>> kinds.array("demo-signs", lambda: [1.0, -1.0], says="one each way.")
    >>> base.check("demo-signs", [1.0, 1.0])
    Not yet: 1 of 2 entries is right; the first that is not has index 1.
    """

    def test(answer):
        got, problem = slips.as_array(answer)
        if problem:
            return wrong(problem)
        want = np.asarray(expected(), dtype=float)
        if got.shape != want.shape:
            return wrong(f"an array of shape {want.shape} is asked for; yours has {got.shape}.")
        if slips.close(got, want, rel, tolerance):
            return right(says)
        for mistaken, hint in hints:
            other = np.asarray(mistaken(), dtype=float)
            if other.shape == got.shape and slips.close(got, other, rel, tolerance):
                return wrong(hint)
        slip = slips.usual_slip([got], [want], [got.size], rel, tolerance)
        if slip:
            return wrong(slip)
        if slips.close(np.sort(got, None), np.sort(want, None), rel, tolerance):
            return wrong("the numbers are right, the order is not.")
        for at, mistaken, hint in entries:
            if slips.close(got[at], float(mistaken()), rel, tolerance):
                return wrong(f"of the number with index {at}: {hint}")
        good = np.abs(got - want) <= tolerance + rel * np.abs(want)
        where = [int(i) for i in np.argwhere(~good)[0]]
        verb = "is" if good.sum() == 1 else "are"
        return wrong(
            f"{good.sum()} of {good.size} entries {verb} right; the first that is not has index "
            f"{where[0] if len(where) == 1 else tuple(where)}."
        )

    _enter(label, test, lambda: [(at, mistaken(), hint) for at, mistaken, hint in entries])


def choice(label, letter, *, options, says, hints=None):
    """Ask for one of several letters.

    Parameters
    ----------
    label : str
        Name of the exercise.
    letter : str
        The right one.
    options : str
        All letters, for example ``"abc"``.
    says : str
        What follows "Right: ".
    hints : dict, optional
        For a wrong letter, the sentence that helps.

    Examples
    --------
    >>> from losslab.exercises import base, kinds
    >>> kinds.choice("demo-pick", "b", options="ab", says="it counts.", hints={"a": "count."})
    >>> base.check("demo-pick", "A")
    Not yet: count.
    """

    def test(answer):
        if not isinstance(answer, str) or answer.strip().lower() not in set(options):
            legal = ", ".join(repr(o) for o in options)
            return wrong(f"one letter of {legal} is asked for, in quotes; you gave {answer!r}.")
        picked = answer.strip().lower()
        if picked == letter:
            return right(says)
        return wrong((hints or {}).get(picked, "look at the figure once more."))

    _enter(label, test)


def pair(rng):
    """Targets and predictions of a random length from 3 to 6, rounded so that they read well."""
    n = int(rng.integers(3, 7))
    y_true = rng.normal(0.0, 2.0, n).round(1)
    return y_true, (y_true + rng.normal(0.0, 2.0, n)).round(1)


def function(
    label, expected, *, says, inputs=pair, cases=(), names=("y_true", "y_pred"), rel=1e-6,
    tolerance=1e-9, hints=(),
):  # fmt: skip
    """Ask for a function; it is compared with a right one on given and on random inputs.

    Parameters
    ----------
    label : str
        Name of the exercise.
    expected : callable
        The right function, usually a few words around a loss of the package.
    says : str
        What follows "Right: ".
    inputs : callable
        Takes a seeded `numpy.random.Generator`, returns one tuple of arguments.
    cases : sequence of tuple
        Inputs to try first: the corners a reader may forget.
    names : tuple of str
        What the arguments are called in messages.
    rel, tolerance : float
        Accepted relative and absolute distance.
    hints : sequence of (callable, str)
        Wrong functions a reader may well write, each with the sentence that helps.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.exercises import base, kinds
    >>> kinds.function("demo-mae", lambda y, f: np.mean(abs(f - y)), says="the mean distance.")
    >>> base.check("demo-mae", lambda y, f: np.sum(abs(f - y)))
    Not yet: it grows with the number of samples. A mean is asked for; is
    this a sum?
    """

    def test(answer):
        if not callable(answer):
            return wrong(
                f"a function of {_listed(names)} is asked for; you gave "
                f"{type(answer).__name__}. Give its name without calling it."
            )
        if not _takes(answer, len(names)):
            plural = "s" * (len(names) > 1)
            return wrong(f"the function must take {len(names)} argument{plural}: {_listed(names)}.")
        rng = np.random.default_rng(zlib.crc32(label.encode()))
        trials = [*cases, *(inputs(rng) for _ in range(TRIALS))]
        got, want = [], []
        for arguments in trials:
            mine = copy.deepcopy(arguments)
            where = _shown(names, arguments)
            try:
                result = answer(*mine)
            except Exception as error:  # a reader may raise anything
                return wrong(f"it raised {type(error).__name__} ({error}) for {where}.")
            if any(not np.array_equal(a, b) for a, b in zip(mine, arguments, strict=True)):
                return wrong(f"it changes its arguments; work on a copy. Seen for {where}.")
            right_one = np.asarray(expected(*copy.deepcopy(arguments)), dtype=float)
            problem = _shape_problem(result, right_one)
            if problem:
                return wrong(f"{problem} Seen for {where}.")
            got.append(np.asarray(result, dtype=float))
            want.append(right_one)
        good = [slips.close(g, w, rel, tolerance) for g, w in zip(got, want, strict=True)]
        if all(good):
            return right(says)
        for mistaken, hint in hints:
            other = [np.asarray(mistaken(*copy.deepcopy(a)), dtype=float) for a in trials]
            if all(
                g.shape == o.shape and slips.close(g, o, rel, tolerance)
                for g, o in zip(got, other, strict=True)
            ):
                return wrong(hint)
        sizes = [max((np.size(a) for a in arguments), default=1) for arguments in trials]
        slip = slips.usual_slip(got, want, sizes, rel, tolerance)
        if slip:
            return wrong(slip)
        first = good.index(False)
        some = f"it is right for {sum(good)} of {len(good)} inputs; " if any(good) else ""
        return wrong(f"{some}it is off for {_shown(names, trials[first])}.")

    _enter(label, test)


def _enter(label, test, mistakes=list):
    # The check belongs to the chapter that asked for it, two frames up.
    test.__module__ = sys._getframe(2).f_globals.get("__name__", __name__)
    register(label, test, mistakes)


def _takes(function_, count):
    try:
        inspect.signature(function_).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        pass  # some built-ins do not tell; calling them will
    return True


def _listed(names):
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _shown(names, arguments):
    def text(a):
        return repr(np.asarray(a).tolist() if isinstance(a, np.ndarray) else a)

    return ", ".join(f"{k} = {text(a)}" for k, a in zip(names, arguments, strict=True))


def _shape_problem(result, want):
    if result is None:
        return "it returns nothing. Is a `return` missing?"
    array_, problem = slips.as_array(result)
    if problem:
        return f"the result is not usable: {problem}"
    if array_.shape == want.shape:
        return None
    if want.ndim == 0:
        return f"it returns an array of shape {array_.shape}; one number is asked for. Is the mean missing?"
    if array_.ndim == 0:
        return f"it returns one number; one for each of the {math.prod(want.shape)} is asked for."
    return f"it returns shape {array_.shape}; {want.shape} is asked for."
