"""Print the chapters of the built book into one PDF: real text, bookmarks, links that stay inside.

The catalogue, two hundred pages that are made to be looked things up in, is left to the screen.
"""

import argparse
import io
import shutil
import sys
from pathlib import Path
from urllib.parse import urldefrag

import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject
from serve import serving

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "_build" / "loss-functions-live.pdf"
LEFT_OUT = {"catalogue"}  # its index is a table that one searches
NUMBER = '<div style="width: 100%; font: 8px sans-serif; text-align: center"><span class="pageNumber"></span></div>'


def names():
    """The pages of the book in their order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    yield toc["root"]
    for part in toc["parts"]:
        yield from (
            chapter["file"] for chapter in part["chapters"] if chapter["file"] not in LEFT_OUT
        )


def printed(page, address):
    """One page of the site as a PDF, all of it laid out, its figures drawn."""
    page.goto(address, wait_until="load")
    page.add_style_tag(
        content=".bd-article > section > section { content-visibility: visible !important }"
    )
    page.wait_for_function(
        "[...document.querySelectorAll('figure.losslab-figure')].every((f) => f.dataset.ready === 'true')"
    )
    page.evaluate(
        "document.querySelectorAll('img[loading]').forEach((image) => (image.loading = 'eager'))"
    )
    page.wait_for_load_state("networkidle")
    margin = {"top": "20mm", "bottom": "20mm", "left": "22mm", "right": "22mm"}
    return PdfReader(
        io.BytesIO(
            page.pdf(
                format="A4",
                margin=margin,
                outline=True,
                tagged=True,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=NUMBER,
            )
        )
    )


def joined(pages, home):
    """All pages in one document. A link to another page of the book leads to where that begins."""
    writer = PdfWriter()
    begins = {}
    for name, (title, document) in pages.items():
        begins[f"{home}/{name}.html"] = len(writer.pages)
        writer.append(document, outline_item=title, import_outline=True)
    for page in writer.pages:
        for note in page.get("/Annots", ArrayObject()):
            note = note.get_object()
            action = note.get("/A", {}).get("/URI")
            target = begins.get(urldefrag(str(action))[0])
            if target is not None:
                place = [writer.pages[target].indirect_reference, NameObject("/Fit")]
                go = {NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): ArrayObject(place)}
                note[NameObject("/A")] = DictionaryObject(go)
    writer.page_mode = "/UseOutlines"
    writer.root_object[NameObject("/PageLayout")] = NameObject("/OneColumn")
    return writer


def main(wanted, out):
    chromium = shutil.which("chromium") or sys.exit("Chromium is needed to print the book")
    with serving() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 1200}, color_scheme="light")
        page.add_init_script("localStorage.setItem('losslab-show', 'all')")
        pages = {}
        for name in wanted:
            document = printed(page, f"{home}/{name}.html")
            pages[name] = (page.locator("h1").first.inner_text().replace("#", "").strip(), document)
            print(f"  {name}: {len(document.pages)} pages", flush=True)
        browser.close()
    writer = joined(pages, home)
    writer.add_metadata({"/Title": "Loss Functions, Live"})
    writer.write(out)
    print(f"{out}: {len(writer.pages)} pages, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "pages", nargs="*", help="names such as part1/referee; all if none is given"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where to write")
    given = parser.parse_args()
    main(given.pages or [*names()], given.out)
