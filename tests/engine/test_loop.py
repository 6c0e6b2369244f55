"""A loop's one line: what it says of the arguments, and what is refused."""

import numpy as np
import pytest

from losslab.engine import native
from losslab.engine.loop import Loop
from losslab.engine.program import Program
from losslab.engine.source import KernelError


def scaled_loop(y, v, a, n, rate, state, out, s):
    p = load_parameters(v, a)  # noqa: F821
    for i in range(n):
        s[i] = kernel(y[i], p)  # noqa: F821
    state[0] += 1.0
    for i in range(n):
        out[i] = rate * s[i]
    return n if n > 100 else 0


LINE = "y v a n rate:float > state out[n] | s[2*n+1]"
LOOP = Loop(scaled_loop, LINE)


def kernel(y, levels, weights, height):
    return levels[0] * y + weights[1] + height


PROGRAM = Program.of(LOOP, {"kernel": kernel}, parameters=1, vectors=2)


def test_what_it_says_of_the_arguments():
    kinds = {argument.name: argument.kind for argument in LOOP.arguments}
    assert kinds == {
        "y": "array",
        "v": "vectors",
        "a": "parameters",
        "n": "int",
        "rate": "float",
        "state": "array",
        "out": "array",
        "s": "array",
    }
    assert [argument.name for argument in LOOP.answers] == ["state", "out"]
    assert [argument.name for argument in LOOP.scratch] == ["s"]
    assert LOOP.scratch_sizes(n=4) == (9,)
    assert LOOP.layout(2) == "PPPPndPPP"


def run(function, **given):
    vectors = np.array([2.0, 9.0]), np.array([0.0, 10.0, 0.0])
    arguments, answers = LOOP.arguments_for(given, vectors, np.array([100.0]))
    return function(*arguments), answers


@pytest.mark.parametrize("build", [native.build, native.Interpreted])
def test_several_vectors_and_a_state(build):
    state = np.array([7.0])
    returned, answers = run(build(PROGRAM), y=np.array([1.0, 2.0]), n=2, rate=0.5, state=state)
    assert returned == 0
    assert answers["out"].tolist() == [56.0, 57.0]  # (2 y + 10 + 100) / 2
    assert answers["state"].tolist() == [8.0]
    assert state.tolist() == [7.0], "what is given stays as it is"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"y": [1.0], "n": 1, "rate": 1.0}, "state must be given"),
        ({"n": 1, "rate": 1.0, "state": [0.0]}, "y must be given"),
        ({"y": [1.0], "rate": 1.0, "state": [0.0]}, "n must be given"),
        ({"y": [1.0], "n": 1, "rate": 1.0, "state": [0.0], "z": 1}, "does not take 'z'"),
    ],
)
def test_what_is_missing_or_too_much_is_named(given, said):
    with pytest.raises(ValueError, match=said):
        LOOP.arguments_for(given, (), np.zeros(1))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("y v a n rate:float > state out[n]", "must name its arguments"),
        ("y v a rate:float n > state out[n] | s[n]", "must name its arguments"),
        ("y v a n rate:double > state out[n] | s[n]", "'rate:double' in the signature"),
        ("y v a n rate:float > state out[n-1] | s[n]", r"'out\[n-1\]' in the signature"),
    ],
)
def test_a_wrong_line_is_refused(line, said):
    with pytest.raises(ValueError, match=said):
        Loop(scaled_loop, line)


def test_sizes_of_a_class_are_written_into_the_line():
    def loop(y, n, s):
        return 0

    assert Loop(loop, "y n s[scratch]").sized(scratch="4*n").scratch_sizes(n=3) == (12,)


def test_one_kernel_stands_in_for_another():
    def loop(y, n, a, out):
        p = load_parameters(a)  # noqa: F821
        for i in range(n):
            out[i] = derivative(y[i], p)  # noqa: F821
        return 0

    def first(y):
        return 1.0 * y

    def second(y):
        return 2.0 * y

    kernels = {"derivative": first, "curvature": second}
    for stand_ins, factor in (({}, 1.0), ({"derivative": "curvature"}, 2.0)):
        whole = Loop(loop, "y n a > out[n]", stand_ins)
        arguments, answers = whole.arguments_for({"y": [3.0], "n": 1})
        assert native.build(Program.of(whole, kernels))(*arguments) == 0
        assert answers["out"].tolist() == [3.0 * factor]


def test_a_kernel_that_the_loop_lacks_is_named():
    def loop(y, n, a, out):
        return missing_kernel(y[0])  # noqa: F821

    with pytest.raises(KernelError, match="missing_kernel"):
        Program.of(Loop(loop, "y n a > out[n]"))
