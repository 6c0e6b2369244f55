"""Figures of other shelves than that of losses, the Python side: what they take, draw and tell."""

import json

import numpy as np
import pytest

import losslab as ll
from losslab.penalties import Claims, Separable
from losslab.widgets.figures.shrink_explorer import with_gaps
from losslab.widgets.manifest import SHELVES
from losslab.widgets.parts import fallback
from losslab.widgets.programs import run
from tests import built
from tests.widgets.page import asked

built.need("assets")

W = ll.widgets
FIGURE_OF = {
    "separable": W.ShrinkExplorer,
    "aggregation": W.DirectionExplorer,
    "risk": W.WeightsExplorer,
    "weighting": W.WeightsExplorer,
}
OTHERS = [
    pytest.param(cls, id=f"{shelf.room}-{cls.name}")
    for shelf in SHELVES
    for cls in shelf.classes()
    if cls.kind in FIGURE_OF
]


def test_there_are_definitions_to_draw():
    assert {cls.values[0].kind for cls in OTHERS} == set(FIGURE_OF)


@pytest.mark.parametrize("cls", OTHERS)
def test_every_definition_has_its_figure_with_nothing_but_itself(cls):
    figure = FIGURE_OF[cls.kind](cls.typical())
    assert figure.shelf == cls.shelf.room
    assert cls.title in figure.alt and "nan" not in figure.alt
    html = fallback.to_html(figure.scene(), figure.alt, figure.figure, figure.heights(), {})
    assert html.count("<path") > 2 and "nan" not in html
    assert fallback.to_png(figure.scene())
    state = figure.get_state()
    assert len(json.dumps(state, allow_nan=False)) < 3500
    assert state["losses"] == [{"name": cls.name, "parameters": dict(cls.typical().parameters)}]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: W.ShrinkExplorer(3), TypeError, "penalties must be a list of names or penalties"),
        (lambda: W.ShrinkExplorer([]), ValueError, "penalties must name at least one penalty"),
        (lambda: W.ShrinkExplorer("hinge"), ValueError, "hinge"),
        (
            lambda: W.ShrinkExplorer([ll.get("huber")]),
            TypeError,
            r"penalties must hold names or penalties such as ll.penalties.get\('\w+'\), got Huber",
        ),
        (lambda: W.ShrinkExplorer("l1", step=-1), ValueError, "step must be .* >= 0, got -1"),
        (lambda: W.ShrinkExplorer("l1", start=9), ValueError, r"start must lie in \[-3, 3\]"),
        (lambda: W.ShrinkExplorer("l1", x_range=(1, 0)), ValueError, "x_range must increase"),
        (
            lambda: W.DirectionExplorer(3),
            TypeError,
            r"rule must be a name or a rule such as ll.multitask.get\('min_norm'\), got 3",
        ),
        (lambda: W.DirectionExplorer("uncertainty"), ValueError, "must be aggregation"),
        (lambda: W.DirectionExplorer(gradients=[[1, 2]]), ValueError, "2 to 4 tasks, got 1"),
        (
            lambda: W.DirectionExplorer(gradients=[[1, 2], [3]]),
            ValueError,
            "gradients must hold 2 numbers, got 1",
        ),
        (lambda: W.DirectionExplorer(gradients=[[1, 2], [3, np.nan]]), ValueError, "finite"),
        (lambda: W.DirectionExplorer(gradients=3), TypeError, "gradients must hold pairs, got 3"),
        (lambda: W.WeightsExplorer("min_norm"), ValueError, "risk or weighting, but 'min_norm'"),
        (lambda: W.WeightsExplorer(3), TypeError, "rule must be a name or a risk or rule such as"),
        (lambda: W.WeightsExplorer("no_such_rule"), ValueError, "no_such_rule"),
        (lambda: W.WeightsExplorer(losses="ab"), TypeError, "losses must hold numbers"),
        (lambda: W.WeightsExplorer(losses=3), ValueError, "losses must have one dimension"),
        (lambda: W.WeightsExplorer(losses=[1.0]), ValueError, "losses must hold 2 to 12 numbers"),
        (lambda: W.WeightsExplorer(losses=[1.0, np.inf]), ValueError, "losses must be finite"),
        (lambda: W.WeightsExplorer(losses=[1.0, 2.0], x_range=(0, 1)), ValueError, "the loss 2"),
        (lambda: W.WeightsExplorer("uncertainty", rate=0), ValueError, "rate must be greater"),
        (
            lambda: W.WeightsExplorer("uncertainty", state=[1.0]),
            ValueError,
            "state must hold 3 numbers, got 1",
        ),
        (
            lambda: W.WeightsExplorer("cvar", state=[1.0]),
            ValueError,
            "state must hold 0 numbers, got 1",
        ),
        (lambda: W.LossExplorer(ll.penalties.get("l1")), TypeError, "losses must hold names"),
        (lambda: W.LossExplorer([3]), TypeError, r"such as ll.get\('huber'\), got 3"),
    ],
)
def test_they_refuse(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_rule_stays_what_it_is():
    figure = W.WeightsExplorer()
    figure.losses = [ll.adaptive.get("cvar", level=0.5)]
    assert figure.rule.level == 0.5
    with pytest.raises(ValueError, match="the rule must stay 'cvar' .* got 'uncertainty'"):
        figure.losses = ["uncertainty"]
    with pytest.raises(ValueError, match="must be one, got 2"):
        figure.losses = ["cvar", "cvar"]
    with pytest.raises(ValueError, match="values must stay 12 numbers, got 2"):
        figure.values = [1.0, 2.0]


def test_penalties_are_drawn_with_the_numbers_of_the_package():
    penalties = [ll.penalties.get("l1", strength=0.5), ll.penalties.get("squared_l2")]
    figure = W.ShrinkExplorer(penalties, step=2.0)
    w = np.linspace(-3.0, 3.0, 31)
    columns = figure.columns(w)
    for i, penalty in enumerate(penalties):
        np.testing.assert_array_equal(columns["gradient"][i], penalty.gradient(w))
        np.testing.assert_array_equal(columns["prox"][i], penalty.prox(w, step=2.0))
        assert columns["value"][i].tolist() == [penalty.value([v]) for v in w]
    # What is to be seen: one makes zeros, the other does not.
    small = (np.abs(w) < 0.9) & (w != 0.0)
    assert (columns["prox"][0][small] == 0.0).all() and (columns["prox"][1][small] != 0.0).all()


def test_the_direction_is_that_of_the_package():
    figure = W.DirectionExplorer()
    told = figure.readings()
    np.testing.assert_allclose(
        told["direction"], figure.rule.aggregate(figure.gradients), rtol=1e-14
    )
    # What is to be seen: one task counts nothing and gets better all the same.
    assert np.count_nonzero(told["w"]) == 2 and (told["product"] > 0.0).all()
    assert figure.verdict() == "A small step against the direction makes A, B, C better."
    figure.gradients = [[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]]
    assert figure.verdict() == "Pareto stationary: no direction is good for all."
    assert "Pareto stationary" in figure.describe()


def test_weights_are_those_of_the_package():
    risk = W.WeightsExplorer(ll.adaptive.get("cvar", level=0.5), [1.0, 2.0, 4.0, 6.0])
    value, weights = risk.readings()
    assert (value, weights.tolist()) == (5.0, [0.0, 0.0, 0.5, 0.5])
    # What is to be seen at first: few count, and one of them in part.
    assert (W.WeightsExplorer().readings()[1] > 0.0).sum() == 2

    rule = ll.multitask.get("uncertainty")
    figure = W.WeightsExplorer(rule)
    state = rule.start(3)
    for _ in range(4):
        _, state = rule.step(figure.values, state, 0.5)
    assert figure.state == state.tolist()
    value, weights, _ = rule.value_and_gradients(figure.values, state)
    assert figure.readings()[0] == value and figure.readings()[1].tolist() == weights.tolist()
    assert weights[0] > 2.0 * weights[1] > 4.0 * weights[2]  # the smallest loss counts most


def test_python_answers_for_a_penalty_of_a_reader():
    class Quartic(Separable):
        name = "quartic_of_a_reader"
        title = "Quartic"
        family = "norms"
        formula = "w^4"
        reference = "none"
        claims = Claims(convex=True)

        def value_at(w):
            return w * w * w * w

        def gradient_at(w):
            return 4.0 * w * w * w

        def prox_at(w, step):
            return w

        def exact(mp, w):
            return w**4

        def exact_prox(mp, w, step):
            return w

    try:
        figure = W.ShrinkExplorer([Quartic(), "l1"])
        state = figure.get_state()["losses"]
        assert state[0]["spec"]["kind"] == "separable" and "spec" not in state[1]
        question = asked("penalty", "quartic_of_a_reader", {}, ["w"], n=2, step=1.0)
        reply, buffers = figure.answer(question, [np.array([1.0, 2.0]).tobytes()])
        assert reply["answers"] == ["value", "gradient", "prox"]
        assert np.frombuffer(buffers[1]).tolist() == [4.0, 32.0]
        assert run(Quartic(), "penalty", w=np.array([2.0]), n=1, step=1.0)["value"] == [16.0]
    finally:
        ll.penalties.shelf._classes.pop("quartic_of_a_reader")


def test_repr_and_a_list_for_the_page():
    figure = W.WeightsExplorer("expected_shortfall")
    assert repr(figure) == "WeightsExplorer(ConditionalValueAtRisk(level=0.9))"
    assert figure.rule is figure.losses[0]


def test_dead_zone_and_bias_are_told():
    figure = W.ShrinkExplorer([ll.penalties.get("l1", strength=0.5), "squared_l2"], step=2.0)
    ends = figure.dead_zones()
    assert ends == pytest.approx([1.0, 0.0], abs=1e-6) and ends[0] <= 1.0
    assert figure.biases() == [1.0, 2.0]
    assert "dead zone up to 1, bias at 3 1;" in figure.describe()
    figure.step = 1e6
    assert figure.dead_zones()[0] == np.inf  # none is found


def test_a_jump_of_a_proximal_operator_is_no_line():
    w = np.linspace(-3.0, 3.0, 241)
    hard = np.where(np.abs(w) > 0.5, w, 0.0)  # jumps by less than a tenth of the axis
    assert np.isnan(with_gaps(w, hard)).sum() == 2
    assert not np.isnan(with_gaps(w, np.sign(w) * np.maximum(np.abs(w) - 0.5, 0.0))).any()
