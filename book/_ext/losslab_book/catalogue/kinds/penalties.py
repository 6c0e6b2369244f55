"""Pages of penalties that are sums over weights."""

import numpy as np

from losslab.widgets import ShrinkExplorer

from .. import words
from .base import Kind

SHOWN_AT = (-3.0, -0.7, -0.1, 0.0, 0.1, 0.7, 1.5, 3.0)


class Penalties(Kind):
    room = "penalties"
    works_on = "the weights of a model, one by one"
    checked_in = "tests/penalties/claim_checks.py"
    quantities = ("value", "gradient", "prox")
    derivatives = "Derivative and proximal operator"

    def use(self, made):
        return f"{made}.value(w)"

    def figure(self, penalty):
        return ShrinkExplorer(penalty)

    def readings(self, penalty):
        found = [penalty.value([w]) for w in SHOWN_AT]
        w = np.array(SHOWN_AT)
        columns = (SHOWN_AT, found, penalty.gradient(w).tolist(), penalty.prox(w, 0.5).tolist())
        return [list(row) for row in zip(*columns, strict=True)]

    def table(self, found):
        return {
            "before": "With the parameters at their defaults; the proximal operator with the step 0.5.",
            "head": ["w", "value", "gradient", "prox"],
            "rows": [[words.number(v, 5) for v in row] for row in found],
        }

    def facts(self, cls):
        return [("Works on", self.works_on)]
