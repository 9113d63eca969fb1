"""Certified answers: an oracle's function in ball arithmetic (python-flint), every number with a rigorous radius.

Few variables: Taylor coefficients along coordinate directions, mixed second derivatives by polarisation. Many, descent and
Newton's method: the reverse sweep, over balls, or over series of balls for second derivatives. Where the radius is too
wide, or a comparison undecided, the precision doubles; `Uncertified` says when that does not help, or would take too long.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from flint import arb, arb_mat, arb_series, ctx

from . import traced
from .cache import Flat, flatten, unflatten
from .oracle import Oracle
from .products import holding
from .traced import Undecided, boxed

BITS = tuple(2**k for k in range(7, 15))
MARGIN = 2.0**-62  # of max(|value|, ε‖values‖∞), the widest radius: 2⁻¹⁰ units in the last place of float64
FEW = 16  # variables that get a Taylor series each
BLOCK = 20_000  # points of an elementwise function at a time
MOST_NUMBERS = 2 * 10**7  # of an instance, for the memory's sake
SECONDS = 60.0

Params = dict[str, np.ndarray]


class Uncertified(Exception):
    """No certified answer, and why."""


def exact(array: np.ndarray) -> np.ndarray:
    """Floating-point numbers as balls of radius zero; other arrays as they are."""
    if array.dtype.kind != "f":
        return array
    return np.fromiter(map(arb, array.astype(float).ravel().tolist()), object, array.size).reshape(array.shape)


def certified(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], scale: float = 0.0
) -> tuple[Any, Any]:
    """(values, radii): trees of extended-precision numbers, and of bounds on their distance from the truth.

    scale: what a value of zero is judged by. Raises Uncertified.
    """
    count = sum(a.size for a in (*params.values(), *data.values()))
    if count > MOST_NUMBERS:
        raise Uncertified(f"{count} numbers are too many balls; the limit is {MOST_NUMBERS}")
    at, held = exact_all(params), exact_all(data)
    with holding(held.values()):
        return to_precision(lambda pace: OPERATIONS[operation](oracle, at, held, pace=pace, **options), scale)


def bounds(oracle: Oracle, params: Params, data: Params) -> tuple[Params, Params]:
    """The least and the greatest subgradient of a function with kinks. Raises Uncertified."""
    assert oracle.bounds is not None
    both, at, held = oracle.bounds, exact_all(params), exact_all(data)

    def make(pace: Pace) -> dict[str, Params]:
        low, high = both(traced.traced(at), traced.traced(held))
        return {"low": numbers_of(low), "high": numbers_of(high)}

    found, _ = to_precision(make, 0.0)
    return found["low"], found["high"]


def numbers_of(arrays: dict[str, Any]) -> Params:
    return {name: coefficient(x.value, 0) for name, x in arrays.items()}


def exact_all(arrays: Params) -> Params:
    return {name: exact(a) for name, a in arrays.items()}


def to_precision(make: Callable[[Pace], Any], scale: float) -> tuple[Any, Any]:
    """The tree of balls that `make` gives, as values and radii, at the least precision at which all are narrow."""
    pace, why, before, enough = Pace(SECONDS), "", (ctx.prec, ctx.cap), 0.0
    try:
        for bits in BITS:
            if bits < enough:
                continue
            ctx.prec = bits
            try:
                found = flatten(make(pace))
                if narrow(found, scale):
                    return rounded(found)
                why = "a radius stays above the last place of float64"
            except (Undecided, ZeroDivisionError) as undecided:
                why, enough = str(undecided), bits / max(2 * pace.share, bits / BITS[-1])
    finally:
        ctx.prec, ctx.cap = before
    raise Uncertified(f"at {BITS[-1]} bits {why}")


class Pace:
    """Ends what would take longer than so many seconds of this process in all.

    share: how much of an iteration was done; each step costs the same number of bits, so this tells how many are needed.
    """

    def __init__(self, limit_s: float) -> None:
        self.start, self.limit_s, self.share = time.process_time(), limit_s, 1.0

    def __call__(self, parts: Iterable[Any], total: int) -> Iterator[Any]:
        """`parts`, foreseeing from those that are done how long all of them will take. Raises Uncertified."""
        begun = time.process_time()
        for done, part in enumerate(parts):
            now = time.process_time()
            foreseen = now - self.start + ((now - begun) * (total - done) / done if done else 0)
            if now - begun > 1 and foreseen > self.limit_s:
                raise Uncertified(f"ball arithmetic would take about {foreseen:.0f} s; the limit is {self.limit_s:g} s")
            yield part


def narrow(found: Flat, scale: float) -> bool:
    """Whether every radius is far below the last place of float64."""
    numbers = [x for leaf in found.values() for x in np.ravel(leaf)]
    if any(x.is_nan() or not (x.is_finite() or x.is_exact()) for x in numbers):
        return False
    largest = max((abs(x.mid()) for x in numbers if x.is_finite()), default=arb(0))
    floor = arb(2.0**-52) * largest if largest != 0 else arb(scale)
    return all(x.is_exact() or x.rad() <= MARGIN * max(abs(x.mid()), floor) for x in numbers)


def rounded(found: Flat) -> tuple[Any, Any]:
    """(values, radii) as arrays in extended precision; the radii hold the rounding, too."""
    values = {path: extended(leaf) for path, leaf in found.items()}
    radii = {path: radius(leaf, values[path]) for path, leaf in found.items()}
    return unflatten(values), unflatten(radii)


def extended(balls: Any) -> np.ndarray:
    """The midpoints, rounded towards zero to the 64 bits of an 80-bit number."""
    numbers = np.ravel(boxed(balls))
    parts = np.empty((3, numbers.size))
    for i, x in enumerate(numbers):
        if not arb(x).is_finite():  # an end of an interval
            parts[:, i] = float(arb(x)), 0, 0
            continue
        mantissa, exponent = (int(part) for part in arb(x).mid().man_exp())
        excess = max(0, mantissa.bit_length() - 64)
        size = abs(mantissa) >> excess
        sign = -1 if mantissa < 0 else 1
        parts[:, i] = sign * (size >> 32), sign * (size & 0xFFFFFFFF), exponent + excess
    high, low, exponents = parts
    sum_of_both = np.ldexp(high.astype(np.longdouble), 32) + low.astype(np.longdouble)
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(sum_of_both, exponents.astype(int))).reshape(np.shape(balls))


def radius(balls: Any, values: np.ndarray) -> np.ndarray:
    """Bounds on |truth − value|: the radius, and less than one unit in the last place of the value."""
    numbers = [arb(x) for x in np.ravel(boxed(balls))]
    radii = extended(np.fromiter((x.rad().upper() for x in numbers), object, len(numbers))).reshape(values.shape)
    inexact = np.fromiter((x.mid().bits() > 64 for x in numbers), bool, len(numbers)).reshape(values.shape)
    return np.asarray(1.001 * radii + np.where(inexact, np.abs(values) * np.finfo(np.longdouble).eps, 0))


# Derivatives ------------------------------------------------------------------------------------

Places = tuple[tuple[str, Any], ...]


def count(params: Params) -> int:
    return sum(x.size for x in params.values())


def places(params: Params) -> list[tuple[str, Any]]:
    """(name, index) of every variable."""
    return [(name, index) for name, x in params.items() for index in np.ndindex(x.shape)]


def along(params: Params, moved: Iterable[tuple[str, Any]]) -> Params:
    """Copies of `params` where these entries are x + t."""
    copies = {name: np.array(x, object) for name, x in params.items()}
    for name, index in moved:
        copies[name][index] = arb_series([params[name][index], 1])
    return copies


def coefficient(array: np.ndarray, power: int) -> np.ndarray:
    """The coefficient of tᵖ in every entry."""
    numbers = (x[power] if isinstance(x, arb_series) else arb(x) if power == 0 else arb(0) for x in array.flat)
    return np.fromiter(numbers, object, array.size).reshape(array.shape)


def evaluate(oracle: Oracle, params: Params, data: Params) -> np.ndarray:
    return boxed(oracle.function(traced.traced(params), traced.traced(data)).value)


def taylor(oracle: Oracle, params: Params, data: Params, moved: Iterable[tuple[str, Any]], order: int) -> np.ndarray:
    """The coefficient of t^order of f where these entries are x + t."""
    ctx.cap = order + 1
    return coefficient(evaluate(oracle, along(params, moved), data), order)


def value(oracle: Oracle, params: Params, data: Params, pace: Pace) -> np.ndarray:
    return coefficient(evaluate(oracle, params, data), 0)


def pointwise(oracle: Oracle, params: Params, data: Params, order: int, pace: Pace) -> Params:
    """The coefficient of t^order at every point of an elementwise function, for each parameter, in blocks."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in params}
    points = next(iter(params.values())).size
    starts = [(name, start) for name in params for start in range(0, points, BLOCK)]
    for name, start in pace(starts, len(starts)):
        at, held = block(params, start, points), block(data, start, points)
        found[name].append(taylor(oracle, at, held, [(name, i) for i in np.ndindex(at[name].shape)], order))
    return {
        name: np.concatenate([part.ravel() for part in parts]).reshape(params[name].shape)
        for name, parts in found.items()
    }


def block(arrays: Params, start: int, points: int) -> Params:
    return {name: a.ravel()[start : start + BLOCK] if a.size == points and a.ndim else a for name, a in arrays.items()}


def gradient(oracle: Oracle, params: Params, data: Params, pace: Pace, step: float | None = None) -> Params:
    """The gradient; `step`, which some instances state for differences, changes nothing."""
    if oracle.kind == "elementwise":
        return pointwise(oracle, params, data, 1, pace)
    if count(params) > FEW:
        return traced.gradient(oracle.function, params, data)
    slopes = {name: np.empty(x.shape, object) for name, x in params.items()}
    for name, index in places(params):
        slopes[name][index] = taylor(oracle, params, data, [(name, index)], 1)[()]
    return slopes


def bent(oracle: Oracle, params: Params, data: Params, moved: Iterable[tuple[str, Any]]) -> Params:
    """∇²f times the direction where these entries are 1: the gradient's coefficient of t, by a sweep over series."""
    ctx.cap = 2
    slopes = traced.gradient(oracle.function, along(params, moved), data)
    return {name: coefficient(slope, 1) for name, slope in slopes.items()}


def hessian(oracle: Oracle, params: Params, data: Params, pace: Pace) -> dict[str, Params]:
    blocks = {a: {b: np.empty(x.shape + y.shape, object) for b, y in params.items()} for a, x in params.items()}
    if count(params) > FEW:
        for b, index in pace(places(params), count(params)):
            column = bent(oracle, params, data, [(b, index)])
            for a in params:
                blocks[a][b][(..., *index)] = column[a]
        return blocks
    own = {place: taylor(oracle, params, data, [place], 2)[()] for place in places(params)}
    for place, half in own.items():
        blocks[place[0]][place[0]][place[1] + place[1]] = 2 * half
    for first, second in itertools.combinations(own, 2):  # f(x + t(eᵢ + eⱼ)) has t²(½fᵢᵢ + fᵢⱼ + ½fⱼⱼ)
        mixed = taylor(oracle, params, data, [first, second], 2)[()] - own[first] - own[second]
        blocks[first[0]][second[0]][first[1] + second[1]] = mixed
        blocks[second[0]][first[0]][second[1] + first[1]] = mixed
    return blocks


def hessian_diagonal(oracle: Oracle, params: Params, data: Params, pace: Pace) -> Params:
    """The diagonal of a Hessian that is diagonal: twice the second coefficients, or the Hessian times ones."""
    if oracle.kind == "elementwise":
        return {name: 2 * half for name, half in pointwise(oracle, params, data, 2, pace).items()}
    return bent(oracle, params, data, places(params))


def jacobian(oracle: Oracle, params: Params, data: Params, pace: Pace) -> Params:
    """∂fᵢ/∂xⱼ: {name: (m, *shape)}, by a sweep for each row or a series for each column, whichever are fewer."""
    leaves = traced.traced(params, moves=True)
    output = oracle.function(leaves, traced.traced(data))
    if output.size < count(params):
        rows = [traced.sweep(output, row) for row in pace(np.eye(output.size, dtype=int).astype(object), output.size)]
        return {name: np.stack([row[x] for row in rows]) for name, x in leaves.items()}
    found = {}
    for name, x in params.items():
        columns = [taylor(oracle, params, data, [(name, i)], 1) for i in pace(np.ndindex(x.shape), x.size)]
        found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
    return found


# Descent and Newton's method --------------------------------------------------------------------


def known(params: Params) -> Params:
    """`params`, if they are known to some digits. Raises Undecided, so that a hopeless iteration ends early."""
    numbers = [x for leaf in params.values() for x in leaf.flat]
    largest = max(abs(x.mid()) for x in numbers)
    if not all(x.is_finite() and (x.is_exact() or x.rad() <= largest) for x in numbers):
        raise Undecided("the radii grow beyond the values")
    return params


def minus(params: Params, moves: Params) -> Params:
    return known({name: boxed(x - moves[name]) for name, x in params.items()})


def descent(oracle: Oracle, params: Params, data: Params, rate: float, steps: int, pace: Pace) -> Iterator[Params]:
    """The parameters after each step. The rate is the one that the cell uses: its decimal rounded to float64."""
    for step in pace(range(steps), steps):
        pace.share = step / steps
        slopes = traced.gradient(oracle.function, params, data)
        params = minus(params, {name: boxed(arb(rate) * slope) for name, slope in slopes.items()})
        yield params
    pace.share = 1.0


def gradient_descent(oracle: Oracle, params: Params, data: Params, rate: float, steps: int, pace: Pace) -> Params:
    for last in descent(oracle, params, data, rate, steps, pace):
        params = last
    return params


def descent_history(oracle: Oracle, params: Params, data: Params, rate: float, steps: int, pace: Pace) -> np.ndarray:
    """f(θ) after each step: (steps,)."""
    costs = [evaluate(oracle, at, data)[()] for at in descent(oracle, params, data, rate, steps, pace)]
    return np.fromiter(costs, object, steps)


def vector(tree: Params) -> Any:
    entries = [x for leaf in tree.values() for x in leaf.flat]
    return arb_mat(len(entries), 1, entries)


def matrix(blocks: dict[str, Params], params: Params) -> Any:
    rows = [np.concatenate([blocks[a][b].reshape(x.size, -1) for b in params], axis=1) for a, x in params.items()]
    return arb_mat(np.concatenate(rows).tolist())


def tree(entries: Any, params: Params) -> Params:
    """The inverse of `vector`."""
    numbers, found = iter(entries.entries()), {}
    for name, x in params.items():
        found[name] = np.fromiter(itertools.islice(numbers, x.size), object, x.size).reshape(x.shape)
    return found


def newton(
    oracle: Oracle,
    params: Params,
    data: Params,
    steps: int,
    pace: Pace,
    tolerance: float | None = None,
    diagonal: bool = False,
) -> Params:
    """θ ← θ − ∇²f⁻¹ ∇f, until ‖∇f‖ ≤ tolerance; `diagonal`: θᵢ ← θᵢ − gᵢ/hᵢ, and where hᵢ = 0, θᵢ stays."""
    for _ in pace(range(steps), steps):
        slopes = traced.gradient(oracle.function, params, data)
        if (
            tolerance is not None
            and traced.decided(sum(x * x for x in vector(slopes).entries()) - arb(tolerance) ** 2) <= 0
        ):
            break
        if diagonal:
            curvatures = hessian_diagonal(oracle, params, data, pace)
            moves = {name: divided(slopes[name], curvatures[name]) for name in params}
        else:
            moves = tree(matrix(hessian(oracle, params, data, pace), params).solve(vector(slopes)), params)
        params = minus(params, moves)
    return params


def divided(slope: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    quotients = (
        arb(0) if traced.decided(h) == 0 else arb(g) / h for g, h in zip(slope.flat, curvature.flat, strict=True)
    )
    return np.fromiter(quotients, object, slope.size).reshape(slope.shape)


def critical_point(oracle: Oracle, params: Params, data: Params, steps: int, pace: Pace) -> Params:
    """Newton's method on the gradient, and the eigenvalues at its end, ascending, in one or two variables.

    A direction without curvature, |λ| ≤ nε max|λ| with the ε of float64, gets no step.
    """
    if count(params) > 2:
        raise Uncertified("eigenvalues in balls are written down for one and two variables")
    for _ in pace(range(steps), steps):
        slopes, curved = (
            vector(gradient(oracle, params, data, pace)),
            matrix(hessian(oracle, params, data, pace), params),
        )
        params = minus(params, tree(pseudo_inverse(curved) * slopes, params))
    last = eigenvalues(matrix(hessian(oracle, params, data, pace), params))
    return {**params, "eigenvalues": np.fromiter(last, object, len(last))}


def eigenvalues(H: Any) -> list[Any]:
    if H.nrows() == 1:
        return [H[0, 0]]
    middle, half = (H[0, 0] + H[1, 1]) / 2, (H[0, 0] - H[1, 1]) / 2
    apart = (half * half + H[0, 1] * H[0, 1]).nonnegative_part().sqrt()
    return [middle - apart, middle + apart]


def pseudo_inverse(H: Any) -> Any:
    """Σ vvᵀ/λ over the eigenvalues above the cutoff; the other one's projector is (H − λ')/(λ − λ')."""
    values, n = eigenvalues(H), H.nrows()
    largest = max((abs(x) for x in values), key=lambda x: x.mid())
    bent = [traced.decided(abs(x) - arb(n * 2.0**-52) * largest) > 0 for x in values]
    if all(bent):
        return H.inv()
    if not any(bent):
        return arb_mat(n, n)
    inside, outside = values if bent[0] else reversed(values)
    projector = H - outside * arb_mat([[1, 0], [0, 1]])
    return projector * (1 / ((inside - outside) * inside))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "value": value,
    "gradient": gradient,
    "hessian": hessian,
    "hessian_diagonal": hessian_diagonal,
    "jacobian_forward": jacobian,
    "jacobian_reverse": jacobian,
    "gradient_descent": gradient_descent,
    "descent_history": descent_history,
    "newton": newton,
    "critical_point": critical_point,
}
