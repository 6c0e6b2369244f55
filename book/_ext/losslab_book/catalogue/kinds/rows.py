"""Pages of losses of a target and a row of predictions."""

import numpy as np

from losslab.widgets import EnsembleExplorer, RowExplorer
from losslab.widgets.figures.ensemble_explorer import SITUATIONS, is_of_planes

from .. import digits
from .base import line
from .losses import Losses, named_columns, worked


class Rows(Losses):
    works_on = "one row a sample"
    checked_in = "tests/losses/row_claim_checks.py"
    about = " (rowwise)"

    def columns(self, cls):
        return named_columns(cls)

    def figure(self, loss):
        if is_of_planes(loss):
            return EnsembleExplorer(loss, presets=SITUATIONS)
        return RowExplorer(loss)

    def readings(self, loss):
        """Worked rows: targets, predictions, value and gradient of each."""
        targets, predictions = worked(loss, 3, np.random.default_rng(0))
        value, gradient = loss.value_and_gradient(targets, predictions, reduction="none")
        columns = (targets, predictions, value, gradient)
        return [[np.asarray(part).tolist() for part in row] for row in zip(*columns, strict=True)]

    def table(self, found):
        return {
            "before": "",
            "head": ["target", "prediction", "value", "gradient"],
            "rows": [[line(part) for part in row] for row in found],
        }

    def digits(self, loss):
        return digits.rowwise(loss)
