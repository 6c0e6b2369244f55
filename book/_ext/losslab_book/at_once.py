"""What takes long is done on all cores before the book is read: chapters run, losses are measured.

Sphinx reads one chapter after the other and would run each as it comes. Here every chapter whose code
is not in jupyter-cache yet runs in a process of its own, and goes into the cache, where Sphinx finds it.
Beside them are computed the numbers and pictures of the catalogue that are not known yet.
"""

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution

from losslab import get_num_threads

from . import waiting
from .catalogue import facts, pages

COLOUR = re.compile(r"\x1b\[[\d;]*m")


def unknown_chapters(app, docnames, cache):
    """(document, path) of the notebooks whose code the cache does not know, the longest first."""
    found = []
    for docname in docnames:
        path = Path(app.env.doc2path(docname))
        if path.suffix != ".ipynb":
            continue
        notebook = nbformat.read(path, as_version=4)
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            size = sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")
            found.append((size, docname, str(path)))
    return [chapter for _, *chapter in sorted(found, reverse=True)]


def unknown_pages():
    """Shelves and names of what the catalogue has no numbers and picture yet."""
    return [
        (cls.shelf.room, cls.name)
        for cls in pages.catalogued()
        if not facts.path_of(cls.typical()).exists()
    ]


def run_chapter(path, timeout):
    """Runs in a process of its own: (notebook with outputs, seconds, what went wrong)."""
    waiting.mend()
    notebook = nbformat.read(path, as_version=4)
    done = single_nb_execution(
        notebook, cwd=str(Path(path).parent), timeout=timeout, allow_errors=False
    )
    return nbformat.writes(notebook), done.time, str(done.err or "")


def keep(cache, path, written, seconds):
    """Put a chapter that ran into the cache, as myst-nb does."""
    record = cache.add_nb_to_project(path)
    bundle = CacheBundleIn(
        nbformat.reads(written, as_version=4), record.uri, data={"execution_seconds": seconds}
    )
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def run_all(chapters, unknown, cache, timeout):
    """Run chapters and measure losses; what went wrong, by chapter."""
    failed = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(get_num_threads(), spawn) as pool:
        running = {pool.submit(run_chapter, path, timeout): (name, path) for name, path in chapters}
        measured = [pool.submit(facts.remember, *place) for place in unknown]
        for job in as_completed(running):
            name, path = running[job]
            try:
                written, seconds, wrong = job.result()
            except Exception as error:  # not the chapter's code: a kernel that died, for example
                wrong = repr(error)
            if wrong:
                failed[name] = COLOUR.sub("", wrong)
            else:
                keep(cache, path, written, seconds)
        for job in measured:
            job.result()
    return failed


def before_reading(app, env, docnames):
    if app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    chapters = unknown_chapters(app, docnames, cache)
    unknown = unknown_pages() if app.builder.format == "html" else []
    failed = run_all(chapters, unknown, cache, app.config.nb_execution_timeout)
    if failed:  # nothing that Sphinx could still say matters now
        found = "\n\n".join(f"{name} does not run:\n{wrong}" for name, wrong in failed.items())
        raise SystemExit(found)


def setup(app):
    app.connect("env-before-read-docs", before_reading)
