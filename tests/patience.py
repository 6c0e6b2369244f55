"""How long tests wait. None may depend on how fast a machine is, or on what else it does."""

import time

# Seconds until a test says that something never happens: it only ends what hangs.
PATIENCE = 300


def tries():
    """Counts tries of something that may have to be done again, until patience ends."""
    end = time.monotonic() + PATIENCE
    n = 0
    while time.monotonic() < end:
        yield n
        n += 1


def eventually(holds):
    """Wait until something holds, for what has no event to wait for."""
    for _ in tries():
        if holds():
            return
        time.sleep(0.05)
    assert holds()


def patient(make):
    """What makes a context or a page of a browser, which then waits that long."""

    def made(**options):
        thing = make(**options)
        thing.set_default_timeout(1000 * PATIENCE)
        return thing

    return made
