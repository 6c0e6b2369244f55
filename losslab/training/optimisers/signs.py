"""Steps by the sign alone: Lion."""

from losslab.arithmetic.precision import as_data
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.style import style
from losslab.training.optimisers.elsewhere import OptimiserPeer
from losslab.training.optimisers.kind import Optimiser


class Lion(Optimiser):
    """Lion: every weight moves by the rate, in the direction of the sign of a mean gradient.

    The sign is that of a mean of which the newest gradient is 1 - beta1; what is remembered forgets
    more slowly, by beta2. Weights shrink by rate * weight_decay besides, as in `adamw`. A mean of
    exactly 0 moves nothing. Rates are a third to a tenth of those of AdamW, and decays as much
    larger, says the paper. PyTorch has no Lion; defaults are those of Optax.

    Examples
    --------
    >>> import losslab as ll
    >>> optimiser = ll.training.optimisers.get("lion", weight_decay=0.0)
    >>> optimiser.step([1.0, 1.0, 1.0], [5.0, -0.01, 0.0], learning_rate=0.1)[0]
    array([0.9, 1.1, 1. ])
    """

    name = "lion"
    title = "Lion"
    family = "a rate for each weight"
    formula = (
        r"\begin{gathered} c_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\ "
        r"w_t = w_{t-1} - \eta\, (\operatorname{sign} c_t + \lambda\, w_{t-1}) \\ "
        r"m_t = \beta_2 m_{t-1} + (1 - \beta_2)\, g_t \end{gathered}"
    )
    reference = "chen2023"
    use_when = "Memory is short, batches are large, and the rate falls to 0 in the end."
    avoid_when = "The rate stays: it walks about the minimum in steps of that length for ever."
    peers = (
        OptimiserPeer(
            "optax.lion",
            call="b1={beta1}, b2={beta2}, weight_decay={weight_decay}",
        ),
    )
    style = style("green", "dotted")
    learning_rate = 0.0001
    slots = 1
    beta1 = Parameter(
        0.9, least=0.0, below=1.0, slider=(0.0, 0.99), doc="share of the past in the sign"
    )
    beta2 = Parameter(0.99, least=0.0, below=1.0, slider=(0.5, 0.999), doc="memory of the mean")
    weight_decay = Parameter(
        0.001,
        least=0.0,
        slider=(0.0, 0.5),
        doc="share of a weight that it loses a step, times rate",
    )
    claims = Claims(
        scale_free=True,
        rotation_equivariant=False,
        moves_on=lambda beta1, **others: beta1 > 0.0,
        decays_weights=lambda weight_decay, **others: weight_decay > 0.0,
    )

    def update_at(w, g, s, n, t, rate, beta1, beta2, weight_decay):
        old1, new1 = as_data(beta1), as_data(1.0 - beta1)
        old2, new2 = as_data(beta2), as_data(1.0 - beta2)
        rate_, lost = as_data(rate), as_data(rate * weight_decay)
        nothing = as_data(0.0)
        for i in range(n):
            c = old1 * s[i] + new1 * g[i]
            s[i] = old2 * s[i] + new2 * g[i]
            # 0 stays 0, and NaN stays NaN.
            step = rate_ if c > nothing else (-rate_ if c < nothing else c)
            w[i] = (w[i] - lost * w[i]) - step
        return 0

    def exact(mp, w, gradients, rates, beta1, beta2, weight_decay):
        found = []
        for k, (g, rate) in enumerate(zip(gradients, rates, strict=True)):
            m = mp.fsum((1 - beta2) * beta2 ** (k - 1 - i) * gradients[i] for i in range(k))
            w = w - rate * (mp.sign(beta1 * m + (1 - beta1) * g) + weight_decay * w)
            found.append(w)
        return found
