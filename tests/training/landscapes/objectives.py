"""Objectives whose curvature is known, or computed by another route than the package's."""

import numpy as np

import losslab as ll
from losslab.training import LinearObjective, Objective


class Quadratic(Objective):
    """Half of theta' A theta, less b' theta."""

    def __init__(self, matrix, b=None):
        self.matrix = np.asarray(matrix, dtype=float)
        self.size = len(self.matrix)
        self.rows = 1
        self.b = np.zeros(self.size) if b is None else np.asarray(b, dtype=float)
        self.products = 0

    def value_and_gradient(self, theta):
        slope = self.matrix @ theta
        return float(0.5 * (theta @ slope) - self.b @ theta), slope - self.b

    def hessian_product(self, theta, v):
        self.products += 1
        return self.matrix @ v


def with_spectrum(values, seed=0):
    """A quadratic whose Hessian has these eigenvalues, in random directions."""
    values = np.asarray(values, dtype=float)
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(values.size, values.size)))[0]
    matrix = turn @ (values[:, None] * turn.T)
    return Quadratic(0.5 * (matrix + matrix.T))


class Xor(Objective):
    """XOR by two ReLU units, half squared error; weights W (2, 2), b (2), v (2), c."""

    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([0.0, 1.0, 1.0, 0.0])
    size, rows = 9, 4
    filters = ([0, 1], [2, 3], [6, 7])
    solution = np.array([1.0, 1.0, 1.0, 1.0, 0.0, -1.0, 1.0, -2.0, 0.0])

    def value_and_gradient(self, theta):
        W, b, v, c = theta[:4].reshape(2, 2), theta[4:6], theta[6:8], theta[8]
        z = self.X @ W.T + b
        h = np.maximum(z, 0.0)
        r = h @ v + c - self.y
        pull = (r[:, None] * v) * (z > 0.0) / 4
        slope = [(pull.T @ self.X).ravel(), pull.sum(axis=0), h.T @ r / 4, [r.mean()]]
        return float(r @ r) / 8, np.concatenate(slope)


def standardised(name):
    data = ll.datasets.load(name)
    X = np.asarray(data.X, dtype=float)
    return (X - X.mean(axis=0)) / X.std(axis=0), np.asarray(data.y, dtype=float)


def logistic(scaled=True):
    data = ll.datasets.load("breast_cancer")
    X = standardised("breast_cancer")[0] if scaled else np.asarray(data.X, dtype=float)
    return LinearObjective(X, data.y, ll.get("binary_cross_entropy"))
