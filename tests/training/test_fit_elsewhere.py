"""fit without Numba, without SciPy, and in a process that has never compiled."""

import json
import subprocess
import sys

import numpy as np
import pytest

import losslab as ll
from losslab.training import Network, fit
from tests.patience import PATIENCE

SCRIPT = """
import json, sys, warnings
for name in {absent!r}:
    sys.modules[name] = None  # imports of it fail
warnings.simplefilter("ignore")
from tests.training.test_fit_elsewhere import small
print(json.dumps([small(products).tobytes().hex() for products in ("loops", "blas")]))
"""


def small(products):
    """Weights after a few steps, with what passes through all kinds of calls."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(9, 3))
    given = {"epochs": 2, "batch_size": 4, "micro_batch": 3, "learning_rate": 0.1, "clip": 0.1}
    given |= {"penalty": ll.penalties.get("l1", strength=0.01), "progress": False}
    done = fit(Network((3, 2, 1), "tanh"), X, X[:, 0], ll.get("huber"), products=products, **given)
    return done.theta


@pytest.mark.parametrize("absent", [["numba", "llvmlite"], ["scipy"]], ids=lambda names: names[0])
def test_what_is_not_installed_is_done_without(absent):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(absent=absent)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    loops, blas = (np.frombuffer(bytes.fromhex(text)) for text in json.loads(done.stdout))
    assert np.array_equal(loops, small("loops"))
    np.testing.assert_allclose(blas, small("blas"), rtol=1e-12)
