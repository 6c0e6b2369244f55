"""The sort inside kernels: falling, and equal numbers keep their order."""

import numpy as np
import pytest

from losslab.arithmetic.sorting import sort_down


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 100])
@pytest.mark.parametrize("m", [1, 2])
def test_first_of_each_m_numbers_falls_and_equal_ones_keep_their_order(n, m):
    x = np.random.default_rng(n).integers(0, 5, (n, m)).astype(float)
    s = np.full(2 * n, np.nan)
    sort_down(x.ravel(), m, s, n)
    assert s[:n].tolist() == np.argsort(-x[:, 0], kind="stable").tolist()
