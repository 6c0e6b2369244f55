"""PyTorch beside losslab: where they part, as the docstrings say."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import losslab as ll  # noqa: E402

nn = torch.nn
WEIGHTS = torch.tensor([0.2, 1.0, 3.0, 0.7], dtype=torch.float64)


def test_a_weighted_mean_divides_by_the_weights_met(rng):
    """`weighted_cross_entropy` divides by the number of rows."""
    loss = ll.get("weighted_cross_entropy", class_weights=WEIGHTS.tolist())
    y, f = rng.integers(0, 4, 60).astype(float), rng.normal(0.0, 2.0, (60, 4))
    theirs = nn.CrossEntropyLoss(WEIGHTS)(torch.tensor(f), torch.tensor(y).long())
    met = WEIGHTS.numpy()[y.astype(int)]
    assert theirs.item() == pytest.approx(loss.value(y, f, reduction="sum") / met.sum())
    assert loss.value(y, f) == pytest.approx(theirs.item() * met.mean())


def test_kl_div_loss_divides_by_entries_unless_told(rng):
    loss = ll.get("kl_divergence")
    y, f = loss.example(60, rng)
    with pytest.warns(UserWarning, match="batchmean"):
        theirs = nn.KLDivLoss()(torch.tensor(f).log_softmax(1), torch.tensor(y))
    assert theirs.item() * y.shape[1] == pytest.approx(loss.value(y, f))


def test_gaussian_nll_loss_raises_small_variances_and_drops_a_constant():
    loss = ll.get("gaussian_nll")
    y, mean, log_scale = torch.zeros(1), torch.zeros(1), -20.0
    variance = torch.full((1,), np.exp(2.0 * log_scale))
    theirs = nn.GaussianNLLLoss(full=True)(mean, y, variance).item()
    constant = 0.5 * np.log(2.0 * np.pi)
    assert theirs == pytest.approx(0.5 * np.log(1e-6) + constant)
    assert loss.value([0.0], [[0.0, log_scale]]) == pytest.approx(log_scale + constant)
    theirs = nn.GaussianNLLLoss()(mean, y, torch.ones(1)).item()
    assert loss.value([0.0], [[0.0, 0.0]]) == pytest.approx(theirs + constant)


def test_bce_loss_keeps_logarithms_above_minus_100():
    loss = ll.get("binary_cross_entropy_probability")
    assert nn.BCELoss()(torch.zeros(1), torch.ones(1)).item() == 100.0
    assert loss.value([1.0], [0.0]) == np.inf


def test_hinge_embedding_loss_is_no_hinge():
    """It takes distances: for the label 1 the cost is the input itself."""
    theirs = nn.HingeEmbeddingLoss(reduction="none")(torch.tensor([3.0]), torch.tensor([1.0]))
    assert theirs.item() == 3.0
    assert ll.get("hinge").value([1.0], [3.0]) == 0.0


def test_a_row_of_zeros_has_no_direction_in_either():
    zero = np.zeros((1, 3))
    f = torch.tensor(zero, requires_grad=True)
    theirs = 1.0 - nn.CosineSimilarity()(f, torch.ones(1, 3))
    theirs.sum().backward()
    loss = ll.get("cosine_distance")
    assert loss.value(np.ones((1, 3)), zero) == theirs.item() == 1.0
    assert not loss.gradient(np.ones((1, 3)), zero).any()
    assert abs(f.grad).max() > 1e6  # it divides by a norm held above 1e-8
