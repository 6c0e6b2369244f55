"""Networks: how many units a layer has, what bends them, and where their weights stand."""

import numbers

import numpy as np

from losslab.contract.inputs import as_float_array
from losslab.contract.messages import shortened
from losslab.training.networks.activations import CURVES, check_activation
from losslab.training.networks.heads import Head, link_for
from losslab.training.networks.starts import STARTS


class Network:
    """Dense layers with one activation between them: a linear model, softmax, a perceptron.

    It holds no weights: they are one flat vector theta, which is passed in and returned. Layer by
    layer it has the weights, input by input, then the biases; `layers` shows them as matrices.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of inputs, of units of each hidden layer, and of outputs; all at least 1. Two make a
        linear model, or, under a loss of logits, logistic or softmax regression.
    activation : {"relu", "tanh", "gelu", "sigmoid", "identity"}
        Of all hidden units. GELU is the exact form, with the normal distribution function; ReLU has
        slope 0 at 0.
    heads : Head or sequence of Head, optional
        What makes predictions of the outputs; one head of all outputs if not given, with the link
        that the loss asks for.

    Attributes
    ----------
    size : int
        Number of weights, biases included.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> from losslab.training import Network
    >>> network = Network((64, 32, 10))
    >>> network.size, [weights.shape for weights, _ in network.layers(network.start(seed=0))]
    (2410, [(64, 32), (32, 10)])
    """

    def __init__(self, sizes, activation="relu", heads=None):
        try:
            sizes = tuple(sizes)
        except TypeError:
            raise TypeError(
                f"sizes must be a sequence such as (64, 32, 10), got {shortened(sizes)}"
            ) from None
        whole = all(isinstance(n, numbers.Integral) and not isinstance(n, bool) for n in sizes)
        if len(sizes) < 2 or not whole or min(sizes) < 1:
            raise ValueError(
                "sizes must be at least two whole numbers >= 1, inputs first and outputs last, "
                f"got {shortened(sizes)}"
            )
        self.sizes = tuple(map(int, sizes))
        self.activation = check_activation(activation).name
        self.heads = _checked_heads(heads, self.sizes[-1])
        pairs = list(zip(self.sizes[:-1], self.sizes[1:], strict=True))
        ends = np.cumsum([0, *(n * m + m for n, m in pairs)])
        # Where the weights and the biases of each layer begin and end.
        self.places = tuple(
            (slice(int(a), int(a) + n * m), slice(int(a) + n * m, int(a) + n * m + m))
            for a, (n, m) in zip(ends[:-1], pairs, strict=True)
        )
        self.size = int(ends[-1])

    @property
    def curve(self):
        """Kernels of the activation."""
        return CURVES[self.activation]

    def layers(self, theta):
        """Weights (inputs x outputs) and biases of each layer, as views of `theta`.

        Parameters
        ----------
        theta : ndarray of shape (size,)

        Returns
        -------
        list of tuple of two ndarrays
            What is written to them is written to `theta`.
        """
        shapes = zip(self.sizes[:-1], self.sizes[1:], self.places, strict=True)
        return [(theta[w].reshape(n, m), theta[b]) for n, m, (w, b) in shapes]

    def biases(self):
        """Which numbers of theta are biases: an array of bool."""
        found = np.zeros(self.size, dtype=bool)
        for _, place in self.places:
            found[place] = True
        return found

    def filters(self):
        """Places in theta of the weights that lead into each unit, biases left out.

        Random directions of a landscape are scaled unit by unit.

        Returns
        -------
        list of ndarray of int

        Examples
        --------
        >>> from losslab.training import Network
        >>> [places.tolist() for places in Network((2, 2, 1)).filters()]
        [[0, 2], [1, 3], [6, 7]]
        """
        found = []
        for (place, _), m in zip(self.places, self.sizes[1:], strict=True):
            own = np.arange(place.start, place.stop).reshape(-1, m)
            found += [np.ascontiguousarray(column) for column in own.T]
        return found

    def start(self, how="torch", seed=0):
        """Weights to start from.

        Parameters
        ----------
        how : {"torch", "xavier", "he", "zeros"}
            For a layer of n inputs and m outputs: ``"torch"``, what PyTorch's ``nn.Linear`` does,
            weights and biases uniform within 1 / sqrt(n); ``"xavier"`` weights uniform within
            sqrt(6 / (n + m)); ``"he"`` weights normal with variance 2 / n; both with biases 0;
            ``"zeros"`` all 0.
        seed : int or numpy.random.Generator
            The same seed gives the same numbers.

        Returns
        -------
        ndarray of shape (size,)

        Notes
        -----
        Xavier: Glorot and Bengio 2010; He: He et al. 2015.

        Examples
        --------
        >>> from losslab.training import Network
        >>> Network((2, 1)).start("zeros")
        array([0., 0., 0.])
        """
        if how not in STARTS:
            raise ValueError(f"how must be one of {tuple(STARTS)}, got {shortened(how)}")
        rng = as_generator(seed)
        theta = np.zeros(self.size)
        for weights, biases in self.layers(theta):
            STARTS[how](rng, weights, biases)
        return theta

    def under(self, losses):
        """The same network with a link for each head: what its loss asks for.

        Parameters
        ----------
        losses : sequence of losslab.losses.Loss
            One for each head.

        Raises
        ------
        ValueError
            If a head was given a link that does not fit its loss.
        """
        heads = [
            Head(head.columns, link_for(head, loss), head.weight)
            for head, loss in zip(self.heads, losses, strict=True)
        ]
        return Network(self.sizes, self.activation, heads)

    def outputs(self, theta, X):
        """What the last layer puts out, before the links of the heads: logits, for example.

        Parameters
        ----------
        theta : array_like of shape (size,)
        X : array_like of shape (n, number of inputs)

        Returns
        -------
        ndarray of shape (n, number of outputs)
        """
        from losslab.training.networks.passes import outputs

        theta, X = self.check(theta, X)
        bare = Network(self.sizes, self.activation, Head(self.sizes[-1], "identity"))
        return outputs(bare, theta, X)

    def predict(self, theta, X):
        """Predictions of the heads: what a loss is given.

        Parameters
        ----------
        theta : array_like of shape (size,)
        X : array_like of shape (n, number of inputs)

        Returns
        -------
        ndarray of shape (n, columns), or a tuple of them for several heads

        Examples
        --------
        >>> from losslab.training import Head, Network
        >>> network = Network((1, 1), heads=Head(1, "exp"))
        >>> network.predict([2.0, 1.0], [[0.0], [-0.5]]).round(3)
        array([[2.718],
               [1.   ]])
        """
        from losslab.training.networks.passes import predictions

        theta, X = self.check(theta, X)
        if any(head.link is None for head in self.heads):
            raise ValueError(
                "the heads have no link yet: give Head(columns, link), or take network.under([loss])"
            )
        found = predictions(self, theta, X)
        return found[0] if len(found) == 1 else tuple(found)

    def check(self, theta, X):
        """Weights and inputs as arrays of one type, checked against the sizes."""
        theta = as_float_array("theta", theta)
        if theta.shape != (self.size,):
            raise ValueError(f"theta must have shape ({self.size},), got {theta.shape}")
        X = as_inputs(X, self)
        return theta, X.astype(theta.dtype, copy=False)

    def __repr__(self):
        heads = "" if self.heads == (Head(self.sizes[-1]),) else f", heads={self.heads!r}"
        return f"Network({self.sizes!r}, activation={self.activation!r}{heads})"

    def __eq__(self, other):
        if not isinstance(other, Network):
            return NotImplemented
        return (self.sizes, self.activation, self.heads) == (
            other.sizes,
            other.activation,
            other.heads,
        )

    def __hash__(self):
        return hash((self.sizes, self.activation, self.heads))


def as_inputs(X, network, name="X"):
    """Rows of inputs, as an array of float32 or float64 that fits a network."""
    X = as_float_array(name, X)
    if X.ndim != 2 or X.shape[1] != network.sizes[0] or X.shape[0] == 0:
        raise ValueError(
            f"{name} must have shape (n, {network.sizes[0]}) for a network of {network.sizes[0]} "
            f"inputs and not be empty, got {X.shape}"
        )
    return X


def as_generator(seed):
    """A source of random numbers.

    Raises
    ------
    TypeError, ValueError
        If `seed` is neither a whole number >= 0 nor a generator.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, numbers.Integral) or seed < 0:
        raise ValueError(
            f"seed must be a whole number >= 0 or a numpy Generator, got {shortened(seed)}"
        )
    return np.random.default_rng(int(seed))


def _checked_heads(heads, outputs):
    if heads is None:
        return (Head(outputs),)
    heads = (heads,) if isinstance(heads, Head) else tuple(heads)
    if not heads or not all(isinstance(head, Head) for head in heads):
        raise TypeError(f"heads must be a Head or a sequence of Heads, got {shortened(heads)}")
    columns = sum(head.columns for head in heads)
    if columns != outputs:
        raise ValueError(
            f"heads must take all {outputs} outputs of the network, got heads of {columns} columns"
        )
    return heads
