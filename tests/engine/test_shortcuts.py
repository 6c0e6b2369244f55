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


def test_some_losses_have_one():
    assert "focal" in WITH
