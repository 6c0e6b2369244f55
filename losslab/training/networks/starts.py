"""Weights to start from, layer by layer: each function fills a matrix and its biases."""

import math


def torch_start(rng, weights, biases):
    """PyTorch's default of ``nn.Linear``: all uniform within 1 / sqrt(inputs)."""
    bound = 1.0 / math.sqrt(weights.shape[0])
    weights[:] = rng.uniform(-bound, bound, weights.shape)
    biases[:] = rng.uniform(-bound, bound, biases.shape)


def xavier_start(rng, weights, biases):
    """Glorot and Bengio 2010, the uniform form: variance 2 / (inputs + outputs)."""
    bound = math.sqrt(6.0 / sum(weights.shape))
    weights[:] = rng.uniform(-bound, bound, weights.shape)


def he_start(rng, weights, biases):
    """He et al. 2015, the normal form: variance 2 / inputs."""
    weights[:] = rng.normal(0.0, math.sqrt(2.0 / weights.shape[0]), weights.shape)


def zero_start(rng, weights, biases):
    """All 0: hidden units that start alike stay alike."""


STARTS = {"torch": torch_start, "xavier": xavier_start, "he": he_start, "zeros": zero_start}
