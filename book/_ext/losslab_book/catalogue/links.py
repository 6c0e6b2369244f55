"""The role ``{loss}`` in HTML: the name leads to the page of the loss."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

from losslab.losses import shelf

from .pages import page_of


class LinkLosses(SphinxPostTransform):
    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        here = self.app.builder.get_target_uri(self.env.docname)
        for node in list(self.document.findall(nodes.literal)):
            if "losslab-name" not in node["classes"] or isinstance(node.parent, nodes.reference):
                continue
            try:
                cls = shelf.find(node.astext())
            except ValueError:  # the role has warned
                continue
            there = self.app.builder.get_target_uri(page_of(cls))
            link = nodes.reference("", "", internal=True, refuri=relative_uri(here, there))
            node.replace_self(link)
            link += node


def setup(app):
    app.add_post_transform(LinkLosses)
