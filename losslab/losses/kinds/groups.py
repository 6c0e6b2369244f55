"""Which samples act together: the groups of a batch."""

from dataclasses import dataclass

import numpy as np

from losslab.contract.messages import shortened


@dataclass(frozen=True)
class Groups:
    """Samples by group: those of group c are ``order[starts[c] : starts[c + 1]]``, as float64."""

    order: np.ndarray
    starts: np.ndarray
    names: list

    @property
    def count(self):
        return self.starts.size - 1

    @property
    def sizes(self):
        return np.diff(self.starts).astype(int)

    def rows(self):
        """The places of each group's samples."""
        return np.split(self.order.astype(int), self.starts[1:-1].astype(int))

    def sums(self, x):
        """Sum of numbers of the samples, by group."""
        return np.add.reduceat(x[self.order.astype(int)], self.starts[:-1].astype(int))


def grouped(groups, n):
    """The groups of n samples, of which each says what group it is of; None is one for all.

    Raises
    ------
    ValueError, TypeError
        If `groups` is not a list of n names that can be sorted, or holds a NaN.

    Examples
    --------
    >>> from losslab.losses.kinds.groups import grouped
    >>> parts = grouped(["b", "a", "b"], 3)
    >>> parts.names, [rows.tolist() for rows in parts.rows()]
    (['a', 'b'], [[1], [0, 2]])
    """
    if groups is None:
        return Groups(np.arange(float(n)), np.array([0.0, n]), [])
    names = np.asarray(groups)
    if names.shape != (n,):
        raise ValueError(
            f"groups must say for each of the {n} samples what group it is of, got shape "
            f"{names.shape}"
        )
    if names.dtype.kind == "f" and np.isnan(names).any():
        raise ValueError("groups must not be NaN: say of each sample what group it is of")
    try:
        found, inverse, counts = np.unique(names, return_inverse=True, return_counts=True)
    except TypeError:
        raise TypeError(f"groups must be of one type, got {shortened(groups)}") from None
    order = np.argsort(inverse, kind="stable").astype(float)
    return Groups(order, np.append(0.0, np.cumsum(counts)), found.tolist())
