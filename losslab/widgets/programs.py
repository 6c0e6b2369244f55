"""What the page computes: the loops by name, and the WebAssembly modules that hold them."""

from losslab.adaptive.kinds.risk import RISK
from losslab.engine.program import Program
from losslab.losses.kinds.batch_loops import BATCH
from losslab.losses.kinds.loops import CURVE
from losslab.losses.kinds.row_loops import ROW_CURVE
from losslab.multitask.kinds.aggregation import DIRECTION
from losslab.multitask.kinds.weighting import WEIGHTING
from losslab.penalties.kinds.loops import CURVE as PENALTY
from losslab.training.fits.line import FIT_LINE
from losslab.training.fits.plane import PLANE_STEP
from losslab.training.landscapes.constants_loops import CONSTANTS_STEP
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
}
# Loops that call no kernel, each in a module of its own.
ALONE = {"constants_step": CONSTANTS_STEP, "plane_step": PLANE_STEP}


def signatures():
    """What the page must know of each loop to call it."""
    return {name: loop.signature for name, loop in (LOOPS | ALONE).items()}


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
    """What each WebAssembly module holds: one for each file of definitions, and what stands alone.

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
    alone = {name: {name: Program.of(loop)} for name, loop in ALONE.items()}
    return modules | alone
