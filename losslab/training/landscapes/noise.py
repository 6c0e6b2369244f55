"""How noisy the gradient of a batch is, and so how large a batch is worth while."""

from dataclasses import dataclass

import numpy as np

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count
from losslab.training.landscapes.checks import as_size, as_vector


@dataclass(frozen=True)
class GradientNoise:
    """Signal and noise of the gradients of batches.

    Attributes
    ----------
    scale : float
        The simple noise scale: `noise` over `signal`, in samples. At this size of the batch noise
        and signal of its gradient are equal; far below it, twice the batch saves almost half the
        steps, far above it, almost none. Infinite if the estimate of the signal is not positive:
        the gradient is then lost in the noise.
    signal : float
        Unbiased estimate of the squared length of the gradient of the population that the samples
        are drawn from. It may be negative where that is near 0.
    noise : float
        Unbiased estimate of the trace of the covariance of the gradient of one sample.
    error : float
        Standard error of `scale`, by leaving out one batch after the other; NaN for fewer than three
        batches, or where the signal is lost.
    batches : int
        How many gradients were compared.
    """

    scale: float
    signal: float
    noise: float
    error: float
    batches: int


def gradient_noise_scale(objective, theta, batch=1, batches=None, seed=0):
    r"""The simple noise scale, tr(Σ) / |G|², of McCandlish et al. (2018), by unbiased estimators.

    The rows are shuffled and cut into batches. The mean of the squared lengths of their gradients
    exceeds the squared length of the mean of the gradients, because it has more of the noise; with B
    samples in a batch and n in all batches together

    .. math::
        |G|^2 \approx \frac{n\,|g_n|^2 - B\,\overline{|g_B|^2}}{n - B}, \qquad
        \operatorname{tr}\Sigma \approx \frac{\overline{|g_B|^2} - |g_n|^2}{1/B - 1/n}.

    Both are unbiased, their quotient is not, and it is as uncertain as its `error` says.

    Parameters
    ----------
    objective : losslab.training.Objective
        Anything with ``size``, ``rows``, ``batch(indices)`` and ``value_and_gradient(theta)``, all
        samples of the same weight.
    theta : array_like of shape (size,)
        Weights, finite.
    batch : int
        Rows of a batch; 1 uses the data best. At most half of the rows.
    batches : int, optional
        How many batches, at least 2; all that there are if not given.
    seed : int or numpy.random.Generator
        Of the shuffling.

    Returns
    -------
    GradientNoise

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above or a gradient is not finite.

    References
    ----------
    S. McCandlish, J. Kaplan, D. Amodei and the OpenAI Dota Team, An Empirical Model of Large-Batch
    Training, arXiv:1812.06162, 2018, appendix A.1.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import LinearObjective, gradient_noise_scale
    >>> loss = ll.get("squared_error")
    >>> objective = LinearObjective([[1.0], [1.0], [1.0]], [1.0, 2.0, 3.0], loss, intercept=False)
    >>> found = gradient_noise_scale(objective, [0.0])
    >>> round(found.noise, 12), round(found.signal, 12)
    (1.0, 3.666666666667)
    """
    size = as_size(objective)
    theta = as_vector("theta", theta, size)
    rows = as_count("objective.rows", getattr(objective, "rows", None), 2)
    weights = getattr(objective, "sample_weight", None)
    if weights is not None and np.ptp(weights) > 0.0:
        raise ValueError(
            "objective must have samples of the same weight, got sample_weight from "
            f"{np.min(weights):g} to {np.max(weights):g}"
        )
    batch = as_count("batch", batch, 1, rows // 2)
    most = rows // batch
    batches = most if batches is None else as_count("batches", batches, 2, most)
    order = np.random.default_rng(seed).permutation(rows)[: batch * batches]
    gradients = np.empty((batches, size))
    for row, indices in enumerate(order.reshape(batches, batch)):
        gradients[row] = objective.batch(np.sort(indices)).value_and_gradient(theta)[1]
    if not np.isfinite(gradients).all():
        raise ValueError(f"theta must have finite gradients, got {shortened(theta)}")
    mean = gradients.mean(axis=0)
    apart = ((gradients - mean) ** 2).sum(axis=1)
    signal, noise = _estimates(mean @ mean, apart.sum(), batch, batches)
    error = np.nan
    if batches > 2:
        # Without one batch: how mean and spread change follows from how far it is from the mean.
        left = batches - 1
        toward = gradients @ mean
        square = (batches**2 * (mean @ mean) - 2 * batches * toward) / left**2
        square += ((gradients**2).sum(axis=1)) / left**2
        spread = apart.sum() - apart * batches / left
        scales = np.array(
            [_quotient(*_estimates(*s, batch, left)) for s in zip(square, spread, strict=True)]
        )
        with np.errstate(invalid="ignore"):
            error = np.sqrt(left / batches * ((scales - scales.mean()) ** 2).sum())
    return GradientNoise(_quotient(signal, noise), signal, noise, float(error), batches)


def _estimates(square, spread, batch, batches):
    """Signal and noise from the squared length of the mean and the summed squares around it.

    The sum of squares around the mean, not a difference of squared lengths: where the signal is
    strong that would cancel.
    """
    variance = spread / (batches - 1)  # of the gradient of a batch
    return float(square - variance / batches), float(variance * batch)


def _quotient(signal, noise):
    if signal > 0.0:
        return noise / signal
    return np.inf if noise > 0.0 else np.nan
