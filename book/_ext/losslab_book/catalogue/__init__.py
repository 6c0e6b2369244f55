"""The catalogue: an index of all losses and a page for each, generated from the registry."""

from . import index, links, pages


def setup(app):
    for module in (index, links, pages):
        module.setup(app)
