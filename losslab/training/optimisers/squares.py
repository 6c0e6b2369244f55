"""A rate for each weight, from the squares of its gradients: Adagrad and RMSProp."""

import math

from losslab.arithmetic.precision import as_data
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter, Switch
from losslab.contract.style import style
from losslab.training.optimisers.elsewhere import OptimiserPeer
from losslab.training.optimisers.kind import Optimiser

EPS = {"least": 0.0, "slider": (1e-10, 1.0, "log"), "doc": "what is added to the root"}
EPS_ROOT = {"least": 0.0, "slider": (0.0, 1.0), "doc": "what is added below the root"}


class Adagrad(Optimiser):
    """Adagrad: the gradient over the root of the sum of all squared gradients of that weight.

    Rare features keep long steps, and all steps shrink for ever, as one over the root of their
    number. Defaults are those of PyTorch: the sum starts at 0 and `eps` stands outside the root.
    Optax starts it at 0.1 (`initial`) and has an eps of 1e-7 inside the root (`eps_root`).

    Examples
    --------
    >>> import losslab as ll
    >>> optimiser = ll.training.optimisers.get("adagrad")
    >>> w, state = optimiser.step([1.0, 1.0], [3.0, 0.01], learning_rate=0.1)
    >>> w.round(5)
    array([0.9, 0.9])
    """

    name = "adagrad"
    title = "Adagrad"
    family = "a rate for each weight"
    formula = (
        r"v_t = v_{t-1} + g_t^2, \qquad w_t = w_{t-1} - \eta\, \frac{g_t}{\sqrt{v_t} + \epsilon}"
    )
    reference = "duchi2011"
    use_when = "Features are sparse and rare ones matter, as in a convex model of words."
    avoid_when = "Training is long: steps shrink whether or not the minimum is near."
    peers = (
        OptimiserPeer(
            "torch.optim.Adagrad",
            call="initial_accumulator_value={initial}, eps={eps}",
            at={"eps_root": 0.0},
        ),
        OptimiserPeer(
            "optax.adagrad",
            call="initial_accumulator_value={initial}, eps={eps_root}",
            at={"eps": 0.0},
            defaults={"initial": 0.1, "eps_root": 1e-7},
        ),
    )
    style = style("blue", "dotted")
    learning_rate = 0.01
    slots = 1
    initial = Parameter(0.0, least=0.0, slider=(0.0, 1.0), doc="what the sum of squares starts at")
    eps = Parameter(1e-10, **EPS)
    eps_root = Parameter(0.0, **EPS_ROOT)
    claims = Claims(
        scale_free=lambda initial, **others: initial == 0.0,
        rotation_equivariant=False,
        moves_on=False,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate, initial, eps, eps_root):
        first = as_data(initial if t == 1 else 0.0)
        rate_, nothing = as_data(rate), as_data(0.0)
        outside, inside = as_data(eps), as_data(eps_root)
        for i in range(n):
            v = (s[i] + first) + g[i] * g[i]
            s[i] = v
            root = as_data(math.sqrt(v + inside)) + outside
            w[i] = w[i] - (nothing if root == nothing else rate_ * g[i] / root)
        return 0

    def exact(mp, w, gradients, rates, initial, eps, eps_root):
        found = []
        for k, (g, rate) in enumerate(zip(gradients, rates, strict=True), 1):
            root = mp.sqrt(initial + mp.fsum(x**2 for x in gradients[:k]) + eps_root) + eps
            w = w - (rate * g / root if root else 0)
            found.append(w)
        return found


class RMSProp(Optimiser):
    """RMSProp: the gradient over the root of a forgetful mean of its squares.

    The mean starts at 0 and is not corrected for that, so the first steps are long: 1 /
    sqrt(1 - decay) rates. `centred` takes the square of the mean gradient away, which leaves an
    estimate of the variance (never below 0 here, where rounding would make it so); `momentum` adds
    past steps up. Defaults are those of PyTorch; Optax has a decay of 0.9 and its eps inside the
    root: ``decay=0.9, eps=0, eps_root=1e-8``.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.training.optimisers.get("rmsprop").step([1.0, 1.0], [3.0, 0.01], learning_rate=0.01)[0].round(5)
    array([0.9, 0.9])
    """

    name = "rmsprop"
    title = "RMSProp"
    family = "a rate for each weight"
    formula = (
        r"v_t = \rho\, v_{t-1} + (1 - \rho)\, g_t^2, \qquad "
        r"w_t = w_{t-1} - \eta\, \frac{g_t}{\sqrt{v_t} + \epsilon}"
    )
    reference = "tieleman2012"
    use_when = "Gradients differ in size from weight to weight and from time to time."
    avoid_when = "The first steps must not be longer than the later ones."
    peers = (
        OptimiserPeer(
            "torch.optim.RMSprop",
            call="alpha={decay}, eps={eps}, centered={centred}, momentum={momentum}",
            at={"eps_root": 0.0},
        ),
        OptimiserPeer(
            "optax.rmsprop",
            call="decay={decay}, eps={eps_root}, centered={centred}, momentum={momentum}",
            at={"eps": 0.0},
            defaults={"decay": 0.9, "eps_root": 1e-8},
        ),
    )
    style = style("vermilion", "dotted")
    learning_rate = 0.01
    slots = 3
    decay = Parameter(
        0.99, least=0.0, below=1.0, slider=(0.5, 0.999), doc="memory of the mean square"
    )
    momentum = Parameter(
        0.0, least=0.0, below=1.0, slider=(0.0, 0.99), doc="share of the step that is kept"
    )
    eps = Parameter(1e-8, **EPS)
    eps_root = Parameter(0.0, **EPS_ROOT)
    centred = Switch(False, doc="whether the square of the mean gradient is taken away")
    claims = Claims(
        scale_free=True,
        rotation_equivariant=False,
        moves_on=lambda momentum, **others: momentum > 0.0,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate, decay, momentum, eps, eps_root, centred):
        old, new = as_data(decay), as_data(1.0 - decay)
        mu, rate_, nothing = as_data(momentum), as_data(rate), as_data(0.0)
        outside, inside = as_data(eps), as_data(eps_root)
        for i in range(n):
            v = old * s[i] + new * (g[i] * g[i])
            s[i] = v
            if centred > 0.0:
                m = old * s[n + i] + new * g[i]
                s[n + i] = m
                v = v - m * m
                v = nothing if v < nothing else v
            root = as_data(math.sqrt(v + inside)) + outside
            step = nothing if root == nothing else g[i] / root
            if momentum > 0.0:
                step = mu * s[2 * n + i] + step
                s[2 * n + i] = step
            w[i] = w[i] - rate_ * step
        return 0

    def exact(mp, w, gradients, rates, decay, momentum, eps, eps_root, centred):
        def mean(numbers):
            k = len(numbers)
            return mp.fsum((1 - decay) * decay ** (k - 1 - i) * x for i, x in enumerate(numbers))

        found, steps = [], []
        for k, g in enumerate(gradients, 1):
            v = mean([x**2 for x in gradients[:k]])
            if centred:
                v = v - mean(gradients[:k]) ** 2
            root = mp.sqrt(v + eps_root) + eps
            steps.append(g / root if root else mp.mpf(0))
            w = w - rates[k - 1] * mp.fsum(momentum ** (k - 1 - i) * x for i, x in enumerate(steps))
            found.append(w)
        return found
