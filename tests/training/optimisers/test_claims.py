"""Every claim of every optimiser is tested in both directions."""

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
