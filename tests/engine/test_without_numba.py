"""Without Numba the package imports, computes the same bits slowly, and says so once."""

import json
import subprocess
import sys

import numpy as np

import losslab as ll
from tests.patience import PATIENCE

NAMES = ll.available(kind="pointwise")
SCRIPT = """
import json, sys, warnings
sys.modules["numba"] = sys.modules["llvmlite"] = None  # imports of them fail
import numpy as np
import losslab as ll

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    found = {}
    for name in %r:
        loss = ll.get(name)
        y, f = loss.example(40, np.random.default_rng(1))
        w = np.linspace(0.0, 1.0, 40)
        value, gradient = loss.value_and_gradient(y, f, w)
        found[name] = [value.hex(), gradient.tobytes().hex(), loss.value(y, f).hex()]
    large = ll.get("squared_error").value(np.zeros(200_000), np.ones(200_000))
said = [str(w.message) for w in caught if "numba" in str(w.message)]
refused = []
for bad in ([2.0], [-1.0]):
    try:
        ll.get("hinge").value(bad, [0.0])
    except ValueError as error:
        refused.append(str(error))
other = [str(w.message) for w in caught if "numba" not in str(w.message)]
print(json.dumps([found, said, refused, large, other]))
"""


def test_the_same_bits_from_the_interpreter():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT % NAMES], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    found, said, refused, large, other = json.loads(done.stdout)
    assert len(said) == 1
    assert "pip install 'losslab[fast]'" in said[0]
    assert len(refused) == 2
    assert all("y_true must be 0 or 1" in text for text in refused)
    assert large == 0.5
    assert other == []
    for name in NAMES:
        loss = ll.get(name)
        y, f = loss.example(40, np.random.default_rng(1))
        value, gradient = loss.value_and_gradient(y, f, np.linspace(0.0, 1.0, 40))
        right = [value.hex(), gradient.tobytes().hex(), loss.value(y, f).hex()]
        assert found[name] == right, name
