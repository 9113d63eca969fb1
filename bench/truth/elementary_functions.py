"""The table of elementary functions: each once, as a function of balls and its slopes. All else derives from it.

An entry is `ufunc: Elementary(ball, slope by the first argument, …)`. The slopes are written in NumPy, of the result y
and the arguments, with functions of this table. Series, the reverse sweep and 80-bit arithmetic follow from them. To add
a function, add a line; tests/bench/truth/test_elementary_functions.py compares every entry with mpmath.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import acb, arb, fmpz
from numpy.lib.mixins import NDArrayOperatorsMixin
from scipy import special

from .number_kinds import INFINITY, integer_of, integer_power, power_of_ball, quotient_of_balls

Slope = Callable[..., Any]


class Elementary:
    """ball: of one finite ball for each argument; slopes: by each argument, None where there is none (an order).

    outside: of the same balls, whether they are beyond the domain for certain; of floats, NumPy's NaN says it, too.
    extended: of 80-bit arrays, where NumPy lacks it and the midpoint of a ball would take too long.
    signed_zero: of the balls, whether the sign of a zero decides, which balls do not have.
    """

    def __init__(
        self,
        ball: Callable[..., arb],
        *slopes: Slope | None,
        outside: Callable[..., bool] | None = None,
        extended: Callable[..., Any] | None = None,
        signed_zero: Callable[..., bool] | None = None,
    ):
        self.ball, self.slopes, self.outside, self.extended = ball, slopes, outside, extended
        self.signed_zero = signed_zero


def is_negative(x: arb) -> bool:
    return bool(x < 0)


def is_beyond_one(x: arb) -> bool:
    return bool(abs(x) > 1)


def is_no_power(a: arb, b: arb) -> bool:
    """Of a negative number, unless the exponent may be an integer."""
    return bool(a < 0) and not b.contains_integer()


def larger_first(a: arb, b: arb) -> tuple[arb, arb]:
    return (b, a) if b.mid() > a.mid() else (a, b)


def logaddexp_of_balls(a: arb, b: arb) -> arb:
    a, b = larger_first(a, b)
    return a + (b - a).exp().log1p()


def logaddexp2_of_balls(a: arb, b: arb) -> arb:
    a, b = larger_first(a, b)
    return a + (arb(2) ** (b - a)).log1p() / arb(2).log()


def arctan2_of_balls(y: arb, x: arb) -> arb:
    """On the cut, y = 0 and x < 0, it is π, as zero counts as +0; a ball that crosses the cut is not known."""
    if y.is_zero() and (x.is_zero() or x > 0):
        return arb(0)
    return arb.atan2(y, x)


def cbrt_of_ball(x: arb) -> arb:
    return x.root(3) if x > 0 else -((-x).root(3)) if x < 0 else x if x.is_zero() else arb.nan()


def log_gamma_of_ball(x: arb) -> arb:
    """log |Γ(x)|, also of negative numbers: Γ(x) Γ(1 − x) = π / sin πx."""
    if x > 0:
        return x.lgamma()
    return (arb.pi() / abs(x.sin_pi())).log() - (1 - x).lgamma()


def expit_of_ball(x: arb) -> arb:
    if x < 0:
        small = x.exp()
        return small / (1 + small)
    return 1 / (1 + (-x).exp())


def bessel_order(n: arb) -> int:
    return integer_of(n)


def polygamma_of_ball(n: arb, x: arb) -> arb:
    found = acb(x).polygamma(bessel_order(n))
    return found.real


def spherical_bessel_of_ball(n: arb, x: arb) -> arb:
    """jₙ(x) = xⁿ/(2n + 1)!! ₀F₁(; n + 3/2; −x²/4), which has no quotient at 0."""
    order = bessel_order(n)
    odd = math.prod(range(1, 2 * order + 2, 2))
    return power_of_ball(x, arb(order)) / odd * (-x * x / 4).hypgeom_0f1(arb(order) + arb(3) / 2)


def scaled_erfc_of_ball(x: arb) -> arb:
    """exp(x²) erfc x = U(½, ½, x²)/√π, for x > 0."""
    return (x * x).hypgeom_u(arb(1) / 2, arb(1) / 2) / arb.const_sqrt_pi()


def log_ndtr_of_ball(x: arb) -> arb:
    z = -x / arb(2).sqrt()
    return ((scaled_erfc_of_ball(z) / 2).log() - z * z) if z > 4 else (z.erfc() / 2).log()


def hazard_of_ball(x: arb) -> arb:
    z = -x / arb(2).sqrt()
    scaled = scaled_erfc_of_ball(z) if z > 4 else (z * z).exp() * z.erfc()
    return (2 / arb.pi()).sqrt() / scaled


def ndtri_of_ball(p: arb) -> arb:
    return -arb(2).sqrt() * (2 * p).erfcinv()


def beta_log_of_balls(a: arb, b: arb) -> arb:
    return log_gamma_of_ball(a) + log_gamma_of_ball(b) - log_gamma_of_ball(a + b)


def power_log_of_balls(k: arb, a: arb, b: arb) -> arb:
    """aᵇ (log a)ᵏ, k > 0, which is 0 or infinite at a = 0."""
    order = bessel_order(k)
    if a.is_zero() and order:
        return arb(0) if b > 0 else INFINITY * (-1) ** order if b < 0 or b.is_zero() else arb.nan()
    return power_of_ball(a, b) * integer_power(a.log(), fmpz(order))


def product_with_log(x: arb, log: Callable[[], arb]) -> arb:
    """x log y, 0 where x is 0, whatever y is."""
    return arb(0) if x.is_zero() else x * log()


def entropy_of_ball(x: arb) -> arb:
    return -INFINITY if x < 0 else -product_with_log(x, x.log)


def relative_entropy_of_balls(x: arb, y: arb) -> arb:
    """x log(x/y), 0 where x = 0 ≤ y, ∞ where x < 0 or y < 0 or x > 0 = y, as SciPy has it."""
    if x < 0 or y < 0 or (x > 0 and y.is_zero()):
        return INFINITY
    if x.is_zero() and not (y >= 0):
        return arb.nan()
    return product_with_log(x, (lambda: x.log() - y.log()))


class Constant(NDArrayOperatorsMixin):
    """A number such as π in whatever arithmetic is in use, at the precision of the moment."""

    def __init__(self, ball: Callable[[], arb]):
        self.ball = ball

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> Any:
        from .jets import apply

        return apply(ufunc, *inputs)


HALF_ROOT_PI = Constant(lambda: arb.const_sqrt_pi() / 2)
TWO_OVER_ROOT_PI = Constant(lambda: 2 / arb.const_sqrt_pi())
ROOT_TWO_OVER_PI = Constant(lambda: (2 / arb.pi()).sqrt())
ROOT_TWO_PI = Constant(lambda: (2 * arb.pi()).sqrt())
PI = Constant(arb.pi)
LOG_2 = Constant(lambda: arb(2).log())
LOG_10 = Constant(arb.const_log10)
DEGREE = Constant(lambda: arb.pi() / 180)


def zero_where(a: Any, also: Callable[[], Any], x: Any, regular: Any) -> Any:
    """0 where `a` is 0 and the condition holds, with unknown slopes by x; else the regular slope."""
    holds = also()
    if not holds.any():
        return regular  # without a question to `a`, which may be a ball around 0
    zero = holds & (a == 0)
    return np.where(zero, ZERO(x), regular) if zero.any() else regular


def unknown_slope(x: Any) -> Any:
    from .jets import unknown

    return unknown(x)


def where_holds(mask: Any, slope: Any, *arguments: Any) -> Any:
    """NaN where the mask does not hold, beyond the domain."""
    from .jets import undefined

    beyond: Any = undefined(*arguments)
    return slope if mask.all() else np.where(mask, slope, beyond)


def spherical_jn(n: int, z: float) -> float:
    return float(special.spherical_jn(int(n), z))


class NamedFunction:
    """What NumPy and SciPy have as no ufunc, as one that the table can hold."""

    def __init__(self, name: str, function: Callable[..., float]):
        self.__name__, self.function = name, function

    def __call__(self, *arguments: Any) -> Any:
        from .jets import Jet, apply

        return apply(self, *arguments) if any(isinstance(x, Jet) for x in arguments) else self.function(*arguments)


POLYGAMMA = NamedFunction("polygamma", lambda n, x: float(special.polygamma(int(n), x)))
SPHERICAL_BESSEL = NamedFunction("spherical_jn", spherical_jn)
POWER_SLOPE = NamedFunction("power_slope", lambda a, b: float(b * np.power(a, b - 1)))
"""b aᵇ⁻¹, which is 0 for b = 0 at a = 0, too."""
POWER_LOG = NamedFunction("power_log", lambda k, a, b: float(np.power(a, b) * np.log(a) ** k))
"""aᵇ (log a)ᵏ: the derivatives of aᵇ by b, with their limits at a = 0."""
HAZARD = NamedFunction("hazard", lambda x: float(math.sqrt(2 / math.pi) / special.erfcx(-x / math.sqrt(2))))
"""φ/Φ of the normal distribution, the slope of log Φ."""
ZERO = NamedFunction("zero", lambda x: 0.0)
"""0, whose slopes are not known."""
SCALED_BESSEL = NamedFunction("scaled_iv", lambda n, x: 0.0 if x == math.inf else float(special.iv(n, x) * np.exp(-x)))
"""Iₙ(x) exp(−x), which has no kink at 0, as SciPy's Iₙ(x) exp(−|x|) has."""

ELEMENTARY: dict[Any, Elementary] = {
    np.divide: Elementary(
        quotient_of_balls, lambda y, a, b: 1 / b, lambda y, a, b: -y / b, signed_zero=lambda a, b: b.is_zero()
    ),
    np.sqrt: Elementary(arb.sqrt, lambda y, x: 1 / (2 * y), outside=is_negative),
    np.cbrt: Elementary(cbrt_of_ball, lambda y, x: 1 / (3 * y * y)),
    np.exp: Elementary(arb.exp, lambda y, x: y),
    np.exp2: Elementary(lambda x: arb(2) ** x, lambda y, x: LOG_2 * y),
    np.expm1: Elementary(arb.expm1, lambda y, x: np.exp(x)),
    np.log: Elementary(arb.log, lambda y, x: 1 / x, outside=is_negative),
    np.log2: Elementary(lambda x: x.log() / arb(2).log(), lambda y, x: 1 / (LOG_2 * x), outside=is_negative),
    np.log10: Elementary(lambda x: x.log() / arb.const_log10(), lambda y, x: 1 / (LOG_10 * x), outside=is_negative),
    np.log1p: Elementary(arb.log1p, lambda y, x: 1 / (1 + x), outside=lambda x: x < -1),
    np.sin: Elementary(arb.sin, lambda y, x: np.cos(x)),
    np.cos: Elementary(arb.cos, lambda y, x: -np.sin(x)),
    np.tan: Elementary(arb.tan, lambda y, x: 1 + y * y),
    np.arcsin: Elementary(arb.asin, lambda y, x: 1 / np.sqrt((1 - x) * (1 + x)), outside=is_beyond_one),
    np.arccos: Elementary(arb.acos, lambda y, x: -1 / np.sqrt((1 - x) * (1 + x)), outside=is_beyond_one),
    np.arctan: Elementary(arb.atan, lambda y, x: 1 / (1 + x * x)),
    np.sinh: Elementary(arb.sinh, lambda y, x: np.cosh(x)),
    np.cosh: Elementary(arb.cosh, lambda y, x: np.sinh(x)),
    np.tanh: Elementary(arb.tanh, lambda y, x: 4 * special.expit(2 * x) * special.expit(-2 * x)),
    np.arcsinh: Elementary(arb.asinh, lambda y, x: 1 / np.sqrt(1 + x * x)),
    np.arccosh: Elementary(arb.acosh, lambda y, x: 1 / np.sqrt((x - 1) * (x + 1)), outside=lambda x: x < 1),
    np.arctanh: Elementary(arb.atanh, lambda y, x: 1 / ((1 - x) * (1 + x)), outside=is_beyond_one),
    np.deg2rad: Elementary(lambda x: x * arb.pi() / 180, lambda y, x: DEGREE),
    np.rad2deg: Elementary(lambda x: x * 180 / arb.pi(), lambda y, x: 1 / DEGREE),
    np.sinc: Elementary(arb.sinc_pi, lambda y, x: -PI * SPHERICAL_BESSEL(1, PI * x)),
    np.power: Elementary(
        power_of_ball,
        lambda y, a, b: POWER_SLOPE(a, b),
        lambda y, a, b: POWER_LOG(1, a, b),
        outside=is_no_power,
        signed_zero=lambda a, b: a.is_zero() and b < 0,
    ),
    np.arctan2: Elementary(
        arctan2_of_balls,
        lambda y, a, b: b / (a * a + b * b),
        lambda y, a, b: -a / (a * a + b * b),
        signed_zero=lambda a, b: a.is_zero() and not b > 0,
    ),
    np.hypot: Elementary(lambda a, b: (a * a + b * b).sqrt(), lambda y, a, b: a / y, lambda y, a, b: b / y),
    np.logaddexp: Elementary(
        logaddexp_of_balls, lambda y, a, b: special.expit(a - b), lambda y, a, b: special.expit(b - a)
    ),
    np.logaddexp2: Elementary(
        logaddexp2_of_balls,
        lambda y, a, b: special.expit(LOG_2 * (a - b)),
        lambda y, a, b: special.expit(LOG_2 * (b - a)),
    ),
    special.expit: Elementary(
        expit_of_ball, lambda y, x: y * special.expit(-x), extended=lambda x: 1 / (1 + np.exp(-x))
    ),
    special.logit: Elementary(
        lambda x: x.log() - (-x).log1p(), lambda y, x: 1 / (x * (1 - x)), outside=lambda x: x < 0 or x > 1
    ),
    special.log_expit: Elementary(lambda x: -logaddexp_of_balls(arb(0), -x), lambda y, x: special.expit(-x)),
    special.erf: Elementary(arb.erf, lambda y, x: TWO_OVER_ROOT_PI * np.exp(-x * x)),
    special.erfc: Elementary(arb.erfc, lambda y, x: -TWO_OVER_ROOT_PI * np.exp(-x * x)),
    special.erfinv: Elementary(arb.erfinv, lambda y, x: HALF_ROOT_PI * np.exp(y * y), outside=is_beyond_one),
    special.erfcinv: Elementary(
        arb.erfcinv, lambda y, x: -HALF_ROOT_PI * np.exp(y * y), outside=lambda x: x < 0 or x > 2
    ),
    special.ndtr: Elementary(
        lambda x: (-x / arb(2).sqrt()).erfc() / 2,
        lambda y, x: ROOT_TWO_OVER_PI * np.exp(-x * x / 2) / 2,
    ),
    special.log_ndtr: Elementary(log_ndtr_of_ball, lambda y, x: HAZARD(x)),
    special.gamma: Elementary(arb.gamma, lambda y, x: y * special.digamma(x), signed_zero=arb.is_zero),
    special.gammaln: Elementary(log_gamma_of_ball, lambda y, x: special.digamma(x)),
    special.digamma: Elementary(arb.digamma, lambda y, x: POLYGAMMA(1, x), signed_zero=arb.is_zero),
    special.betaln: Elementary(
        beta_log_of_balls,
        lambda y, a, b: special.digamma(a) - special.digamma(a + b),
        lambda y, a, b: special.digamma(b) - special.digamma(a + b),
    ),
    special.xlogy: Elementary(
        lambda x, y: product_with_log(x, y.log),
        lambda f, x, y: np.log(y),
        lambda f, x, y: where_holds(y >= 0, zero_where(x, lambda: y == 0, x, x / y), x, y),
        outside=lambda x, y: y < 0 and (x < 0 or x > 0),
    ),
    special.xlog1py: Elementary(
        lambda x, y: product_with_log(x, y.log1p),
        lambda f, x, y: np.log1p(y),
        lambda f, x, y: where_holds(y >= -1, zero_where(x, lambda: y == -1, x, x / (1 + y)), x, y),
        outside=lambda x, y: y < -1 and (x < 0 or x > 0),
    ),
    special.entr: Elementary(entropy_of_ball, lambda y, x: -1 - np.log(x)),
    special.rel_entr: Elementary(
        relative_entropy_of_balls,
        lambda f, x, y: where_holds((x >= 0) & (y >= 0), np.log(x) - np.log(y) + 1, x, y),
        lambda f, x, y: where_holds((x >= 0) & (y >= 0), -x / y, x, y),
    ),
    special.ndtri: Elementary(
        ndtri_of_ball, lambda y, x: ROOT_TWO_PI * np.exp(y * y / 2), outside=lambda x: x < 0 or x > 1
    ),
    special.jv: Elementary(
        lambda n, x: x.bessel_j(bessel_order(n)),
        None,
        lambda y, n, x: (special.jv(n - 1, x) - special.jv(n + 1, x)) / 2,
    ),
    special.iv: Elementary(
        lambda n, x: x.bessel_i(bessel_order(n)),
        None,
        lambda y, n, x: (special.iv(n - 1, x) + special.iv(n + 1, x)) / 2,
    ),
}
"""ufunc → its entry. np.add, np.subtract, np.multiply and np.negative are arithmetic, in jets.py."""


ELEMENTARY[POLYGAMMA] = Elementary(polygamma_of_ball, None, lambda y, n, x: POLYGAMMA(n + 1, x))
ELEMENTARY[SPHERICAL_BESSEL] = Elementary(
    spherical_bessel_of_ball,
    None,
    lambda y, n, x: (
        (n * SPHERICAL_BESSEL(np.where(n == 0, 0, n - 1), x) - (n + 1) * SPHERICAL_BESSEL(n + 1, x)) / (2 * n + 1)
    ),
)


def power_log_slope(k: Any, a: Any, b: Any) -> Any:
    """∂/∂a of aᵇ (log a)ᵏ for k > 0, and for k = 1 also ∂/∂b of b aᵇ⁻¹."""
    regular = np.power(a, b - 1) * (k + zero_where(a, lambda: b == 0, b, b * np.log(a))) * np.power(np.log(a), k - 1)
    return zero_where(a, lambda: b > 1, a, regular)


ELEMENTARY[POWER_SLOPE] = Elementary(
    lambda a, b: b if b.is_zero() else b * power_of_ball(a, b - 1),
    lambda y, a, b: zero_where(a, lambda: b == 0, b, b * POWER_SLOPE(a, b - 1)),
    lambda y, a, b: power_log_slope(1, a, b),
    outside=is_no_power,
    extended=lambda a, b: np.where(b == 0, 0, b * np.power(a, b - 1)),
)
ELEMENTARY[POWER_LOG] = Elementary(
    power_log_of_balls,
    None,
    lambda y, k, a, b: power_log_slope(k, a, b),
    lambda y, k, a, b: POWER_LOG(k + 1, a, b),
    outside=lambda k, a, b: a < 0,
)
ELEMENTARY[HAZARD] = Elementary(hazard_of_ball, lambda y, x: -y * (x + y))
ELEMENTARY[ZERO] = Elementary(lambda x: arb(0), lambda y, x: unknown_slope(x))
ELEMENTARY[SCALED_BESSEL] = Elementary(
    lambda n, x: x.bessel_i(bessel_order(n), scaled=True),
    None,
    lambda y, n, x: (SCALED_BESSEL(n - 1, x) + SCALED_BESSEL(n + 1, x)) / 2 - y,
)
