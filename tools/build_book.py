"""Build the book: warnings are errors, every reference must resolve. Used by `make book`.

    python tools/build_book.py [--builder latex] [--toc other_toc.yml] [--path-output folder]

Two builds of one checkout wait for each other: they share the cache of executed chapters.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUN = "from jupyter_book.cli.main import main; main()"


@contextmanager
def alone():
    """Hold the lock of this checkout while building."""
    try:
        import fcntl
    except ImportError:  # Windows: the rare second build is the user's own care
        yield
        return
    (ROOT / "_build").mkdir(exist_ok=True)
    with open(ROOT / "_build" / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def quiet_kernels():
    """Environment in which kernels do not warn that they talk to this machine unencrypted."""
    folder = ROOT / "_build" / ".ipython"
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 40\n")
    return {**os.environ, "IPYTHONDIR": str(folder)}


def main(arguments):
    command = [sys.executable, "-c", RUN, "build", "book", "--config", "_config.yml"]
    command += ["-W", "--keep-going", "-n", "-q"]
    defaults = {"--path-output": ".", "--toc": str(ROOT / "_toc.yml")}
    for option, value in defaults.items():
        if option not in arguments:
            command += [option, value]
    with alone():
        return subprocess.run([*command, *arguments], cwd=ROOT, env=quiet_kernels()).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
