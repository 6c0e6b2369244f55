"""Clipping by value and by norm: what PyTorch gives, huge and tiny gradients, bad input."""

import numpy as np
import pytest

from losslab.training.optimisers import ClipByNorm, ClipByValue

CLIPS = [ClipByValue(0.5), ClipByNorm(0.5), ClipByNorm(0.5, add=1e-6)]
every_clip = pytest.mark.parametrize("clip", CLIPS, ids=repr)


def test_values_are_cut_and_the_rest_stays():
    g = np.array([[-3.0, -0.5, 0.2], [0.0, 0.5, 7.0]])
    assert ClipByValue(0.5)(g).tolist() == [[-0.5, -0.5, 0.2], [0.0, 0.5, 0.5]]
    assert np.isnan(ClipByValue(0.5)([np.nan, 1.0])).tolist() == [True, False]
    assert ClipByValue(0.5)([np.inf, -np.inf]).tolist() == [0.5, -0.5]


def test_a_long_gradient_keeps_its_direction(rng):
    g = rng.normal(size=37)
    norm = np.linalg.norm(g)
    np.testing.assert_allclose(ClipByNorm(0.3)(g), g * 0.3 / norm, rtol=1e-15)
    assert ClipByNorm(2.0 * norm)(g).tobytes() == g.tobytes()
    assert ClipByNorm(1.0)([0.0, 0.0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-200, 1e-126, 1e-124, 1e150, 1e300])
def test_no_square_overflows_or_vanishes(size):
    g = size * np.array([3.0, -4.0, 0.0, 0.0, 0.0])
    norm = ClipByNorm(1.0).bind(g.copy())()
    assert norm == pytest.approx(5.0 * size, rel=1e-15, abs=5e-324)
    if size > 1e-300:
        half = ClipByNorm(2.5 * size)(g)
        np.testing.assert_allclose(half, 0.5 * g, rtol=1e-15)


def test_a_norm_that_is_too_large_to_write_down_is_not_hidden():
    g = np.full(4, 1.7e308)
    assert ClipByNorm(1.0).bind(g)() == np.inf
    assert g.tolist() == [1.7e308] * 4
    for bad in (np.nan, np.inf):
        g = np.array([1.0, bad])
        assert not np.isfinite(ClipByNorm(1.0).bind(g)())
        np.testing.assert_array_equal(g, [1.0, bad])


@every_clip
def test_bound_clipping_has_the_same_bits(clip, rng):
    for dtype in (np.float64, np.float32):
        g = rng.normal(size=(5, 9)).astype(dtype)
        moving = g.copy()
        clip.bind(moving)()
        found = clip(g)
        assert found.dtype == dtype and found.shape == g.shape
        assert moving.tobytes() == found.tobytes() != g.tobytes()


def test_it_is_what_torch_does(rng):
    torch = pytest.importorskip("torch")
    for scale in (0.01, 100.0):
        g = scale * rng.normal(size=20)
        weights = torch.zeros(20, dtype=torch.float64, requires_grad=True)
        weights.grad = torch.tensor(g)
        norm = torch.nn.utils.clip_grad_norm_([weights], 1.0)
        np.testing.assert_allclose(ClipByNorm(1.0, add=1e-6)(g), weights.grad, rtol=1e-14)
        assert ClipByNorm(1.0).bind(g.copy())() == pytest.approx(norm.item(), rel=1e-14)
        weights.grad = torch.tensor(g)
        torch.nn.utils.clip_grad_value_([weights], 0.1)
        assert ClipByValue(0.1)(g).tolist() == weights.grad.tolist()


@pytest.mark.parametrize("make", [ClipByValue, ClipByNorm])
@pytest.mark.parametrize("limit", [0.0, -1.0, np.inf, np.nan, "1", True, None])
def test_an_illegal_limit_is_named(make, limit):
    with pytest.raises((ValueError, TypeError), match="limit must be a finite number >=? 0, got"):
        make(limit)


def test_illegal_gradients_are_named():
    with pytest.raises(ValueError, match="add must be a finite number >= 0, got -1"):
        ClipByNorm(1.0, add=-1.0)
    with pytest.raises(ValueError, match="gradient must be finite, got nan at index 1"):
        ClipByNorm(1.0)([1.0, np.nan])
    frozen = np.ones(2)
    frozen.flags.writeable = False
    for clip in CLIPS:
        with pytest.raises(ValueError, match="gradient must hold at least one number"):
            clip([])
        with pytest.raises(TypeError, match="gradient must be a C-contiguous numpy array"):
            clip.bind([1.0])
        with pytest.raises(TypeError, match="gradient must be of float64 or float32, got int64"):
            clip.bind(np.ones(2, dtype=np.int64))
        with pytest.raises(ValueError, match="gradient must be writeable"):
            clip.bind(frozen)
