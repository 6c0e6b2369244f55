"""Linear classifiers: the same answers as scikit-learn, and errors that help."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import fit_classifier

linear_model = pytest.importorskip("sklearn.linear_model")
svm = pytest.importorskip("sklearn.svm")


def blobs(seed, n=40):
    """Overlapping classes whose features have very different units."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)) * (1.0, 200.0) + (5.0, -300.0)
    return X, (X[:, 0] - 5.0 + rng.normal(size=n) > 0.0).astype(float)


@pytest.mark.parametrize("seed", range(4))
def test_logistic_regression_is_that_of_scikit_learn(seed):
    X, y = blobs(seed)
    w = np.random.default_rng(seed).uniform(0.5, 2.0, y.size)
    scaled = X / (1.0, 100.0)
    fit = fit_classifier(scaled, y, ll.get("binary_cross_entropy"), sample_weight=w, ridge=0.02)
    # Its penalty is not divided by the weights.
    peer = linear_model.LogisticRegression(C=1.0 / (w.sum() * 0.02), tol=1e-12, max_iter=10_000)
    peer.fit(scaled, y, sample_weight=w)
    assert fit.coefficients == pytest.approx(peer.coef_[0], rel=1e-5, abs=1e-7)
    assert fit.intercept == pytest.approx(peer.intercept_[0], rel=1e-5)
    assert fit.gradient_norm < 1e-7


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["hinge", "squared_hinge"])
def test_support_vector_machine_is_not_better(seed, name):
    X, y = blobs(seed)
    X = X / (1.0, 100.0)
    loss, ridge = ll.get(name), 0.01
    fit = fit_classifier(X, y, loss, ridge=ridge)

    def objective(intercept, v):
        return loss.value(y, intercept + X @ v) + ridge / 2 * v @ v

    ours = objective(fit.intercept, fit.coefficients)
    if name == "hinge":
        peer = svm.SVC(kernel="linear", C=1.0 / (y.size * ridge), tol=1e-9).fit(X, y)
        assert ours <= objective(peer.intercept_[0], peer.coef_[0]) + 1e-5
    rng = np.random.default_rng(0)
    for size in (1e-1, 1e-2):
        for _ in range(50):
            a, b, c = rng.normal(size=3) * size
            assert ours <= objective(fit.intercept + a, fit.coefficients + (b, c)) + 1e-7


def test_units_of_the_features_hardly_matter():
    X, y = blobs(1)
    loss = ll.get("exponential")
    near = fit_classifier(X, y, loss, ridge=1e-9).scores(X)
    far = fit_classifier(X * (1e3, 1e-3) + (7.0, 0.0), y, loss, ridge=1e-9)
    assert near == pytest.approx(far.scores(X * (1e3, 1e-3) + (7.0, 0.0)), rel=1e-3, abs=1e-3)


def test_separated_classes_and_many_features_are_fine():
    X = np.eye(5)
    fit = fit_classifier(X, [0, 0, 1, 1, 1], ll.get("exponential"), ridge=0.1)
    assert ((fit.scores(X) > 0.0) == [0, 0, 1, 1, 1]).all()
    one = fit_classifier([[1.0], [1.0]], [0, 1], ll.get("hinge"))
    assert one.coefficients == pytest.approx([0.0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": ll.get("huber")}, TypeError, "score or logit"),
        ({"loss": "hinge"}, TypeError, "score or logit"),
        ({"X": [1.0, 2.0]}, ValueError, "X must have shape"),
        ({"X": [[1.0], [np.nan]]}, ValueError, "X must be finite"),
        ({"y": [0, 1, 1]}, ValueError, "same length, got 2 and 3"),
        ({"y": [-1, 1]}, ValueError, "y must be 0 or 1"),
        ({"ridge": 0.0}, ValueError, "ridge must be a finite number > 0"),
        ({"ridge": "much"}, TypeError, "ridge"),
        ({"steps": 0}, ValueError, "steps"),
        ({"sample_weight": [1.0]}, ValueError, "sample_weight"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    good = {"X": [[0.0], [1.0]], "y": [0, 1], "loss": ll.get("hinge")}
    with pytest.raises(error, match=message):
        fit_classifier(**good | arguments)
