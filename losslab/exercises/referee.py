"""Checks of chapter 1, The referee."""

import losslab as ll
from losslab.exercises.kinds import function

function(
    "referee-squared-error",
    lambda y_true, y_pred: ll.get("squared_error").value(y_true, y_pred),
    says="half the mean of the squared residuals.",
)
