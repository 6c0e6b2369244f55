"""A loss as an object: immutable, comparable, copied, printed, documented, registered."""

import copy
import inspect
import pickle
import re

import numpy as np
import pytest

import losslab as ll
from losslab.contract.claims import VOCABULARY
from losslab.losses import Loss, find
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from tests.losses.cases import CLASSES, CORNERS, DEFAULTS, ids

every_class = pytest.mark.parametrize("cls", CLASSES, ids=ids)


@pytest.mark.parametrize("loss", CORNERS, ids=ids)
def test_copies_are_equal_and_compute_the_same(loss):
    y, f = loss.example(5, np.random.default_rng(0))
    copies = [copy.copy(loss), copy.deepcopy(loss), ll.get(loss.name, **loss.parameters)]
    copies += [pickle.loads(pickle.dumps(loss, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)]
    copies += [eval(repr(loss), dict(vars(ll.losses)))]
    for other in copies:
        assert other == loss
        assert hash(other) == hash(loss)
        assert other.parameters == loss.parameters
        assert other.value(y, f) == loss.value(y, f)


def test_repr_keeps_every_digit():
    loss = ll.get("huber", delta=1.0 / 3.0)
    assert eval(repr(loss), dict(vars(ll.losses))) == loss
    assert repr(ll.get("huber", delta=2)) == "Huber(delta=2)"


def test_what_differs_is_not_equal():
    assert len(set(DEFAULTS)) == len(DEFAULTS)
    assert ll.get("huber", delta=1.5) != ll.get("huber", delta=2.0)
    assert ll.get("huber") != "huber"


@pytest.mark.parametrize("loss", DEFAULTS, ids=ids)
def test_losses_cannot_be_changed(loss):
    for key in loss.parameters:
        with pytest.raises(AttributeError, match="immutable"):
            setattr(loss, key, 2.0)
        with pytest.raises(TypeError):
            loss.parameters[key] = 2.0
    with pytest.raises(TypeError):
        loss.claims["convex"] = True
    with pytest.raises(AttributeError):
        loss.something_else = 2.0
    with pytest.raises(TypeError):
        type(loss).parameter_specs["more"] = 2.0


@every_class
def test_signature_shows_the_parameters(cls):
    parameters = inspect.signature(cls).parameters
    assert list(parameters) == cls.parameter_names()
    for key, parameter in parameters.items():
        assert parameter.kind is parameter.KEYWORD_ONLY
        spec = cls.parameter_specs.get(key)  # a vector has no default
        assert parameter.default == (spec.default if spec else parameter.empty)


@every_class
def test_definition_is_complete(cls):
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", cls.name)
    assert cls.title[0].isupper() or cls.title[0].isdigit()
    assert cls.target in TARGETS or cls.kind != "pointwise"
    assert cls.prediction in PREDICTIONS or cls.kind != "pointwise"
    assert cls.formula
    assert cls.formula.count("{") == cls.formula.count("}")
    assert getattr(ll.losses, cls.__name__) is cls or cls.__module__.startswith("tests.")
    colour, dash = cls.style
    assert re.fullmatch(r"#[0-9A-Fa-f]{6}", colour)
    assert dash in ("solid", "dashed", "dotted", "dashdot")
    assert set(cls.typical().claims) <= set(VOCABULARY)


@pytest.mark.parametrize("name", [n for n in vars(ll.losses.Pointwise) if not n.startswith("_")])
def test_public_methods_are_documented(name):
    method = inspect.getattr_static(ll.losses.Pointwise, name)
    if inspect.isfunction(method):
        text = inspect.getdoc(method)
        assert ">>> " in text
        assert "Parameters" in text


@every_class
def test_aliases_name_the_same_class(cls):
    for alias in cls.aliases:
        assert find(alias) is cls
        assert alias not in ll.available()


def test_available_is_sorted_and_filtered():
    names = ll.available()
    assert names == sorted(set(names))
    families = {cls.family for cls in CLASSES}
    assert names == sorted(name for family in families for name in ll.available(family=family))
    assert set(ll.available(family="regression", kind="pointwise")) <= set(names)
    for name in ll.available(family="classification"):
        assert find(name).family == "classification"


@every_class
def test_examples_are_legal_and_repeatable(cls):
    loss = cls.typical()
    # A single sample may be no batch.
    for n in (50,) if cls.kind == "batchwise" else (1, 50):
        first = loss.example(n, np.random.default_rng(4))
        again = loss.example(n, np.random.default_rng(4))
        for a, b in zip(first, again, strict=True):
            assert len(a) == n
            np.testing.assert_array_equal(a, b)
        assert np.isfinite(loss.value(*first))


def test_base_classes_cannot_be_made():
    for base in (Loss, ll.losses.Pointwise):
        with pytest.raises(TypeError, match="base class.*One of your own needs name, title"):
            base()
