"""Spectral penalties: a function of the singular values of a matrix."""

import types

import numpy as np

from losslab.contract import inputs
from losslab.penalties.kinds import spectral_loops
from losslab.penalties.kinds.joint import Joint

SMALL = 24  # up to so many singular values they are found here as in the page, else by LAPACK


class Spectral(Joint):
    """A penalty of a matrix that depends on its singular values alone.

    Such a penalty has the singular vectors of the matrix in its gradient and its proximal point. So
    a subclass says what it does to singular values only. z are k of them, falling, all >= 0:

    * ``value_at(z, g, k, *parameters)``: returns the penalty and writes its slope by each singular
      value to g;
    * ``prox_at(z, x, k, step, *parameters)``: writes to x the singular values of the proximal point;
      one that keeps all of them as they are returns 1, else 0;
    * ``exact`` and ``certificate`` as for `Joint`: of the matrix;
    * of a norm ``dual_at(z, k, *parameters)``.
    """

    of = "matrix"
    scratch = "2*n+2*m"
    kernels = types.MappingProxyType(
        {"value_at": ("z", "g", "k"), "prox_at": ("z", "x", "k", "step"), "exact": ("mp", "w")}
    )
    optional_kernels = types.MappingProxyType(
        {"dual_at": ("z", "k"), "certificate": ("w", "x", "step")}
    )

    def _answers(self, name, w, **given):
        """By LAPACK where the matrix is large: there it is many times as fast."""
        if min(w.shape) <= SMALL or not np.isfinite(w).all():
            return super()._answers(name, w, **given)
        u, z, v = np.linalg.svd(w.astype(inputs.FLOAT64, copy=False), full_matrices=False)
        answers = self.run(spectral_loops.BY_NAME[name], z=z, k=z.size, **given)
        for key in {"gradient", "prox"} & set(answers):
            kept = key == "prox" and answers["kept"][0]
            answers[key] = w if kept else u * answers[key] @ v
        return answers

    def _kernels_by_name(self):
        kernels = {"sizes_value": self.value_at, "sizes_prox": self.prox_at}
        if self.dual_at is not None:
            kernels["sizes_dual"] = self.dual_at
        return kernels

    def _checks_by_name(self):
        checks = {
            "whole_value": spectral_loops.whole_value,
            "whole_prox": spectral_loops.whole_prox,
        }
        if self.dual_at is not None:
            checks["whole_dual"] = spectral_loops.whole_dual
        return checks


def singular_values(mp, rows):
    """Singular values of a list of rows in mpmath, falling, for textbook formulas."""
    return list(mp.svd_r(mp.matrix(rows), compute_uv=False))
