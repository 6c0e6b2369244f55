"""Schedules: values of PyTorch, ends, composition, bad input."""

import pickle

import numpy as np
import pytest

import losslab as ll
from losslab.training.optimisers import (
    Constant,
    CosineDecay,
    OneCycle,
    StepDecay,
    WarmUp,
    as_schedule,
)

# Values of torch 2.13 at steps counted from 1.
OF_TORCH = {
    "StepLR(step_size=7, gamma=0.3)": (
        StepDecay(0.1, every=7, factor=0.3),
        {1: 0.1, 14: 0.03, 21: 0.009, 40: 0.000243},
    ),
    "CosineAnnealingLR(T_max=20, eta_min=0.01)": (
        CosineDecay(0.1, steps=20, end=0.01),
        {1: 0.1, 2: 0.0994459753267812, 8: 0.0754295724882796, 11: 0.055, 21: 0.01},
    ),
    "LinearLR(start_factor=1/3, total_iters=5)": (
        WarmUp(0.1, steps=5, share=1.0 / 3.0),
        {1: 0.0333333333333333, 2: 0.0466666666666667, 7: 0.1},
    ),
    "OneCycleLR(max_lr=0.1, total_steps=25)": (
        OneCycle(0.1, steps=25),
        {1: 0.004, 2: 0.0094981107686459, 9: 0.0981981502422205, 24: 0.0008039173559862},
    ),
    "OneCycleLR(0.1, 40, pct_start=0.45, div_factor=10, final_div_factor=100)": (
        OneCycle(0.1, steps=40, rise=0.45, first=10.0, last=100.0),
        {2: 0.0107662105142244, 14: 0.0882554012749297, 39: 0.0006084189780474},
    ),
}


@pytest.mark.parametrize("name", OF_TORCH)
def test_rates_are_those_of_torch(name):
    schedule, values = OF_TORCH[name]
    for step, rate in values.items():
        assert schedule.rate(step) == pytest.approx(rate, abs=1e-15)


def test_warm_up_and_cosine_are_those_of_optax():
    """warmup_cosine_decay_schedule(0, peak, 4, 14): a straight line, then half a cosine."""
    schedule = WarmUp(CosineDecay(0.2, steps=10), steps=4)
    for step in range(1, 20):
        count = step - 1
        share = min(max(count - 4, 0) / 10, 1.0)
        expected = 0.2 * count / 4 if count < 4 else 0.1 * (1.0 + np.cos(np.pi * share))
        assert schedule.rate(step) == pytest.approx(expected, abs=1e-15)


def test_ends_are_reached_exactly_and_hold():
    for schedule, end in (
        (CosineDecay(0.1, steps=7), 0.0),
        (CosineDecay(0.1, steps=7, end=0.3), 0.3),
        (OneCycle(0.1, steps=8), 0.1 / 25.0 / 1e4),
    ):
        assert [schedule.rate(step) for step in (8, 9, 10**9)] == [end] * 3
    assert max(OneCycle(0.1, steps=50).rate(step) for step in range(1, 51)) == 0.1


def test_schedules_are_put_together():
    schedule = WarmUp(0.1, steps=2).then(CosineDecay(0.1, steps=4), after=5).then(0.5, after=9)
    rates = [schedule.rate(step) for step in range(1, 12)]
    assert rates == pytest.approx(
        [0.0, 0.05, 0.1, 0.1, 0.1, 0.1, *(0.05 * (1 + np.cos(np.pi * k / 4)) for k in (1, 2, 3))]
        + [0.5, 0.5]
    )
    twice = 2.0 * schedule
    assert [twice.rate(step) for step in range(1, 12)] == [2.0 * rate for rate in rates]
    assert (schedule * 2).rate(4) == twice.rate(4)
    assert as_schedule(0.1) == Constant(0.1) and as_schedule(schedule) is schedule


def test_they_are_frozen_equal_by_value_and_can_be_sent():
    schedule = 0.5 * WarmUp(StepDecay(0.1, 5), steps=3).then(0.1, after=7)
    assert pickle.loads(pickle.dumps(schedule)) == schedule
    assert hash(StepDecay(0.1, 5)) == hash(StepDecay(0.1, every=5, factor=0.1))
    assert WarmUp(0.1, 3) == WarmUp(Constant(0.1), 3) != WarmUp(0.2, 3)
    with pytest.raises(AttributeError):
        StepDecay(0.1, 5).start = 1.0


def test_an_optimiser_takes_their_rates():
    optimiser, schedule = ll.training.optimisers.get("sgd"), StepDecay(0.5, every=1, factor=0.5)
    w, state = [0.0], None
    for _ in range(3):
        step = 1 if state is None else state.steps + 1
        w, state = optimiser.step(w, [1.0], state, learning_rate=schedule.rate(step))
    assert w.tolist() == [-0.875]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Constant(-1.0), "value must be a finite number >= 0, got -1.0"),
        (lambda: Constant("a"), "value must be a finite number >= 0, got 'a'"),
        (lambda: Constant(True), "value must be a finite number >= 0, got True"),
        (lambda: StepDecay(0.1, every=0), "every must be a whole number of at least 1, got 0"),
        (lambda: StepDecay(0.1, every=2.5), "every must be a whole number of at least 1, got 2.5"),
        (lambda: StepDecay(0.1, 2, factor=np.inf), "factor must be a finite number >= 0, got inf"),
        (lambda: CosineDecay(np.nan, 3), "start must be a finite number >= 0, got nan"),
        (lambda: WarmUp("x", 3), "goal must be a schedule or a finite number >= 0, got 'x'"),
        (lambda: WarmUp(0.1, 3, share=1.5), r"share must be in \[0, 1\], got 1.5"),
        (lambda: OneCycle(0.1, 10, rise=1.0), "rise must be > 0 and < 1, and more than one of 10"),
        (lambda: OneCycle(0.1, 10, rise=0.1), "more than one of 10 steps, got 0.1"),
        (lambda: OneCycle(0.1, 10, first=0.0), "first must be a finite number > 0, got 0"),
        (
            lambda: Constant(0.1).then(0.1, after=0),
            "after must be a whole number of at least 1, got 0",
        ),
        (lambda: Constant(0.1).then(None, after=1), "other must be a schedule or a finite number"),
        (lambda: -1.0 * Constant(0.1), "factor must be a finite number >= 0, got -1.0"),
        (lambda: Constant(0.1) * "a", "can't multiply sequence|unsupported operand"),
        (lambda: Constant(0.1).rate(0), "step must be a whole number of at least 1, got 0"),
        (lambda: Constant(0.1).rate(1.0), "step must be a whole number of at least 1, got 1.0"),
    ],
)
def test_bad_input_is_named(make, said):
    with pytest.raises((ValueError, TypeError), match=said):
        make()
