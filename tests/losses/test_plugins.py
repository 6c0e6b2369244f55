"""Losses from outside: a class in a notebook cell, an installed package, a broken package."""

import os
import subprocess
import sys
import textwrap

import pytest

import losslab as ll
from losslab.losses import Claims, Parameter, Pointwise
from tests.patience import PATIENCE

CELL = '''
import losslab as ll
from losslab.losses import Claims, Parameter, Pointwise

class {name}(Pointwise):
    """A loss of the reader's own."""

    name = "{key}"
    title = "From a cell"
    aliases = ("{key}_alias",)
    family = "regression"
    formula = "r^4"
    reference = "nobody2024"
    scale = Parameter(2.0, above=0.0, slider=(0.5, 4.0), doc="a factor in front")
    claims = Claims(convex=True, nonnegative=True)

    def value_at(y, f, scale):
        r = f - y
        return {factor} * scale * r * r * r * r

    def gradient_at(y, f, scale):
        r = f - y
        return {factor} * 4.0 * scale * r * r * r

    def curvature_at(y, f, scale):
        r = f - y
        return {factor} * 12.0 * scale * r * r

    def exact(mp, y, f, scale):
        return {factor} * scale * (f - y) ** 4
'''


@pytest.fixture
def notebook(scratch_registry):
    """Runs cells as a notebook does."""
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    yield lambda source: shell.run_cell(source).raise_error()
    InteractiveShell.clear_instance()


def cell(name="Mine", key="mine", factor=1.0):
    return CELL.format(name=name, key=key, factor=factor)


def test_a_cell_registers_runs_twice_and_is_edited(notebook):
    notebook(cell())
    loss = ll.get("mine")
    assert "mine" in ll.available(family="regression")
    assert loss.value([0.0], [1.0]) == 2.0
    assert loss.gradient([0.0], [1.0])[0] == 8.0
    notebook(cell())
    assert ll.get("mine").value([0.0], [1.0]) == 2.0
    notebook(cell(factor=10.0))
    assert ll.get("mine_alias").value([0.0], [1.0]) == 20.0
    assert ll.get("mine").curvature([0.0], [1.0])[0] == 240.0
    notebook(cell().replace("mine_alias", "another_alias"))
    assert type(ll.get("another_alias")) is type(ll.get("mine"))
    with pytest.raises(ValueError, match="unknown loss 'mine_alias'"):
        ll.get("mine_alias")
    assert loss.value([0.0], [2.0]) == 32.0  # the object made before keeps its kernels


def test_a_cell_is_put_through_the_generic_tests(notebook):
    from tests.losses import accuracy
    from tests.losses.claim_checks import CHECKS

    notebook(cell())
    loss = ll.get("mine")
    found = accuracy.measure(type(loss), {"scale": 2.0})
    assert max(points[0][0] for points in found.values()) <= 3.0
    for key, claim in loss.claims.items():
        CHECKS[key](loss, claim)


@pytest.mark.parametrize("taken", ["huber", "HuberLoss"])
def test_a_cell_cannot_take_a_name_that_is_taken(notebook, taken):
    key = taken if taken.islower() else "mine"
    source = cell(key=key).replace("mine_alias", taken)
    with pytest.raises(ValueError, match=rf"the name '{taken}' of Mine is taken by .*Huber"):
        notebook(source)
    assert type(ll.get(taken)) is ll.losses.Huber
    if key == "mine":
        assert "mine" not in ll.available()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"mine"', '"Not Snake"', "name of Mine must be snake_case"),
        ('title = "From a cell"', "", "'title'"),
        ('reference = "nobody2024"', "", "'reference'"),
        ('family = "regression"', 'family = "regression"; target = "complex"', "target of Mine"),
        (
            'family = "regression"',
            'family = "regression"; prediction = "odds"',
            "prediction of Mine",
        ),
        ("claims = Claims(convex=True, nonnegative=True)", "", "claims = Claims"),
        ("convex=True", "konvex=True", "unknown claim 'konvex'"),
        ("def gradient_at", "def gradient", "kernel 'gradient_at'"),
        ("def exact", "def textbook", "kernel 'exact'"),
        ("def curvature_at", "def bend", "curvature_at, or no_curvature"),
        ("value_at(y, f, scale)", "value_at(f, y, scale)", "Mine.value_at must take"),
        ("gradient_at(y, f, scale)", "gradient_at(y, f)", "Mine.gradient_at must take"),
    ],
)
def test_an_incomplete_class_is_refused_with_the_reason(notebook, old, new, words):
    source = cell()
    assert old in source
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the words follow)
        notebook(source.replace(old, new))
    assert words in str(caught.value)
    assert "mine" not in ll.available()


def test_a_kernel_that_cannot_be_compiled_is_named(notebook):
    notebook("import math\n" + cell().replace("return 1.0 * scale", "return math.exp(r) * scale"))
    with pytest.raises(ValueError, match=r"value_at.*math\.exp"):
        ll.get("mine").value([0.0], [1.0])


def test_a_class_in_a_script_counts_too(scratch_registry):
    class Plain(Pointwise):
        name = "plain"
        title = "Plain"
        family = "regression"
        formula = "r"
        reference = "nobody2024"
        no_curvature = "nobody needs it"
        claims = Claims()
        weight = Parameter(1.0, least=0.0, slider=(0.0, 1.0), doc="how much it counts")

        def value_at(y, f, weight):
            return weight * (f - y)

        def gradient_at(y, f, weight):
            return weight + 0.0 * (f - y)

        def exact(mp, y, f, weight):
            return weight * (f - y)

    assert ll.get("plain", weight=0.0) == Plain(weight=0.0)
    assert Plain().value([1.0], [3.0]) == 2.0
    with pytest.raises(NotImplementedError, match="plain has no curvature: nobody needs it"):
        Plain().curvature([1.0], [3.0])


# Installed packages ---------------------------------------------------------------------------


def install(folder, name, target, code):
    """A package as pip leaves it: a module and its metadata."""
    module = target.split(":")[0]
    (folder / f"{module}.py").write_text(textwrap.dedent(code))
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[losslab.plugins]\n{name} = {target}\n")


def run(folder, code):
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


GOOD = cell("Quartic", "quartic_plugin")


def test_an_installed_package_registers_and_broken_ones_do_no_harm(tmp_path):
    install(tmp_path, "good", "good_losses", GOOD)
    install(tmp_path, "broken", "broken_losses", "raise RuntimeError('no luck today')")
    install(tmp_path, "thief", "thief_losses", cell("Thief", "huber"))
    install(tmp_path, "absent", "absent_losses:nothing_there", "")
    done = run(
        tmp_path,
        """
        import sys, warnings
        import losslab as ll
        assert "good_losses" not in sys.modules  # nothing is loaded before it is needed
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert "quartic_plugin" in ll.available()
            ll.available(), ll.get("huber")
        said = sorted(str(w.message) for w in caught)
        assert len(said) == 3, said
        assert "'absent' of absent failed" in said[0] and "nothing_there" in said[0]
        assert "'broken' of broken failed" in said[1] and "no luck today" in said[1]
        assert "'thief' of thief failed" in said[2] and "taken" in said[2]
        assert ll.get("huber").value([0.0], [3.0]) == 2.5
        assert ll.get("quartic_plugin").value([0.0], [1.0]) == 2.0
        try:
            ll.get("something_of_broken")
        except ValueError as error:
            assert "no luck today" in str(error)
        else:
            raise AssertionError
        """,
    )
    assert done.returncode == 0, done.stderr


def test_a_plugin_that_uses_the_package_while_it_loads(tmp_path):
    install(
        tmp_path,
        "eager",
        "eager_losses",
        GOOD + "\nassert 'huber' in ll.available()\nll.get('huber')\n",
    )
    done = run(
        tmp_path,
        """
        import warnings
        warnings.simplefilter("error")
        import losslab as ll
        assert "quartic_plugin" in ll.available()
        """,
    )
    assert done.returncode == 0, done.stderr
