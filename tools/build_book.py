"""Build the book: warnings are errors, every reference must resolve. Used by `make book`.

python tools/build_book.py [--builder latex] [--toc other_toc.yml]
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUN = "from jupyter_book.cli.main import main; main()"


def main(arguments):
    command = [sys.executable, "-c", RUN, "build", "book", "--path-output", "."]
    command += ["--config", "_config.yml", "-W", "--keep-going", "-n", "-q"]
    if "--toc" not in arguments:
        command += ["--toc", str(ROOT / "_toc.yml")]
    # Quiet kernels: without it ipykernel notes on every start that local TCP is not encrypted.
    environment = os.environ | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    result = subprocess.run([*command, *arguments], cwd=ROOT, env=environment)
    return result.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
