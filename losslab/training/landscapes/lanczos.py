"""Lanczos' method by Hessian–vector products, with full re-orthogonalisation."""

import numpy as np

# A new direction shorter than this share of the product it is left of is rounding.
BREAKDOWN = 1e-13


class Lanczos:
    """Lanczos' method on a symmetric matrix, which can be taken up again where it stopped.

    Each new direction is made orthogonal to all before it twice over: once leaves what the first
    pass lost in rounding, and without it directions that have converged come back as ghosts,
    eigenvalues that are found many times.

    Parameters
    ----------
    product : function
        The matrix times a vector.
    start : ndarray of shape (size,)
        Not 0.
    most : int
        How many steps there will be at most, up to ``size``.
    refill : numpy.random.Generator, optional
        Where the Krylov space is exhausted: goes on from a random direction outside of it, to find
        eigenvalues again that are there more than once. Without it the space is all there is.

    Attributes
    ----------
    done : int
        Steps so far.
    rest : float
        Length of what the next direction is made of; 0 if there is none.
    """

    def __init__(self, product, start, most, refill=None):
        self.product = product
        self.refill = refill
        self._basis = np.empty((most, start.size))
        self._basis[0] = start / np.linalg.norm(start)
        self._diagonal, self._beside = np.empty(most), np.empty(most)
        self._next = self._basis[0]
        self.done = 0
        self.rest = np.inf
        self.largest = 0.0

    @property
    def basis(self):
        """Q, one direction a row: Q H Q' is tridiagonal."""
        return self._basis[: self.done]

    def eigenpairs(self):
        """Eigenvalues of the tridiagonal matrix, ascending, and its eigenvectors as columns."""
        from scipy.linalg import eigh_tridiagonal

        return eigh_tridiagonal(self._diagonal[: self.done], self._beside[: self.done - 1])

    def extend(self, steps):
        """Go on until so many steps are done or there is nowhere to go; returns itself."""
        while self.done < min(steps, len(self._basis)) and self._next is not None:
            k = self.done
            self._basis[k] = self._next
            w = self.product(self._basis[k])
            self.done += 1
            self._diagonal[k] = self._basis[k] @ w
            self.largest = max(self.largest, float(np.linalg.norm(w)))
            for _ in range(2):
                w = w - self.basis.T @ (self.basis @ w)
            self.rest = self._beside[k] = float(np.linalg.norm(w))
            if self.rest > BREAKDOWN * self.largest:
                self._next = w / self.rest
            else:
                self.rest = self._beside[k] = 0.0
                full = self.done == w.size
                self._next = (
                    None if full or self.refill is None else outside(self.basis, self.refill)
                )
        return self


def outside(basis, rng):
    """A random direction orthogonal to the rows of `basis`."""
    w = rng.normal(size=basis.shape[1])
    for _ in range(3):
        w = w - basis.T @ (basis @ w)
        w /= np.linalg.norm(w)
    return w


def checked_product(objective, theta):
    """The Hessian at theta times a vector, checked for shape and for numbers that are none."""

    def product(v):
        w = np.asarray(objective.hessian_product(theta, v), dtype=float)
        if w.shape != theta.shape:
            raise ValueError(
                f"objective.hessian_product must return shape {theta.shape}, got {w.shape}"
            )
        if not np.isfinite(w).all():
            raise ValueError(
                "the Hessian at theta is not finite: the model overflows there, or the loss has no "
                "second derivative"
            )
        return w

    return product
