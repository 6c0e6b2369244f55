"""Likelihoods of a whole density: a mixture of Gaussians, a Gaussian of several numbers."""

import numpy as np

from losslab.arithmetic.softmax import largest, softmax_parts
from losslab.arithmetic.standard import HALF_LOG_2PI, LARGEST, inverse_scale, standardised
from losslab.arithmetic.vmath import log1p
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise

CLAIMS = {
    "convex": False,
    "differentiable": True,
    "bounded": None,
    "lipschitz": None,
    "proper": True,
}


class MixtureDensity(Rowwise):
    """Mixture density network: negative log-likelihood of a mixture of Gaussians, in nats.

    The 3 K columns are K logits of the weights, K means and K logarithms of standard deviations,
    means and deviations in the unit of y. Each component is pulled towards y in proportion to its
    responsibility, the share of the density at y that it provides. The components can be renamed
    without a change, and adding one number to all logits changes nothing. Unbounded below: one
    component on one target with a scale going to 0; and components that start far from all
    targets may never be used.

    Examples
    --------
    >>> import losslab as ll
    >>> two = ll.get("mixture_density").value([0.0], [[0.0, 0.0, 1.0, 1.0, 0.0, 0.0]])
    >>> two == ll.get("gaussian_nll").value([0.0], [[1.0, 0.0]])
    True
    """

    name = "mixture_density"
    title = "Mixture density"
    aliases = ("mixture_density_nll", "MDN", "MixtureDensityLoss", "mdn_loss")
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = "values"
    output_word = "parameter of a mixture"
    formula = r"-\log\sum_{k=1}^K \pi_k\,\mathcal N(y;\mu_k,\sigma_k^2)"
    reference = "bishop1994"
    use_when = "The same inputs lead to several separate outcomes."
    avoid_when = "One bump describes the noise: the extra freedom is hard to fit."
    peers = (
        Peer(
            "torch.distributions.MixtureSameFamily",
            call="m = f.shape[1] // 3\nparts = torch.distributions.Normal(f[:, m : 2 * m], f[:, 2 * m :].exp())\nlaw = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(logits=f[:, :m]), parts)\n-law.log_prob(y).mean()",
            bare=False,
            says="it takes scales instead of their logarithms",
        ),
    )
    style = style("green", "solid")
    claims = Claims(nonnegative=False, **CLAIMS)
    accuracy = {
        "value": Bound(4.0, "two logarithms of sums are subtracted", of="rounding"),
        "gradient": Bound(4.0, "weights and responsibilities cancel", of="rounding"),
    }

    def output_names(self, k):
        return [f"{word} {i}" for word in ("logit", "mean", "log scale") for i in range(k // 3)]

    def check_columns(self, k):
        if k % 3:
            raise ValueError(
                f"y_pred of {self.name} must have 3 columns a component (logits, means, "
                f"log-scales), got {k}"
            )

    def example_columns(self):
        return 6

    def row_at(y, f, g, s, k):
        n = k // 3
        top = f[largest(f, n)]
        for i in range(n):
            z = standardised(y[0], f[n + i], inverse_scale(f[2 * n + i]))
            a = ((f[i] - top) - f[2 * n + i]) - 0.5 * z * z
            s[i] = -LARGEST if a < -LARGEST else a
            s[2 * n + i] = z
        at, rest = softmax_parts(s, g, n)
        density = s[at]
        density_rest = log1p(rest)
        inverse = 1.0 / (1.0 + rest)
        for i in range(n):
            s[n + i] = g[i] * inverse
        at, rest = softmax_parts(f, g, n)
        value = (log1p(rest) - (density + density_rest)) + HALF_LOG_2PI
        inverse = 1.0 / (1.0 + rest)
        for i in range(n):
            share = s[n + i]
            z = s[2 * n + i]
            g[i] = g[i] * inverse - share
            g[n + i] = -share * z * inverse_scale(f[2 * n + i]) if share > 0.0 else 0.0
            g[2 * n + i] = share * (1.0 - z * z) if share > 0.0 else 0.0
        return value

    def exact(mp, y, f):
        n = len(f) // 3
        weights = [mp.exp(v) for v in f[:n]]
        total = mp.mpf(0)
        for w, mean, log_scale in zip(weights, f[n : 2 * n], f[2 * n :], strict=True):
            z = (y - mean) * mp.exp(-log_scale)
            total += w * mp.exp(-(z**2) / 2 - log_scale)
        return mp.log(sum(weights)) - mp.log(total) + mp.log(2 * mp.pi) / 2


class MultivariateGaussianNLL(Rowwise):
    """Gaussian negative log-likelihood of d numbers with a full covariance matrix, in nats.

    The covariance is L L' for a lower triangular L. The d (d + 3) / 2 columns are the d means,
    the logarithms of the d diagonal entries of L, and the entries of L below the diagonal, row by
    row: L[1, 0], L[2, 0], L[2, 1] and so on, all in the units of y. Every row of columns is
    legal, and each covariance matrix has one L; no matrix is inverted, only triangular systems
    are solved. Unbounded below, as every likelihood of a free scale.

    Examples
    --------
    >>> import losslab as ll
    >>> row = [1.0, 2.0, 0.0, 0.0, 3.0]  # means 1 and 2, L = [[1, 0], [3, 1]]
    >>> round(ll.get("multivariate_gaussian_nll").value([[1.0, 2.0]], [row]), 6)
    1.837877
    """

    name = "multivariate_gaussian_nll"
    title = "Multivariate Gaussian negative log-likelihood"
    aliases = ("MultivariateNormalNLL", "mvn_nll")
    family = "probabilistic"
    target = "vector"
    prediction = "finite"
    outputs = "values"
    output_word = "parameter of a joint Gaussian"
    formula = r"\tfrac12\lVert L^{-1}(y-\mu)\rVert^2 + \sum_i\log L_{ii} + \tfrac d2\log 2\pi"
    reference = "pinheiro1996"
    use_when = "Several targets have errors that move together."
    avoid_when = "There are many targets: the columns grow with their square."
    peers = (
        Peer(
            "torch.distributions.MultivariateNormal",
            call="d = y.shape[1]\nlower = torch.diag_embed(f[:, d : 2 * d].exp())\nlower[:, *torch.tril_indices(d, d, -1)] = f[:, 2 * d :]\n-torch.distributions.MultivariateNormal(f[:, :d], scale_tril=lower).log_prob(y).mean()",
            bare=False,
            says="it takes the triangular matrix itself",
        ),
        Peer("ngboost.distns.MultivariateNormal", bare=False, says="with LogScore"),
    )
    style = style("purple", "dashed")
    claims = Claims(**CLAIMS)
    accuracy = {
        "value": Bound(8.0, "a triangular system is solved", of="rounding"),
        "gradient": Bound(8.0, "two triangular systems are solved", of="rounding"),
    }

    def target_width(self, k):
        d = 1
        while d * (d + 3) // 2 < k:
            d += 1
        if d * (d + 3) // 2 != k:
            raise ValueError(
                f"y_pred of {self.name} must have d (d + 3) / 2 columns for targets of d numbers: "
                f"2, 5, 9, 14, ..., got {k}"
            )
        return d

    def output_names(self, k):
        d = self.target_width(k)
        below = [f"L[{i},{j}]" for i in range(d) for j in range(i)]
        logs = [f"log L[{i},{i}]" for i in range(d)]
        return [f"mean {i}" for i in range(d)] + logs + below

    def example_columns(self):
        return 5

    def row_at(y, f, g, s, k):
        d = 1
        while d * (d + 3) // 2 < k:
            d += 1
        value = 0.0
        squares = 0.0
        at = 2 * d
        for i in range(d):
            e = inverse_scale(f[d + i])
            x = y[i] - f[i]
            for j in range(i):
                x = min(max(x - f[at] * s[j], -LARGEST), LARGEST)
                at += 1
            x = x * e
            squares += 0.5 * x * x
            value += f[d + i] + HALF_LOG_2PI
            s[i] = min(max(x, -LARGEST), LARGEST)  # times 0 it must stay 0
            s[2 * d + i] = e
        # w = L'^-1 x, from the last row up; the entries of row j below the diagonal start at
        # j (j - 1) / 2.
        for back in range(d):
            i = d - 1 - back
            w = s[i]
            for j in range(i + 1, d):
                w -= f[2 * d + j * (j - 1) // 2 + i] * s[d + j]
                w = min(max(w, -LARGEST), LARGEST)
            g[d + i] = 1.0 - w * s[i]
            w = w * s[2 * d + i]
            g[i] = -w
            w = min(max(w, -LARGEST), LARGEST)
            s[d + i] = w
            for j in range(i):
                g[2 * d + i * (i - 1) // 2 + j] = -w * s[j]
        return value + squares if squares < np.inf else squares

    def exact(mp, y, f):
        d = len(y)
        below = list(f[2 * d :])
        x = []
        for i in range(d):
            r = y[i] - f[i] - sum(below.pop(0) * x[j] for j in range(i))
            x.append(r * mp.exp(-f[d + i]))
        return sum(v**2 for v in x) / 2 + sum(f[d : 2 * d]) + d * mp.log(2 * mp.pi) / 2
