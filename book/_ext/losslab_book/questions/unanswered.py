"""A code exercise in a page has no answer yet: instead of saying so it leads to the notebook, which checks one."""

from docutils import nodes
from sphinx.transforms import SphinxTransform

SAYS = "Not yet:"


def way(docname):
    """A sentence with a link to the notebook of a chapter."""
    source = f"{'../' * docname.count('/')}_sources/{docname}.ipynb"
    return nodes.raw(
        "",
        f'<p class="losslab-way">Write it in <a href="{source}" download>the notebook of this chapter</a> '
        "and run the cell: it checks your answer.</p>",
        format="html",
    )


def without_verdict(output):
    """Take the verdict off what a cell printed; whether there was one."""
    found = False
    for block in [*output.findall(nodes.literal_block)]:
        before, said, _ = block.astext().partition(SAYS)
        if not said:
            continue
        found = True
        if before.strip():
            block.children = [nodes.Text(before.rstrip())]
        else:
            block.parent.remove(block)
    return found


class Unanswered(SphinxTransform):
    default_priority = 801

    def apply(self):
        for output in [*self.document.findall(nodes.container)]:
            if output.get("nb_element") == "cell_code_output" and without_verdict(output):
                output += way(self.env.docname)


def setup(app):
    app.add_transform(Unanswered)
