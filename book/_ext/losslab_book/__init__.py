"""What the book needs from Sphinx beyond Jupyter Book's settings, one small module a concern."""

from . import (
    acts,
    at_once,
    boxes,
    catalogue,
    chooser,
    fingerprint,
    folds,
    head,
    launch,
    maths,
    questions,
    slim,
)


def setup(app):
    for module in (
        acts,
        at_once,
        boxes,
        catalogue,
        chooser,
        fingerprint,
        folds,
        head,
        launch,
        maths,
        questions,
        slim,
    ):
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
