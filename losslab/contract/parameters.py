"""Parameters of a loss: a default, a legal range, a sentence, and a range for sliders."""

import math
import numbers

import numpy as np

from losslab.contract.messages import shortened


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
            raise TypeError(f"{self.name} must be {self.legal}, got {shortened(value)}")
        number = float(value)
        if (
            not math.isfinite(number)
            or (self.low is not None and number < self.low)
            or (self.low is not None and self.low_open and number == self.low)
            or (self.high is not None and number > self.high)
            or (self.high is not None and self.high_open and number == self.high)
            or number in self.but_not
        ):
            raise ValueError(f"{self.name} must be {self.legal}, got {shortened(value)}")
        return number


class Switch(Parameter):
    """A parameter that is True or False, for one of two conventions; kernels get 1.0 or 0.0.

    Parameters
    ----------
    default : bool
    doc : str
        What is so if it is True, beginning with "whether".

    Examples
    --------
    >>> from losslab.contract.parameters import Switch
    >>> Switch(False, doc="whether the first gradient is damped too").validate(1)
    True
    """

    def __init__(self, default, *, doc):
        super().__init__(default, least=0.0, most=1.0, doc=doc, slider=(0.0, 1.0))
        self.default = bool(default)
        self.__doc__ = f"{doc}: {self.legal}, {self.default} unless given"

    @property
    def legal(self):
        """The legal values in words."""
        return "True or False"

    def validate(self, value):
        """The value as a bool; 1 and 0 stand for True and False.

        Raises
        ------
        TypeError, ValueError
            If `value` is neither.
        """
        if not isinstance(value, bool | np.bool_ | numbers.Real):
            raise TypeError(f"{self.name} must be {self.legal}, got {shortened(value)}")
        if value not in (0, 1):
            raise ValueError(f"{self.name} must be {self.legal}, got {shortened(value)}")
        return bool(value)


class Vector:
    """A parameter of several numbers, one a class, level or pair; declared as a class attribute.

    Parameters
    ----------
    doc : str
        One sentence: what it is and its unit.
    example : tuple of float
        Legal numbers, for tests, tables and figures. There is no default: the reader gives it.
    above, least, below, most : float, optional
        Ends of the legal range of every number, as for `Parameter`.
    square : bool
        Whether it is a matrix with as many rows as predictions, given as nested sequences.
    increasing : bool
        Whether the numbers must increase strictly.
    check : callable, optional
        Gets the flat tuple; raises ValueError if the numbers do not fit together.

    Examples
    --------
    >>> from losslab.contract.parameters import Vector
    >>> counts = Vector(doc="number of samples of each class", example=(50, 5), above=0)
    >>> counts.validate([3, 4])
    (3.0, 4.0)
    """

    def __init__(
        self,
        *,
        doc,
        example,
        above=None,
        least=None,
        below=None,
        most=None,
        square=False,
        increasing=False,
        check=None,
    ):
        self.doc = doc
        self.square = square
        self.increasing = increasing
        self.check = check
        self.entry = Parameter(
            float(np.ravel(example)[0]),
            above=above,
            least=least,
            below=below,
            most=most,
            doc=doc,
            slider=(0.0, 1.0),
        )
        self.example = example
        self.name = None  # set by __set_name__
        self.__doc__ = f"{doc}: {self.legal}"

    def __set_name__(self, owner, name):
        self.name = self.entry.name = name

    def __get__(self, instance, owner=None):
        return self if instance is None else instance.parameters[self.name]

    def __set__(self, instance, value):
        raise AttributeError(f"{self.name} cannot be changed: a loss is immutable; make a new one")

    def __repr__(self):
        return f"<Vector {self.name}: {self.__doc__}>"

    @property
    def legal(self):
        """The legal numbers in words."""
        shape = "a square matrix" if self.square else "a sequence"
        order = ", increasing" if self.increasing else ""
        return f"{shape} of numbers, each {self.entry.legal}{order}"

    def validate(self, value):
        """The numbers as a flat tuple of floats (a matrix row by row).

        Raises
        ------
        TypeError
            If `value` does not hold real numbers.
        ValueError
            If a number, the shape or the order is not legal.
        """
        if value is None:
            raise ValueError(f"{self.name} must be given: {self.legal}")
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            raise TypeError(f"{self.name} must be {self.legal}, got {shortened(value)}") from None
        if array.ndim == 1 and self.square and math.isqrt(array.size) ** 2 == array.size > 0:
            array = array.reshape(math.isqrt(array.size), -1)  # a tuple that validate made
        wanted = 2 if self.square else 1
        if array.ndim != wanted or array.size == 0 or (self.square and len(set(array.shape)) > 1):
            raise ValueError(f"{self.name} must be {self.legal}, got shape {array.shape}")
        numbers_ = tuple(self.entry.validate(float(x)) for x in array.ravel())
        if self.increasing and any(not a < b for a, b in zip(numbers_, numbers_[1:], strict=False)):
            raise ValueError(f"{self.name} must increase, got {shortened(value)}")
        if self.check:
            self.check(numbers_)
        return numbers_

    def packed(self, value):
        """The numbers as kernels get them."""
        return value

    def size_of(self, value):
        """How many weights of a model the numbers are for, where there is one for each."""
        return len(value)
