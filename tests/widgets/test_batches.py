"""BatchExplorer, the Python side: where it starts, what it takes, what it tells the page."""

import json

import numpy as np
import pytest

import losslab as ll
from losslab.losses import Batchwise, Claims, Parameter, shelf
from losslab.losses.kinds.curves import as_groups
from losslab.widgets.figures import batch_samples
from losslab.widgets.manifest import describe, shape_of
from losslab.widgets.parts import fallback
from tests import built
from tests.widgets.page import asked

built.need("assets")

BATCHWISE = ll.available(kind="batchwise")
every_loss = pytest.mark.parametrize("name", BATCHWISE)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": 3}, TypeError, "loss must be a name or a loss"),
        ({"loss": "softmax_cross_entropy"}, ValueError, "must be batchwise"),
        ({"y_true": "a"}, TypeError, "y_true"),
        ({"y_true": [1, 2]}, ValueError, r"y_true must have shape \(2, 2\)"),
        ({"y_true": 1.0}, ValueError, "y_true must have shape"),
        ({"y_true": [[1, 2], [2, 1]]}, ValueError, "y_true must be .time, event.*at index 0"),
        ({"y_pred": [[0.0], [1.0]]}, ValueError, r"y_pred must have shape \(n,\), got \(2, 1\)"),
        ({"y_pred": [0.0]}, ValueError, "y_pred must hold 2 to 12 samples, got 1"),
        ({"y_pred": [0.0] * 13}, ValueError, "y_pred must hold 2 to 12 samples, got 13"),
        ({"y_pred": [0.0, np.nan]}, ValueError, r"y_pred must hold finite numbers, got \[0.0, nan"),
        ({"y_pred": [0.0, np.inf]}, ValueError, "y_pred must hold finite numbers"),
        ({"y_true": [[1, 1], [np.nan, 0]]}, ValueError, "y_true must hold finite numbers"),
        ({"loss": "pu_risk", "y_true": [1, 1]}, ValueError, "at least one unlabelled"),
        ({"loss": "pu_risk", "y_true": [0, 0, 0]}, ValueError, "at least one labelled positive"),
        ({"selected": "G"}, ValueError, r"selected must be one of \['A', .*got 'G'"),
        ({"selected": 6}, ValueError, "got 6"),
        ({"selected": True}, ValueError, "got True"),
        ({"output": 1}, ValueError, r"output must be one of \['output 0'\]"),
        ({"x_range": (2, 3)}, ValueError, "x_range must hold the prediction -1"),
        ({"x_range": (3, 2)}, ValueError, "x_range must increase"),
        ({"alt": 3}, TypeError, "alt"),
    ],
)
def test_it_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        ll.widgets.BatchExplorer(**arguments)


@every_loss
def test_every_loss_of_a_batch_can_be_explored(name):
    """Its example is legal, its numbers are the package's, and there is something to see."""
    loss = shelf.find(name).typical()
    figure = ll.widgets.BatchExplorer(loss)
    told = figure.readings()
    value, gradient = loss.value_and_gradient(figure.y_true, figure.y_pred)
    assert told["value"] == value
    np.testing.assert_array_equal(told["gradient"], gradient)
    columns = figure.columns(np.linspace(*figure.x_range, 9))
    assert np.isfinite(columns["value"]).all() and np.isfinite(columns["gradient"]).all()
    assert np.ptp(columns["value"]) > 0.0
    # In the first frame samples are pushed both ways, at least one of them as far as can be seen.
    push = figure._shown(gradient)
    assert push.min() < -0.01 and push.max() > 0.01
    assert loss.title in figure.alt and all(words in figure.alt for words in figure.targets())
    html = fallback.to_html(figure.scene(), figure.alt, figure.figure, figure.heights(), {})
    assert html.count("<path") > len(figure.letters) and "nan" not in html
    assert len(html) < 9000
    json.dumps(figure.get_state(), default=str, allow_nan=False)


@pytest.mark.parametrize("name", sorted(set(BATCHWISE) - {"pu_risk"}))
def test_a_moved_sample_pushes_the_others(name):
    """The point of the figure: the gradients of the others change along the axis of one."""
    figure = ll.widgets.BatchExplorer(name)
    gradient = figure.columns(np.linspace(*figure.x_range, 9))["gradient"]
    others = np.delete(gradient, figure.selected, axis=1)
    assert np.ptp(others, axis=0).max() > 0.2 * np.abs(others).max()


@every_loss
def test_the_columns_are_those_of_whole_batches(name):
    loss = shelf.find(name).typical()
    figure = ll.widgets.BatchExplorer(loss, selected="B", output=0)
    columns = figure.columns([-2.0, 3.0])
    for i, x in enumerate((-2.0, 3.0)):
        f = np.array(figure.y_pred)
        f[(1, 0) if f.ndim == 2 else 1] = x
        value, gradient = loss.value_and_gradient(figure.y_true, f)
        assert columns["value"][i] == value
        np.testing.assert_array_equal(columns["gradient"][i], gradient)


@every_loss
def test_the_page_gets_batches_from_python(name):
    figure = ll.widgets.BatchExplorer(name)
    state = figure.get_state()
    n, k = len(figure.letters), len(figure.names)
    parameters = json.loads(json.dumps(state["losses"][0]["parameters"]))
    y = np.ravel(state["y_true"]).astype(float)
    f = np.stack([np.ravel(state["y_pred"]), np.zeros(n * k)])
    given = as_groups(y, f, n, y.size // n, k)
    arrays = {key: value for key, value in given.items() if isinstance(value, np.ndarray)}
    numbers = {key: value for key, value in given.items() if key not in arrays}
    question = asked("batch", name, parameters, arrays, **numbers)
    reply, (value, gradient) = figure.answer(question, [a.tobytes() for a in arrays.values()])
    assert "error" not in reply
    loss = ll.get(name)
    batches = (np.array(figure.y_pred), np.zeros(np.shape(figure.y_pred)))
    wanted = [loss.value_and_gradient(figure.y_true, each) for each in batches]
    np.testing.assert_array_equal(np.frombuffer(value), [v for v, _ in wanted])
    np.testing.assert_array_equal(
        np.frombuffer(gradient), np.concatenate([g.ravel() for _, g in wanted])
    )


def test_it_takes_what_the_reader_does():
    figure = ll.widgets.BatchExplorer("cox")
    state = figure.get_state()
    assert state["y_true"][0] == [2.0, 1.0] and state["y_pred"][0] == [-1.0]
    state = {"y_true": [[1, 1], [2, 0]] * 3, "y_pred": [[v] for v in (0, 1, 2, -1, 0.5, 5)]}
    figure.set_state({**state, "selected": 5})
    assert figure.y_pred == [0.0, 1.0, 2.0, -1.0, 0.5, 5.0] and figure.selected == 5
    assert figure.y_true == [[1.0, 1.0], [2.0, 0.0]] * 3
    assert figure.readings()["value"] == ll.get("cox").value(figure.y_true, figure.y_pred)
    with pytest.raises(ValueError, match="must keep its 6 samples of 4 numbers"):
        ll.widgets.BatchExplorer("quadratic_weighted_kappa").y_pred = [[0.0] * 5] * 6
    with pytest.raises(ValueError, match=r"must lie in the range \(-5.0, 5.0\)"):
        figure.y_pred = [0, 0, 0, 0, 0, 7]
    with pytest.raises(ValueError, match="y_true must be .time, event"):
        figure.y_true = [[1, 2]] * 6
    with pytest.raises(ValueError, match="selected"):
        figure.selected = 6
    figure.losses = ["cox_efron"]
    assert figure.losses == [ll.get("cox_efron")]
    with pytest.raises(ValueError, match="must keep the shape 'lifetime/numbers/output/batch'"):
        figure.losses = ["pu_risk"]
    pair = ll.widgets.BatchExplorer("pu_risk", y_true=[1, 0])
    with pytest.raises(ValueError, match="at least one unlabelled"):
        pair.y_true = [1, 1]
    assert pair.y_true == [1.0, 0.0]


def test_batches_of_the_readers_own_choice():
    figure = ll.widgets.BatchExplorer("pu_risk", [1, 0, 0], [9.0, 0.0, -1.0], selected="A")
    assert (figure.letters, figure.selected) == (["A", "B", "C"], 0)
    assert figure.x_range == [-5.0, 9.0] and figure.targets()[:2] == ["positive", "unlabelled"]
    assert "A (positive) at 9, gradient -0.5, B (unlabelled) at 0, gradient 0.25" in figure.alt
    three = ll.widgets.BatchExplorer("quadratic_weighted_kappa", y_pred=np.zeros((4, 3)))
    assert three.names == ["level 0", "level 1", "level 2"] and len(three.y_true) == 4
    named = ll.widgets.BatchExplorer("quadratic_weighted_kappa", output="level 3")
    assert named.output == 3 and "prediction ŷ: level 3" in named.alt
    few = ll.widgets.BatchExplorer("cox", x_range=(-2, 2))
    assert few.x_range == [-2.0, 2.0] and few.targets()[3] == "t = 4, censored"


def test_shapes_of_batches_are_their_own():
    """No figure of rows offers a loss of batches, though both take a class and logits."""
    kappa = shape_of(shelf.find("quadratic_weighted_kappa"))
    assert kappa == "class/numbers/level/batch"
    shapes = {shape_of(shelf.find(name)) for name in ll.available(kind="rowwise")}
    assert not shapes & {shape_of(shelf.find(name)) for name in BATCHWISE}
    assert describe(ll.get("cox"))["axis"] == "batch"
    assert ll.widgets.BatchExplorer("pu_risk").menu() == ["nn_pu_risk"]


class ChosenRows(Batchwise):
    """Targets and outputs without a start of their own, and a rule for whole batches."""

    name = "chosen_rows_of_a_reader"
    title = "Spread of sums"
    family = "regression"
    target = "positive"
    prediction = "finite"
    outputs = "values"
    formula = "a (f - y)^2"
    reference = "none"
    legal_batch = "two different numbers"
    a = Parameter(1.0, above=0.0, slider=(0.5, 2.0), doc="height")
    claims = Claims(convex=True)

    @staticmethod
    def batch_is_legal(y, w, n):
        different = False
        for i in range(n):
            different = different | (y[i] != y[0])
        return different

    def batch_at(y, f, g, w, s, n, k, a):
        total = 0.0
        for i in range(n):
            total += f[i * k] - y[i]
        for i in range(n * k):
            g[i] = 2.0 * a * total if i % k == 0 else 0.0
        return a * total * total

    def exact(mp, y, f, w, a):
        return a * sum(row[0] - t for t, row in zip(y, f, strict=True)) ** 2


shelf._classes.pop(ChosenRows.name)  # of the reader, not of the package


def test_other_targets_are_drawn_and_must_be_legal_together():
    figure = ll.widgets.BatchExplorer(ChosenRows())
    assert len(set(figure.y_true)) > 1 and figure.names[0] == "output 0"
    assert figure.targets()[0] == f"y = {figure.y_true[0]:g}"
    with pytest.raises(ValueError, match="y_true must hold two different numbers"):
        figure.y_true = [1.0] * 6
    start = batch_samples.batch(ChosenRows(), 4, 2)
    assert start.f.shape == (4, 2) and np.ptp(start.y) > 0.0


def test_nan_comes_before_the_rule_for_batches():
    value, gradient = ChosenRows().value_and_gradient([1.0, 1.0], [[np.nan], [0.0]])
    assert np.isnan(value) and np.isnan(gradient).all()
