"""What may be claimed of losses, besides what may be claimed of any function.

Each claim is about the loss as a function of the prediction, for every legal target.
"""

from losslab.contract.claims import Claim, declare

declare(
    Claim(
        "symmetric",
        "over- and under-prediction by the same amount cost the same",
        "Too high and too low by the same amount cost the same.",
        "Too high and too low by the same amount cost different amounts.",
        wanted="symmetric",
    ),
    Claim(
        "zero_if_perfect",
        "a perfect prediction costs 0, or comes as near to it as one likes where only scores "
        "without end are perfect",
        "A perfect prediction costs 0, if only in the limit.",
        "A perfect prediction does not cost 0.",
        wanted="zero at a perfect prediction",
    ),
    Claim(
        "lipschitz",
        "supremum of the absolute gradient (None: there is none)",
        "The gradient is never larger than {}: no point pulls harder than that.",
        "The gradient has no bound: one point far off may pull as hard as all others together.",
        wanted="bounded gradient",
    ),
    Claim(
        "bounded",
        "supremum of the absolute loss (None: there is none)",
        "No point costs more than {}.",
        "There is no bound on what one point may cost.",
        wanted="bounded cost",
    ),
    Claim(
        "redescending",
        "the gradient falls back to 0 for large residuals",
        "The pull of a point far off falls back to 0: gross outliers are ignored.",
        "The pull of a point does not fall back to 0, however far off it is.",
        wanted="ignores gross outliers",
    ),
    Claim(
        "elicits",
        "the statistic of the target that minimises the expected loss",
        computed=True,
    ),
    Claim(
        "proper",
        "over outcomes that are drawn from a law, the expected loss is smallest at the true "
        "probability or law, and only there; a score leads to it by some increasing link",
        "Proper: if outcomes are drawn from a law, the expected loss is smallest at the true "
        "probability or law, and only there.",
        "Not proper: if outcomes are drawn from a law, its best prediction does not tell that law.",
        wanted="proper (the truth costs least)",
    ),
    Claim(
        "zero_only_at_truth",
        "the loss is 0 where prediction and target distribution agree, and only there; which "
        "prediction is best for outcomes that are drawn is another question",
        "It is 0 where prediction and target distribution agree, and only there.",
        "It is not 0 where prediction and target distribution agree, or also elsewhere.",
        wanted="zero only where distributions agree",
    ),
    Claim(
        "symmetric_over_classes",
        "the loss summed over all classes as the label is the same for every prediction, so "
        "labels that are wrong at random do not move the best one",
    ),
    Claim(
        "calibrated",
        "only decisions for the likelier class come near the smallest expected loss",
        "Calibrated: the best prediction is on the side of the likelier class.",
        "Not calibrated: the best prediction may be on the side of the less likely class.",
        wanted="calibrated (decides well)",
    ),
)
