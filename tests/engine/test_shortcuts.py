"""A shortcut for usual values of parameters: the same bits, natively as a constant and in the page."""

import numpy as np
import pytest

import losslab as ll
from losslab.engine import native

WITH = [name for name in ll.available(kind="pointwise") if ll.get(name).shortcuts]


@pytest.mark.parametrize("name", WITH)
def test_the_constant_and_the_parameter_give_the_same_bits(name):
    loss = type(ll.get(name))(**ll.get(name).shortcuts)
    curve = loss.loops["curve"]
    y, f = loss.example(2000, np.random.default_rng(0))
    fixed = loss.program(curve, fixed=dict(enumerate(loss.parameters.values())))
    numbers = np.array([*loss.parameters.values()])
    both = [np.empty(3 * y.size) for _ in range(2)]
    for program, out in zip((fixed, loss.program(curve)), both, strict=True):
        native.build(program, fast=False)(y, f, y.size, numbers, out)
    np.testing.assert_array_equal(*(out.view(np.int64) for out in both))


@pytest.mark.parametrize("name", WITH)
def test_another_value_of_the_parameter_is_not_a_constant(name):
    loss = ll.get(name)
    y, f = loss.example(200, np.random.default_rng(0))
    for key in loss.shortcuts:
        other = type(loss)(**{**loss.parameters, key: loss.parameters[key] + 0.5})
        assert other.variant != loss.variant
        assert not np.array_equal(loss.gradient(y, f), other.gradient(y, f))


def test_entmax_of_squares_is_the_same_as_a_constant_and_as_a_parameter(rng):
    loss = ll.get("entmax_loss", alpha=1.5)
    y, f = loss.example(200, rng)
    given = {"y": y, "f": f, "n": 200, "m": 1, "k": f.shape[1]}
    rows = loss.loops["rows"]
    both = []
    for fixed in ({0: 1.5}, {}):
        arguments, answers = rows.arguments_for(given, (), np.array([1.5]))
        native.build(loss.program(rows, fixed=fixed), fast=False)(*arguments)
        both.append(np.concatenate([answer.reshape(-1) for answer in answers.values()]))
    np.testing.assert_array_equal(*(numbers.view(np.int64) for numbers in both))


def test_some_losses_have_one():
    assert "focal" in WITH
