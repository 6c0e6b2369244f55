"""Claims: what is asserted about a loss, and tested for every registered one."""

from types import MappingProxyType

# Each claim is about the loss as a function of the prediction, for every legal target.
MEANING = {
    "convex": "the loss is a convex function of the prediction",
    "differentiable": "the derivative exists and is continuous everywhere",
    "twice_differentiable": "the second derivative exists and is continuous everywhere",
    "symmetric": "over- and under-prediction by the same amount cost the same",
    "nonnegative": "the loss is never negative",
    "zero_if_perfect": "a perfect prediction costs 0, or comes as near to it as one likes where "
    "only scores without end are perfect",
    "lipschitz": "supremum of the absolute gradient (None: there is none)",
    "smooth": "supremum of the absolute curvature, the gradient's Lipschitz constant (None: none)",
    "bounded": "supremum of the absolute loss (None: there is none)",
    "redescending": "the gradient falls back to 0 for large residuals",
    "elicits": "the statistic of the target that minimises the expected loss",
    "proper": "over outcomes that are drawn from a law, the expected loss is smallest at the true "
    "probability or law, and only there; a score leads to it by some increasing link",
    "zero_only_at_truth": "the loss is 0 where prediction and target distribution agree, and only "
    "there; which prediction is best for outcomes that are drawn is another question",
    "symmetric_over_classes": "the loss summed over all classes as the label is the same for every "
    "prediction, so labels that are wrong at random do not move the best one",
    "calibrated": "only decisions for the likelier class come near the smallest expected loss",
}
NOT_STRICTLY = "not strictly"


class Claims:
    """Claims of a loss class; numbers may depend on the parameters.

    Every key of `MEANING` may be given. A callable receives the parameters by name. A claim that
    is not given is not made, and nothing is tested about it.

    `proper` may also be `NOT_STRICTLY`: nothing beats the truth, but something else costs as
    little, as where a prediction says only a part of the law.

    `elicits` is ``"mean"``, ``"median"``, ``"quantile"`` or ``"expectile"`` (level ``tau``),
    or a callable ``f(y, **parameters)`` that computes the statistic of a sample: a number, or a
    row of predictions for a rowwise loss.
    """

    def __init__(self, **claims):
        unknown = sorted(set(claims) - set(MEANING))
        if unknown:
            raise ValueError(f"unknown claim {unknown[0]!r}; legal are {sorted(MEANING)}")
        self.claims = claims

    def resolve(self, parameters):
        """The claims for given parameters, read-only."""
        return MappingProxyType(
            {
                key: claim(**parameters) if callable(claim) and key != "elicits" else claim
                for key, claim in self.claims.items()
            }
        )
