"""Claims: what is asserted about a definition, and tested for every registered one."""

from dataclasses import dataclass
from types import MappingProxyType

NOT_STRICTLY = "not strictly"


@dataclass(frozen=True)
class Claim:
    """One thing that may be asserted, of some kinds of definitions.

    Parameters
    ----------
    key : str
        What it is called in ``Claims(key=…)``; the tests check it by ``check_<key>``.
    meaning : str
        What is asserted.
    yes, no : str, optional
        The sentence of the catalogue if it is true and if it is false; ``{}`` stands for a number.
    wanted : str
        What the menu of the catalogue calls definitions for which it is true, if it asks for that.
    computed : bool
        Whether a function is the claim itself, not how it depends on the parameters.
    """

    key: str
    meaning: str
    yes: str = ""
    no: str = ""
    wanted: str = ""
    computed: bool = False

    def sentence(self, holds):
        """What the catalogue says."""
        said = self.yes if holds else self.no
        return said or f"{self.meaning.capitalize()}: {'{}' if holds else 'no'}."


VOCABULARY = {}  # all claims by key; rooms add their own


def declare(*claims):
    """Enter claims that definitions may make.

    Raises
    ------
    ValueError
        If a claim of that key means something else already.
    """
    for claim in claims:
        if VOCABULARY.setdefault(claim.key, claim) != claim:
            raise ValueError(f"the claim {claim.key!r} means something else already")


# Of any function of numbers.
declare(
    Claim(
        "convex",
        "a convex function of what it is given",
        "Convex: a linear model that is fitted with it has no false minima.",
        "Not convex: what a fit finds may depend on where it starts.",
        wanted="convex",
    ),
    Claim(
        "differentiable",
        "the derivative exists and is continuous everywhere",
        "The derivative exists and is continuous everywhere.",
        "The derivative jumps somewhere: there is a kink or a step.",
        wanted="no kinks",
    ),
    Claim(
        "twice_differentiable",
        "the second derivative exists and is continuous everywhere",
        "The second derivative exists and is continuous everywhere.",
        "The second derivative jumps somewhere.",
        wanted="two derivatives",
    ),
    Claim(
        "nonnegative",
        "never negative",
        "Never negative.",
        "Sometimes less than 0.",
        wanted="never negative",
    ),
    Claim(
        "smooth",
        "supremum of the absolute curvature, the gradient's Lipschitz constant (None: none)",
        "The curvature is never larger than {}: gradient steps shorter than its inverse are safe.",
        "The curvature has no bound, or the gradient jumps: no step length is safe everywhere.",
        wanted="bounded curvature",
    ),
)


class Claims:
    """Claims of a class; numbers may depend on the parameters.

    Every key of the vocabulary may be given. A callable receives the parameters by name. A claim
    that is not given is not made, and nothing is tested about it.

    `proper` may also be `NOT_STRICTLY`: nothing beats the truth, but something else costs as
    little, as where a prediction says only a part of the law.

    `elicits` is ``"mean"``, ``"median"``, ``"quantile"`` or ``"expectile"`` (level ``tau``),
    or a callable ``f(y, **parameters)`` that computes the statistic of a sample: a number, or a
    row of predictions for a rowwise loss.
    """

    def __init__(self, **claims):
        unknown = sorted(set(claims) - set(VOCABULARY))
        if unknown:
            raise ValueError(f"unknown claim {unknown[0]!r}; legal are {sorted(VOCABULARY)}")
        self.claims = claims

    def resolve(self, parameters):
        """The claims for given parameters, read-only."""
        return MappingProxyType(
            {
                key: claim(**parameters)
                if callable(claim) and not VOCABULARY[key].computed
                else claim
                for key, claim in self.claims.items()
            }
        )
