"""Eigenvalues of the Hessian: the greatest ones, all of them, or their density."""

import math
from dataclasses import dataclass

import numpy as np

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_positive
from losslab.training.landscapes.checks import as_size, as_vector, frozen
from losslab.training.landscapes.lanczos import Lanczos, checked_product

# An exact spectrum of more weights than this must be asked for.
SMALL = 1500
# So many products are multiplied before it is asked again whether that was enough.
PATIENCE = 10


@dataclass(frozen=True, eq=False)
class TopEigenvalues:
    """Eigenvalues at one end of the spectrum of a Hessian.

    Attributes
    ----------
    values : ndarray of shape (count,)
        The outermost first.
    vectors : ndarray of shape (count, size)
        Unit eigenvectors, one a row.
    residuals : ndarray of shape (count,)
        The length of H v - value v: so far from `value` there is an eigenvalue.
    products : int
        How many Hessian–vector products were made.
    converged : bool
        Whether all residuals are within the tolerance.
    """

    values: np.ndarray
    vectors: np.ndarray
    residuals: np.ndarray
    products: int
    converged: bool


def top_eigenvalues(
    objective, theta, count=1, end="largest", tolerance=1e-10, most_products=None, seed=0
):
    """The outermost eigenvalues of the Hessian, by Lanczos' method.

    An eigenvalue that is there several times may be found once only.

    Parameters
    ----------
    objective : losslab.training.Objective
        Anything with ``size`` and ``hessian_product(theta, v)``.
    theta : array_like of shape (size,)
        Weights, finite.
    count : int
        How many.
    end : {"largest", "smallest"}
        Which end of the spectrum; ``"smallest"`` are the most negative ones.
    tolerance : float
        Residuals may be so large, as a share of the largest eigenvalue by size.
    most_products : int, optional
        When to stop even so; 300 or, if that is less, the number of weights. Each keeps one vector
        in memory.
    seed : int or numpy.random.Generator
        Of the random start.

    Returns
    -------
    TopEigenvalues

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above or the Hessian is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training import LinearObjective, top_eigenvalues
    >>> import losslab as ll
    >>> X, y = [[1.0], [3.0]], [0.0, 1.0]
    >>> objective = LinearObjective(X, y, ll.get("squared_error"), intercept=False)
    >>> top_eigenvalues(objective, [0.0]).values
    array([5.])
    """
    size = as_size(objective)
    theta = as_vector("theta", theta, size)
    count = as_count("count", count, 1, size)
    if end not in ("largest", "smallest"):
        raise ValueError(f"end must be 'largest' or 'smallest', got {shortened(end)}")
    tolerance = as_positive("tolerance", tolerance)
    most = min(size, 300) if most_products is None else as_count("most_products", most_products)
    most = min(most, size)
    if most < count:
        raise ValueError(f"most_products must be at least count, {count}, got {most_products}")
    rng = np.random.default_rng(seed)
    return _outermost(checked_product(objective, theta), size, count, end, tolerance, most, rng)


def _outermost(product, size, count, end, tolerance, most, rng):
    sign = 1.0 if end == "largest" else -1.0
    run = Lanczos(product, rng.normal(size=size), most, refill=rng)
    enough = False
    while not enough and run.done < most:
        run.extend(min(most, run.done + max(count, PATIENCE)))
        values, vectors = run.eigenpairs()
        order = np.argsort(-sign * values)[:count]
        residuals = abs(run.rest * vectors[-1, order])
        enough = (residuals <= tolerance * abs(values).max()).all()
    found = frozen(vectors[:, order].T @ run.basis)
    return TopEigenvalues(frozen(values[order]), found, frozen(residuals), run.done, bool(enough))


def sharpness(objective, theta, tolerance=1e-10, seed=0):
    """The largest eigenvalue of the Hessian.

    Gradient descent with a learning rate above 2 / sharpness runs away along its eigenvector; where
    it is below, the loss of a quadratic falls. It belongs to the weights, not to the function that
    the model computes: the layers of a network of ReLU units can be scaled so that the function
    stays and this grows at will.

    Parameters
    ----------
    objective, theta, tolerance, seed
        As for `top_eigenvalues`.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        As there, and if it is not found in 300 products.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import LinearObjective, sharpness
    >>> loss = ll.get("binary_cross_entropy")
    >>> sharpness(LinearObjective([[2.0], [-2.0]], [1, 0], loss, intercept=False), [0.0])
    1.0
    """
    found = top_eigenvalues(objective, theta, tolerance=tolerance, seed=seed)
    if not found.converged:
        raise ValueError(
            f"tolerance must be reached in {found.products} products, the residual is still "
            f"{found.residuals[0]:.2g}: use top_eigenvalues with a larger most_products"
        )
    return float(found.values[0])


@dataclass(frozen=True, eq=False)
class HessianSpectrum:
    """The eigenvalues of a Hessian as a distribution, exact or estimated.

    Attributes
    ----------
    nodes : ndarray of shape (probes, steps)
        Places of the distribution, ascending in each row. If it is exact: one row, all eigenvalues.
    weights : ndarray of shape (probes, steps)
        Their weights, each row with the sum 1.
    size : int
        Number of weights of the model, and so of eigenvalues.
    exact : bool
        Whether the nodes are the eigenvalues themselves.
    products : int
        How many Hessian–vector products were made; 0 if the Hessian itself was computed.
    """

    nodes: np.ndarray
    weights: np.ndarray
    size: int
    exact: bool
    products: int

    @property
    def largest(self):
        """The largest node: of an estimate, what the probes have seen of the largest eigenvalue."""
        return float(self.nodes.max())

    @property
    def smallest(self):
        """The smallest node; negative where the loss is not convex."""
        return float(self.nodes.min())

    @property
    def condition(self):
        """Largest over smallest eigenvalue of an exact spectrum; infinite if one is not positive.

        Raises
        ------
        ValueError
            If the spectrum is estimated: what probes see of the smallest eigenvalue says nothing.
        """
        if not self.exact:
            raise ValueError("condition needs an exact spectrum: hessian_spectrum(..., exact=True)")
        return self.largest / self.smallest if self.smallest > 0.0 else math.inf

    def mean(self, function):
        """The mean of a function of the eigenvalues, and its standard error.

        Parameters
        ----------
        function : callable
            Of an array, such as ``lambda h: h > 0``. For the trace take `size` times the mean of
            ``lambda h: h``.

        Returns
        -------
        tuple of float
            The error is 0 for an exact spectrum, and NaN for a single probe.
        """
        each = (self.weights * function(self.nodes)).sum(axis=1)
        if self.exact:
            return float(each[0]), 0.0
        error = each.std(ddof=1) / math.sqrt(len(each)) if len(each) > 1 else math.nan
        return float(each.mean()), float(error)

    def density(self, grid, width=None):
        """Density of the eigenvalues, each blurred by a normal distribution.

        Parameters
        ----------
        grid : array_like of shape (n,)
            Where.
        width : float, optional
            Standard deviation of the blur; a hundredth of the width of the spectrum if not given.

        Returns
        -------
        ndarray of shape (n,)
            Its integral is 1.
        """
        grid = np.asarray(grid, dtype=float)
        if width is None:
            width = 0.01 * (self.largest - self.smallest) or 0.01 * abs(self.largest) or 1.0
        width = as_positive("width", width)
        z = (grid[:, None, None] - self.nodes) / width
        bumps = np.exp(-0.5 * z * z) / (width * math.sqrt(2.0 * math.pi))
        return (bumps * self.weights).sum(axis=2).mean(axis=1)


def hessian_spectrum(objective, theta, exact=None, steps=64, probes=10, seed=0):
    r"""The spectrum of the Hessian: exact for small models, else by stochastic Lanczos quadrature.

    For a random unit vector v, Lanczos' method from v leads to nodes (the eigenvalues of its
    tridiagonal matrix) and weights (the squares of the first components of its eigenvectors) that
    give :math:`v^\top f(H) v` exactly for all polynomials f of degree up to 2 steps - 1; its mean
    over v is that of f over all eigenvalues.

    Parameters
    ----------
    objective : losslab.training.Objective
        Anything with ``size`` and ``hessian_product(theta, v)``, and with ``hessian(theta)`` if it
        is to be exact.
    theta : array_like of shape (size,)
        Weights, finite.
    exact : bool, optional
        Whether to compute all eigenvalues; if not given, for up to 1500 weights.
    steps : int
        Nodes of each probe; at most ``size`` of them.
    probes : int
        How many random vectors.
    seed : int or numpy.random.Generator
        Of the vectors.

    Returns
    -------
    HessianSpectrum

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above or the Hessian is not finite.

    References
    ----------
    S. Ubaru, J. Chen and Y. Saad, Fast Estimation of tr(f(A)) via Stochastic Lanczos Quadrature,
    SIAM J. Matrix Anal. Appl. 38, 2017. B. Ghorbani, S. Krishnan and Y. Xiao, An Investigation into
    Neural Net Optimization via Hessian Eigenvalue Density, ICML 2019.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import LinearObjective, hessian_spectrum
    >>> X, y = [[1.0, 0.0], [0.0, 3.0]], [0.0, 1.0]
    >>> objective = LinearObjective(X, y, ll.get("squared_error"), intercept=False)
    >>> found = hessian_spectrum(objective, [0.0, 0.0])
    >>> found.nodes.tolist(), found.condition
    ([[0.5, 4.5]], 9.0)
    """
    size = as_size(objective)
    theta = as_vector("theta", theta, size)
    if exact is None:
        exact = size <= SMALL
    if not isinstance(exact, bool | np.bool_):
        raise TypeError(f"exact must be True, False or None, got {shortened(exact)}")
    steps = min(as_count("steps", steps), size)
    probes = as_count("probes", probes)
    if exact:
        matrix = np.asarray(objective.hessian(theta), dtype=float)
        if matrix.shape != (size, size):
            raise ValueError(
                f"objective.hessian must have shape {(size, size)}, got {matrix.shape}"
            )
        if not np.isfinite(matrix).all():
            raise ValueError("the Hessian at theta is not finite: the model overflows there")
        values = np.linalg.eigvalsh(matrix)
        return HessianSpectrum(
            frozen(values[None]), frozen(np.full((1, size), 1.0 / size)), size, True, 0
        )
    return _by_quadrature(checked_product(objective, theta), size, steps, probes, seed)


def _by_quadrature(product, size, steps, probes, seed):
    rng = np.random.default_rng(seed)
    nodes, weights = np.zeros((2, probes, steps))
    products = 0
    for row in range(probes):
        # A normal vector, made a unit vector by the method: each direction is as likely.
        values, vectors = Lanczos(product, rng.normal(size=size), steps).extend(steps).eigenpairs()
        products += values.size
        # A space that was exhausted early needs fewer nodes; the others stay with weight 0.
        nodes[row], weights[row, : values.size] = values[-1], vectors[0] ** 2
        nodes[row, : values.size] = values
    weights /= weights.sum(axis=1, keepdims=True)
    return HessianSpectrum(frozen(nodes), frozen(weights), size, False, products)
