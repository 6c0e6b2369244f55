"""Losses of a direction: the length of the prediction does not matter."""

from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import sqrt
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.kinds.rowwise import Rowwise


class CosineDistance(Rowwise):
    """Cosine distance: 1 minus the cosine of the angle between two rows.

    0 for the same direction, 1 at a right angle, 2 for opposite directions. Only the direction
    of the prediction counts, so the gradient is always at a right angle to it, and plain gradient
    steps make it longer and longer. A row of zeros has no direction: its cosine is taken as 0 and
    its gradient as 0. It is computed as half the squared distance of the two unit vectors, which
    keeps small distances; PyTorch and Keras report the similarity, with other signs;
    Optax gives NaN for a row of zeros.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("cosine_distance").value([[1.0, 0.0]], [[-3.0, 0.0]])
    2.0
    """

    name = "cosine_distance"
    title = "Cosine distance"
    family = "regression"
    prediction = "finite"
    output_word = "component"
    formula = r"1 - \frac{\langle y, f\rangle}{\lVert y\rVert\,\lVert f\rVert}"
    reference = "salton1975"
    use_when = "Only the direction counts, as for embeddings that are compared by angle."
    avoid_when = "Lengths carry meaning, or rows may be near 0."
    peers = (
        Peer(
            "torch.nn.CosineEmbeddingLoss",
            call="torch.nn.CosineEmbeddingLoss()(f, y, torch.ones(len(y)))",
            says="all pairs belong together: its third argument is 1",
            parameters={"margin": "of pairs that do not belong together, which are not shipped"},
            also=("torch.nn.functional.cosine_embedding_loss",),
        ),
        Peer(
            "torch.nn.CosineSimilarity",
            call="torch.nn.CosineSimilarity()(f, y).mean()",
            factor=-1.0,
            plus="1",
            says="the similarity, not the distance",
            also=("torch.nn.functional.cosine_similarity",),
        ),
        Peer(
            "keras.losses.CosineSimilarity",
            plus="-1",
            says="minus the similarity, so 1 less",
            also=("keras.losses.cosine_similarity",),
        ),
        Peer("optax.losses.cosine_distance", says="a row of zeros gives NaN"),
        Peer(
            "sklearn.metrics.pairwise.paired_cosine_distances",
            call="sklearn.metrics.pairwise.paired_cosine_distances(y, f).mean()",
        ),
    )
    claims = Claims(convex=False, nonnegative=True, zero_if_perfect=True, bounded=2.0)
    accuracy = {
        "value": Bound(4.0, "two norms and a division a column are each rounded"),
        "gradient": Bound(8.0, "its two terms cancel where the directions agree", of="row"),
    }

    def row_at(y, f, g, s, k):
        # Dividing by the largest entry first keeps every square finite and normal.
        y_max = f_max = 0.0
        for j in range(k):
            y_max = max(y_max, abs(y[j]))
            f_max = max(f_max, abs(f[j]))
        y_max = y_max if y_max > 0.0 else 1.0
        f_max = f_max if f_max > 0.0 else 1.0
        for j in range(k):
            s[j] = (y[j] / y_max) * (y[j] / y_max)
            s[k + j] = (f[j] / f_max) * (f[j] / f_max)
        yy = row_sum(s, 0, k)
        ff = row_sum(s, k, k)
        y_norm = sqrt(yy)
        f_norm = sqrt(ff)
        no_direction = (yy == 0.0) | (ff == 0.0)
        y_norm = y_norm if yy != 0.0 else 1.0
        f_norm = f_norm if ff != 0.0 else 1.0
        for j in range(k):
            v = y[j] / y_max / y_norm
            u = f[j] / f_max / f_norm
            s[j] = u * v
            s[k + j] = (u - v) * (u - v)
        cosine = row_sum(s, 0, k)
        distance = row_sum(s, k, k)
        for j in range(k):
            v = y[j] / y_max / y_norm
            u = f[j] / f_max / f_norm
            slope = (cosine * u - v) / f_norm / f_max
            g[j] = 0.0 * (cosine + distance) if no_direction else slope
        return 1.0 + 0.0 * distance if no_direction else 0.5 * distance

    def exact(mp, y, f):
        yy = mp.sqrt(sum(v * v for v in y))
        ff = mp.sqrt(sum(u * u for u in f))
        if yy == 0 or ff == 0:
            return mp.mpf(1)
        return 1 - sum(u * v for u, v in zip(f, y, strict=True)) / (yy * ff)
