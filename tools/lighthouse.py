"""Measure pages of the built book with Lighthouse: `python tools/lighthouse.py [page …]`.

Lighthouse is fetched by npx when needed: it is large and no test uses it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from serve import serving

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"


def measure(url, form):
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["npx", "--yes", "lighthouse@12", url, "--quiet", f"--chrome-flags={FLAGS}"]
        command += ["--output=json", f"--output-path={report}"]
        if form == "desktop":
            command.append("--preset=desktop")
        subprocess.run(
            command, check=True, env=os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
        )
        return json.loads(report.read_text("utf8"))


def main(pages):
    print(
        f"{'page':34}{'':9}"
        + "".join(f"{name:>16}" for name in CATEGORIES)
        + "   FCP s  LCP s    CLS    kB"
    )
    with serving() as address:
        for page in pages:
            for form in ("desktop", "mobile"):
                result = measure(f"{address}/{page}", form)
                audits = {
                    name: audit.get("numericValue") for name, audit in result["audits"].items()
                }
                scores = "".join(
                    f"{result['categories'][name]['score']:16.2f}" for name in CATEGORIES
                )
                times = f"{audits['first-contentful-paint'] / 1000:8.2f}{audits['largest-contentful-paint'] / 1000:7.2f}"
                print(
                    f"{page:34}{form:9}{scores}{times}{audits['cumulative-layout-shift']:7.3f}{audits['total-byte-weight'] / 1000:6.0f}"
                )
                if "--explain" in sys.argv:
                    for name, audit in result["audits"].items():
                        if audit["score"] is not None and audit["score"] < 0.9:
                            print("   ", name, audit["score"], audit.get("displayValue", ""))


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if not name.startswith("--")] or ["part1/referee.html"])
