"""Linear models with several outputs: against scikit-learn, and bad input."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import losslab as ll
from losslab.training import fit_multioutput

SOFTMAX = ll.get("softmax_cross_entropy")


def test_agrees_with_scikit_learn():
    data = ll.datasets.load("digits")
    X, y = data.X[:400] / 16.0, data.y[:400]
    U = (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1.0)
    ridge = 0.01
    fit = fit_multioutput(X, y, SOFTMAX, ridge=ridge)
    peer = LogisticRegression(C=1.0 / (ridge * len(y)), tol=1e-10, max_iter=5000).fit(U, y)
    assert fit.converged and fit.gradient_norm < 1e-6
    p = np.exp(fit.predict(X))
    p /= p.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p, peer.predict_proba(U), atol=1e-5)


def test_weights_count_repetitions(rng):
    X, y = rng.normal(size=(60, 2)), rng.integers(0, 3, 60)
    w = rng.integers(0, 4, 60)
    fit = fit_multioutput(X, y, SOFTMAX, ridge=0.1, sample_weight=w)
    repeated = fit_multioutput(np.repeat(X, w, axis=0), np.repeat(y, w), SOFTMAX, ridge=0.1)
    np.testing.assert_allclose(fit.coefficients, repeated.coefficients, atol=1e-5)


def test_constants_find_the_shares():
    y = [0, 0, 0, 1, 2, 2]
    fit = fit_multioutput(np.empty((6, 0)), y, SOFTMAX)
    p = np.exp(fit.intercepts)
    np.testing.assert_allclose(p / p.sum(), [1 / 2, 1 / 6, 1 / 3], atol=1e-7)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"loss": ll.get("huber")}, TypeError, "loss must be a rowwise loss"),
        ({"X": [[np.nan], [1.0]]}, ValueError, "X must be finite"),
        ({"y": [0.0]}, ValueError, "the same length"),
        ({"ridge": -1.0}, ValueError, "ridge must be finite and >= 0"),
        ({"columns": 0}, ValueError, "columns must be a whole number"),
        ({"start": [0.0]}, ValueError, "start must have shape"),
    ],
)
def test_bad_input(change, error, words):
    given = {"X": [[0.0], [1.0]], "y": [0.0, 1.0], "loss": SOFTMAX, **change}
    with pytest.raises(error, match=words):
        fit_multioutput(**given)
