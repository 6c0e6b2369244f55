"""Exact first and second derivatives of a textbook formula, in mpmath numbers.

`Jet` carries a value with its first and second derivative through ordinary arithmetic, and
`JetMath` does the same for the functions of an mpmath context.  So `exact(mp, y, f)` of a loss,
called with a `JetMath` and a `Jet`, gives value, gradient and curvature without any difference
quotient: the working precision only has to cover the cancellation in the formula itself.

Comparing equal numbers, the absolute value of 0 and dividing by 0 set `tie`: there the formula may
have a kink, and the caller looks at both sides.
"""

import mpmath


class Singular(ArithmeticError):
    """The formula or a derivative of it has no finite value here."""


class JetMath:
    """The functions of an mpmath context, for jets and for plain numbers."""

    def __init__(self, dps):
        self.ctx = mpmath.MPContext()
        self.ctx.dps = dps
        self.tie = False

    def variable(self, x):
        return Jet(self, self.ctx.mpf(x), self.ctx.one, self.ctx.zero)

    def mpf(self, x):
        return x if isinstance(x, Jet) else self.ctx.mpf(x)

    mpmathify = convert = mpf

    def __getattr__(self, name):
        thing = getattr(self.ctx, name)
        if not callable(thing) or isinstance(thing, mpmath.ctx_mp_python._constant):
            return thing
        rule = getattr(Rules, name, None)

        def function(x, *rest, **keywords):
            if not isinstance(x, Jet):
                if any(isinstance(r, Jet) for r in rest):
                    raise TypeError(f"mp.{name} of a prediction as later argument")
                return thing(x, *rest, **keywords)
            if rest or keywords or rule is None:
                raise TypeError(f"tests/losses/jets.py has no derivative rule for mp.{name}")
            try:
                return x.chain(*rule(self.ctx, x.v))
            except (ZeroDivisionError, ValueError) as error:
                self.tie = True
                raise Singular(name) from error

        if name == "power":
            return lambda a, b: self.mpf(a) ** self.mpf(b)
        if name in ("fabs", "absmax"):
            return abs
        if name in ("fsum", "fmul", "fadd", "fsub", "fdiv", "diff", "quad"):
            raise TypeError(f"mp.{name} cannot be used in `exact`: write the operators")
        return function


class Rules:
    """Value, first and second derivative of each function."""

    def exp(m, x):
        e = m.exp(x)
        return e, e, e

    def expm1(m, x):
        e = m.exp(x)
        return m.expm1(x), e, e

    def log(m, x):
        if x < 0:  # mpmath would go on with complex numbers
            raise ValueError("logarithm of a negative number")
        return m.log(x), 1 / x, -1 / x**2

    ln = log

    def log1p(m, x):
        return m.log1p(x), 1 / (1 + x), -1 / (1 + x) ** 2

    def sqrt(m, x):
        s = m.sqrt(x)
        return s, 1 / (2 * s), -1 / (4 * s * x)

    def sin(m, x):
        return m.sin(x), m.cos(x), -m.sin(x)

    def cos(m, x):
        return m.cos(x), -m.sin(x), -m.cos(x)

    def sinh(m, x):
        return m.sinh(x), m.cosh(x), m.sinh(x)

    def cosh(m, x):
        return m.cosh(x), m.sinh(x), m.cosh(x)

    def tanh(m, x):
        t, s = m.tanh(x), m.sech(x) ** 2
        return t, s, -2 * t * s

    def sech(m, x):
        s, t = m.sech(x), m.tanh(x)
        return s, -s * t, s * (t**2 - s**2)

    def atan(m, x):
        d = 1 + x**2
        return m.atan(x), 1 / d, -2 * x / d**2

    def asinh(m, x):
        d = 1 + x**2
        return m.asinh(x), 1 / m.sqrt(d), -x / d / m.sqrt(d)

    def erf(m, x):
        d = 2 / m.sqrt(m.pi) * m.exp(-(x**2))
        return m.erf(x), d, -2 * x * d

    def erfc(m, x):
        d = -2 / m.sqrt(m.pi) * m.exp(-(x**2))
        return m.erfc(x), d, -2 * x * d

    def loggamma(m, x):
        return m.loggamma(x), m.psi(0, x), m.psi(1, x)

    def lambertw(m, x):
        w = m.lambertw(x)
        return w, w / (x * (1 + w)), -(w**2) * (w + 2) / (x**2 * (1 + w) ** 3)


class Jet:
    """A number with its first and second derivative."""

    __slots__ = ("c", "g", "mp", "v")

    def __init__(self, mp, v, g, c):
        self.mp, self.v, self.g, self.c = mp, v, g, c

    def lift(self, other):
        if isinstance(other, Jet):
            return other
        zero = self.mp.ctx.zero
        return Jet(self.mp, self.mp.ctx.convert(other), zero, zero)

    def chain(self, v, d1, d2):
        return Jet(self.mp, v, d1 * self.g, d2 * self.g**2 + d1 * self.c)

    def __add__(self, o):
        o = self.lift(o)
        return Jet(self.mp, self.v + o.v, self.g + o.g, self.c + o.c)

    __radd__ = __add__

    def __neg__(self):
        return Jet(self.mp, -self.v, -self.g, -self.c)

    def __pos__(self):
        return self

    def __sub__(self, o):
        return self + (-self.lift(o))

    def __rsub__(self, o):
        return self.lift(o) + (-self)

    def __mul__(self, o):
        o = self.lift(o)
        return Jet(
            self.mp,
            self.v * o.v,
            self.g * o.v + self.v * o.g,
            self.c * o.v + 2 * self.g * o.g + self.v * o.c,
        )

    __rmul__ = __mul__

    def reciprocal(self):
        if self.v == 0:
            self.mp.tie = True
            raise Singular("division by 0")
        return self.chain(1 / self.v, -1 / self.v**2, 2 / self.v**3)

    def __truediv__(self, o):
        return self * self.lift(o).reciprocal()

    def __rtruediv__(self, o):
        return self.lift(o) * self.reciprocal()

    def __pow__(self, p):
        if isinstance(p, Jet):
            return self.mp.exp(p * self.mp.log(self))
        m = self.mp.ctx
        p = m.convert(p)
        if p == 0:
            return self.lift(1)
        whole = p == m.floor(p)
        if self.v == 0:
            if not whole or p < 0:
                self.mp.tie = True
            if p < 2 and p != 1:  # the curvature is infinite: only the sides can say
                raise Singular("power of 0")
        elif self.v < 0 and not whole:
            raise Singular("broken power of a negative number")
        n = int(p) if whole else p
        d1 = n * self.v ** (n - 1)
        d2 = n * (n - 1) * self.v ** (n - 2) if n != 1 else m.zero
        return self.chain(self.v**n, d1, d2)

    def __rpow__(self, base):
        m = self.mp.ctx
        rate = m.log(m.convert(base))
        v = m.exp(rate * self.v)
        return self.chain(v, rate * v, rate**2 * v)

    def __abs__(self):
        if self.v == 0:
            self.mp.tie = True
        return -self if self.v < 0 else self

    def compare(self, o):
        difference = self.v - self.lift(o).v
        if difference == 0:
            self.mp.tie = True
        return difference

    def __lt__(self, o):
        return self.compare(o) < 0

    def __le__(self, o):
        return self.compare(o) <= 0

    def __gt__(self, o):
        return self.compare(o) > 0

    def __ge__(self, o):
        return self.compare(o) >= 0

    def __eq__(self, o):
        return self.compare(o) == 0

    def __ne__(self, o):
        return self.compare(o) != 0

    __hash__ = None
