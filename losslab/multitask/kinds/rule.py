"""What all rules for several tasks share."""

from losslab.contract.definition import Definition
from losslab.multitask.kinds import claims  # noqa: F401, declares what may be claimed
from losslab.multitask.kinds.shelf import shelf


class Rule(Definition):
    """A rule that decides how much each of several tasks counts.

    Not made directly: `losslab.multitask.get` and the classes of `losslab.multitask` make rules.
    `needs` says what it looks at: ``"losses"`` of the tasks, or the ``"gram"`` matrix of their
    gradients.
    """

    shelf = shelf
    needs = None
