"""What the figures of several losses share: which they take, their table, sliders and menu."""

from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import DETAILS, footer, sliders_of, stacked, table


class SeveralLosses(Figure):
    """Base of the figures of several losses, each a row of their table with sliders of its own."""

    most = None  # losses at once, if there is a limit
    before = "button"  # what the footer starts with: a menu of losses to add, or a button

    def check_suits(self, loss):
        """Raise ValueError if the figure cannot draw a loss."""
        raise NotImplementedError

    def check_losses(self, losses):
        if self.most is not None and len(losses) > self.most:
            raise ValueError(f"{self.plural()} must be at most {self.most}, got {len(losses)}")
        for loss in losses:
            self.check_suits(loss)

    def heights_of(self, *parts):
        """What the figure takes: parts of its own, and what all figures of several losses have."""
        counts = [len(loss.parameter_specs) for loss in self.losses]
        return stacked(*parts, table(len(counts)), sliders_of(counts), footer(self.before), DETAILS)
