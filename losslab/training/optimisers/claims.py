"""What may be claimed of optimisers."""

from losslab.contract.claims import Claim, declare

declare(
    Claim(
        "scale_free",
        "multiplying the loss by a positive number does not change the steps, as long as gradients "
        "are far above what is added to the root",
        "Blind to the unit of the loss: multiplying it changes no step, while gradients are far "
        "above what is added to the root.",
        "The unit of the loss counts: a loss twice as large takes steps twice as long.",
    ),
    Claim(
        "rotation_equivariant",
        "turning the coordinates turns the path and nothing else",
        "Blind to the choice of coordinates: turning them turns the path.",
        "Coordinates count: each weight has a step length of its own.",
    ),
    Claim(
        "moves_on",
        "weights move on when the gradient has become 0",
        "It has momentum: weights move on when the gradient has become 0.",
        "It has no momentum: where the gradient is 0, weights stay.",
    ),
    Claim(
        "decays_weights",
        "weights shrink although their gradient is 0 from the start",
        "Weights shrink by themselves, whatever the loss.",
        "Weights do not shrink by themselves: a penalty must be part of the loss.",
    ),
)
