"""What the book needs from Sphinx beyond Jupyter Book's settings, one small module a concern."""

from importlib import import_module

CONCERNS = (
    "acts",
    "at_once",
    "boxes",
    "catalogue",
    "chooser",
    "fingerprint",
    "folds",
    "glossary",
    "head",
    "launch",
    "margins",
    "maths",
    "questions",
    "slim",
    "streams",
)


def setup(app):
    for concern in CONCERNS:
        import_module(f"{__name__}.{concern}").setup(app)
    # Counted up when roles or directives leave other nodes behind: stored pages are then read anew.
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
