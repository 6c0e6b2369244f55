"""What may be claimed of penalties, besides what may be claimed of any function."""

from losslab.contract.claims import Claim, declare

declare(
    Claim(
        "strongly_convex",
        "largest m for which it stays convex when m / 2 times the squared length is taken away "
        "(None: there is none)",
        "Strongly convex with the constant {}: the penalised fit is unique.",
        "Not strongly convex: it alone does not make the fit unique.",
    ),
    Claim(
        "homogeneous",
        "the power of c by which the penalty grows when all parameters are multiplied by c > 0 "
        "(None: there is none)",
        "Homogeneous of degree {}: all parameters twice as large cost 2 to that power as much.",
        "Not homogeneous: what is large depends on the unit of the parameters.",
    ),
    Claim(
        "sparse",
        "the proximal operator makes small numbers exactly 0",
        "Sparse: its proximal operator makes small parameters exactly 0.",
        "Not sparse: its proximal operator makes no parameter exactly 0.",
        wanted="makes zeros",
    ),
    Claim(
        "unbiased",
        "the proximal operator leaves large numbers as they are, in the limit",
        "Unbiased: large parameters are left as they are.",
        "Biased: large parameters are pulled towards 0 too.",
    ),
    Claim(
        "firmly_nonexpansive",
        "the proximal operator never drives two inputs apart: the squared distance of the results "
        "is at most the product of results and inputs",
        "Its proximal operator is firmly nonexpansive: iterations with it converge.",
        "Its proximal operator drives some inputs apart.",
    ),
    Claim(
        "clusters",
        "the proximal operator makes parameters of different size exactly equal in size",
        "Clusters: its proximal operator makes some parameters exactly equal in size.",
        "It makes no parameters equal in size, but where all are 0.",
        wanted="makes equals",
    ),
    Claim(
        "constraint",
        "it is 0 where parameters are allowed and infinite elsewhere, and its proximal operator is "
        "the projection onto those that are allowed",
        "A constraint: 0 where it is kept, infinite elsewhere; its proximal operator projects.",
        "Not a constraint.",
        wanted="constraints",
    ),
)
