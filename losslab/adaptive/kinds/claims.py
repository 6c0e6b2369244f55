"""What may be claimed of risks, besides what may be claimed of any function."""

from losslab.contract.claims import Claim, declare

declare(
    Claim(
        "monotone",
        "no sample counts less than nothing: larger losses never make the risk smaller",
        "Monotone: a larger loss never makes the risk smaller.",
        "A larger loss may make the risk smaller.",
    ),
    Claim(
        "translation_equivariant",
        "adding a number to all losses adds it to the risk",
        "Adding a number to all losses adds it to the risk, and moves no weight.",
        "Adding a number to all losses changes the weights.",
    ),
    Claim(
        "positively_homogeneous",
        "multiplying all losses by c > 0 multiplies the risk by c",
        "The unit of the losses does not matter: twice the losses are twice the risk.",
        "The unit of the losses matters: it decides who is heard.",
    ),
    Claim(
        "above_mean",
        "the risk is at least the mean of the losses",
        "Never below the mean of the losses.",
        "It may be below the mean of the losses.",
    ),
)
