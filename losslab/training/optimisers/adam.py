"""Adam and its kin: an average of gradients over the root of an average of their squares."""

import math

from losslab.arithmetic.precision import as_data
from losslab.arithmetic.vmath import power
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter, Switch
from losslab.contract.style import style
from losslab.training.optimisers.elsewhere import OptimiserPeer
from losslab.training.optimisers.kind import Optimiser
from losslab.training.optimisers.powers import whole_power

BETA1 = {"least": 0.0, "below": 1.0, "slider": (0.0, 0.99), "doc": "memory of the mean gradient"}
BETA2 = {"least": 0.0, "below": 1.0, "slider": (0.5, 0.9999), "doc": "memory of the mean square"}
EPS = {"least": 0.0, "slider": (1e-10, 1.0, "log"), "doc": "what is added to the root"}
EPS_ROOT = {"least": 0.0, "slider": (0.0, 1.0), "doc": "what is added below the root"}


DECAY = {
    "least": 0.0,
    "slider": (0.0, 0.5),
    "doc": "share of a weight that it loses a step, times rate",
}


def adam_mean(beta, gradients, mp):
    """The average of gradients so far, corrected for its start at 0, as a sum over all of them."""
    k = len(gradients)
    parts = [(1 - beta) * beta ** (k - 1 - i) * g for i, g in enumerate(gradients)]
    return mp.fsum(parts) / (1 - beta**k)


class Adam(Optimiser):
    """Adam: a step as long as the rate where the gradient's sign holds, shorter where it changes.

    The mean of gradients over the root of the mean of their squares, both forgetting slowly and
    corrected for starting at 0. Multiplying the loss by a number changes nothing, as long as
    gradients are far above `eps`. PyTorch and Optax agree: `eps` stands outside the root, `eps_root`
    inside it, as Optax calls it. The `weight_decay` of PyTorch's Adam adds weight_decay * w to the
    gradient, as the penalty `squared_l2` does; `adamw` keeps it out of the averages.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.training.optimisers.get("adam").step([1.0, 1.0], [3.0, -0.001], learning_rate=0.1)[0].round(5)
    array([0.9, 1.1])
    """

    name = "adam"
    title = "Adam"
    family = "a rate for each weight"
    formula = (
        r"\begin{gathered} m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\ "
        r"v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\ w_t = w_{t-1} - \eta\, "
        r"\frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon} \end{gathered}"
    )
    reference = "kingma2015"
    use_when = "A network is trained and gradients of layers differ in size by orders of magnitude."
    avoid_when = "A convex problem is to be solved to many digits: it hovers about the minimum."
    peers = (
        OptimiserPeer(
            "torch.optim.Adam",
            call="betas=({beta1}, {beta2}), eps={eps}",
            at={"eps_root": 0.0},
        ),
        OptimiserPeer(
            "optax.adam",
            call="b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root}",
        ),
    )
    style = style("purple", "solid")
    learning_rate = 0.001
    slots = 2
    beta1 = Parameter(0.9, **BETA1)
    beta2 = Parameter(0.999, **BETA2)
    eps = Parameter(1e-8, **EPS)
    eps_root = Parameter(0.0, **EPS_ROOT)
    claims = Claims(
        scale_free=True,
        rotation_equivariant=False,
        moves_on=lambda beta1, **others: beta1 > 0.0,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate, beta1, beta2, eps, eps_root):
        old1, new1 = as_data(beta1), as_data(1.0 - beta1)
        old2, new2 = as_data(beta2), as_data(1.0 - beta2)
        rate_ = as_data(rate / (1.0 - whole_power(beta1, t)))
        scale = as_data(1.0 / (1.0 - whole_power(beta2, t)))
        outside, inside, nothing = as_data(eps), as_data(eps_root), as_data(0.0)
        for i in range(n):
            m = old1 * s[i] + new1 * g[i]
            v = old2 * s[n + i] + new2 * (g[i] * g[i])
            s[i] = m
            s[n + i] = v
            root = as_data(math.sqrt(v * scale + inside)) + outside
            w[i] = w[i] - (nothing if root == nothing else rate_ * m / root)
        return 0

    def exact(mp, w, gradients, rates, beta1, beta2, eps, eps_root):
        found = []
        for k in range(1, len(gradients) + 1):
            m = adam_mean(beta1, gradients[:k], mp)
            v = adam_mean(beta2, [g**2 for g in gradients[:k]], mp)
            root = mp.sqrt(v + eps_root) + eps
            w = w - (rates[k - 1] * m / root if root else 0)
            found.append(w)
        return found


class AdamW(Optimiser):
    """AdamW: Adam, with weights that shrink by themselves instead of by the gradient.

    The weights before the step are made smaller by rate * weight_decay, so that all shrink alike: a
    penalty in the gradient would be divided by the root as the rest is. Defaults are those of
    PyTorch; Optax has weight_decay = 0.0001 unless told otherwise. `eps_root` stands inside the root.

    Examples
    --------
    >>> import losslab as ll
    >>> optimiser = ll.training.optimisers.get("adamw", weight_decay=0.5)
    >>> optimiser.step([2.0], [3.0], learning_rate=0.1)[0].round(5)
    array([1.8])
    """

    name = "adamw"
    title = "AdamW"
    family = "a rate for each weight"
    formula = (
        r"w_t = (1 - \eta \lambda)\, w_{t-1} - \eta\, \frac{m_t / (1 - \beta_1^t)}"
        r"{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}"
    )
    reference = "loshchilov2019"
    use_when = "Adam is taken and weights are to be kept small."
    avoid_when = (
        "The penalised loss itself is to be minimised: decay is not the gradient of a penalty."
    )
    peers = (
        OptimiserPeer(
            "torch.optim.AdamW",
            call="betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}",
            at={"eps_root": 0.0},
        ),
        OptimiserPeer(
            "optax.adamw",
            call="b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root}, "
            "weight_decay={weight_decay}",
            defaults={"weight_decay": 1e-4},
        ),
    )
    style = style("purple", "dashed")
    learning_rate = 0.001
    slots = 2
    beta1 = Parameter(0.9, **BETA1)
    beta2 = Parameter(0.999, **BETA2)
    eps = Parameter(1e-8, **EPS)
    eps_root = Parameter(0.0, **EPS_ROOT)
    weight_decay = Parameter(0.01, **DECAY)
    claims = Claims(
        scale_free=True,
        rotation_equivariant=False,
        moves_on=lambda beta1, **others: beta1 > 0.0,
        decays_weights=lambda weight_decay, **others: weight_decay > 0.0,
    )

    def update_at(w, g, s, n, t, rate, beta1, beta2, eps, eps_root, weight_decay):
        old1, new1 = as_data(beta1), as_data(1.0 - beta1)
        old2, new2 = as_data(beta2), as_data(1.0 - beta2)
        rate_ = as_data(rate / (1.0 - whole_power(beta1, t)))
        scale = as_data(1.0 / (1.0 - whole_power(beta2, t)))
        outside, inside, nothing = as_data(eps), as_data(eps_root), as_data(0.0)
        lost = as_data(rate * weight_decay)
        for i in range(n):
            m = old1 * s[i] + new1 * g[i]
            v = old2 * s[n + i] + new2 * (g[i] * g[i])
            s[i] = m
            s[n + i] = v
            root = as_data(math.sqrt(v * scale + inside)) + outside
            left = w[i] - lost * w[i]
            w[i] = left - (nothing if root == nothing else rate_ * m / root)
        return 0

    def exact(mp, w, gradients, rates, beta1, beta2, eps, eps_root, weight_decay):
        found = []
        for k in range(1, len(gradients) + 1):
            m = adam_mean(beta1, gradients[:k], mp)
            v = adam_mean(beta2, [g**2 for g in gradients[:k]], mp)
            root = mp.sqrt(v + eps_root) + eps
            rate = rates[k - 1]
            w = (1 - rate * weight_decay) * w - (rate * m / root if root else 0)
            found.append(w)
        return found


class AMSGrad(Optimiser):
    """AMSGrad: Adam, divided by the largest mean square so far, so that steps never grow again.

    It converges where Adam may not: a rare large gradient is not forgotten. PyTorch takes the
    maximum of the mean squares as they are and corrects it for their start at 0, and so does this;
    Optax takes the maximum of the corrected ones, which is `corrected_maximum`. There the first few
    squares count for ever, so its steps are shorter. The paper corrects nothing.

    Examples
    --------
    >>> import losslab as ll
    >>> optimiser = ll.training.optimisers.get("amsgrad")
    >>> w, state = optimiser.step([1.0], [3.0], learning_rate=0.1)
    >>> w.round(5)
    array([0.9])
    """

    name = "amsgrad"
    title = "AMSGrad"
    family = "a rate for each weight"
    formula = (
        r"\begin{gathered} \hat v_t = \max(\hat v_{t-1}, v_t) \\ w_t = w_{t-1} - \eta\, "
        r"\frac{m_t / (1 - \beta_1^t)}{\sqrt{\hat v_t / (1 - \beta_2^t)} + \epsilon} \end{gathered}"
    )
    reference = "reddi2018"
    use_when = "Rare large gradients matter, and Adam goes the wrong way between them."
    avoid_when = "One early outlier among the gradients is to be forgotten."
    peers = (
        OptimiserPeer(
            "torch.optim.Adam(amsgrad=True)",
            call="betas=({beta1}, {beta2}), eps={eps}, amsgrad=True",
            at={"eps_root": 0.0, "corrected_maximum": False},
        ),
        OptimiserPeer(
            "optax.amsgrad",
            call="b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root}",
            at={"corrected_maximum": True},
        ),
    )
    style = style("purple", "dotted")
    learning_rate = 0.001
    slots = 3
    beta1 = Parameter(0.9, **BETA1)
    beta2 = Parameter(0.999, **BETA2)
    eps = Parameter(1e-8, **EPS)
    eps_root = Parameter(0.0, **EPS_ROOT)
    corrected_maximum = Switch(False, doc="whether mean squares are corrected before the maximum")
    claims = Claims(
        scale_free=True,
        rotation_equivariant=False,
        moves_on=lambda beta1, **others: beta1 > 0.0,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate, beta1, beta2, eps, eps_root, corrected_maximum):
        old1, new1 = as_data(beta1), as_data(1.0 - beta1)
        old2, new2 = as_data(beta2), as_data(1.0 - beta2)
        rate_ = as_data(rate / (1.0 - whole_power(beta1, t)))
        scale = 1.0 / (1.0 - whole_power(beta2, t))
        before = as_data(scale if corrected_maximum > 0.0 else 1.0)
        behind = as_data(1.0 if corrected_maximum > 0.0 else scale)
        outside, inside, nothing = as_data(eps), as_data(eps_root), as_data(0.0)
        for i in range(n):
            m = old1 * s[i] + new1 * g[i]
            v = old2 * s[n + i] + new2 * (g[i] * g[i])
            s[i] = m
            s[n + i] = v
            v = v * before
            most = s[2 * n + i] if v < s[2 * n + i] else v
            s[2 * n + i] = most
            root = as_data(math.sqrt(most * behind + inside)) + outside
            w[i] = w[i] - (nothing if root == nothing else rate_ * m / root)
        return 0

    def exact(mp, w, gradients, rates, beta1, beta2, eps, eps_root, corrected_maximum):
        found = []
        most = mp.mpf(0)
        for k in range(1, len(gradients) + 1):
            m = adam_mean(beta1, gradients[:k], mp)
            v = adam_mean(beta2, [g**2 for g in gradients[:k]], mp)
            correction = 1 if corrected_maximum else 1 - beta2**k
            most = max(most, v * correction)
            root = mp.sqrt(most / correction + eps_root) + eps
            w = w - (rates[k - 1] * m / root if root else 0)
            found.append(w)
        return found


class NAdam(Optimiser):
    """NAdam: Adam whose mean gradient looks one step ahead, as in Nesterov's method.

    As in PyTorch the memory of the mean grows from half of `beta1`: it is
    beta1 * (1 - 0.96**(t * momentum_decay) / 2) in step t. With ``warmed=False`` it is `beta1` from
    the start, as in Optax. (PyTorch rounds the product of memories to float32, unless its default type
    is float64: a step may differ by a part in 10**8.)

    Examples
    --------
    >>> import losslab as ll
    >>> optimiser = ll.training.optimisers.get("nadam", warmed=False)
    >>> optimiser.step([1.0], [3.0], learning_rate=0.1)[0].round(5)
    array([0.85263])
    """

    name = "nadam"
    title = "NAdam"
    family = "a rate for each weight"
    formula = (
        r"\begin{gathered} n_t = \frac{1 - \mu_t}{1 - \prod_{i \le t} \mu_i}\, g_t + "
        r"\frac{\mu_{t+1}}{1 - \prod_{i \le t+1} \mu_i}\, m_t \\ "
        r"w_t = w_{t-1} - \eta\, \frac{n_t}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon} \end{gathered}"
    )
    reference = "dozat2016"
    use_when = "Adam is too slow to answer to a new direction of the gradient."
    avoid_when = "Results must match between libraries: they mean different things by the name."
    peers = (
        OptimiserPeer(
            "torch.optim.NAdam",
            call="betas=({beta1}, {beta2}), eps={eps}, momentum_decay={momentum_decay}",
            at={"eps_root": 0.0, "warmed": True},
        ),
        OptimiserPeer(
            "optax.nadam",
            call="b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root}",
            at={"warmed": False},
        ),
    )
    style = style("green", "dashed")
    learning_rate = 0.002
    slots = 3
    beta1 = Parameter(0.9, **BETA1)
    beta2 = Parameter(0.999, **BETA2)
    eps = Parameter(1e-8, **EPS)
    eps_root = Parameter(0.0, **EPS_ROOT)
    momentum_decay = Parameter(
        0.004, least=0.0, slider=(0.0, 0.1), doc="how fast the memory grows to `beta1`"
    )
    warmed = Switch(True, doc="whether the memory grows at all")
    claims = Claims(
        scale_free=True,
        rotation_equivariant=False,
        moves_on=lambda beta1, **others: beta1 > 0.0,
        decays_weights=False,
    )

    def update_at(w, g, s, n, t, rate, beta1, beta2, eps, eps_root, momentum_decay, warmed):
        old1, new1 = as_data(beta1), as_data(1.0 - beta1)
        old2, new2 = as_data(beta2), as_data(1.0 - beta2)
        scale = as_data(1.0 / (1.0 - whole_power(beta2, t)))
        mu = warmed_memory(beta1, momentum_decay, warmed, t)
        ahead = warmed_memory(beta1, momentum_decay, warmed, t + 1)
        # The product of all memories so far stands beside each weight.
        product = mu if t == 1 else mu * s[2 * n]
        of_gradient = as_data(rate * (1.0 - mu) / (1.0 - product))
        of_mean = as_data(rate * ahead / (1.0 - product * ahead))
        outside, inside, nothing = as_data(eps), as_data(eps_root), as_data(0.0)
        kept = as_data(product)
        for i in range(n):
            m = old1 * s[i] + new1 * g[i]
            v = old2 * s[n + i] + new2 * (g[i] * g[i])
            s[i] = m
            s[n + i] = v
            s[2 * n + i] = kept
            root = as_data(math.sqrt(v * scale + inside)) + outside
            step = of_gradient * g[i] + of_mean * m
            w[i] = w[i] - (nothing if root == nothing else step / root)
        return 0

    def exact(mp, w, gradients, rates, beta1, beta2, eps, eps_root, momentum_decay, warmed):
        def memory(t):
            return beta1 * (1 - mp.mpf("0.96") ** (t * momentum_decay) / 2) if warmed else beta1

        found = []
        for k in range(1, len(gradients) + 1):
            product = mp.fprod(memory(t) for t in range(1, k + 1))
            m = adam_mean(beta1, gradients[:k], mp) * (1 - beta1**k)
            v = adam_mean(beta2, [g**2 for g in gradients[:k]], mp)
            root = mp.sqrt(v + eps_root) + eps
            step = (1 - memory(k)) / (1 - product) * gradients[k - 1]
            step += memory(k + 1) / (1 - product * memory(k + 1)) * m
            w = w - (rates[k - 1] * step / root if root else 0)
            found.append(w)
        return found


def warmed_memory(beta, decay, warmed, t):
    """The memory of NAdam's mean in step t."""
    return beta * (1.0 - 0.5 * power(0.96, t * decay)) if warmed > 0.0 else beta
