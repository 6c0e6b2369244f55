"""What a page says of a definition of each kind. Another kind is another entry of `OF`."""

from .aggregations import Aggregations
from .batches import Batches
from .joint import JointPenalties
from .optimisers import Optimisers
from .penalties import Penalties
from .points import Points
from .risks import Risks
from .rows import Rows
from .weightings import Weightings

OF = {
    "pointwise": Points(),
    "rowwise": Rows(),
    "batchwise": Batches(),
    "separable": Penalties(),
    "joint": JointPenalties(),
    "aggregation": Aggregations(),
    "weighting": Weightings(),
    "risk": Risks(),
    "optimiser": Optimisers(),
}


def of(cls):
    """What answers for a class."""
    return OF[cls.kind]
