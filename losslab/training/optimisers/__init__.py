"""Optimisers: rules that turn gradients into steps of the weights, with their state in the open.

``losslab.training.optimisers.get("adam", beta1=0.9)`` makes one. Every module of this package is
imported here, so a new file is found by being there. Beside the shelf stand schedules of the
learning rate, and the clipping of gradients.
"""

from losslab.contract.claims import Claims
from losslab.contract.definition import collected
from losslab.contract.parameters import Parameter, Switch
from losslab.contract.peers import Peer
from losslab.training.optimisers.clipping import ClipByNorm, ClipByValue
from losslab.training.optimisers.kind import Optimiser, State
from losslab.training.optimisers.schedules import (
    Constant,
    CosineDecay,
    OneCycle,
    Schedule,
    StepDecay,
    WarmUp,
    as_schedule,
)
from losslab.training.optimisers.shelf import available, find, get, shelf

__all__ = [
    "Claims",
    "ClipByNorm",
    "ClipByValue",
    "Constant",
    "CosineDecay",
    "OneCycle",
    "Optimiser",
    "Parameter",
    "Peer",
    "Schedule",
    "State",
    "StepDecay",
    "Switch",
    "WarmUp",
    "as_schedule",
    "available",
    "find",
    "get",
    "shelf",
]

_found = collected(__name__, __path__, Optimiser)
globals().update(_found)
__all__ += _found
