"""Both sides of a tie: what a derivative is where a comparison finds equal numbers, such as max(x, 0) at 0.

A reference at such a point is never one-sided in silence. It is certified where nothing is missed:

- of one variable, by the series along and against it, in which each comparison is decided as it is just beside the point;
- of several, by one evaluation in which each tied mask is anything from 0 to 1 (it holds every piece, and perhaps more);
- at ties of `==` alone, which beside the point do not hold, where all directions that are tried agree;
- of first derivatives at one tie, by the pieces that random directions lie in, where no slope nearby is beyond them.

Else it is uncertified, and judged on the hull of what was found: series along directions, the derivatives of such pieces,
and for iterations the results with every tie decided up, down, in the middle, and as written. Quotients 0/0 and roots of 0
along a direction are limits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb

from ..data.store import Flat, flatten, unflatten
from .certified import Certified, to_numbers, to_precision
from .derivatives import (
    NEARBY,
    SINGULAR,
    Derivatives,
    Direction,
    Place,
    count_variables,
    jacobian_of_columns,
    moving_along,
    nearby_moves,
    variable_places,
)
from .iterations import DERIVATIVES, FIRST_DERIVATIVES, REFERENCE_OPERATIONS, SECOND_DERIVATIVES
from .jets import Jet, current, evaluation
from .number_kinds import BALLS, NOT_A_NUMBER, Undecided, as_objects, is_certain_nan, object_to_extended, precision
from .oracle import Oracle, Params
from .reverse_mode import Node
from .time_budget import TimeBudget, Uncertified

MOST_DIRECTIONS = 16  # variables along which series are taken one by one
RANDOM_DIRECTIONS, FEW_RANDOM_DIRECTIONS = 8, 3  # for up to so many variables, and for more
MOST_BITS_OF_BOTH = 512  # of an evaluation that holds every piece, which more bits do not narrow
SERIES_ORDERS = (
    4,
    8,
)  # of which each quotient 0/0 and each root of 0 takes some; the second where the first is too few


JUMP = "the function jumps there"
KINK = "the first derivative jumps there, so there is no second one"
CONFIRMING_DIRECTIONS = 32
CONFIRMING_BITS = 256
WIDTH = 1e-6  # of the largest number: the radius of a ball has 30 bits
UNKNOWN_SIDE = "the slope to one side is not known"
PIECES = "not all pieces are known"
BESIDE_IT = "judged on points nearby"


@dataclass(frozen=True)
class Sides:
    """low, high: the least and the greatest answer; note: why they are not certified."""

    low: Certified
    high: Certified
    note: str

    @property
    def agree(self) -> bool:
        return agree_within(self.low, self.high)


def sides_of_tie(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], scale: float, tied: list[str]
) -> Sides:
    """The answers beside a tie. Raises Uncertified where no side has one."""
    at, held = to_numbers(params), to_numbers(data)
    search = TieSearch(oracle, operation, at, held, options)
    notes: list[str] = []
    if SINGULAR in tied:
        return Sides(*ends_of_hull(search.nearby, scale), note=BESIDE_IT)

    def make(budget: TimeBudget) -> list[Flat]:
        notes.clear()
        return search.beside(budget, notes)

    try:
        sides = Sides(*ends_of_hull(make, scale), note="")
    except Uncertified as reason:
        return Sides(*ends_of_hull(search.nearby, scale), note=f"{reason}; {BESIDE_IT}")
    if UNKNOWN_SIDE in notes:
        return Sides(
            *ends_of_hull(lambda budget: [*make(budget), *search.nearby(budget)], scale),
            note="; ".join(dict.fromkeys(notes)),
        )
    if search.is_complete_beside or notes:
        return replace(sides, note="; ".join(dict.fromkeys(notes)))
    whole = search.everything(scale) if tied else None
    if whole is not None and (operation in FIRST_DERIVATIVES or sides.agree) and is_within(whole, sides):
        return sides
    one = operation in FIRST_DERIVATIVES and search.ties <= 1 and not sides.agree
    if one and search.confirms(sides):
        return sides
    if whole is not None and operation in DERIVATIVES:
        return Sides(*whole, note="" if operation in FIRST_DERIVATIVES else PIECES)
    beside_equals = bool(tied) and all(tie.startswith(("np.equal ", "np.not_equal ")) for tie in tied)
    alike = sides.agree and operation in DERIVATIVES and beside_equals
    return sides if alike else replace(sides, note=PIECES)


def ends_of_hull(make: Callable[[TimeBudget], list[Flat]], scale: float) -> tuple[Certified, Certified]:
    """The least and the greatest of the answers that `make` gives."""

    def both(budget: TimeBudget) -> dict[str, Any]:
        answers = make(budget)
        return {"low": unflatten(hull(answers, arb.min)), "high": unflatten(hull(answers, arb.max))}

    found = to_precision(both, scale)
    low, high = (Certified(found.values[side], found.radii[side]) for side in ("low", "high"))
    return low, high


def is_within(whole: tuple[Certified, Certified], sides: Sides) -> bool:
    """Whether an evaluation that holds every piece holds no more than the sides, but for the width of its balls."""
    least, greatest = (flatten(end.values) for end in whole)
    low, high = flatten(sides.low.values), flatten(sides.high.values)
    largest = max(float(np.max(np.abs(leaf), initial=0)) for leaf in (*low.values(), *high.values()))
    return all(
        bool(np.all((least[path] >= low[path] - WIDTH * largest) & (greatest[path] <= high[path] + WIDTH * largest)))
        for path in low
    )


class TieSearch:
    """The answers of an operation at a tie. is_complete_beside: whether the two sides of one variable are all there is."""

    def __init__(self, oracle: Oracle, operation: str, at: Params, data: Params, options: dict[str, Any]):
        self.oracle, self.operation, self.at, self.data, self.options = oracle, operation, at, data, options
        count = count_variables(at)
        alone = count == 1 or (oracle.kind == "elementwise" and len(at) == 1)
        self.is_complete_beside = alone and operation in DERIVATIVES
        self.ties = 0
        self.is_small = count <= MOST_DIRECTIONS
        self.random = random_directions(at, RANDOM_DIRECTIONS if self.is_small else FEW_RANDOM_DIRECTIONS)

    def answer(self, derivatives: Derivatives, ties: str) -> Flat:
        with evaluation(ties=ties):
            return flatten(REFERENCE_OPERATIONS[self.operation](derivatives, self.at, **self.options))

    def nearby(self, budget: TimeBudget) -> list[Flat]:
        """The answers at points nearby, and as written: of what has no sides that are certain."""
        derivatives = Derivatives(self.oracle, self.data, BALLS, budget)
        answers = []
        with evaluation(ties="beside", tied=[]):
            for at in nearby_moves(self.at, RANDOM_DIRECTIONS if self.is_small else FEW_RANDOM_DIRECTIONS):
                answers.append(flatten(REFERENCE_OPERATIONS[self.operation](derivatives, at, **self.options)))
            with suppress(Undecided):
                answers.append(self.answer(derivatives, "beside"))
        return answers

    def confirms(self, sides: Sides) -> bool:
        """Whether all derivatives nearby, along directions of unlike scales too, lie between the sides."""
        derivatives = Derivatives(self.oracle, self.data, BALLS)
        with precision(CONFIRMING_BITS), evaluation(ties="beside", tied=[]):
            try:
                found = [
                    flatten(REFERENCE_OPERATIONS[self.operation](derivatives, at))
                    for at in nearby_moves(self.at, CONFIRMING_DIRECTIONS)
                ]
            except (Undecided, ZeroDivisionError):
                return False
        low, high = (flatten(side.values) for side in (sides.low, sides.high))
        largest = max(float(np.max(np.abs(leaf), initial=0)) for leaf in (*low.values(), *high.values()))
        for answer in found:
            for path, leaf in answer.items():
                numbers = object_to_extended(as_objects(leaf))
                if np.any((numbers < low[path] - WIDTH * largest) | (numbers > high[path] + WIDTH * largest)):
                    return False
        return True

    def everything(self, scale: float) -> tuple[Certified, Certified] | None:
        """The ends of an evaluation that holds every piece, None where there is none."""

        def make(budget: TimeBudget) -> dict[str, Any]:
            found = self.answer(Derivatives(self.oracle, self.data, BALLS, budget), "both")
            ends = {side: {path: ends_of(leaf, side) for path, leaf in found.items()} for side in ("lower", "upper")}
            return {"low": unflatten(ends["lower"]), "high": unflatten(ends["upper"])}

        try:
            found = to_precision(make, scale, most_bits=MOST_BITS_OF_BOTH)
        except Uncertified:
            return None
        low, high = (Certified(found.values[side], found.radii[side]) for side in ("low", "high"))
        return None if any(np.isnan(leaf).any() for leaf in flatten(low.values).values()) else (low, high)

    def beside(self, budget: TimeBudget, notes: list[str]) -> list[Flat]:
        derivatives = Derivatives(self.oracle, self.data, BALLS, budget)
        if self.operation not in DERIVATIVES:
            return [self.answer(derivatives, ties) for ties in ("up", "down", "middle", "as written")]
        with evaluation(ties="direction", decisions=[]):
            ways = BothWays(derivatives, self.at, notes)
            self.ties = ways.ties
            if self.is_complete_beside:
                return one_variable_beside(ways, self.operation)
            series = BESIDE[self.operation](ways) if self.is_small else []
            limits = self.limits(ways) if self.operation == "gradient" else []
        return [*series, *limits, *self.pieces(ways, notes)]

    def limits(self, ways: BothWays) -> list[Flat]:
        """The limits of gradients along random directions."""
        moved = (moving_along(self.at, direction, BALLS) for direction in self.random)
        return [flatten(ways.derivatives.slopes(along, 2, 0)) for along in moved]

    def pieces(self, ways: BothWays, notes: list[str]) -> list[Flat]:
        """The derivatives of the pieces that random directions lie in: with the decisions beside the point, at the point."""
        answers, slopes = [], []
        for direction in self.random:
            with evaluation(ties="direction", decisions=[]) as state:
                ways.terms(direction, 1)
            answers.append(self.replayed(ways.derivatives, state.decisions, self.operation))
            if self.operation in SECOND_DERIVATIVES:
                ways.note_unknown(answers[-1], direction)
            if self.operation in SECOND_DERIVATIVES and self.oracle.kind != "vector":
                slopes.append(self.replayed(ways.derivatives, state.decisions, "gradient"))
        if any(not all_overlap(slopes[0][path], slope[path]) for slope in slopes[1:] for path in slope):
            notes.append(KINK)
        return answers

    def replayed(self, derivatives: Derivatives, decisions: list[Any], operation: str) -> Flat:
        derivatives = ReplayedDerivatives(derivatives, decisions)
        return flatten(REFERENCE_OPERATIONS[operation](derivatives, self.at))


class ReplayedDerivatives(Derivatives):
    """Derivatives with the decisions of another evaluation, in every evaluation."""

    def __init__(self, plain: Derivatives, decisions: list[Any]):
        super().__init__(plain.oracle, plain.data, plain.kind, plain.budget)
        self.decisions = decisions

    def run(self, params: dict[str, Jet], data: dict[str, Jet] | None = None) -> tuple[dict[str, Node], Node]:
        with evaluation(ties="replay", decisions=list(self.decisions)):
            return super().run(params, data)


def ends_of(balls: Any, side: str) -> np.ndarray:
    """One end of each ball, exactly."""
    leaf = as_objects(balls)
    numbers = [getattr(x, side)() if x.is_finite() else x for x in leaf.ravel().tolist()]
    return np.fromiter(numbers, object, len(numbers)).reshape(leaf.shape)


def agree_within(low: Certified, high: Certified) -> bool:
    """Whether the answers are one, within their radii."""
    least, greatest, below, above = (flatten(tree) for tree in (low.values, high.values, low.radii, high.radii))
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
        return NOT_A_NUMBER if all(map(is_certain_nan, numbers)) else arb.nan()
    best = known[0]
    for x in known[1:]:
        if best.is_finite() and x.is_finite():
            best = choose(best, x)
        elif (x > best) == (choose is arb.max):
            best = x
    return best


def random_directions(at: Params, number: int) -> list[Direction]:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(number):
        one = {name: rng.normal(size=x.shape) for name, x in at.items()}
        found += [one, {name: -d for name, d in one.items()}]
    return found


class BothWays:
    """The series of f along a direction and against it. notes: what is not continuous; ties: how many f has."""

    def __init__(self, derivatives: Derivatives, at: Params, notes: list[str]):
        self.derivatives, self.at, self.notes = derivatives, at, notes
        with evaluation(ties="as written", tied=[]) as state:
            self.value = derivatives.value(at)
        self.ties = len(state.tied)

    def terms(self, direction: Direction, sign: int, power: int = 1) -> list[np.ndarray]:
        """The coefficients of 1, t and t² along sign · direction; power: up to which they are asked for."""
        signed = {name: sign * d for name, d in direction.items()}
        found: list[np.ndarray] = []
        for order in SERIES_ORDERS:
            self.derivatives.budget.require_time()
            current().decisions.clear()  # only those of the last order are kept
            jet = self.derivatives.along(moving_along(self.at, signed, BALLS), order)
            with evaluation(kind=BALLS):
                found = [jet.numbers(power) for power in range(3)]
            if not any(x.is_nan() for leaf in found for x in leaf.ravel().tolist()):
                break
        if not all_overlap(found[0], self.value):
            self.notes.append(JUMP)
        if any(self.is_unknown(terms, signed) for terms in found[1 : power + 1]):
            self.notes.append(UNKNOWN_SIDE)
        return found

    def is_unknown(self, slopes: np.ndarray, direction: Direction) -> bool:
        """Whether a slope is not known where the function has a value a little further along the direction."""
        known = [not x.is_nan() for x in as_objects(slopes).ravel().tolist()]
        if all(known):
            return False
        pairs = zip(self.values_beside(direction), known, strict=True)
        return any(not found and not is_certain_nan(value) for value, found in pairs)

    def values_beside(self, direction: Direction) -> list[arb]:
        moved = {name: as_objects(self.at[name] + BALLS.convert(d) * NEARBY) for name, d in direction.items()}
        with evaluation(ties="beside", tied=[]):
            return as_objects(self.derivatives.value({**self.at, **moved})).ravel().tolist()

    def note_unknown(self, answer: Flat, direction: Direction) -> None:
        """Note it where a derivative is not known although the function has a value a little further along a direction."""
        numbers = (x for leaf in answer.values() for x in as_objects(leaf).ravel().tolist())
        if any(x.is_nan() for x in numbers) and not any(map(is_certain_nan, self.values_beside(direction))):
            self.notes.append(UNKNOWN_SIDE)

    def slope(self, direction: Direction, sign: int) -> np.ndarray:
        return as_objects(sign * self.terms(direction, sign)[1])

    def curvature(self, direction: Direction, sign: int) -> np.ndarray:
        """Twice the term t²; a slope that is another on the other side is noted."""
        own, other = self.terms(direction, sign, 2), self.terms(direction, -sign)
        if not all_overlap(own[1], -other[1]):
            self.notes.append(KINK)
        return as_objects(2 * own[2])


def all_overlap(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether numbers may be equal, entry by entry; NaN, beyond the domain, may be anything."""
    pairs = zip(as_objects(a).ravel().tolist(), as_objects(b).ravel().tolist(), strict=True)
    return all(x.is_nan() or y.is_nan() or x.overlaps(y) for x, y in pairs)


def direction_of(at: Params, *places: Place) -> Direction:
    """The sum of unit directions."""
    found: Direction = {}
    for name, index in places:
        found.setdefault(name, np.zeros(at[name].shape))[index] = 1
    return found


def one_variable_beside(ways: BothWays, operation: str) -> list[Flat]:
    """The derivative from above and from below, of one variable or at every point of an elementwise function."""
    derivative = BothWays.slope if operation in FIRST_DERIVATIVES else BothWays.curvature
    ((name, x),) = ways.at.items()
    answers = []
    for sign in (1, -1):
        found = derivative(ways, {name: np.ones(x.shape)}, sign)
        if operation == "hessian":
            answers.append(flatten({name: {name: found.reshape(x.shape + x.shape)}}))
        else:
            answers.append(flatten({name: found.reshape((-1, *x.shape) if "jacobian" in operation else x.shape)}))
    return answers


def entries_beside(ways: BothWays, derivative: Callable[[BothWays, Direction, int], np.ndarray]) -> list[Flat]:
    """The derivative by each variable alone, from above and from below."""
    answers = []
    for sign in (1, -1):
        found = {name: np.empty(x.shape, object) for name, x in ways.at.items()}
        for name, index in variable_places(ways.at):
            number = derivative(ways, direction_of(ways.at, (name, index)), sign)
            found[name][index] = number[index] if ways.derivatives.oracle.kind == "elementwise" else number[()]
        answers.append(flatten(found))
    return answers


def curvatures_beside(ways: BothWays) -> list[Flat]:
    """∂²f/∂xᵢ∂xⱼ from the terms t² along ±eᵢ and ±(eᵢ + eⱼ)."""
    at, places = ways.at, list(variable_places(ways.at))
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
        require_quadratic(ways, blocks, sign)
        answers.append(flatten(blocks))
    return answers


def require_quadratic(ways: BothWays, blocks: dict[str, Any], sign: int) -> None:
    """Note it where the terms t² along random directions are not those of this Hessian."""
    for direction in random_directions(ways.at, 2):
        exact = {name: BALLS.convert(d) for name, d in direction.items()}
        expected = arb(0)
        for a, row in blocks.items():
            for b, block in row.items():
                outer = np.multiply.outer(exact[a], exact[b])
                expected += sum((as_objects(block) * outer).ravel().tolist(), arb(0))
        found = ways.curvature(direction, sign)
        if not all_overlap(found, as_objects(expected)):
            ways.notes.append("the second derivative depends on the direction")


def jacobians_beside(ways: BothWays) -> list[Flat]:
    def one_side(sign: int) -> Flat:
        return flatten(jacobian_of_columns(ways.at, lambda unit: ways.slope(unit, sign)))

    return [one_side(1), one_side(-1)]


BESIDE: dict[str, Callable[[BothWays], list[Flat]]] = {
    "gradient": lambda ways: entries_beside(ways, BothWays.slope),
    "hessian": curvatures_beside,
    "hessian_diagonal": lambda ways: entries_beside(ways, BothWays.curvature),
    "jacobian_forward": jacobians_beside,
    "jacobian_reverse": jacobians_beside,
}
