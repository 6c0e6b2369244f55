"""PyTorch beside losslab: the same losses in value and gradient, and where they part."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import losslab as ll  # noqa: E402
from tests.peers.rows import SAMPLES, check, classes, hard_labels, labels, row, signs  # noqa: E402

nn = torch.nn
WEIGHTS = torch.tensor([0.2, 1.0, 3.0, 0.7], dtype=torch.float64)


def evaluate(theirs, y, f):
    f = torch.tensor(f, requires_grad=True)
    value = theirs(torch.tensor(y), f).mean()
    value.backward()
    return value.item(), f.grad.numpy()


def counts(loss, rng):
    return rng.poisson(2.0, SAMPLES).astype(float), loss.example(SAMPLES, rng)[1]


def indices(y):
    """Labels as MultiLabelMarginLoss takes them: indices first, then -1."""
    out = torch.full(y.shape, -1, dtype=torch.long)
    for i, given in enumerate(y):
        right = given.nonzero().ravel()
        out[i, : len(right)] = right
    return out


def softened(t, temperature):
    return torch.log_softmax(t / temperature, dim=1)


def nll(distribution, y):
    return -distribution.log_prob(y)


def exact_times(loss, rng):
    time = rng.lognormal(size=SAMPLES)
    return np.column_stack([time, time]), rng.normal(0.0, 0.8, (SAMPLES, 2))


def lower_triangle(f):
    """2 x 2 matrices from the columns after two means: two logarithms, and what is below."""
    rows = [f[:, 2].exp(), torch.zeros(len(f)), f[:, 4], f[:, 3].exp()]
    return torch.stack(rows, dim=1).reshape(-1, 2, 2)


law = torch.distributions
PROBABILITIES = "log-probabilities are what it takes"
TABLE = {
    "MSELoss": row(
        "squared_error", lambda y, f: nn.MSELoss()(f, y), factor=2.0, why="without the half"
    ),
    "MSELoss, sigmoid": row(
        "brier_logit",
        lambda y, f: nn.MSELoss()(f.sigmoid(), y),
        why="takes the probability",
    ),
    "MSELoss, probability": row("brier", lambda y, f: nn.MSELoss()(f, y)),
    "MSELoss, softmax": row(
        "brier_softmax",
        lambda y, f: nn.MSELoss()(f.softmax(1), nn.functional.one_hot(y.long(), 4).double()),
        draw=classes(4),
        factor=1.0 / 4.0,
        why="the mean goes over the classes too",
    ),
    "L1Loss": row("absolute_error", lambda y, f: nn.L1Loss()(f, y)),
    "L1Loss, probability": row("mean_absolute_error_probability", lambda y, f: nn.L1Loss()(f, y)),
    "HuberLoss": row("huber", lambda y, f: nn.HuberLoss(delta=0.6)(f, y), loss={"delta": 0.6}),
    "SmoothL1Loss": row(
        "smooth_l1", lambda y, f: nn.SmoothL1Loss(beta=0.6)(f, y), loss={"beta": 0.6}
    ),
    "BCELoss": row("binary_cross_entropy_probability", lambda y, f: nn.BCELoss()(f, y)),
    "BCEWithLogitsLoss": row("binary_cross_entropy", lambda y, f: nn.BCEWithLogitsLoss()(f, y)),
    "BCEWithLogitsLoss, pos_weight": row(
        "weighted_binary_cross_entropy",
        lambda y, f: nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))(f, y),
        loss={"pos_weight": 3.0},
    ),
    "SoftMarginLoss": row(
        "binary_cross_entropy",
        lambda y, f: nn.SoftMarginLoss()(f, signs(y)),
        draw=hard_labels,
        why="labels -1 and +1",
    ),
    "MarginRankingLoss, margin": row(
        "hinge",
        lambda y, f: nn.MarginRankingLoss(margin=1.0)(f, torch.zeros_like(f), signs(y)),
        why="labels -1 and +1, of a score against 0",
    ),
    "MarginRankingLoss": row(
        "perceptron",
        lambda y, f: nn.MarginRankingLoss()(f, torch.zeros_like(f), signs(y)),
        why="labels -1 and +1, of a score against 0",
    ),
    "CrossEntropyLoss": row(
        "softmax_cross_entropy", lambda y, f: nn.CrossEntropyLoss()(f, y.long())
    ),
    "CrossEntropyLoss, rows": row("soft_cross_entropy", lambda y, f: nn.CrossEntropyLoss()(f, y)),
    "CrossEntropyLoss, label_smoothing": row(
        "label_smoothing",
        lambda y, f: nn.CrossEntropyLoss(label_smoothing=0.2)(f, y.long()),
        loss={"epsilon": 0.2},
    ),
    "CrossEntropyLoss, weight": row(
        "weighted_cross_entropy",
        lambda y, f: nn.CrossEntropyLoss(WEIGHTS, reduction="none")(f, y.long()),
        loss={"class_weights": WEIGHTS.tolist()},
        draw=classes(4),
        why="its terms; its own mean is another",
    ),
    "NLLLoss": row("log_score", lambda y, f: nn.NLLLoss()(f.log(), y.long()), why=PROBABILITIES),
    "NLLLoss, log_softmax": row(
        "softmax_cross_entropy",
        lambda y, f: nn.NLLLoss()(f.log_softmax(1), y.long()),
        why=PROBABILITIES,
    ),
    "MultiMarginLoss": row(
        "weston_watkins",
        lambda y, f: nn.MultiMarginLoss()(f, y.long()),
        draw=classes(4),
        factor=1.0 / 4.0,
        why="divides by the number of classes",
    ),
    "MultiMarginLoss, p=2": row(
        "squared_weston_watkins",
        lambda y, f: nn.MultiMarginLoss(p=2)(f, y.long()),
        draw=classes(4),
        factor=1.0 / 4.0,
        why="divides by the number of classes",
    ),
    "MultiLabelMarginLoss": row(
        "multilabel_margin",
        lambda y, f: nn.MultiLabelMarginLoss()(f, indices(y)),
        why="the indices of the right labels",
    ),
    "MultiLabelSoftMarginLoss": row(
        "multilabel_cross_entropy",
        lambda y, f: nn.MultiLabelSoftMarginLoss()(f, y),
        draw=labels(4),
        factor=1.0 / 4.0,
        why="divides by the number of labels",
    ),
    "PoissonNLLLoss": row("poisson", lambda y, f: nn.PoissonNLLLoss()(f, y)),
    "PoissonNLLLoss, log_input=False": row(
        "poisson_deviance_mean",
        lambda y, f: nn.PoissonNLLLoss(log_input=False, eps=0.0)(f, y),
        left_out=lambda y: y - y * np.log(y),
        why="leaves out y log(y) - y",
    ),
    "GaussianNLLLoss": row(
        "gaussian_nll",
        lambda y, f: nn.GaussianNLLLoss(full=True)(f[:, 0], y, (2.0 * f[:, 1]).exp()),
        draw=lambda loss, rng: (rng.normal(size=SAMPLES), rng.normal(size=(SAMPLES, 2))),
        why="the variance instead of log_scale",
    ),
    "KLDivLoss": row(
        "kl_divergence",
        lambda y, f: nn.KLDivLoss(reduction="batchmean")(f.log_softmax(1), y),
        why=PROBABILITIES + "; the mean over rows is called batchmean",
    ),
    "KLDivLoss, swapped": row(
        "reverse_kl",
        lambda y, f: nn.KLDivLoss(reduction="batchmean", log_target=True)(y.log(), softened(f, 1)),
        why="the model is given as the target",
    ),
    "KLDivLoss, temperature": row(
        "knowledge_distillation",
        lambda y, f: (
            9.0
            * nn.KLDivLoss(reduction="batchmean", log_target=True)(softened(f, 3), softened(y, 3))
        ),
        loss={"temperature": 3.0},
        why="temperature and its square are left to the caller",
    ),
    "CosineEmbeddingLoss": row(
        "cosine_distance",
        lambda y, f: nn.CosineEmbeddingLoss()(f, y, torch.ones(len(y))),
        why="all pairs belong together",
    ),
    "CosineSimilarity": row(
        "cosine_distance",
        lambda y, f: nn.CosineSimilarity()(f, y),
        factor=-1.0,
        left_out=lambda y: 1.0,
        why="the similarity, not the distance",
    ),
    "Laplace": row(
        "laplace_nll",
        lambda y, f: nll(law.Laplace(f[:, 0], f[:, 1].exp()), y),
        why="the scale instead of its logarithm",
    ),
    "VonMises": row(
        "von_mises_nll",
        lambda y, f: nll(law.VonMises(f[:, 0], f[:, 1].exp()), y),
        rtol=1e-6,
        why="the concentration instead of its logarithm, and a Bessel function of 7 digits",
    ),
    "LogNormal": row(
        "lognormal_nll",
        lambda y, f: nll(law.LogNormal(f[:, 0], f[:, 1].exp()), y),
        why="the scale instead of its logarithm",
    ),
    "StudentT": row(
        "student_t_nll",
        lambda y, f: nll(law.StudentT(f[:, 2].exp(), f[:, 0], f[:, 1].exp()), y),
        why="degrees of freedom and scale instead of their logarithms",
    ),
    "Beta": row(
        "beta_likelihood",
        lambda y, f: nll(law.Beta(4.0 * f.sigmoid(), 4.0 * (-f).sigmoid()), y),
        loss={"phi": 4.0},
        why="two shapes instead of the logit of the mean",
    ),
    "Weibull": row(
        "aft_weibull",
        lambda y, f: nll(law.Weibull(f[:, 0].exp(), (-f[:, 1]).exp()), y[:, 0]),
        draw=exact_times,
        why="scale and shape instead of location and log-scale, and no censored times",
    ),
    "MixtureSameFamily": row(
        "mixture_density",
        lambda y, f: nll(
            law.MixtureSameFamily(
                law.Categorical(logits=f[:, :3]), law.Normal(f[:, 3:6], f[:, 6:].exp())
            ),
            y,
        ),
        draw=lambda loss, rng: (rng.normal(size=SAMPLES), rng.normal(size=(SAMPLES, 9))),
        why="scales instead of their logarithms",
    ),
    "MultivariateNormal": row(
        "multivariate_gaussian_nll",
        lambda y, f: nll(law.MultivariateNormal(f[:, :2], scale_tril=lower_triangle(f)), y),
        draw=lambda loss, rng: (rng.normal(size=(SAMPLES, 2)), rng.normal(size=(SAMPLES, 5))),
        why="the triangular matrix itself",
    ),
    "Exponential": row(
        "exponential_nll",
        lambda y, f: nll(law.Exponential((-f).exp()), y),
        why="the rate instead of the logarithm of the mean",
    ),
    "NegativeBinomial": row(
        "negative_binomial",
        lambda y, f: nll(law.NegativeBinomial(2.0, logits=f - np.log(2.0)), y),
        draw=counts,
        left_out=lambda y: -np.log(y + 1.0),
        why="the logit of a chance instead of the log-mean; the binomial coefficient counts",
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_torch_agrees(name):
    check(TABLE[name], evaluate)


# Where they part, as the docstrings say ---------------------------------------------------------


def test_a_weighted_mean_divides_by_the_weights_met(rng):
    """`weighted_cross_entropy` divides by the number of rows."""
    loss = ll.get("weighted_cross_entropy", class_weights=WEIGHTS.tolist())
    y, f = classes(4)(loss, rng)
    theirs = nn.CrossEntropyLoss(WEIGHTS)(torch.tensor(f), torch.tensor(y).long())
    met = WEIGHTS.numpy()[y.astype(int)]
    assert theirs.item() == pytest.approx(loss.value(y, f, reduction="sum") / met.sum())
    assert loss.value(y, f) == pytest.approx(theirs.item() * met.mean())


def test_kl_div_loss_divides_by_entries_unless_told(rng):
    loss = ll.get("kl_divergence")
    y, f = loss.example(SAMPLES, rng)
    with pytest.warns(UserWarning, match="batchmean"):
        theirs = nn.KLDivLoss()(softened(torch.tensor(f), 1), torch.tensor(y))
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


def test_a_row_of_zeros_has_no_direction_in_either(rng):
    zero = np.zeros((1, 3))
    theirs = evaluate(lambda y, f: 1.0 - nn.CosineSimilarity()(f, y), np.ones((1, 3)), zero)
    loss = ll.get("cosine_distance")
    assert loss.value(np.ones((1, 3)), zero) == theirs[0] == 1.0
    assert not loss.gradient(np.ones((1, 3)), zero).any()
    assert abs(theirs[1]).max() > 1e6  # it divides by a norm held above 1e-8
