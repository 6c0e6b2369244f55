"""`out` may lie anywhere, also over the input: the result is the same, or an error and no harm."""

import numpy as np
import pytest

import losslab as ll
from tests.losses.cases import EVERY, ids

every_loss = pytest.mark.parametrize("loss", EVERY, ids=ids)


def methods(loss):
    """Everything that takes `out`."""
    pick = {"gradient": lambda r: r, "value_and_gradient": lambda r: r[1], "curvature": lambda r: r}
    if not getattr(loss, "curvature_at", None):
        del pick["curvature"]
    return [(getattr(loss, name), of) for name, of in pick.items()]


def data_in_one_piece(loss, rng, n=50):
    """Targets, predictions and weights side by side in one array, and that array."""
    y, f = loss.example(n, rng)
    w = rng.uniform(0.5, 2.0, n)
    memory = np.concatenate([y.ravel(), f.ravel(), w, np.zeros(f.size + 8)])
    ends = np.cumsum([y.size, f.size, n])
    y2, f2 = memory[: ends[0]].reshape(y.shape), memory[ends[0] : ends[1]].reshape(f.shape)
    return y2, f2, memory[ends[1] : ends[2]], memory


@every_loss
def test_out_may_overlap_everything(loss, rng):
    y, f, w, memory = data_in_one_piece(loss, rng)
    before = memory.copy()
    begins = {0, 1, y.size // 2, y.size, y.size + 1, y.size + f.size, memory.size - f.size}
    for method, gradient_of in methods(loss):
        memory[:] = before
        right = method(y, f, w)
        for begin in sorted(begins):
            memory[:] = before
            out = memory[begin : begin + f.size].reshape(f.shape)
            got = method(y, f, w, out=out)
            assert np.shares_memory(gradient_of(got), out)
            np.testing.assert_array_equal(out, gradient_of(right))
            if method.__name__ == "value_and_gradient":
                assert got[0] == right[0]


@every_loss
def test_an_error_leaves_predictions_as_they_were(loss, rng):
    y, f = loss.example(20, rng)
    y[7] = np.inf
    if loss.target == "bounds":
        y[7] = -1.0
    kept = f.copy()
    for method, _ in methods(loss):
        with pytest.raises(ValueError, match="y_true must be .* at index 7"):
            method(y, f, out=f)
        np.testing.assert_array_equal(f, kept)


@every_loss
def test_illegal_predictions_are_named_though_they_are_overwritten(loss, rng):
    y, f = loss.example(20, rng)
    for bad in (np.inf, -1.5, 2.0, -np.inf):
        spoilt = f.copy()
        spoilt[7] = bad
        try:
            loss.gradient(y, spoilt)
        except ValueError as error:
            for method, _ in methods(loss):
                with pytest.raises(ValueError, match="y_pred must be .* at index 7") as caught:
                    method(y, spoilt, out=spoilt)
                assert str(caught.value) == str(error)


def test_a_value_that_overflows_on_its_way_is_computed_before_out_is_written():
    f = np.full(2, 1.7e308)
    assert ll.get("absolute_error").value_and_gradient([0.0, 0.0], f, out=f)[0] == 1.7e308
    assert f.tolist() == [0.5, 0.5]


def test_out_is_what_was_given(tmp_path):
    for name in ("huber", "softmax_cross_entropy", "cox"):
        loss = ll.get(name)
        y, f = loss.example(4, np.random.default_rng(1))
        right = loss.gradient(y, f)
        for out in (np.empty_like(f), np.memmap(tmp_path / name, float, "w+", shape=f.shape)):
            assert loss.gradient(y, f, out=out) is out
            np.testing.assert_array_equal(out, right)
        with pytest.raises(TypeError, match="out is a masked array"):
            loss.gradient(y, f, out=np.ma.masked_all(f.shape))
