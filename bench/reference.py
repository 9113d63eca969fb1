"""References: the oracle's function in extended precision, differentiated by complex step.

f'(x) = Im f(x + ih)/h + O(h²) has no cancellation (Squire and Trapp, 1998), so with h = 2⁻²⁰⁰ the derivative is as exact as
the function. Hessians are complex steps of the oracle's own gradient, which is held against the function each time. Descent
and Newton's method run in the same precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

import problems
from backends import Layout

from . import UsageError, cache, inputs

STEP = np.ldexp(np.longdouble(1), -200)

MOST_VARIABLES = 200  # for one complex step each
DIRECTIONS = 3  # in which a gradient of the oracle's own is certified
ROUNDING = 1e-16  # relative, a thousand units in the last place of an 80-bit number

Function = Callable[[dict, dict], Any]


class InconsistentOracle(Exception):
    """An oracle that contradicts itself."""


@dataclass(frozen=True)
class Reference:
    """value: the trusted answer, a tree of extended-precision arrays; objective: the function there or at the inputs.

    bounds: the least and the greatest answer, two such trees, where it is an interval (a subgradient at a kink).
    """

    value: Any
    objective: float
    bounds: tuple[Any, Any] | None = None

    def nearest(self, result: Any) -> Any:
        """What `result` is judged against: the value, or that point of the interval which is nearest to the result."""
        if self.bounds is None:
            return self.value
        found, low, high = (cache.flatten(tree) for tree in (result, *self.bounds))
        same_form = all(path in found and np.shape(found[path]) == np.shape(leaf) for path, leaf in low.items())
        if not same_form:
            return self.value
        return cache.unflatten({path: np.fmin(np.fmax(found[path], low[path]), high[path]) for path in low})

    def position(self, result: Any) -> list[float]:
        """Where in the interval `result` lies, from 0 (least) to 1 (greatest), for every entry that has one."""
        if self.bounds is None:
            return []
        found, low, high = (cache.flatten(tree) for tree in (result, *self.bounds))
        wide = {path: low[path] < high[path] for path in low}
        parts = [((found[p] - low[p]) / np.where(wide[p], high[p] - low[p], 1))[wide[p]] for p in low]
        return sorted({round(float(part), 3) for part in np.concatenate(parts)})


def require_extended() -> None:
    """Raise UsageError where `longdouble` is no wider than float64."""
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        raise UsageError(
            "references need an extended-precision longdouble, and here it is float64 (as on ARM and on Windows); "
            "run gradmark on an x86-64 Linux machine"
        )


def load(problem: str, instance_name: str, operation: str, dtype: str, *, fresh: bool = False) -> Reference:
    """The reference of a case for inputs rounded to `dtype`."""
    require_extended()
    instance = problems.load(problem).instance(instance_name)
    options = dict(instance.operations[operation])
    given = inputs.load(problem, instance_name)
    oracle = Path(str(problems.load(problem).folder)) / "oracle.py"
    identity = cache.digest(given.digest, oracle, Path(__file__), operation, repr(sorted(options.items())), dtype)

    def make() -> cache.Flat:
        params, data = extended(given.cast(dtype).params), extended(given.cast(dtype).data)
        known = oracle_of(problem, instance)
        value = OPERATIONS[operation](known, params, data, **options)
        trees = {"value": value}
        if operation == "gradient" and known.bounds:
            trees["low"], trees["high"] = known.bounds(params, data)
            certify_bounds(value, trees["low"], trees["high"])
        return {f"{part}/{path}": leaf for part, tree in trees.items() for path, leaf in cache.flatten(tree).items()}

    name = f"{problem}-{instance_name}-{operation}-{dtype}-{identity[:16]}"
    stored = cache.arrays("references", name, make, fresh=fresh)
    parts: dict[str, cache.Flat] = {}
    for path, leaf in stored.items():
        part, _, rest = path.partition("/")
        parts.setdefault(part, {})[rest] = leaf
    trees = {part: cache.unflatten(leaves) for part, leaves in parts.items()}
    bounds = (trees["low"], trees["high"]) if "low" in trees else None
    value = trees["value"]
    return Reference(value, objective(problem, instance_name, operation, dtype, value), bounds)


def objective(problem: str, instance_name: str, operation: str, dtype: str, result: Any) -> float:
    """The oracle's function at the parameters that an operation found, or else at the instance's own."""
    instance = problems.load(problem).instance(instance_name)
    if instance.kind != "scalar":
        return float("nan")
    given = inputs.load(problem, instance_name).cast(dtype)
    found = result if operation in FINDS_PARAMETERS else given.params
    function = getattr(problems.load_oracle(problem), instance.function)
    with np.errstate(all="ignore"):
        return float(np.real(function(stepped(extended(found)), extended(given.data))))


def extended(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(a, np.longdouble) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def stepped(params: Mapping[str, np.ndarray], name: str = "", index: Any = ()) -> dict[str, np.ndarray]:
    """Complex copies of `params`, with one entry moved by ih."""
    moved = {key: np.array(array, np.clongdouble) for key, array in params.items()}
    if name:
        moved[name][index] += 1j * STEP
    return moved


@dataclass(frozen=True)
class Oracle:
    """A function in extended precision, with its own gradient where second derivatives or many variables need one.

    bounds: (params, data) → the least and the greatest subgradient, for functions with kinks.
    """

    function: Function
    gradient: Function | None = None
    kind: str = "scalar"
    bounds: Function | None = None


def oracle_of(problem: str, instance: problems.Instance) -> Oracle:
    module, name = problems.load_oracle(problem), instance.function
    return Oracle(
        getattr(module, name),
        getattr(module, f"{name}_gradient", None),
        instance.kind,
        getattr(module, f"{name}_gradient_bounds", None),
    )


def certify_bounds(value: dict, low: dict, high: dict) -> None:
    """Raise InconsistentOracle unless the complex step lies between the bounds, which differ only at a kink."""
    for name, slope in value.items():
        margin = ROUNDING * np.max(np.abs(slope), initial=0)
        if np.any(slope < low[name] - margin) or np.any(slope > high[name] + margin):
            raise InconsistentOracle(f"the oracle's bounds of {name} do not hold the derivative of its own function")


def value(oracle: Oracle, params: dict, data: dict) -> np.ndarray:
    return np.asarray(np.real(oracle.function(stepped(params), data)))


def gradient(oracle: Oracle, params: dict, data: dict, step: float | None = None) -> dict[str, np.ndarray]:
    """The gradient; `step`, which some instances state for differences, changes nothing."""
    if oracle.kind == "elementwise":
        return {
            name: np.imag(oracle.function({**params, name: x + 1j * STEP}, data)) / STEP for name, x in params.items()
        }
    if sum(array.size for array in params.values()) > MOST_VARIABLES:
        return dict(slope_function(oracle, params, data)(params, data))
    slopes = {name: np.empty_like(array) for name, array in params.items()}
    for name, slope in slopes.items():
        for index in np.ndindex(slope.shape):
            slope[index] = np.imag(oracle.function(stepped(params, name, index), data)) / STEP
    return slopes


def certify(oracle: Oracle, params: dict, data: dict) -> Function:
    """The oracle's own gradient, held against complex steps of its function in random directions from random points nearby.

    Nearby, because at a minimum the gradient is the rounding of large terms. Raises InconsistentOracle where the two differ
    in more than rounding, or where the oracle has no gradient.
    """
    if oracle.gradient is None:
        raise InconsistentOracle(f"the oracle needs a function {oracle.function.__name__}_gradient for this operation")
    rng = np.random.default_rng(0)
    for _ in range(DIRECTIONS):
        point = {name: x + 0.1 * np.maximum(1, np.abs(x)) * rng.normal(size=np.shape(x)) for name, x in params.items()}
        direction = {name: rng.normal(size=np.shape(x)) for name, x in params.items()}
        moved = {name: x + 1j * STEP * direction[name] for name, x in point.items()}
        truth = np.sum(np.imag(oracle.function(moved, data))) / STEP
        slopes = oracle.gradient(stepped(point), data)
        products = [np.ravel(np.real(slopes[name]) * direction[name]) for name in params]
        found, size = sum(p.sum() for p in products), sum(np.abs(p).sum() for p in products)
        if abs(found - truth) > ROUNDING * max(size, abs(truth)):
            raise InconsistentOracle(f"the oracle's own gradient is wrong: along one direction {found}, truly {truth}")
    return oracle.gradient


def hessian(oracle: Oracle, params: dict, data: dict) -> dict[str, dict[str, np.ndarray]]:
    """The complex step of the oracle's own gradient, which is certified first."""
    return second_derivatives(certify(oracle, params, data), params, data)


def second_derivatives(own: Function, params: dict, data: dict) -> dict[str, dict[str, np.ndarray]]:
    """The derivative of a gradient function by complex step, one variable at a time."""
    blocks = {
        a: {b: np.empty(np.shape(x) + np.shape(y), np.longdouble) for b, y in params.items()} for a, x in params.items()
    }
    for b, y in params.items():
        for index in np.ndindex(np.shape(y)):
            column = own(stepped(params, b, index), data)
            for a in params:
                blocks[a][b][(..., *index)] = np.imag(column[a]) / STEP
    return blocks


def hessian_diagonal(oracle: Oracle, params: dict, data: dict) -> dict[str, np.ndarray]:
    """The diagonal of a Hessian that is diagonal: the complex step of the oracle's own gradient along ones."""
    own = certify(oracle, params, data)
    moved = {name: np.array(x, np.clongdouble) + 1j * STEP for name, x in params.items()}
    return {name: np.imag(slope) / STEP + np.zeros_like(params[name]) for name, slope in own(moved, data).items()}


def jacobian(oracle: Oracle, params: dict, data: dict) -> dict[str, np.ndarray]:
    """∂fᵢ/∂xⱼ by complex step, one variable at a time: {name: (m, *shape)}."""
    found = {}
    for name, x in params.items():
        columns = [np.imag(oracle.function(stepped(params, name, index), data)) / STEP for index in np.ndindex(x.shape)]
        found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
    return found


def slope_function(oracle: Oracle, params: dict, data: dict) -> Function:
    """(params, data) → the gradient: the oracle's own where it has one, certified, as complex steps take n evaluations."""
    if oracle.gradient is None:
        return lambda params, data: gradient(oracle, params, data)
    own = certify(oracle, params, data)
    return lambda params, data: {name: np.real(slope) for name, slope in own(stepped(params), data).items()}


def gradient_descent(oracle: Oracle, params: dict, data: dict, rate: float, steps: int) -> dict[str, np.ndarray]:
    function = slope_function(oracle, params, data)
    # The rate is the one that the cell uses: its decimal rounded to float64.
    with np.errstate(all="ignore"):
        for _ in range(steps):
            slopes = function(params, data)
            params = {name: weight - np.longdouble(rate) * slopes[name] for name, weight in params.items()}
    return params


def descent_history(oracle: Oracle, params: dict, data: dict, rate: float, steps: int) -> np.ndarray:
    """f(θ) after each step of `gradient_descent`: (steps,)."""
    function, costs = slope_function(oracle, params, data), np.empty(steps, np.longdouble)
    with np.errstate(all="ignore"):
        for step in range(steps):
            slopes = function(params, data)
            params = {name: weight - np.longdouble(rate) * slopes[name] for name, weight in params.items()}
            costs[step] = value(oracle, params, data)
    return costs


def diagonal_newton(oracle: Oracle, params: dict, data: dict, steps: int) -> dict[str, np.ndarray]:
    """θᵢ ← θᵢ − gᵢ/hᵢ with h the diagonal of the Hessian; where hᵢ = 0, θᵢ stays."""
    slopes_of = slope_function(oracle, params, data)
    for _ in range(steps):
        slopes, curvatures = slopes_of(params, data), hessian_diagonal(oracle, params, data)
        bent = {name: h != 0 for name, h in curvatures.items()}
        moves = {n: np.where(bent[n], slopes[n] / np.where(bent[n], curvatures[n], 1), 0) for n in params}
        params = {name: x - moves[name] for name, x in params.items()}
    return params


def critical_point(oracle: Oracle, params: dict, data: dict, steps: int) -> dict[str, np.ndarray]:
    """Newton's method on the gradient by ∇²f = VΛVᵀ, and the eigenvalues at its end.

    A direction without curvature, |λ| ≤ nε max|λ| with the ε of float64, gets no step.
    """
    layout = Layout({name: np.shape(array) for name, array in params.items()}, np.reshape, np.concatenate)
    own = certify(oracle, params, data)
    cutoff = sum(np.size(x) for x in params.values()) * np.finfo(np.float64).eps
    for _ in range(steps):
        slope = np.real(layout.vector(own(stepped(params), data)))
        values, vectors = eigen(layout.matrix(second_derivatives(own, params, data)))
        bent = np.abs(values) > cutoff * np.abs(values).max()
        step = vectors @ (np.where(bent, 1 / np.where(bent, values, 1), 0) * (slope @ vectors))
        params = layout.tree(layout.vector(params) - step)
    return {**params, "eigenvalues": eigen(layout.matrix(second_derivatives(own, params, data)))[0]}


def eigen(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, ascending, and eigenvectors of a symmetric matrix, by mpmath: NumPy has them in no wider type."""
    with mpmath.workprec(80):
        values, vectors = mpmath.eigsy(mpmath.matrix([[exact(x) for x in row] for row in matrix]))
        return rounded(values).ravel(), rounded(vectors)


def exact(x: Any) -> mpmath.mpf:
    """An extended-precision number: its float64 part and the rest."""
    return mpmath.mpf(float(x)) + mpmath.mpf(float(x - np.longdouble(float(x))))


def rounded(matrix: mpmath.matrix) -> np.ndarray:
    """An mpmath matrix in extended precision."""
    parts = [(np.longdouble(float(x)), np.longdouble(float(x - mpmath.mpf(float(x))))) for x in matrix]
    return np.array([high + low for high, low in parts]).reshape(matrix.rows, matrix.cols)


def newton(
    oracle: Oracle, params: dict, data: dict, steps: int, tolerance: float | None = None, diagonal: bool = False
) -> dict[str, np.ndarray]:
    """Newton's method; each step is solved in float64 and refined three times, as NumPy solves in no wider type."""
    if diagonal:
        return diagonal_newton(oracle, params, data, steps)
    layout = Layout({name: np.shape(array) for name, array in params.items()}, np.reshape, np.concatenate)
    own = certify(oracle, params, data)
    for _ in range(steps):
        slope = np.real(layout.vector(own(stepped(params), data)))
        if tolerance is not None and np.sqrt(np.sum(slope * slope)) <= tolerance:
            break
        matrix = layout.matrix(second_derivatives(own, params, data))
        step = np.zeros_like(slope)
        for _ in range(4):
            step = step + np.linalg.solve(matrix.astype(float), (slope - matrix @ step).astype(float))
        params = layout.tree(layout.vector(params) - step)
    return params


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

FINDS_PARAMETERS = ("gradient_descent", "newton", "critical_point")
"""Operations whose result is a new set of parameters."""
