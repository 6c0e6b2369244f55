"""Sharing chunks among threads. Sums do not depend on how many there are."""

import itertools
import os
import threading
import time
from queue import SimpleQueue

import numpy as np

from losslab.engine import native

# Handing work to a thread costs about 15 microseconds: a share must take longer than this.
MIN_SECONDS_PER_THREAD = 3e-5

# Elements that one partial sum is made of, and those of them that stay in the cache together.
CHUNK = 8192
BLOCK = 512


class _Pool:
    """Worker threads, started when first needed and again after a fork.

    They take what stands first in one queue, which costs a third of what an executor's futures do,
    and never end: those that are not needed wait.
    """

    def __init__(self):
        self.threads = None
        self.forget()

    def forget(self):
        self.lock = threading.Lock()
        self.work = SimpleQueue()
        self.started = 0

    def count(self):
        if self.threads is None:
            wanted = os.environ.get("LOSSLAB_NUM_THREADS")
            self.threads = (
                check_thread_count("LOSSLAB_NUM_THREADS", wanted)
                if wanted
                else (
                    len(os.sched_getaffinity(0))
                    if hasattr(os, "sched_getaffinity")
                    else os.cpu_count() or 1
                )
            )
        return self.threads

    def call(self, job, helpers):
        """Wake so many threads to help with a job."""
        if self.started < helpers:
            with self.lock:
                while self.started < helpers:
                    threading.Thread(
                        target=_serve, args=(self.work,), name="losslab", daemon=True
                    ).start()
                    self.started += 1
        for _ in range(helpers):
            self.work.put(job)


def _serve(work):
    while True:
        job = work.get()
        job.take_all()
        # Until there is more to do nothing keeps the caller's arrays alive.
        del job


class _Job:
    """part(first, last) for all bounds, each taken by the thread that first comes for it.

    So nobody waits for a thread that has not begun: where processors are busy with other work, it
    may be woken later than its share would take.
    """

    def __init__(self, part, bounds):
        self.part, self.bounds = part, bounds
        self.next = itertools.count()  # in one step, also among threads
        self.results = SimpleQueue()

    def take_all(self):
        """Compute what nobody has taken yet."""
        for i in self.next:
            if i >= len(self.bounds):
                break
            try:
                self.results.put((self.part(*self.bounds[i]), None))
            except BaseException as error:
                self.results.put((0, error))

    def result(self):
        """The greatest of all results, or the first error among them."""
        found = [self.results.get() for _ in self.bounds]
        self.part = None  # a thread that wakes only now finds nothing to do, and no arrays
        for _, error in found:
            if error is not None:
                raise error
        return max(result for result, _ in found)


_pool = _Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.forget)


def check_thread_count(name, value):
    """A whole number of at least 1, or an error that names where the value came from."""
    try:
        if (
            isinstance(value, bool)
            or int(value) < 1
            or (not isinstance(value, str) and int(value) != value)
        ):
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}") from None


def get_num_threads():
    """Number of threads that large inputs are shared among.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get_num_threads() >= 1
    True
    """
    return _pool.count()


def set_num_threads(n):
    """Set the number of threads; results do not depend on it.

    Parameters
    ----------
    n : int
        At least 1. The default is the number of processors this process may use, or the
        environment variable ``LOSSLAB_NUM_THREADS``.

    Raises
    ------
    ValueError
        If `n` is not a whole number of at least 1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.set_num_threads(2)
    """
    n = check_thread_count("n", n)
    _pool.threads = n


_local = threading.local()
_NOWHERE = native.Place(np.empty(0))


def buffers(sizes):
    """This thread's own scratch arrays of the given sizes, as loops take them."""
    place = getattr(_local, "place", _NOWHERE)
    held = place.array
    if len(sizes) == 1 and held.size >= sizes[0]:
        return (place,)  # the common case, first
    total = sum(sizes)
    if held.size < total:
        held = np.empty(max(total, BLOCK))
        _local.place = native.Place(held)
    ends = np.cumsum(sizes)
    return tuple(held[end - size : end] for size, end in zip(sizes, ends, strict=True))


def one_number():
    """This thread's own array of one number, and its `losslab.engine.native.Place`."""
    place = getattr(_local, "number", None)
    if place is None:
        place = _local.number = native.Place(np.empty(1))
    return place.array, place


def run_chunks(function, arguments, n, chunk=CHUNK, buffer_sizes=(BLOCK,)):
    """Call ``function(*arguments, *buffers, first, last)`` over all chunks.

    Returns the greatest of its results: a loop answers 0, or how far from the end the first illegal
    number stands.

    Parameters
    ----------
    function : callable
        What `losslab.engine.native.build` returned.
    arguments : tuple
        Everything before the buffers.
    n, chunk : int
        Number of elements, and of elements per chunk.
    buffer_sizes : tuple of int
        Sizes of the scratch arrays each thread needs.
    """
    if n <= chunk:
        return function(*arguments, *buffers(buffer_sizes), 0, 1 if n else 0)
    chunks = -(-n // chunk)
    if isinstance(function, native.Interpreted):
        return function(*arguments, *buffers(buffer_sizes), 0, chunks)

    def part(first, last):
        own = buffers(buffer_sizes)
        began = time.perf_counter()
        result = function(*arguments, *own, first, last)
        # By elements: the last chunk may be short.
        seconds = (time.perf_counter() - began) / (min(last * chunk, n) - first * chunk) * chunk
        # The least, because whatever else the machine does only adds to it.
        function.seconds_per_chunk = min(function.seconds_per_chunk, seconds)
        return result

    done, result = 0, 0
    if function.seconds_per_chunk == np.inf:
        done, result = 1, part(0, 1)
    rest = chunks - done
    worth = int(rest * function.seconds_per_chunk / MIN_SECONDS_PER_THREAD)
    threads = min(worth, rest, _pool.count())
    if threads < 2:
        return max(result, part(done, chunks))
    bounds = [done + -(-rest * t // threads) for t in range(threads + 1)]
    job = _Job(part, list(itertools.pairwise(bounds)))
    _pool.call(job, threads - 1)
    job.take_all()
    return max(result, job.result())
