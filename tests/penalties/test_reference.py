"""Penalties against values that were computed by other means."""

import json
from pathlib import Path

import numpy as np
import pytest

import losslab as ll

CASES = json.loads((Path(__file__).parent / "reference.json").read_text("utf8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_values_of_the_literature(case):
    """Values and proximal points computed by other means; each says by which."""
    penalty = ll.penalties.get(case["penalty"], **case["parameters"])
    w = np.array(case["w"])
    if "value" in case:
        assert penalty.value(w) == pytest.approx(case["value"], rel=case["tolerance"])
    if "prox" in case:
        np.testing.assert_allclose(
            penalty.prox(w, case["step"]), case["prox"], rtol=0, atol=case["tolerance"]
        )
    if "dual" in case:
        assert penalty.dual_norm(w) == pytest.approx(case["dual"], rel=case["tolerance"])
