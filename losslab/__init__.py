"""losslab: loss functions that are right to the last digit, and fast.

`get` makes a loss, `available` lists names, `losses` holds the classes. The other rooms open when they
are first used: `penalties`, `multitask` and `adaptive` are shelves like that of the losses,
`training` trains linear models and networks under them and looks at their landscapes, `datasets`
holds real data, `plots` and `widgets` draw.

Examples
--------
>>> import losslab as ll
>>> loss = ll.get("huber", delta=1.5)
>>> loss.value([1.0, 2.0], [1.5, 5.0])
1.75
"""

import importlib

from losslab import losses
from losslab.engine.threads import get_num_threads, set_num_threads
from losslab.losses import available, get

__version__ = "0.1.0"

__all__ = [
    "available",
    "get",
    "get_num_threads",
    "losses",
    "set_num_threads",
]

# The other shelves, and rooms that bring matplotlib, anywidget or scikit-learn with them, open when
# first used.
_LAZY = (
    "adaptive",
    "datasets",
    "exercises",
    "multitask",
    "penalties",
    "plots",
    "training",
    "widgets",
)


def __getattr__(name):
    if name in _LAZY:
        return importlib.import_module(f"losslab.{name}")
    raise AttributeError(f"module 'losslab' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_LAZY])
