"""Every rule on the shelf of several tasks: right weights, certificates, edge cases, bad input."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.multitask import find
from tests.multitask.claim_checks import CHECKS

CLASSES = [find(name) for name in ll.multitask.available()]
EVERY = [cls.typical() for cls in CLASSES]
AGGREGATIONS = [rule for rule in EVERY if rule.kind == "aggregation"]
WEIGHTINGS = [rule for rule in EVERY if rule.kind == "weighting"]
every_aggregation = pytest.mark.parametrize("rule", AGGREGATIONS, ids=repr)
every_weighting = pytest.mark.parametrize("rule", WEIGHTINGS, ids=repr)
MP = mpmath.MPContext()
MP.dps = 60
TORCHJD = np.array([[-4.0, 1.0, 1.0], [6.0, 1.0, 1.0]])
SHAPES = [(2, 3, 2), (3, 8, 3), (20, 10, 10), (20, 10, 5), (20, 10, 1), (20, 100, 1), (20, 100, 19)]
SCALES = (0.0, 1e-10, 1e-5, 1.0, 1e5, 1e10, 1e15)


def family(shape, kind, rng):
    """Gradients of a rank: any, with 0 in the hull, with 0 at its edge, or all on one side."""
    t, d, rank = shape
    g = rng.normal(size=(t, rank)) @ rng.normal(size=(rank, d))
    if kind == "stationary":
        g -= rng.dirichlet(np.ones(t)) @ g
    elif kind == "weakly stationary":
        g[t // 2 :] -= rng.dirichlet(np.ones(t - t // 2)) @ g[t // 2 :]
    elif kind == "not stationary":
        # Turned so that all have a positive product with one direction of the row space.
        way = g[0] / np.linalg.norm(g[0])
        along = g @ way
        g += np.outer(np.abs(along) - along + 0.1, way)
    return g


@every_aggregation
@pytest.mark.parametrize("kind", ["normal", "stationary", "weakly stationary", "not stationary"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_certificate(rule, shape, kind, rng):
    for scale in SCALES:
        g = scale * family(shape, kind, rng)
        gram = g @ g.T
        assert rule.certificate(gram, rule.weights(gram)) <= 1e-10, scale


@every_aggregation
def test_weights_are_exact(rule, rng):
    """Against the textbook formula on the very matrix that the rule is given."""
    for t in (1, 2, 3, 4):
        for _ in range(5):
            g = rng.normal(size=(t, 6)) * 10.0 ** rng.uniform(-2, 2, (t, 1))
            gram = g @ g.T
            exact = rule.exact(MP, [[MP.mpf(v) for v in row] for row in gram])
            if exact is not None:
                np.testing.assert_allclose(
                    rule.weights(gram), [float(w) for w in exact], atol=1e-11
                )


@every_aggregation
@pytest.mark.parametrize("scale", [1e-300, 1e-100, 1e-3, 1e13, 1e150])
def test_the_unit_of_all_losses_does_not_matter(rule, scale):
    right = rule.aggregate(TORCHJD)
    found = rule.aggregate(scale * TORCHJD)
    np.testing.assert_allclose(found / scale, right, rtol=1e-12, atol=1e-14)


@every_aggregation
def test_edge_cases(rule):
    assert rule.weights([[4.0]]).tolist() == [1.0]
    assert rule.aggregate([[3.0, -1.0]]).tolist() == [3.0, -1.0]
    assert rule.aggregate([[0.0, 0.0], [1.0, 2.0]]).tolist() == [0.0, 0.0]
    assert rule.aggregate([[0.0], [0.0]]).tolist() == [0.0]
    assert rule.aggregate([[1.0, 2.0], [1.0, 2.0]]) == pytest.approx([1.0, 2.0], rel=1e-15)
    assert rule.aggregate([[1.0, 2.0], [-1.0, -2.0]]).tolist() == [0.0, 0.0]
    single = rule.aggregate(TORCHJD.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, rule.aggregate(TORCHJD), rtol=1e-6, atol=1e-6)
    out = np.empty(3)
    assert rule.aggregate(TORCHJD, out=out) is out
    np.testing.assert_array_equal(out, rule.aggregate(TORCHJD))


def test_values_of_the_literature():
    rule = ll.multitask.get("mgda")
    assert rule.weights(TORCHJD @ TORCHJD.T) == pytest.approx([0.6, 0.4], rel=1e-14)
    assert rule.aggregate(TORCHJD) == pytest.approx([0.0, 1.0, 1.0], abs=1e-14)
    three = np.array([[0.0, 1.0], [1.0, -1.0], [1.0, 0.0]])
    assert rule.weights(three @ three.T) == pytest.approx([0.6, 0.4, 0.0], rel=1e-14)
    jumps = np.array([[1.0, 1.0, 1.0], [4.0, -1.0, -2.0], [-3.0, -4.0, -4.0]])
    assert rule.weights(jumps @ jumps.T) == pytest.approx([26 / 33, 0.0, 7 / 33], rel=1e-13)
    along = np.array([[1.0, 0.0], [3.0, 0.0]])
    assert rule.weights(along @ along.T).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("gradients", "said"),
    [
        ([], "gradients must have shape"),
        ([1.0, 2.0], r"gradients must have shape \(T, d\), got \(2,\)"),
        ([[1.0], [np.nan]], "gradients must be finite, got .*nan.* in row 1"),
        ([[1.0], [np.inf]], "in row 1"),
    ],
)
def test_illegal_gradients_are_named(gradients, said):
    with pytest.raises(ValueError, match=said):
        ll.multitask.get("min_norm").aggregate(gradients)


@pytest.mark.parametrize(
    ("gram", "said"),
    [
        ([[1.0, 2.0]], r"gram must have shape \(T, T\)"),
        ([[1.0, 2.0], [0.0, 1.0]], "gram must be symmetric"),
        ([[1.0, np.nan], [np.nan, 1.0]], "gram must be finite"),
    ],
)
def test_illegal_products_are_named(gram, said):
    with pytest.raises(ValueError, match=said):
        ll.multitask.get("min_norm").weights(gram)


@every_weighting
def test_values_and_gradients_of_a_weighting(rule, rng):
    for t in (1, 2, 5):
        losses = rng.exponential(size=t) + 0.01
        state = rule.start(t) + rng.normal(size=t)
        value, w, gradient = rule.value_and_gradients(losses, state)
        numbers = [list(map(MP.mpf, row)) for row in (losses, state)]
        right = rule.exact(MP, *numbers)
        assert value == pytest.approx(float(right), rel=1e-14)
        for place, found in ((0, w), (1, gradient)):
            for i in range(len(found)):

                def along(x, place=place, i=i, numbers=numbers):
                    moved = [[*row] for row in numbers]
                    moved[place][i] = x
                    return rule.exact(MP, *moved)

                slope = MP.diff(along, numbers[place][i])
                assert found[i] == pytest.approx(float(slope), rel=1e-13, abs=1e-15)


@every_weighting
def test_state_goes_in_and_comes_out(rule):
    losses, state = np.array([0.5, 2.0, 9.0]), None
    for _ in range(4000):
        weights, state = rule.step(losses, state, rate=0.5)
    best = rule.best(losses)
    np.testing.assert_allclose(state, best, atol=1e-9)
    np.testing.assert_allclose(weights, rule.weights(losses, best), rtol=1e-8)
    assert not rule.value_and_gradients(losses, best)[2] == pytest.approx(1.0)
    np.testing.assert_allclose(rule.value_and_gradients(losses, best)[2], 0.0, atol=1e-15)
    assert rule.start(3).tolist() == rule.start(3).tolist()  # nothing was kept


def test_uncertainty_weights_are_half_of_the_inverse_losses():
    rule = ll.multitask.get("uncertainty")
    losses = [0.01, 2.0, 30.0]
    assert rule.weights(losses, rule.best(losses)) == pytest.approx([50.0, 0.25, 1 / 60], rel=1e-14)
    with pytest.raises(ValueError, match="losses must be greater than 0"):
        rule.best([1.0, 0.0])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([],), "losses must be a list of at least one"),
        (([1.0, np.nan],), "losses must be finite, got nan at position 1"),
        (([1.0, 2.0], [0.0]), "state must have 2 numbers for 2 losses, got 1"),
        (([1.0], [np.inf]), "state must be finite"),
    ],
)
def test_illegal_losses_and_states_are_named(given, said):
    with pytest.raises(ValueError, match=said):
        ll.multitask.get("uncertainty").value_and_gradients(*given)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.inf])
def test_an_illegal_rate_is_named(rate):
    with pytest.raises(ValueError, match="rate must be a finite number > 0"):
        ll.multitask.get("uncertainty").step([1.0], rate=rate)


CLAIMS = [(rule, key, claim) for rule in EVERY for key, claim in rule.claims.items()]


@pytest.mark.parametrize(("rule", "key", "claim"), CLAIMS, ids=str)
def test_claim(rule, key, claim):
    CHECKS[key](rule, claim)
    with pytest.raises(AssertionError):
        CHECKS[key](rule, not claim)
