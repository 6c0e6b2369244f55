"""The modules of the figures' code in a page, each by itself: what they compute is asked of them there."""

import base64
from contextlib import contextmanager
from pathlib import Path

from losslab.widgets.parts import assets
from losslab.widgets.programs import signatures

SOURCE = Path(__file__).resolve().parents[2] / "frontend" / "src"
HOME = "http://losslab.invalid"

# `library` and `wasm` as mount.js makes them, with all modules that are asked for.
START = """async ({ signatures, shelves, kernels, shelf }) => {
  globalThis.__LOSSLAB_LOOPS__ = signatures;
  const { makeLibrary, wasmBackend } = await import("/numbers/wasm.js");
  const bytes = (name) => Promise.resolve(Uint8Array.from(atob(kernels[name]), (c) => c.charCodeAt(0)));
  globalThis.library = makeLibrary(shelves);
  globalThis.wasm = wasmBackend(library, bytes, shelf);
  await wasm.prepare([], Object.keys(kernels));
}"""


@contextmanager
def served(browser, modules, shelf="losses"):
    """A page whose `wasm` has these modules, and which imports what it is asked to."""
    page = browser.new_page()

    def answer(route):
        path = SOURCE / route.request.url.removeprefix(HOME).lstrip("/")
        if path.is_file():
            route.fulfill(body=path.read_bytes(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Numbers</title>", content_type="text/html")

    page.route(f"{HOME}/**", answer)
    page.goto(HOME)
    kernels = {name: base64.b64encode(assets.kernels(name)).decode() for name in modules}
    given = {"signatures": signatures(), "shelves": assets.shelves(), "kernels": kernels}
    page.evaluate(START, given | {"shelf": shelf})
    yield page
    page.close()
