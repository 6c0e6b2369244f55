"""Rowwise losses with numbers that are the same for all rows, computed once a call."""

import types

from losslab.losses.kinds.row_loops import PREPARED_CURVE, PREPARED_ROWS, PREPARED_SECOND
from losslab.losses.kinds.rowwise import Rowwise


class Prepared(Rowwise):
    """A rowwise loss that makes something of its vector parameters before it looks at rows.

    Besides the kernels of every rowwise loss a subclass gives ``prepare_at(s, k, *parameters)``,
    which writes up to 4 k numbers to s from ``first_constant(k)`` on and returns 0. The kernels of
    rows find them there. Its targets are single numbers.
    """

    kernels = types.MappingProxyType({**Rowwise.kernels, "prepare_at": ("s", "k")})
    loops = types.MappingProxyType({"rows": PREPARED_CURVE})

    @classmethod
    def array_loop(cls):
        return PREPARED_ROWS

    @classmethod
    def second_loop(cls):
        return PREPARED_SECOND

    def _kernels_by_name(self):
        return {**super()._kernels_by_name(), "prepare_rows": self.prepare_at}
