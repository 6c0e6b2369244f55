"""Pages of optimisers."""

import numpy as np

from losslab.widgets import LandscapeExplorer

from .. import words
from .base import Kind, line

# A bowl with curvatures 1 and 100, from (1, 1): the largest stable rate of plain descent is 0.02.
CURVATURES = np.array([1.0, 100.0])
RATE, SHOWN = 0.008, (1, 2, 3, 10, 50, 200)
# The race of the figure: two rows make half the squared errors a bowl with the curvatures 1 and 20.
ROWS, START, RACED = [[2.0**0.5, 0.0], [0.0, 40.0**0.5]], (-1.6, 1.2), 60
RANGE = (-2.0, 2.0)


class Optimisers(Kind):
    room = "optimisers"
    works_on = "the weights of a model and the gradient there"
    checked_in = "tests/training/optimisers/claim_checks.py"
    quantities = ()
    same_code = (
        "All of it takes NumPy arrays w and gradient in double precision and makes the same first "
        "step; the tests run it as it is printed, where the library is installed."
    )

    def figure(self, optimiser):
        """The race of this rule beside gradient descent on a bowl that is ill-conditioned."""
        racers = [optimiser]
        if optimiser.name != "gradient_descent":
            racers.insert(0, "gradient_descent")
        return LandscapeExplorer(
            "squared_error",
            ROWS,
            [0.0, 0.0],
            racers,
            start=START,
            learning_rate=0.06,
            steps=RACED,
            x_range=RANGE,
            y_range=RANGE,
        )

    def picture(self, scene):
        return scene.panels[1]

    def use(self, made):
        return f"optimiser = {made}\nw, state = optimiser.step(w, gradient, learning_rate=rate)"

    def readings(self, optimiser):
        w, state, found = np.ones(2), None, []
        for step in range(1, SHOWN[-1] + 1):
            w, state = optimiser.step(w, CURVATURES * w, state, learning_rate=RATE)
            if step in SHOWN:
                found.append([step, w.tolist(), 0.5 * float(CURVATURES @ w**2)])
        return found

    def table(self, found):
        return {
            "before": "Down a bowl with the curvatures 1 and 100 from (1, 1), where the loss is 50.5, "
            f"at the rate {words.number(RATE)} and the defaults.",
            "head": ["step", "weights", "loss"],
            "rows": [
                [words.number(float(step)), line(w, 4), words.number(loss, 4)]
                for step, w, loss in found
            ],
        }

    def facts(self, cls):
        kept = {0: "nothing", 1: "one number a weight"}.get(
            cls.slots, f"{cls.slots} numbers a weight"
        )
        return [
            ("Works on", self.works_on),
            ("Remembers", kept),
            ("Learning rate", f"{words.number(cls.learning_rate)} unless given"),
        ]
