"""Parameters of a loss: a default, a legal range, a sentence, and a range for sliders."""

import math
import numbers


class Parameter:
    """One shape parameter of a loss, declared as a class attribute.

    Parameters
    ----------
    default : float
        Value used when none is given.
    above, least : float, optional
        Lower end of the legal range, excluded (`above`) or included (`least`).
    below, most : float, optional
        Upper end, excluded (`below`) or included (`most`).
    doc : str
        One sentence: what it is and its unit.
    slider : tuple
        ``(low, high)`` or ``(low, high, "log")``: where it is worth moving in a live figure.
    but_not : tuple of float
        Values inside the range that are illegal all the same.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.losses.Huber.parameter_specs["delta"].legal
    'a finite number > 0'
    """

    def __init__(
        self, default, *, above=None, least=None, below=None, most=None, doc, slider, but_not=()
    ):
        self.default = float(default)
        self.low = above if least is None else least
        self.high = below if most is None else most
        self.low_open = least is None
        self.high_open = most is None
        self.doc = doc
        self.slider = slider
        self.but_not = tuple(but_not)
        self.name = None  # set by __set_name__
        self.__doc__ = f"{doc}: {self.legal}, {self.default:g} unless given"  # for help()

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return self if instance is None else instance.parameters[self.name]

    def __set__(self, instance, value):
        raise AttributeError(
            f"{self.name} cannot be changed: a loss is immutable; make a new one with "
            f"ll.get({instance.name!r}, {self.name}={value!r})"
        )

    def __repr__(self):
        return f"<Parameter {self.name}: {self.__doc__}>"

    @property
    def legal(self):
        """The legal range in words."""
        ends = []
        if self.low is not None:
            ends.append(f"{'>' if self.low_open else '>='} {self.low:g}")
        if self.high is not None:
            ends.append(f"{'<' if self.high_open else '<='} {self.high:g}")
        text = "a finite number" + (" " + " and ".join(ends) if ends else "")
        if self.but_not:
            text += " other than " + ", ".join(f"{v:g}" for v in self.but_not)
        return text

    def validate(self, value):
        """The value as a float.

        Raises
        ------
        TypeError
            If `value` is not a real number.
        ValueError
            If it lies outside the legal range.
        """
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(f"{self.name} must be {self.legal}, got {value!r}")
        number = float(value)
        if (
            not math.isfinite(number)
            or (self.low is not None and number < self.low)
            or (self.low is not None and self.low_open and number == self.low)
            or (self.high is not None and number > self.high)
            or (self.high is not None and self.high_open and number == self.high)
            or number in self.but_not
        ):
            raise ValueError(f"{self.name} must be {self.legal}, got {value!r}")
        return number
