"""What a kernel may use, and that a refusal names the kernel and the thing."""

import math

import numpy as np
import pytest

from losslab.arithmetic import vmath
from losslab.arithmetic.vmath import exp as renamed_exp
from losslab.arithmetic.vmath import log1p
from losslab.engine.loop import Loop
from losslab.engine.program import Program
from losslab.engine.source import KernelError

TABLE = [1.0, 2.0]
SETTINGS = {"a": 1.0}
RATE = 0.1
LIMIT = np.inf
np_alias = np


def loop(x, n, a, out):
    p = load_parameters(a)  # noqa: F821
    for i in range(n):
        out[i] = loss_value(x[i], p)  # noqa: F821
    return 0


def text_of(kernel, n_parameters=0):
    whole = Loop(loop, "x n a > out[n]")
    return Program.of(whole, {"loss_value": kernel}, parameters=n_parameters).text


def helper(x):
    return x * RATE


def uses_helper(x):
    """A docstring is left out."""
    return helper(x) + log1p(abs(x))


def uses_math_exp(x):
    return math.exp(x)


def uses_numpy_exp(x):
    return np.exp(x)


def uses_table(x):
    return TABLE[0] * x


def uses_settings(x):
    return SETTINGS["a"] * x


def uses_module(x):
    return vmath.exp(x)


def uses_other_name(x):
    return renamed_exp(x)


def uses_numpy_alias(x):
    return np_alias.float64(x)


def uses_missing(x):
    return not_there(x)  # noqa: F821


def uses_print(x):
    print(x)
    return x


def uses_builtin_function(x):
    return sum((x, x))


square = lambda x: x * x  # noqa: E731


@pytest.mark.parametrize(
    ("kernel", "thing"),
    [
        (uses_math_exp, "math.exp"),
        (uses_numpy_exp, "np.exp"),
        (uses_table, "'TABLE' (list)"),
        (uses_settings, "'SETTINGS' (dict)"),
        (uses_module, "'vmath' (module)"),
        (uses_other_name, "'renamed_exp'"),
        (uses_numpy_alias, "usual name"),
        (uses_missing, "'not_there'"),
        (uses_print, "'print'"),
        (uses_builtin_function, "'sum'"),
    ],
)
def test_refusals_name_the_kernel_and_the_thing(kernel, thing):
    with pytest.raises(KernelError) as caught:
        text_of(kernel)
    assert kernel.__name__ in str(caught.value)
    assert thing in str(caught.value)


def test_lambdas_are_refused():
    with pytest.raises(KernelError, match="must be written with 'def'"):
        text_of(square)


def test_a_function_without_source_is_refused():
    namespace = {}
    exec("def typed(x):\n    return x", namespace)
    with pytest.raises(KernelError, match="source of kernel 'typed' cannot be read"):
        text_of(namespace["typed"])


def test_two_functions_of_one_name_are_refused():
    def namesake():
        def helper(x):
            return 2.0 * x

        def uses_namesake(x):
            return helper(x)

        return uses_namesake

    uses_namesake = namesake()
    assert "def helper" in text_of(uses_namesake)

    def clash(x):
        return uses_namesake(x) + uses_helper(x)

    with pytest.raises(KernelError, match="two different functions named 'helper'"):
        text_of(clash)


def test_the_text_is_self_contained_and_repeatable():
    text = text_of(uses_helper)
    assert text == text_of(uses_helper)
    assert "RATE = 0.1" in text
    assert "docstring" not in text
    assert text.index("def helper") < text.index("def loss_value_kernel")
    namespace = {}
    exec("def jit(f):\n    return f\n" + text, namespace)
    assert namespace["loss_value"](np.float64(2.0), ()) == uses_helper(2.0)


def test_a_constant_from_the_surrounding_function():
    offset = 2.5

    def shifted(x):
        return x + offset

    assert "offset = 2.5" in text_of(shifted)


def test_infinite_constants():
    def limited(x):
        return LIMIT if x > 1.0 else x

    assert "LIMIT = float('inf')" in text_of(limited)


def test_parameters_follow_the_data():
    def scaled(x, a, b):
        return a * x + b

    assert "return loss_value_kernel(x, p[0], p[1])" in text_of(scaled, 2)
