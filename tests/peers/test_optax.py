"""Optax beside losslab: where they part, as the docstrings say."""

import numpy as np
import pytest

losses = pytest.importorskip("optax.losses")

import losslab as ll  # noqa: E402


def test_optax_does_not_check_that_a_target_sums_to_1():
    y, f = np.array([[1.0, 1.0, 0.0]]), np.array([[0.3, -0.2, 0.1]])
    assert np.isfinite(losses.softmax_cross_entropy(f, y)).all()
    with pytest.raises(ValueError, match="their sum 1"):
        ll.get("soft_cross_entropy").value(y, f)


def test_optax_takes_labels_0_and_1_for_margins_without_a_word():
    """The label 0 then makes every score cost 1; here labels other than 0 and 1 are refused."""
    assert losses.hinge_loss(np.array([-5.0]), np.array([0.0])) == 1.0
    assert ll.get("hinge").value([0.0], [-5.0]) == 0.0
    with pytest.raises(ValueError, match="0 or 1"):
        ll.get("hinge").value([-1.0], [-5.0])


def test_a_row_of_zeros_has_no_direction():
    y, zero = np.ones((1, 3)), np.zeros((1, 3))
    assert ll.get("cosine_distance").value(y, zero) == 1.0
    assert not ll.get("cosine_distance").gradient(y, zero).any()
    assert np.isnan(losses.cosine_distance(zero, y)).all()
