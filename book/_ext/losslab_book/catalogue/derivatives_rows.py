"""First and second derivatives of losses of rows and batches, by one output, as formulas.

As for pointwise losses (see `derivatives`) they are Python expressions: the tests compare their numbers
with those of the kernels, and the page shows them, set by `expressions.latex`.
"""

import re

import mpmath
import numpy as np

from . import expressions
from .derived import FORMULAS

HALVINGS = 160
# Targets that are used as the number of a column.
NUMBERS = ("class", "level")
COUNTED = (*NUMBERS, "period", "period or later")


def numbers(cls, y, f, parameters):
    """What the formulas give for one row, or one batch: the gradient, and the diagonal or None."""
    found = FORMULAS[cls.name]
    with mpmath.workdps(40):
        known = names(cls, found, y, f, parameters)
        return [along(each, known, found) if each else None for each in (found.first, found.second)]


def along(formulas, known, found):
    """A row of derivatives."""
    if isinstance(formulas, str):
        return taken(formulas, known, known["row"])
    derived = []
    for output, text in formulas.items():
        if output in found.each:
            letters, places = found.each[output]
            derived += taken(text, known, expressions.value(places, known), letters)
        else:
            derived.append(expressions.value(text, known))
    return derived


def taken(text, known, places, letters="k"):
    """An expression at each place: a number for one letter, several for several."""
    each = (place if isinstance(place, tuple) else (place,) for place in places)
    return [
        expressions.value(text, {**known, **dict(zip(letters, place, strict=True))})
        for place in each
    ]


def names(cls, found, y, f, parameters):
    """Numbers and rows of numbers behind the names in the formulas."""
    columns = expressions.value(found.columns, {"len": len, "f": f, "y": y})
    known = {"K": columns, "row": range(columns), "range": range, "len": len}
    known[found.over] = exactly(f)
    # Of vectors: of a row of targets, or of the predictions of one sample of a batch.
    known["parts"] = range(np.shape(f)[1] if np.ndim(f) == 2 else np.size(y))
    known["y"] = int(y) if cls.kind == "rowwise" and cls.target in NUMBERS else exactly(y)
    for key, number in parameters.items():
        known[key] = exactly(number)
        if key in cls.vector_specs and cls.vector_specs[key].square:
            known[key] = [known[key][i * columns : (i + 1) * columns] for i in range(columns)]
    if found.unknown:
        known[found.unknown[0]] = solved(found, known)
    define({**found.given, **found.where}, known)
    return known


def exactly(numbers):
    if hasattr(numbers, "__len__"):
        return [exactly(each) for each in numbers]
    return mpmath.mpf(float(numbers))


def define(definitions, known):
    """Add what is defined; the page may say what a name is made of after the name."""
    waiting = dict(definitions)
    while waiting:
        ready = [
            key for key, text in waiting.items() if not expressions.names(text) & bases(waiting)
        ]
        if not ready:
            raise ValueError(f"names must not be made of each other, got {sorted(waiting)}")
        for key in ready:
            text = waiting.pop(key)
            known[base(key)] = table(key, text, known)


def table(key, text, known):
    """A number, or one for each k of the row, each part i or j of a vector, as the key says."""
    letters = re.findall(r"\[(\w)\]", key)
    if not letters:
        return expressions.value(text, known)
    places = known["row"] if letters[0] == "k" else known["parts"]
    inner = base(key) + "".join(f"[{letter}]" for letter in letters[1:])
    return [table(inner, text, {**known, letters[0]: place}) for place in places]


def bases(definitions):
    return {base(key) for key in definitions}


def base(key):
    return key.partition("[")[0]


def solved(found, known):
    """The unknown number that makes the row p sum to 1, by halving."""
    name, least = found.unknown
    of_row = {"p[k]": found.where["p[k]"]}

    def too_much(at):
        trial = {**known, name: at}
        define(of_row, trial)
        return sum(trial["p"]) > 1

    low = expressions.value(least, known)
    step = mpmath.mpf(1)
    while too_much(low + step):
        step *= 2
    high = low + step
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if too_much(middle) else (low, middle)
    return high


def latex(cls):
    """The formulas and what stands for what, for the page of a class; empty if there are none."""
    found = FORMULAS.get(cls.name)
    if found is None:
        return ""
    letters = found.letters
    lines = [
        rf"{sign(output, order)} &= {expressions.latex(text, letters)}"
        for order, formulas in ((1, found.first), (2, found.second))
        for output, text in by_output(formulas, found).items()
    ]
    lines += [
        rf"{expressions.latex(k, letters)} &= {expressions.latex(v, letters)}"
        for k, v in found.where.items()
    ]
    if found.unknown:
        unknown, p = (expressions.name(n, letters) for n in (found.unknown[0], "p"))
        lines.append(rf"{unknown} &\text{{ such that }} \textstyle\sum_j {p}_j = 1")
    return r"\begin{aligned} " + r" \\[0.6em] ".join(lines) + r" \end{aligned}"


def by_output(formulas, found):
    if not formulas:
        return {}
    if isinstance(formulas, dict):
        return formulas
    return {expressions.latex(f"{found.over}[k]", found.letters): formulas}


def note(cls):
    """What a reader must know of the signs in the formulas of a class."""
    found = FORMULAS.get(cls.name)
    if found is None:
        return ""
    parts = (by_output(found.first, found), by_output(found.second, found), found.where)
    used = set().union(*(expressions.names(text) for part in parts for text in part.values()))
    said = []
    if cls.kind == "rowwise" and cls.target in COUNTED:
        said.append("the index k counts from 0, as labels do")
    if "one" in used:
        said.append("a condition in square brackets is 1 if it holds and 0 if not")
    sentence = "; ".join(said)
    return " ".join(
        filter(None, (sentence and f"{sentence[0].upper()}{sentence[1:]}.", found.note))
    )


def sign(output, order):
    """What a line is of: the first or second derivative with respect to an output."""
    if order == 1:
        return rf"\frac{{\partial \ell}}{{\partial {output}}}"
    squared = f"({output})^2" if output.startswith("\\log") else f"{output}^2"
    return rf"\frac{{\partial^2 \ell}}{{\partial {squared}}}"
