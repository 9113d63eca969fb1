"""Every elementary function once more, in mpmath, and its derivatives by differences, of which 40 digits hold.

What mpmath has as a complex number is NaN. A pole raises ZeroDivisionError or is infinite.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
from mpmath import mp, mpf

Real = Callable[..., Any]
DIGITS = 60
STEP_DIGITS = 23  # of a difference quotient, whose error is the square of the step
NAN = mpf("nan")


def signed(f: Real) -> Real:
    return lambda x: f(x) if x >= 0 else -f(-x)


def is_whole(x: Any) -> bool:
    return bool(mp.isint(x))


def power(a: Any, b: Any) -> Any:
    if a < 0 and not is_whole(b):
        return NAN
    if a == 0 and b < 0:
        return mp.inf
    return mpf(a) ** (int(b) if is_whole(b) and abs(b) < 10**6 else b)


def power_log(k: Any, a: Any, b: Any) -> Any:
    return mpf(a) ** b * mp.log(a) ** int(k)


def log_of_sum(a: Any, b: Any) -> Any:
    return max(a, b) + mp.log1p(mp.exp(-abs(a - b)))


def log_gamma(x: Any) -> Any:
    if x > 0:
        return mp.loggamma(x).real
    return mp.log(mp.pi / abs(mp.sinpi(x))) - mp.loggamma(1 - x).real


def inverse_erfc(x: Any) -> Any:
    if not 0 < x < 2:
        return mp.inf if x == 0 else -mp.inf if x == 2 else NAN
    with mp.workdps(mp.dps + max(0, -int(mp.log10(min(x, 2 - x))))):
        return mp.erfinv(1 - x)


def x_log(x: Any, log: Callable[[], Any]) -> Any:
    return mpf(0) if x == 0 else x * log()


def relative_entropy(x: Any, y: Any) -> Any:
    if x < 0 or y < 0 or (x > 0 and y == 0):
        return mp.inf
    return x_log(x, lambda: mp.log(x) - mp.log(y))


def divergence(x: Any, y: Any) -> Any:
    found = relative_entropy(x, y)
    return found if found == mp.inf else found - x + y


def spherical(n: Any, x: Any) -> Any:
    n = int(n)
    if x == 0:
        return mpf(n == 0)
    if x < 0:
        return (-1) ** n * spherical(n, -x)
    with mp.workdps(mp.dps + (2 * n + 2) * max(0, -int(mp.log10(x))) if x < 1 else mp.dps):
        return mp.sqrt(mp.pi / (2 * x)) * mp.besselj(n + mpf(1) / 2, x)


def log_normal(x: Any) -> Any:
    return mp.log1p(-mp.erfc(x / mp.sqrt(2)) / 2) if x > 0 else mp.log(mp.erfc(-x / mp.sqrt(2)) / 2)


def heaviside(x: Any, at_zero: Any) -> Any:
    return at_zero if x == 0 else mpf(x > 0)


def half_even(x: Any) -> Any:
    low = mp.floor(x)
    if x - low == mpf(1) / 2:
        return low + low % 2
    return mp.floor(x + mpf(1) / 2)


def truncated(x: Any) -> Any:
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def modulo(a: Any, b: Any) -> Any:
    return a - b * mp.floor(a / b)


def quotient_bessel(n: Any, x: Any) -> Any:
    return mp.besseli(n, x) * mp.exp(-abs(x))


TRUTH: dict[str, Real] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "negative": lambda x: -x,
    "positive": lambda x: x,
    "square": lambda x: x * x,
    "divide": lambda a, b: a / b,
    "reciprocal": lambda x: 1 / x,
    "sqrt": mp.sqrt,
    "cbrt": signed(lambda x: mp.root(x, 3)),
    "exp": mp.exp,
    "exp2": lambda x: mpf(2) ** x,
    "exp10": lambda x: mpf(10) ** x,
    "expm1": mp.expm1,
    "log": mp.log,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "log1p": mp.log1p,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "arcsinh": signed(mp.asinh),
    "arccosh": mp.acosh,
    "arctanh": mp.atanh,
    "deg2rad": lambda x: x * mp.pi / 180,
    "radians": lambda x: x * mp.pi / 180,
    "rad2deg": lambda x: x * 180 / mp.pi,
    "degrees": lambda x: x * 180 / mp.pi,
    "sinc": mp.sincpi,
    "power": power,
    "float_power": power,
    "power_slope": lambda a, b: mpf(0) if b == 0 else b * power(a, b - 1),
    "power_log": power_log,
    "arctan2": mp.atan2,
    "hypot": lambda a, b: mp.sqrt(a * a + b * b),
    "logaddexp": log_of_sum,
    "logaddexp2": lambda a, b: log_of_sum(a * mp.log(2), b * mp.log(2)) / mp.log(2),
    "expit": lambda x: 1 / (1 + mp.exp(-x)),
    "logit": lambda x: mp.log(x) - mp.log1p(-x) if 0 < x < 1 else (mp.log(x) if x == 0 else mp.inf if x == 1 else NAN),
    "log_expit": lambda x: -log_of_sum(mpf(0), -x),
    "erf": mp.erf,
    "erfc": mp.erfc,
    "erfinv": lambda x: mp.erfinv(x) if abs(x) <= 1 else NAN,
    "erfcinv": inverse_erfc,
    "ndtr": lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
    "ndtri": lambda x: -mp.sqrt(2) * inverse_erfc(2 * x),
    "log_ndtr": log_normal,
    "hazard": lambda x: mp.sqrt(2 / mp.pi) * mp.exp(-x * x / 2) / mp.erfc(-x / mp.sqrt(2)),
    "gamma": mp.gamma,
    "gammaln": log_gamma,
    "psi": lambda x: mp.psi(0, x),
    "polygamma": lambda n, x: mp.psi(int(n), x),
    "betaln": lambda a, b: log_gamma(a) + log_gamma(b) - log_gamma(a + b),
    "jv": mp.besselj,
    "iv": mp.besseli,
    "ive": quotient_bessel,
    "scaled_iv": lambda n, x: mp.besseli(n, x) * mp.exp(-x),
    "j0": lambda x: mp.besselj(0, x),
    "j1": lambda x: mp.besselj(1, x),
    "i0": lambda x: mp.besseli(0, x),
    "i1": lambda x: mp.besseli(1, x),
    "i0e": lambda x: quotient_bessel(0, x),
    "i1e": lambda x: quotient_bessel(1, x),
    "spherical_jn": spherical,
    "xlogy": lambda x, y: x_log(x, lambda: mp.log(y)),
    "xlog1py": lambda x, y: x_log(x, lambda: mp.log1p(y)),
    "entr": lambda x: -mp.inf if x < 0 else -x_log(x, lambda: mp.log(x)),
    "rel_entr": relative_entropy,
    "kl_div": divergence,
    "maximum": lambda a, b: max(a, b),
    "minimum": lambda a, b: min(a, b),
    "fmax": lambda a, b: max(a, b),
    "fmin": lambda a, b: min(a, b),
    "clip": lambda x, low, high: min(max(x, low), high),
    "absolute": abs,
    "fabs": abs,
    "sign": mp.sign,
    "heaviside": heaviside,
    "nan_to_num": lambda x: +x,
    "copysign": lambda a, b: abs(a) if b > 0 else -abs(a),
    "floor": mp.floor,
    "ceil": mp.ceil,
    "trunc": truncated,
    "fix": truncated,
    "rint": half_even,
    "round": half_even,
    "mod": modulo,
    "remainder": modulo,
    "fmod": lambda a, b: a - b * truncated(a / b),
    "floor_divide": lambda a, b: mp.floor(a / b),
}
"""Name → the function of mpmath numbers."""


def real_value(f: Real, point: tuple[Any, ...]) -> Any:
    """f there, NaN where it is complex or has no value."""
    try:
        y = f(*point)
    except (ZeroDivisionError, ValueError):
        return NAN
    except TypeError:
        if all(map(mp.isfinite, point)):
            raise
        return NAN  # Bessel functions of infinity
    if isinstance(y, mpmath.mpc):
        return y.real if y.imag == 0 else NAN
    return mpf(y)


def digits_at(point: tuple[float, ...]) -> int:
    """Digits that a difference quotient of second order needs: of the steps, and of the size of the arguments."""
    sizes = [int(abs(math.log10(abs(x)))) for x in point if x and math.isfinite(x)]
    return DIGITS + 2 * STEP_DIGITS + 20 + 2 * sum(sizes)


def step_at(at: tuple[Any, ...], i: int) -> Any:
    """Far below the argument and 1, and so that a large exponent does no harm."""
    others = [abs(x) for j, x in enumerate(at) if j != i and x]
    size = abs(at[i]) if at[i] else min([1, *others])
    return mpf(10) ** -STEP_DIGITS * min(size, 1) / max([1, *others])


@cache
def derivative(name: str, point: tuple[float, ...], by: tuple[int, ...]) -> Any:
    """∂f/∂xᵢ or ∂²f/∂xᵢ∂xⱼ by central differences.

    NaN where one of their points has no value, or where they are others just beside, at a kink or a pole.
    """
    f = TRUTH[name]
    with mp.workdps(digits_at(point) + 20):
        at = tuple(mpf(x) for x in point)
        steps = [step_at(at, i) for i in range(len(at))]
        found = difference(f, at, by, steps)
        if by and 0 in point:
            beside = difference(f, tuple(x + (3 + i) * steps[i] for i, x in enumerate(at)), by, steps)
            if not abs(found - beside) <= mpf(10) ** -12 * (abs(found) + abs(beside)) + mpf(10) ** -10 * size_of(
                f, at, by
            ):
                return NAN
        return found


@cache
def error_of(name: str, point: tuple[float, ...], by: tuple[int, ...]) -> Any:
    """Bounds the rounding of `derivative`, and what a difference quotient of these steps leaves out."""
    with mp.workdps(digits_at(point) + 20):
        at = tuple(mpf(x) for x in point)
        rounding = mpf(10) ** (STEP_DIGITS * len(by) + 5 - mp.dps)
        return size_of(TRUTH[name], at, by) * (rounding + (mpf(10) ** (4 - 2 * STEP_DIGITS) if by else 0))


def size_of(f: Real, at: tuple[Any, ...], by: tuple[int, ...]) -> Any:
    """How large a derivative is that is neither 0 nor infinite: |f|/|x| or |f|/|xy|, also where f is 0."""
    sizes = [step_at(at, i) * mpf(10) ** STEP_DIGITS for i in range(len(at))]
    near = [real_value(f, moved(at, i, k * h / 8)) for i, h in enumerate(sizes) for k in (-1, 0, 1)]
    found = max((abs(y) for y in near if mp.isfinite(y)), default=mpf(1))
    for i in by:
        found = found / sizes[i]
    return found


def difference(f: Real, at: tuple[Any, ...], by: tuple[int, ...], steps: list[Any]) -> Any:
    if not by:
        return real_value(f, at)
    i, h = by[0], steps[by[0]]
    if by == (i, i):
        low, middle, high = (real_value(f, moved(at, i, k * h)) for k in (-1, 0, 1))
        return (low - 2 * middle + high) / h**2
    high, low = (difference(f, moved(at, i, k * h), by[1:], steps) for k in (1, -1))
    return (high - low) / (2 * h)


def moved(at: tuple[Any, ...], i: int, h: Any) -> tuple[Any, ...]:
    return (*at[:i], at[i] + h, *at[i + 1 :])


def limits(name: str, point: tuple[float, ...], by: tuple[int, ...], pole: bool) -> list[Any]:
    """What a derivative tends to beside a singular point, from each side that has a value; ±∞ where it grows.

    An infinite argument is approached from within.
    """
    infinite = [i for i, x in enumerate(point) if math.isinf(x)]
    zeros = [i for i, x in enumerate(point) if x == 0 and (pole or i in by)]
    moving = sorted({*infinite, *zeros, *(() if infinite else by)})
    found = []
    for signs in itertools.product((-1, 1), repeat=len(moving)):
        with mp.workdps(350):
            near, nearer = (derivative_beside(name, point, by, moving, signs, level) for level in (1, 2))
            if mp.isfinite(near) and mp.isfinite(nearer):
                grows, falls = (
                    abs(nearer) > max(1.4 * abs(near), mpf(10) ** -60),
                    abs(nearer) < max(abs(near) / 1.4, mpf(10) ** -60),
                )
                found.append(mp.inf * mp.sign(nearer) if grows else mpf(0) if falls else nearer)
    return found


def jumps(name: str, point: tuple[float, ...], by: tuple[int, ...]) -> list[Any]:
    """±∞ where the function jumps at the point itself, as 0ᵖ does at p = 0."""
    if len(by) != 1:
        return []
    f, h, at = TRUTH[name], mpf(10) ** -40, tuple(map(mpf, point))
    slopes = [(real_value(f, moved(at, by[0], sign * h)) - real_value(f, at)) * sign for sign in (-1, 1)]
    return [mp.inf * mp.sign(slope) for slope in slopes if abs(slope) > mpf(10) ** -15]


def derivative_beside(
    name: str, point: tuple[float, ...], by: tuple[int, ...], moving: list[int], signs: tuple[int, ...], level: int
) -> Any:
    at = [mpf(x) for x in point]
    for i, sign in zip(moving, signs, strict=True):
        at[i] = mp.sign(at[i]) * mpf(10) ** (20 * level) if mp.isinf(at[i]) else at[i] + sign * mpf(10) ** (-30 * level)
    return difference(TRUTH[name], tuple(at), by, [mpf(10) ** (-30 * level - STEP_DIGITS)] * len(at))
