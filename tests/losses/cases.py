"""The registry as test parameters: a new loss is tested because it is there."""

import losslab as ll
from losslab.losses import find
from tests.contract.corners import corners

DEFAULTS = [ll.get(name) for name in ll.available(kind="pointwise")]
CORNERS = [type(loss)(**parameters) for loss in DEFAULTS for parameters in corners(type(loss))]
CLASSES = [find(name) for name in ll.available()]
EVERY = [cls.typical() for cls in CLASSES]  # of every kind


def ids(thing):
    return repr(thing) if not isinstance(thing, type) else thing.name
