"""What the figures of one rule share: a rule weighs several things, and its parameters are sliders."""

from losslab.contract.definition import Definition
from losslab.contract.messages import shortened
from losslab.widgets.parts.checks import as_column, require_finite
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import DETAILS, footer, sliders, stacked


class OneRule(Figure):
    """Base of the figures of one rule, whose parameters alone the reader changes."""

    before = None  # what the footer starts with

    def __init__(self, figure, rule, alt, arguments, presets=None):
        if not isinstance(rule, str | Definition):
            raise TypeError(
                f"rule must be a name or a {self.noun()} such as {self.shelves[0].example()}, "
                f"got {shortened(rule)}"
            )
        super().__init__(figure, rule, alt, arguments, presets)

    def check_losses(self, losses):
        if len(losses) > 1:
            raise ValueError(f"{self.plural()} must be one, got {len(losses)}")
        if self.losses and type(losses[0]) is not type(self.losses[0]):
            raise ValueError(
                f"the rule must stay {self.rule.name!r} with any parameters, got "
                f"{losses[0].name!r}; make another figure"
            )

    @property
    def rule(self):
        """The rule with the parameters that the reader has set."""
        return self.losses[0]

    def letters(self, count):
        """What the things that it weighs are called."""
        return [chr(65 + i) for i in range(count)]

    def heights_of(self, *parts):
        """What the figure takes: parts of its own, and what all figures of one rule have."""
        count = len(type(self.rule).parameter_specs)
        return stacked(*parts, sliders(count), footer(self.before), DETAILS)


def check_numbers(name, values, fewest, most):
    """So many finite numbers as a list."""
    column = as_column(name, values)
    if not fewest <= column.size <= most:
        legal = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        raise ValueError(f"{name} must hold {legal} numbers, got {column.size}")
    require_finite(name, column)
    return column.tolist()
