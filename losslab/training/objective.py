"""What an optimiser or a landscape is given: a function of a flat vector of weights."""

import abc

import numpy as np

# A Hessian of more weights than this is asked for by mistake: it has 16 million entries.
MOST_EXACT = 4000


class Objective(abc.ABC):
    """A mean loss as a function of the weights of a model, in one flat vector.

    Anything with these attributes serves, whether it is a subclass or not; the mean squared error
    of a linear model, written down in ten lines, is the shortest example. All arrays are float64
    and of shape (size,); none that is given is changed, and none that is returned is kept.

    Attributes
    ----------
    size : int
        Number of weights.
    rows : int
        Number of samples that the mean is over.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training import Objective
    >>> class LeastSquares(Objective):
    ...     def __init__(self, X, y):
    ...         self.X, self.y = X, y
    ...         self.rows, self.size = X.shape
    ...     def value_and_gradient(self, theta):
    ...         r = self.X @ theta - self.y
    ...         return float(r @ r) / (2 * self.rows), self.X.T @ r / self.rows
    ...     def hessian_product(self, theta, v):
    ...         return self.X.T @ (self.X @ v) / self.rows
    ...     def batch(self, indices):
    ...         return LeastSquares(self.X[indices], self.y[indices])
    >>> objective = LeastSquares(np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([1.0, 3.0]))
    >>> objective.value(np.zeros(2)), objective.hessian(np.zeros(2)).tolist()
    (2.5, [[1.0, 1.0], [1.0, 2.0]])
    """

    size: int
    rows: int

    @abc.abstractmethod
    def value_and_gradient(self, theta):
        """Mean loss and its derivative with respect to each weight.

        Parameters
        ----------
        theta : ndarray of shape (size,)

        Returns
        -------
        tuple of float and ndarray of shape (size,)
        """

    def value(self, theta):
        """Mean loss: a float, infinite or NaN where the model overflows."""
        return self.value_and_gradient(theta)[0]

    def gradient(self, theta):
        """Derivative of the mean loss with respect to each weight."""
        return self.value_and_gradient(theta)[1]

    def hessian_product(self, theta, v):
        """The Hessian of the mean loss at `theta` times a vector `v`, exact but for rounding.

        Raises
        ------
        NotImplementedError
            If the loss has no second derivatives; the message says why.
        """
        raise NotImplementedError(f"{type(self).__name__} has no second derivatives")

    def hessian(self, theta):
        """The Hessian itself, by its products with unit vectors; for small models.

        Returns
        -------
        ndarray of shape (size, size)
            Symmetric to the last bit.

        Raises
        ------
        ValueError
            If there are more than 4000 weights.
        """
        if self.size > MOST_EXACT:
            raise ValueError(
                f"the Hessian of {self.size} weights has {self.size**2} entries: use "
                f"hessian_product (at most {MOST_EXACT} weights are legal here)"
            )
        rows = np.array([self.hessian_product(theta, unit) for unit in np.eye(self.size)])
        return 0.5 * (rows + rows.T)

    def batch(self, indices):
        """The same objective over some of the samples: the mean over them alone.

        Parameters
        ----------
        indices : array_like of int

        Returns
        -------
        Objective
        """
        raise NotImplementedError(f"{type(self).__name__} has no samples to choose from")
