"""An optimiser as another library has it, and the code that makes its first step there."""

from dataclasses import dataclass

from losslab.contract.peers import Peer

STEPS = {
    "torch": (
        "import torch",
        "",
        "w = torch.tensor(w, requires_grad=True)",
        "optimiser = {call}",
        "w.grad = torch.tensor(gradient)",
        "optimiser.step()",
    ),
    "optax": (
        "import jax, optax",
        "",
        "w, gradient = jax.numpy.asarray(w), jax.numpy.asarray(gradient)",
        "optimiser = {call}",
        "updates, state = optimiser.update(gradient, optimiser.init(w), w)",
        "w = optax.apply_updates(w, updates)",
    ),
}


@dataclass(frozen=True)
class OptimiserPeer(Peer):
    """What an optimiser is called in another library: `call` makes it, with our parameters in {}.

    The other fields are those of `Peer`. For PyTorch the call gets ``[w], lr=rate`` in front, for
    Optax ``rate``.

    Examples
    --------
    >>> import losslab as ll
    >>> adam = ll.training.optimisers.get("torch.optim.Adam", eps=1e-6)
    >>> print(adam.peers[0].code(adam).splitlines()[3])
    optimiser = torch.optim.Adam([w], lr=rate, betas=(0.9, 0.999), eps=1e-06)
    """

    def code(self, loss):
        """Python that makes the first step of an optimiser of ours, on ``w`` and ``gradient``."""
        given = self.call.format(**{key: _number(v) for key, v in loss.parameters.items()})
        first = "[w], lr=rate" if self.library == "torch" else "rate"
        inside = ", ".join(filter(None, (first, given)))
        path = self.name.partition("(")[0]
        call = f"{path}({inside})"
        return "\n".join(STEPS[self.library]).format(call=call)


def _number(value):
    return repr(value).removesuffix(".0")
