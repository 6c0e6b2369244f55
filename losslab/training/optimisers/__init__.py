"""Optimisers: rules that turn gradients into steps of the weights, with their state in the open.

``losslab.training.optimisers.get("adam", beta1=0.9)`` makes one. Every module of this package is
imported here, so a new file is found by being there. Beside the shelf stand schedules of the
learning rate, the clipping of gradients, and methods that see all samples and choose their step
lengths themselves: `lbfgs`, `newton`, `gauss_newton`.
"""

from losslab.contract.claims import Claims
from losslab.contract.definition import collected
from losslab.contract.parameters import Parameter, Switch
from losslab.contract.peers import Peer
from losslab.training.optimisers.clipping import ClipByNorm, ClipByValue
from losslab.training.optimisers.kind import Optimiser, State
from losslab.training.optimisers.newton_steps import gauss_newton, newton
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
from losslab.training.optimisers.whole_batch import Minimum, lbfgs

__all__ = [
    "Claims",
    "ClipByNorm",
    "ClipByValue",
    "Constant",
    "CosineDecay",
    "Minimum",
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
    "gauss_newton",
    "get",
    "lbfgs",
    "newton",
    "shelf",
]

_found = collected(__name__, __path__, Optimiser)
globals().update(_found)
__all__ += _found
