"""Truncated Taylor series whose coefficients are arrays, and the state of an evaluation.

c₀ + c₁t + c₂t² + …, in balls or in 80-bit numbers. Of an elementary function only its slopes are known, from the table: the
coefficients follow from y' = Σ (∂f/∂xᵢ)(x(t)) xᵢ'(t), one order after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from flint import arb
from numpy.lib.mixins import NDArrayOperatorsMixin

from .elementary_functions import ELEMENTARY, POWER_SLOPE, Constant
from .number_kinds import BALLS, INFINITY, NOT_A_NUMBER, NumberKind, as_objects, sign_of_ball

SIMPLE_POWERS = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)  # whose series are products or a root
LONG_SERIES = 3
COMPARISONS = (np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal)


@dataclass
class Evaluation:
    """kind: of the numbers; order: the highest power of t that is kept.

    ties: what decides where a comparison finds two equal numbers: "as written"; "up" or "down", as if the difference were
    positive or negative; "direction", the first coefficient of its series that is not 0, which `decisions` keeps; "replay",
    these decisions; "both", a mask that is anything from 0 to 1, or "middle", ½. tied: what was found equal.
    singular: for each decision on numbers that depend on parameters, which of them are not finite and how, None for none.
    """

    kind: NumberKind = BALLS
    order: int = 0
    ties: str = "as written"
    tied: list[str] = field(default_factory=list)
    decisions: list[Any] = field(default_factory=list)
    singular: list[np.ndarray | None] = field(default_factory=list)


CURRENT = [Evaluation()]


def current() -> Evaluation:
    return CURRENT[-1]


@contextmanager
def evaluation(**changes: Any) -> Iterator[Evaluation]:
    """Within this context the state is the one before with these changes; `tied` is shared unless it is changed."""
    CURRENT.append(replace(current(), **changes))
    try:
        yield CURRENT[-1]
    finally:
        CURRENT.pop()


class Jet(NDArrayOperatorsMixin):
    """coefficients: arrays of one shape, None where all are 0; a mask or a constant has only the first.

    moving: where an entry depends on t, however flat; None where none does.
    """

    __slots__ = ("coefficients", "moving")

    def __init__(self, coefficients: list[np.ndarray | None], moving: np.ndarray | None = None):
        self.coefficients, self.moving = coefficients, moving

    first: np.ndarray = property(lambda self: self.coefficients[0])  # type: ignore[assignment]
    shape: tuple[int, ...] = property(lambda self: self.coefficients[0].shape)  # type: ignore[assignment]
    ndim: int = property(lambda self: self.coefficients[0].ndim)  # type: ignore[assignment]
    size: int = property(lambda self: self.coefficients[0].size)  # type: ignore[assignment]

    def coefficient(self, power: int) -> np.ndarray | None:
        return self.coefficients[power] if power < len(self.coefficients) else None

    def numbers(self, power: int) -> np.ndarray:
        """The coefficient, zeros where it is None."""
        found = self.coefficient(power)
        return current().kind.full(self.shape, 0) if found is None else found

    def cut(self, order: int) -> Jet:
        return Jet(self.coefficients[: order + 1], self.moving)

    def changed(self, change: Any) -> Jet:
        """A linear change of the arrangement of each coefficient, such as a transpose."""
        moving = None if self.moving is None else np.asarray(change(self.moving), bool)
        return Jet([None if c is None else as_objects(change(c)) for c in self.coefficients], moving)

    def __getitem__(self, index: Any) -> Jet:
        return self.changed(lambda c: c[index])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> Any:
        if method != "__call__" or more:
            raise TypeError(f"np.{ufunc.__name__}.{method} of a series")
        if ufunc in COMPARISONS:
            return compare(ufunc, jet_of(inputs[0]), jet_of(inputs[1]))
        return apply(ufunc, *inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function is not np.where or kwargs:
            raise TypeError(f"np.{function.__name__} of a series")
        return where(*args)


def jet_of(x: Any) -> Jet:
    """`x` as a series: arrays and plain numbers are constants."""
    if isinstance(x, Jet):
        return x
    if isinstance(x, Constant):
        return Jet([current().kind.constant(x.ball)])
    array = np.asarray(x) if isinstance(x, int | float) else as_objects(x)
    return Jet([array if array.dtype == bool or array.dtype == object else current().kind.convert(array)])


def as_numbers(jet: Jet) -> Jet:
    """A mask as numbers 0 and 1."""
    return Jet([current().kind.convert(jet.first)]) if jet.coefficients[0].dtype.char == "?" else jet  # type: ignore[union-attr]


def constant(shape: tuple[int, ...], number: float) -> Jet:
    return Jet([current().kind.full(shape, number)])


def union_moving(*jets: Jet) -> np.ndarray | None:
    found = [jet.moving for jet in jets if jet.moving is not None]
    if not found:
        return None
    shape = np.broadcast_shapes(*(jet.shape for jet in jets))
    return np.broadcast_to(np.logical_or.reduce(np.broadcast_arrays(*found)), shape)


def add_arrays(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
    return b if a is None else a if b is None else as_objects(a + b)


def multiply_arrays(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
    return None if a is None or b is None else current().kind.multiply(a, b)


def spread(coefficients: list[np.ndarray | None], shape: tuple[int, ...]) -> list[np.ndarray | None]:
    return [c if c is None or c.shape == shape else np.broadcast_to(c, shape) for c in coefficients]


def finished(coefficients: list[np.ndarray | None], jets: tuple[Jet, ...]) -> Jet:
    """The result of an operation entry by entry: what does not move has no coefficient, whatever its slope is there."""
    shape = np.broadcast_shapes(*(jet.shape for jet in jets))
    moving = union_moving(*jets)
    if moving is not None and not moving.all():
        zero = current().kind.full((), 0)
        coefficients[1:] = [None if c is None else np.where(moving, c, zero) for c in coefficients[1:]]
    return Jet(spread(coefficients, shape), moving)


def add(a: Jet, b: Jet, sign: int = 1) -> Jet:
    if a.moving is None and b.moving is None:
        left, right = a.first, b.first
        return Jet([as_objects(left + right if sign > 0 else left - right)])
    length = max(len(a.coefficients), len(b.coefficients))
    terms = [None if c is None else as_objects(-c) for c in b.coefficients] if sign < 0 else b.coefficients
    padded_left = [*a.coefficients, *[None] * (length - len(a.coefficients))]
    padded_right = [*terms, *[None] * (length - len(terms))]
    sums = [add_arrays(x, y) for x, y in zip(padded_left, padded_right, strict=True)]
    return finished(sums[: current().order + 1], (a, b))


def multiply(a: Jet, b: Jet) -> Jet:
    if a.moving is None and b.moving is None:
        return Jet([current().kind.multiply(a.first, b.first)])
    length = min(current().order + 1, len(a.coefficients) + len(b.coefficients) - 1)
    products: list[np.ndarray | None] = [None] * length
    for i, x in enumerate(a.coefficients[:length]):
        for j, y in enumerate(b.coefficients[: length - i]):
            products[i + j] = add_arrays(products[i + j], multiply_arrays(x, y))
    return finished(products, (a, b))


def derived(ufunc: Any, *arguments: Jet) -> Jet:
    """A function of the table."""
    if ufunc is np.sqrt and (special := singular_entries(arguments[0])) is not None:
        safe = where(~special, arguments[0], 1)
        return with_germs(derived(ufunc, safe), root_germ, arguments, special)
    state, entry = CURRENT[-1], ELEMENTARY[ufunc]
    coefficients: list[np.ndarray | None] = [state.kind.evaluate(entry, ufunc, *[x.first for x in arguments])]
    moved = [i for i, x in enumerate(arguments) if x.moving is not None]
    if not moved:
        return Jet(coefficients)
    for power in range(1, state.order + 1):
        with evaluation(order=power - 1):
            y, cut = Jet(coefficients[:power], union_moving(*arguments)), [x.cut(power - 1) for x in arguments]
            total: np.ndarray | None = None
            for i in moved:
                slope = slope_of(ufunc, i, y, cut)
                for k in range(1, power + 1):
                    part = multiply_arrays(arguments[i].coefficient(k), slope.coefficient(power - k))
                    total = add_arrays(total, part if part is None or k == 1 else as_objects(part * k))
        coefficients.append(total if total is None or power == 1 else state.kind.divide_by_count(total, power))
    return finished(coefficients, arguments)


def slope_of(ufunc: Any, place: int, y: Jet, arguments: list[Jet]) -> Jet:
    """The slope of a function by an argument. Raises TypeError where the table has none."""
    slope = ELEMENTARY[ufunc].slopes[place]
    if slope is None:
        raise TypeError(
            f"{ufunc.__name__} has no known slope by its argument {place + 1}; it must not depend on a parameter"
        )
    found = as_numbers(jet_of(slope(y, *arguments)))
    return where_defined(found, y, arguments)


def where_defined(slope: Jet, y: Jet, arguments: list[Jet]) -> Jet:
    """A slope is NaN where the function is, beyond its domain, and unknown where nothing is known of the function."""
    kind = current().kind
    if kind.is_finite(y.first).all():
        return slope
    outside = kind.is_undefined(y.first)
    for x in arguments:
        outside = outside & ~kind.is_undefined(x.first)
    if not outside.any():
        return slope
    length = max(len(slope.coefficients), current().order + 1)
    return where(outside, Jet([y.first] * length, y.moving), slope)


def unknown(x: Jet) -> Jet:
    """Numbers that nothing is known of, in every coefficient."""
    number = np.broadcast_to(current().kind.constant(arb.nan), x.shape)
    return Jet([number] * (current().order + 1), x.moving)


def undefined(*arguments: Jet) -> Jet:
    """NaN in every coefficient, for a function of these arguments beyond its domain."""
    shape = np.broadcast_shapes(*(x.shape for x in arguments))
    return Jet([current().kind.full(shape, np.nan)] * (current().order + 1), union_moving(*arguments))


def apply(ufunc: Any, *arguments: Any) -> Any:
    """A ufunc of series."""
    jets = tuple([as_numbers(x if type(x) is Jet else jet_of(x)) for x in arguments])
    if ufunc is np.add:
        return add(jets[0], jets[1])
    if ufunc is np.subtract:
        return add(jets[0], jets[1], -1)
    if ufunc is np.multiply:
        return multiply(*jets)
    if ufunc is np.square:
        return multiply(jets[0], jets[0])
    if ufunc is np.negative:
        return Jet([None if c is None else as_objects(-c) for c in jets[0].coefficients], jets[0].moving)
    if ufunc is np.sign:
        return jet_of(sign_by_ties(jets[0]))
    if ufunc in (np.bitwise_and, np.logical_and):
        return jet_of(np.logical_and(*(jet_of(x).first for x in arguments)))
    if ufunc is np.divide:
        return divide(*jets)
    if ufunc in (np.power, POWER_SLOPE) and (power := simple_power(jets)) is not None:
        return powered(jets[0], power) if ufunc is np.power else power * powered(jets[0], power - 1)
    if ufunc in (np.power, POWER_SLOPE) and is_positive_series(*jets):
        return (
            power_of_positive(*jets) if ufunc is np.power else multiply(jets[1], apply(np.power, jets[0], jets[1] - 1))
        )
    if ufunc is np.hypot and current().ties == "direction":
        return apply(np.sqrt, multiply(jets[0], jets[0]) + multiply(jets[1], jets[1]))
    return derived(ufunc, *jets)


def simple_power(jets: tuple[Jet, ...]) -> float | None:
    """The exponent of a series where it is one number for all entries, ½ or a small integer, and the base is finite."""
    base, exponent = jets
    if current().order == 0 or base.moving is None or exponent.moving is not None or not exponent.size:
        return None
    numbers = current().kind.to_floats(exponent.first)
    found = float(numbers.flat[0])
    same = found in SIMPLE_POWERS and bool(
        current().kind.is_zero(as_objects(exponent.first - jet_of(found).first)).all()
    )
    return found if same and exponent.shape in ((), base.shape) and current().kind.is_finite(base.first).all() else None


def is_positive_series(base: Jet, exponent: Jet) -> bool:
    """Whether a power may be a long series of a logarithm: by the slopes of the table each term doubles the time."""
    if current().order < LONG_SERIES or current().kind is not BALLS or union_moving(base, exponent) is None:
        return False
    return all(x > 0 and x.is_finite() for x in base.first.flat) and bool(BALLS.is_finite(exponent.first).all())


def power_of_positive(base: Jet, exponent: Jet) -> Jet:
    """eᵇ ˡᵒᵍ ᵃ, whose terms take no longer with each order; the first is that of the table."""
    series = apply(np.exp, multiply(exponent, apply(np.log, base)))
    first = BALLS.evaluate(ELEMENTARY[np.power], np.power, base.first, exponent.first)
    return Jet([first, *series.coefficients[1:]], series.moving)


def powered(x: Jet, power: float) -> Any:
    """xᵖ by products, so that a series that starts at 0 loses no terms; √x for ½."""
    if power == 0.5:
        return apply(np.sqrt, x)
    if power < 0:
        return apply(np.divide, 1, apply(np.sqrt, x))
    found = constant(x.shape, 1)
    for _ in range(int(power)):
        found = multiply(found, x)
    return found


def divide(a: Jet, b: Jet) -> Jet:
    """y = a/b: y₀ = a₀/b₀, and yₖ = (aₖ − Σⱼ bⱼ yₖ₋ⱼ)/b₀."""
    kind = current().kind
    entry = ELEMENTARY[np.divide]

    def over(x: np.ndarray) -> np.ndarray:
        return kind.evaluate(entry, np.divide, x, b.first)

    found: list[np.ndarray | None] = [over(a.first)]
    if a.moving is None and b.moving is None:
        return Jet(found)
    for power in range(1, current().order + 1):
        total = a.coefficient(power)
        for j in range(1, power + 1):
            part = multiply_arrays(b.coefficient(j), found[power - j])
            total = add_arrays(total, None if part is None else as_objects(-part))
        found.append(None if total is None else over(total))
    y = Jet(found)
    if not kind.is_finite(y.first).all():
        zero = kind.full(y.shape, 0)
        found[1:] = [where_defined(Jet([zero if c is None else c]), y, [a, b]).first for c in found[1:]]
    special = singular_entries(b)
    quotient = finished(found, (a, b))
    return quotient if special is None else with_germs(quotient, quotient_germ, (a, b), special)


def singular_entries(x: Jet) -> np.ndarray | None:
    """Along a direction: where a series starts at 0, None where none does."""
    if current().ties != "direction" or x.moving is None or current().order == 0:
        return None
    special = np.asarray(current().kind.is_zero(x.first) & x.moving)
    return special if special.any() else None


def with_germs(y: Jet, germ: Callable[..., list[arb]], arguments: tuple[Jet, ...], special: np.ndarray) -> Jet:
    """`y` with the limits 0/0 and √0, in series that lose terms, at the special entries."""
    special = np.broadcast_to(special, y.shape)
    length = current().order + 1
    columns = [[np.broadcast_to(x.numbers(k), y.shape) for k in range(length)] for x in arguments]
    found = [np.array(y.numbers(k)) for k in range(length)]
    for at in map(tuple, np.argwhere(special)):
        series = germ(*([c[at] for c in column] for column in columns))
        for coefficient, number in zip(found, series, strict=True):
            coefficient[at] = number
    return Jet(list(found), union_moving(*arguments))


def valuation(series: list[arb]) -> int:
    """The power of the first term that is not 0, their number where there is none."""
    return next((power for power, number in enumerate(series) if not number.is_zero()), len(series))


def padded(series: list[arb], length: int) -> list[arb]:
    """The series with terms that nothing is known of at its end."""
    return [*series, *[arb.nan()] * (length - len(series))][:length]


def quotient_germ(a: list[arb], b: list[arb]) -> list[arb]:
    """a(t)/b(t) for t → 0 from above, where b(0) = 0."""
    start = valuation(b)
    if start == len(b):
        return padded([], len(a))
    for number in a[:start]:
        if not number.is_zero():
            same = sign_of_ball(number) == sign_of_ball(b[start])
            return padded([INFINITY if same else -INFINITY], len(a))
    found: list[arb] = []
    for power, number in enumerate(a[start:]):
        rest = sum((b[start + j] * found[power - j] for j in range(1, power + 1)), arb(0))
        found.append((number - rest) / b[start])
    return padded(found, len(a))


def root_germ(x: list[arb]) -> list[arb]:
    """√x(t) for t → 0 from above, where x(0) = 0."""
    start = valuation(x)
    zeros = [arb(0)] * (start // 2)
    if start == len(x):
        return padded(zeros, len(x))
    if sign_of_ball(x[start]) < 0:
        return [NOT_A_NUMBER] * len(x)
    if start % 2:
        return padded([*zeros, arb(0), INFINITY], len(x))
    found = [x[start].sqrt()]
    for power, number in enumerate(x[start + 1 :], start=1):
        rest = sum((found[j] * found[power - j] for j in range(1, power)), arb(0))
        found.append((number - rest) / (2 * found[0]))
    return padded([*zeros, *found], len(x))


def sign_by_ties(x: Jet) -> np.ndarray:
    """−1, 0 or 1; along a direction the sign just beside the point."""
    kind, found = current().kind, current().kind.sign(x.first)
    if current().ties == "direction" and x.moving is not None:
        for power in range(1, len(x.coefficients)):
            level = (found == 0) & x.moving
            if not level.any():
                break
            rest = kind.sign(x.numbers(power)[level])
            found[level] = rest
    return found


def compare(ufunc: Any, a: Jet, b: Jet, signs: np.ndarray | None = None) -> np.ndarray:
    """A comparison entry by entry: of NaN only ≠ holds. signs: of a − b, where they are known."""
    a, b = as_numbers(a), as_numbers(b)
    known = compare_infinities(ufunc, a.first, b.first)
    if signs is None:
        with np.errstate(invalid="ignore"):
            signs = sign_by_ties(add(a, b, -1))
    found = np.asarray(ufunc(signs, 0))
    return found if known is None else np.where(known[0], known[1], found)


def compare_infinities(ufunc: Any, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """(where a number is not finite, what a comparison says there), None where all are finite."""
    kind = current().kind
    finite = kind.is_finite(a) & kind.is_finite(b)
    if finite.all():
        return None
    left, right = (floats_of_special(x) for x in np.broadcast_arrays(a, b))
    return ~finite, np.asarray(ufunc(left, right))


def floats_of_special(a: np.ndarray) -> np.ndarray:
    """0 for finite numbers, ∞ and NaN as they are, as floats. Raises Undecided where nothing is known of a number."""
    kind = current().kind
    found = np.where(kind.is_finite(a), 0.0, np.inf)
    found = np.where(kind.is_nan(a), np.nan, found)
    infinite = np.isinf(found)
    found[infinite] *= kind.sign(a[infinite])
    return found


def where(mask: Any, a: Any, b: Any) -> Jet:
    """a where the mask holds, else b."""
    chosen, left, right = jet_of(mask).first, as_numbers(jet_of(a)), as_numbers(jet_of(b))
    shape = np.broadcast_shapes(chosen.shape, left.shape, right.shape)
    length = max(len(left.coefficients), len(right.coefficients))
    zero = current().kind.full((), 0)

    def pick(x: np.ndarray | None, y: np.ndarray | None) -> np.ndarray | None:
        return None if x is None and y is None else np.where(chosen, zero if x is None else x, zero if y is None else y)

    parts = [pick(left.coefficient(k), right.coefficient(k)) for k in range(length)]
    moving = None
    if left.moving is not None or right.moving is not None:
        sides = (np.False_ if side.moving is None else side.moving for side in (left, right))
        moving = np.broadcast_to(np.where(chosen, *sides), shape)
    return Jet(spread(parts, shape), moving)
