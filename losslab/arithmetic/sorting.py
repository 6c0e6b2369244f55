"""Sorting inside kernels, in scratch space."""


def sort_down(x, m, s, n):
    """Write 0 .. n - 1 to s[0 : n] so that the first of each m numbers of x falls along it.

    Equal ones keep their order. s holds 2 n numbers: a merge sort from runs of one upwards, back
    and forth between its two halves.
    """
    for i in range(n):
        s[i] = i
    here = 0
    run = 1
    while run < n:
        there = n - here
        for start in range(0, n, 2 * run):
            a = start
            middle = min(start + run, n)
            b = middle
            end = min(start + 2 * run, n)
            for i in range(start, end):
                first = (b >= end) | (a < middle)
                if first & (b < end):
                    first = x[m * int(s[here + a])] >= x[m * int(s[here + b])]
                s[there + i] = s[here + a] if first else s[here + b]
                a += 1 if first else 0
                b += 0 if first else 1
        here = there
        run = 2 * run
    if here > 0:
        for i in range(n):
            s[i] = s[n + i]
    return 0
