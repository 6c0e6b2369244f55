"""Bad input: every message names the argument, the value and what is legal."""

import numpy as np
import pytest

import losslab as ll
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from tests.losses.cases import CLASSES, CORNERS, DEFAULTS, ids
from tests.losses.test_contract import methods

every_loss = pytest.mark.parametrize("loss", DEFAULTS, ids=ids)
HUBER = ll.get("huber")
METHODS = [pytest.param(method, id=name) for name, method in methods(HUBER)]
every_method = pytest.mark.parametrize("method", METHODS)


@every_method
@pytest.mark.parametrize("argument", ["y_true", "y_pred", "sample_weight"])
@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        (["a", "b"], TypeError, "real numbers"),
        ([None, 1.0], TypeError, "real numbers"),
        ([1j, 1.0], TypeError, "complex"),
        (np.array([1.0, 2.0], object), TypeError, "object"),
        (np.array([1.0, 2.0], np.longdouble), TypeError, "64 bits"),
        (np.array(["2020-01-01"] * 2, "M8[D]"), TypeError, "real numbers"),
        ([[1.0], [1.0, 2.0]], ValueError, "rectangular"),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), TypeError, "masked"),
        ({"a": 1.0}, TypeError, "real numbers"),
        ("ab", TypeError, "real numbers"),
    ],
)
def test_wrong_kinds_of_data(method, argument, bad, error, words):
    data = {"y_true": [1.0, 2.0], "y_pred": [1.0, 2.0], "sample_weight": [1.0, 1.0]}
    with pytest.raises(error, match=argument) as caught:
        method(**{**data, argument: bad})
    assert words in str(caught.value)


@every_method
@pytest.mark.parametrize(
    ("y", "f"),
    [
        ([1.0], [1.0, 2.0]),
        (1.0, [1.0]),
        ([[1.0]], [1.0]),
        ([[1.0], [2.0]], [1.0, 2.0]),
        ([[1.0, 2.0]], [[1.0], [2.0]]),
    ],
)
def test_shapes_must_match_and_nothing_is_broadcast(method, y, f):
    with pytest.raises(ValueError, match=r"y_true and y_pred must have the same shape, got \("):
        method(y, f)


@every_method
@pytest.mark.parametrize("weight", [1.0, [1.0], [[1.0, 1.0]], [1.0, 1.0, 1.0]])
def test_weights_have_the_shape_of_the_data(method, weight):
    with pytest.raises(ValueError, match=r"sample_weight must have the shape .*\(2,\)"):
        method([1.0, 2.0], [1.0, 2.0], weight)


@every_method
@pytest.mark.parametrize("empty", [[], np.empty((0, 3)), np.empty(0, np.float32)])
def test_nothing_at_all(method, empty):
    with pytest.raises(ValueError, match="y_true and y_pred must hold at least one number"):
        method(empty, empty)


@every_method
@pytest.mark.parametrize("bad", [-1.0, -1e-300, np.nan, np.inf, -np.inf])
def test_illegal_weights(method, bad):
    with pytest.raises(ValueError, match="sample_weight must be finite and >= 0") as caught:
        method([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 1.0, bad])
    assert repr(bad) in str(caught.value)
    assert "index 2" in str(caught.value)


@every_method
def test_weights_that_are_all_zero(method):
    with pytest.raises(ValueError, match="sample_weight must not be all zero"):
        method([1.0, 2.0], [1.0, 2.0], [0.0, -0.0])


@every_method
@pytest.mark.parametrize("bad", ["avg", "Mean", None, 1, True, "", ["mean"]])
def test_unknown_reductions(method, bad):
    with pytest.raises(ValueError, match="reduction must be 'mean', 'sum' or 'none'") as caught:
        method([1.0], [1.0], reduction=bad)
    assert repr(bad) in str(caught.value)


@pytest.mark.parametrize("method", [m for m in METHODS if m.id != "value"])
@pytest.mark.parametrize(
    ("out", "error"),
    [
        ([0.0, 0.0], TypeError),
        (np.empty(3), ValueError),
        (np.empty((2, 1)), ValueError),
        (np.empty(2, np.float32), ValueError),
        (np.empty(4)[::2], ValueError),
        (np.frombuffer(bytes(16)), ValueError),
    ],
    ids=["list", "size", "shape", "dtype", "stride", "read-only"],
)
def test_an_output_that_does_not_fit(method, out, error):
    with pytest.raises(error, match="out must"):
        method([1.0, 2.0], [1.0, 2.0], out=out)


# Domains --------------------------------------------------------------------------------------

OUTSIDE = {
    "real": (np.inf, -np.inf),
    "positive": (0.0, -1.0, -np.inf, np.inf),
    "nonnegative": (-1e-300, -1.0, np.inf),
    "above -1": (-1.0, -2.0, np.inf),
    "nonzero": (0.0, -0.0, np.inf),
    "{0,1}": (-1.0, 0.5, 2.0, np.inf, -1e-300),
    "[0,1]": (-1.0, 1.5, -1e-300, np.nextafter(1.0, 2.0), np.inf),
    "probability": (-1e-300, np.nextafter(1.0, 2.0), np.inf, -np.inf),
    "(0,1)": (0.0, 1.0, -0.5, 2.0),
    "positive value": (0.0, -1.0),
    "value above -1": (-1.0, -2.0),
}


# A domain may depend on the parameters.
DOMAINS = [*DEFAULTS, *(loss for loss in CORNERS if loss.target != type(loss).target)]


@pytest.mark.parametrize("loss", DOMAINS, ids=ids)
@pytest.mark.parametrize("argument", ["y_true", "y_pred"])
def test_numbers_outside_the_domain(loss, argument, rng):
    table = TARGETS if argument == "y_true" else PREDICTIONS
    name = loss.target if argument == "y_true" else loss.prediction
    if name not in OUTSIDE:
        assert all(table[name].is_legal(x) for x in (-1e300, -1.0, -0.0, 0.3, 1.0, 2.0, np.inf))
        return
    for bad in OUTSIDE[name]:
        for n in (1, 3000):
            data = dict(zip(("y_true", "y_pred"), loss.example(n, rng), strict=True))
            data[argument][-1] = bad
            for _, method in methods(loss):
                with pytest.raises(ValueError, match=f"{argument} must be ") as caught:
                    method(**data)
                for words in (table[name].legal, repr(float(bad)), f"index {n - 1}"):
                    assert words in str(caught.value)
    two = {k: v[:4].reshape(2, 2) for k, v in data.items()}
    two[argument][1, 0] = bad
    with pytest.raises(ValueError, match=r"index \(1, 0\)"):
        loss.value(**two)


@every_loss
def test_labels_of_minus_one_get_the_hint(loss):
    if loss.target in ("{0,1}", "[0,1]"):
        with pytest.raises(ValueError, match=r"\(y_true \+ 1\) / 2"):
            loss.value([-1.0, 1.0], [0.0, 0.0])


def test_illegal_labels_in_every_chunk_are_found(threads):
    threads(2)
    loss = ll.get("hinge")
    y = np.zeros(300_001)
    for place in (0, 40_000, 300_000):
        spoilt = y.copy()
        spoilt[place] = 3.0
        with pytest.raises(ValueError, match=f"got 3.0 at index {place}"):
            loss.value(spoilt, y)


def test_an_illegal_label_with_weight_zero_is_still_refused():
    with pytest.raises(ValueError, match="y_true must be 0 or 1"):
        ll.get("hinge").value([0.0, 7.0], [0.0, 0.0], [1.0, 0.0])


# Parameters -----------------------------------------------------------------------------------

with_parameters = pytest.mark.parametrize("cls", [c for c in CLASSES if c.parameter_specs], ids=ids)


@with_parameters
@pytest.mark.parametrize("bad", ["1", None, True, 1j, [1.0], np.ones(1), np.nan, np.inf, -np.inf])
def test_parameters_are_finite_real_numbers(cls, bad):
    for key, spec in cls.parameter_specs.items():
        with pytest.raises((TypeError, ValueError), match=f"{key} must be a finite number") as e:
            cls(**{key: bad})
        assert spec.legal in str(e.value)
        assert repr(bad) in str(e.value)


@with_parameters
def test_parameters_outside_their_range(cls):
    for key, spec in cls.parameter_specs.items():
        outside = []
        if spec.low is not None:
            outside += [spec.low if spec.low_open else np.nextafter(spec.low, -np.inf)]
            outside += [spec.low - 1.0]
        if spec.high is not None:
            outside += [spec.high if spec.high_open else np.nextafter(spec.high, np.inf)]
            outside += [spec.high + 1.0]
        for bad in (*outside, *spec.but_not):
            with pytest.raises(ValueError, match=f"{key} must be") as caught:
                cls(**{key: float(bad)})
            assert spec.legal in str(caught.value)
            assert repr(float(bad)) in str(caught.value)


@with_parameters
def test_parameter_tables_are_complete(cls):
    for key, spec in cls.parameter_specs.items():
        assert spec.name == key
        assert spec.validate(spec.default) == spec.default
        low, high, *scale = spec.slider
        assert low < high
        assert spec.validate(low) == low
        assert spec.validate(high) == high
        assert low <= spec.default <= high
        assert scale in ([], ["log"])
        assert scale != ["log"] or low > 0.0
        assert len(spec.doc.split()) >= 3


@pytest.mark.parametrize("cls", CLASSES, ids=ids)
def test_unknown_parameters_get_the_nearest_match(cls):
    with pytest.raises(ValueError, match=f"{cls.name} has no parameter 'nonsense_zz'"):
        cls(nonsense_zz=1.0)
    for key in cls.parameter_specs:
        if len(key) > 3:
            with pytest.raises(ValueError, match="did you mean"):
                cls(**{key[:-1]: 1.0})
    with pytest.raises(TypeError):
        cls(1.0)


def test_whole_and_numpy_numbers_are_parameters_too():
    assert ll.get("huber", delta=2) == ll.get("huber", delta=np.float32(2.0))
    assert ll.get("huber", delta=np.int64(2)).delta == 2.0


# Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "meant"), [("hubber", "huber"), ("Huber_los", "huber"), ("hing", "hinge")]
)
def test_unknown_names_get_the_nearest_match(wrong, meant):
    with pytest.raises(ValueError, match=f"unknown loss '{wrong}'; did you mean") as caught:
        ll.get(wrong)
    assert meant in str(caught.value).lower()


def test_a_name_like_no_other():
    with pytest.raises(ValueError, match=r"unknown loss '@@@'.* ll.available\(\)"):
        ll.get("@@@")


@pytest.mark.parametrize("bad", [None, 3, ["huber"], ll.losses.Huber])
def test_names_are_strings(bad):
    with pytest.raises(TypeError, match="name must be a string"):
        ll.get(bad)


@pytest.mark.parametrize("argument", ["family", "kind"])
@pytest.mark.parametrize("bad", ["regresion", "", 3])
def test_unknown_families_and_kinds(argument, bad):
    with pytest.raises(ValueError, match=f"{argument} must be one of") as caught:
        ll.available(**{argument: bad})
    assert repr(bad) in str(caught.value)


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, "two", None, np.nan])
def test_numbers_of_threads(bad):
    with pytest.raises(ValueError, match="n must be a whole number of at least 1, got"):
        ll.set_num_threads(bad)


@every_method
def test_a_reduction_in_the_place_of_the_weights_gets_the_hint(method):
    with pytest.raises(TypeError, match="write reduction='sum'"):
        method([0.0, 0.0], [1.0, 2.0], "sum")


def test_a_bad_weight_in_a_table_is_named_by_row_and_column():
    with pytest.raises(ValueError, match=r"got -1.0 at index \(1, 0\)"):
        HUBER.value(np.zeros((2, 2)), np.ones((2, 2)), [[1.0, 1.0], [-1.0, 1.0]])


RAGGED = ll.get("cosine_distance")


@pytest.mark.parametrize("method", [RAGGED.value, RAGGED.gradient, RAGGED.value_and_gradient])
def test_rowwise_losses_take_rows(method):
    with pytest.raises(ValueError, match=r"must have shape \(n, k\), got \(2,\)"):
        method([0.0, 1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"shape of y_true, \(2,\), got \(1,\)"):
        method(np.ones((2, 3)), np.ones((2, 3)), [1.0])
    with pytest.raises(ValueError, match="must not be all zero"):
        method(np.ones((2, 3)), np.ones((2, 3)), [0.0, 0.0])
    with pytest.raises(NotImplementedError, match="derivatives are not given"):
        RAGGED.curvature(np.ones((2, 3)), np.ones((2, 3)))
