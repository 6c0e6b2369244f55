"""What all kinds of losses share beyond other definitions: a target and a prediction."""

from losslab.contract.definition import Definition
from losslab.losses.kinds import claims  # noqa: F401, declares what may be claimed
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from losslab.losses.kinds.shelf import shelf


class Loss(Definition):
    """What all kinds of losses share: a name, parameters with legal ranges, claims.

    Not made directly: `losslab.get` and the classes of `losslab.losses` make losses. A loss is
    immutable; two of the same class with the same parameters are equal.
    """

    shelf = shelf
    # What figures draw it over, if that is not its prediction: "row" or "batch".
    drawn_over = None
    target = "real"
    prediction = "value"
    second_kernel = ""  # the name of the kernel that gives second derivatives
    no_curvature = None  # why a loss does without it

    @classmethod
    def domains(cls):
        """Legal targets and predictions: two dictionaries of this kind of loss."""
        return TARGETS, PREDICTIONS

    @classmethod
    def has_curvature(cls):
        """Whether `curvature` and `hessian_product` answer.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.losses.GaussianNLL.has_curvature(), ll.losses.Hinge.has_curvature()
        (True, True)
        """
        return getattr(cls, cls.second_kernel, None) is not None

    def _check_curvature(self):
        if not self.has_curvature():
            raise NotImplementedError(f"{self.name} has no curvature: {self.no_curvature}")

    @classmethod
    def _check_definition(cls):
        super()._check_definition()
        for attribute, legal in zip(("target", "prediction"), cls.domains(), strict=True):
            if getattr(cls, attribute) not in legal:
                raise ValueError(
                    f"{attribute} of {cls.__qualname__} must be one of {sorted(legal)}, "
                    f"got {getattr(cls, attribute)!r}"
                )
