"""Every optimiser on the shelf: other libraries, the textbook's formulas, types, state, bad input."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.training.optimisers import Claims, Optimiser, State, find
from tests.training.optimisers.problems import GRADIENTS, REFERENCE, end, settings, walk

SHELF = ll.training.optimisers
CLASSES = [find(name) for name in SHELF.available()]
EVERY = [optimiser for cls in CLASSES for optimiser in settings(cls)]
every_one = pytest.mark.parametrize("optimiser", EVERY, ids=repr)
every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.name)
MP = mpmath.MPContext()
MP.dps = 50


def case_name(case):
    return f"{case['theirs']} {case['problem']}"


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=case_name)
def test_other_libraries_walk_the_same_way(case):
    """Steps 1 to 3 and 50, as PyTorch, Optax and the textbook's recursions made them."""
    optimiser = SHELF.get(case["optimiser"], **case["parameters"])
    slope = GRADIENTS[case["problem"]]
    penalty = ll.penalties.get("squared_l2", strength=case.get("l2", 0.0))

    def gradient(w):
        return slope(w) + penalty.gradient(w)

    start = REFERENCE[case["problem"]]["start"]
    for t, (w, state) in enumerate(walk(optimiser, gradient, start, case["rate"], 50), 1):
        if str(t) in case["after"]:
            found = state.memory[0] if case.get("sequence") == "x" else w
            np.testing.assert_allclose(found, case["after"][str(t)], rtol=0, atol=1e-12)


@pytest.mark.parametrize("problem", GRADIENTS)
def test_forms_of_momentum_part_where_the_rate_changes(problem):
    start, gradient = REFERENCE[problem]["start"], GRADIENTS[problem]
    [first] = [
        case["rate"]
        for case in REFERENCE["cases"]
        if (case["optimiser"], case["problem"]) == ("heavy_ball", problem)
        and not case["parameters"]
    ]

    def rate(t):
        return first if t <= 10 else first / 10.0

    expected = REFERENCE["rate_divided_by_10_at_step_11"][problem]
    for polyak, key in ((True, "polyak"), (False, "velocity")):
        found = end(SHELF.get("heavy_ball", polyak=polyak), gradient, start, rate, 50)
        np.testing.assert_allclose(found, expected[key], rtol=0, atol=1e-12)


def test_the_iterate_of_other_libraries_is_the_textbook_s_look_ahead_point():
    start, gradient = REFERENCE["quadratic"]["start"], GRADIENTS["quadratic"]
    ours = walk(SHELF.get("nesterov"), gradient, start, 0.05, 50)
    books = walk(SHELF.get("nesterov", textbook=True), gradient, start, 0.05, 50)
    apart = 0.0
    for (y, state), (w, book) in zip(ours, books, strict=True):
        np.testing.assert_allclose(y, w, rtol=0, atol=1e-13)
        x = y + 0.05 * 0.9 * state.memory[0]
        np.testing.assert_allclose(book.memory[0], x, rtol=0, atol=1e-13)
        apart = max(apart, np.abs(x - y).max())
    assert apart == pytest.approx(0.4135606875, abs=1e-9)


@every_one
def test_steps_are_those_of_the_textbook(optimiser, rng):
    """Sums over all past gradients in mpmath, instead of recursions; gradients of all sizes."""
    steps = 40
    for scale in (1.0, 1e-6, 1e4):
        gradients = scale * rng.normal(size=steps) * 10.0 ** rng.uniform(-1, 1, steps)
        gradients[3:6] = 0.0
        rates = rng.uniform(0.001, 0.1, steps)
        numbers = [MP.mpf(float(v)) for v in optimiser.parameters.values()]
        given = [list(map(MP.mpf, row.tolist())) for row in (gradients, rates)]
        right = [float(v) for v in optimiser.exact(MP, MP.mpf(1.5), *given, *numbers)]
        w, state, found = np.array([1.5]), None, []
        for g, rate in zip(gradients, rates, strict=True):
            w, state = optimiser.step(w, [g], state, learning_rate=rate)
            found.append(w.item())
        np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-12 * np.abs(right).max())


@every_class
def test_single_precision_is_single_precision(cls, rng):
    """Arithmetic in float32: near the steps of float64, and the answers are of that type."""
    optimiser = cls()
    w, state = rng.normal(size=(3, 4)), None
    single, its_state = w.astype(np.float32), None
    for _ in range(20):
        g = rng.normal(size=(3, 4))
        w, state = optimiser.step(w, g, state, learning_rate=0.01)
        single, its_state = optimiser.step(
            single, g.astype(np.float32), its_state, learning_rate=0.01
        )
        assert single.dtype == its_state.memory.dtype == np.float32
    assert single.shape == (3, 4)
    np.testing.assert_allclose(single, w, rtol=0, atol=1e-5)


@every_one
def test_bound_steps_have_the_same_bits(optimiser, rng):
    for dtype in (np.float64, np.float32):
        w = rng.normal(size=(5, 7)).astype(dtype)
        moving, gradient = w.copy(), np.empty_like(w)
        state, memory = None, optimiser.start(w).memory
        update = optimiser.bind(moving, gradient, memory)
        for t in range(1, 8):
            gradient[:] = rng.normal(size=w.shape)
            w, state = optimiser.step(w, gradient, state, learning_rate=0.05)
            update(t, 0.05)
        assert moving.tobytes() == w.tobytes()
        assert memory.tobytes() == state.memory.tobytes()


@every_class
def test_state_goes_in_and_comes_out(cls, rng):
    """What is given stays as it is, so a walk can be taken up again anywhere."""
    optimiser, w, state = cls(), rng.normal(size=6), None
    gradients = rng.normal(size=(10, 6))
    half = None
    for k, g in enumerate(gradients):
        if k == 5:
            half = w.copy(), State(state.steps, state.memory.copy())
        before = w.copy(), None if state is None else state.memory.copy()
        after, new = optimiser.step(w, g, state)
        assert (w == before[0]).all() and new.steps == k + 1
        assert state is None or (state.memory == before[1]).all()
        w, state = after, new
    again, its = half
    for g in gradients[5:]:
        again, its = optimiser.step(again, g, its)
    assert again.tobytes() == w.tobytes() and its.memory.tobytes() == state.memory.tobytes()
    assert state.memory.shape == (cls.slots, 6)


@every_class
def test_weights_are_updated_one_by_one(cls, rng):
    """In a batch of weights each moves as if it were alone, whatever vectors the loop works in."""
    gradients = rng.normal(size=(5, 37))
    w, state = rng.normal(size=37), None
    alone, states = w.copy(), [None] * 37
    for g in gradients:
        w, state = cls().step(w, g, state)
        for i in range(37):
            alone[i : i + 1], states[i] = cls().step(alone[i : i + 1], g[i : i + 1], states[i])
    assert alone.tobytes() == w.tobytes()


@every_one
def test_at_a_gradient_of_zero_nothing_is_lost(optimiser):
    """No division of 0 by 0, also without eps."""
    w, state = np.array([2.0]), None
    for _ in range(3):
        w, state = optimiser.step(w, [0.0], state, learning_rate=0.1)
    decay = optimiser.parameters.get("weight_decay", 0.0)
    assert w[0] == pytest.approx(2.0 * (1.0 - 0.1 * decay) ** 3, rel=1e-14)


@every_class
def test_a_gradient_that_is_no_number_is_not_hidden(cls):
    """Bound steps check nothing: NaN comes out where it went in, and only there."""
    w, g = np.ones(3), np.array([1.0, np.nan, 1.0])
    cls().bind(w, g, cls().start(w).memory)(1, 0.1)
    assert np.isnan(w).tolist() == [False, True, False]


def test_the_rate_is_that_of_the_class_unless_given():
    for cls in CLASSES:
        assert (
            cls().step([1.0], [0.3])[0]
            == cls().step([1.0], [0.3], learning_rate=cls.learning_rate)[0]
        )
        assert cls().step([1.0], [0.3], learning_rate=0.0)[0] == 1.0


ONE = np.ones(2)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"w": []}, ValueError, "w must hold at least one number, got none"),
        ({"w": "ab"}, TypeError, "w must hold real numbers"),
        ({"w": [1.0, np.inf]}, ValueError, "w must be finite, got inf at index 1"),
        (
            {"gradient": [1.0]},
            ValueError,
            r"gradient must have the shape of w, \(2,\), got \(1,\)",
        ),
        ({"gradient": [1.0, np.nan]}, ValueError, "gradient must be finite, got nan at index 1"),
        (
            {"learning_rate": -1.0},
            ValueError,
            "learning_rate must be a finite number >= 0, got -1.0",
        ),
        (
            {"learning_rate": np.nan},
            ValueError,
            "learning_rate must be a finite number >= 0, got nan",
        ),
        (
            {"learning_rate": True},
            TypeError,
            "learning_rate must be a finite number >= 0, got True",
        ),
        (
            {"learning_rate": "big"},
            TypeError,
            "learning_rate must be a finite number >= 0, got 'big'",
        ),
        ({"state": np.zeros(2)}, TypeError, "state must be what the step before returned"),
        (
            {"state": State(1, np.zeros((2, 3)))},
            ValueError,
            r"state.memory must have shape \(2, 2\) for adam and 2 weights, got \(2, 3\)",
        ),
        (
            {"state": State(-1, np.zeros((2, 2)))},
            ValueError,
            "state.steps must be a whole number of at least 0, got -1",
        ),
        (
            {"state": State(1.5, np.zeros((2, 2)))},
            TypeError,
            "state.steps must be a whole number",
        ),
        (
            {"state": State(1, np.full((2, 2), np.nan))},
            ValueError,
            r"state.memory must be finite, got nan at index \(0, 0\)",
        ),
    ],
    ids=str,
)
def test_bad_input_is_named(given, error, said):
    with pytest.raises(error, match=said):
        SHELF.get("adam").step(**{"w": ONE, "gradient": ONE, **given})


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"w": [1.0, 2.0]}, TypeError, "w must be a C-contiguous numpy array"),
        ({"gradient": np.ones(4)[::2]}, TypeError, "gradient must be a C-contiguous"),
        (
            {"w": np.ones(2, dtype=int)},
            TypeError,
            "all be of float64 or all of float32, got int64",
        ),
        ({"gradient": np.ones(2, np.float32)}, TypeError, "got float64, float32 and float64"),
        ({"gradient": np.ones(3)}, ValueError, r"gradient must have the shape of w, \(2,\)"),
        ({"memory": np.zeros(4)}, ValueError, r"memory must have shape \(2, 2\) for adam"),
        ({"w": np.broadcast_to(1.0, 2).copy()}, None, ""),
    ],
    ids=str,
)
def test_bad_buffers_are_named(given, error, said):
    arrays = {"w": np.ones(2), "gradient": np.ones(2), "memory": np.zeros((2, 2)), **given}
    if error is None:
        SHELF.get("adam").bind(**arrays)
        return
    with pytest.raises(error, match=said):
        SHELF.get("adam").bind(**arrays)
    frozen = np.ones(2)
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="w must be writeable"):
        SHELF.get("adam").bind(frozen, np.ones(2), np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("adam", {"beta1": 1.0}, "beta1 must be a finite number >= 0 and < 1, got 1.0"),
        ("adam", {"eps": -1e-8}, "eps must be a finite number >= 0, got -1e-08"),
        ("heavy_ball", {"polyak": 2}, "polyak must be True or False, got 2"),
        ("heavy_ball", {"polyak": "yes"}, "polyak must be True or False, got 'yes'"),
        ("heavy_ball", {"momentun": 0.5}, "no parameter 'momentun'.*did you mean 'momentum'"),
        ("adm", {}, "unknown optimiser 'adm'; did you mean 'adam'"),
        ("huber", {}, "unknown optimiser 'huber'.*ll.get\\('huber'\\) is a loss"),
    ],
)
def test_bad_parameters_are_named(name, parameters, said):
    with pytest.raises((ValueError, TypeError), match=said):
        SHELF.get(name, **parameters)


def test_switches_are_true_or_false():
    on = SHELF.get("heavy_ball", polyak=1)
    assert on == SHELF.get("heavy_ball", polyak=np.True_) and on.polyak is True
    assert repr(on) == "HeavyBall(momentum=0.9, dampening=0, damp_first=False, polyak=True)"
    assert on != SHELF.get("heavy_ball")


def test_an_optimiser_of_ones_own():
    class Signs(Optimiser):
        """The sign of the gradient.

        Examples
        --------
        >>> 1
        1
        """

        name = "signs_of_a_test"
        title = "Signs"
        family = "one rate for all weights"
        formula = "w - r"
        reference = "none"
        claims = Claims()

        def update_at(w, g, s, n, t, rate):
            for i in range(n):
                w[i] = w[i] - (rate if g[i] > 0.0 else -rate)
            return 0

        def exact(mp, w, gradients, rates):
            return [w]

    try:
        optimiser = SHELF.get("signs_of_a_test")
        assert optimiser.step([1.0, 1.0], [0.1, -7.0], learning_rate=0.5)[0].tolist() == [0.5, 1.5]
    finally:
        SHELF.shelf._classes.pop("signs_of_a_test")
