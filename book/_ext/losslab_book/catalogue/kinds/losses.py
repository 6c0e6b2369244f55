"""What the pages of all kinds of losses share."""

from .. import words
from .base import Kind

HESSIAN = (
    "Second derivatives: `curvature` gives the diagonal of the Hessian, `hessian_product` the Hessian "
    "times a vector."
)


class Losses(Kind):
    room = "losses"
    second_derivatives = HESSIAN
    quantities = ("value", "gradient", "curvature")

    def use(self, made):
        return f"{made}.value(y_true, y_pred)"

    def facts(self, cls):
        target, prediction = cls.domains()
        other = getattr(cls, "target_by_parameters", None)
        columns = self.columns(cls)
        return [
            (
                "Target y",
                words.marked_up(target[cls.target].legal)
                + (" (other parameters, other targets)" if other else ""),
            ),
            ("Prediction ŷ", words.marked_up(prediction[cls.prediction].legal)),
            ("Works on", "; ".join(filter(None, (self.works_on, columns)))),
        ]

    def columns(self, cls):
        """What the columns of a prediction are."""
        return ""

    def quantities_of(self, cls):
        return [q for q in self.quantities if q != "curvature" or cls.has_curvature()]

    def beyond(self, cls):
        if not cls.has_curvature():
            return words.marked_up(f"It has no curvature: {cls.no_curvature}.")
        return words.marked_up(self.second_derivatives)


def named_columns(cls):
    if cls.outputs in ("values", "number"):
        return ""
    if cls.outputs == "classes":
        return "one column a class"
    return "columns " + ", ".join(name.replace("_", " ") for name in cls.outputs)


def fits(loss, targets, predictions):
    """Whether predictions stay legal when they are rounded for the reader."""
    try:
        loss.value(targets, predictions.round(2))
    except ValueError:
        return False
    return True


def worked(loss, n, rng):
    """An example of n samples, with predictions that a reader can take in."""
    targets, predictions = loss.example(n, rng)
    return targets, predictions.round(2) if fits(loss, targets, predictions) else predictions
