"""Random numbers that are the same in the package and in the page: counted, not drawn one from another.

The i-th number of a stream is a hash of seed, stream and i. Products of the hash stay below 2**63,
so whole numbers of 64 bits, and those of Python, give the same.
"""

from losslab.engine.loop import Loop

WORD = 0xFFFFFFFF  # 32 bits


def mixed(x):
    """A whole number below 2**32 whose bits all depend on all bits of another."""
    x = (x ^ (x >> 16)) * 0x7FEB352D & WORD
    x = (x ^ (x >> 15)) * 0x31848BAB & WORD
    x = (x ^ (x >> 14)) * 0x5F356495 & WORD
    return x ^ (x >> 16)


def uniform_loop(seed, stream, n, out):
    """n numbers of at least 0 and below 1."""
    key = mixed(mixed(seed + 0x2545F491) + stream & WORD)
    for i in range(n):
        out[i] = mixed(key + i * 0x9E3779B9 & WORD) / 4294967296.0
    return 0


def order_loop(seed, stream, n, order):
    """The whole numbers below n in a random order."""
    key = mixed(mixed(seed + 0x2545F491) + stream & WORD)
    for i in range(n):
        order[i] = i
    for i in range(n - 1, 0, -1):
        j = int(mixed(key + i * 0x9E3779B9 & WORD) / 4294967296.0 * (i + 1))
        order[i], order[j] = order[j], order[i]
    return 0


UNIFORM = Loop(uniform_loop, "seed:int stream:int n > out[n]")
ORDER = Loop(order_loop, "seed:int stream:int n > order[n]")
