"""Large inputs: any number of threads gives the same bits, and nothing is lost at 10 million."""

import math
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import losslab as ll
from losslab.engine.threads import CHUNK, run_chunks
from tests.losses.cases import DEFAULTS, ids
from tests.losses.test_contract import methods, same
from tests.patience import PATIENCE


@pytest.mark.parametrize("loss", DEFAULTS, ids=ids)
def test_one_and_two_threads_agree(loss, threads, rng):
    n = 9 * CHUNK + 17
    y, f = loss.example(n, rng)
    w = rng.uniform(0.0, 2.0, n)
    for _, method in methods(loss):
        for weight in (None, w):
            results = []
            for count in (1, 2):
                threads(count)
                results.append(method(y, f, weight))
            assert same(*results)


@pytest.mark.parametrize("name", ["squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_to_four_threads_agree(name, dtype, threads, rng):
    loss = ll.get(name)
    n = 17 * CHUNK + 5
    y, f = (a.astype(dtype) for a in loss.example(n, rng))
    w = rng.uniform(0.0, 2.0, n)
    for reduction in ("mean", "sum", "none"):
        results = []
        for count in (1, 2, 3, 4):
            threads(count)
            results.append(loss.value_and_gradient(y, f, w, reduction))
        assert all(same(results[0], other) for other in results[1:])


@pytest.mark.parametrize("size", [1, 7, 8, 9, 1023, 1024, 1025, CHUNK - 1, CHUNK, CHUNK + 1])
def test_ends_of_blocks_and_chunks(size, rng):
    loss = ll.get("huber")
    y, f = loss.example(size, rng)
    terms = loss.value(y, f, reduction="none")
    right = np.where(abs(f - y) <= 1.0, 0.5 * (f - y) ** 2, abs(f - y) - 0.5)
    np.testing.assert_allclose(terms, right, rtol=1e-13)
    assert loss.value(y, f, reduction="sum") == pytest.approx(math.fsum(terms), rel=1e-13)


@pytest.mark.parametrize("name", ["huber", "binary_cross_entropy"])
def test_ten_million(name, threads):
    loss = ll.get(name)
    rng = np.random.default_rng(0)
    y, f = (np.tile(a, 10) for a in loss.example(1_000_000, rng))
    gradient = np.empty_like(f)
    threads(2)
    value, _ = loss.value_and_gradient(y, f, out=gradient)
    million = loss.value(y[:1_000_000], f[:1_000_000])
    assert value == pytest.approx(million, rel=1e-13)
    right = loss.gradient(y[:1000], f[:1000], reduction="none") / 1e7
    np.testing.assert_allclose(gradient[-1_000_000:][:1000], right, rtol=1e-14)
    threads(1)
    assert loss.value(y, f) == value


def test_sums_of_ten_million_tenths():
    loss = ll.get("absolute_error")
    f = np.full(10_000_000, 0.1, np.float32)
    mean = loss.value(np.zeros_like(f), f)
    assert mean == np.float32(0.1)  # a float32 running sum would be off by percents
    assert mean.dtype == np.float32


def test_callers_in_several_threads(threads, rng):
    threads(2)
    loss = ll.get("huber")
    data = [loss.example(9 * CHUNK, np.random.default_rng(k)) for k in range(6)]
    right = [loss.value_and_gradient(*pair) for pair in data]
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda pair: loss.value_and_gradient(*pair), data * 5))
    assert all(same(a, b) for a, b in zip(got, right * 5, strict=True))


def test_the_number_of_threads_changes_while_others_compute(threads, rng):
    loss = ll.get("huber")
    y, f = loss.example(9 * CHUNK, rng)
    right = loss.value(y, f)
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(loss.value, y, f) for _ in range(60)]
        for k in range(60):
            threads(2 + k % 3)
        assert {job.result() for job in running} == {right}


class Recorder:
    """Stands for compiled code that needs some time for a chunk and finds fault with each."""

    def __init__(self, seconds):
        self.seconds_per_chunk = seconds
        self.calls = []

    def __call__(self, buffer, first, last):
        self.calls.append((first, last))
        return 9 - first


@pytest.fixture
def three_threads():
    before = ll.get_num_threads()
    ll.set_num_threads(3)
    yield
    ll.set_num_threads(before)


@pytest.mark.parametrize(("seconds", "calls"), [(1e-6, [(0, 9)]), (1.0, [(0, 3), (3, 6), (6, 9)])])
def test_little_work_stays_in_the_calling_thread(three_threads, seconds, calls):
    function = Recorder(seconds)
    assert run_chunks(function, (), 9, 1) == 9  # the first of all faults
    assert sorted(function.calls) == calls


class Slow(Recorder):
    """Takes at least a millisecond an element, of chunks of 4, of 9 elements."""

    def __call__(self, buffer, first, last):
        time.sleep(1e-3 * (min(4 * last, 9) - 4 * first))
        return super().__call__(buffer, first, last)


def test_a_short_last_chunk_does_not_pass_for_a_fast_one(three_threads):
    function = Slow(1.0)
    assert run_chunks(function, (), 9, 4) == 9
    assert (2, 3) in function.calls
    assert function.seconds_per_chunk >= 4e-3


def test_the_first_chunk_tells_how_long_one_takes(three_threads):
    function = Recorder(np.inf)
    assert run_chunks(function, (), 9, 1) == 9
    assert function.calls[0] == (0, 1)
    assert function.seconds_per_chunk < np.inf


FORK = """
import os, sys, warnings
import numpy as np
import losslab as ll
from losslab.engine import threads

warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 on forking with threads
threads.MIN_SECONDS_PER_THREAD = 1e-9
ll.set_num_threads(2)
loss = ll.get("huber")
y, f = loss.example(400_000, np.random.default_rng(0))
right = loss.value(y, f)
child = os.fork()
if child == 0:
    os._exit(0 if loss.value(y, f) == right and loss.value(y, f) == right else 3)
_, status = os.waitpid(child, 0)
assert loss.value(y, f) == right
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_forked_process_gets_threads_of_its_own():
    done = subprocess.run([sys.executable, "-c", FORK], timeout=PATIENCE, check=False)
    assert done.returncode == 0
