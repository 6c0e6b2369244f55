"""Pages of losses of a whole batch."""

import numpy as np

from losslab.widgets import BatchExplorer

from .. import digits, words
from .base import line
from .losses import Losses, named_columns, worked


class Batches(Losses):
    works_on = "a whole batch at once"
    checked_in = "tests/losses/batch_claim_checks.py"
    about = " (batchwise)"

    def columns(self, cls):
        return named_columns(cls)

    def figure(self, loss):
        return BatchExplorer(loss)

    def picture(self, scene):
        return scene.panels[1]

    def readings(self, loss):
        """One worked batch: its value, and target, prediction and gradient of each sample."""
        targets, predictions = worked(loss, 6, np.random.default_rng(0))
        value, gradient = loss.value_and_gradient(targets, predictions)
        columns = (np.asarray(part).tolist() for part in (targets, predictions, gradient))
        return {"value": value, "rows": [list(row) for row in zip(*columns, strict=True)]}

    def table(self, found):
        return {
            "before": f"Of this batch the loss is {words.number(found['value'], 4)}.",
            "head": ["target", "prediction", "gradient"],
            "rows": [[line(part) for part in row] for row in found["rows"]],
        }

    def digits(self, loss):
        return digits.batchwise(loss)
