"""Take the picture of README.md: the cover's live figure, after a reader has touched it."""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright
from serve import serving

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "picture.png"


def main():
    chromium = shutil.which("chromium") or sys.exit("Chromium is needed to take the picture")
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 900}, device_scale_factor=1.5)
        page.goto(f"{address}/index.html")
        figure = page.locator("figure.losslab-figure[data-ready=true]").first
        slider = figure.locator("input[type=range]").first
        slider.focus()
        for _ in range(8):
            slider.press("ArrowRight")
        slider.blur()
        shot = Image.open(io.BytesIO(figure.screenshot())).convert("RGB")
        browser.close()
    PICTURE.parent.mkdir(exist_ok=True)
    shot = ImageOps.expand(shot, border=24, fill="white")
    shot.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
