"""One learning rate for all weights: gradient descent, heavy ball, Nesterov's method."""

from losslab.arithmetic.precision import as_data
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter, Switch
from losslab.contract.style import style
from losslab.training.optimisers.elsewhere import OptimiserPeer
from losslab.training.optimisers.kind import Optimiser

MOMENTUM = {"least": 0.0, "below": 1.0, "slider": (0.0, 0.99)}


class GradientDescent(Optimiser):
    """Gradient descent: a step against the gradient, as long as the gradient is steep.

    w - rate * g. With the gradient of a part of the samples it is stochastic gradient descent; the
    step is the same. On a quadratic it converges if the rate is below 2 / L, L being the largest
    curvature, and slowly if the curvatures are very different.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.training.optimisers.get("gradient_descent").step([3.0, -1.0], [1.0, 2.0], learning_rate=0.5)[0]
    array([ 2.5, -2. ])
    """

    name = "gradient_descent"
    title = "Gradient descent"
    aliases = ("sgd", "stochastic_gradient_descent", "steepest_descent")
    family = "one rate for all weights"
    formula = r"w_{t} = w_{t-1} - \eta\, g_t"
    reference = "robbins1951"
    use_when = "The loss is about equally curved in all directions, or theory is to be followed."
    avoid_when = (
        "Some directions are far more curved than others, or gradients differ in size by layer."
    )
    peers = (
        OptimiserPeer("torch.optim.SGD"),
        OptimiserPeer("optax.sgd"),
    )
    style = style("blue", "solid")
    learning_rate = 0.01
    slots = 0
    claims = Claims(
        scale_free=False,
        rotation_equivariant=True,
        moves_on=False,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate):
        rate_ = as_data(rate)
        for i in range(n):
            w[i] = w[i] - rate_ * g[i]
        return 0

    def exact(mp, w, gradients, rates):
        found = []
        for k in range(1, len(gradients) + 1):
            found.append(w - mp.fsum(r * g for r, g in zip(rates[:k], gradients[:k], strict=True)))
        return found


class HeavyBall(Optimiser):
    """Heavy ball (momentum): a velocity adds up past gradients and forgets them slowly.

    v = momentum * v + (1 - dampening) * g, then w - rate * v. On a quadratic it is stable for rates
    below 2 (1 + momentum) / L. PyTorch and Optax keep gradients in the velocity, so a change of the
    rate acts on the past too; with `polyak` the velocity keeps steps, as in the paper, and only new
    gradients meet the new rate: the same path as long as the rate stays. Dampening leaves the first
    velocity as it is, as in PyTorch, unless `damp_first`: then it is an exponential average.

    Examples
    --------
    >>> import losslab as ll
    >>> optimiser = ll.training.optimisers.get("heavy_ball", momentum=0.9)
    >>> w, state = optimiser.step([1.0], [1.0], learning_rate=0.1)
    >>> optimiser.step(w, [1.0], state, learning_rate=0.1)[0]
    array([0.71])
    """

    name = "heavy_ball"
    title = "Heavy ball (momentum)"
    aliases = ("momentum", "sgd_momentum", "polyak")
    family = "one rate for all weights"
    formula = r"v_t = \mu\, v_{t-1} + (1 - d)\, g_t, \qquad w_t = w_{t-1} - \eta\, v_t"
    reference = "polyak1964"
    use_when = "Plain descent zigzags along a narrow valley."
    avoid_when = (
        "Steps that overshoot are dear, or the curvature jumps: there it may circle for ever."
    )
    peers = (
        OptimiserPeer(
            "torch.optim.SGD(momentum=0.9)",
            call="momentum={momentum}, dampening={dampening}",
            at={"damp_first": False, "polyak": False},
        ),
        OptimiserPeer(
            "optax.sgd(momentum=0.9)",
            call="momentum={momentum}",
            at={"dampening": 0.0, "damp_first": False, "polyak": False},
        ),
    )
    style = style("vermilion", "solid")
    learning_rate = 0.01
    slots = 1
    momentum = Parameter(
        0.9, **MOMENTUM, doc="share of the velocity that is kept from step to step"
    )
    dampening = Parameter(
        0.0,
        least=0.0,
        below=1.0,
        slider=(0.0, 0.95),
        doc="share of a new gradient that is left out",
    )
    damp_first = Switch(False, doc="whether the first gradient is damped too")
    polyak = Switch(False, doc="whether the velocity keeps steps instead of gradients")
    claims = Claims(
        scale_free=False,
        rotation_equivariant=True,
        moves_on=lambda momentum, **others: momentum > 0.0,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate, momentum, dampening, damp_first, polyak):
        whole = (t == 1) & (damp_first == 0.0)
        inside = rate if polyak > 0.0 else 1.0
        kept, rate_ = as_data(momentum), as_data(1.0 if polyak > 0.0 else rate)
        new = as_data(inside if whole else inside * (1.0 - dampening))
        for i in range(n):
            v = kept * s[i] + new * g[i]
            s[i] = v
            w[i] = w[i] - rate_ * v
        return 0

    def exact(mp, w, gradients, rates, momentum, dampening, damp_first, polyak):
        # All velocities as sums over the past.
        damped = [g * (1 - dampening) for g in gradients]
        if not damp_first:
            damped[0] = gradients[0]
        found = []
        for k in range(len(gradients)):
            weight = [momentum ** (k - i) for i in range(k + 1)]
            if polyak:
                step = mp.fsum(weight[i] * rates[i] * damped[i] for i in range(k + 1))
            else:
                step = rates[k] * mp.fsum(weight[i] * damped[i] for i in range(k + 1))
            w = w - step
            found.append(w)
        return found


class Nesterov(Optimiser):
    """Nesterov's method: momentum whose gradient is taken where the momentum leads.

    v = momentum * v + g, then w - rate * (g + momentum * v), as in PyTorch and Optax. The weights
    are the points at which gradients are taken: the textbook's y, from which a plain step leads to
    its x and the momentum from there to the next y. With `textbook` the state holds x instead of v,
    as x = y - rate * g, y = x + momentum * (x - last x); the two part where the rate changes. On a
    quadratic it is stable for rates below (2 + 2 momentum) / ((1 + 2 momentum) L), which for a
    momentum of 0.9 is less than plain descent may take.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.training.optimisers.get("nesterov", momentum=0.5).step([1.0], [1.0], learning_rate=0.1)[0]
    array([0.85])
    """

    name = "nesterov"
    title = "Nesterov's method"
    aliases = ("nag", "nesterov_momentum", "accelerated_gradient")
    family = "one rate for all weights"
    formula = r"v_t = \mu\, v_{t-1} + g_t, \qquad w_t = w_{t-1} - \eta\, (g_t + \mu\, v_t)"
    reference = "nesterov1983"
    use_when = "A convex loss is badly conditioned, and the rate can be kept below its bound."
    avoid_when = "The rate is chosen as for heavy ball: its stable range is about a third as wide."
    peers = (
        OptimiserPeer(
            "torch.optim.SGD(nesterov=True)",
            call="momentum={momentum}, nesterov=True",
            at={"textbook": False},
        ),
        OptimiserPeer(
            "optax.sgd(nesterov=True)",
            call="momentum={momentum}, nesterov=True",
            at={"textbook": False},
        ),
    )
    style = style("green", "solid")
    learning_rate = 0.01
    slots = 1
    momentum = Parameter(
        0.9, **MOMENTUM, doc="share of the velocity that is kept from step to step"
    )
    textbook = Switch(False, doc="whether the state holds the textbook's x instead of the velocity")
    claims = Claims(
        scale_free=False,
        rotation_equivariant=True,
        moves_on=lambda momentum, **others: momentum > 0.0,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate, momentum, textbook):
        mu, rate_ = as_data(momentum), as_data(rate)
        if textbook > 0.0:
            for i in range(n):
                x = w[i] - rate_ * g[i]
                last = w[i] if t == 1 else s[i]
                s[i] = x
                w[i] = x + mu * (x - last)
        else:
            for i in range(n):
                v = mu * s[i] + g[i]
                s[i] = v
                w[i] = w[i] - rate_ * (g[i] + mu * v)
        return 0

    def exact(mp, w, gradients, rates, momentum, textbook):
        found = []
        last = w  # the textbook's x
        for k, (g, rate) in enumerate(zip(gradients, rates, strict=True)):
            if textbook:
                x = w - rate * g
                w, last = x + momentum * (x - last), x
            else:
                v = mp.fsum(momentum ** (k - i) * gradients[i] for i in range(k + 1))
                w = w - rate * (g + momentum * v)
            found.append(w)
        return found
