"""Registry of self-checks: one label, one question, one verdict on a reader's answer."""

import difflib
import textwrap
from typing import NamedTuple

_checks = {}
_mistakes = {}


class Verdict(NamedTuple):
    """What a check says about an answer.

    Parameters
    ----------
    right : bool
        Whether the answer is accepted.
    message : str
        One or two sentences for the reader. It never holds the answer.

    Examples
    --------
    >>> from losslab.exercises import Verdict
    >>> Verdict(True, "Right: both sides pull equally.").right
    True
    """

    right: bool
    message: str


def right(sentence):
    """The verdict for a right answer, with the sentence that says why it is right."""
    return Verdict(True, f"Right: {sentence}")


def wrong(sentence):
    """The verdict for an answer that is not right yet, with a hint."""
    return Verdict(False, f"Not yet: {sentence}")


def register(label, test, mistakes=list):
    """Enter a check under a label.

    Parameters
    ----------
    label : str
        Starts with the chapter's name: ``"referee-worst"``.
    test : callable
        Takes the answer and returns a `Verdict`.
    mistakes : callable
        Without arguments; returns what `mistakes` tells of this label.

    Raises
    ------
    ValueError
        If another module has taken the label.

    Examples
    --------
    >>> from losslab.exercises import base
    >>> base.register("demo-even", lambda n: base.right("even.") if n % 2 == 0
    ...               else base.wrong("odd."))
    >>> base.check("demo-even", 3)
    Not yet: odd.
    """
    home = getattr(test, "__module__", None)
    other = _checks.get(label)
    if other is not None and getattr(other, "__module__", None) != home:
        raise ValueError(f"the label {label!r} is taken by {other.__module__}: choose another")
    _checks[label] = test
    _mistakes[label] = mistakes


def labels(chapter=None):
    """Labels of all checks, sorted.

    Parameters
    ----------
    chapter : str, optional
        Only labels that start with this chapter's name.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import losslab as ll
    >>> "referee-worst" in ll.exercises.labels("referee")
    True
    """
    return sorted(k for k in _checks if chapter is None or k.startswith(f"{chapter}-"))


def verdict(label, answer):
    """Judge an answer without printing anything.

    Parameters
    ----------
    label : str
        Which exercise.
    answer : object
        A number, an array, a function or a letter, as the exercise asks.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If there is no such label; the nearest one is named.
    TypeError
        If the label is not a string.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.exercises.verdict("referee-worst", "a word").right
    False
    """
    _known(label)
    if answer is None or answer is Ellipsis:
        return wrong("there is no answer here yet. Replace the placeholder and run again.")
    return _checks[label](answer)


def _known(label):
    if not isinstance(label, str):
        raise TypeError(f"label must be a string such as 'referee-worst', got {label!r}")
    if label not in _checks:
        near = difflib.get_close_matches(label, _checks, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"unknown exercise {label!r}{hint or ';'} ll.exercises.labels() lists all")


def mistakes(label, index=None):
    """Wrong numbers that have a hint of their own, for a page that checks without Python.

    Parameters
    ----------
    label : str
        Which exercise.
    index : int, optional
        Which number, where the exercise asks for several.

    Returns
    -------
    list of (float, str)
        Each wrong number with its hint; empty where none is known.

    Raises
    ------
    ValueError
        If there is no such label; the nearest one is named.
    TypeError
        If the label is not a string.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.exercises.mistakes("referee-worst")[2]
    (14.0, 'that is the largest miss itself; where does c lie?')
    """
    _known(label)
    return [
        (float(value), hint) for at, value, hint in _mistakes[label]() if at is None or at == index
    ]


def check(label, answer):
    """Tell a reader whether an answer is right and, if not, what is off. Never the answer.

    Parameters
    ----------
    label : str
        Which exercise, as printed in the chapter.
    answer : object
        A number, an array, a function or a letter, as the exercise asks.

    Raises
    ------
    ValueError
        If there is no such label; the nearest one is named.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.exercises.check("referee-worst", None)
    Not yet: there is no answer here yet. Replace the placeholder and run
    again.
    """
    print(textwrap.fill(verdict(label, answer).message, 70))
