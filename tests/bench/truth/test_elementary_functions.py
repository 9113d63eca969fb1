"""Every elementary function: its value and its derivatives by every argument, by the sweep, by Taylor series, in descent, in 80 bits.

The truth is mpmath's at 60 digits. Where a function has no derivative, the limits beside the point and NaN are allowed, and
everywhere it is allowed that nothing is known: what is certified must not be wrong.
"""

from __future__ import annotations

import itertools
import math
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
from bench.truth.elementary_functions import ELEMENTARY, POLYGAMMA, Elementary
from bench.truth.extended import EXTENDED_ROUNDING, extended_answer
from bench.truth.jets import Evaluation, evaluation
from bench.truth.number_kinds import BALLS, EXTENDED, NumberKind, Undecided, is_certain
from bench.truth.oracle import Oracle
from bench.truth.oracle_arrays import ARITHMETIC, COMPARISONS, FUNCTIONS, MASK_OPERATIONS, UnknownOperation, call_ufunc
from bench.truth.time_budget import Uncertified

from .elementary_truth import NAN, TRUTH, derivative, jumps, limits, noise

By = tuple[int, ...]
Point = tuple[float, ...]

PLAIN = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 1.5, -2.5, 0.3, -40.0, 40.0]
EXTREME = [1e-300, -1e-300, 1e-20, -1e-20, 1e20, -1e20, 1e300, -1e300, 700.0, -700.0]
STRANGE = [math.inf, -math.inf, math.nan]
PAIRS = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 1e-300, 1e300, -1e20, *STRANGE]
RANDOM = np.random.default_rng(13)
ORDERS = (0, 1, 2, 5)
ENTRIES = {ufunc.__name__: ufunc for ufunc in (*ELEMENTARY, *ARITHMETIC)}
BITS = (128, 1024, 8192)
LINEAR = ("deg2rad", "rad2deg", "divide", "add", "subtract", "multiply", "negative", "xlogy", "xlog1py")
HARD_FOR_MPMATH = {
    **dict.fromkeys(("jv", "iv", "ive", "spherical_jn", "gamma", "gammaln", "psi", "polygamma", "betaln"), (1e-25, 1e3)),
    **dict.fromkeys(("erfinv", "erfcinv", "ndtri"), (1e-25, math.inf)),
    **dict.fromkeys(("logaddexp", "logaddexp2", "erfc", "ndtr", "log_ndtr", "hazard"), (0, 1e25)),
}
"""Name → the sizes of arguments between which mpmath has an answer soon."""


def first_is_an_order(ufunc: Any) -> bool:
    return ufunc in ELEMENTARY and len(ELEMENTARY[ufunc].slopes) > 1 and ELEMENTARY[ufunc].slopes[0] is None


def arguments_of(ufunc: Any) -> int:
    return len(ELEMENTARY[ufunc].slopes) if ufunc in ELEMENTARY else ufunc.nin


def points_for(name: str) -> list[Point]:
    ufunc = ENTRIES[name]
    spread = np.concatenate([RANDOM.normal(size=4), RANDOM.uniform(0, 1, 4), np.exp(RANDOM.normal(size=2) * 2)])
    ones = [*PLAIN, *EXTREME, *STRANGE, *spread.tolist()]
    low, high = HARD_FOR_MPMATH.get(name, (0, math.inf))
    ones, pairs = ([x for x in some if x == 0 or low <= abs(x) <= high or not math.isfinite(x)] for some in (ones, PAIRS))
    count = arguments_of(ufunc)
    if first_is_an_order(ufunc):
        orders = [n for n in ORDERS if n or name != "polygamma"]
        inner = ones if count == 2 else [*itertools.product(pairs, pairs)]
        return [(float(n), *(x if isinstance(x, tuple) else (x,))) for n in orders for x in inner]
    if count == 1:
        return [(x,) for x in ones]
    random_pairs = np.concatenate([RANDOM.normal(size=(12, 2)), RANDOM.uniform(0, 3, (8, 2))])
    return [*itertools.product(pairs, pairs), *map(tuple, random_pairs.tolist())]


def all_derivatives(call: Callable[..., Any], points: list[Point], kind: NumberKind, fixed: int) -> dict[str, list[Any]]:
    """"sweep ()" and so on → the number at each point. fixed: how many first arguments are data."""
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
    return {key: np.ravel(numbers).tolist() if kind is BALLS else list(np.ravel(numbers)) for key, numbers in found.items()}


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
    if not by:
        return [value]
    if any(map(math.isnan, point)):
        return [NAN, *independent_of_nan(name, point, by)] if mp.isnan(value) else None
    if mp.isnan(value):
        return [NAN]
    if all(map(math.isfinite, point)):
        found = derivative(name, point, by) if mp.isfinite(value) else NAN
        return [found] if mp.isfinite(found) else allowed_beside(name, point, by, value)
    return [NAN, *limits(name, point, by)] if sum(map(math.isinf, point)) == 1 else None


def allowed_beside(name: str, point: Point, by: By, value: Any) -> list[Any]:
    """NaN, the limits beside the point, and infinity where the function or its derivative is infinite there, or jumps."""
    found = [NAN, *limits(name, point, by), *jumps(name, point, by)]
    infinite = mp.isinf(value) or not all(mp.isfinite(derivative(name, point, (i,))) for i in by)
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
                    error = noise(name, point, by) if all(map(math.isfinite, point)) else mpf(0)
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
                if not any(agrees(ball, truth, is_limit, error) for truth in allowed):
                    shown = [mp.nstr(x, 20) for x in allowed]
                    yield f"{name}{point} {key}: certified {ball.str(20)}, true {shown}"


def agrees(ball: arb, truth: Any, is_limit: bool, error: Any) -> bool:
    middle = to_mpf(ball.mid())
    if not ball.is_finite() or not mp.isfinite(truth):
        return bool(middle == truth or (mp.isnan(middle) and mp.isnan(truth)))
    slack = abs(truth) * mpf(10) ** (-6 if is_limit else -42) + (mpf(10) ** -9 if is_limit else error + mpf(10) ** -3000)
    return bool(abs(middle - truth) <= to_mpf(ball.rad().upper()) + slack)


@pytest.mark.parametrize("name", [name for name in ENTRIES if name != "zero"])
def test_every_derivative_of_every_entry_holds_that_of_mpmath(name):
    assert name in TRUTH, f"give {name} of the table a counterpart in elementary_truth.py"
    ufunc = ENTRIES[name]
    wrong = list(faults(name, lambda *x: call_any(ufunc, *x), points_for(name), int(first_is_an_order(ufunc))))
    assert not wrong, f"{len(wrong)} faults\n" + "\n".join(wrong[:25])


def call_any(ufunc: Any, *arguments: Any) -> Any:
    return ufunc(*arguments) if all(isinstance(x, float) for x in arguments) else call_ufunc(ufunc, *arguments)
