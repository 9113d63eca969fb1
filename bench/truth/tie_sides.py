"""Both sides of a tie: what a derivative is where a comparison finds equal numbers, such as max(x, 0) at 0.

A reference at such a point is never one-sided in silence. First derivatives: the series of the function along directions, in
which each comparison is decided as it is just beside the point, give one-sided derivatives; the limits of gradients along them
give those of neighbouring pieces; all of it spans an interval. Second derivatives: the same by t². Elsewhere: the result with
every tie decided up, and with every tie decided down. A quotient 0/0 or a root of 0 on the way is its limit.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from ..data.store import Flat, flatten, unflatten
from .certified import Certified, to_numbers, to_precision
from .derivatives import Derivatives, Place, count_variables, moving_along, unit_array, variable_places
from .iterations import REFERENCE_OPERATIONS
from .jets import evaluation
from .number_kinds import BALLS, as_objects
from .oracle import Oracle, Params
from .time_budget import TimeBudget, Uncertified

MOST_DIRECTIONS = 16  # variables along which series are taken one by one
RANDOM_DIRECTIONS = 8
FEW_TIES = 4  # up to which directions find every piece
SERIES_ORDER = 4  # of which a quotient 0/0 or a root of 0 takes some

Direction = dict[str, np.ndarray]


@dataclass(frozen=True)
class Sides:
    """low, high: the least and the greatest answer; agree: whether they are one; note: what was done."""

    low: Certified
    high: Certified
    agree: bool
    note: str


def sides_of_tie(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], scale: float, tied: list[str]
) -> Sides:
    """The answers beside a tie. Raises Uncertified where no side has one."""
    at, held = to_numbers(params), to_numbers(data)
    few = oracle.kind == "elementwise" or count_variables(at) <= MOST_DIRECTIONS
    beside = BESIDE.get(operation) if few or operation == "gradient" else None
    jumps: list[str] = []

    def make(budget: TimeBudget) -> dict[str, Any]:
        derivatives = Derivatives(oracle, held, BALLS, budget)
        answers = beside(derivatives, at, jumps) if beside else []
        if not beside or (operation == "gradient" and len(tied) > FEW_TIES):
            for ties in ("up", "down"):
                with evaluation(ties=ties):
                    answers.append(flatten(REFERENCE_OPERATIONS[operation](derivatives, at, **options)))
        return {"low": unflatten(hull(answers, arb.min)), "high": unflatten(hull(answers, arb.max))}

    found = to_precision(make, scale, "direction" if beside else "as written")
    low, high = (Certified(found.values[side], found.radii[side]) for side in ("low", "high"))
    return Sides(low, high, agree_within(low, high), "; ".join(dict.fromkeys(jumps)))


def agree_within(low: Certified, high: Certified) -> bool:
    """Whether the answers are one, within their radii."""
    leaves = (flatten(tree) for tree in (low.values, high.values, low.radii, high.radii))
    least, greatest, below, above = leaves
    with np.errstate(invalid="ignore"):
        return all(
            bool(np.all((greatest[path] == leaf) | (greatest[path] - leaf <= below[path] + above[path])))
            for path, leaf in least.items()
        )


def hull(answers: list[Flat], choose: Callable[[arb, arb], arb]) -> Flat:
    """Entry by entry the least or the greatest number of the answers; NaN, a side beyond the domain, counts for nothing."""
    if not answers:
        raise Uncertified("no side of a tie has an answer")
    found: Flat = {}
    for path, leaf in answers[0].items():
        columns = [as_objects(answer[path]).ravel().tolist() for answer in answers]
        best = [choose_number(list(numbers), choose) for numbers in zip(*columns, strict=True)]
        found[path] = np.fromiter(best, object, len(best)).reshape(np.shape(leaf))
    return found


def choose_number(numbers: list[arb], choose: Callable[[arb, arb], arb]) -> arb:
    known = [x for x in numbers if not x.is_nan()]
    if not known:
        return arb.nan()
    best = known[0]
    for x in known[1:]:
        if best.is_finite() and x.is_finite():
            best = choose(best, x)
        elif (x > best) == (choose is arb.max):
            best = x
    return best


def random_directions(at: Params) -> list[Direction]:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(RANDOM_DIRECTIONS):
        one = {name: rng.normal(size=x.shape) for name, x in at.items()}
        found += [one, {name: -d for name, d in one.items()}]
    return found


JUMP = "the function jumps there"
KINK = "the first derivative jumps there, so there is no second one"


class BothWays:
    """The series of f along a direction and against it. jumps: what is found not to be continuous."""

    def __init__(self, derivatives: Derivatives, at: Params, jumps: list[str]):
        self.derivatives, self.at, self.jumps = derivatives, at, jumps
        with evaluation(ties="as written", tied=[]):
            self.value = derivatives.value(at)

    def terms(self, direction: Direction, sign: int) -> list[np.ndarray]:
        """The coefficients of 1, t and t² along sign · direction."""
        signed = {name: sign * d for name, d in direction.items()}
        jet = self.derivatives.along(moving_along(self.at, signed, BALLS), SERIES_ORDER)
        with evaluation(kind=BALLS):
            found = [jet.numbers(power) for power in range(3)]
        if not all_overlap(found[0], self.value):
            self.jumps.append(JUMP)
        return found

    def slope(self, direction: Direction, sign: int) -> np.ndarray:
        return as_objects(sign * self.terms(direction, sign)[1])

    def curvature(self, direction: Direction, sign: int) -> np.ndarray:
        """Twice the term t²; a slope that is another on the other side is noted."""
        own, other = self.terms(direction, sign), self.terms(direction, -sign)
        if not all_overlap(own[1], -other[1]):
            self.jumps.append(KINK)
        return as_objects(2 * own[2])


def all_overlap(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether numbers may be equal, entry by entry; NaN, beyond the domain, may be anything."""
    pairs = zip(as_objects(a).ravel().tolist(), as_objects(b).ravel().tolist(), strict=True)
    return all(x.is_nan() or y.is_nan() or x.overlaps(y) for x, y in pairs)


def gradients_beside(derivatives: Derivatives, at: Params, jumps: list[str]) -> list[Flat]:
    """One-sided derivatives by each variable, and the limits of gradients along directions."""
    ways = BothWays(derivatives, at, jumps)
    if derivatives.oracle.kind == "elementwise":
        return pointwise_beside(ways, BothWays.slope)
    few = count_variables(at) <= MOST_DIRECTIONS
    sides: dict[int, Params] = {sign: {name: BALLS.full(x.shape, 0) for name, x in at.items()} for sign in (1, -1)}
    for sign, slopes in sides.items() if few else ():
        for name, index in variable_places(at):
            slopes[name][index] = ways.slope({name: unit_array(at[name].shape, index)}, sign)[()]
    limits = [derivatives.slopes(moving_along(at, direction, BALLS), 2, 0) for direction in random_directions(at)]
    return [flatten(tree) for tree in (*(sides.values() if few else ()), *limits)]


def pointwise_beside(ways: BothWays, derivative: Callable[[BothWays, Direction, int], np.ndarray]) -> list[Flat]:
    """The derivatives at every point of an elementwise function, from above and from below."""
    return [
        flatten({name: derivative(ways, {name: np.ones(x.shape)}, sign) for name, x in ways.at.items()})
        for sign in (1, -1)
    ]


def curvatures_beside(derivatives: Derivatives, at: Params, jumps: list[str]) -> list[Flat]:
    """∂²f/∂xᵢ∂xⱼ from the terms t² along ±eᵢ and ±(eᵢ + eⱼ)."""
    ways, places = BothWays(derivatives, at, jumps), list(variable_places(at))
    answers = []
    for sign in (1, -1):
        own = {place: ways.curvature(direction_of(at, place), sign)[()] for place in places}
        blocks: dict[str, Any] = {
            a: {b: np.empty(x.shape + y.shape, object) for b, y in at.items()} for a, x in at.items()
        }
        for first, second in itertools.combinations_with_replacement(places, 2):
            if first == second:
                mixed = own[first]
            else:
                mixed = (ways.curvature(direction_of(at, first, second), sign)[()] - own[first] - own[second]) / 2
            blocks[first[0]][second[0]][(*first[1], *second[1])] = mixed
            blocks[second[0]][first[0]][(*second[1], *first[1])] = mixed
        answers.append(flatten(blocks))
    return answers


def direction_of(at: Params, *places: Place) -> Direction:
    """The sum of unit directions."""
    found: Direction = {}
    for name, index in places:
        found.setdefault(name, np.zeros(at[name].shape))[index] = 1
    return found


def diagonals_beside(derivatives: Derivatives, at: Params, jumps: list[str]) -> list[Flat]:
    ways = BothWays(derivatives, at, jumps)
    if derivatives.oracle.kind == "elementwise":
        return pointwise_beside(ways, BothWays.curvature)
    answers = []
    for sign in (1, -1):
        found = {name: np.empty(x.shape, object) for name, x in at.items()}
        for name, index in variable_places(at):
            found[name][index] = ways.curvature(direction_of(at, (name, index)), sign)[()]
        answers.append(flatten(found))
    return answers


def jacobians_beside(derivatives: Derivatives, at: Params, jumps: list[str]) -> list[Flat]:
    ways, answers = BothWays(derivatives, at, jumps), []
    for sign in (1, -1):
        found = {}
        for name, x in at.items():
            columns = [ways.slope(direction_of(at, (name, index)), sign) for index in np.ndindex(x.shape)]
            found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
        answers.append(flatten(found))
    return answers


BESIDE: dict[str, Callable[[Derivatives, Params, list[str]], list[Flat]]] = {
    "gradient": gradients_beside,
    "hessian": curvatures_beside,
    "hessian_diagonal": diagonals_beside,
    "jacobian_forward": jacobians_beside,
    "jacobian_reverse": jacobians_beside,
}
