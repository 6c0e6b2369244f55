"""Learning rates that change from step to step: small frozen objects, put together as one likes.

The first step is step 1, as it is for optimisers. Libraries count from 0: their value of step 0 is
ours of step 1.
"""

import abc
import math
import numbers
from dataclasses import dataclass

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_nonnegative, as_positive


class Schedule(abc.ABC):
    """A learning rate as a function of the step.

    Not made directly: `Constant`, `StepDecay`, `CosineDecay`, `WarmUp` and `OneCycle` are schedules,
    and so is what `then` and ``0.5 * schedule`` make of them.
    """

    @abc.abstractmethod
    def _at(self, step):
        """The rate of a legal step."""

    def rate(self, step):
        """The learning rate of a step.

        Parameters
        ----------
        step : int
            1 for the first.

        Returns
        -------
        float
            Finite and >= 0.

        Raises
        ------
        TypeError, ValueError
            If `step` is not a whole number of at least 1.

        Examples
        --------
        >>> from losslab.training.optimisers import StepDecay
        >>> [StepDecay(0.1, every=2, factor=0.5).rate(step) for step in range(1, 6)]
        [0.1, 0.1, 0.05, 0.05, 0.025]
        """
        return float(self._at(as_count("step", step)))

    def then(self, other, after):
        """This schedule for some steps, then another from its own first step on.

        Parameters
        ----------
        other : Schedule or float
        after : int
            How many steps this one lasts, at least 1.

        Returns
        -------
        Schedule

        Examples
        --------
        >>> from losslab.training.optimisers import Constant
        >>> schedule = Constant(0.1).then(0.01, after=2)
        >>> [schedule.rate(step) for step in (1, 2, 3)]
        [0.1, 0.1, 0.01]
        """
        return Joined(self, as_schedule(other, "other"), as_count("after", after))

    def __mul__(self, factor):
        if isinstance(factor, bool) or not isinstance(factor, numbers.Real):
            return NotImplemented
        return Scaled(self, as_nonnegative("factor", factor))

    __rmul__ = __mul__


@dataclass(frozen=True)
class Constant(Schedule):
    """One rate for all steps.

    Parameters
    ----------
    value : float
        Finite and >= 0.

    Examples
    --------
    >>> from losslab.training.optimisers import Constant
    >>> Constant(0.1).rate(1000)
    0.1
    """

    value: float

    def __post_init__(self):
        _check(self, value=as_nonnegative)

    def _at(self, step):
        return self.value


@dataclass(frozen=True)
class StepDecay(Schedule):
    """A rate that falls by a factor after every so many steps: ``torch.optim.lr_scheduler.StepLR``.

    Parameters
    ----------
    start : float
        The first rate, finite and >= 0.
    every : int
        At least 1.
    factor : float
        Finite and >= 0.

    Examples
    --------
    >>> from losslab.training.optimisers import StepDecay
    >>> round(StepDecay(0.1, every=30).rate(31), 9)
    0.01
    """

    start: float
    every: int
    factor: float = 0.1

    def __post_init__(self):
        _check(self, start=as_nonnegative, every=as_count, factor=as_nonnegative)

    def _at(self, step):
        return self.start * self.factor ** ((step - 1) // self.every)


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """A rate that falls along half a cosine, and stays where it arrived.

    In its first half it is ``torch.optim.lr_scheduler.CosineAnnealingLR``, which climbs again
    afterwards; ``optax.cosine_decay_schedule`` stays too, and has `end` as a share of `start`.

    Parameters
    ----------
    start, end : float
        Finite and >= 0.
    steps : int
        How many steps it takes, at least 1: step 1 has the rate `start`, step `steps` + 1 `end`.

    Examples
    --------
    >>> from losslab.training.optimisers import CosineDecay
    >>> schedule = CosineDecay(0.2, steps=10)
    >>> [round(schedule.rate(step), 9) for step in (1, 6, 11, 12)]
    [0.2, 0.1, 0.0, 0.0]
    """

    start: float
    steps: int
    end: float = 0.0

    def __post_init__(self):
        _check(self, start=as_nonnegative, steps=as_count, end=as_nonnegative)

    def _at(self, step):
        return _eased(self.start, self.end, (step - 1) / self.steps)


@dataclass(frozen=True)
class WarmUp(Schedule):
    """A straight rise to the first rate of another schedule, which then begins.

    With `share` 0 the first step stands still, as in ``optax.warmup_constant_schedule``; in
    ``torch.optim.lr_scheduler.LinearLR`` the share is ``start_factor``, 1/3 unless told otherwise.

    Parameters
    ----------
    goal : Schedule or float
    steps : int
        How many steps the rise takes, at least 1.
    share : float
        What part of the goal's first rate the first step has, in [0, 1].

    Examples
    --------
    >>> from losslab.training.optimisers import CosineDecay, WarmUp
    >>> schedule = WarmUp(CosineDecay(0.1, steps=100), steps=4)
    >>> [round(schedule.rate(step), 9) for step in (1, 2, 5, 55, 105)]
    [0.0, 0.025, 0.1, 0.05, 0.0]
    """

    goal: Schedule
    steps: int
    share: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "goal", as_schedule(self.goal, "goal"))
        _check(self, steps=as_count, share=as_nonnegative)
        if self.share > 1.0:
            raise ValueError(f"share must be in [0, 1], got {shortened(self.share)}")

    def _at(self, step):
        if step > self.steps:
            return self.goal._at(step - self.steps)
        return self.goal._at(1) * (self.share + (1.0 - self.share) * (step - 1) / self.steps)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to a high rate along half a cosine, then down to almost nothing along another.

    It is the rate of ``torch.optim.lr_scheduler.OneCycleLR`` (with two phases); momentum, which
    that moves the other way, stays. Behind its end the last rate holds.

    Parameters
    ----------
    high : float
        The highest rate, finite and >= 0.
    steps : int
        How many steps there are, at least 2.
    rise : float
        Share of the steps that go up, > 0 and < 1; it must be more than one step.
    first, last : float
        The first rate is high / first, the last one that divided by `last`; both > 0.

    Examples
    --------
    >>> from losslab.training.optimisers import OneCycle
    >>> schedule = OneCycle(0.1, steps=100)
    >>> [round(schedule.rate(step), 9) for step in (1, 30, 65, 100)]
    [0.004, 0.1, 0.0500002, 4e-07]
    """

    high: float
    steps: int
    rise: float = 0.3
    first: float = 25.0
    last: float = 1e4

    def __post_init__(self):
        _check(
            self,
            high=as_nonnegative,
            steps=as_count,
            rise=as_nonnegative,
            first=as_positive,
            last=as_positive,
        )
        if not 0.0 < self.rise < 1.0 or self.rise * self.steps <= 1.0:
            raise ValueError(
                f"rise must be > 0 and < 1, and more than one of {self.steps} steps, got {self.rise:g}"
            )

    def _at(self, step):
        start, top = self.high / self.first, self.rise * self.steps - 1.0
        at = min(step, self.steps) - 1
        if at <= top:
            return _eased(start, self.high, at / top)
        return _eased(self.high, start / self.last, (at - top) / (self.steps - 1 - top))


@dataclass(frozen=True)
class Joined(Schedule):
    """What `Schedule.then` makes."""

    early: Schedule
    late: Schedule
    after: int

    def _at(self, step):
        return self.early._at(step) if step <= self.after else self.late._at(step - self.after)


@dataclass(frozen=True)
class Scaled(Schedule):
    """What ``factor * schedule`` makes."""

    schedule: Schedule
    factor: float

    def _at(self, step):
        return self.factor * self.schedule._at(step)


def as_schedule(given, name="rate"):
    """A schedule as it is, a number as the constant of that rate.

    Raises
    ------
    TypeError, ValueError
        If it is neither a schedule nor a finite number >= 0.

    Examples
    --------
    >>> from losslab.training.optimisers import as_schedule
    >>> as_schedule(0.1)
    Constant(value=0.1)
    """
    if isinstance(given, Schedule):
        return given
    if isinstance(given, bool) or not isinstance(given, numbers.Real):
        raise TypeError(
            f"{name} must be a schedule or a finite number >= 0, got {shortened(given)}"
        )
    return Constant(as_nonnegative(name, given))


def _eased(start, end, share):
    """From start to end along half a cosine; at the ends exactly there."""
    if share >= 1.0:
        return end
    return end + (start - end) * 0.5 * (1.0 + math.cos(math.pi * share))


def _check(schedule, **checks):
    for name, check in checks.items():
        object.__setattr__(schedule, name, check(name, getattr(schedule, name)))
