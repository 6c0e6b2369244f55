"""How derivatives of losses of rows are written down."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RowDerivatives:
    """Derivatives with respect to output k of a row, or to each output that has a name.

    Expressions may use y, the row of predictions (called as `over` says), the parameters, K (how many
    outputs), `row` (their numbers from 0, to sum over), `parts` (the same for the numbers of a vector) and
    what `given` and `where` define. A name with ``[k]`` is a row: its expression is taken at each k; with
    ``[i]`` or ``[j]`` it is taken for the parts of a vector.
    """

    # An expression of k, or {LaTeX of the output: expression} in the order of the columns.
    first: str | dict
    second: str | dict = ""  # the diagonal
    where: dict = field(default_factory=dict)
    # Letters of the loss's own formula that differ from the names of its parameters.
    letters: dict = field(default_factory=dict)
    over: str = "z"
    # What parts of y and f are called, as in the loss's formula: not said again below the derivatives.
    given: dict = field(default_factory=dict)
    # A number that has no formula, and the least it can be: it makes the row p sum to 1.
    unknown: tuple = ()
    # How many numbers `row` counts, and what outputs that stand for several are taken over (letters, and
    # the numbers that they stand for): a mixture has rows of weights, of means and of scales.
    columns: str = "len(f)"
    each: dict = field(default_factory=dict)
    # A sentence below the formulas, on limits for one.
    note: str = ""
