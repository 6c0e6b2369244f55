"""Pages of penalties of all weights together."""

import numpy as np

from .. import words
from .base import Kind

ENTRIES = (3.0, -1.5, 0.4, 0.0, -0.7)
MATRIX = ((3.0, 1.0), (0.0, -2.0), (1.0, 1.0))


class JointPenalties(Kind):
    room = "penalties"
    checked_in = "tests/penalties/claim_checks.py"
    quantities = ("value", "gradient", "prox")

    def use(self, made):
        return f"{made}.value(w)"

    def readings(self, penalty):
        w = np.array(MATRIX) if penalty.of == "matrix" else np.resize(ENTRIES, penalty.size or 5)
        return {
            "w": w.tolist(),
            "value": penalty.value(w),
            "prox": penalty.prox(w, 0.5).tolist(),
            "dual": None if penalty.dual_at is None else penalty.dual_norm(w),
        }

    def table(self, found):
        rows = [["w", entries(found["w"])], ["value", words.number(found["value"], 5)]]
        rows.append(["proximal point, step 0.5", entries(found["prox"])])
        if found["dual"] is not None:
            rows.append(["dual norm", words.number(found["dual"], 5)])
        return {"before": "With the parameters of the example.", "head": ["", ""], "rows": rows}

    def facts(self, cls):
        on = "a matrix of weights" if cls.of == "matrix" else "the weights of a model together"
        return [("Works on", on)]


def entries(numbers):
    """`(1, 0.5)`, or rows of it."""
    if isinstance(numbers[0], list):
        return "; ".join(entries(row) for row in numbers)
    return "(" + ", ".join(words.number(float(v), 4) for v in numbers) + ")"
