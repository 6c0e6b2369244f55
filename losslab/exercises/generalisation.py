"""Checks of the chapter Under- and overfitting through the loss."""

import math

import numpy as np

from losslab.exercises.kinds import function, number

number(
    "generalisation-temperature",
    lambda: 2.0 / math.log(3.0),
    says="there the network says 75 %, and is right in 75 %.",
    hints=[
        (lambda: math.log(3.0) / 2.0, "that is the number the logits are multiplied by: 1 / T."),
        (lambda: math.log(3.0), "that is the logit that 75 % asks for. Which T makes 2 of it?"),
        (lambda: 2.0 * math.log(3.0), "check it: does the sigmoid of 2 / T give 75 %?"),
    ],
)


def _share_and_classes(rng):
    return round(float(rng.uniform(0.05, 0.6)), 2), int(rng.integers(2, 12))


def _floor(share, classes):
    return -(1.0 - share) * np.log(1.0 - share) - share * np.log(share / (classes - 1))


function(
    "generalisation-floor",
    _floor,
    says="a training loss below this is not explained by knowing the classes.",
    inputs=_share_and_classes,
    cases=[(0.2, 10), (0.5, 2)],
    names=("share", "classes"),
    hints=[
        (
            lambda share, classes: -(1.0 - share) * np.log(1.0 - share) - share * np.log(share),
            "the wrong labels are spread over several classes; what does the forecast give to one?",
        ),
        (
            lambda share, classes: (
                -(1.0 - share) * np.log(1.0 - share) - share * np.log(share / classes)
            ),
            "over how many *other* classes are the wrong labels spread?",
        ),
        (
            lambda share, classes: -np.log(1.0 - share),
            "that is what a rightly labelled row pays; the wrong ones pay more.",
        ),
    ],
)
