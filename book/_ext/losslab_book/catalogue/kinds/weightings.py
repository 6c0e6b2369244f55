"""Pages of rules that weigh the losses of several tasks."""

from losslab.widgets import WeightsExplorer

from .. import words
from .base import Kind, line

EXAMPLES = ([1.0, 1.0], [0.01, 2.0, 30.0], [4.0, 1.0, 0.25])


class Weightings(Kind):
    room = "multitask"
    works_on = "the losses of several tasks"
    checked_in = "tests/multitask/claim_checks.py"
    quantities = ()

    def use(self, made):
        return f"{made}.value_and_gradients(losses, state)"

    def figure(self, rule):
        return WeightsExplorer(rule)

    def picture(self, scene):
        return scene.panels[1]

    def readings(self, rule):
        found = []
        for losses in EXAMPLES:
            best = rule.best(losses)
            value, w, _ = rule.value_and_gradients(losses, best)
            found.append([losses, best.tolist(), w.tolist(), value])
        return found

    def table(self, found):
        return {
            "before": "Where the state has come to rest for these losses.",
            "head": ["losses", "state", "weights", "value"],
            "rows": [
                [line(losses), line(state), line(w), words.number(value, 4)]
                for losses, state, w, value in found
            ],
        }

    def facts(self, cls):
        return [("Works on", self.works_on), ("Keeps", "a state, passed in and handed back")]
