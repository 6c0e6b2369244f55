"""Self-checks: every slip is told apart, nothing a reader gives raises, no answer leaks."""

import numpy as np
import pytest

import losslab as ll
from losslab.exercises import base, kinds


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    monkeypatch.setattr(base, "_checks", dict(base._checks))
    monkeypatch.setattr(base, "_mistakes", dict(base._mistakes))


def message(label, answer):
    return ll.exercises.verdict(label, answer).message


# Labels -----------------------------------------------------------------------------------------


def test_unknown_label_names_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'referee-worst'"):
        ll.exercises.check("referee-wurst", 1)


def test_unknown_label_without_a_neighbour():
    with pytest.raises(ValueError, match=r"ll\.exercises\.labels"):
        ll.exercises.check("zzzzzzzz", 1)


def test_label_must_be_a_string():
    with pytest.raises(TypeError, match="label must be a string"):
        ll.exercises.check(3, 1)


def test_label_taken_by_another_module():
    with pytest.raises(ValueError, match=r"taken by losslab\.exercises\.referee"):
        kinds.number("referee-worst", lambda: 1.0, says="x")


def test_labels_of_a_chapter():
    kinds.number("sample-a", lambda: 1.0, says="x")
    assert ll.exercises.labels("sample") == ["sample-a"]
    assert "sample-a" in ll.exercises.labels()


def test_check_prints_one_line_and_returns_nothing(capsys):
    kinds.number("demo-a", lambda: 1.0, says="one.")
    assert ll.exercises.check("demo-a", 1) is None
    assert capsys.readouterr().out == "Right: one.\n"


def test_mistakes_are_the_numbers_that_have_a_hint():
    kinds.number("demo-a", lambda: 1.0, says="x", hints=[(lambda: 3, "three.")])
    assert ll.exercises.mistakes("demo-a") == [(3.0, "three.")]
    kinds.array("demo-b", lambda: [1, 2], says="x", entries=[(1, lambda: 5, "five.")])
    assert ll.exercises.mistakes("demo-b", 1) == [(5.0, "five.")]
    assert ll.exercises.mistakes("demo-b", 0) == ll.exercises.mistakes("demo-b") == []
    assert ll.exercises.mistakes("referee-prices") == []
    with pytest.raises(ValueError, match="did you mean 'referee-worst'"):
        ll.exercises.mistakes("referee-wurst")


@pytest.mark.parametrize("nothing", [None, ...])
def test_no_answer_yet(nothing):
    assert "no answer here yet" in message("referee-worst", nothing)


# Numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (12.0, "Right: well counted."),
        (np.float32(12.0), "Right: well counted."),
        (np.array(12), "Right: well counted."),
        (12.001, "Right: well counted."),
        (-12.0, "sign is the other way round"),
        (24, "twice what it should be. "),
        (-24, "twice what it should be and the sign"),
        (6, "half of what it should be. "),
        (60, "is this a sum?"),
        (2.4, "divided by n once too often"),
        (144, "square of"),
        (12**0.5, "square root of"),
        (7.0, "seven is the mode"),
        (12.1, "Keep more digits"),
        (3.0, "3 is too small"),
        (40.0, "40 is too large"),
        ("12", "without quotes"),
        (True, "not True or False"),
        (12j, "a real number"),
        (sum, "you gave a function"),
        ((12, 5), "decimal sign is a point"),
        ([12, 12, 12], "an array of shape (3,)"),
        ([[1], [1, 2]], "you gave a list"),
        ({}, "you gave a dict"),
        (float("nan"), "NaN"),
        (float("inf"), "infinity"),
    ],
)
def test_number(answer, says):
    kinds.number(
        "demo-n", lambda: 12.0, says="well counted.", n=5,
        hints=[(lambda: 7.0, "seven is the mode.")],
    )  # fmt: skip
    assert says in message("demo-n", answer)


@pytest.mark.parametrize("answer", [-7919.0, 15838, 62710561, 3.0, 8000.0, "7", [1, 2], None])
def test_message_never_holds_the_answer(answer):
    kinds.number("demo-leak", lambda: 7919.0, says="x", n=3)
    assert "7919" not in message("demo-leak", answer)


def test_number_zero_has_no_multiples():
    kinds.number("demo-0", lambda: 0.0, says="x")
    assert message("demo-0", 1.0) == "Not yet: 1 is too large."


# Arrays -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([1.0, -2.0, 5.0], "Right"),
        ((1, -2, 5), "Right"),
        ([-1.0, 2.0, -5.0], "sign is the other way"),
        ([2.0, -4.0, 10.0], "twice"),
        ([3.0, -6.0, 15.0], "is this a sum?"),
        ([5.0, -2.0, 1.0], "order is not"),
        ([1.0, -2.0, 4.0], "2 of 3 entries are right; the first that is not has index 2"),
        ([1.0, -2.0], "shape (3,) is asked for; yours has (2,)"),
        ([0.0, 0.0, 0.0], "flat"),
        ("text", "you gave a str"),
        (["a", "b", "c"], "does not become one"),
        ([[1], [1, 2]], "does not become one"),
        ([1.0, -2.0, np.nan], "NaN"),
    ],
)
def test_array(answer, says):
    kinds.array(
        "demo-a", lambda: [1.0, -2.0, 5.0], says="x",
        hints=[(lambda: np.zeros(3), "flat.")],
    )  # fmt: skip
    assert says in message("demo-a", answer)


def test_array_names_an_index_of_two_axes():
    kinds.array("demo-2d", lambda: [[1.0, 2.0], [3.0, 5.0]], says="x")
    assert "index (1, 0)" in message("demo-2d", [[1.0, 2.0], [4.0, 5.0]])


# Letters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("b", "Right"),
        (" B ", "Right"),
        ("a", "look at the blue one"),
        ("c", "look at the figure"),
        ("d", "one letter of 'a', 'b', 'c'"),
        (2, "one letter of"),
    ],
)
def test_choice(answer, says):
    kinds.choice("demo-c", "b", options="abc", says="x", hints={"a": "look at the blue one."})
    assert says in message("demo-c", answer)


# Functions --------------------------------------------------------------------------------------


def in_place(y, f):
    f -= y
    return np.mean(f**2)


def fails(y, f):
    raise KeyError("delta")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda y, f: np.mean((f - y) ** 2) / 2, "Right"),
        (ll.get("squared_error").value, "Right"),
        (lambda y, f: np.mean((f - y) ** 2), "twice what it should be"),
        (lambda y, f: -np.mean((f - y) ** 2) / 2, "sign is the other way"),
        (lambda y, f: np.sum((f - y) ** 2) / 2, "is this a sum?"),
        (lambda y, f: (f - y) ** 2 / 2, "Is the mean missing?"),
        (lambda y, f: np.mean(abs(f - y)), "absolute, not squared"),
        (lambda y, f: np.mean((f + y) ** 2) / 2, "it is off for y_true = ["),
        (lambda y, f: np.mean(np.where(f > y, f - y, 0) ** 2) / 2, "of 7 inputs"),
        (lambda y: 0.0, "must take 2 arguments: y_true and y_pred"),
        (lambda y, f: None, "returns nothing"),
        (lambda y, f: "big", "not usable"),
        (lambda y, f: float("nan"), "NaN"),
        (fails, "it raised KeyError ('delta') for y_true = [0.0, 1.0]"),
        (in_place, "changes its arguments"),
        (3.0, "you gave float"),
        (ll.get("squared_error"), "you gave SquaredError"),
    ],
)
def test_function(answer, says):
    kinds.function(
        "demo-f", lambda y, f: ll.get("squared_error").value(y, f), says="x",
        cases=[(np.array([0.0, 1.0]), np.array([1.0, 3.0]))],
        hints=[(lambda y, f: np.mean(abs(f - y)), "absolute, not squared.")],
    )  # fmt: skip
    assert says in message("demo-f", answer)


def test_function_that_should_return_an_array():
    kinds.function("demo-g", lambda y, f: f - y, says="x")
    assert "one number; one for each of the" in message("demo-g", lambda y, f: np.mean(f - y))
    assert "returns shape" in message("demo-g", lambda y, f: (f - y)[1:])


def test_function_of_numbers():
    kinds.function("demo-h", lambda a: 2 * a, says="x", names=("a",),
                   inputs=lambda rng: (float(rng.integers(1, 9)),))  # fmt: skip
    assert message("demo-h", lambda a: a + a) == "Right: x"
    assert "must take 1 argument: a" in message("demo-h", lambda: 1)


def test_inputs_are_the_same_every_time():
    seen = []
    kinds.function("demo-s", lambda y, f: 0.0, says="x")
    for _ in range(2):
        message("demo-s", lambda y, f: seen.append(y.tolist()) or 0.0)
    half = len(seen) // 2
    assert seen[:half] == seen[half:]
