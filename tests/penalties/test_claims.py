"""Every claim of every penalty is tested, and every test of a claim can fail."""

import pytest

from tests.penalties.claim_checks import CHECKS
from tests.penalties.test_penalties import EVERY

CLAIMS = [
    pytest.param(penalty, key, claim, id=f"{penalty!r}-{key}")
    for penalty in EVERY
    for key, claim in penalty.claims.items()
]


@pytest.mark.parametrize(("penalty", "key", "claim"), CLAIMS)
def test_claim(penalty, key, claim):
    CHECKS[key](penalty, claim)


def opposites(claim):
    if isinstance(claim, bool):
        return [not claim]
    return [1.0, 12.0] if claim is None else [None, 0.5 * claim + 0.1, 2.0 * claim + 0.1]


OPPOSITES = [
    pytest.param(penalty, key, wrong, id=f"{penalty!r}-{key}={wrong}")
    for penalty in EVERY
    if penalty == type(penalty).typical()
    for key, claim in penalty.claims.items()
    for wrong in opposites(claim)
]


@pytest.mark.parametrize(("penalty", "key", "wrong"), OPPOSITES)
def test_the_opposite_is_refuted(penalty, key, wrong):
    with pytest.raises(AssertionError):
        CHECKS[key](penalty, wrong)
