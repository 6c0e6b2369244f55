"""Penalties of groups of weights, which enter or leave a model together."""

import math

import numpy as np

from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.style import style
from losslab.penalties.kinds.groups import Groups
from losslab.penalties.kinds.joint import Joint
from losslab.penalties.kinds.strength import STRENGTH


def group_length(w, groups, at, size):
    """Euclidean length of the weights of one group, whose places begin at `at`."""
    top = 0.0
    for i in range(size):
        top = max(top, abs(w[int(groups[at + i])]))
    if top == 0.0:
        return 0.0
    total = 0.0
    for i in range(size):
        part = w[int(groups[at + i])] / top
        total += part * part
    return top * math.sqrt(total)


class GroupLasso(Joint):
    """Group lasso: lengths of groups of weights, each times the root of the group's size.

    A group is 0 as a whole or not at all: what a category of many columns brings is kept or dropped
    together. Inside a group it shrinks like a length, without zeros of its own.

    Examples
    --------
    >>> import losslab as ll
    >>> penalty = ll.penalties.get("group_lasso", groups=[[0, 1], [2, 3]], strength=0.5)
    >>> penalty.prox([3.0, 4.0, 0.3, -0.4]).round(4)
    array([2.5757, 3.4343, 0.    , 0.    ])
    """

    name = "group_lasso"
    title = "Group lasso"
    family = "groups"
    formula = r"\lambda \sum_g \sqrt{d_g}\, \lVert w_g \rVert_2"
    reference = "yuan2006"
    use_when = "Weights come in groups that enter a model together, as those of one category do."
    avoid_when = "Zeros are wanted inside the groups too."
    style = style("green", "dashdot")
    groups = Groups(
        doc="places of the weights of each group, counted from 0", example=((0, 1), (2, 3, 4))
    )
    strength = Parameter(1.0, **STRENGTH)
    planar = {"groups": ((0, 1),)}
    claims = Claims(
        convex=True,
        differentiable=lambda groups, strength: strength == 0.0,
        nonnegative=True,
        smooth=lambda groups, strength: None if strength else 0.0,
        strongly_convex=None,
        homogeneous=1.0,
        sparse=lambda groups, strength: strength > 0.0,
        unbiased=lambda groups, strength: strength == 0.0,
        firmly_nonexpansive=True,
        clusters=False,
        constraint=False,
    )

    def value_at(w, g, s, n, m, groups, strength):
        total = 0.0
        at = 2
        for _ in range(int(groups[0])):
            size = int(groups[at - 1])
            length = group_length(w, groups, at, size)
            factor = strength * math.sqrt(float(size))
            total += factor * length
            for i in range(size):
                j = int(groups[at + i])
                g[j] = factor * (w[j] / length) if length > 0.0 else 0.0
            at += size + 1
        return total

    def prox_at(w, x, s, n, m, step, groups, strength):
        at = 2
        for _ in range(int(groups[0])):
            size = int(groups[at - 1])
            length = group_length(w, groups, at, size)
            left = length - step * strength * math.sqrt(float(size))
            for i in range(size):
                j = int(groups[at + i])
                x[j] = w[j] * (left / length) if left > 0.0 else 0.0
            at += size + 1
        return 0

    def dual_at(u, s, n, m, groups, strength):
        most = 0.0
        at = 2
        for _ in range(int(groups[0])):
            size = int(groups[at - 1])
            length = group_length(u, groups, at, size)
            most = max(most, length / math.sqrt(float(size)))
            at += size + 1
        return most / strength if strength > 0.0 else (np.inf if most > 0.0 else 0.0)

    def exact(mp, w, groups, strength):
        lengths = (mp.sqrt(len(g) * sum(w[j] ** 2 for j in g)) for g in groups)
        return strength * sum(lengths)
