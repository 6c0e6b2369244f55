"""What stands near a loss: what the chooser offers beside it, what it speaks of, its neighbours."""

import functools
import inspect
import re
from urllib.parse import urlencode

from losslab.widgets.manifest import axis_of, built_in

from .. import chooser
from . import problems, words

FEWEST, MOST = 3, 6


@functools.cache
def beside():
    """{name: names that the chooser offers beside it}, in its order."""
    found = {}
    for _, advice in chooser.paths(chooser.tree()):
        names = [item["loss"] for item in advice]
        for name in names:
            found.setdefault(name, []).extend(other for other in names if other != name)
    return found


def of_one_problem(cls):
    """Names of what meets the same problems and takes the same targets."""
    for entry in problems.problems():
        if cls.name in entry["take"]:
            yield from entry["take"]


def spoken_of(cls):
    """Names of other definitions of its shelf in the docstring and in when (not) to use it."""
    said = f"{inspect.getdoc(cls) or ''} {cls.use_when} {cls.avoid_when}"
    said = said.partition("\nExamples\n")[0]
    known = {other.name for other in built_in() if other.shelf is cls.shelf}
    return [
        name
        for name in re.findall(r"\w+", said)
        if name in known and ("_" in name or f"`{name}`" in said)
    ]


def near(cls):
    """Up to a few others, each with what it is for, and if a figure shows both the link to it."""
    by_name = {other.name: other for other in built_in() if other.shelf is cls.shelf}
    alike = [other for other in by_name.values() if sort_of(other) == sort_of(cls)]
    beside_it = [other.name for other in alike if other.__module__ == cls.__module__]
    names = []
    if cls.shelf.room == "losses":
        names += [*beside().get(cls.name, ()), *spoken_of(cls)]
        names += beside_it[:2]
        names += [name for name in of_one_problem(cls) if by_name[name] in alike]
    names = [name for name in dict.fromkeys([*names, *beside_it]) if name != cls.name]
    others = [by_name[name] for name in names][:MOST]
    rest = [other for other in alike if other is not cls and other not in others]
    rest.sort(key=lambda other: -likeness(cls, other))
    others += rest[: max(0, FEWEST - len(others))]
    return [
        {
            "cls": other,
            "title": other.title,
            "use": words.Symbols(other).marked_up(other.use_when or words.short(other)).rstrip("."),
            "compare": compared(cls, other),
        }
        for other in others
    ]


def likeness(cls, other):
    """How many things are claimed of both alike."""
    mine, its = ({key: holds for key, holds, _ in words.claims(c.typical())} for c in (cls, other))
    return sum(its.get(key) == holds for key, holds in mine.items())


def sort_of(cls):
    return cls.kind, cls.family, getattr(cls, "target", None)


def compared(cls, other):
    """Where the page of `cls` shows both in its figure, or None."""
    if (cls.kind, other.kind) == ("separable", "separable"):
        return f"#figure1?{urlencode({'losses': f'{linked(cls)},{linked(other)}'})}"
    if (cls.kind, other.kind) != ("pointwise", "pointwise"):
        return None
    axes = axis_of(cls), axis_of(other)
    if axes[0] != axes[1] and axes != ("prediction", "residual"):
        return None
    return f"#figure1?{urlencode({'losses': f'{linked(cls)},{linked(other)}'})}"


def linked(cls):
    """A loss with its parameters, as an address has it: `huber(delta=1.0)`."""
    given = ";".join(f"{k}={float(v):g}" for k, v in cls.typical().parameters.items())
    return f"{cls.name}({given})" if given else cls.name
