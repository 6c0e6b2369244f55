"""Native execution: each loop compiled once per machine, then loaded as machine code.

The generated text of a loop is hashed together with the versions of the compilers and the
processor; its machine code lies in the user's cache folder under that name.  So

* a second process needs no compiler: it reads the object file and calls it (Numba is not even
  imported);
* an edited kernel is another text and so another file: nothing stale can be loaded;
* two processes that fill the cache at the same time write the same bytes under the same name.

Without Numba the same text runs in the Python interpreter: the same numbers, slowly.
"""

import ctypes
import functools
import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

# How often this process took machine code from the cache and how often it had to compile.
statistics = Counter()

# One thread at a time compiles or loads: LLVM's loader is not made for two at once.
_one_at_a_time = threading.RLock()


def one_at_a_time():
    """The lock under which code is compiled and loaded."""
    return _one_at_a_time


def _renew_lock():
    """A fork may have copied the lock while another thread held it."""
    global _one_at_a_time
    _one_at_a_time = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)

_CTYPES = {
    "P": ctypes.c_void_p,
    "X": ctypes.c_void_p,
    "n": ctypes.c_int64,
    "d": ctypes.c_double,
}
PLAIN_PREAMBLE = "def jit(function):\n    return function\n"


@functools.cache
def have_numba():
    """Whether kernels are compiled; says once what its absence means."""
    if importlib.util.find_spec("numba") is None or importlib.util.find_spec("llvmlite") is None:
        warnings.warn(
            "numba is not installed: losslab computes with the same kernels in the Python "
            "interpreter, several hundred times slower; pip install 'losslab[fast]'",
            RuntimeWarning,
            stacklevel=4,
        )
        return False
    return True


def build(program, fast=True):
    """Compile a program for this machine.

    Parameters
    ----------
    program : losslab.engine.program.Program
    fast : bool
        Whether to inline and vectorise everything. A loop for a figure does without: the same
        bits, and the compiler is done in seconds whatever the kernel.

    Returns
    -------
    callable
        Takes arrays (C-contiguous, kept alive by the caller) and numbers, returns an int.
    """
    if not have_numba():
        return Interpreted(program)
    with _one_at_a_time:
        return Compiled(program, fast)


class Interpreted:
    """The loop as plain Python."""

    def __init__(self, program):
        namespace = {}
        exec(compile(PLAIN_PREAMBLE + program.text, "<losslab kernels>", "exec"), namespace)
        self.function = namespace[program.entry]

    def __call__(self, *arguments):
        arguments = (a.array if type(a) is Place else a for a in arguments)
        flat = (a.reshape(-1) if isinstance(a, np.ndarray) else a for a in arguments)
        with np.errstate(all="ignore"):
            return self.function(*flat)


class Compiled:
    """The loop as machine code, called through its C interface (which releases the GIL)."""

    returns = True  # 0, or what is illegal

    def __init__(self, program, fast):
        jit = machine()
        text, entry, layout, dtype = program
        key = "\n".join((jit.identity, entry, layout, dtype, str(fast), text))
        name = f"losslab_{hashlib.sha256(key.encode()).hexdigest()[:24]}"
        path = cache_directory() / f"{name}.o"
        code = read_checked(path)
        if code is None:
            code = jit.compile(name, text, entry, layout, dtype, fast)
            statistics["compiled"] += 1
            write_checked(path, code)
        else:
            statistics["loaded"] += 1
        address = jit.load(name, code)
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, *(_CTYPES[letter] for letter in layout))
        self.function = kind(address)
        self.address, self.layout = address, layout
        self.seconds_per_chunk = np.inf  # the least seen so far, see losslab.engine.threads

    def __call__(self, *arguments):
        return self.function(*plain(arguments))


class Machine:
    """This process's compiler and loader of machine code."""

    def __init__(self):
        from importlib.metadata import version

        import llvmlite.binding as llvm

        self.llvm = llvm
        self.workshops = {}
        self.cpu = llvm.get_host_cpu_name()
        self.features = llvm.get_host_cpu_features().flatten()
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple()
        # JITLink keeps code and constants in one piece of memory, so short distances between them
        # are enough, and loops need no instruction of ten bytes for the address of each constant.
        # It is young on Windows.
        near = sys.platform != "win32"
        model = {"reloc": "pic", "codemodel": "small"} if near else {"jit": True}
        versions = [version(name) for name in ("numba", "llvmlite", "numpy")]
        self.identity = " ".join((*versions, self.cpu, self.features, *map(str, model.values())))
        self.target_machine = target.create_target_machine(
            cpu=self.cpu, features=self.features, opt=3, **model
        )
        self.linker = llvm.create_lljit_compiler(use_jit_link=near)
        self.loaded = {}  # code stays in memory as long as its library lives

    def compile(self, name, text, entry, layout, dtype, fast):
        """Machine code of the loop, as the bytes of an object file."""
        from losslab.engine.fused import has_instruction, replacements
        from losslab.engine.ir import Workshop, c_function, optimise

        # Kept, so that what the kernels share goes through Numba once a process.
        if fast not in self.workshops:
            machine_has = has_instruction(self.target_machine.triple, self.features)
            instructions = replacements() if machine_has else None
            self.workshops[fast] = Workshop(inline=fast, instructions=instructions)
        module = self.llvm.parse_assembly(
            c_function(name, text, entry, layout, self.workshops[fast], real=dtype)
        )
        optimise(self.llvm, module, self.target_machine, {name}, fast=fast)
        return self.target_machine.emit_object(module)

    def load(self, name, code):
        """Address of function `name` of an object file."""
        if name not in self.loaded:
            library = self.llvm.JITLibraryBuilder().add_object_img(code).export_symbol(name)
            # LLVM may call the C library to fill or copy memory.
            self.loaded[name] = library.add_current_process().link(self.linker, name)
        return self.loaded[name][name]


@functools.cache
def machine():
    return Machine()


@functools.cache
def cache_directory():
    """Folder of the machine code.

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


def read_checked(path):
    """What `write_checked` wrote, or None if it is missing or damaged (running it would crash)."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:32], content[32:]
    return code if hashlib.sha256(code).digest() == digest else None


def write_checked(path, code):
    """Write code behind its digest, in one step, so that nobody ever reads half of it.

    A full disk or a folder that is gone only means that the next process compiles again.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(code).digest() + code)
        os.replace(temporary, path)
    except OSError:
        pass


# Where numpy keeps the address of an array's data: right behind the object header. Reading it
# there takes a tenth of the time of ``array.ctypes.data``, which counts for small arrays.
_HEADER = object.__basicsize__
_read_pointer = ctypes.c_void_p.from_address
_ARRAY = np.ndarray


class Place(int):
    """The address of an array that many calls are given: C takes it as it is."""

    def __new__(cls, array):
        place = super().__new__(cls, array.ctypes.data)
        place.array = array  # kept alive, and what the interpreter takes
        return place


def plain(arguments):
    """Arguments as C takes them: arrays become the addresses of their data."""
    return [_read_pointer(id(a) + _HEADER) if type(a) is _ARRAY else a for a in arguments]


def bound(function, before=(), after=()):
    """A compiled loop with all arguments but some in the middle: arrays are looked at only once.

    Parameters
    ----------
    function : Compiled or Interpreted
    before, after : tuple of ndarray or number
        Arguments in front of and behind those of a call. Arrays stay alive as long as the result.

    Returns
    -------
    callable
        Takes the numbers between them, returns an int.
    """
    call, kept = function, (before, after)
    if isinstance(function, Compiled):
        call, before, after = function.function, plain(before), plain(after)

    def run(*numbers, kept=kept):
        return call(*before, *numbers, *after)

    return run


_probe = np.zeros(1)
if plain([_probe])[0].value != _probe.ctypes.data:  # an interpreter with another object layout

    def plain(arguments):
        """Arguments as C takes them: arrays become the addresses of their data."""
        return [a.ctypes.data if type(a) is np.ndarray else a for a in arguments]
