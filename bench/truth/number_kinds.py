"""The two kinds of numbers that an oracle is evaluated in: balls (python-flint), and 80-bit floating point.

Both follow IEEE 754 where a number is not finite: ∞ − ∞ is NaN, 1/0 is ∞ (zero counts as +0), log 0 is −∞, log −1 is NaN.
A ball that is not finite is ∞, −∞ or NaN for certain where its radius is finite; of one of infinite radius nothing is
known, as of e^(10³⁰⁰), which overflows but is not infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from flint import arb, ctx, fmpz

from .matrix_products import flint_matrix, product_of_balls


class Undecided(ArithmeticError):
    """A comparison of two numbers that are not known well enough."""


NOT_A_NUMBER = arb(math.nan)
INFINITY = arb(math.inf)
SUBSTITUTE_BITS = 100  # of a ball that stands in for a function which NumPy has in no extended precision
MOST_SUBSTITUTE_BITS = 1600  # where it is wider than the last place of an 80-bit number
MOST_EXPONENT = 40_000  # more than an 80-bit number has
MODERATE = 1000.0  # up to which no function of the table overflows a ball


def object_array(items: Any, shape: tuple[int, ...]) -> np.ndarray:
    """An array of objects, which NumPy does not look into."""
    count = math.prod(shape)
    return np.fromiter(items, object, count).reshape(shape)


def as_objects(value: Any) -> np.ndarray:
    """`value` as an array. NumPy hands out a single object bare."""
    if type(value) is np.ndarray:
        return value
    if isinstance(value, np.generic):
        return np.asarray(value)
    box = np.empty((), object)
    box[()] = value
    return box


class Balls:
    """Arrays of `arb`. strange: whether ∞ or NaN occurred in this process; until then products need no check for them.

    signless: whether a zero counted as +0 since this was set to False where IEEE asks for its sign.
    """

    def __init__(self) -> None:
        self.strange = self.signless = False

    def convert(self, array: np.ndarray) -> np.ndarray:
        """Plain numbers, exactly: integers of any width, and floats."""
        if array.dtype == object:
            return array
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            self.strange = True
        if array.dtype.kind == "f" and array.dtype.itemsize > 8:
            return object_array((ball_of_extended(x) for x in array.flat), array.shape)
        plain = array.astype(float) if array.dtype.kind == "f" else array.astype(int) if array.dtype == bool else array
        return object_array(map(arb, plain.ravel().tolist()), array.shape)

    def full(self, shape: tuple[int, ...], number: float) -> np.ndarray:
        found = np.empty(shape, object)
        found.fill(arb(number))
        self.strange |= not math.isfinite(number)
        return found

    def constant(self, make: Callable[[], arb]) -> np.ndarray:
        return as_objects(make())

    def evaluate(self, entry: Any, ufunc: Any, *arrays: np.ndarray) -> np.ndarray:
        """An elementary function of every entry, and what IEEE says where it is not finite."""
        shape = arrays[0].shape
        if any(a.shape != shape for a in arrays):
            shape = np.broadcast_shapes(*[a.shape for a in arrays])
            arrays = tuple([np.broadcast_to(a, shape) for a in arrays])
        columns = [a.ravel().tolist() for a in arrays]
        found = []
        for numbers in zip(*columns, strict=True):
            if all(map(arb.is_finite, numbers)):
                y = entry.ball(*numbers)
                self.signless = self.signless or (entry.signed_zero is not None and entry.signed_zero(*numbers))
                y = y if y.is_finite() else ieee_ball(entry, ufunc, numbers, y)
            else:
                y = ieee_at_infinity(entry, ufunc, numbers)
            self.strange = self.strange or not y.is_finite()
            found.append(y)
        return object_array(found, shape)

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Entry by entry. FLINT knows nothing of NaN times a ball."""
        found = as_objects(a * b)
        if not self.strange or found.dtype != object or self.is_finite(found).all():
            return found
        pairs = zip(*(np.broadcast_to(x, found.shape).ravel().tolist() for x in (a, b)), strict=True)
        return object_array((product_of_any(x, y) for x, y in pairs), found.shape)

    def divide_by_count(self, a: np.ndarray, count: int) -> np.ndarray:
        found = as_objects(a / count)
        return np.where(np.fromiter(map(is_certain_nan, a.flat), bool, a.size).reshape(a.shape), a, found)

    def is_finite(self, a: np.ndarray) -> np.ndarray:
        return np.fromiter(map(arb.is_finite, a.ravel().tolist()), bool, a.size).reshape(a.shape)

    def is_nan(self, a: np.ndarray) -> np.ndarray:
        """Where an entry is NaN. Raises Undecided where nothing is known of it."""
        found = np.fromiter(map(arb.is_nan, a.ravel().tolist()), bool, a.size).reshape(a.shape)
        if any(not is_certain(x) for x in a[found].flat):
            raise Undecided("nothing is known of a number")
        return found

    def is_undefined(self, a: np.ndarray) -> np.ndarray:
        """Where an entry is NaN, or nothing is known of it."""
        return np.fromiter(map(arb.is_nan, a.ravel().tolist()), bool, a.size).reshape(a.shape)

    def is_zero(self, a: np.ndarray) -> np.ndarray:
        """Where an entry is exactly 0."""
        return np.fromiter(map(arb.is_zero, a.ravel().tolist()), bool, a.size).reshape(a.shape)

    def sign(self, a: np.ndarray) -> np.ndarray:
        """−1, 0 or 1; 0 for NaN. Raises Undecided."""
        return np.fromiter(map(sign_of_ball, a.ravel().tolist()), int, a.size).reshape(a.shape)

    def product(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return product_of_balls(a, b)

    def solve(self, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Raises Undecided where the matrix may be singular."""
        try:
            found = flint_matrix(matrix, row=True).solve(flint_matrix(right, row=False))
        except ZeroDivisionError:
            raise Undecided("a matrix may be singular") from None
        return object_array(found.entries(), right.shape)

    def to_integers(self, a: np.ndarray) -> np.ndarray:
        """Raises ValueError unless every entry is an exact integer."""
        return np.array([integer_of(x) for x in a.flat], np.int64).reshape(a.shape)

    def to_floats(self, a: np.ndarray) -> np.ndarray:
        """The nearest float64 of each midpoint, for choices that change no result, such as that of a pivot."""
        return np.array([float(x.mid()) for x in a.flat], float).reshape(a.shape)


class Extended:
    """Arrays of `longdouble`, without radii."""

    def convert(self, array: np.ndarray) -> np.ndarray:
        return np.asarray(array, np.longdouble)

    def full(self, shape: tuple[int, ...], number: float) -> np.ndarray:
        return np.full(shape, np.longdouble(number))

    def constant(self, make: Callable[[], arb]) -> np.ndarray:
        with precision(SUBSTITUTE_BITS):
            return object_to_extended(as_objects(make()))

    def evaluate(self, entry: Any, ufunc: Any, *arrays: np.ndarray) -> np.ndarray:
        """By NumPy, or, where it has the function in no extended precision, by a ball's midpoint."""
        if entry.extended is not None:
            return np.asarray(entry.extended(*arrays))
        letters = "g" * len(arrays) + "->g"
        if isinstance(ufunc, np.ufunc) and letters in ufunc.types and hasattr(np, ufunc.__name__):
            return np.asarray(ufunc(*arrays))
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
        given = [np.broadcast_to(BALLS.convert(a), shape).ravel() for a in arrays]
        found, wide, bits = np.full(math.prod(shape), arb.nan()), np.arange(math.prod(shape)), SUBSTITUTE_BITS
        while wide.size and bits <= MOST_SUBSTITUTE_BITS:
            with precision(bits):
                found[wide] = BALLS.evaluate(entry, ufunc, *(a[wide] for a in given))
                narrow = [x.is_exact() or not x.is_finite() or x.rel_accuracy_bits() > 66 for x in found[wide]]
            wide, bits = wide[~np.array(narrow, bool)], 4 * bits
        y = object_to_extended(found).reshape(shape)
        if entry.signed_zero is None or len(arrays) != 1:
            return y
        return np.where((arrays[0] == 0) & np.isinf(y), y * np.copysign(np.longdouble(1), arrays[0]), y)

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return as_objects(a * b)

    def divide_by_count(self, a: np.ndarray, count: int) -> np.ndarray:
        return as_objects(a / count)

    def is_finite(self, a: np.ndarray) -> np.ndarray:
        return np.isfinite(a)

    def is_nan(self, a: np.ndarray) -> np.ndarray:
        return np.isnan(a)

    is_undefined = is_nan

    def is_zero(self, a: np.ndarray) -> np.ndarray:
        return np.asarray(a == 0)

    def sign(self, a: np.ndarray) -> np.ndarray:
        return np.nan_to_num(np.sign(a)).astype(int)

    def product(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(a @ b)

    def solve(self, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
        """In float64, refined three times, as NumPy solves in no wider type. Raises Undecided where it is singular."""
        size = np.max(np.abs(matrix), initial=0)
        if not 0 < size < np.inf:
            raise Undecided("a matrix may be singular")
        matrix, right = matrix / size, right / size
        found = np.zeros_like(right)
        for _ in range(4):
            try:
                found = found + np.linalg.solve(matrix.astype(float), (right - matrix @ found).astype(float))
            except np.linalg.LinAlgError:
                raise Undecided("a matrix may be singular") from None
        return found

    def to_integers(self, a: np.ndarray) -> np.ndarray:
        found = a.astype(np.int64)
        if np.any(found != a):
            raise ValueError(f"expected integers, got {a[found != a].ravel()[0]}")
        return found

    def to_floats(self, a: np.ndarray) -> np.ndarray:
        return a.astype(float)


BALLS, EXTENDED = Balls(), Extended()
NumberKind = Balls | Extended


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Balls of so many bits within this context."""
    before, ctx.prec = ctx.prec, bits
    try:
        yield
    finally:
        ctx.prec = before


def ball_of_extended(x: Any) -> arb:
    """An 80-bit number, exactly."""
    if not np.isfinite(x):
        return arb(float(x))
    mantissa, exponent = np.frexp(x)
    with precision(128):
        return arb(int(np.ldexp(mantissa, 64))) * arb(2) ** (int(exponent) - 64)


def object_to_extended(balls: np.ndarray) -> np.ndarray:
    """The midpoints, rounded towards zero to the 64 bits of an 80-bit number."""
    parts = np.empty((3, balls.size))
    for i, x in enumerate(balls.flat):
        if not x.is_finite():  # an infinity, or nothing that is known
            parts[:, i] = (math.inf if x > 0 else -math.inf if x < 0 else math.nan), 0, 0
            continue
        mantissa, exponent = (int(part) for part in x.mid().man_exp())
        excess = max(0, mantissa.bit_length() - 64)
        size = abs(mantissa) >> excess
        sign = -1 if mantissa < 0 else 1
        exponent = max(-MOST_EXPONENT, min(MOST_EXPONENT, exponent + excess))  # which may be beyond the range of floats
        parts[:, i] = sign * (size >> 32), sign * (size & 0xFFFFFFFF), exponent
    high, low, exponents = parts
    sum_of_both = np.ldexp(high.astype(np.longdouble), 32) + low.astype(np.longdouble)
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(sum_of_both, exponents.astype(int))).reshape(balls.shape)


def is_certain(x: arb) -> bool:
    """Whether a ball that is not finite is ∞, −∞ or NaN for certain."""
    return bool(x.rad().is_finite())


def is_certain_nan(x: arb) -> bool:
    return x.is_nan() and is_certain(x)


def product_of_any(a: arb, b: arb) -> arb:
    """IEEE's product: NaN · x and ∞ · 0 are NaN, ∞ · x has the sign of x."""
    found = a * b
    if found.is_finite() or not (is_certain(a) and is_certain(b)):
        return found
    return NOT_A_NUMBER if a.is_nan() or b.is_nan() else found


def ieee_ball(entry: Any, ufunc: Any, numbers: tuple[arb, ...], found: arb) -> arb:
    """What IEEE says of a function of finite arguments where its ball is not finite; `found` where that is not certain.

    At floats it is the infinity or the NaN that NumPy has, but not where NumPy overflows: e^(10³⁰⁰) is not infinite.
    SciPy's functions do not tell that, and are asked for moderate arguments only. Elsewhere it is NaN beyond the domain.
    """
    if entry.outside is not None and entry.outside(*numbers):
        return NOT_A_NUMBER
    floats = [float(x.mid()) for x in numbers]
    if not all(x.is_exact() and math.isfinite(y) and arb(y) == x for x, y in zip(numbers, floats, strict=True)):
        return found
    if not is_of_numpy(ufunc) and max(map(abs, floats)) > MODERATE:
        return found
    try:
        with np.errstate(divide="ignore", invalid="ignore", under="ignore", over="raise"):
            y = float(ufunc(*floats))
    except FloatingPointError:
        return found
    return found if math.isfinite(y) else arb(y)


def ieee_at_infinity(entry: Any, ufunc: Any, numbers: tuple[arb, ...]) -> arb:
    """What IEEE says of a function where an argument is not finite: of NaN, of ±∞, and limits such as tanh ∞ and arctan ∞.

    Of an argument that is no float, another stands in that lies between the same two integers.
    """
    points = [representative(x) for x in numbers]
    if any(point is None for point in points):
        return arb.nan()
    with np.errstate(all="ignore"):
        y = float(ufunc(*points))
    if not math.isfinite(y) or y in (-1.0, 0.0, 1.0):
        return arb(y)
    quarters = round(y / math.pi * 4)
    if quarters and abs(y - quarters * math.pi / 4) < 1e-15 * abs(y):
        return arb.pi() * quarters / 4
    return entry.ball(*numbers)


def is_of_numpy(ufunc: Any) -> bool:
    return getattr(np, ufunc.__name__, None) is ufunc


def representative(x: arb) -> float | None:
    """A float that stands for a number beside an infinite one, None where none is certain to."""
    if not x.is_finite():
        return float(x.mid()) if is_certain(x) else None
    y = float(x.mid())
    if x.is_exact() and math.isfinite(y) and arb(y) == x:
        return y
    if x.contains_integer() or not abs(y) < 2.0**50:
        return None
    return float(x.mid().floor().mid()) + 0.5


def sign_of_ball(x: arb) -> int:
    if x > 0:
        return 1
    if x < 0:
        return -1
    if x.is_zero() or is_certain_nan(x):
        return 0
    raise Undecided(f"the sign of {x} is unknown")


def integer_of(x: arb) -> int:
    found = x.unique_fmpz() if x.is_exact() and x.is_finite() else None
    if found is None:
        raise ValueError(f"expected an integer, got {x}")
    return int(found)


def power_of_ball(base: arb, exponent: arb) -> arb:
    """Integer exponents by squaring: FLINT's power has NaN for a ball that holds 0."""
    if exponent.is_exact() and exponent.is_finite() and (whole := exponent.unique_fmpz()) is not None:
        return integer_power(base, whole)
    if base.is_zero():
        return arb(0) if exponent > 0 else INFINITY if exponent < 0 else base**exponent
    return base**exponent


def integer_power(base: arb, exponent: fmpz) -> arb:
    size = abs(int(exponent))
    if size > 4096:
        return base**exponent
    found, square = arb(1), base
    while size:
        if size & 1:
            found = found * square
        size >>= 1
        if size:
            square = square * square
    return found if exponent >= 0 else quotient_of_balls(arb(1), found)


def quotient_of_balls(a: arb, b: arb) -> arb:
    """Division by an exact zero, which counts as +0, follows IEEE."""
    if not b.is_zero():
        return a / b
    if not (a > 0 or a < 0 or a.is_zero()):
        return a / b
    return INFINITY if a > 0 else -INFINITY if a < 0 else NOT_A_NUMBER
