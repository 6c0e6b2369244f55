"""Every claim that may be made has a check, whatever shelf makes it."""

import functools

import losslab as ll
from losslab.contract.claims import VOCABULARY, Claim, declare
from losslab.widgets.manifest import SHELVES
from tests.adaptive import claim_checks as of_risks
from tests.losses import batch_claim_checks, claim_checks, row_claim_checks
from tests.multitask import claim_checks as of_rules
from tests.penalties import claim_checks as of_penalties
from tests.training.optimisers import claim_checks as of_optimisers

CHECKED = {
    "pointwise": claim_checks.CHECKS,
    "rowwise": row_claim_checks.CHECKS,
    "batchwise": batch_claim_checks.CHECKS,
    "separable": of_penalties.CHECKS,
    "joint": of_penalties.CHECKS,
    "aggregation": of_rules.CHECKS,
    "weighting": of_rules.CHECKS,
    "risk": of_risks.CHECKS,
    "optimiser": of_optimisers.CHECKS,
}


def test_every_claim_that_is_made_has_a_check_of_its_kind():
    for shelf in SHELVES:
        for cls in shelf.classes():
            assert set(cls.typical().claims) <= set(CHECKED[cls.kind]), cls


def test_every_claim_is_made_and_checked():
    made = {key for shelf in SHELVES for cls in shelf.classes() for key in cls._claims.claims}
    assert made == set(VOCABULARY)
    assert made == {key for checks in CHECKED.values() for key in checks}


def test_a_claim_means_one_thing():
    declare(VOCABULARY["convex"])  # again the same
    try:
        declare(Claim("convex", "round"))
    except ValueError as error:
        assert "'convex' means something else already" in str(error)
    else:
        raise AssertionError("two meanings")


def test_shelves_are_where_they_say():
    for shelf in SHELVES:
        room = functools.reduce(getattr, shelf.door.split(".")[1:], ll)
        assert room.get == shelf.get and room.available == shelf.available
