"""Every claim of every optimiser is tested in both directions, and the code that pages print runs."""

import numpy as np
import pytest

import losslab as ll
from losslab.training.optimisers import find
from tests.training.optimisers.claim_checks import CHECKS
from tests.training.optimisers.problems import settings

CLASSES = [find(name) for name in ll.training.optimisers.available()]
# An eps of the slider's upper end, 1, is not far below gradients of about 1.
EVERY = [
    optimiser
    for cls in CLASSES
    for optimiser in settings(cls)
    if max(optimiser.parameters.get(key, 0.0) for key in ("eps", "eps_root")) < 1.0
]
CLAIMS = [(optimiser, key, claim) for optimiser in EVERY for key, claim in optimiser.claims.items()]


@pytest.mark.parametrize(("optimiser", "key", "claim"), CLAIMS, ids=str)
def test_claim(optimiser, key, claim):
    CHECKS[key](optimiser, claim)
    with pytest.raises(AssertionError):
        CHECKS[key](optimiser, not claim)


PEERS = [(cls, peer) for cls in CLASSES for peer in cls.peers]


@pytest.mark.parametrize(
    ("cls", "peer"), PEERS, ids=[f"{cls.name}-{peer.name}" for cls, peer in PEERS]
)
def test_the_printed_code_makes_our_step(cls, peer):
    library = pytest.importorskip(peer.library)
    if peer.library == "optax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    assert hasattr(library, "optim") or hasattr(library, peer.name.partition("(")[0][6:])
    w, gradient = np.array([1.0, -2.0, 0.5]), np.array([0.3, -0.01, 2.0])
    for parameters in (peer.at, {**peer.defaults, **peer.at}):
        optimiser = cls(**parameters)
        space = {"w": w, "gradient": gradient, "rate": 0.05}
        exec(peer.code(optimiser), space)
        found = space["w"].detach().numpy() if peer.library == "torch" else np.asarray(space["w"])
        expected, _ = optimiser.step(w, gradient, rate=0.05)
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-9 * (cls.name == "nadam"))


def test_names_of_other_libraries_lead_here():
    for name, ours in (
        ("torch.optim.AdamW", "adamw"),
        ("RMSprop", "rmsprop"),
        ("optax.lion", "lion"),
        ("torch.optim.SGD(nesterov=True)", "nesterov"),
        ("torch.optim.SGD", "gradient_descent"),
    ):
        assert ll.training.optimisers.get(name).name == ours
