"""A bar that shows how far training is, in a terminal and in a notebook."""

import contextlib

# A bar that is gone again at once only flickers.
SECONDS_BEFORE = 1.0


class Silent:
    """No bar."""

    def advance(self, steps, words=""):
        """So many more steps are done."""

    def close(self):
        """The end, also of a training that was interrupted."""


class Bar(Silent):
    """A bar of tqdm, which appears if training takes longer than a second."""

    def __init__(self, total, done, tqdm):
        self.bar = tqdm(total=total, initial=done, unit="step", leave=False, delay=SECONDS_BEFORE)

    def advance(self, steps, words=""):
        if words:
            self.bar.set_postfix_str(words, refresh=False)
        self.bar.update(steps)

    def close(self):
        self.bar.close()


def bar(total, done, show):
    """A bar of `total` steps, if it is to be shown and tqdm is installed."""
    if show:
        with contextlib.suppress(ImportError):
            from tqdm.auto import tqdm

            return Bar(total, done, tqdm)
    return Silent()
