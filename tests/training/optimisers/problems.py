"""What the tests of optimisers go down: the two problems of the reference values, and their walks."""

import json
from pathlib import Path

import numpy as np

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text("utf8"))
A, B = (np.array(REFERENCE["quadratic"][key]) for key in "Ab")


def quadratic_gradient(w):
    return A @ w - B


def rosenbrock_gradient(w):
    x, y = w
    return np.array([-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)])


GRADIENTS = {"quadratic": quadratic_gradient, "rosenbrock": rosenbrock_gradient}


def walk(optimiser, gradient, start, rate, steps):
    """The weights and the state after each step; `rate` may be a function of the step."""
    w, state = np.array(start, dtype=float), None
    for t in range(1, steps + 1):
        now = rate(t) if callable(rate) else rate
        w, state = optimiser.step(w, gradient(w), state, learning_rate=now)
        yield w, state


def end(optimiser, gradient, start, rate, steps):
    """The weights after the last step."""
    *_, (w, _) = walk(optimiser, gradient, start, rate, steps)
    return w


def settings(cls):
    """Parameters worth trying: the defaults, each at the ends of its slider, all at one end."""
    ends = {key: spec.slider[:2] for key, spec in cls.parameter_specs.items()}
    found = [{}, *({key: end} for key, pair in ends.items() for end in pair)]
    found += [{key: pair[side] for key, pair in ends.items()} for side in (0, 1)]
    made = [cls(**parameters) for parameters in found]
    return list(dict.fromkeys(made))
