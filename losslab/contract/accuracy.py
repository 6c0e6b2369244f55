"""Bounds: how far from the exact result a computed one may be, and why not nearer."""

from typing import NamedTuple


class Bound(NamedTuple):
    """A declared bound, which the tests hold the kernels to.

    Parameters
    ----------
    ulp : float
        How many units.
    why : str
        Why it cannot be less: what is rounded, or cancels.
    of : {"result", "row", "rounding"}
        What the unit is of. ``"result"``: the last place of the result itself. Where terms of a row
        cancel, ``"row"``: for the value the largest of abs(value) and the sum of abs(f * gradient),
        for the gradient its largest entry. ``"rounding"``, where columns have units of their own: as
        ``"row"``, but also what one rounding of the predictions changes.

    Examples
    --------
    >>> from losslab.contract.accuracy import Bound
    >>> Bound(4.0, "two probabilities and a product are each rounded").ulp
    4.0
    """

    ulp: float
    why: str
    of: str = "result"


USUAL = Bound(2.0, "")
