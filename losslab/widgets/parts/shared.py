"""Words and numbers that the figures say and use in Python and in the page alike."""

import json
from pathlib import Path

# Bundled into the page's code too, by frontend/bundle.mjs.
SHARED = json.loads((Path(__file__).parents[1] / "shared.json").read_text(encoding="utf-8"))
