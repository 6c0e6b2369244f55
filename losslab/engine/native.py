"""Native execution: compile the module of a loop once per machine, then run it in threads.

The generated text is written to a file of the user's cache directory under a name made from its
hash, and compiled with Numba's own on-disk cache.  Each file holds one function with one
signature, so two processes that fill the cache at the same time write the same bytes.  Without
Numba the same text runs in the Python interpreter: the same numbers, slowly.
"""

import functools
import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from losslab.engine import loops
from losslab.engine.source import module_text

NUMBA_PREAMBLE = """
from numba import njit
jit = njit(forceinline=True, error_model="numpy")
"""
PLAIN_PREAMBLE = "def jit(function):\n    return function\n"

# Argument types of each loop; {x} is the input type, {o} that of an array result.
_IN = "Array({x}, 1, 'C', readonly=True)"
_W = "Array(float64, 1, 'C', readonly=True)"
SIGNATURES = {
    "value_loop": (_IN, _IN, _W, "int64", _W, "{x}[::1]", "int64", "float64[::1]")
    + ("int64", "int64"),
    "derivative_loop": (_IN, _IN, _W, "int64", "float64", _W, "{x}[::1]", "int64", "int64"),
    "value_and_derivative_loop": (_IN, _IN, _W, "int64", "float64", _W, "{x}[::1]", "int64")
    + ("{x}[::1]", "float64[::1]", "int64", "int64"),
    "weight_loop": (_W, "float64[::1]", "int64", "int64"),
    "curve_loop": (_W, _W, "int64", _W, "float64[::1]"),
}


@functools.cache
def have_numba():
    """Whether kernels are compiled; says once what its absence means."""
    if importlib.util.find_spec("numba") is None:
        warnings.warn(
            "numba is not installed: losslab computes with the same kernels in the Python "
            "interpreter, several hundred times slower; pip install 'losslab[fast]'",
            RuntimeWarning,
            stacklevel=4,
        )
        return False
    return True


@functools.cache
def cache_directory():
    """Folder of generated modules and their machine code.

    ``LOSSLAB_CACHE_DIR`` if set, else the user's cache folder, else a temporary one.
    """
    wanted = os.environ.get("LOSSLAB_CACHE_DIR")
    if not wanted:
        import platformdirs

        wanted = platformdirs.user_cache_dir("losslab", appauthor=False)
    try:
        folder = Path(wanted)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="losslab-"))
    return folder


def write_once(path, text):
    """Create `path` with `text` in one step; whoever comes second changes nothing."""
    if path.exists():
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(temporary, path)  # fails if the other process was first: its file is the same
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.replace(temporary, path)
        return
    os.unlink(temporary)


def load_module(text):
    """Import generated text from its file in the cache."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:24]
    name = f"losslab_generated_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    path = cache_directory() / f"{name}.py"
    write_once(path, text)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def compile_text(text, entry, signature):
    """The function `entry` of generated text, compiled for `signature` (a tuple of type names).

    Without Numba, the function as interpreted Python.
    """
    if not have_numba():
        namespace = {}
        exec(compile(PLAIN_PREAMBLE + text, "<losslab kernels>", "exec"), namespace)
        return namespace[entry]
    import numba

    module = load_module(NUMBA_PREAMBLE + text)
    function = getattr(module, entry).py_func
    types = {"Array": numba.types.Array, **{t: getattr(numba.types, t) for t in _SCALARS}}
    arguments = tuple(eval(s, {"__builtins__": {}}, types) for s in signature)
    compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    compiled.compile(arguments)
    compiled.disable_compile()
    return compiled


_SCALARS = ("float32", "float64", "int64")


def build(loop, kernels, n_parameters, checks=None, dtype="float64"):
    """Compile `loop` around the kernels of a loss for input and output of `dtype`."""
    text = module_text(loop, kernels, n_parameters, checks)
    signature = tuple(s.format(x=dtype) for s in SIGNATURES[loop.__name__])
    return compile_text(text, loop.__name__, signature)


# Threads ------------------------------------------------------------------------------------

# Handing work to a thread costs about 40 microseconds: below this share it is not worth it.
MIN_CHUNKS_PER_THREAD = 4


class _Pool:
    """Worker threads, started when first needed and again after a fork."""

    def __init__(self):
        self.threads = None
        self.executor = None
        self.lock = threading.Lock()

    def count(self):
        if self.threads is None:
            wanted = os.environ.get("LOSSLAB_NUM_THREADS")
            available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
            self.threads = int(wanted) if wanted else (available or os.cpu_count() or 1)
        return self.threads

    def workers(self):
        with self.lock:
            if self.executor is None:
                self.executor = ThreadPoolExecutor(self.count() - 1, "losslab")
            return self.executor

    def forget(self):
        self.executor = None
        self.lock = threading.Lock()


_pool = _Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.forget)


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
    >>> ll.set_num_threads(1)
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"n must be a whole number of at least 1, got {n!r}")
    with _pool.lock:
        _pool.threads = int(n)
        if _pool.executor is not None:
            _pool.executor.shutdown(wait=False)
            _pool.executor = None


def run_chunks(function, arguments, n, chunk=loops.CHUNK):
    """Call ``function(*arguments, first, last)`` over all chunks of n elements; add the results."""
    chunks = -(-n // chunk)
    if not have_numba():
        with np.errstate(all="ignore"):
            return function(*arguments, 0, chunks)
    threads = min(_pool.count(), chunks // MIN_CHUNKS_PER_THREAD)
    if threads < 2:
        return function(*arguments, 0, chunks)
    edges = [chunks * t // threads for t in range(threads + 1)]
    submit = _pool.workers().submit
    others = [
        submit(function, *arguments, edges[t], edges[t + 1]) for t in range(1, threads)
    ]
    total = function(*arguments, edges[0], edges[1])
    return total + sum(other.result() for other in others)

