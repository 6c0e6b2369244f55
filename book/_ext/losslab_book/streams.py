"""What a cell prints, as it printed it, however often its kernel sent what it had.

A busy machine sends a print in several pieces, even between a line and its end. MyST-NB ends each
piece with a new line when it merges them, so that empty lines come and go from build to build.
"""

from myst_nb.core import render

merge = render.coalesce_streams


def joined(outputs):
    """Outputs with pieces of one stream that follow each other put together."""
    whole = []
    for output in outputs:
        before = whole[-1] if whole else None
        if before and output["output_type"] == before["output_type"] == "stream":
            if output["name"] == before["name"]:
                before["text"] += output["text"]
                continue
        whole.append(output)
    return merge(whole)


def setup(app):
    render.coalesce_streams = joined
