"""Bundled data: shapes, a few known numbers, and errors that help."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

import losslab as ll

SHAPES = {
    "anes96": (944, 7),
    "bill_rate": (202, 1),
    "breast_cancer": (569, 30),
    "co2": (2225, 1),
    "diabetes": (442, 10),
    "digits": (1797, 64),
    "engel": (235, 1),
    "fair": (6366, 8),
    "heart": (69, 2),
    "randhie": (20190, 9),
    "stackloss": (21, 3),
    "sunspots": (309, 1),
}


def test_every_data_set_is_listed():
    assert ll.datasets.available() == sorted(SHAPES)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_data_set_is_complete(name):
    data = ll.datasets.load(name)
    assert data.name == name
    assert data.X.shape == SHAPES[name] and data.y.shape == SHAPES[name][:1]
    assert data.X.dtype == data.y.dtype == np.float64
    assert np.isfinite(data.X).all() and np.isfinite(data.y).all()
    assert len(data.feature_names) == data.X.shape[1]
    assert set(data.units) == {*data.feature_names, data.target_name}
    assert data.description.endswith(".") and data.source and data.licence
    for feature in (*data.feature_names, data.target_name):
        assert data.column(feature).shape == data.y.shape


def test_numbers_are_those_published():
    stackloss = ll.datasets.load("stackloss")
    assert stackloss.y[[0, 20]].tolist() == [42.0, 15.0]
    assert stackloss.X[20].tolist() == [70.0, 20.0, 91.0]
    engel = ll.datasets.load("engel")
    assert engel.x.mean() == pytest.approx(982.4730, abs=1e-4)
    assert engel.y.mean() == pytest.approx(624.1501, abs=1e-4)
    assert ll.datasets.load("diabetes").column("bmi").mean() == pytest.approx(26.376, abs=1e-3)
    assert abs(ll.datasets.load("bill_rate").y).max() == pytest.approx(5.85, abs=1e-9)
    assert ll.datasets.load("breast_cancer").y.sum() == 357
    assert (ll.datasets.load("heart").column("death seen") == 0).sum() == 24
    assert (ll.datasets.load("fair").y == 0).mean() == pytest.approx(0.6775, abs=1e-4)
    co2 = ll.datasets.load("co2")
    assert co2.x[0] == pytest.approx(1958 + 87 / 365) and co2.y[0] == 316.1
    assert ll.datasets.load("randhie").y.max() == 77


def test_data_cannot_be_changed():
    data = ll.datasets.load("engel")
    with pytest.raises(ValueError, match="read-only"):
        data.y[0] = 0.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="did you mean 'stackloss'"):
        ll.datasets.load("stack_loss")
    with pytest.raises(TypeError, match="name must be a string"):
        ll.datasets.load(3)
    data = ll.datasets.load("stackloss")
    with pytest.raises(ValueError, match="3 features"):
        _ = data.x
    with pytest.raises(ValueError, match="name must be one of"):
        data.column("income")


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ModuleNotFoundError, match="pip install scikit-learn"):
        ll.datasets.load("diabetes")


def test_importing_the_room_imports_no_big_package():
    code = (
        "import sys, losslab.datasets; "
        "print([m for m in ('sklearn', 'statsmodels', 'pandas', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
