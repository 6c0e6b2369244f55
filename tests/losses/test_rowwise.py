"""Rowwise losses: values and gradients, weights, dtypes, threads, bad input."""

import numpy as np
import pytest

import losslab as ll
from losslab.losses import Claims, Parameter, Rowwise, Vector, find, shelf
from losslab.losses.kinds.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from tests.losses import row_accuracy

CLASSES = [find(name) for name in ll.available(kind="rowwise")]
LOSSES = [cls.typical() for cls in CLASSES]
SETTINGS = [loss for cls in CLASSES for loss in row_accuracy.settings(cls)]
every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.name)
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
every_setting = pytest.mark.parametrize("loss", SETTINGS, ids=repr)


@every_setting
def test_within_its_bound_of_the_formula(loss):
    wrong = [
        f"{quantity}: {row_accuracy.show(point)}"
        for quantity, points in row_accuracy.measure(loss).items()
        for point in points[:3]
        if point[0] > row_accuracy.bound(type(loss), quantity)[0]
    ]
    assert not wrong, "\n".join(wrong)


@every_class
def test_declared_bounds_have_a_reason(cls):
    for quantity, bound in cls.accuracy.items():
        assert quantity in ("value", "gradient", "curvature")
        assert quantity != "curvature" or cls.has_curvature()
        assert bound.ulp > row_accuracy.BOUND or bound.of in ("row", "rounding")
        assert len(bound.why.split()) >= 3


@every_setting
def test_weighted_gradient_is_the_derivative_of_the_weighted_mean(loss, rng):
    y, f = loss.example(12, rng)
    w = rng.uniform(0.5, 2.0, 12)
    gradient = loss.gradient(y, f, w)
    inside = "probabilit" not in loss.prediction and not loss.gradient_field
    for i, j in np.ndindex(f.shape) if inside else ():
        h = 1e-6 * max(abs(f[i, j]), 1.0)
        ends = []
        for step in (h, -h):
            moved = f.copy()
            moved[i, j] += step
            ends.append(loss.value(y, moved, w))
        slope = (ends[0] - ends[1]) / (2 * h)
        # What rounding the two ends may do to the quotient, and the curvature.
        size = abs(loss.value(y, f, w)) * 1e-15 / h + np.abs(gradient[i]).max() * 1e-4
        assert gradient[i, j] == pytest.approx(slope, abs=size + 1e-9)


@every_loss
def test_weights_reductions_and_one_pass(loss, rng):
    y, f = loss.example(40, rng)
    w = rng.uniform(0.0, 2.0, 40)
    terms = loss.value(y, f, reduction="none")
    scale = np.abs(terms).mean() * 1e-14
    assert loss.value(y, f) == pytest.approx(terms.mean(), rel=1e-14, abs=scale)
    assert loss.value(y, f, w) == pytest.approx((w * terms).sum() / w.sum(), rel=1e-14, abs=scale)
    for options in ({}, {"reduction": "sum"}, {"sample_weight": w}):
        value, gradient = loss.value_and_gradient(y, f, **options)
        assert value == loss.value(y, f, **options)
        assert np.array_equal(gradient, loss.gradient(y, f, **options))
    each = loss.gradient(y, f, reduction="none")
    np.testing.assert_allclose(loss.gradient(y, f, w), each * (w / w.sum())[:, None], rtol=1e-13)


@every_loss
def test_each_row_stands_alone(loss, rng):
    y, f = loss.example(23, rng)
    terms, gradient = loss.value_and_gradient(y, f, reduction="none")
    for i in range(23):
        one, slope = loss.value_and_gradient(y[i : i + 1], f[i : i + 1], reduction="none")
        assert one[0] == terms[i]
        assert np.array_equal(slope[0], gradient[i])


@every_loss
def test_layouts_and_dtypes(loss, rng):
    y, f = loss.example(30, rng)
    want = loss.gradient(y, f)
    assert np.array_equal(loss.gradient(np.asfortranarray(y), f[:, ::-1][:, ::-1]), want)
    y, f = loss.example(30, rng)
    f = f.astype("f4")
    y = y.astype("f4") if ROW_TARGETS[loss.target].columns == "k" else y
    single = loss.value_and_gradient(y, f, reduction="none")
    assert single[0].dtype == single[1].dtype == np.float32
    wide = loss.value_and_gradient(y.astype(float), f.astype(float), reduction="none")
    for got, right in zip(single, wide, strict=True):
        np.testing.assert_array_equal(got, np.float32(right))
    out = np.empty_like(f)
    assert loss.gradient(y, f, out=out) is out


@every_loss
def test_nan_spoils_its_own_row_only(loss, rng):
    y, f = loss.example(5, rng)
    f[2, -1] = np.nan
    terms, gradient = loss.value_and_gradient(y, f, reduction="none")
    assert np.array_equal(np.isnan(terms), [False, False, True, False, False])
    assert np.isnan(gradient[2]).all()
    assert not np.isnan(gradient[[0, 1, 3, 4]]).any()


@every_loss
def test_threads_change_no_bit(loss, rng, threads):
    y, f = loss.example(20_000, rng)
    y, f = np.concatenate([y] * 3), np.concatenate([f] * 3)
    results = []
    for n in (1, 2, 3):
        threads(n)
        results.append(loss.value_and_gradient(y, f))
    assert all(value == results[0][0] for value, _ in results)
    assert all(np.array_equal(gradient, results[0][1]) for _, gradient in results)


# Bad input ------------------------------------------------------------------------------------

ILLEGAL_TARGETS = {
    "class": (-1.0, 0.5, 99.0, np.inf),
    "count": (-1.0, 0.5, np.inf),
    "level": (-1.0, 0.5, 99.0, np.inf),
    "bounds": (0.0, -1.0, np.inf, (2.0, 1.0)),
    "range": (np.inf, -np.inf, (2.0, 1.0)),
    "lifetime": ((-1.0, 1.0), (np.inf, 1.0), (1.0, 0.5)),
    "period": ((-1.0, 1.0), (0.5, 1.0), (4.0, 0.0), (1.0, 2.0)),
    "period or later": ((-1.0, 1.0), (0.5, 1.0), (4.0, 1.0), (3.0, 0.0), (1.0, 2.0)),
    "positive": (0.0, -1.0, np.inf),
    "nonnegative": (-1.0, np.inf),
    "real": (np.inf, -np.inf),
}


@every_loss
def test_illegal_targets_are_named(loss, rng):
    y, f = loss.example(5, rng)
    for bad in ILLEGAL_TARGETS.get(loss.target, ()):
        y[3] = bad
        with pytest.raises(ValueError, match="y_true must be .* at index 3"):
            loss.value(y, f)
        with pytest.raises(ValueError, match="y_true must be .* at index 3"):
            loss.gradient(y, f)


@every_loss
def test_illegal_predictions_are_named(loss, rng):
    for number in (np.inf, -np.inf, -1.0, 2.0):
        y, f = loss.example(5, rng)
        f[1] = number
        if not ROW_PREDICTIONS[loss.prediction].is_legal(f[1], f.shape[1]):
            with pytest.raises(ValueError, match="y_pred must be .* at index 1"):
                loss.value(y, f)


@every_loss
def test_shapes(loss, rng):
    y, f = loss.example(5, rng)
    with pytest.raises(ValueError, match=r"y_pred must have shape \(n, k\)"):
        loss.value(y, f[0])
    with pytest.raises(ValueError, match="y_true must have shape"):
        loss.value(y[:4], f)
    with pytest.raises(ValueError, match="y_true must have shape"):
        loss.value(np.stack([y, y], axis=-1), f)
    if isinstance(loss.outputs, tuple):
        with pytest.raises(ValueError, match="must have the columns"):
            loss.value(y, np.concatenate([f, f], axis=1))


@every_class
def test_a_vector_parameter_is_checked(cls, rng):
    if not cls.vector_specs:
        return
    [name] = cls.vector_specs
    with pytest.raises(ValueError, match=f"{name} must be given"):
        cls()
    with pytest.raises(TypeError, match=name):
        cls(**{name: ["a"]})
    with pytest.raises(ValueError, match=name):
        cls(**{name: []})
    loss = cls.typical()
    y, f = loss.example(3, rng)
    assert loss.parameters[name] == getattr(loss, name)
    if cls.outputs == "classes" and ROW_TARGETS[cls.target].columns == 1:
        with pytest.raises(ValueError, match=f"{name} must hold"):
            loss.value(y, np.concatenate([f, f], axis=1))


class TwoVectors(Rowwise):
    """Two vector parameters come before the number, in the order in which they are declared.

    Examples
    --------
    >>> TwoVectors(weights=[1.0, 2.0], shifts=[0.0, 1.0]).value([0], [[1.0, 1.0]])  # doctest: +SKIP
    """

    name = "two_vectors_of_a_test"
    title = "Two vectors"
    family = "classification"
    formula = "?"
    reference = "none"
    target = "class"
    outputs = "classes"
    weights = Vector(doc="one a class", example=(1.0, 2.0))
    shifts = Vector(doc="one a class", example=(0.0, 1.0))
    power = Parameter(1.0, above=0.0, doc="factor", slider=(0.5, 2.0))
    claims = Claims()

    def row_at(y, f, g, s, k, weights, shifts, power):
        total = 0.0
        for j in range(k):
            g[j] = power * weights[j]
            total += power * weights[j] * (f[j] - shifts[j])
        return total

    def exact(mp, y, f, weights, shifts, power):
        return power * sum(w * (x - b) for w, x, b in zip(weights, f, shifts, strict=True))


shelf._classes.pop(TwoVectors.name)  # of this test, not of the package


def test_two_vectors_reach_the_kernel():
    loss = TwoVectors(shifts=[0.5, 1.0], weights=[2.0, 10.0], power=3.0)
    value, gradient = loss.value_and_gradient([0], [[1.0, 3.0]])
    assert value == 3.0 * (2.0 * 0.5 + 10.0 * 2.0)
    assert gradient.tolist() == [[6.0, 30.0]]
    with pytest.raises(ValueError, match="shifts must hold 2 numbers"):
        TwoVectors(weights=[1.0, 2.0], shifts=[1.0, 2.0, 3.0]).value([0], [[1.0, 3.0]])


# Softmax --------------------------------------------------------------------------------------


def test_softmax_cross_entropy_at_the_ends():
    loss = ll.get("softmax_cross_entropy")
    rows = [[0.0, 800.0], [-np.inf, 0.0], [0.0, -np.inf], [1e308, -1e308], [5.0, 5.0]]
    value, gradient = loss.value_and_gradient([0, 0, 0, 0, 1], rows, reduction="none")
    assert value.tolist() == [800.0, np.inf, 0.0, 0.0, np.log(2.0)]
    assert gradient.tolist() == [[-1, 1], [-1, 1], [0, 0], [0, 0], [0.5, -0.5]]


@pytest.mark.parametrize("k", [2, 3, 10, 257, 5000])
def test_any_number_of_classes(k, rng):
    from scipy.special import logsumexp, softmax

    loss = ll.get("softmax_cross_entropy")
    f = rng.normal(0.0, 5.0, (7, k))
    y = rng.integers(0, k, 7)
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    np.testing.assert_allclose(value, logsumexp(f, axis=1) - f[np.arange(7), y], atol=1e-15)
    np.testing.assert_allclose(gradient, softmax(f, axis=1) - np.eye(k)[y], atol=1e-15)


@pytest.mark.parametrize("row", [[np.inf, 0.0], [0.0, np.inf], [-np.inf, -np.inf]])
def test_impossible_logits_are_refused(row):
    with pytest.raises(ValueError, match="y_pred must be logits"):
        ll.get("softmax_cross_entropy").value([0, 0], [[0.0, 0.0], row])


def test_a_row_of_zeros_has_no_direction():
    loss = ll.get("cosine_distance")
    value, gradient = loss.value_and_gradient([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 2.0]])
    assert value == 1.0
    assert not gradient.any()


@pytest.mark.parametrize("missing", ["gradient_field", "exact_gradient"])
def test_a_gradient_field_comes_with_its_exact_gradient(missing, scratch_registry):
    body = {
        "name": "field",
        "title": "Field",
        "family": "regression",
        "formula": "?",
        "reference": "nobody2024",
        "claims": Claims(),
        "gradient_field": "for a test",
        "exact_gradient": staticmethod(lambda mp, y, f: list(f)),
        "row_at": lambda y, f, g, s, k: 0.0,
        "exact": lambda mp, y, f: 0.0,
    }
    del body[missing]
    with pytest.raises(ValueError, match="needs exact_gradient and gradient_field"):
        type("Field", (Rowwise,), body)
