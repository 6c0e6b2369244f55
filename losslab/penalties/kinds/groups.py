"""Groups of weights, as a parameter of a penalty."""

import numbers

from losslab.contract.messages import shortened
from losslab.contract.parameters import Vector


class Groups(Vector):
    """A parameter that says which weights belong together: a sequence of sequences of places.

    Kernels get one vector of numbers: how many groups there are, then for each its size and the
    places of its weights.

    Parameters
    ----------
    doc : str
        One sentence: what a group is.
    example : tuple of tuple of int
        Legal groups, for tests, tables and figures.
    disjoint : bool
        Whether each weight is in exactly one group; else in one at least.
    each : int, optional
        How many weights every group has, such as 2 for the edges of a graph.

    Examples
    --------
    >>> from losslab.penalties.kinds.groups import Groups
    >>> groups = Groups(doc="places of weights that go together", example=((0, 1), (2,)))
    >>> groups.validate([[0, 2], [1]])
    ((0, 2), (1,))
    >>> groups.packed(((0, 2), (1,)))
    [2, 2, 0, 2, 1, 1]
    """

    def __init__(self, *, doc, example, disjoint=True, each=None):
        self.disjoint, self.each = disjoint, each
        super().__init__(doc=doc, example=(0,))
        self.example = example

    @property
    def legal(self):
        """Legal groups in words."""
        size = f"of {self.each} places each" if self.each else "of places"
        once = "each place from 0 on in exactly one" if self.disjoint else "no place left out"
        return f"a sequence of groups {size}, counted from 0, {once}"

    def validate(self, value):
        """The groups as a tuple of tuples of int.

        Raises
        ------
        TypeError, ValueError
            If they are not such groups; the message names the first that is wrong.
        """
        if value is None:
            raise ValueError(f"{self.name} must be given: {self.legal}")
        try:
            groups = tuple(tuple(group) for group in value)
        except TypeError:
            raise TypeError(f"{self.name} must be {self.legal}, got {shortened(value)}") from None
        for group in groups:
            for place in group:
                if isinstance(place, bool) or not isinstance(place, numbers.Integral):
                    raise TypeError(f"{self.name} must be {self.legal}, got {shortened(place)}")
        groups = tuple(tuple(int(place) for place in group) for group in groups)
        places = [place for group in groups for place in group]
        wrong = self._wrong(groups, places)
        if wrong:
            raise ValueError(f"{self.name} must be {self.legal}; {wrong}")
        return groups

    def _wrong(self, groups, places):
        """What is wrong with groups, in words, or None."""
        for group in groups:
            if not group or min(group) < 0 or (self.each and len(group) != self.each):
                return f"got the group {list(group)}"
            if len(set(group)) < len(group):
                return f"{list(group)} names a place twice"
        if not groups:
            return "got none"
        missing = sorted(set(range(max(places) + 1)) - set(places))
        if missing:
            return f"place {missing[0]} is in no group"
        if self.disjoint and len(set(places)) < len(places):
            twice = next(place for place in places if places.count(place) > 1)
            return f"place {twice} is in more than one group"
        return None

    def size_of(self, groups):
        """How many weights there are."""
        return 1 + max(place for group in groups for place in group)

    def packed(self, groups):
        """As kernels get them."""
        return [len(groups)] + [number for group in groups for number in (len(group), *group)]
