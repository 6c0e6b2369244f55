"""The script that asks, on pages that have something to ask."""

SCRIPT = "losslab-questions.js"
# Should it be missing, nothing may stay closed.
WITHOUT = "document.documentElement.classList.remove('asks')"


def has_questions(doctree):
    return doctree is not None and any(
        "losslab-box" in box.get("classes", ())
        for box in doctree.findall(lambda node: hasattr(node, "get"))
    )


def add_script(app, pagename, templatename, context, doctree):
    if has_questions(doctree):
        app.add_js_file(SCRIPT, defer="defer", onerror=WITHOUT)
