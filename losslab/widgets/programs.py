"""What the page computes: the loops by name, and the WebAssembly modules that hold them."""

import functools

from losslab.adaptive.kinds.risk import RISK
from losslab.engine.program import Program
from losslab.losses.kinds.batch_loops import BATCH
from losslab.losses.kinds.loops import CURVE
from losslab.losses.kinds.row_loops import ROW_CURVE
from losslab.multitask.kinds.aggregation import DIRECTION
from losslab.multitask.kinds.weighting import WEIGHTING
from losslab.penalties.kinds import whole_loops
from losslab.penalties.kinds.loops import CURVE as PENALTY
from losslab.training.fits.line import FIT_LINE
from losslab.training.fits.plane import PLANE_STEP
from losslab.training.landscapes.constants_loops import CONSTANTS_STEP
from losslab.training.networks import programs as networks
from losslab.training.optimisers.kind import UPDATE
from losslab.widgets.manifest import built_in, module_of

# Loops around the kernels of a definition: the page asks by these names.
LOOPS = {
    "batch": BATCH,
    "curve": CURVE,
    "direction": DIRECTION,
    "fit_line": FIT_LINE,
    "penalty": PENALTY,
    "risk": RISK,
    "rows": ROW_CURVE,
    "update": UPDATE,
    "weighting": WEIGHTING,
    **whole_loops.of("scratch"),
    "dual": whole_loops.DUAL,
}
# Modules of loops that belong to no definition.
ALONE = ("constants_step", "network", "plane_step")


@functools.cache
def loops_alone():
    """Loops that belong to no definition, and their programs.

    Returns
    -------
    dict of str to dict of str to tuple of Loop and Program
        By module, then by name.
    """
    single = {"constants_step": CONSTANTS_STEP, "plane_step": PLANE_STEP}
    alone = {name: {name: (loop, Program.of(loop))} for name, loop in single.items()}
    return alone | {"network": networks.programs()}


def signatures():
    """What the page must know of each loop to call it."""
    alone = {name: loop for held in loops_alone().values() for name, (loop, _) in held.items()}
    return {name: loop.signature for name, loop in (LOOPS | alone).items()}


def loops_of(definition):
    """The loops that the page runs around a definition: those of its kind, and what fits it."""
    domains = [getattr(definition, name, None) for name in ("target", "prediction")]
    fits = domains == ["real", "value"]
    return {**definition.loops, **({"fit_line": FIT_LINE} if fits else {})}


def run(definition, name, **given):
    """Run a loop of the page by its name.

    Raises
    ------
    ValueError
        If the page runs no such loop around this definition.
    """
    loops = loops_of(definition)
    if name not in loops:
        raise ValueError(
            f"the page asks {definition.name} for one of {sorted(loops)}, got {name!r}"
        )
    return definition.run(loops[name], **given)


def modules_of_the_page():
    """What each WebAssembly module holds: one for each file of definitions, and those of `ALONE`.

    Returns
    -------
    dict of str to dict of str to losslab.engine.program.Program
    """
    modules = {}
    for cls in built_in():
        definition = cls.typical()
        holds = modules.setdefault(module_of(cls), {})
        for name, loop in loops_of(definition).items():
            holds[f"{cls.name}__{name}"] = definition.program(loop)
    for module, held in loops_alone().items():
        modules[module] = {name: program for name, (_, program) in held.items()}
    return modules
