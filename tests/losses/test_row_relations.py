"""What rowwise losses have to do with one another, and with what other libraries compute."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

import losslab as ll


def logits(rng, n=50, k=4, scale=2.0):
    return rng.normal(0.0, scale, (n, k))


def labels(rng, n=50, k=4):
    return rng.integers(0, k, n).astype(float)


def terms(name, y, f, **parameters):
    return ll.get(name, **parameters).value(y, f, reduction="none")


def softmax(f):
    e = np.exp(f - f.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# Margins and Fenchel-Young losses ---------------------------------------------------------------


def test_two_classes_are_hinge_losses_of_the_difference(rng):
    f, y = logits(rng, k=2), labels(rng, k=2)
    margin = (2.0 * y - 1.0) * (f[:, 1] - f[:, 0])
    hinge = np.maximum(0.0, 1.0 - margin)
    for name in ("crammer_singer", "weston_watkins"):
        np.testing.assert_allclose(terms(name, y, f), hinge, atol=1e-14)
    np.testing.assert_allclose(terms("squared_weston_watkins", y, f), hinge**2, atol=1e-13)
    np.testing.assert_allclose(terms("lee_lin_wahba", y, f), np.maximum(0, 1 - margin / 2))


def test_entmax_runs_from_softmax_to_sparsemax(rng):
    f, y = logits(rng), labels(rng)
    for alpha, name in ((1.0 + 1e-9, "softmax_cross_entropy"), (2.0 - 1e-9, "sparsemax_loss")):
        np.testing.assert_allclose(
            terms("entmax_loss", y, f, alpha=alpha), terms(name, y, f), atol=1e-7
        )


@pytest.mark.parametrize("k", [2, 5, 100, 1000])
@pytest.mark.parametrize("alpha", [1.01, 1.5, 1.9])
def test_entmax_probabilities_sum_to_one_for_any_row(alpha, k, rng):
    loss = ll.get("entmax_loss", alpha=alpha)
    for f in (logits(rng, 5, k), logits(rng, 5, k, 1e6), np.zeros((1, k))):
        y = np.zeros(len(f))
        g = loss.gradient(y, f, reduction="none")
        p = g + np.eye(k)[y.astype(int)]
        assert (p[:, 1:] >= 0.0).all()
        np.testing.assert_allclose(loss.link(f), p, atol=1e-14)
        other = loss.gradient(np.ones(len(f)), f, reduction="none")[:, 0]  # the first by itself
        np.testing.assert_allclose(other + p[:, 1:].sum(axis=1), 1.0, atol=1e-13)


@pytest.mark.parametrize("k", [2, 5, 300])
def test_sparsemax_is_the_nearest_point_of_the_simplex(k, rng):
    loss = ll.get("sparsemax_loss")
    for f in logits(rng, 20, k):
        p = loss.link(f)
        assert p.sum() == pytest.approx(1.0, abs=1e-13)
        # The nearest point of a convex set: no corner lies on the far side of it.
        assert np.max((np.eye(k) - p) @ (f - p)) <= 1e-12


# Divergences ------------------------------------------------------------------------------------


def distributions(rng, n=50, k=4):
    return rng.dirichlet(np.full(k, 0.7), n)


def test_divergences_are_what_scipy_and_numpy_say(rng):
    from scipy.spatial.distance import jensenshannon
    from scipy.special import rel_entr

    y, f = distributions(rng), logits(rng)
    q = softmax(f)
    for name, wanted in {
        "kl_divergence": rel_entr(y, q).sum(axis=1),
        "reverse_kl": rel_entr(q, y).sum(axis=1),
        "jensen_shannon": jensenshannon(y, q, axis=1) ** 2,
        "squared_hellinger": 1.0 - np.sqrt(y * q).sum(axis=1),
        "total_variation": 0.5 * np.abs(y - q).sum(axis=1),
        "pearson_chi_squared": (y**2 / q).sum(axis=1) - 1.0,
    }.items():
        np.testing.assert_allclose(terms(name, y, f), wanted, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        terms("renyi_divergence", y, f, alpha=0.5),
        -2.0 * np.log1p(-terms("squared_hellinger", y, f)),
        rtol=1e-10,
    )
    np.testing.assert_allclose(
        terms("renyi_divergence", y, f, alpha=2.0),
        np.log1p(terms("pearson_chi_squared", y, f)),
        rtol=1e-10,
    )
    np.testing.assert_allclose(
        terms("generalised_kl", y, np.log(q)), terms("kl_divergence", y, f), rtol=1e-10, atol=1e-13
    )


def test_kl_of_one_hot_rows_is_softmax_cross_entropy(rng):
    f, y = logits(rng), labels(rng)
    got = ll.get("kl_divergence").value_and_gradient(np.eye(4)[y.astype(int)], f)
    want = ll.get("softmax_cross_entropy").value_and_gradient(y, f)
    assert got[0] == pytest.approx(want[0], rel=1e-13)
    np.testing.assert_allclose(got[1], want[1], atol=1e-15)


@pytest.mark.parametrize(
    ("name", "power"), [("jensen_shannon", 0.5), ("squared_hellinger", 0.5), ("total_variation", 1)]
)
def test_what_is_called_a_metric_keeps_the_triangle_inequality(name, power, rng):
    p, q, r = (distributions(rng, 2000, 3) for _ in range(3))

    def distance(a, b):
        return terms(name, a, np.log(b)) ** power

    assert (distance(p, q) <= distance(p, r) + distance(r, q) + 1e-12).all()
    np.testing.assert_allclose(distance(p, q), distance(q, p), atol=1e-9)


def test_zeros_on_either_side(rng):
    y, f = [[1.0, 0.0]], [[-800.0, 0.0]]  # q underflows to 0 where p is 1
    assert terms("kl_divergence", y, f)[0] == 800.0
    assert terms("jensen_shannon", y, f)[0] == pytest.approx(np.log(2.0))
    assert terms("squared_hellinger", y, f)[0] == pytest.approx(1.0)
    for name in ("kl_divergence", "jensen_shannon", "squared_hellinger", "total_variation"):
        assert np.isfinite(ll.get(name).gradient(y, f)).all()
    with pytest.raises(ValueError, match="all greater than 0"):
        terms("reverse_kl", y, f)


# Ordered classes --------------------------------------------------------------------------------


def test_ranked_scores_agree(rng):
    y, f = labels(rng), distributions(rng)
    hit = np.eye(4)[y.astype(int)]
    rps = ll.get("ranked_probability_score").value_and_gradient(y, f)
    emd = ll.get("squared_emd").value_and_gradient(hit, f)
    assert rps[0] == pytest.approx(emd[0], rel=1e-13)
    np.testing.assert_allclose(rps[1], emd[1], atol=1e-14)
    brier = terms("brier_probability", labels(rng, k=2), f[:, :2] / f[:, :2].sum(1)[:, None])
    assert brier.max() <= 2.0


def test_wasserstein_is_the_cheapest_transport(rng):
    k = 4
    cost = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).ravel()
    sums = [np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))]
    for p, q in zip(distributions(rng, 8), distributions(rng, 8), strict=True):
        plan = linprog(cost, A_eq=np.vstack(sums), b_eq=np.concatenate([p, q]))
        assert terms("wasserstein_1", [p], [q])[0] == pytest.approx(plan.fun, abs=1e-9)


# Several labels ---------------------------------------------------------------------------------


def test_propensities_make_up_for_missing_labels_on_average(rng):
    full, f, chance = np.array([1.0, 0.0, 1.0]), logits(rng, 1, 3), np.array([0.5, 0.8, 0.25])
    mean = 0.0
    for kept in itertools.product([0.0, 1.0], repeat=3):
        weight = np.prod(np.where(kept, chance, 1.0 - chance))
        marked = (full * kept)[None]
        mean += weight * terms("propensity_scored_cross_entropy", marked, f, propensities=chance)[0]
    assert mean == pytest.approx(terms("multilabel_cross_entropy", full[None], f)[0], rel=1e-13)


def test_multilabel_cross_entropy_is_a_sum_of_logistic_losses(rng):
    y, f = rng.integers(0, 2, (20, 5)).astype(float), logits(rng, 20, 5)
    each = ll.get("binary_cross_entropy").value(y, f, reduction="none")
    np.testing.assert_allclose(terms("multilabel_cross_entropy", y, f), each.sum(axis=1))


def test_one_right_label_makes_the_multilabel_margin_a_multiclass_one(rng):
    f, y = logits(rng), labels(rng)
    rows = np.eye(4)[y.astype(int)]
    np.testing.assert_allclose(
        4.0 * terms("multilabel_margin", rows, f), terms("weston_watkins", y, f), rtol=1e-13
    )


def test_few_labels_and_many_have_the_same_margins(rng):
    """Wrong labels far below cost nothing, but make the row long enough to be sorted."""
    y, f = rng.integers(0, 2, (50, 12)), rng.normal(0.0, 2.0, (50, 12)).round(1)
    more = np.pad(y, ((0, 0), (0, 12))), np.pad(f, ((0, 0), (0, 12)), constant_values=-1e3)
    loss = ll.get("multilabel_margin")
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    longer, slopes = loss.value_and_gradient(*more, reduction="none")
    np.testing.assert_allclose(longer, value / 2.0, rtol=1e-14)
    np.testing.assert_allclose(slopes[:, :12], gradient / 2.0, rtol=1e-14)
    assert not slopes[:, 12:].any()
