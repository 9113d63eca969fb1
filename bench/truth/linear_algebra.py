"""numpy.linalg for the arrays of an oracle."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np
from flint import acb_mat

from .array_functions import known, matmul, outer_of_jets, product_of_jets, total, transposed
from .jets import Jet, as_numbers, current
from .number_kinds import BALLS, Undecided, as_objects, object_array
from .oracle_arrays import FUNCTIONS, OracleArray, array_of, refuse
from .reverse_mode import Node, SlopeArray


def square_matrix(x: Any, name: str) -> OracleArray:
    matrix = array_of(x) * 1
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise refuse(f"np.linalg.{name} of an array of shape {matrix.shape}; it takes one square matrix")
    return matrix


def solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Raises Undecided of a singular matrix, in 80-bit numbers, too."""
    try:
        return current().kind.solve(matrix, right)
    except np.linalg.LinAlgError:
        raise Undecided("a matrix is singular") from None


def solved_jet(matrix: Jet, right: Jet) -> Jet:
    """x₀ = A₀⁻¹ b₀, and xₖ = A₀⁻¹ (bₖ − Σ Aⱼ xₖ₋ⱼ)."""
    kind = current().kind
    found: list[np.ndarray | None] = [solved(matrix.first, right.first)]
    moves = matrix.moving is not None or right.moving is not None
    for power in range(1, current().order + 1) if moves else ():
        rest = right.coefficient(power)
        for j in range(1, power + 1):
            part, held = matrix.coefficient(j), found[power - j]
            if part is not None and held is not None:
                product = as_objects(-kind.product(part, held))
                rest = product if rest is None else as_objects(rest + product)
        found.append(None if rest is None else solved(matrix.first, rest))
    return Jet(found, np.ones(right.shape, bool) if moves else None)


@known("linalg.solve")
def solve(a: Any, b: Any) -> OracleArray:
    matrix, right = square_matrix(a, "solve"), array_of(b) * 1
    if right.ndim not in (1, 2):
        raise refuse("np.linalg.solve with more than one right side of matrices")
    left, x = matrix.value, solved_jet(matrix.value, right.value)

    def by_right(g: SlopeArray) -> SlopeArray:
        return SlopeArray(solved_jet(transposed(left), g.jet))

    def by_matrix(g: SlopeArray) -> SlopeArray:
        slope = solved_jet(transposed(left), g.jet)
        return SlopeArray(-(outer_of_jets(slope, x) if x.ndim == 1 else product_of_jets(slope, transposed(x))))

    return OracleArray(Node(x, ((matrix.node, by_matrix), (right.node, by_right))))


@known("linalg.inv")
def inverse(a: Any) -> OracleArray:
    matrix = square_matrix(a, "inv")
    return solve(matrix, np.eye(matrix.shape[0]))


def pivots(a: OracleArray) -> tuple[list[OracleArray], int]:
    """The pivots of Gaussian elimination, and the sign of its exchanges of rows; rows are chosen by size, any is right."""
    found, sign = [], 1
    while a.shape[0]:
        sizes = np.abs(current().kind.to_floats(as_numbers(a.value).first[:, 0]))
        best = int(np.argmax(sizes))
        if best:
            order = np.arange(a.shape[0])
            order[[0, best]] = best, 0
            a, sign = a[order], -sign
        pivot = a[0, 0]
        found.append(pivot)
        if may_be_zero(as_numbers(pivot.value).first):
            raise Undecided("a matrix is singular")
        a = a[1:, 1:] - FUNCTIONS["outer"](a[1:, 0] / pivot, a[0, 1:])
    return found, sign


def may_be_zero(pivot: np.ndarray) -> bool:
    number: Any = pivot[()]
    return bool(number.contains(0) if current().kind is BALLS else number == 0)


@known("linalg.det")
def determinant(a: Any) -> Any:
    """By minors up to 3 × 3, where a singular matrix has slopes, too; then by elimination."""
    matrix = square_matrix(a, "det")
    n = matrix.shape[0]
    if n <= 3:
        return minors(matrix)
    try:
        found, sign = pivots(matrix)
    except Undecided:
        if n > MOST_SINGULAR:
            raise
        return last_characteristic(matrix)
    return sign * FUNCTIONS["prod"](FUNCTIONS["stack"](found))


MOST_SINGULAR = 12  # rows of a singular matrix whose determinant is computed with its slopes, which are minors


def last_characteristic(a: OracleArray) -> Any:
    """The determinant without a division by its entries (Faddeev and LeVerrier)."""
    n, product, found = a.shape[0], None, array_of(1)
    for k in range(1, n + 1):
        inner = np.eye(n) * found if product is None else product + np.eye(n) * found
        product = matmul(a, inner)
        found = -FUNCTIONS["trace"](product) / k
    return found if n % 2 == 0 else -found


def minors(a: OracleArray) -> Any:
    n = a.shape[0]
    if n <= 1:
        return a[0, 0] if n else array_of(1.0)
    parts: Any = 0
    for j in range(n):
        rest = [k for k in range(n) if k != j]
        parts = parts + (-1) ** j * a[0, j] * minors(a[1:][:, rest])
    return parts


class SignAndLog(NamedTuple):
    sign: Any
    logabsdet: Any


@known("linalg.slogdet")
def slogdet(a: Any) -> Any:
    found, sign = pivots(square_matrix(a, "slogdet"))
    values = FUNCTIONS["stack"](found)
    signs = FUNCTIONS["prod"](FUNCTIONS["sign"](values))
    return SignAndLog(sign * signs, total(np.log(FUNCTIONS["absolute"](values))))


@known("linalg.cholesky")
def cholesky(a: Any) -> OracleArray:
    """Column by column, from the lower triangle."""
    matrix = square_matrix(a, "cholesky")
    columns: list[OracleArray] = []
    for j in range(matrix.shape[0]):
        column = matrix[j:, j]
        if columns:
            done = FUNCTIONS["stack"](columns, 1)
            column = column - matmul(done[j:], done[j])
        require_positive(column[0])
        column = column / np.sqrt(column[0])
        columns.append(FUNCTIONS["concatenate"]([np.zeros(j), column]))
    return FUNCTIONS["stack"](columns, 1)


def require_positive(pivot: OracleArray) -> None:
    if not (current().kind.sign(as_numbers(pivot.value).first) > 0).all():
        raise Undecided("a matrix is not positive definite")


@known("scipy.linalg.cholesky")
def upper_cholesky(a: Any, lower: bool = False) -> OracleArray:
    """SciPy's is upper by itself, from the upper triangle."""
    return cholesky(a) if lower else FUNCTIONS["copy"](cholesky(array_of(a).T).T)


@known("linalg.eigvalsh")
def eigenvalues_of_symmetric(a: Any) -> OracleArray:
    """Ascending, of the lower triangle; they must be apart. dλ = vᵀ dA v with the series of the eigenvectors."""
    matrix = square_matrix(a, "eigvalsh")
    lower = FUNCTIONS["tril"](matrix)
    symmetric = lower + FUNCTIONS["tril"](matrix, -1).T
    held = symmetric.value
    values, vectors = eigen_series(held)

    def back(g: SlopeArray) -> SlopeArray:
        parts: Any = 0
        for k, v in enumerate(vectors):
            parts = parts + g.jet[k : k + 1].changed(lambda c: c[:, None]) * outer_of_jets(v, v)
        return SlopeArray(parts)

    length = max(len(value.coefficients) for value in values)
    columns = [np.stack([value.numbers(k) for value in values]) for k in range(length)]
    moving = None if held.moving is None else np.ones(len(values), bool)
    return OracleArray(Node(Jet(list(columns), moving), ((symmetric.node, back),)))


APART = "eigenvalues cannot be told apart"


def eigen_series(matrix: Jet) -> tuple[list[Jet], list[Jet]]:
    """The eigenvalues and the eigenvectors of length 1, order by order: (A₀ − λ₀) vₘ − λₘ v₀ = rest, vᵀv = 1."""
    kind, n = current().kind, matrix.shape[0]
    bases = eigen_of_balls(matrix.first) if kind is BALLS else eigen_of_extended(matrix.first)
    found_values, found_vectors = [], []
    for value, vector in bases:
        values: list[Any] = [as_objects(value)]
        vectors: list[Any] = [vector]
        for power in range(1, current().order + 1) if matrix.moving is not None else ():
            border = np.empty((n + 1, n + 1), matrix.first.dtype)
            border[:n, :n] = matrix.first - np.multiply(
                np.asarray(np.eye(n), object if kind is BALLS else np.longdouble), value
            )
            border[:n, n], border[n, :n] = -vectors[0], vectors[0]
            border[n, n] = kind.full((), 0)[()]
            rest = kind.full((n + 1,), 0)
            for j in range(1, power + 1):
                part = matrix.coefficient(j)
                if part is not None:
                    rest[:n] = rest[:n] - kind.product(part, vectors[power - j])
                if j < power:
                    rest[:n] = rest[:n] + vectors[power - j] * values[j][()]
                    rest[n] = rest[n] - (vectors[j] * vectors[power - j]).sum() / 2
            try:
                both = solved(border, rest)
            except Undecided:
                raise Undecided(APART) from None
            vectors.append(both[:n])
            values.append(as_objects(both[n]))
        moving = None if matrix.moving is None else np.ones((), bool)
        found_values.append(Jet(values, moving))
        found_vectors.append(Jet(vectors, None if moving is None else np.ones(n, bool)))
    return found_values, found_vectors


def compare_balls(numbers: list[Any], i: int, j: int) -> int:
    return 1 if numbers[i] > numbers[j] else -1


def eigen_of_balls(matrix: np.ndarray) -> list[tuple[Any, np.ndarray]]:
    """Certified by FLINT. Raises Undecided where eigenvalues cannot be told apart."""
    n = len(matrix)
    try:
        values, vectors = acb_mat([list(row) for row in matrix]).eig(right=True)
    except ValueError:
        raise Undecided(APART) from None
    table = [[vectors[i, k].real for i in range(n)] for k in range(n)]
    numbers = [values[k].real for k in range(n)]
    order = list(range(n))
    order.sort(key=functools.cmp_to_key(functools.partial(compare_balls, numbers)))
    if not all(numbers[i] < numbers[j] for i, j in itertools.pairwise(order)):
        raise Undecided(APART)
    found = []
    for k in order:
        vector = object_array(iter(table[k]), (n,))
        size = (vector * vector).sum().sqrt()
        found.append((values[k].real, as_objects(vector / size)))
    return found


def eigen_of_extended(matrix: np.ndarray) -> list[tuple[Any, np.ndarray]]:
    """(eigenvalue, eigenvector), ascending, of a symmetric matrix, by mpmath: NumPy has them in no wider type."""
    with mpmath.workprec(80):
        values, vectors = mpmath.eigsy(mpmath.matrix([[to_mpf(x) for x in row] for row in matrix]))
        table = from_mpf(vectors)
        return [(value, table[:, k]) for k, value in enumerate(from_mpf(values).ravel())]


def to_mpf(x: Any) -> mpmath.mpf:
    """An extended-precision number: its float64 part and the rest."""
    return mpmath.mpf(float(x)) + mpmath.mpf(float(x - np.longdouble(float(x))))


def from_mpf(matrix: mpmath.matrix) -> np.ndarray:
    """An mpmath matrix in extended precision."""
    parts = [(np.longdouble(float(x)), np.longdouble(float(x - mpmath.mpf(float(x))))) for x in matrix]
    return np.array([high + low for high, low in parts]).reshape(matrix.rows, matrix.cols)


@known("linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = array_of(x)
    dimensions = x.ndim if axis is None else len(axis) if isinstance(axis, tuple) else 1
    size: Callable[[Any], Any] = FUNCTIONS["absolute"]
    if ord is None or (ord == 2 and dimensions == 1) or ord == "fro":
        return np.sqrt(total(x * x, axis, keepdims=keepdims))
    if dimensions == 1 and ord == 1:
        return total(size(x), axis, keepdims=keepdims)
    if dimensions == 1 and ord in (math.inf, -math.inf):
        return FUNCTIONS["max" if ord > 0 else "min"](size(x), axis, keepdims=keepdims)
    if dimensions == 1 and isinstance(ord, int | float) and ord > 0:
        return total(size(x) ** ord, axis, keepdims=keepdims) ** (1 / array_of(ord))
    raise refuse(f"np.linalg.norm with ord={ord!r} of an array with {dimensions} axes")


@known("linalg.matrix_power")
def matrix_power(a: Any, n: int) -> Any:
    matrix = square_matrix(a, "matrix_power")
    matrix = inverse(matrix) if n < 0 else matrix
    found: Any = array_of(np.eye(matrix.shape[0])) * 1
    for _ in range(abs(n)):
        found = matmul(found, matrix)
    return found
