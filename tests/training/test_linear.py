"""Plane fits against statsmodels and scikit-learn, and their honesty about convergence."""

import subprocess
import sys

import numpy as np
import pytest

import losslab as ll

fit_linear = ll.training.fit_linear


@pytest.fixture(scope="module")
def stackloss():
    return ll.datasets.load("stackloss")


@pytest.fixture(scope="module")
def diabetes():
    return ll.datasets.load("diabetes")


def all_of(fit):
    return np.concatenate([[fit.intercept], fit.coefficients])


def test_squared_error_is_least_squares(diabetes):
    fit = fit_linear(diabetes.X, diabetes.y, ll.get("squared_error"))
    A = np.column_stack([np.ones(diabetes.y.size), diabetes.X])
    assert all_of(fit) == pytest.approx(np.linalg.lstsq(A, diabetes.y, rcond=None)[0], rel=1e-9)
    assert fit.converged


@pytest.mark.parametrize(
    ("name", "parameters", "norm"),
    [("huber", "delta", "HuberT"), ("tukey_biweight", "c", "TukeyBiweight")],
)
def test_same_as_statsmodels_rlm_at_its_scale(stackloss, name, parameters, norm):
    # RLM re-estimates a scale s as it goes; at its end it solves our problem with k * s.
    import statsmodels.api as sm

    norm = getattr(sm.robust.norms, norm)()
    k = norm.t if hasattr(norm, "t") else norm.c
    peer = sm.RLM(stackloss.y, sm.add_constant(stackloss.X), M=norm).fit(tol=1e-12, maxiter=500)
    loss = ll.get(name, **{parameters: k * peer.scale})
    start = fit_linear(stackloss.X, stackloss.y, ll.get("absolute_error"))
    fit = fit_linear(stackloss.X, stackloss.y, loss, start=start)
    assert fit.converged
    assert all_of(fit) == pytest.approx(peer.params, rel=1e-5)


def test_same_as_sklearn_huber_regressor_at_its_scale(diabetes):
    # HuberRegressor fits a scale along with the coefficients; its turning point is epsilon * scale.
    from sklearn.linear_model import HuberRegressor

    X = (diabetes.X - diabetes.X.mean(0)) / diabetes.X.std(0)
    peer = HuberRegressor(alpha=0.0, epsilon=1.35, tol=1e-8, max_iter=10000).fit(X, diabetes.y)
    fit = fit_linear(X, diabetes.y, ll.get("huber", delta=1.35 * peer.scale_))
    assert fit.converged
    assert fit.intercept == pytest.approx(peer.intercept_, rel=1e-5)
    assert fit.coefficients == pytest.approx(peer.coef_, rel=1e-3, abs=1e-2)


@pytest.mark.parametrize("tau", [0.1, 0.5, 0.9])
def test_same_as_statsmodels_quantreg(tau):
    import statsmodels.api as sm

    engel = ll.datasets.load("engel")
    peer = sm.QuantReg(engel.y, sm.add_constant(engel.x)).fit(q=tau, max_iter=5000)
    fit = fit_linear(engel.X, engel.y, ll.get("quantile", tau=tau))
    assert fit.method == "linear program"
    assert fit.converged
    assert all_of(fit) == pytest.approx(peer.params, rel=1e-3)
    # A vertex of the program passes through as many points as it has parameters.
    assert np.sum(np.abs(engel.y - fit.predict(engel.X)) < 1e-8) >= 2


def test_weights_count_as_repeats(stackloss):
    w = np.tile([1.0, 2.0, 3.0], 7)
    repeated = np.repeat(np.arange(21), w.astype(int))
    for name in ("huber", "absolute_error"):
        a = fit_linear(stackloss.X, stackloss.y, ll.get(name), sample_weight=w)
        b = fit_linear(stackloss.X[repeated], stackloss.y[repeated], ll.get(name))
        assert a.value == pytest.approx(b.value, rel=1e-9)
        assert all_of(a) == pytest.approx(all_of(b), rel=1e-6)


def test_units_of_x_do_not_matter(stackloss):
    units = np.array([1e-6, 1.0, 1e6])
    a = fit_linear(stackloss.X, stackloss.y, ll.get("huber"))
    b = fit_linear(stackloss.X * units, stackloss.y, ll.get("huber"))
    assert b.coefficients * units == pytest.approx(a.coefficients, rel=1e-6)


@pytest.mark.parametrize("name", ll.available(family="regression", kind="pointwise"))
def test_every_smooth_loss_arrives(name):
    loss = ll.get(name)
    if loss.target != "real" or loss.prediction != "value":
        pytest.skip("needs positive targets")
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 2))
    y = 1.0 + X @ [2.0, -1.0] + 0.5 * rng.normal(size=60)
    fit = fit_linear(X, y, loss)
    start = np.linalg.lstsq(np.column_stack([np.ones(60), X]), y, rcond=None)[0]
    assert fit.value <= loss.value(y, start[0] + X @ start[1:]) * (1 + 1e-12) + 1e-15
    if loss.claims.get("differentiable"):
        assert fit.converged, fit


def test_two_starts_two_answers():
    x = np.concatenate([np.linspace(0.0, 1.0, 12), np.linspace(0.0, 1.0, 10)])
    y = np.concatenate([2.0 * x[:12], 20.0 - 3.0 * x[12:]])
    loss = ll.get("tukey_biweight", c=2.0)
    low = fit_linear(x[:, None], y, loss, start=(0.0, 1.0))
    high = fit_linear(x[:, None], y, loss, start=(20.0, 0.0))
    assert low.converged
    assert high.converged
    assert low.coefficients[0] == pytest.approx(2.0, abs=1e-6)
    assert high.coefficients[0] == pytest.approx(-3.0, abs=1e-6)


def test_says_when_it_stopped_early(diabetes):
    fit = fit_linear(diabetes.X, diabetes.y, ll.get("huber"), max_iterations=1)
    assert not fit.converged
    assert fit.iterations <= 1


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "exponential", "savage"])
@pytest.mark.parametrize("y", [[0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1]], ids=["apart", "touching"])
def test_says_when_there_is_no_minimum(loss, y):
    # A threshold tells the classes apart, or all but the two points on it: the steeper, the better.
    X = np.array([[-2.0], [-1.0], [0.0], [0.0], [1.0], [2.0]])
    X[2:4, 0] += [-0.5, 0.5] if y[2] < y[3] else 0.0
    fit = fit_linear(X, y, ll.get(loss))
    steeper = ll.get(loss).value(
        np.array(y, dtype=float), fit.predict(X) + fit.coefficients * X[:, 0]
    )
    assert fit.gradient_norm < 1e-7
    assert steeper <= fit.value
    assert not fit.converged


def test_says_when_a_group_has_no_counts():
    # The best mean of the first group is 0, and its logarithm lies beyond all numbers.
    X = np.array([[0.0], [0.0], [0.0], [1.0], [1.0]])
    assert not fit_linear(X, [0, 0, 0, 2, 5], ll.get("poisson")).converged
    assert fit_linear(X, [0, 0, 1, 2, 5], ll.get("poisson")).converged


@pytest.mark.parametrize("loss", ["squared_hinge", "modified_huber", "squared_margin"])
def test_arrives_on_separable_classes_where_there_is_a_minimum(loss):
    X = [[-2.0], [-1.0], [1.0], [2.0]]
    assert fit_linear(X, [0, 0, 1, 1], ll.get(loss)).converged


def test_arrives_where_classes_overlap():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    y = (X[:, 0] + rng.logistic(size=200) > 0).astype(float)
    for loss in ("binary_cross_entropy", "exponential", "savage", "focal"):
        assert fit_linear(X, y, ll.get(loss)).converged, loss


def test_result_can_be_a_start(stackloss):
    first = fit_linear(stackloss.X, stackloss.y, ll.get("huber"))
    again = fit_linear(stackloss.X, stackloss.y, ll.get("huber"), start=first)
    assert again.iterations <= 1
    assert all_of(again) == pytest.approx(all_of(first), rel=1e-9)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"loss": "huber"}, TypeError, "loss must be a pointwise loss"),
        ({"X": [1.0, 2.0, 3.0]}, ValueError, "X must have shape"),
        ({"X": [[1.0], [np.nan], [3.0]]}, ValueError, "X must be finite"),
        ({"y": [1.0, 2.0]}, ValueError, "same length"),
        ({"X": [[1.0], [1.0], [1.0]]}, ValueError, "independent columns"),
        ({"sample_weight": [0.0, 0.0, 1.0]}, ValueError, "rows of positive weight"),
        ({"start": [1.0]}, ValueError, "start must be a LinearFit or 2"),
        ({"max_iterations": 0}, ValueError, "at least 1"),
        ({"max_iterations": 1.5}, TypeError, "whole number"),
    ],
)
def test_bad_input_is_named(change, error, text):
    given = {"X": [[1.0], [2.0], [3.0]], "y": [1.0, 2.0, 2.5], "loss": ll.get("huber")}
    with pytest.raises(error, match=text):
        fit_linear(**{**given, **change})


def test_scipy_waits_for_the_first_fit():
    code = "import sys, losslab.training; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_without_columns_the_best_constant_is_found():
    fit = fit_linear(np.empty((5, 0)), [-2.0, -2.0, 0.0, 1.0, 3.2], ll.get("squared_error"))
    assert fit.intercept == pytest.approx(0.04) and fit.coefficients.size == 0
    with pytest.raises(ValueError, match=r"X must have shape \(n, d\) and not be empty"):
        fit_linear(np.empty((0, 2)), [], ll.get("huber"))
    with pytest.raises(ValueError, match="at least one column"):
        ll.training.fit_classifier(np.empty((2, 0)), [0, 1], ll.get("hinge"))
