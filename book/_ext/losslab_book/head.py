"""What a page says about itself: a description for search engines, taken from its first paragraph."""

import textwrap

from docutils import nodes


def describe(app, pagename, templatename, context, doctree):
    if 'name="description"' in context.get("metatags", "") or "losslab_description" in context:
        return
    text = "Loss Functions, Live: a book about loss functions with figures to touch."
    if doctree is not None:
        for paragraph in doctree.findall(nodes.paragraph):
            words = paragraph.astext().split()
            if len(words) > 8:
                text = textwrap.shorten(" ".join(words), 155, placeholder="…")
                break
    elif context.get("title"):
        text = f"{context['title']}. {text}"
    context["losslab_description"] = text


def setup(app):
    app.connect("html-page-context", describe)
