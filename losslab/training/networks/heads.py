"""Heads: what makes predictions that a loss accepts of the last layer's outputs."""

from dataclasses import dataclass

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_positive

# Which links lead into each domain of predictions, the usual one first. A link out of the whole
# line is wrong for a loss that has it inside: its logits would be probabilities.
_INSIDE = ("identity",)
_LEADS = {
    "value": ("identity", "softplus", "exp", "sigmoid"),
    "probability": ("sigmoid",),
    "positive value": ("softplus", "exp", "sigmoid"),
    "value above -1": ("softplus", "exp", "sigmoid"),
    "row": ("identity", "softplus", "exp", "sigmoid", "softmax"),
    "finite": ("identity", "softplus", "exp", "sigmoid", "softmax"),
    "probabilities": ("softmax",),
}
LINKS = ("identity", "softplus", "exp", "sigmoid", "softmax")


@dataclass(frozen=True)
class Head:
    """Some of a network's outputs, which one loss is given.

    Parameters
    ----------
    columns : int
        How many; at least 1. Heads take the outputs in their order.
    link : {"identity", "softplus", "exp", "sigmoid", "softmax"}, optional
        What is applied to them; what the loss asks for if not given.
    weight : float
        What its loss is multiplied by; finite and > 0.

    Examples
    --------
    >>> from losslab.training import Head
    >>> Head(2, "softplus")
    Head(columns=2, link='softplus', weight=1.0)
    """

    columns: int = 1
    link: str | None = None
    weight: float = 1.0

    def __post_init__(self):
        as_count("columns", self.columns)
        if self.link is not None and self.link not in LINKS:
            raise ValueError(f"link must be one of {LINKS}, got {shortened(self.link)}")
        as_positive("weight", self.weight)


def links_into(loss):
    """The links that lead to predictions which a loss accepts, the usual one first."""
    return _LEADS.get(loss.prediction, _INSIDE)


def link_for(head, loss):
    """The link of a head under a loss.

    Raises
    ------
    ValueError
        If the one that was chosen leads to predictions that the loss does not take as such.
    """
    legal = links_into(loss)
    if head.link is None:
        return legal[0]
    if head.link not in legal:
        asked = loss.domains()[1][loss.prediction].legal
        raise ValueError(
            f"link of a head under {loss.name} must be one of {legal}, because its predictions "
            f"are {asked}; got {head.link!r}"
        )
    return head.link
