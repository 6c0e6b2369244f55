"""A few pages that stand for all: together they show everything that any page shows.

What can differ between two pages of the book, beyond what a visit to each of them sees, is what they
are made of: the template, the kinds of live figure, the classes that the style sheet knows and the
colours written into elements. So the sample grows with these, never with the number of pages.
"""

from pathlib import PurePosixPath

from tests.site.markup import markup


def features(name, path):
    """Everything that a page is made of."""
    page, place = markup(path), PurePosixPath(name).parent.as_posix()
    figures = {("figure", place.rstrip("0123456789"), kind) for kind, _ in page.figures}
    alone = {("page", name)} if place == "." else {("folder", place.rstrip("0123456789"))}
    colours = {("colour", value) for value in page.colours}
    return figures | alone | colours | {("class", value) for value in page.classes}


def cover(pages):
    """The names of few pages that have every feature of all, from a dictionary of their features."""
    missing = set().union(*pages.values())
    chosen = []
    while missing:
        best = max(sorted(pages), key=lambda name: len(pages[name] & missing))
        chosen.append(best)
        missing -= pages[best]
    return sorted(chosen)
