"""Mend in the finished pages what screen readers stumble over and no template reaches."""

REPLACEMENTS = {
    # A role that ARIA 1.3 deprecates, inside an element whose role asks for list items.
    ' role="doc-biblioentry"': ' role="listitem"',
    # A folded cell is named by its visible words ("Show code cell source"), not by another name.
    '<summary aria-label="Toggle hidden content">': "<summary>",
}


def mend(page):
    for old, new in REPLACEMENTS.items():
        page = page.replace(old, new)
    return page
