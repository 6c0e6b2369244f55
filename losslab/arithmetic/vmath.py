"""Elementary functions that a compiler can vectorise and that give the same bits everywhere.

``math.exp`` inside a loop is one library call per element, and each platform's library rounds in
its own way.  The functions here are straight-line arithmetic: additions, multiplications, one
division at most, and choices between values that are already computed.  A compiler turns a loop
over them into vector instructions on x86, ARM and WebAssembly alike, and because nothing but
correctly rounded basic arithmetic is used, the results are bit-identical on all of them.

They are written for scalars, in the part of Python that Numba compiles.  Without Numba they run
as they stand on ``numpy.float64`` values (slowly).  Errors are measured in ``tests/engine/test_vmath.py``.

Three rules for whoever adds a function:

* compute both sides first, then choose: ``b if x > 0.0 else a`` on finished values becomes a
  select instruction, a branch around real work stops vectorisation;
* NaN must flow through: write ``limit if x > limit else x`` (false for NaN keeps x);
* no fused multiply-add (but for `product_rest`, which is exact with and without) and no
  ``fastmath``: the rounding trick in `exp` and the equality between browser and native results
  depend on every operation being rounded on its own.
"""

import math

import numpy as np

INV_LN2 = 1.4426950408889634
LN2_HI = 0.6931471803691238  # 32 bits: an integer below 2**21 times this is exact
LN2_LO = 1.9082149292705877e-10
LN2 = 0.6931471805599453
TO_INTEGER = 6755399441055744.0  # 1.5 * 2**52: adding and subtracting it rounds to an integer
POW2_BIAS = 4503599627371519.0  # 2**52 + 1023: leaves k + 1023 in the low bits
LEADING_BITS = -134217728  # all bits of a float but the last 27
HALF_OF_REST = 67108864
LEAST_PRODUCT = 1e-289  # what a product above it loses in rounding is no subnormal number
GREATEST_PRODUCT = 8.98846567431158e307  # 2**1023
TINY = 2.2250738585072014e-308
LARGEST = 1.7976931348623157e308
SHRINK = 5.421010862427522e-20  # 2**-64, for what would overflow; then log(2**64) is added
LN2_64 = 44.3614195558365
LN2_64_LO = 1.4841899608616317e-15
HUGE = 1.3407807929942596e154  # sqrt of the largest double: squares stay finite below it


def to_bits(x):
    """The 64 bits of a float, as an integer."""
    return np.float64(x).view(np.int64)


def from_bits(n):
    """The float whose 64 bits are the integer n."""
    return np.int64(n).view(np.float64)


def pow2(k):
    """2**k for a whole number k in [-1022, 1023]; k = -1023 gives 0."""
    return from_bits(to_bits(k + POW2_BIAS) << 52)


def two_sum_error(a, b, s):
    """The part of a + b that rounding to s = a + b lost (Knuth)."""
    bb = s - a
    return (a - (s - bb)) + (b - bb)


def leading_half(a):
    """a rounded to 26 bits, so that products of such halves are exact (Veltkamp's splitting)."""
    bits = to_bits(a)
    rounded = from_bits((bits + HALF_OF_REST) & LEADING_BITS)
    return rounded if abs(rounded) < np.inf else from_bits(bits & LEADING_BITS)


def product_rest(a, b, p):
    """a * b - p for the rounded product p (Dekker); native code has an instruction for it.

    See `losslab.engine.fused`. Both are exact, and so equal, while p is what `two_product_error`
    lets through.
    """
    a_hi = leading_half(a)
    a_lo = a - a_hi
    b_hi = leading_half(b)
    b_lo = b - b_hi
    # Adding 0 makes -0 the 0 that the instruction gives.
    return (a_lo * b_lo - (((p - a_hi * b_hi) - a_lo * b_hi) - a_hi * b_lo)) + 0.0


def two_product_error(a, b, p):
    """The part of a * b that rounding to p = a * b lost.

    0 where it may not be a number of full digits: for a p of 0, below 1e-289 or above 8.9e307.
    """
    exact = (abs(p) > LEAST_PRODUCT) & (abs(p) < GREATEST_PRODUCT)
    return product_rest(a, b, p) if exact else 0.0


def exp_bend(r):
    """(e**r - 1 - r) / r**2 - 1/2 for abs(r) <= log(2) / 2, within 2e-18 of r**-2."""
    r2 = r * r
    r4 = r2 * r2
    low = r * 0.1666666666666667 + r2 * (0.04166666666666667 + r * 0.008333333333326136)
    mid = (0.0013888888888883748 + r * 0.00019841269874820627) + r2 * (
        2.4801587325547743e-05 + r * 2.7557255400206422e-06
    )
    top = (2.75572736431103e-07 + r * 2.5105217004720745e-08) + r2 * 2.0914686968086876e-09
    return low + r4 * (mid + r4 * top)


def exp_beside(x, x_lo, k):
    """r and s with e**(x + x_lo) = 2**k * (1 + (r + s)), s the smaller, for k next to x / log(2)."""
    r_hi = x - k * LN2_HI
    r_lo = k * LN2_LO - x_lo
    r = r_hi - r_lo
    return r_hi, (r * r) * (0.5 + exp_bend(r)) - r_lo


def exp_curve(r):
    """e**r - 1 - r for abs(r) <= log(2) / 2, within 6e-18: in fewer operations than by `exp_bend`."""
    r2 = r * r
    r4 = r2 * r2
    low = r * 0.16666666666666433 + r2 * (0.04166666666660395 + r * 0.008333333333500047)
    mid = (0.001388888892679978 + r * 0.0001984126946620773) + r2 * (
        2.4801508678403244e-05 + r * 2.7557640871283473e-06
    )
    top = 2.762518842458402e-07 + r * 2.4978379214039537e-08
    return r2 * (0.5 + (low + r4 * (mid + r4 * top)))


def exp_once(x):
    """e**x within one unit of the last place, in one scaling; for what ends with the exponential."""
    # 2**k may be no normal number at either end, 2**(k - 1) or 2**(k + 64) is.
    above = x > 0.0
    x = 710.0 if x > 710.0 else x
    x = -750.0 if x < -750.0 else x
    to_exponent = TO_INTEGER + 1022.0 if above else TO_INTEGER + 1087.0
    shifted = x * INV_LN2 + to_exponent
    k = shifted - to_exponent
    r = (x - k * LN2_HI) - k * LN2_LO
    size = from_bits(to_bits(shifted) << 52)
    return ((1.0 + (r + exp_curve(r))) * size) * (2.0 if above else SHRINK)


def exp_below(x):
    """e**x of x <= 0 within one unit of the last place, in one scaling."""
    x = -750.0 if x < -750.0 else x
    shifted = x * INV_LN2 + (TO_INTEGER + 1087.0)  # leaves the biased exponent of 2**(k + 64)
    k = shifted - (TO_INTEGER + 1087.0)
    r_lo = k * LN2_LO
    r_hi = x - k * LN2_HI
    y = 1.0 + (r_hi + (exp_curve(r_hi - r_lo) - r_lo))
    return (y * from_bits(to_bits(shifted) << 52)) * SHRINK


def exp_split(x, x_lo):
    """k, r and s of `exp_beside`."""
    k = (x * INV_LN2 + TO_INTEGER) - TO_INTEGER
    r, s = exp_beside(x, x_lo, k)
    return k, r, s


def scaled_by_pow2(x, k):
    """x * 2**k for a whole number k, which may be so small or large that 2**k is no number."""
    half = (k * 0.5 + TO_INTEGER) - TO_INTEGER
    return (x * pow2(half)) * pow2(k - half)


def times_exp(c, x, x_lo):
    """c * e**(x + x_lo) for a tiny x_lo: overflow and underflow only where the product has them.

    c stays between 1e-300 and 1e300, or is 0. Far out x_lo, the rounding of x, need not be tiny.
    """
    x_lo = x_lo if abs(x) < 1416.0 else 0.0
    x = 1416.0 if x > 1416.0 else x
    x = -1416.0 if x < -1416.0 else x
    k, r, s = exp_split(x, x_lo)
    y = 1.0 + (r + s)
    # Two factors, because 2**k itself may not be a normal number at either end.
    half = (k * 0.5 + TO_INTEGER) - TO_INTEGER
    return (c * (y * pow2(half))) * pow2(k - half)


def exp2parts(x, x_lo):
    """e**(x + x_lo) for a tiny x_lo."""
    return times_exp(1.0, x, x_lo)


def exp(x):
    """e**x; 0 below -746, infinity above 709.79."""
    return exp2parts(x, 0.0)


def exp_between(x, x_lo):
    """e**(x + x_lo) for a tiny x_lo, with one scaling only: 0 below -708, infinity above 709."""
    k, r, s = exp_split(x, x_lo)
    y = (1.0 + (r + s)) * pow2(k)
    y = np.inf if x > 709.0 else y
    return 0.0 if x < -708.0 else y


def expm1(x):
    """e**x - 1, without cancellation near 0."""
    x_in = x
    x = 710.0 if x > 710.0 else x
    x = -50.0 if x < -50.0 else x
    k, r, lo = exp_split(x, 0.0)
    k1 = 1000.0 if k > 1000.0 else k
    s = pow2(k1)
    # s - 1 is exact up to 2**53; beyond, the 1 joins the small terms, and far beyond it is lost.
    large = k > 50.0
    a = s - (0.0 if large else 1.0)
    hi = s * r
    total = a + hi
    late = 1.0 if large and k < 80.0 else 0.0
    y = (total + (two_sum_error(a, hi, total) + (s * lo - late))) * pow2(k - k1)
    # Near 0 the result is x itself; this keeps -0.0 and subnormal numbers.
    return x_in if abs(x_in) < 1e-300 else y


def log_tail(z):
    """(log((1 + s) / (1 - s)) - 2 s) / s with z = s**2, for the s that `log` needs."""
    z2 = z * z
    low = 0.666666666666667 + z * 0.39999999999899444
    mid = 0.2857142862600327 + z * 0.22222211130259878
    top = (0.18182889455674947 + z * 0.15331710618210773) + z2 * 0.14616585424888623
    return z * (low + z2 * (mid + z2 * top))


def log_exponent(x):
    """k + 1023 such that x / 2**k lies in [sqrt(1/2), sqrt(2)), for a positive normal x."""
    return (to_bits(x) + 0x00095F619980C433) >> 52


def log_mantissa(x, biased):
    """x / 2**k for the biased exponent that `log_exponent` gave."""
    return from_bits(to_bits(x) - ((biased - 1023) << 52))


def exponent_as_float(biased):
    """The unbiased exponent as a float (no vector instruction converts 64-bit integers)."""
    return from_bits(biased | 0x4330000000000000) - POW2_BIAS


def log_from_parts(k, f, c):
    """log(2**k * (1 + f)) + c, with f in [sqrt(1/2) - 1, sqrt(2) - 1)."""
    s = f / (2.0 + f)
    half_f2 = 0.5 * f * f
    return k * LN2_HI - ((half_f2 - (s * (half_f2 + log_tail(s * s)) + (k * LN2_LO + c))) - f)


def log_split(x):
    """k and f with x = 2**k * (1 + f), f as in `log_from_parts`, for a positive x."""
    small = x < TINY
    scaled = x * 18014398509481984.0 if small else x
    biased = log_exponent(scaled)
    k = exponent_as_float(biased) - (54.0 if small else 0.0)
    return k, log_mantissa(scaled, biased) - 1.0


def log1p_split(x):
    """k, f and a tiny c with 1 + x = 2**k * (1 + f) * (1 + c), f as in `log_from_parts`."""
    u = 1.0 + x
    biased = log_exponent(u)
    # What 1 + x lost in rounding, as a relative correction; none where x itself is used.
    lost = (x - (u - 1.0)) if x < 1.0 else (1.0 - (u - x))
    near = biased == 1023
    f = x if near else log_mantissa(u, biased) - 1.0
    return exponent_as_float(biased), f, (0.0 if near else lost / u)


def log(x):
    """Natural logarithm; -infinity at 0, NaN below."""
    k, f = log_split(x)
    y = log_from_parts(k, f, 0.0)
    y = -np.inf if x == 0.0 else y
    y = np.nan if x < 0.0 else y
    # infinity and NaN come back as they are
    return y if x < np.inf else x


def log1p(x):
    """log(1 + x), without cancellation near 0; -infinity at -1, NaN below."""
    k, f, c = log1p_split(x)
    y = log_from_parts(k, f, c)
    y = -np.inf if x == -1.0 else y
    y = np.nan if x < -1.0 else y
    y = x if abs(x) < 1e-300 else y
    return y if x < np.inf else x


def log1p_unit(x):
    """log(1 + x) for x in [0, 1] (an exponential of a negative number): no special cases."""
    u = 1.0 + x
    near = u < 1.4142135623730951
    f = x if near else (x - 1.0) * 0.5
    k = 0.0 if near else 1.0
    return log_from_parts(k, f, 0.0)


def softplus(x):
    """log(1 + e**x) for any x: x for large x, e**x for very negative x."""
    positive = x if x > 0.0 else 0.0
    y = positive + log1p_unit(exp(-abs(x)))
    return y if x == x else x


def sigmoid(x):
    """1 / (1 + e**-x), with all its digits in both tails."""
    e = exp(-abs(x))
    return (1.0 if x >= 0.0 else e) / (1.0 + e)


def tanh(x):
    """Hyperbolic tangent."""
    a = abs(x)
    e = expm1(2.0 * (20.0 if a > 20.0 else a))
    # The quotient e / (e + 2), with what its addition and division lost put back.
    d = e + 2.0
    big = e > 2.0
    d_lo = (2.0 - (d - e)) if big else (e - (d - 2.0))
    q = e / d
    p = q * d
    y = q + (((e - p) - two_product_error(q, d, p)) - q * d_lo) / d
    return -y if x < 0.0 else y


def sqrt(x):
    """Square root of x >= 0 (one instruction everywhere, correctly rounded)."""
    return np.float64(math.sqrt(x))


def log_two_parts(k, f, c):
    """log(2**k * (1 + f)) + c as (hi, lo), for the f of `log_from_parts`: about 60 bits."""
    # s = f / (2 + f) as a sum of two doubles
    d = 2.0 + f
    d_lo = f - (d - 2.0)
    s = f / d
    q = s * d
    s_lo = (((f - q) - two_product_error(s, d, q)) - s * d_lo) / d
    # log = k log 2 + 2 s + tail, high and low part
    head = k * LN2_HI
    two_s = s + s
    hi = head + two_s
    lo = two_sum_error(head, two_s, hi) + ((s_lo + s_lo) + (s * log_tail(s * s) + (k * LN2_LO + c)))
    total = hi + lo
    return total, lo - (total - hi)


def log_parts(x):
    """log(x) of a finite x > 0 as (hi, lo): about 60 bits.

    Of x + x_lo for a tiny x_lo the low part is larger by x_lo / x.
    """
    k, f = log_split(x)
    return log_two_parts(k, f, 0.0)


def log1p_parts(x):
    """log(1 + x) for x > -1 as (hi, lo), for what subtracts from it or multiplies it by much."""
    k, f, c = log1p_split(x)
    hi, lo = log_two_parts(k, f, c)
    return (hi if x < np.inf else x), (lo if x < np.inf else 0.0)


def scaled_power(c, x, p):
    """c * x**p for x > 0 and abs(p) <= 64; c as in `times_exp`."""
    total, lo = log_parts(x)
    product = p * total
    # Beyond this the result is 0 or infinity anyway, and the exact product could be inf - inf.
    far = abs(product) > 900.0
    error = 0.0 if far else two_product_error(p, total, product)
    y = times_exp(c, product, 0.0 if far else error + p * lo)
    at_infinity = np.inf if p > 0.0 else (1.0 if p == 0.0 else 0.0)
    at_zero = 0.0 if p > 0.0 else (1.0 if p == 0.0 else np.inf)
    y = c * at_infinity if x == np.inf else y
    y = c * at_zero if x == 0.0 else y
    return y if x >= 0.0 else np.nan


def power(x, p):
    """x**p for x > 0 and abs(p) <= 64, from a logarithm carried to about 60 bits."""
    return scaled_power(1.0, x, p)


def finite_part(x):
    """x, or 0 where it is infinite or NaN: for corrections that leave the range of doubles."""
    return x if abs(x) < np.inf else 0.0


def within_range(x):
    """x, or the largest double for infinity: for limits that 0 times infinity would spoil."""
    x = LARGEST if x > LARGEST else x
    return -LARGEST if x < -LARGEST else x


def quotient_error(a, a_lo, b, b_lo, q):
    """What q = a / b lacks of (a + a_lo) / (b + b_lo); 0 where that leaves the range of doubles.

    q plus this is the quotient within 0.51 units of the last place.
    """
    p = q * b
    return finite_part((((a - p) - two_product_error(q, b, p)) + (a_lo - q * b_lo)) / b)


def product_error(a, b, p):
    """`two_product_error`, but 0 where that would overflow: for results that stay finite."""
    return finite_part(two_product_error(a, b, p))


def hypot_parts(n, m):
    """t = n / m and s = sqrt(1 + t**2) for 0 <= n <= m, m > 0, as (t, t_lo, s, s_lo).

    sqrt(n**2 + m**2) is m * s; nothing is squared that could overflow.
    """
    t = n / m
    t_lo = quotient_error(n, 0.0, m, 0.0, t)
    square = t * t
    q = 1.0 + square
    q_lo = (square - (q - 1.0)) + (two_product_error(t, t, square) + 2.0 * t * t_lo)
    s = sqrt(q)
    p = s * s
    s_lo = (((q - p) - two_product_error(s, s, p)) + q_lo) / (2.0 * s)
    return t, t_lo, s, s_lo


def exp_rest(x):
    """(e**x - 1 - x) / x**2 - 1/2 for abs(x) <= 0.45: the Taylor series."""
    x2 = x * x
    x4 = x2 * x2
    low = 1 / 6 + x * (1 / 24) + x2 * (1 / 120 + x * (1 / 720))
    mid = 1 / 5040 + x * (1 / 40320) + x2 * (1 / 362880 + x * (1 / 3628800))
    top = 1 / 39916800 + x * (1 / 479001600) + x2 * (1 / 6227020800 + x * (1 / 87178291200))
    return x * (low + x4 * (mid + x4 * top))


def expm1_minus(x, x_lo):
    """e**x - 1 - x at x + x_lo, for abs(x) <= 50, without cancellation."""
    k, r, lo = exp_split(x, 0.0)
    s = pow2(k)
    head = (s - 1.0) - k * LN2_HI
    shift = (s - 1.0) * r
    total = head + shift
    y = total + (two_sum_error(head, shift, total) + s * lo)
    p = 0.5 * x * x
    near = p + (two_product_error(0.5 * x, x, p) + (p + p) * exp_rest(x))
    y = near if abs(x) < 0.44 else y
    return y + x_lo * (y + x)


def exp_parts(x, x_lo):
    """e**(x + x_lo) for a tiny x_lo as (hi, lo), within a fifth of the last place of hi."""
    x_lo = x_lo if abs(x) < 800.0 else 0.0
    x = 800.0 if x > 800.0 else x
    x = -800.0 if x < -800.0 else x
    k, r, small = exp_split(x, x_lo)
    t = r + small
    y = 1.0 + t
    y_lo = (t - (y - 1.0)) + (small - (t - r))
    half = (k * 0.5 + TO_INTEGER) - TO_INTEGER
    p = pow2(half)
    q = pow2(k - half)
    return (y * p) * q, (y_lo * p) * q


def log1p_unit_parts(x, x_lo):
    """log(1 + x + x_lo) for x in [0, 1] and a tiny x_lo, as (hi, lo): about 57 bits."""
    near = x < 0.41421356237309515
    less = x - 1.0
    f = x if near else less * 0.5
    lost = 0.0 if near else x - (less + 1.0)
    return log_two_parts(0.0 if near else 1.0, f, (lost + x_lo) / (1.0 + x))
