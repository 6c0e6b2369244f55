"""The state of live figures in a page: that of those it shows, and only what its script reads."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
mend = pytest.importorskip("losslab_book.mend")

JUPYTER = {
    "_esm": "export …",
    "_model_name": "AnyModel",
    "_view_count": None,
    "layout": "IPY_MODEL_x",
}
FIGURE = {"figure": "pit-explorer", "_losslab": "0123", "outcome": 1.0, **JUPYTER}


def state_of(page):
    return json.loads(re.search(r"widget-state\+json\">(.*?)</script>", page)[1])["state"]


def test_only_what_is_shown_and_read_stays():
    models = {
        "ab12": {"model_name": "AnyModel", "state": FIGURE},
        "cd34": {"model_name": "AnyModel", "state": FIGURE},  # made by a cell that shows nothing
        "ef56": {"model_name": "IntSliderModel", "state": {"value": 3}},
    }
    page = (
        '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "ab12"}</script>'
        '<script type="application/vnd.jupyter.widget-state+json">'
        f"{json.dumps({'state': models})}</script>"
    )
    mended = mend.mend(page, Path())
    kept = {"figure": "pit-explorer", "_losslab": "0123", "outcome": 1.0}
    assert state_of(mended) == {"ab12": {"state": kept}}
    assert mend.mend(mended, Path()) == mended
