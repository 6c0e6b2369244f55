"""A folded cell is named by what its code does: its first line, if that is a comment."""

from docutils import nodes
from sphinx.transforms import SphinxTransform

SHORTEST = "The code of this figure"
SOLUTION = "A solution"


def prompt(source, mode):
    """What stands on the fold of a cell.

    Parameters
    ----------
    source : str
        Its code.
    mode : {"input", "all"}
        Whether only the code is folded, or the output as well, as that of solutions is.
    """
    first = source.strip().partition("\n")[0]
    if mode == "all":
        return SOLUTION
    return first.lstrip("# ").rstrip(".") if first.startswith("# ") else SHORTEST


class Folds(SphinxTransform):
    default_priority = 800

    def apply(self):
        for cell in self.document.findall(nodes.container):
            mode = cell.get("hide_mode")
            if cell.get("nb_element") != "cell_code" or mode not in ("input", "all"):
                continue
            code = next(iter(cell.findall(nodes.literal_block)), None)
            if code is not None:
                cell["prompt_show"] = cell["prompt_hide"] = prompt(code.astext(), mode)


def setup(app):
    app.add_transform(Folds)
