"""The book's own Sphinx extension."""

import shutil
import sys
from queue import Empty

import pytest

from tests import built
from tests.book.chapters import BOOK, ROOT, chapters

sys.path.insert(0, str(BOOK / "_ext"))
css = pytest.importorskip("losslab_book.css")
fingerprint = pytest.importorskip("losslab_book.fingerprint").fingerprint
waiting = pytest.importorskip("losslab_book.waiting")


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(
        ROOT / "losslab",
        tmp_path / "losslab",
        ignore=shutil.ignore_patterns("static", "__pycache__"),
    )
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    return tmp_path


def test_cache_is_keyed_by_what_chapters_run_on(copy):
    seen = {fingerprint(copy)}
    assert fingerprint(copy) in seen
    for name in ("losslab/losses/regression/squared.py", "losslab/new.py", "requirements.txt"):
        with open(copy / name, "a") as file:
            file.write("# changed\n")
        key = fingerprint(copy)
        assert key not in seen, f"a changed {name} would not execute the chapters again"
        seen.add(key)


def test_built_book_used_this_package():
    built.need("book")
    cache = ROOT / "_build" / ".jupyter_cache" / fingerprint()
    assert len(list(cache.glob("executed/*/base.ipynb"))) >= len(chapters())


def test_style_sheet_keeps_what_pages_use(tmp_path):
    used = css.words(['<p class="seen wide">'], ['element.classList.add("made")'])
    text = """
    .seen, .unseen { color: red }  .seen .gone { color: red }  .made:not(.gone) { color: red }
    @media print { .gone { color: red } .wide { color: red } }  @media (width) { .gone { color: red } }
    p > a[href] { color: red }  #top { color: red }
    """
    kept = css.purge(text, used)
    for selector in (".seen{", ".made:not(.gone){", ".wide{", "p > a[href]{", "#top{"):
        assert selector in kept
    assert ".unseen" not in kept
    assert ".seen .gone" not in kept
    assert "(width)" not in kept


def test_style_sheet_moves_its_files(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.woff2").write_text("")
    sheet = tmp_path / "a.css"
    sheet.write_text(
        '@import "x.css"; a { src: url(fonts/a.woff2), url(fonts/a.ttf), url(data:x) }'
    )
    moved = css.rebase(sheet, lambda path: f"here/{path.name}")
    assert "@import" not in moved
    assert 'url("here/a.woff2")' in moved
    assert "url(data:x)" in moved
    assert "ttf" not in moved


def result_of(coroutine):
    """What a coroutine that never waits returns; no event loop, of which a process may run one."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


def test_a_reply_that_nobody_was_told_of_is_found():
    asked = []

    async def deaf_at_first(channel, timeout):
        asked.append(timeout)
        if len(asked) < 3:
            raise Empty
        return "reply"

    get = waiting.asking_again(deaf_at_first)
    assert result_of(get(None, timeout=600.0)) == "reply"
    assert asked == [1.0, 1.0, 1.0]
    assert result_of(get(None)) == "reply"


def test_no_reply_is_waited_for_as_long_as_asked():
    asked = []

    async def deaf(channel, timeout):
        asked.append(timeout)
        raise Empty

    with pytest.raises(Empty):
        result_of(waiting.asking_again(deaf)(None, timeout=2.5))
    assert asked == [1.0, 1.0, 0.5]
