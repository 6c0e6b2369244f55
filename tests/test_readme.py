"""The code of README.md runs as it stands, one block after the other."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_code_of_the_readme_runs(tmp_path):
    words = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", words, flags=re.DOTALL)
    assert len(blocks) >= 3
    # A process of its own: the loss that is defined here would stay on the shelf for the other tests.
    # A file: kernels are compiled from their source.
    file = tmp_path / "readme.py"
    code = "\n".join(blocks) + "\nprint(done.history['validation_accuracy'].max() > 0.9)"
    file.write_text(code, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "True"
