"""Execute a chapter again whenever losslab or the environment has changed.

jupyter-cache looks at a notebook's own code only. So the cache folder is named after the content of
the package, and the same fingerprint is a configuration value that makes Sphinx read every page again.
"""

import hashlib
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KEEP = 3


def fingerprint(root=ROOT):
    """Hash of everything outside a chapter that decides what its cells print."""
    digest = hashlib.sha256()
    files = [*sorted((root / "losslab").rglob("*.py")), root / "requirements.txt"]
    for path in files:
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def use_own_cache(app, config):
    caches = ROOT / "_build" / ".jupyter_cache"
    mine = caches / config.losslab_fingerprint
    mine.mkdir(parents=True, exist_ok=True)
    os.utime(mine)
    # The last few are kept: going back to an earlier state of the package is then quick, too.
    for old in sorted(caches.iterdir(), key=os.path.getmtime, reverse=True)[KEEP:]:
        shutil.rmtree(old)
    config.nb_execution_cache_path = str(mine)


def setup(app):
    app.add_config_value("losslab_fingerprint", fingerprint(), "env")
    app.connect("config-inited", use_own_cache, priority=1)
