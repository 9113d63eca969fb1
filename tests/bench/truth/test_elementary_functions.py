"""Every elementary function: its value and its derivatives by every argument: sweep, series, descent, 80 bits.

The truth is mpmath's at 60 digits. Where a function has no derivative, the limits beside the point and NaN are allowed, and
everywhere it is allowed that nothing is known: what is certified must not be wrong.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from mpmath import mp, mpf
from scipy import special

from bench.truth import oracle_modules  # noqa: F401 - it fills FUNCTIONS
from bench.truth.certified import certified_answer
from bench.truth.derivatives import Derivatives, constants, moving_along
from bench.truth.elementary_functions import ELEMENTARY, LOG_2, Elementary
from bench.truth.extended import EXTENDED_ROUNDING
from bench.truth.jets import evaluation
from bench.truth.number_kinds import BALLS, EXTENDED, NumberKind, Undecided, is_certain
from bench.truth.oracle import Oracle
from bench.truth.oracle_arrays import ARITHMETIC, COMPARISONS, FUNCTIONS, MASK_OPERATIONS, UnknownOperation, call_ufunc
from bench.truth.time_budget import Uncertified

from .elementary_truth import NAN, TRUTH, derivative, difference, error_of, jumps, limits

By = tuple[int, ...]
Point = tuple[float, ...]

PLAIN = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 1.5, -2.5, 0.3, -40.0, 40.0]
EXTREME = [1e-300, -1e-300, 1e-20, -1e-20, 1e20, -1e20, 1e300, -1e300, 700.0, -700.0]
STRANGE = [math.inf, -math.inf, math.nan]
PAIRS = [0.0, 1.0, -1.0, 0.5, -3.0, 1e-300, -1e20, *STRANGE]
ORDERS = (0, 1, 3)
ENTRIES = {ufunc.__name__: ufunc for ufunc in (*ELEMENTARY, *ARITHMETIC)}
BITS = (128, 1024, 8192)
LINEAR = ("deg2rad", "rad2deg", "divide", "add", "subtract", "multiply", "negative", "xlogy", "xlog1py")
HARD_FOR_MPMATH = {
    **dict.fromkeys(
        ("jv", "iv", "scaled_iv", "spherical_jn", "gamma", "gammaln", "psi", "polygamma", "betaln"), (1e-25, 1e3)
    ),
    **dict.fromkeys(("divide", "power", "power_slope", "power_log", "xlogy", "xlog1py", "rel_entr"), (1e-25, 1e25)),
    **dict.fromkeys(("erfinv", "erfcinv", "ndtri"), (1e-4, math.inf)),
    **dict.fromkeys(("logaddexp", "logaddexp2", "erfc", "ndtr", "log_ndtr", "hazard"), (0, 1e25)),
}
"""Name → the sizes of arguments between which mpmath has an answer soon."""


def first_is_an_order(ufunc: Any) -> bool:
    return ufunc in ELEMENTARY and len(ELEMENTARY[ufunc].slopes) > 1 and ELEMENTARY[ufunc].slopes[0] is None


def arguments_of(ufunc: Any) -> int:
    return len(ELEMENTARY[ufunc].slopes) if ufunc in ELEMENTARY else ufunc.nin


def points_for(name: str) -> list[Point]:
    ufunc, rng = ENTRIES[name], np.random.default_rng(zlib.crc32(name.encode()))
    spread = np.concatenate([rng.normal(size=4), rng.uniform(0, 1, 4), np.exp(rng.normal(size=2) * 2)])
    ones, some = [*PLAIN, *EXTREME, *STRANGE, *spread.tolist()], PAIRS
    if name in ("betaln", "power_log"):  # for the time's sake
        some = [1.0, -0.5, 3.0, math.nan]
    if first_is_an_order(ufunc):
        ones = [*PLAIN[:9], 40.0, *STRANGE, *spread.tolist()[:3]]
    low, high = HARD_FOR_MPMATH.get(name, (0, math.inf))
    ones, pairs = (
        [x for x in some if x == 0 or low <= abs(x) <= high or not math.isfinite(x)] for some in (ones, some)
    )
    count = arguments_of(ufunc)
    if first_is_an_order(ufunc):
        orders = [n for n in ORDERS if n or name not in ("polygamma", "power_log")]
        inner = ones if count == 2 else [*itertools.product(pairs, pairs)]
        return [(float(n), *(x if isinstance(x, tuple) else (x,))) for n in orders for x in inner]
    if count == 1:
        return [(x,) for x in ones]
    random_pairs = np.concatenate([rng.normal(size=(6, 2)), rng.uniform(0, 3, (6, 2))])
    return [*itertools.product(pairs, pairs), *map(tuple, random_pairs.tolist())]


def all_derivatives(
    call: Callable[..., Any], points: list[Point], kind: NumberKind, fixed: int
) -> dict[str, list[Any]]:
    """ "sweep ()" and so on → the number at each point. fixed: how many first arguments are data."""
    columns = np.array(points).T
    count = len(columns)
    data = {f"x{i}": kind.convert(columns[i]) for i in range(fixed)}
    params = {f"x{i}": kind.convert(columns[i]) for i in range(fixed, count)}
    oracle = Oracle(lambda p, d: call(*({**p, **d}[f"x{i}"] for i in range(count))), "elementwise")
    derivatives, ones = Derivatives(oracle, data, kind), np.ones(len(points))
    found = {"sweep ()": derivatives.value(params)}
    first = derivatives.slopes(constants(params), 0, 0)
    for i in range(fixed, count):
        found[f"sweep ({i},)"] = first[f"x{i}"]
        second = derivatives.slopes(moving_along(params, {f"x{i}": ones}, kind), 1, 1)
        for j in range(fixed, count):
            found[f"sweep ({i}, {j})"] = second[f"x{j}"]
    with evaluation(kind=kind, order=2):
        for i in range(fixed, count):
            own = derivatives.along(moving_along(params, {f"x{i}": ones}, kind), 2)
            found[f"series ({i},)"], found[f"series ({i}, {i})"] = own.numbers(1), 2 * own.numbers(2)
        for i, j in itertools.combinations(range(fixed, count), 2):
            both = derivatives.along(moving_along(params, {f"x{i}": ones, f"x{j}": ones}, kind), 2)
            found[f"series ({i}, {j})"] = (
                both.numbers(2) - (found[f"series ({i}, {i})"] + found[f"series ({j}, {j})"]) / 2
            )
    return {
        key: np.ravel(numbers).tolist() if kind is BALLS else list(np.ravel(numbers)) for key, numbers in found.items()
    }


def derivatives_in_balls(call: Callable[..., Any], points: list[Point], fixed: int = 0) -> dict[Point, dict[str, arb]]:
    """At each point; nothing where it is refused. More bits where they do not suffice."""
    found: dict[Point, dict[str, arb]] = {}

    def attempt(some: list[Point], bits: int) -> None:
        try:
            with ctx.workprec(bits), evaluation(kind=BALLS, order=0, tied=[]):
                columns = all_derivatives(call, some, BALLS, fixed)
        except Undecided:
            if len(some) > 1:
                attempt(some[: len(some) // 2], bits)
                attempt(some[len(some) // 2 :], bits)
            return
        for i, point in enumerate(some):
            found[point] = {key: numbers[i] for key, numbers in columns.items()}

    waiting = points
    for bits in BITS:
        if waiting:
            attempt(waiting, bits)
        waiting = [x for x in waiting if x not in found or not all(map(is_narrow, found[x].values()))]
        waiting = [x for x in waiting if all(math.isfinite(y) for y in x)]
    return found


def is_narrow(x: arb) -> bool:
    return x.is_exact() or (x.rel_accuracy_bits() > 60 if x.is_finite() else is_certain(x))


def to_mpf(x: arb) -> Any:
    """A number without a radius, exactly."""
    if not x.is_finite():
        return NAN if x.is_nan() else mp.inf if x > 0 else -mp.inf
    mantissa, exponent = x.man_exp()
    return mp.ldexp(mpf(int(mantissa)), int(exponent))


def numpy_value(call: Callable[..., Any], point: Point) -> Any:
    with np.errstate(all="ignore"):
        return mpf(float(call(*point)))


def allowed_values(name: str, call: Callable[..., Any], point: Point, by: By) -> list[Any] | None:
    """The numbers that a value or a derivative may have, None where any. Those that are no limits come alone."""
    value = derivative(name, point, ()) if all(map(math.isfinite, point)) else numpy_value(call, point)
    if not mp.isfinite(value):
        value = numpy_value(call, point)
    if by and name in ("power", "power_slope") and point[0] < 0 and any(map(math.isinf, point)):
        return None  # infinite or 0 by IEEE, of a power that has no limit
    if by and name in ("add", "subtract", "multiply") and not all(map(math.isfinite, point)):
        return None  # the slopes are the other argument
    if by and name in LINEAR and any(map(math.isnan, point)) and any(x in (0, -1) or math.isinf(x) for x in point):
        return None  # the slope by NaN is a quotient of the other
    if not by:
        return [value]
    if any(map(math.isnan, point)):
        return (
            [NAN, *independent_of_nan(name, point, by), *([mpf(0)] if name in LINEAR and by == (0, 0) else [])]
            if mp.isnan(value)
            else None
        )
    if mp.isnan(value):
        return [NAN]
    if all(map(math.isfinite, point)):
        found = derivative(name, point, by) if mp.isfinite(value) else NAN
        return [found] if mp.isfinite(found) else allowed_beside(name, point, by, value)
    is_one = sum(map(math.isinf, point)) == 1 and not any(1e10 < abs(x) < math.inf for x in point)
    return allowed_beside(name, point, by, value) if is_one else None


def allowed_beside(name: str, point: Point, by: By, value: Any) -> list[Any]:
    """NaN, the limits beside the point, and infinity where the function or its derivative is infinite there, or jumps."""
    found = [NAN, *limits(name, point, by, bool(mp.isinf(value))), *jumps(name, point, by)]
    finite = all(map(math.isfinite, point))
    infinite = mp.isinf(value) or (finite and not all(mp.isfinite(derivative(name, point, (i,))) for i in by))
    if name in LINEAR and by in ((0, 0), (1, 1)):
        found.append(mpf(0))
    return [*found, mp.inf, -mp.inf] if (len(by) == 2 and infinite) or len(found) == 1 else found


def independent_of_nan(name: str, point: Point, by: By) -> list[Any]:
    """The derivative with numbers in place of NaN, if it is the same for two of them."""
    one, other = (tuple(y if math.isnan(x) else x for x in point) for y in (1.25, 2.75))
    if not all(map(math.isfinite, one)):
        return []
    left, right = derivative(name, one, by), derivative(name, other, by)
    return [left] if abs(left - right) < 1e-15 * abs(left) or left == right else []


def faults(name: str, call: Callable[..., Any], points: list[Point], fixed: int = 0) -> Iterator[str]:
    """What is wrong, and what is not known where it must be."""
    with mp.workdps(60):
        found = derivatives_in_balls(call, points, fixed)
        for point in points:
            ordinary = all(x == 0 or 1e-3 < abs(x) < 50 for x in point)
            if point not in found:
                if ordinary:
                    yield f"{name}{point}: undecided"
                continue
            for key, ball in found[point].items():
                by = eval(key.split(" ", 1)[1])
                try:
                    allowed = allowed_values(name, call, point, by)
                except (OverflowError, mp.NoConvergence):
                    continue  # mpmath has no answer
                if allowed is None:
                    continue
                if not (ball.is_finite() or is_certain(ball)) or (ball.is_finite() and not is_narrow(ball)):
                    if ordinary and len(allowed) == 1 and mp.isfinite(allowed[0]) and allowed[0]:
                        yield f"{name}{point} {key}: not known, {allowed[0]}"
                    if not ball.is_finite():
                        continue
                is_limit = len(allowed) > 1 or any(map(math.isinf, point))
                if any(agrees(ball, truth, is_limit, mpf(0)) for truth in allowed):
                    continue
                error = error_of(name, point, by) if all(map(math.isfinite, point)) else mpf(0)
                if not any(agrees(ball, truth, is_limit, error) for truth in allowed):
                    shown = [mp.nstr(x, 20) for x in allowed]
                    yield f"{name}{point} {key}: certified {ball.str(20)}, true {shown}"


def agrees(ball: arb, truth: Any, is_limit: bool, error: Any) -> bool:
    middle = to_mpf(ball.mid())
    if not ball.is_finite() or not mp.isfinite(truth):
        return bool(middle == truth or (mp.isnan(middle) and mp.isnan(truth)))
    slack = abs(truth) * mpf(10) ** (-6 if is_limit else -42) + (
        mpf(10) ** -9 if is_limit else error + mpf(10) ** -3000
    )
    return bool(abs(middle - truth) <= to_mpf(ball.rad().upper()) + slack)


NAMES = [name for name in ENTRIES if name != "zero"]
FEW = 3  # points where many would take long; all of them are a slow test


def require_truth(name: str, points: list[Point]) -> None:
    assert name in TRUTH, f"give {name} of the table a counterpart in elementary_truth.py"
    ufunc = ENTRIES[name]
    wrong = list(faults(name, lambda *x: call_any(ufunc, *x), points, int(first_is_an_order(ufunc))))
    assert not wrong, f"{len(wrong)} faults\n" + "\n".join(wrong[:25])


@pytest.mark.parametrize("name", NAMES)
def test_every_derivative_of_every_entry_holds_that_of_mpmath(name):
    points = points_for(name)
    few = 2 if name in HARD_FOR_MPMATH else FEW
    require_truth(name, points[:: max(1, len(points) // few)])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name != "polygamma"])  # of which mpmath takes many minutes
def test_every_derivative_at_every_point_holds_that_of_mpmath(name):
    require_truth(name, points_for(name))


def call_any(ufunc: Any, *arguments: Any) -> Any:
    return ufunc(*arguments) if all(isinstance(x, float) for x in arguments) else call_ufunc(ufunc, *arguments)


# The elementwise functions that are written with others -------------------------------------------------------

CHOICES = {
    "absolute": 1, "abs": 1, "fabs": 1, "sign": 1, "nan_to_num": 1, "floor": 1, "ceil": 1, "trunc": 1, "fix": 1, "rint": 1,
    "round": 1, "positive": 1, "square": 1, "reciprocal": 1, "degrees": 1, "radians": 1, "j0": 1, "j1": 1, "i0": 1, "i1": 1,
    "i0e": 1, "i1e": 1, "exp10": 1, "maximum": 2, "minimum": 2, "fmax": 2, "fmin": 2, "heaviside": 2, "copysign": 2,
    "mod": 2, "remainder": 2, "fmod": 2, "floor_divide": 2, "float_power": 2, "kl_div": 2, "clip": 3,
}  # fmt: skip
"""Name → how many arguments are numbers."""
REFUSED = {
    "frexp", "ldexp", "modf", "nextafter", "spacing", "signbit", "gcd", "lcm", "isnat", "bitwise_count", "left_shift",
    "right_shift", "matvec", "vecmat", "vecdot",
}  # fmt: skip
"""NumPy's ufuncs that no derivative is known of: their results are bits of a float, integers or arrays."""
AWAY = [0.3, -0.4, 1.7, -2.6, 2.2, 12.5 + 2**-20]  # of integers and of each other


def numpy_function(name: str) -> Callable[..., Any]:
    return getattr(np, name, None) or getattr(special, name)


def test_every_real_ufunc_of_numpy_is_known_or_refused():
    known = {*(f.__name__ for f in (*ELEMENTARY, *ARITHMETIC, *COMPARISONS, *MASK_OPERATIONS)), *FUNCTIONS}
    ufuncs = {f.__name__ for f in vars(np).values() if isinstance(f, np.ufunc)}
    assert ufuncs - known == REFUSED & ufuncs
    assert not set(CHOICES) - set(FUNCTIONS) - {"square"}


@pytest.mark.parametrize("name", CHOICES)
def test_every_derivative_of_what_chooses_or_rounds_holds_that_of_mpmath(name):
    count = CHOICES[name]
    TRUTH.setdefault("abs", TRUTH["absolute"])
    points = (
        list(itertools.product(AWAY, repeat=count))
        if count < 3
        else [(0.3, -1.0, 2.0), (3.3, -1.0, 2.5), (-3.0, -2.0, 1.5)]
    )
    points = [point for point in points if len(set(point)) == count and (name != "float_power" or point[0] > 0)]
    ufunc = FUNCTIONS.get(name) or (lambda x: call_ufunc(np.square, x))
    wrong = list(faults(name, called(name, ufunc), points))
    assert not wrong, "\n".join(wrong[:25])


def called(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    plain = numpy_function(name)
    return lambda *x: plain(*x) if all(isinstance(y, float) for y in x) else function(*x)


SPECIAL_VALUES = [0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e300, *STRANGE]


@pytest.mark.parametrize("name", [name for name in CHOICES if name not in ("clip",)])
@pytest.mark.parametrize("kind", [BALLS, EXTENDED], ids=["balls", "80 bits"])
def test_values_at_nan_and_infinity_are_those_of_numpy(name, kind):
    function = FUNCTIONS.get(name) or (lambda x: call_ufunc(np.square, x))
    for point in itertools.product(SPECIAL_VALUES, repeat=CHOICES[name]):
        if (kind is EXTENDED or name in ("j0", "j1", "i0", "i1", "i0e", "i1e")) and 1e300 in point:
            continue
        if name == "float_power" and point == (-math.inf, 0.5):
            continue  # np.power takes the root, which is NaN; np.float_power does not
        with np.errstate(all="ignore"), ctx.workprec(2200), evaluation(kind=kind, order=0, tied=[]):
            truth = float(numpy_function(name)(*point))
            try:
                found = value_of(function, point, kind)
            except UnknownOperation:
                assert name == "copysign"
                continue
        assert found == truth or (math.isnan(found) and math.isnan(truth)) or (
            math.isfinite(truth) and abs(found - truth) <= 1e-14 * abs(truth)
        ) or is_overflow(found, truth, point), f"{name}{point}: {found}, NumPy {truth}"  # fmt: skip


def is_overflow(found: float, truth: float, point: Point) -> bool:
    """NumPy's infinity of a finite number that no float holds is a number here, or not known."""
    return math.isinf(truth) and all(map(math.isfinite, point)) and (not math.isfinite(found) or abs(found) > 1e300)


def value_of(function: Callable[..., Any], point: Point, kind: NumberKind) -> float:
    params = {f"x{i}": kind.convert(np.array(x)) for i, x in enumerate(point)}
    oracle = Oracle(lambda p, d: function(*p.values()) * 1, "scalar")
    value: Any = Derivatives(oracle, {}, kind).value(params)[()]
    return float(value.mid() if kind is BALLS else value)


# Descent, certified answers and 80 bits -------------------------------------------------------------------------


def ordinary_points(name: str) -> list[Point]:
    """Points inside the domain, of ordinary size."""
    points = [
        x for x in points_for(name) if all(1e-2 < abs(y) < 20 for y in x[int(first_is_an_order(ENTRIES[name])) :])
    ]
    return [x for x in points if mp.isfinite(derivative(name, x, ()))][-2:]


@pytest.mark.parametrize("name", NAMES)
def test_two_steps_of_descent_are_those_of_mpmath(name):
    ufunc, rate = ENTRIES[name], 2.0**-10
    fixed = int(first_is_an_order(ufunc))
    for point in ordinary_points(name)[:1]:
        data = {f"x{i}": np.array(x) for i, x in enumerate(point[:fixed])}
        params = {f"x{i + fixed}": np.array(x) for i, x in enumerate(point[fixed:])}
        oracle = Oracle(lambda p, d: call_ufunc(ufunc, *({**p, **d}[f"x{i}"] for i in range(len(p) + len(d)))))
        try:
            found = certified_answer(oracle, "gradient_descent", params, data, {"rate": rate, "steps": 2}, 1.0)
        except Uncertified:
            assert any(not mp.isfinite(derivative(name, point, (i,))) for i in range(fixed, len(point)))
            continue
        with mp.workdps(130):
            at = [mpf(x) for x in point]
            for _ in range(2):
                steps, moving = [mpf(10) ** -30] * len(at), range(fixed, len(at))
                slopes = [difference(TRUTH[name], tuple(at), (i,), steps) for i in moving]
                at[fixed:] = [x - rate * slope for x, slope in zip(at[fixed:], slopes, strict=True)]
            for i in range(fixed, len(at)):
                value, radius = found.values[f"x{i}"][()], found.radii[f"x{i}"][()]
                middle, wide = (mpf(float(x)) + mpf(float(x - np.longdouble(float(x)))) for x in (value, radius))
                if mp.isnan(middle) and mp.isnan(at[i]):
                    continue  # a step left the domain
                assert abs(middle - at[i]) <= wide + abs(at[i]) * mpf(10) ** -40, f"{name}{point}"
                assert wide <= abs(at[i]) * mpf(2) ** -60


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_in_80_bits_are_those_of_mpmath(name):
    ufunc = ENTRIES[name]
    points = ordinary_points(name)
    if not points:
        pytest.skip("no ordinary point inside the domain")
    fixed = int(first_is_an_order(ufunc))
    with np.errstate(all="ignore"), evaluation(kind=EXTENDED, order=0, tied=[]):
        found = all_derivatives(lambda *x: call_any(ufunc, *x), points, EXTENDED, fixed)
    for key, numbers in found.items():
        by = eval(key.split(" ", 1)[1])
        for point, number in zip(points, numbers, strict=True):
            truth = derivative(name, point, by)
            if not mp.isfinite(truth):
                continue
            with mp.workdps(60):
                middle = mpf(float(number)) + mpf(float(number - np.longdouble(float(number))))
                size = max(abs(truth), abs(derivative(name, point, ())))
                error = EXTENDED_ROUNDING * size + error_of(name, point, by)
                assert abs(middle - truth) <= error, f"{name}{point} {key}"


# A new function is a line, and a wrong slope is found ------------------------------------------------------------

ONE_LINE = {
    np.tan: Elementary(arb.tan, lambda y, x: 1 + y * y),
    np.arctan: Elementary(arb.atan, lambda y, x: 1 / (1 + x * x)),
    np.exp2: Elementary(lambda x: arb(2) ** x, lambda y, x: np.log(2) * y),
    np.sinh: Elementary(arb.sinh, lambda y, x: np.cosh(x)),
}


@pytest.mark.parametrize("ufunc", ONE_LINE, ids=lambda ufunc: ufunc.__name__)
def test_one_line_adds_a_function_in_every_arithmetic(ufunc, monkeypatch):
    monkeypatch.delitem(ELEMENTARY, ufunc)
    monkeypatch.delitem(FUNCTIONS, ufunc.__name__, raising=False)  # SciPy's function of the same name
    with pytest.raises(UnknownOperation, match=rf"np\.{ufunc.__name__}"):
        call_ufunc(ufunc, np.array(0.5))
    monkeypatch.setitem(ELEMENTARY, ufunc, ONE_LINE[ufunc])
    if ufunc is np.exp2:  # a slope must not round: log 2 of a float is none
        wrong = list(faults("exp2", lambda *x: call_any(ufunc, *x), [(0.5,), (1.25,)]))
        assert any("sweep (0,)" in x for x in wrong)
        assert any("series (0, 0)" in x for x in wrong)
        monkeypatch.setitem(ELEMENTARY, ufunc, Elementary(lambda x: arb(2) ** x, lambda y, x: LOG_2 * y))
    test_every_derivative_of_every_entry_holds_that_of_mpmath(ufunc.__name__)
    test_two_steps_of_descent_are_those_of_mpmath(ufunc.__name__)
    test_derivatives_in_80_bits_are_those_of_mpmath(ufunc.__name__)


@pytest.mark.parametrize("name", [name for name in NAMES if name in [f.__name__ for f in ELEMENTARY]])
def test_a_wrong_slope_is_found(name, monkeypatch):
    ufunc = ENTRIES[name]
    entry = ELEMENTARY[ufunc]
    for place, slope in enumerate(entry.slopes):
        if slope is None or ufunc is np.divide:
            continue
        planted = [*entry.slopes]
        planted[place] = lambda *x, slope=slope: slope(*x) * (1 + 2.0**-50)
        monkeypatch.setitem(ELEMENTARY, ufunc, Elementary(entry.ball, *planted, outside=entry.outside))
        wrong = list(faults(name, lambda *x: call_any(ufunc, *x), ordinary_points(name), int(first_is_an_order(ufunc))))
        assert any(f"sweep ({place},)" in x for x in wrong), f"{name} by {place}"
        assert any(f"series ({place},)" in x for x in wrong), f"{name} by {place}"
