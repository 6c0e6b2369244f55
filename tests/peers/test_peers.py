"""What losses say of other libraries, by running the very code that their pages print."""

import importlib.util
import inspect
import os
import re
import warnings

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")

import losslab as ll
from losslab.losses import find

SAMPLES = 60
# Keras averages in float32, whatever floatx is.
DIGITS = {"keras": 6}
# How the code of a library without automatic derivatives gives the terms' derivatives.
SLOPES = (
    (").loss(", ").gradient("),
    ("py_loss(", "py_dloss("),
    (".rho(", ".psi("),
    ("np.mean(", "np.array("),
    (").mean()", ")"),
)
# Libraries that `make peers` installs, or that losslab needs: of them none is passed over in silence.
TRIED = {"torch", "keras", "optax", "sklearn", "scipy", "statsmodels", "xgboost", "lightgbm"}
CASES = [
    (name, peer)
    for name in ll.available()
    for peer in find(name).peers
    if find(name).__module__.startswith("losslab.")
    and (peer.library in TRIED or importlib.util.find_spec(peer.library))
]


def with_code(case):
    name, peer = case
    return peer.code(find(name).typical()) is not None


def title(case):
    return f"{case[0]}-{case[1].name}"


def imported(library):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(library)


@pytest.fixture(autouse=True)
def double_precision(request):
    case = request.node.callspec.params.get("case") if hasattr(request.node, "callspec") else None
    library = case[1].library if case else None
    if library not in ("keras", "optax"):
        yield
        return
    jax, keras = imported("jax"), imported("keras")
    if library == "keras" and keras.backend.backend() != "jax":
        pytest.skip("Keras runs on another backend already")
    before = jax.config.jax_enable_x64, keras.config.floatx()
    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    yield
    jax.config.update("jax_enable_x64", before[0])
    keras.config.set_floatx(before[1])


def losses_of(cls, peer):
    """The loss with its defaults, and with each parameter in the middle of its slider."""
    yield cls.typical(**peer.at)
    middle = {}
    for key, spec in cls.parameter_specs.items():
        low, high, *scale = spec.slider
        middle[key] = float(np.sqrt(low * high) if scale else 0.25 * low + 0.75 * high)
    if middle and set(middle) - set(peer.at):
        yield cls.typical(**{**middle, **peer.at})


def samples(loss, peer):
    """Targets and predictions on which the two are the same."""
    rng = np.random.default_rng(7)
    y, f = loss.example(20 * SAMPLES, rng)
    if peer.where:
        if loss.kind == "pointwise" and loss.target in ("[0,1]", "nonnegative"):
            y = np.where(rng.random(len(y)) < 0.5, np.round(y), y)  # whole ones are rare otherwise
        there = eval(peer.where, {"np": np}, {"y": y, "f": f})
        y, f = y[there], f[there]
    assert len(y) >= 10, "too few samples are left"
    return y[:SAMPLES], f[:SAMPLES]


def run(code, y_true, y_pred, library):
    """Value of the printed code and, where it can be had, its gradient."""
    *before, last = code.splitlines()
    start = next(i for i, line in enumerate(before) if line.startswith("y, f = ")) + 1
    head, body = "\n".join(before[:start]), "\n".join(before[start:])
    space = {"y_true": y_true, "y_pred": y_pred}
    exec(head, space)

    def value(f):
        inner = {**space, "f": f}
        exec(body, inner)
        return eval(last, inner)

    f = space["f"]
    if library == "torch":
        f.requires_grad_()
        found = value(f)
        found.backward()
        return found.item(), f.grad.numpy()
    if library in ("keras", "optax"):
        import jax

        found, slope = jax.value_and_grad(value)(f)
        return float(found), np.asarray(slope)
    slope = None
    if re.search(r"\)\.loss\(|py_loss\(|\.rho\(", last):
        changed = last.partition(".mean() - ")[0]
        for old, new in SLOPES:
            changed = changed.replace(old, new)
        inner = dict(space)
        exec(body, inner)
        slope = eval(changed, inner) / len(y_true)
    return float(value(f)), slope


@pytest.mark.parametrize("case", [*filter(with_code, CASES)], ids=title)
def test_the_printed_code_gives_our_number(case):
    name, peer = case
    imported(peer.library)
    digits = min(peer.digits, DIGITS.get(peer.library, 9))
    for loss in losses_of(find(name), peer):
        y, f = samples(loss, peer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value, slope = run(peer.code(loss), y, f, peer.library)
        ours, gradient = loss.value_and_gradient(y, f)
        np.testing.assert_allclose(value, ours, rtol=10.0**-digits, atol=1e-12)
        if slope is not None:
            if loss.prediction == "probabilities":  # along which a row's sum stays 1
                slope, gradient = (g - g.mean(axis=1, keepdims=True) for g in (slope, gradient))
            atol = 10.0**-digits * abs(gradient).max()
            np.testing.assert_allclose(slope, gradient, rtol=10.0**-digits, atol=atol)


def found(path):
    """What a dotted path names."""
    module, _, last = path.partition("(")[0].rpartition(".")
    try:
        return getattr(importlib.import_module(module), last)
    except ModuleNotFoundError:  # a class's attribute
        return getattr(found(module), last)


IMPORTABLE = [case for case in CASES if ":" not in case[1].name]


@pytest.mark.parametrize("case", IMPORTABLE, ids=title)
def test_the_path_exists_there_and_defaults_are_those_said(case):
    name, peer = case
    imported(peer.library)
    cls = find(name)
    for path in (peer.name, *peer.also):
        found(path)
    given = inspect.signature(found(peer.name)).parameters
    for theirs, ours in peer.parameters.items():
        if theirs not in given:  # of a method
            kinds = {parameter.kind for parameter in given.values()}
            forward = getattr(found(peer.name), "forward", None)
            of_a_module = forward and theirs in inspect.signature(forward).parameters
            assert of_a_module or inspect.Parameter.VAR_KEYWORD in kinds, (
                f"{peer.name} has no {theirs}"
            )
            continue
        default = given[theirs].default
        if ours not in cls.parameter_specs or not isinstance(default, (int, float)):
            continue
        said = peer.defaults.get(ours, peer.at.get(ours, cls.parameter_specs[ours].default))
        assert default == said, f"{theirs} of {peer.name} is {default} unless told otherwise"
