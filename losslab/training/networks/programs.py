"""The loops of a network by name, as the page asks for them: each a program of its own.

With the loops of the losses (`Definition.loops`) and of the optimisers a step of training is
made of these, in the order in which `losslab.training.networks.passes` lists its calls.
"""

from losslab.engine.program import Program
from losslab.training.networks import dense_loops as dense
from losslab.training.networks.activations import ACTIVATIONS, CURVES
from losslab.training.networks.draw_loops import ORDER, UNIFORM
from losslab.training.networks.softmax_loops import SOFTMAX, UNSOFTMAX
from losslab.training.optimisers.clipping import CLIP_NORM, CLIP_VALUE

PLAIN = {
    "forward": dense.FORWARD,
    "weights": dense.WEIGHTS,
    "biases": dense.BIASES,
    "inputs": dense.INPUTS,
    "slopes": dense.SLOPES,
    "unlink": dense.UNLINK,
    "softmax": SOFTMAX,
    "unsoftmax": UNSOFTMAX,
    "terms": dense.TERMS,
    "sum": dense.SUM,
    "gather": dense.GATHER,
    "copy": dense.COPY,
    "length": dense.LENGTH,
    "distance": dense.DISTANCE,
    "clip_value": CLIP_VALUE,
    "clip_norm": CLIP_NORM,
    "uniform": UNIFORM,
    "order": ORDER,
}


def programs():
    """What WebAssembly modules of networks are made from.

    Returns
    -------
    dict of str to tuple of Loop and Program
        Activations are ``activate_relu`` and so on, links into predictions ``link_exp`` and so on.

    Examples
    --------
    >>> from losslab.training.networks.programs import programs
    >>> "forward" in programs(), "activate_gelu" in programs()
    (True, True)
    """
    found = {name: (loop, Program.of(loop)) for name, loop in PLAIN.items()}
    for name in ACTIVATIONS:
        loop = dense.ACTIVATE
        found[f"activate_{name}"] = loop, Program.of(loop, checks={"activated": CURVES[name].at})
    for name in ("softplus", "exp", "sigmoid", "tanh"):
        loop = dense.LINK
        found[f"link_{name}"] = loop, Program.of(loop, checks={"activated": CURVES[name].at})
    return found
