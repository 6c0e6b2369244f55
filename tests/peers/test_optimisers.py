"""The code that pages of optimisers print makes our step, in PyTorch and in Optax."""

import importlib.util

import numpy as np
import pytest

import losslab as ll
from losslab.training.optimisers import find

CASES = [
    pytest.param(cls, peer, id=f"{cls.name}-{peer.name}")
    for cls in map(find, ll.training.optimisers.available())
    for peer in cls.peers
]


@pytest.fixture
def double_precision():
    """JAX computes in float32 unless told otherwise."""
    jax = pytest.importorskip("jax") if importlib.util.find_spec("jax") else None
    if jax is None:
        yield
        return
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize(("cls", "peer"), CASES)
def test_the_printed_code_makes_our_step(cls, peer, double_precision):
    pytest.importorskip(peer.library)
    w, gradient = np.array([1.0, -2.0, 0.5]), np.array([0.3, -0.01, 2.0])
    for parameters in (peer.at, {**peer.defaults, **peer.at}):
        optimiser = cls(**parameters)
        space = {"w": w, "gradient": gradient, "rate": 0.05}
        exec(peer.code(optimiser), space)
        found = space["w"].detach().numpy() if peer.library == "torch" else np.asarray(space["w"])
        expected, _ = optimiser.step(w, gradient, learning_rate=0.05)
        # The product of NAdam's memories is of float32 in PyTorch.
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-8 * (cls.name == "nadam"))


def test_names_of_other_libraries_lead_here():
    for name, ours in (
        ("torch.optim.AdamW", "adamw"),
        ("RMSprop", "rmsprop"),
        ("optax.lion", "lion"),
        ("torch.optim.SGD(nesterov=True)", "nesterov"),
        ("torch.optim.SGD", "gradient_descent"),
    ):
        assert ll.training.optimisers.get(name).name == ours
