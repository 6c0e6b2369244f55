"""Two libraries called in turn: the only fair way to compare times on a machine that is shared."""

import statistics
import time


def medians(own, other, rounds, rng):
    """Median seconds a call of two functions that are called in turn, in random order."""
    times = {own: [], other: []}
    for _ in range(rounds):
        for call in rng.permutation([own, other]):
            started = time.perf_counter()
            call()
            times[call].append(time.perf_counter() - started)
    return statistics.median(times[own]), statistics.median(times[other])


def against_each(own, makers, arguments, rounds, rng, check):
    """{label: (seconds of `own`, seconds of the other)} for every other that is installed.

    One other at a time, so that no library's waiting threads disturb more than its own row. A maker
    yields labels and functions; `check(label, result)` stops the run where an other computes
    something else.
    """
    own()
    found = {}
    for make in makers:
        try:
            callers = dict(make(*arguments))
        except ImportError as error:
            print(f"  (left out: {error})")
            continue
        for label, call in callers.items():
            check(label, call())
            found[label] = medians(own, call, rounds, rng)
    return found
