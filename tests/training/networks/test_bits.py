"""The loops of a network have the same bits natively and in WebAssembly, and so has a step.

A step is a list of calls. If each call has the same bits, so has the step: the loops of losses and
optimisers have their own tests.
"""

import numpy as np
import pytest

from losslab.engine import native
from losslab.training.networks.programs import programs
from losslab.widgets.parts import assets
from tests import built
from tests.engine.test_parity import assert_same_bits
from tests.engine.wasm import Wasmtime

# Odd sizes, so that what is left over after four at a time is there too.
SIZES = {"rows": 7, "n": 13, "m": 6, "k": 3, "first": 2, "columns": 5, "keep": 1}
SIZES |= {"seed": 5, "stream": 2}
FLOATS = {"factor": 0.7, "scale": 0.3, "limit": 1.5, "add": 1e-6}


@pytest.fixture(scope="module")
def module():
    built.need("assets")
    return Wasmtime(assets.kernels("network"))


def given_to(loop, rng):
    """Numbers for a loop: arrays of any length up to what the sizes ask for."""
    given = {}
    for argument in loop.arguments:
        if argument.kind == "int":
            given[argument.name] = SIZES[argument.name]
        elif argument.kind == "float":
            given[argument.name] = FLOATS[argument.name]
        elif argument.name == "index":
            given[argument.name] = rng.integers(0, 9, 13).astype(float)
        elif argument.size is None:
            given[argument.name] = rng.normal(0.0, 3.0, 13 * 13)
            if argument.name == "w" and "scale" in [a.name for a in loop.arguments]:
                given["w"] = abs(given["w"])
    return given


@pytest.mark.parametrize("name", programs())
def test_each_loop_has_the_same_bits_in_wasmtime(module, name):
    loop, program = programs()[name]
    given = given_to(loop, np.random.default_rng(3))
    arguments, natively = loop.arguments_for(given)
    assert native.build(program)(*arguments) == 0
    in_page = module.run(name, loop, **given)
    for key, want in natively.items():
        assert_same_bits(in_page[key], want.ravel(), f"{name}: {key}")
        assert np.isfinite(want).all() and np.any(want != 0.0)
