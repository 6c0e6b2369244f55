"""Sorting inside kernels, in scratch space: a stable merge sort, and a heap sort where there is no room."""


def sift_down(order, y, m, start, stop):
    """Let order[start] sink until no child below it has a later first number in y."""
    root = start
    while 2 * root + 1 < stop:
        child = 2 * root + 1
        if child + 1 < stop and y[m * int(order[child + 1])] < y[m * int(order[child])]:
            child += 1
        if y[m * int(order[child])] >= y[m * int(order[root])]:
            return 0
        kept = order[root]
        order[root] = order[child]
        order[child] = kept
        root = child
    return 0


def sort_down(order, y, m, n):
    """Fill order with 0 .. n - 1 so that the first of each m numbers of y falls along it."""
    for i in range(n):
        order[i] = float(i)
    for back in range(n // 2):
        sift_down(order, y, m, n // 2 - 1 - back, n)
    for back in range(n - 1):
        last = n - 1 - back
        kept = order[0]
        order[0] = order[last]
        order[last] = kept
        sift_down(order, y, m, 0, last)
    return 0


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
