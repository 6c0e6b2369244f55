"""Penalties of singular values: the two ways to them, and digits that are easily lost."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.penalties.kinds import spectral

SPECTRAL = ["nuclear", "spectral_norm", "orthogonality", "orthonormal", "rank"]


@pytest.mark.parametrize("name", SPECTRAL)
@pytest.mark.parametrize("shape", [(30, 30), (26, 40), (40, 26)])
def test_large_matrices_have_the_same_answers_both_ways(monkeypatch, name, shape, rng):
    penalty = ll.penalties.get(name)
    w = rng.normal(size=shape)
    by_lapack = penalty.value(w), penalty.gradient(w), penalty.prox(w, 0.3)
    monkeypatch.setattr(spectral, "SMALL", 1000)
    here = penalty.value(w), penalty.gradient(w), penalty.prox(w, 0.3)
    for one, other in zip(by_lapack, here, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)


def test_small_singular_values_keep_their_digits():
    """Columns of very different length, whose small singular values other methods lose."""
    rng = np.random.default_rng(0)
    w = rng.normal(size=(6, 3)) * [1.0, 1e-9, 1e-18]
    mp = mpmath.MPContext()
    mp.dps = 60
    right = mp.svd_r(mp.matrix(w.tolist()), compute_uv=False)
    kept = ll.penalties.get("nuclear")
    assert kept.value(w) == pytest.approx(float(sum(right)), rel=1e-14)
    # The last two columns alone, so that the small ones are not beside a large one.
    small = mp.svd_r(mp.matrix(w[:, 1:].tolist()), compute_uv=False)
    assert ll.penalties.get("spectral_norm").value(w[:, 2:]) == pytest.approx(
        float(mp.svd_r(mp.matrix(w[:, 2:].tolist()), compute_uv=False)[0]), rel=1e-14
    )
    assert kept.value(w[:, 1:]) == pytest.approx(float(sum(small)), rel=1e-14)


def test_the_polar_factor_is_a_projection_and_not_the_proximal_point_of_the_penalty(rng):
    w = rng.normal(size=(4, 3))
    soft, hard = ll.penalties.get("orthogonality"), ll.penalties.get("orthonormal")
    assert hard.value(hard.prox(w)) == 0.0
    u, _, v = np.linalg.svd(w, full_matrices=False)
    np.testing.assert_allclose(hard.prox(w), u @ v, atol=1e-13)
    assert np.abs(soft.prox(w, 1.0) - hard.prox(w)).max() > 1e-3
    np.testing.assert_allclose(soft.prox(w, 1e9), hard.prox(w), atol=1e-8)
