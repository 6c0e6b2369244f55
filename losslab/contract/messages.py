"""How values given by a user are shown in the messages of errors."""

MOST_LETTERS = 60


def shortened(value):
    """What a value is, in one line: never a whole array.

    Examples
    --------
    >>> from losslab.contract.messages import shortened
    >>> shortened("avg"), shortened(list(range(1000)))
    ("'avg'", '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16...')
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 3]}..."
