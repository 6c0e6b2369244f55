"""Sorting for rowwise kernels: the order of k numbers, in scratch space."""


def sort_order(f, s, k):
    """Write the places of f in increasing order to s[0 : k]; s holds 2 k numbers.

    A merge sort from runs of one upwards, back and forth between the two halves of s.
    """
    for j in range(k):
        s[j] = j
    here = 0
    run = 1
    while run < k:
        there = k - here
        for start in range(0, k, 2 * run):
            a = start
            middle = min(start + run, k)
            b = middle
            end = min(start + 2 * run, k)
            for i in range(start, end):
                first = (b >= end) | (a < middle)
                if first & (b < end):
                    first = f[int(s[here + a])] <= f[int(s[here + b])]
                s[there + i] = s[here + a] if first else s[here + b]
                a += 1 if first else 0
                b += 0 if first else 1
        here = there
        run = 2 * run
    if here > 0:
        for j in range(k):
            s[j] = s[k + j]
