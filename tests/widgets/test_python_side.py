"""The Python side of the live figures: traits, answers to the page, pictures."""

import base64
import json
import re
from statistics import NormalDist

import numpy as np
import pytest

import losslab as ll
from losslab.losses import Claims, Parameter, Pointwise, shelf
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.row_domains import ROW_TARGETS
from losslab.widgets.manifest import describe, manifest, shape_of
from losslab.widgets.parts import assets, fallback, row_samples
from losslab.widgets.parts.fallback import _visible
from losslab.widgets.parts.row_samples import moved
from tests import built
from tests.widgets.page import asked

built.need("assets")


@pytest.fixture
def own_loss():
    """A loss as a reader defines one in a notebook cell."""

    class Cubed(Pointwise):
        name = "cubed_of_a_reader"
        title = "Cubed error"
        family = "regression"
        formula = r"a|r|^3"
        reference = "none"
        a = Parameter(1.0, above=0.0, slider=(0.1, 2.0), doc="height")
        claims = Claims(convex=True)

        def value_at(y, f, a):
            return a * abs(f - y) ** 3

        def gradient_at(y, f, a):
            return 3.0 * a * (f - y) * abs(f - y)

        def curvature_at(y, f, a):
            return 6.0 * a * abs(f - y)

        def exact(mp, y, f, a):
            return a * abs(f - y) ** 3

    yield Cubed
    shelf._classes.pop(Cubed.name)


def test_manifest_describes_every_built_in_loss():
    entries = manifest()["losses"]
    assert [entry["name"] for entry in entries] == sorted(ll.available())
    json.dumps(entries, allow_nan=False)
    for entry in entries:
        cls = shelf.find(entry["name"])
        for parameter in entry["parameters"]:
            slider = parameter["slider"]
            assert slider["min"] <= parameter["default"] <= slider["max"], entry["name"]
            for end in ("min", "max"):
                cls.typical(**{parameter["name"]: slider[end]})
            assert not slider["log"] or slider["min"] > 0


@pytest.mark.parametrize("name", ll.available(kind="pointwise"))
def test_every_loss_can_be_explored(name):
    figure = ll.widgets.LossExplorer(name)
    columns = figure.columns([figure.at])
    assert np.isfinite(columns["value"]).all()
    assert ll.get(name).title in figure.alt


def test_state_is_small_and_plain():
    for figure in (ll.widgets.LossExplorer(), ll.widgets.FitExplorer()):
        state = figure.get_state()
        assert len(json.dumps(state)) < 3500
        assert state["losses"][0] == {"name": "squared_error", "parameters": {}}


def test_what_the_reader_does_arrives_in_python():
    figure = ll.widgets.LossExplorer(["squared_error", "huber"])
    figure.set_state({"losses": [{"name": "huber", "parameters": {"delta": 2.5}}]})
    assert figure.losses == [ll.get("huber", delta=2.5)]
    fit = ll.widgets.FitExplorer([0, 1, 2], [0, 1, 5], ["squared_error"])
    fit.set_state({"points": [[0, 0], [1, 1], [2, 2]]})
    assert fit.fits()[0].slope == pytest.approx(1.0)


def test_page_gets_the_numbers_of_a_loss_it_does_not_know(own_loss):
    figure = ll.widgets.LossExplorer([own_loss(a=2.0), "huber"])
    state = figure.get_state()["losses"]
    assert state[0]["spec"]["title"] == "Cubed error"
    assert "spec" not in state[1]
    y, f = np.zeros(3), np.array([-1.0, 0.0, 2.0])
    question = asked("curve", own_loss.name, {"a": 0.5}, ["y", "f"], n=3)
    reply, (out,) = figure.answer(question, [y.tobytes(), memoryview(f.tobytes())])
    assert reply == {"type": "run", "key": "k", "id": 7, "answers": ["out"]}
    got = np.frombuffer(out).reshape(3, 3)
    assert np.array_equal(got, curve(own_loss(a=0.5), y, f))


def test_fit_explorer_starts_from_a_line_that_resists_x():
    x, y = [1, 2, 3, 4, 5, 6, 32], [1.1, 1.9, 3.0, 4.1, 5.0, 5.9, 2.0]
    losses = ["squared_error", ll.get("tukey_biweight", c=1.0)]
    slopes = {
        start: ll.widgets.FitExplorer(x, y, losses, start=start).fits()[1].slope
        for start in ("absolute_error", "squared_error", "repeated_median")
    }
    assert slopes["repeated_median"] == pytest.approx(1.0, abs=0.05)
    assert abs(slopes["squared_error"]) < 0.1
    figure = ll.widgets.FitExplorer(x, y, losses, start="repeated_median")
    figure.points = [[1, 0], [1, 2]]  # no slope to take a median of
    assert np.isfinite(figure.fits()[1].value)


def test_a_loss_that_its_slider_can_bend_starts_where_the_reader_says():
    assert ll.get("general_robust").claims["convex"]  # at alpha = 1, not at -2
    entries = {entry["name"]: entry["claims"] for entry in manifest()["losses"]}
    assert entries["general_robust"]["convex"] is False
    assert entries["huber"]["convex"] is True
    plain, with_start = (
        ll.widgets.FitExplorer(losses=[name]) for name in ("huber", "general_robust")
    )
    assert with_start.heights().narrow > plain.heights().narrow


def test_page_gets_a_line_fitted_in_python(own_loss):
    figure = ll.widgets.FitExplorer([0, 1, 2], [1, 3, 5], [own_loss()])
    x, y = np.array(figure.points).T.copy()
    arrays = {"x": x, "y": y, "w": np.ones(3), "out": np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])}
    question = asked("fit_line", own_loss.name, {"a": 1.0}, arrays, n=3, steps=200)
    reply, (out,) = figure.answer(question, [a.tobytes() for a in arrays.values()])
    assert reply["answers"] == ["out"]
    assert np.frombuffer(out)[1] == pytest.approx(2.0, abs=0.02)


def test_page_gets_rows_and_planes_from_python():
    figure = ll.widgets.MarginExplorer()
    y, f = np.array([0.0, 2.0]), np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    question = asked("rows", "softmax_cross_entropy", {}, ["y", "f"], n=2, m=1, k=3)
    reply, (value, gradient) = figure.answer(question, [y.tobytes(), f.tobytes()])
    assert "error" not in reply
    loss = ll.get("softmax_cross_entropy")
    assert np.frombuffer(value) == pytest.approx(loss.value(y, f, reduction="none"), rel=1e-15)
    expected = loss.gradient(y, f, reduction="none").ravel()
    assert np.frombuffer(gradient) == pytest.approx(expected, rel=1e-14)

    X, y = np.array([[0.0, 1.0], [2.0, 0.0], [3.0, 3.0]]), np.array([0.0, 1.0, 1.0])
    question = asked("plane", "hinge", {}, ["x", "y"], ridge=0.1)
    reply, (intercept, coefficients) = figure.answer(question, [X.tobytes(), y.tobytes()])
    fit = ll.training.fit_classifier(X, y, ll.get("hinge"), ridge=0.1)
    assert reply["answers"] == ["intercept", "coefficients"]
    assert np.frombuffer(intercept) == fit.intercept
    assert np.array_equal(np.frombuffer(coefficients), fit.coefficients)


def test_bowls_are_means_over_the_data(own_loss):
    y = [1.0, 2.0, 6.0]
    figure = ll.widgets.BowlExplorer(y, ["squared_error", own_loss(a=2.0)], start=3)
    got = figure.mean_losses([2.0, 3.0])
    assert got[0] == pytest.approx([(0.5 + 0.0 + 8.0) / 3, (2.0 + 0.5 + 4.5) / 3])
    assert got[1] == pytest.approx([2 * (1 + 0 + 64) / 3, 2 * (8 + 1 + 27) / 3])
    assert "At c = 3: Squared error 2.333, 0% above its lowest" in figure.alt
    assert [panel.title for panel in figure.scene().panels] == ["Squared error", "Cubed error"]
    assert "spec" in figure.get_state()["losses"][1]


def test_an_error_is_answered_not_swallowed():
    figure = ll.widgets.LossExplorer("huber")
    question = asked("curve", "huber", {"delta": -1.0}, ["y", "f"], n=0)
    reply, _ = figure.answer(question, [b"", b""])
    assert "delta must be a finite number > 0" in reply["error"]


def test_assets_are_sent_when_asked_for():
    figure = ll.widgets.LossExplorer("huber")
    reply, buffers = figure.answer({"type": "assets"}, [])
    assert reply["type"] == "assets"
    assert b"export" in buffers[0]
    module = next(
        entry["module"] for entry in reply["shelves"]["losses"] if entry["name"] == "huber"
    )
    reply, buffers = figure.answer({"type": "kernels", "name": module}, [])
    assert reply == {"type": "kernels", "name": module}
    assert buffers[0][:4] == b"\0asm"


@pytest.mark.parametrize("module", ["nonsense", "../losses", None])
def test_kernels_that_do_not_exist_are_refused(module):
    reply, buffers = ll.widgets.LossExplorer("huber").answer(
        {"type": "kernels", "name": module}, []
    )
    assert "module must be one of" in reply["error"]
    assert buffers == []


def test_missing_assets_say_what_to_do(monkeypatch, tmp_path):
    figure = ll.widgets.LossExplorer("huber")
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    reply, _ = figure.answer({"type": "kernels", "name": assets.modules()[0]}, [])
    assert "make assets" in reply["error"]
    for cached in (assets.version, assets.stub, assets.shelves):
        cached.cache_clear()
    with pytest.raises(FileNotFoundError, match="make assets"):
        ll.widgets.LossExplorer("huber")
    for cached in (assets.version, assets.stub, assets.shelves):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"losses": ["hubber"]}, ValueError, "did you mean 'huber'"),
        ({"losses": []}, ValueError, "at least one"),
        ({"losses": [3]}, TypeError, "got 3"),
        ({"losses": 3}, TypeError, "list of names or losses"),
        ({"losses": ["huber", "hinge"]}, ValueError, "two figures"),
        ({"losses": ["cosine_distance"]}, ValueError, "must be pointwise"),
        ({"x_range": (2, 1)}, ValueError, "must increase"),
        ({"x_range": (0, float("nan"))}, ValueError, "x_range"),
        ({"x_range": 3}, TypeError, "pair"),
        ({"x_range": ("a", 1)}, TypeError, "x_range"),
        ({"show": ["values"]}, ValueError, "'values'"),
        ({"show": []}, ValueError, "at least one"),
        ({"losses": "hinge", "show": "weight"}, ValueError, "residual"),
        ({"losses": "hinge", "y_true": 0.5}, ValueError, "0 or 1"),
        ({"y_true": "0"}, TypeError, "y_true"),
        ({"at": 9.0}, ValueError, "at must lie in"),
        ({"alt": 3}, TypeError, "alt"),
    ],
)
def test_loss_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.LossExplorer(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": [1, 2]}, ValueError, "together"),
        ({"x": [1, 2], "y": [1]}, ValueError, "same length"),
        ({"x": [1, 2], "y": [1, float("nan")]}, ValueError, "position 1"),
        ({"x": [1, 2], "y": ["a", "b"]}, TypeError, "y must hold numbers"),
        ({"x": [[1, 2]], "y": [1, 2]}, ValueError, "one dimension"),
        ({"x": [1], "y": [1]}, ValueError, "2 to 200"),
        ({"x": [2, 2], "y": [1, 3]}, ValueError, "two different"),
        ({"losses": ["hinge"]}, ValueError, "residual"),
        ({"start": "huber"}, ValueError, "start"),
        ({"weights": "huber", "losses": ["squared_error"]}, ValueError, "weights"),
    ],
)
def test_fit_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.FitExplorer(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"y": [1]}, ValueError, "2 to 500"),
        ({"y": ["a", "b"]}, TypeError, "y must hold numbers"),
        ({"y": [1, float("inf")]}, ValueError, "position 1"),
        ({"y": [[1, 2]]}, ValueError, "one dimension"),
        ({"y": [2, 2]}, ValueError, "two different"),
        ({"y": [-1, 2], "losses": "squared_log_ratio"}, ValueError, "y must be"),
        ({"losses": "hinge"}, ValueError, "'hinge'"),
        ({"losses": ["huber"] * 7}, ValueError, "at most 6"),
        ({"start": 9}, ValueError, "start must lie in"),
        ({"unit": 3}, TypeError, "unit"),
        ({"x_range": (3, 1)}, ValueError, "must increase"),
    ],
)
def test_bowl_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.BowlExplorer(**{"y": [1, 2, 5]} | arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"X": [[1, 2]]}, ValueError, "together"),
        ({"X": [1, 2], "y": [0, 1]}, ValueError, "X must"),
        ({"X": [[1, 2, 3], [1, 2, 3]], "y": [0, 1]}, ValueError, r"shape \(n, 2\)"),
        ({"X": [["a", 2], [1, 2]], "y": [0, 1]}, ValueError, "numbers"),
        ({"X": [[1, np.inf], [1, 2]], "y": [0, 1]}, ValueError, "X must be finite"),
        ({"X": [[1, 1], [1, 2]], "y": [0, 1, 1]}, ValueError, "same length"),
        ({"X": [[1, 1], [1, 2]], "y": [-1, 1]}, ValueError, "0 or 1"),
        ({"X": [[1, 1]], "y": [1]}, ValueError, "2 to 100"),
        ({"losses": ["huber"]}, ValueError, "margin of a score alone, but 'huber'"),
        ({"losses": ["focal"]}, ValueError, "'focal'"),
        ({"losses": ["hinge"] * 5}, ValueError, "at most 4"),
        ({"shares": "huber"}, ValueError, "shares"),
        ({"point": 15}, ValueError, "point must lie in 0 to 14"),
        ({"point": 1.5}, TypeError, "point"),
        ({"ridge": 0}, ValueError, "ridge"),
        ({"ridge": "a"}, TypeError, "ridge"),
    ],
)
def test_margin_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.MarginExplorer(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": 3}, TypeError, "loss must be a name"),
        ({"loss": ["huber"]}, TypeError, "loss must be a name"),
        ({"loss": "huber"}, ValueError, "must be rowwise"),
        ({"loss": "log_score"}, ValueError, "'log_score' does not"),
        ({"loss": ll.get("balanced_softmax", counts=[9, 2, 1])}, ValueError, "'balanced_softmax'"),
        ({"truth": (0.5, 0.5)}, ValueError, "truth must be three probabilities"),
        ({"truth": (0.5, 0.6, -0.1)}, ValueError, "truth must be three probabilities"),
        ({"truth": (0.5, 0.4, 0.2)}, ValueError, "sum to 1"),
        ({"truth": (0.5, 0.5, np.nan)}, ValueError, "truth must be finite"),
        ({"truth": "abc"}, TypeError, "truth must hold numbers"),
        ({"forecast": (0.5, 0.5, 0.0)}, ValueError, "each above 0"),
    ],
)
def test_simplex_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.SimplexExplorer(**arguments)


SIMPLEX_LOSSES = [entry["name"] for entry in manifest()["losses"] if entry.get("simplex")]


@pytest.mark.parametrize("name", SIMPLEX_LOSSES)
def test_best_forecast_of_a_proper_loss_is_the_truth(name):
    loss = ll.get(name)
    figure = ll.widgets.SimplexExplorer(loss, truth=(0.5, 0.3, 0.2))
    readings = figure.readings()
    assert readings["expected"][2] <= readings["expected"][:2].min() + 1e-12
    if loss.claims.get("proper"):
        assert readings["distance"] < 1e-5


def test_best_forecasts_are_those_of_the_formulas():
    truth = np.array([0.6, 0.3, 0.1])
    smooth = ll.widgets.SimplexExplorer(ll.get("label_smoothing", epsilon=0.3), truth)
    assert smooth.best() == pytest.approx(0.7 * truth + 0.1, abs=1e-6)
    power = truth ** (1 / (1 - 0.7))
    bold = ll.widgets.SimplexExplorer("generalised_cross_entropy", truth)
    assert bold.best() == pytest.approx(power / power.sum(), abs=1e-6)
    cold = ll.widgets.SimplexExplorer(ll.get("temperature_cross_entropy", temperature=2.0), truth)
    assert cold.best() == pytest.approx(truth**2 / (truth**2).sum(), abs=1e-6)
    flat = ll.widgets.SimplexExplorer("focal_multiclass", truth)
    assert flat.best().max() < 0.5 and "11.1% of the probability" in flat.alt
    level = ll.widgets.SimplexExplorer("mean_absolute_error_softmax", [1 / 3] * 3)
    assert "every forecast costs the same" in level.alt
    figure = ll.widgets.SimplexExplorer("softmax_cross_entropy", truth, (0.2, 0.3, 0.5))
    assert figure.readings()["gradient"] == pytest.approx([-0.4, 0.0, 0.4])
    figure.set_state({"truth": [0, 1, 0]})
    assert figure.best() == pytest.approx([0, 1, 0], abs=1e-5)


def test_margin_explorer_tells_who_is_wrong_and_pays():
    figure = ll.widgets.MarginExplorer()
    readings = figure.readings()
    assert readings["wrong"] == [2, 0, 0]
    assert readings["shares"].sum(axis=1) == pytest.approx(np.ones(3))
    assert "Squared margin loss has 2 wrong" in figure.alt
    assert "Hinge loss has 0 wrong" in figure.alt
    figure.set_state({"points": [[0, 0, 0], [2, 0, 1], [9, 9, 1]]})
    assert len(figure.fits()[0].coefficients) == 2
    plane, curves = figure.scene().panels
    assert list(plane.dots.hollow) == [True, False, False]
    assert [line.label for line in curves.lines] == [line.label for line in plane.lines]
    with pytest.raises(ValueError, match="triples"):
        figure.points = [[1, 2]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"data": "randie"}, ValueError, "did you mean 'randhie'"),
        ({"data": "engel"}, ValueError, "whole numbers"),
        ({"data": [1, -1]}, ValueError, "whole numbers >= 0, got -1 at position 1"),
        ({"data": [1, 0.5]}, ValueError, "got 0.5"),
        ({"data": [1, float("nan")]}, ValueError, "data must be finite"),
        ({"data": ["a"]}, TypeError, "data must hold numbers"),
        ({"data": [[1, 2]]}, ValueError, "one dimension"),
        ({"data": [1]}, ValueError, "at least 2"),
        ({"data": [0, 0]}, ValueError, "only zeros"),
        ({"data": [90, 99]}, ValueError, "small counts"),
        ({"data": np.r_[np.zeros(3000), np.arange(2001)]}, ValueError, "2000 different"),
        ({"mean": 0}, ValueError, "mean must be positive"),
        ({"mean": True}, TypeError, "mean"),
        ({"mean": 99}, ValueError, "got 99"),
        ({"dispersion": 0}, ValueError, r"dispersion must be in \[0.01, 10\]"),
        ({"zero_share": 1.0}, ValueError, "zero_share"),
        ({"x_label": 3}, TypeError, "x_label"),
    ],
)
def test_count_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.CountExplorer(**arguments)


def test_count_explorer_starts_at_the_best_fits():
    figure = ll.widgets.CountExplorer()
    y = ll.datasets.load("randhie").y
    assert figure.best == [figure.mean, figure.dispersion, figure.zero_share]
    assert figure.mean == pytest.approx(y.mean())
    p, alpha = figure.zero_share, figure.dispersion
    rows = {
        "zero_inflated_poisson": [np.log(p / (1 - p)), np.log(y.mean() / (1 - p))],
        "negative_binomial_dispersion": np.log([y.mean(), alpha]),
    }
    for (name, row), nll in zip(rows.items(), figure.readings()["nll"][[2, 1]], strict=True):
        value, slope = ll.get(name).value_and_gradient(y, np.tile(row, (y.size, 1)))
        assert value == pytest.approx(nll)
        assert slope.sum(axis=0) == pytest.approx([0.0, 0.0], abs=1e-6)
    readings = figure.readings()
    for column in (readings["data"], *readings["pmf"]):
        assert column.sum() == pytest.approx(1.0)
    assert readings["data"][0] == pytest.approx((y == 0).mean())
    assert "Poisson gives 5.7% zeros" in figure.alt
    with pytest.raises(ValueError, match="always"):
        figure.losses = ["hurdle_poisson"]


def test_laws_without_spread_or_more_zeros_are_poisson():
    figure = ll.widgets.CountExplorer([1, 2, 2, 3, 3, 4], dispersion=0.01)
    assert figure.best[2] == 0.0
    nll = figure.readings()["nll"]
    assert nll[2] == nll[0] < nll[1] < nll[0] + 0.02
    few = ll.widgets.CountExplorer([0, 0, 0, 0, 0, 1])
    assert few.last == 2 and few.mean == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"truth": 3}, TypeError, "truth must be a pair"),
        ({"truth": (0, "a")}, TypeError, r"truth\[1\]"),
        ({"truth": (0, 0)}, ValueError, "deviation > 0, got 0"),
        ({"truth": (0, float("inf"))}, ValueError, r"truth\[1\]"),
        ({"forecast": (1, 2, 3)}, TypeError, "forecast must be a pair"),
        ({"forecast": (0, 5)}, ValueError, r"width in \[0.1, 3\], got 5"),
        ({"forecast": (4, 1)}, ValueError, r"forecast must lie in \[-3, 3\], got 4"),
        ({"truth": (10, 2), "forecast": (10, 2), "outcome": 0}, ValueError, r"\[2, 18\], got 0"),
        ({"outcome": "a"}, TypeError, "outcome"),
        ({"threshold": 3}, ValueError, "threshold must lie in"),
        ({"level": 0.9}, ValueError, "one of"),
        ({"level": "80%"}, TypeError, "level"),
        ({"alt": 3}, TypeError, "alt"),
    ],
)
def test_score_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.ScoreExplorer(**arguments)


def test_score_explorer_averages_are_those_of_the_formulas():
    figure = ll.widgets.ScoreExplorer(truth=(2.0, 0.5), forecast=(2.5, 0.75), outcome=2.2)
    log, crps, interval, brier, linear, misses = figure.readings()["expected"]
    both = np.hypot(0.5, 0.75)
    z = NormalDist()
    assert log == pytest.approx(
        0.5 * (0.5**2 + 0.5**2) / 0.75**2 + np.log(0.75 * (2 * np.pi) ** 0.5)
    )
    distance = both * 2 * z.pdf(0.5 / both) + 0.5 * (2 * z.cdf(0.5 / both) - 1)
    assert crps == pytest.approx(distance - 0.75 / np.pi**0.5)
    event, said = 1 - z.cdf(1.0), 1 - z.cdf(0.0)
    assert brier == pytest.approx(event * (1 - said) ** 2 + (1 - event) * said**2)
    assert linear == pytest.approx(-NormalDist(2.5, both).pdf(2.0))
    reach = 0.75 * z.inv_cdf(0.9)
    ends = ((2.5 + reach - 2.0) / 0.5, (2.0 - 2.5 + reach) / 0.5)
    missed = sum(0.5 * (z.pdf(end) - end * (1 - z.cdf(end))) for end in ends)
    assert misses == pytest.approx(10 * missed)
    assert interval - misses == pytest.approx(2 * reach)


def test_proper_scores_are_best_at_the_truth():
    for level in (0.5, 0.8, 0.95):
        figure = ll.widgets.ScoreExplorer(truth=(1, 2), forecast=(1, 2), outcome=0, level=level)
        readings = figure.readings()
        assert readings["expected"] == pytest.approx(readings["truth"])
        assert readings["best_width"][:4] == pytest.approx(np.full(4, 2.0), abs=0.01)
        assert readings["best_width"][4:] == pytest.approx([0.2, 6.0])
    assert "Linear score (improper)" in figure.alt
    figure.set_state({"forecast": [0.5, 1.0]})
    assert figure.forecast == [0.5, 1.0]
    with pytest.raises(ValueError, match="always"):
        figure.losses = ["dawid_sebastiani"]


ROWWISE = ll.available(kind="rowwise")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": 3}, TypeError, "loss must be a name or a loss"),
        ({"loss": "huber"}, ValueError, "must be rowwise"),
        ({"y_true": 3}, ValueError, "y_true must be a class: a whole number from 0 to k - 1.*got"),
        ({"y_true": (0, 1)}, ValueError, "y_true must be a class"),
        ({"y_true": "a"}, TypeError, "y_true must hold numbers, got"),
        ({"y_true": float("nan")}, ValueError, "y_true must hold finite numbers, got"),
        ({"y_pred": ()}, ValueError, "y_pred must hold finite numbers"),
        ({"y_pred": (1, 2, float("inf"))}, ValueError, "y_pred must hold finite numbers"),
        ({"y_pred": [[1, 2]]}, ValueError, "y_pred must have one dimension"),
        ({"y_pred": (1.0,)}, ValueError, "y_pred must have a column for each of at least 2"),
        ({"loss": "log_score", "y_pred": (0.5, 0.6)}, ValueError, "none negative, their sum 1"),
        ({"loss": "gaussian_nll", "y_pred": (0, 1, 2)}, ValueError, "columns mean, log_scale"),
        ({"loss": "aft_weibull", "y_true": (3, 1)}, ValueError, "low <= high"),
        ({"loss": "gaussian_nll", "y_true": np.inf}, ValueError, "y_true must be a finite number"),
        ({"loss": "quantile_set"}, ValueError, "levels must be given"),
        ({"output": 3}, ValueError, r"output must be one of \['class 0'.*got 3"),
        ({"output": "mean"}, ValueError, "got 'mean'"),
        ({"output": True}, ValueError, "got True"),
        ({"x_range": (1, 0)}, ValueError, "x_range must increase"),
        ({"loss": "log_score", "x_range": (-1, 1)}, ValueError, r"x_range must lie in \[0, 1\]"),
        ({"x_range": (2, 3)}, ValueError, "x_range must hold the prediction 0.5"),
        ({"alt": 3}, TypeError, "alt"),
    ],
)
def test_row_explorer_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.RowExplorer(**arguments)


@pytest.mark.parametrize("name", ROWWISE)
def test_every_loss_of_rows_can_be_explored(name, interpreted):
    """Its example is legal, its curves are there, its gradient is that of its values."""
    loss = shelf.find(name).typical()
    figure = ll.widgets.RowExplorer(loss)
    y = figure.y_true[0] if ROW_TARGETS[loss.target].columns == 1 else figure.y_true
    value, gradient = loss.value_and_gradient([y], [figure.y_pred])
    told = figure.readings()
    assert told["value"] == pytest.approx(value, rel=1e-12, abs=1e-14)
    assert told["gradient"] == pytest.approx(gradient[0], rel=1e-10, abs=1e-14)
    low, high = figure.ranges[figure.output]
    columns = figure.columns(np.linspace(low, high, 9))
    assert np.isfinite(columns["value"]).all() and np.isfinite(columns["gradient"]).all()
    # There is something to see: the loss changes along the axis, and so does a gradient.
    assert np.ptp(columns["value"]) > 0.0
    assert np.ptp(columns["gradient"], axis=1).max() > 1e-3 * np.abs(columns["gradient"]).max()
    assert len(set(figure.names)) == len(figure.names) == len(figure.y_pred)
    assert len({tuple(look) for look in figure.looks}) == len(figure.names)
    assert loss.title in figure.alt and figure.names[figure.output] in figure.alt
    html = fallback.to_html(figure.scene(), figure.alt, figure.figure, figure.heights(), {})
    assert html.count("<path") > len(figure.names) and "nan" not in html
    assert len(html) < 9000
    json.dumps(figure.get_state(), default=str, allow_nan=False)


@pytest.mark.parametrize("name", ["exponential_survival", "forward_correction", "energy_score"])
def test_page_gets_rows_of_every_shape_from_python(name, interpreted):
    figure = ll.widgets.RowExplorer(shelf.find(name).typical())
    entry = figure.get_state()["losses"][0]
    k = len(figure.names)
    parameters = json.loads(json.dumps(entry["parameters"]))
    m = len(figure.y_true)
    question = asked("rows", name, parameters, ["y", "f"], n=5, m=m, k=k)
    places = np.linspace(*figure.ranges[figure.output], 5)
    rows = moved(figure.y_pred, figure.output, places, figure.sums)
    y = np.tile(figure.y_true, (5, 1))
    reply, (value, gradient) = figure.answer(question, [y.tobytes(), rows.tobytes()])
    assert "error" not in reply
    expected = figure.columns(places)
    assert np.array_equal(np.frombuffer(value), expected["value"])
    assert np.array_equal(np.frombuffer(gradient).reshape(5, -1).T, expected["gradient"])


def test_gradients_of_the_softmax_sum_to_zero_and_fade():
    figure = ll.widgets.RowExplorer()
    gradient = figure.columns(np.linspace(*figure.ranges[0], 21))["gradient"]
    assert gradient.sum(axis=0) == pytest.approx(np.zeros(21), abs=1e-15)
    assert (np.diff(gradient[0]) > 0.0).all()
    assert gradient[0, 0] < -0.98 and gradient[0, -1] > -0.03
    assert "gradient class 0 -0.669, class 1 0.547, class 2 0.122" in figure.alt
    assert "The value is lowest, 0.0222, at class 0 5." in figure.alt


def test_others_keep_their_proportions_and_the_sum():
    figure = ll.widgets.RowExplorer("log_score", y_true=1, y_pred=(0.2, 0.6, 0.2), output=2)
    rows = moved(figure.y_pred, 2, [0.2, 0.6, 1.0], figure.sums)
    assert rows == pytest.approx(np.array([[0.2, 0.6, 0.2], [0.1, 0.3, 0.6], [0, 0, 1]]))
    assert moved([0, 0, 1], 2, [0.4], True)[0] == pytest.approx([0.3, 0.3, 0.4])
    assert moved([1.0, 2.0], 0, [5.0], False)[0] == pytest.approx([5.0, 2.0])
    # The others' shares change with p2, the partial derivative with respect to it is 0.
    columns = figure.columns([0.2, 0.6])
    assert columns["value"] == pytest.approx(-np.log([0.6, 0.3]))
    assert columns["gradient"][2] == pytest.approx([0.0, 0.0])


def test_row_explorer_takes_what_the_reader_does():
    figure = ll.widgets.RowExplorer("aft_weibull", y_true=(2, np.inf), output="log scale")
    state = figure.get_state()
    assert state["y_true"] == [2.0, "Infinity"] and state["output"] == 1
    figure.set_state({"y_true": [0.5, "Infinity"], "y_pred": [1.0, 0.25], "output": 0})
    assert figure.y_true == [0.5, np.inf] and figure.y_pred == [1.0, 0.25]
    loss = ll.get("aft_weibull")
    assert figure.readings()["value"] == loss.value([[0.5, np.inf]], [[1.0, 0.25]])
    with pytest.raises(ValueError, match="low <= high"):
        figure.y_true = [3, 1]
    with pytest.raises(ValueError, match="must hold 2 numbers"):
        figure.y_pred = [3, 1, 2]
    with pytest.raises(ValueError, match="must lie in the ranges"):
        figure.y_pred = [9, 0]
    with pytest.raises(ValueError, match="output"):
        figure.output = 2
    figure.losses = ["aft_lognormal"]
    assert figure.losses == [ll.get("aft_lognormal")]
    with pytest.raises(ValueError, match="keep the shape 'bounds"):
        figure.losses = ["gaussian_nll"]


def test_infinite_losses_are_gaps(interpreted):
    figure = ll.widgets.RowExplorer("log_score", y_true=0, y_pred=(0.0, 0.5, 0.5))
    assert figure.readings()["value"] == np.inf and figure.ranges[0] == [0.0, 0.99]
    html = fallback.to_html(figure.scene(), figure.alt, figure.figure, figure.heights(), {})
    picture = html.partition("viewBox")[2]
    assert "inf" not in picture and "nan" not in picture


def test_row_explorer_holds_what_decides_its_shape():
    assert ll.widgets.RowExplorer("energy_score").fixed == ["dimension"]
    assert "dimension is fixed at 2" in ll.widgets.RowExplorer("energy_score").rules()
    loss = ll.get("balanced_softmax", counts=(900, 90, 9))
    figure = ll.widgets.RowExplorer(loss)
    assert figure.rules() == "The counts are fixed at 900, 90, 9."
    assert figure.get_state()["losses"][0]["vectors"] == [[900.0, 90.0, 9.0]]
    levels = ll.widgets.RowExplorer(ll.get("quantile_set", levels=(0.1, 0.9)))
    with pytest.raises(ValueError, match="keep the outputs"):
        levels.losses = [ll.get("quantile_set", levels=(0.2, 0.9))]
    wide = ll.widgets.RowExplorer("gaussian_nll", y_pred=(9.0, 0.0), y_true=30)
    assert wide.ranges[0] == [-4.0, 9.0] and wide.y_range == [-4.0, 30.0]
    near = ll.widgets.RowExplorer("gaussian_nll", x_range=(-1, 1))
    assert near.ranges == [[-1.0, 1.0], [-1.5, 2.0]]


def test_losses_of_one_shape_share_targets_and_rows():
    shape = {name: shape_of(shelf.find(name)) for name in ROWWISE}
    assert shape["softmax_cross_entropy"] == shape["crammer_singer"] == "class/numbers/class"
    assert shape["log_score"] == shape["brier_probability"] == "class/probabilities/class"
    assert shape["crps_ensemble"] == shape["fair_crps_ensemble"] != shape["mixture_density"]
    for name in ROWWISE:
        loss = shelf.find(name).typical()
        k = row_samples.width_of(loss)
        for other in (n for n in ROWWISE if shape[n] == shape[name]):
            cls = shelf.find(other)
            if not cls.vector_specs:
                assert cls.typical().output_names(k) == loss.output_names(k), (name, other)


# What figures that show a reader's own numbers are given.
GIVEN = {
    "BowlExplorer": ([1, 2, 6],),
    "GridExplorer": (["huber"], {"noise": [0, 1, 2]}, [[1, 2, 3]]),
    "PitExplorer": (range(40),),
    "ThresholdExplorer": ([0, 1] * 10, range(-10, 10)),
}


@pytest.mark.parametrize("kind", ll.widgets.__all__)
def test_bundle_has_a_picture_for_every_medium(kind):
    def make():
        return getattr(ll.widgets, kind)(*GIVEN.get(kind, ()))

    data, _ = make()._repr_mimebundle_()
    again, _ = make()._repr_mimebundle_()
    assert base64.b64decode(data["image/png"])[:8] == b"\x89PNG\r\n\x1a\n"
    assert data["image/png"] == again["image/png"]
    assert 'role="img"' in data["text/html"]
    assert make().alt.split(":")[0].replace("'", "&#x27;") in data["text/html"]
    assert len(data["text/html"]) < 12000
    picture = data["text/html"].split("<script")[0]
    assert picture == again["text/html"].split("<script")[0]
    assert "application/vnd.jupyter.widget-view+json" in data


@pytest.mark.parametrize("kind", ll.widgets.__all__)
def test_picture_suits_a_phone(kind):
    """Panels of no more than a phone's column, their letters not scaled down; nothing moves the text
    below when the live figure takes the place."""
    figure = getattr(ll.widgets, kind)(*GIVEN.get(kind, ()))
    picture = fallback.to_picture(figure.scene(), figure.alt)
    sizes = re.findall(r'viewBox="0 0 (\d+) (\d+)" width="(\d+)" style="max-width:(\d+)px', picture)
    assert len(sizes) == len(figure.scene().panels)
    total = 8 + 18 * picture.count("<span>") if figure.scene().legend else 0
    for width, height, given, widest in (map(int, each) for each in sizes):
        assert width == given and 11 * min(328, widest) / width >= 10
        total += height * min(328, widest) / width
    assert total <= figure.heights().narrow


def test_picture_squeezes_a_title_that_would_be_cut_off():
    picture = fallback.to_picture(ll.widgets.EnsembleExplorer().scene(), "")
    assert picture.count("textLength") == 1


def test_map_keeps_its_shape():
    """An equilateral triangle, though the panel is no square."""
    picture = fallback.to_picture(ll.widgets.SimplexExplorer().scene(), "")
    path = re.search(r'd="(M[^"]+)" fill="none" stroke="currentColor"', picture)[1]
    a, b, c, _ = (complex(*map(float, p.split(","))) for p in path[1:].split("L"))
    assert abs(abs(a - b) - abs(b - c)) < 0.3 and abs(abs(a - b) - abs(a - c)) < 0.3


def test_picture_of_fits_shows_their_lines():
    figure = ll.widgets.FitExplorer(losses=["squared_error", "absolute_error"])
    for line in figure.scene().panels[0].lines:
        (piece,) = _visible(line, -100.0, 100.0)
        assert piece.shape == (2, 2)


def test_picture_of_counts_leaves_no_bar_out():
    for panel in ll.widgets.CountExplorer().scene().panels:
        for line in panel.lines:
            (piece,) = _visible(line, *panel.y_limits)
            assert piece.shape == (2, 14)


def test_description_of_a_loss_is_plain_data(own_loss):
    entry = describe(own_loss())
    assert json.loads(json.dumps(entry)) == entry
    assert entry["axis"] == "residual"
