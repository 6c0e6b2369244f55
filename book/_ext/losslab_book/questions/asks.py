"""How a question is answered, as an author writes it: ``:ask: place 0 to 100 %``.

- an option: no ``:ask:``; the box has a list ``- **a.** …``
- ``number``, ``number %``, ``number francs``: a field
- ``place 0 to 100 %``, ``place 1 to 1000 francs, log``: a slider along an axis
- ``curve: residual 0 to 5; weight 0 to 1``: drawn on these axes; ``{curve}`` in the answer names the true one
"""

import json
import re

from docutils import nodes

NUMBER = r"[+\-−]?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
SPAN = rf"({NUMBER}) to ({NUMBER})"


def parse(text):
    """What the page needs to know of an ``:ask:``.

    Raises
    ------
    ValueError
        With what can be asked, if it is something else.
    """
    text = " ".join(text.split())
    if found := re.fullmatch(r"number(?: (.+))?", text):
        return {"kind": "number", "unit": found[1] or ""}
    if found := re.fullmatch(rf"place {SPAN}(?: ([^,]+))?(, log)?", text):
        start, end = _ends(found[1], found[2])
        if found[4] and start <= 0:
            raise ValueError(f"a logarithmic axis begins above 0, got {text!r}")
        return {
            "kind": "place",
            "from": start,
            "to": end,
            "unit": found[3] or "",
            "log": bool(found[4]),
        }
    if found := re.fullmatch(rf"curve: (.+) {SPAN} ?; (.+) {SPAN}", text):
        across, along = _ends(found[2], found[3]), _ends(found[5], found[6])
        return {
            "kind": "curve",
            "x": {"name": found[1], "from": across[0], "to": across[1]},
            "y": {"name": found[4], "from": along[0], "to": along[1]},
        }
    raise ValueError(
        "ask must be 'number UNIT', 'place FROM to TO UNIT', 'place FROM to TO UNIT, log' or "
        f"'curve: X FROM to TO; Y FROM to TO', got {text!r}"
    )


def _ends(start, end):
    start, end = (float(number.replace("−", "-")) for number in (start, end))
    if not start < end:
        raise ValueError(f"an axis goes from a smaller to a greater number, got {start} to {end}")
    return start, end


def node(text):
    """The node that tells the page."""
    content = json.dumps(parse(text), ensure_ascii=False)
    markup = f'<script type="application/json" class="losslab-ask">{content}</script>'
    return nodes.raw("", markup, format="html")
