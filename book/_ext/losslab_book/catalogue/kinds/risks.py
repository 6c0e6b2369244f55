"""Pages of risks, which weigh samples by their losses."""

from losslab.widgets import WeightsExplorer

from .. import words
from .base import Kind, line

# The worst first: it is the one whose moves every risk answers to.
SHOWN = [4.5, 3.4, 2.6, 2.1, 1.6, 1.4, 1.1, 1.0, 0.8, 0.6, 0.5, 0.3]
EXAMPLES = ([0.1, 0.5, 0.9, 1.4, 3.0], [1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0, 10.0])


class Risks(Kind):
    room = "adaptive"
    works_on = "the losses of the samples of a batch"
    checked_in = "tests/adaptive/claim_checks.py"
    quantities = ()

    def use(self, made):
        return f"{made}.value(losses)"

    def figure(self, risk):
        return WeightsExplorer(risk, SHOWN)

    def picture(self, scene):
        return scene.panels[1]

    def readings(self, risk):
        found = []
        for losses in EXAMPLES:
            value, w = risk.value_and_weights(losses)
            found.append([losses, value, w.tolist()])
        return found

    def table(self, found):
        return {
            "before": "With the parameters at their defaults.",
            "head": ["losses", "risk", "weights"],
            "rows": [[line(x), words.number(value, 4), line(w)] for x, value, w in found],
        }

    def facts(self, cls):
        return [("Works on", self.works_on)]
