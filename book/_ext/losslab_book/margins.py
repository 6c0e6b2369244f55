"""What a wide page shows in its margin: the full reference, beside the paragraph that first cites it.

The list at the end of the chapter stays, and is what a screen reader hears; the margin repeats it for the eye.
"""

from docutils import nodes

from .questions.veils import is_veil

BEGIN = '<div class="ll-margin" aria-hidden="true">'


def block_of(node):
    """The part of a section, or of a veil, that a node lies in; None in boxes and in the list itself."""
    while not (isinstance(node.parent, nodes.section) or is_veil(node.parent)):
        node = node.parent
        if node is None or isinstance(node, nodes.Admonition | nodes.citation):
            return None
    return node


def beside(doctree):
    """(block, its references) for each paragraph or list that cites something for the first time."""
    known = {name: entry for entry in doctree.findall(nodes.citation) for name in entry["ids"]}
    seen, found = set(), {}
    for link in doctree.findall(nodes.reference):
        name = link.get("refid")
        if name not in known or name in seen:
            continue
        block = block_of(link)
        if isinstance(block, nodes.paragraph | nodes.bullet_list | nodes.enumerated_list):
            seen.add(name)
            found.setdefault(id(block), (block, []))[1].append(known[name])
    return [*found.values()]


def printed(entry):
    """What the list says, without links: nobody can reach one in what is only seen."""
    for paragraph in entry.children:
        if isinstance(paragraph, nodes.paragraph):
            copy = paragraph.deepcopy()
            for link in [*copy.findall(nodes.reference)]:
                link.parent.remove(link)
            last = copy.children[-1]
            if isinstance(last, nodes.Text) and not last.strip(" ."):
                copy.remove(last)
            last = copy.children[-1]
            if isinstance(last, nodes.Text) and last.endswith("URL: "):  # what it named is gone
                copy.replace(last, nodes.Text(last.removesuffix("URL: ")))
            yield copy


def add(app, doctree, docname):
    if app.builder.format != "html":
        return
    for block, cited in beside(doctree):
        note = [nodes.raw("", BEGIN, format="html")]
        for entry in cited:
            note += printed(entry)
        note.append(nodes.raw("", "</div>", format="html"))
        place = block.parent.index(block)
        block.parent.children[place:place] = note
        for node in note:
            node.parent = block.parent


def setup(app):
    app.connect(
        "doctree-resolved", add, priority=600
    )  # after the glossary: titles of papers have no terms
