"""The code of README.md runs as it stands, one block after the other."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_code_of_the_readme_runs():
    words = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", words, flags=re.DOTALL)
    assert len(blocks) >= 3
    # On its own: a loss that is defined here would stay on the shelf for the other tests.
    code = "\n".join(blocks) + "\nprint(done.history['validation_accuracy'].max() > 0.9)"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "True"
