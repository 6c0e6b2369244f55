"""Sorting inside kernels: heap sort, in place and with nothing but comparisons."""


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
