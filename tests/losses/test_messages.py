"""Errors name the place and the few numbers that matter, however large what was given is."""

import numpy as np
import pytest

import losslab as ll
from losslab.losses.kinds.row_domains import MOST_SHOWN, ROW_PREDICTIONS, ROW_TARGETS
from tests.losses.cases import CLASSES, EVERY, ids

LONG = list(range(100_000))
MOST = 420  # letters


def message(function, *arguments, **named):
    with pytest.raises((ValueError, TypeError)) as caught:
        function(*arguments, **named)
    return str(caught.value)


@pytest.mark.parametrize("cls", CLASSES, ids=ids)
def test_parameters(cls):
    for name in cls.parameter_specs:
        text = message(cls.typical, **{name: LONG})
        assert name in text
        assert len(text) < MOST
    for name in cls.vector_specs:
        for bad in ([*LONG, "a"], [*LONG, np.nan], LONG[::-1] + [-1], [LONG, LONG]):
            text = message(cls, **{name: bad})
            assert name in text
            assert len(text) < MOST


@pytest.mark.parametrize("loss", EVERY, ids=ids)
def test_other_arguments(loss, rng):
    y, f = loss.example(4, rng)
    for named in ({"reduction": LONG}, {"sample_weight": LONG}, {"ignore_label": LONG}):
        text = message(loss.value, y, f, **named)
        assert next(iter(named)) in text
        assert len(text) < MOST
    assert len(message(loss.gradient, y, f, out=LONG)) < MOST


wide = [loss for loss in EVERY if loss.kind != "pointwise" and not isinstance(loss.outputs, tuple)]
wide = [loss for loss in wide if loss.outputs != "number" and not loss.vector_specs]


@pytest.mark.parametrize("loss", wide, ids=ids)
def test_wide_rows(loss, rng):
    k = 2700  # also 900 times three numbers, or 72 means and a covariance
    target = ROW_TARGETS[loss.target]
    y = target.draw(3, loss.target_width(k) if target.columns == "own" else k, rng)
    f = np.full((3, k), 1.0 / k)
    domains = (("y_true", target), ("y_pred", ROW_PREDICTIONS[loss.prediction]))
    tried = 0
    for name, domain in domains:
        for bad in (np.inf, -np.inf, -7.25, 0.5):
            data = {"y_true": y.copy(), "y_pred": f.copy()}
            row = data[name].reshape(3, -1)[1]
            row[-1] = bad
            try:
                loss.value(**data)
            except ValueError as error:
                tried += 1
                assert name in str(error)
                assert "at index 1" in str(error)
                assert domain.legal in str(error)
                assert len(str(error)) < MOST
                if row.size > MOST_SHOWN and domain.entry is not None and not domain.entry(bad):
                    assert f"{bad!r} in column {row.size - 1}" in str(error)
    assert tried


def test_many_rows_are_searched_where_they_are_computed(monkeypatch):
    """The place comes from the compiled loop; in Python only the illegal row is looked at."""
    looked_at = []
    target = ROW_TARGETS["class"]

    class Watched(type(target)):
        def found(self, row):
            looked_at.append(row.tolist())
            return super().found(row)

    watched = Watched(**vars(target))
    y = np.zeros(200_000)
    y[[123_456, 199_999]] = 9.0
    for name in ("softmax_cross_entropy", "multi_margin"):
        loss = ll.get(name)
        loss.value(y * 0.0, np.zeros((y.size, 3)))
        monkeypatch.setitem(ROW_TARGETS, "class", watched)
        with pytest.raises(ValueError, match=r"got 9\.0 at index 123456"):
            loss.value(y, np.zeros((y.size, 3)))
        monkeypatch.undo()
    assert looked_at == [[9.0], [9.0]]
