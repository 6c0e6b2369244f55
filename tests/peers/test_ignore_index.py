"""`ignore_label` against the `ignore_index` of PyTorch and the `ignore_class` of Keras."""

import numpy as np
import pytest

import losslab as ll


@pytest.fixture
def data(rng):
    y = rng.integers(0, 5, 30)
    y[[2, 3, 17]] = -100
    return y, rng.normal(0.0, 2.0, (30, 5))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("label", [-100, 1])
def test_torch_cross_entropy(data, reduction, label):
    torch = pytest.importorskip("torch")
    y, f = data
    y = np.where(y == -100, label, y)
    logits = torch.tensor(f, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(
        logits, torch.tensor(y), ignore_index=label, reduction=reduction
    )
    theirs.sum().backward()
    value, gradient = ll.get("softmax_cross_entropy").value_and_gradient(
        y, f, reduction=reduction, ignore_label=label
    )
    np.testing.assert_allclose(value, theirs.detach().numpy(), rtol=1e-13)
    np.testing.assert_allclose(gradient, logits.grad.numpy(), rtol=1e-12, atol=1e-16)


def test_torch_says_nan_where_nothing_is_left():
    torch = pytest.importorskip("torch")
    logits = torch.zeros(2, 3)
    assert torch.isnan(torch.nn.functional.cross_entropy(logits, torch.tensor([-100, -100])))
    with pytest.raises(ValueError, match="nothing is left"):
        ll.get("softmax_cross_entropy").value([-100, -100], logits.numpy(), ignore_label=-100)


def test_torch_divides_a_weighted_mean_by_the_weights_kept(data):
    """Their class weights are our sample weights: both means leave the weights of others out."""
    torch = pytest.importorskip("torch")
    y, f = data
    weights = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    theirs = torch.nn.functional.cross_entropy(
        torch.tensor(f), torch.tensor(y), weight=torch.tensor(weights)
    )
    ours = ll.get("softmax_cross_entropy").value(
        y, f, sample_weight=weights[np.maximum(y, 0)], ignore_label=-100
    )
    np.testing.assert_allclose(ours, float(theirs), rtol=1e-13)


def test_keras_averages_over_those_kept(data):
    pytest.importorskip("jax")
    import os

    os.environ.setdefault("KERAS_BACKEND", "jax")
    keras = pytest.importorskip("keras")
    y, f = data
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-100)
    theirs = loss(y, f.astype(np.float32))
    ours = ll.get("softmax_cross_entropy").value(y, f, ignore_label=-100)
    np.testing.assert_allclose(ours, float(theirs), rtol=1e-5)
