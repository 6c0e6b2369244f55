"""Colab and Binder buttons, only when the repository's address is known.

Set LOSSLAB_REPOSITORY_URL (and, if it is not "main", LOSSLAB_REPOSITORY_BRANCH) when building.
"""

import os


def add_buttons(app, config):
    url = os.environ.get("LOSSLAB_REPOSITORY_URL", "").strip().rstrip("/")
    if not url:
        return
    config.html_theme_options |= {
        "repository_url": url,
        "repository_branch": os.environ.get("LOSSLAB_REPOSITORY_BRANCH", "main"),
        "path_to_docs": "book",
        "use_repository_button": True,
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "colab_url": "https://colab.research.google.com",
            "binderhub_url": "https://mybinder.org",
        },
    }


def setup(app):
    app.connect("config-inited", add_buttons, priority=1)
