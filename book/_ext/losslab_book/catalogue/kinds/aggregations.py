"""Pages of rules that make one direction of the gradients of several tasks."""

import numpy as np

from losslab.widgets import DirectionExplorer

from .base import Kind, line

EXAMPLES = (
    [[-4.0, 1.0, 1.0], [6.0, 1.0, 1.0]],
    [[1.0, 0.0], [0.0, 2.0]],
    [[0.0, 1.0], [1.0, -1.0], [1.0, 0.0]],
)


class Aggregations(Kind):
    room = "multitask"
    works_on = "the gradients of several tasks"
    checked_in = "tests/multitask/claim_checks.py"
    quantities = ()

    def use(self, made):
        return f"{made}.aggregate(gradients)"

    def figure(self, rule):
        return DirectionExplorer(rule)

    def readings(self, rule):
        found = []
        for g in map(np.array, EXAMPLES):
            w = rule.weights(g @ g.T)
            direction = np.round(w @ g, 12) + 0.0  # a rest of rounding is no news here
            found.append([g.tolist(), w.tolist(), direction.tolist()])
        return found

    def table(self, found):
        return {
            "before": "",
            "head": ["gradients of the tasks", "weights", "direction"],
            "rows": [
                [", ".join(line(row) for row in g), line(w), line(direction)]
                for g, w, direction in found
            ],
        }

    def facts(self, cls):
        return [("Works on", self.works_on), ("Needs", "the products of all pairs of gradients")]
