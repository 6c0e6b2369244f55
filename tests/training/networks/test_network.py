"""Networks: where weights stand, how they start, what fits and what does not."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import Head, Network, NetworkObjective
from losslab.training.networks.activations import CURVES


def test_layers_are_views_in_order():
    network = Network((2, 3, 1))
    theta = np.arange(float(network.size))
    (w1, b1), (w2, b2) = network.layers(theta)
    assert w1.tolist() == [[0, 1, 2], [3, 4, 5]] and b1.tolist() == [6, 7, 8]
    assert w2.ravel().tolist() == [9, 10, 11] and b2.tolist() == [12]
    w2[:] = 0.0
    assert theta[9:12].tolist() == [0, 0, 0]
    assert np.flatnonzero(network.biases()).tolist() == [6, 7, 8, 12]


def test_outputs_are_those_of_numpy():
    network = Network((3, 5, 2), "gelu")
    theta, X = network.start(seed=1), np.random.default_rng(2).normal(size=(1300, 3))
    (w1, b1), (w2, b2) = network.layers(theta)
    from scipy.special import erf

    z = X @ w1 + b1
    hidden = z * 0.5 * (1.0 + erf(z / np.sqrt(2.0)))
    np.testing.assert_allclose(network.outputs(theta, X), hidden @ w2 + b2, atol=1e-14)


@pytest.mark.parametrize("how", ["torch", "xavier", "he", "zeros"])
def test_starts_have_the_spread_of_their_formula(how):
    network = Network((400, 300, 200))
    theta = network.start(how, seed=4)
    assert np.array_equal(theta, network.start(how, seed=4))
    assert how == "zeros" or not np.array_equal(theta, network.start(how, seed=5))
    for (w, b), n, m in zip(network.layers(theta), (400, 300), (300, 200), strict=True):
        spread = {"torch": 1 / (3 * n), "xavier": 2 / (n + m), "he": 2 / n, "zeros": 0.0}[how]
        assert w.var() == pytest.approx(spread, rel=0.03)
        assert b.var() == pytest.approx(1 / (3 * n) if how == "torch" else 0.0, rel=0.3)
    if how == "torch":
        assert abs(theta[:120_000]).max() <= 400**-0.5


def test_the_link_is_what_the_loss_asks_for():
    for name, link in [
        ("squared_error", "identity"),
        ("binary_cross_entropy", "identity"),
        ("binary_cross_entropy_probability", "sigmoid"),
        ("poisson_deviance_mean", "softplus"),
        ("softmax_cross_entropy", "identity"),
    ]:
        columns = 2 if name.startswith("softmax") else 1
        assert Network((1, columns)).under([ll.get(name)]).heads[0].link == link


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "softmax_cross_entropy"),
        ("identity", "poisson_deviance_mean"),
        ("exp", "binary_cross_entropy_probability"),
        ("identity", "binary_cross_entropy_probability"),
    ],
)
def test_a_link_that_does_not_fit_is_refused(link, name):
    columns = 2 if link == "softmax" else 1
    network = Network((1, columns), heads=Head(columns, link))
    with pytest.raises(ValueError, match=f"link of a head under {name}"):
        NetworkObjective(network, [[0.0]], [1], ll.get(name))


def test_squared_error_of_a_probability_is_legal():
    network = Network((1, 1), heads=Head(1, "sigmoid"))
    objective = NetworkObjective(network, [[0.0]], [1], ll.get("squared_error"))
    assert objective.value([0.0, 0.0]) == 0.125


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "sigmoid", "identity"])
def test_activations_of_what_is_special(name):
    at = CURVES[name].at
    assert np.isnan(at(np.nan)[0])
    far, slope = at(800.0)
    assert far == (1.0 if name in ("tanh", "sigmoid") else 800.0)
    assert slope == (0.0 if name in ("tanh", "sigmoid") else 1.0)
    low, slope = at(-800.0)
    assert low == {"tanh": -1.0, "identity": -800.0}.get(name, 0.0)
    assert slope == (1.0 if name == "identity" else 0.0)


@pytest.mark.parametrize("name", CURVES)
def test_slopes_and_bends_keep_their_digits(name):
    mpmath = pytest.importorskip("mpmath")
    exact = {
        "identity": lambda z: z,
        "relu": lambda z: z if z > 0 else mpmath.mpf(0),
        "tanh": mpmath.tanh,
        "gelu": lambda z: z * mpmath.ncdf(z),
        "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
        "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
        "exp": mpmath.exp,
    }[name]
    with mpmath.workdps(60):
        for z in (-30.0, -8.5, -1.25, -1e-3, 1e-3, 0.7, 3.0, 18.0):
            value, slope = CURVES[name].at(z)
            bend = CURVES[name].bend(z)
            wanted = [exact(mpmath.mpf(z)), *(mpmath.diff(exact, z, k) for k in (1, 2))]
            for got, want in zip((value, slope, bend), wanted, strict=True):
                if abs(want) < 1e-30:
                    assert abs(got) < 1e-30
                # The slope and bend of GELU pass through 0; elsewhere a few units hold.
                assert got == pytest.approx(float(want), rel=1e-13, abs=1e-16), (z, want)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((3,),), "sizes must be at least two"),
        (((3, 0),), "sizes must be at least two"),
        (((3, 2.5),), "sizes must be at least two"),
        ((7,), "sizes must be a sequence"),
        (((3, 1), "swish"), "activation must be one of"),
        (((3, 2), "relu", Head(1)), "heads must take all 2 outputs"),
        (((3, 2), "relu", ["exp"]), "heads must be"),
    ],
)
def test_bad_networks(arguments, words):
    with pytest.raises((ValueError, TypeError), match=words):
        Network(*arguments)


X2, CE, SE = [[0.0], [1.0]], "softmax_cross_entropy", "squared_error"


@pytest.mark.parametrize(
    ("sizes", "X", "y", "loss", "words"),
    [
        ((1, 3), X2, [0, 3], CE, "y must be a class.*got 3.0 at index 1"),
        ((1, 3), X2, [0, 1, 2], CE, "X and y must have the same length"),
        ((1, 1), X2, [0, 1], CE, "a head of 1 column does not fit"),
        ((2, 1), X2, [0, 1], SE, r"X must have shape \(n, 2\)"),
        ((1, 1), [[0.0], [np.nan]], [0, 1], SE, r"X must be finite, got nan at index \(1, 0\)"),
        ((1, 1), X2, [0.0, np.nan], SE, r"y must not be NaN.*\(1, 0\)"),
        ((1, 1), X2, [0.0, np.inf], SE, "y must be a finite number"),
        (
            (1, 2),
            X2,
            [0.0, 1.0],
            SE,
            r"y must have shape \(2, 2\) under squared_error.*got \(2,\); y of shape \(2,\) needs a head of 1 column",
        ),
        (
            (1, 1),
            X2,
            np.zeros((2, 2)),
            SE,
            r"y must have shape \(2,\) under squared_error.*got \(2, 2\)",
        ),
        ((1, 2), X2, ["cat", "dog"], CE, r"0, 1, … by np.unique\(y, return_inverse"),
        ((1, 1), np.empty((0, 1)), [], SE, "X must have shape"),
        ((1, 2), X2, [0, 1], "cox", "takes one output"),
        ((1, 1), X2, [0.0, 2.0], "binary_cross_entropy", "y must be"),
        ((1, 3), X2, [[0.0, 1.0], [1.0, 1.0]], "gaussian_nll", "a head of 3 columns"),
    ],
)
def test_bad_data(sizes, X, y, loss, words):
    with pytest.raises((ValueError, TypeError), match=words):
        NetworkObjective(Network(sizes), X, y, ll.get(loss))


def test_bad_losses_and_weights():
    network = Network((1, 1))
    with pytest.raises(TypeError, match="loss must be a loss"):
        NetworkObjective(network, X2, [0, 1], "huber")
    with pytest.raises(ValueError, match="one loss for each of the 1 heads"):
        NetworkObjective(network, X2, [0, 1], [ll.get(SE), ll.get(SE)])
    with pytest.raises(ValueError, match="sample_weight must be finite"):
        NetworkObjective(network, X2, [0, 1], ll.get(SE), [1.0, -1.0])
    with pytest.raises(TypeError, match="penalty must be"):
        NetworkObjective(network, X2, [0, 1], ll.get(SE), penalty="l1")
    with pytest.raises(ValueError, match="products must be"):
        NetworkObjective(network, X2, [0, 1], ll.get(SE), products="gpu")
    objective = NetworkObjective(network, X2, [0, 1], ll.get(SE))
    with pytest.raises(ValueError, match="theta must have shape"):
        objective.value([0.0])
    for indices in ([], [2], [-1], [0.5]):
        with pytest.raises(ValueError, match="indices must be"):
            objective.batch(indices)
    weighed = NetworkObjective(network, X2, [0, 1], ll.get(SE), [0.0, 1.0])
    with pytest.raises(ValueError, match="a weight above 0"):
        weighed.batch([0, 0])
    with pytest.raises(ValueError, match="no link yet"):
        network.predict([0.0, 0.0], X2)
