"""What the book needs from Sphinx beyond Jupyter Book's settings, one small module a concern."""

from . import boxes, catalogue, chooser, fingerprint, head, launch, maths, slim, waiting


def setup(app):
    for module in (boxes, catalogue, chooser, fingerprint, head, launch, maths, slim, waiting):
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
