"""An oracle's function and its derivatives, in balls or in 80-bit numbers.

Gradients and the rows of Jacobians are reverse sweeps, second derivatives are sweeps over Taylor series, the columns of
Jacobians are series alone. Written once for both kinds of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from flint import arb

from .complex_arrays import ComplexArray
from .iterations import EigenSolve
from .jets import Jet, as_numbers, current, evaluation
from .linear_algebra import eigen_of_balls, eigen_of_extended
from .matrix_products import flint_matrix, product_of_balls
from .number_kinds import BALLS, NumberKind, Undecided, as_objects, object_array
from .oracle import InconsistentOracle, Oracle, Params
from .oracle_arrays import OracleArray
from .oracle_calls import call_oracle, require_repeatable
from .reverse_mode import Node, slope_by, sweep
from .time_budget import TimeBudget, Uncertified

POINTS_BLOCK = 20_000  # points of an elementwise function at a time

SINGULAR = "a comparison of ∞ or NaN, which is another number nearby"
NO_STEP = "a step is not finite although the function is"
NEARBY = arb(2.0**-40)  # of a number, or of 1 beside 0: where it is seen what a function is beside a point
NEARBY_DIRECTIONS = 2

Place = tuple[str, Any]
"""(name, index) of a variable."""
Direction = dict[str, np.ndarray]
"""Of the parameters that it names."""


class Derivatives:
    """An `Arithmetic`: of an oracle's function for fixed data. params and data are arrays of numbers of one kind."""

    def __init__(self, oracle: Oracle, data: Params, kind: NumberKind, budget: TimeBudget | None = None):
        self.oracle, self.data, self.kind, self.budget = oracle, data, kind, budget or TimeBudget(math.inf)

    def number(self, x: float) -> Any:
        return self.kind.full((), x)[()]

    def sign(self, x: np.ndarray) -> np.ndarray:
        return self.kind.sign(x)

    def require_known(self, params: Params, before: Params) -> Params:
        if self.kind is not BALLS:
            return params
        for name, x in params.items():
            if (
                np.any(~BALLS.is_finite(x) & BALLS.is_finite(before[name]))
                and BALLS.is_finite(self.value(before)).all()
            ):
                raise Undecided(NO_STEP)
        numbers = [x for leaf in params.values() for x in leaf.flat if x.is_finite()]
        largest = max((abs(x.mid()) for x in numbers), default=arb(0))
        if not all(x.is_exact() or x.rad() <= largest for x in numbers):
            raise Undecided("the error bounds grow beyond the values")
        return params

    def run(self, params: dict[str, Jet], data: dict[str, Jet] | None = None) -> tuple[dict[str, Node], Node]:
        """(the node of each parameter, that of the result). data: if it moves, its nodes are among the leaves."""
        leaves = {name: Node(jet, moves=True, varies=True) for name, jet in params.items()}
        held = {name: OracleArray(node, frozen=True) for name, node in leaves.items()}
        given = constants(self.data) if data is None else data
        fixed = {name: Node(jet, moves=data is not None) for name, jet in given.items()}
        if data is not None:
            leaves |= {f"data {name}": node for name, node in fixed.items()}

        def call() -> Any:
            constant = {name: OracleArray(node, frozen=True) for name, node in fixed.items()}
            return call_oracle(self.oracle, self.oracle.function, dict(held), constant)

        if current().ties == "as written":
            with evaluation(singular=[]) as state:
                output = call()
            require_repeatable(self.oracle, output, call)
            if current().kind is BALLS and any(found is not None for found in state.singular):
                self.note_what_changes(params, state.singular)
        else:
            output = call()
        return leaves, checked_output(output, self.oracle, {name: jet.shape for name, jet in params.items()})

    def note_what_changes(self, params: dict[str, Jet], here: list[Any]) -> None:
        """Note it as a tie where a decision on ∞ or NaN finds something else at points nearby."""
        for move in nearby_moves({name: jet.first for name, jet in params.items()}):
            with evaluation(ties="beside", tied=[], singular=[], order=0) as state:
                try:
                    self.run(constants(move))
                except (Undecided, Uncertified, InconsistentOracle):
                    break
            if not all(map(same_numbers, here, state.singular)) or len(here) != len(state.singular):
                break
        else:
            return
        current().tied.append(SINGULAR)

    def value(self, params: Params) -> np.ndarray:
        with evaluation(kind=self.kind, order=0):
            return self.run(constants(params))[1].value.first

    def along(self, params: dict[str, Jet], order: int) -> Jet:
        with evaluation(kind=self.kind, order=order):
            return self.run(params)[1].value

    def slopes(self, params: dict[str, Jet], order: int, power: int, seed: Any = 1) -> Params:
        """The coefficients of one power of ∂(Σ seed f)/∂params."""
        with evaluation(kind=self.kind, order=order):
            leaves, output = self.run(params)
            found = sweep(output, seed)
            return {name: slope_by(found, leaf).numbers(power) for name, leaf in leaves.items()}

    def pointwise(self, params: Params, power: int) -> Params:
        """∂f/∂x, or with power 1 ∂²f/∂x², at every point of an elementwise function, in blocks."""
        points = next(iter(params.values())).size
        found: dict[str, list[np.ndarray]] = {name: [] for name in params}
        starts = range(0, points, POINTS_BLOCK)
        for start in self.budget(starts, len(starts)):
            at, held = block_of_points(params, start, points), block_of_points(self.data, start, points)
            block = Derivatives(self.oracle, held, self.kind)
            for name in params if power else [None]:
                moved = constants(at) if name is None else moving_along(at, {name: np.ones(at[name].shape)}, self.kind)
                slopes = block.slopes(moved, power, power)
                for own in params if name is None else [name]:
                    found[own].append(slopes[own].ravel())
        return {name: np.concatenate(parts).reshape(params[name].shape) for name, parts in found.items()}

    def gradient(self, params: Params) -> Params:
        if self.oracle.kind == "elementwise":
            return self.pointwise(params, 0)
        return self.slopes(constants(params), 0, 0)

    swept_gradient = gradient

    def hessian_product(self, params: Params, direction: dict[str, np.ndarray]) -> Params:
        """∇²f times the direction: the gradient's coefficient of t."""
        return self.slopes(moving_along(params, direction, self.kind), 1, 1)

    def hessian(self, params: Params) -> dict[str, Params]:
        return hessian_of_columns(params, lambda unit: self.hessian_product(params, unit), self.budget)

    def hessian_diagonal(self, params: Params) -> Params:
        """The Hessian times ones, of a Hessian that is diagonal."""
        if self.oracle.kind == "elementwise":
            return self.pointwise(params, 1)
        return self.hessian_product(params, {name: np.ones(x.shape) for name, x in params.items()})

    def jacobian(self, params: Params) -> Params:
        """By a sweep for each row or a series for each column, whichever are fewer."""
        with evaluation(kind=self.kind, order=0):
            leaves, output = self.run(constants(params))
            if not output.value.size:
                return {name: self.kind.full((0, *x.shape), 0) for name, x in params.items()}
            if output.value.size < count_variables(params):
                seeds = np.eye(output.value.size)
                rows = [sweep(output, row) for row in self.budget(seeds, len(seeds))]
                return {
                    name: np.stack([slope_by(row, leaf).numbers(0) for row in rows]).reshape(-1, *leaf.value.shape)
                    for name, leaf in leaves.items()
                }
        return jacobian_of_columns(params, lambda unit: self.column(params, unit), self.budget)

    def column(self, params: Params, unit: Direction) -> np.ndarray:
        """∂f/∂x by one variable."""
        jet = self.along(moving_along(params, unit, self.kind), 1)
        with evaluation(kind=self.kind):
            return jet.numbers(1)

    def solve(self, matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
        return self.kind.solve(matrix, vector)

    def eigen(self, matrix: np.ndarray) -> tuple[np.ndarray, EigenSolve]:
        if self.kind is BALLS and len(matrix) <= 2:
            values = eigenvalues_of_two(matrix)
            return values, lambda used, vector: product_of_balls(pseudo_inverse(matrix, values, used), vector)
        pairs = eigen_of_balls(matrix) if self.kind is BALLS else eigen_of_extended(matrix)

        def solve(used: np.ndarray, vector: np.ndarray) -> np.ndarray:
            found = self.kind.full(vector.shape, 0)
            for (value, v), use in zip(pairs, used, strict=True):
                found = found + v * ((v * vector).sum() / value) if use else found
            return found

        return np.array([value for value, _ in pairs]), solve


def nearby_moves(params: Params, number: int = NEARBY_DIRECTIONS) -> Iterator[Params]:
    """Points near these, on both sides along random directions; every other one has entries of unlike scales."""
    rng = np.random.default_rng(0)
    for k in range(number):
        directions = {
            name: BALLS.convert(rng.normal(size=x.shape) * 10.0 ** rng.uniform(-4 * (k % 2), 0, x.shape))
            for name, x in params.items()
        }
        for sign in (1, -1):
            yield {name: moved_by(x, directions[name] * (NEARBY * sign)) for name, x in params.items()}


def moved_by(x: np.ndarray, move: np.ndarray) -> np.ndarray:
    """x + |x| move; 0 moves as 1 would, and what is not finite stays."""
    pairs = zip(x.ravel().tolist(), as_objects(move).ravel().tolist(), strict=True)
    numbers = (y + (arb(1) if y.contains(0) else abs(y).mid()) * d if y.is_finite() else y for y, d in pairs)
    return object_array(numbers, x.shape)


def same_numbers(a: Any, b: Any) -> bool:
    """Whether two decisions found the same infinities and NaN."""
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=True))


def checked_output(output: Any, oracle: Oracle, shapes: dict[str, tuple[int, ...]]) -> Node:
    """The node of an oracle's result. Raises InconsistentOracle, which says what came back and what was expected."""
    if not isinstance(output, OracleArray):
        got, advice = described_output(output)
        raise InconsistentOracle(f"{oracle.where} returned {got}; expected {expected_output(oracle, shapes)}{advice}")
    if oracle.kind == "elementwise":
        fits = all(output.shape == shape for shape in shapes.values())
    else:
        fits = output.ndim == (1 if oracle.kind == "vector" else 0)
    if not fits:
        expected = expected_output(oracle, shapes)
        raise InconsistentOracle(f"{oracle.where} returned an array of shape {output.shape}; expected {expected}")
    if output.stale or output.tied is not None:
        return call_oracle(oracle, lambda params, data: output.node, {}, {})
    return Node(as_numbers(output.node.value)) if output.is_mask else output.node


def expected_output(oracle: Oracle, shapes: dict[str, tuple[int, ...]]) -> str:
    return {
        "scalar": "an array of shape (), such as np.sum(…)",
        "elementwise": f"an array of the shape of each parameter, {next(iter(shapes.values()), ())}",
        "vector": "an array of shape (n,)",
    }[oracle.kind]


def described_output(output: Any) -> tuple[str, str]:
    """(what came back in place of an array, what may help)."""
    if isinstance(output, ComplexArray):
        return "complex numbers", ": take np.real or np.abs"
    if output is None:
        return "None (NoneType)", "; is a `return` missing?"
    if isinstance(output, int | float):
        return f"{output!r} ({type(output).__name__})", ", computed from params"
    return f"a {type(output).__name__}", ", computed from params"


def constants(params: Params) -> dict[str, Jet]:
    return {name: Jet([x]) for name, x in params.items()}


def moving_along(params: Params, direction: dict[str, np.ndarray], kind: NumberKind) -> dict[str, Jet]:
    """x + t d, for the parameters that the direction names."""
    found = constants(params)
    for name, d in direction.items():
        found[name] = Jet([params[name], kind.convert(np.asarray(d))], np.asarray(d != 0))
    return found


def unit_array(shape: tuple[int, ...], index: Any) -> np.ndarray:
    found = np.zeros(shape)
    found[index] = 1
    return found


def count_variables(params: Params) -> int:
    return sum(x.size for x in params.values())


def variable_places(params: Params) -> list[Place]:
    return [(name, index) for name, x in params.items() for index in np.ndindex(x.shape)]


def hessian_of_columns(
    params: Params, column: Callable[[Direction], Params], budget: TimeBudget | None = None
) -> dict[str, Params]:
    """{name: {name: block}} from its columns, each by the unit direction of a variable."""
    places = variable_places(params)
    dtype = next(iter(params.values())).dtype
    blocks = {a: {b: np.empty(x.shape + y.shape, dtype) for b, y in params.items()} for a, x in params.items()}
    for b, index in budget(places, len(places)) if budget else places:
        for a, part in column({b: unit_array(params[b].shape, index)}).items():
            blocks[a][b][(..., *index)] = part
    return blocks


def jacobian_of_columns(
    params: Params, column: Callable[[Direction], np.ndarray], budget: TimeBudget | None = None
) -> Params:
    """{name: (m, *shape)} from its columns, each by the unit direction of a variable."""
    found = {}
    for name, x in params.items():
        places = budget(np.ndindex(x.shape), x.size) if budget else np.ndindex(x.shape)
        columns = [column({name: unit_array(x.shape, index)}) for index in places]
        found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
    return found


def block_of_points(arrays: Params, start: int, points: int) -> Params:
    if points <= POINTS_BLOCK:
        return arrays
    return {
        name: a.ravel()[start : start + POINTS_BLOCK] if a.size == points and a.ndim else a
        for name, a in arrays.items()
    }


def eigenvalues_of_two(matrix: np.ndarray) -> np.ndarray:
    """Of a symmetric matrix of balls in one or two variables, ascending; they may be equal."""
    if len(matrix) == 1:
        return matrix[0]
    middle, half = (matrix[0, 0] + matrix[1, 1]) / 2, (matrix[0, 0] - matrix[1, 1]) / 2
    apart = (half * half + matrix[0, 1] * matrix[0, 1]).nonnegative_part().sqrt()
    return np.fromiter((middle - apart, middle + apart), object, 2)


def pseudo_inverse(matrix: np.ndarray, values: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Σ vvᵀ/λ over the eigenvalues that are used; where one is, its projector is (H − λ')/(λ − λ')."""
    if np.all(used):
        return np.array(flint_matrix(matrix, row=True).inv().tolist(), object)
    if not np.any(used):
        return np.full(matrix.shape, arb(0))
    inside, outside = values if used[0] else values[::-1]
    projector = matrix - outside * np.eye(2, dtype=int).astype(object)
    return projector * (1 / ((inside - outside) * inside))
