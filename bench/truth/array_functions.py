"""NumPy's functions of arrays, for the arrays of an oracle.

Those that only arrange entries run in NumPy itself, on the places of the entries. Those that choose among numbers (max, sort,
clip) compare them, and so note ties. The others are written with the operators of `OracleArray`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from .elementary_functions import POLYGAMMA, SCALED_BESSEL
from .jets import Jet, as_numbers, constant, current
from .jets import where as where_of_jets
from .number_kinds import BALLS, as_objects, object_array
from .oracle_arrays import (
    FUNCTIONS,
    OracleArray,
    array_of,
    call_elementary,
    decided_signs,
    linear_change,
    note_tie,
    refuse,
    scatter_add,
    zeros,
)
from .reverse_mode import Node, SlopeArray, sum_to_shape

Function = Callable[..., Any]


def known(*names: str) -> Callable[[Function], Function]:
    """Enter a function in the table under these names."""

    def enter(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return enter


def axes_of(x: OracleArray, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    chosen = axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(range(x.ndim)[int(i)] for i in chosen)


# Arrangements --------------------------------------------------------------------------------------------

VIEWS = ("reshape", "ravel", "transpose", "swapaxes", "moveaxis", "rollaxis", "squeeze", "expand_dims", "diagonal",
         "broadcast_to", "flip", "fliplr", "flipud", "rot90", "split", "array_split", "hsplit", "vsplit", "atleast_1d",
         "atleast_2d", "matrix_transpose")  # fmt: skip
COPIES = ("diag", "tril", "triu", "concatenate", "stack", "vstack", "hstack", "column_stack", "dstack", "take", "roll",
          "take_along_axis", "repeat", "tile", "pad", "compress", "resize", "append", "delete", "insert", "diagflat")  # fmt: skip


def places_in(sources: list[OracleArray], argument: Any) -> Any:
    """The first argument of an arrangement with the place of each entry, from 1, in place of the entry."""
    if isinstance(argument, list | tuple) and not any(np.isscalar(item) for item in argument):
        return [places_in(sources, item) for item in argument]
    array = array_of(argument)
    begun = 1 + sum(x.size for x in sources)
    sources.append(array)
    return np.arange(begun, begun + array.size).reshape(array.shape)


def plain_argument(x: Any) -> Any:
    if isinstance(x, OracleArray):
        return x.value.first if x.is_mask else x.integers("an argument that counts or orders entries")
    return [plain_argument(item) for item in x] if isinstance(x, list) else x


def arrangement(name: str) -> Function:
    function = getattr(np, name)

    def arranged(argument: Any, *more: Any, **options: Any) -> Any:
        if name == "pad" and not set(options) <= {"mode", "pad_width"} and options.get("constant_values", 0) != 0:
            raise refuse("np.pad with constant_values other than 0")
        if name in ("append", "insert") and any(isinstance(x, OracleArray) for x in more):
            raise refuse(f"np.{name}; use np.concatenate", "concatenate")
        sources: list[OracleArray] = []
        places = places_in(sources, argument)
        more = tuple(plain_argument(x) for x in more)
        found = function(places, *more, **{key: plain_argument(x) for key, x in options.items()})
        view = name in VIEWS and len(sources) == 1
        return (
            [gather(sources, x, view) for x in found]
            if isinstance(found, list | tuple)
            else gather(sources, found, view)
        )

    return arranged


for arrangement_name in (*VIEWS, *COPIES):
    FUNCTIONS[arrangement_name] = arrangement(arrangement_name)


def gather(sources: list[OracleArray], places: np.ndarray, view: bool = False) -> OracleArray:
    """The entries at these places, from 1, of all sources one after the other; 0 where the place is 0."""
    masks = all(x.is_mask for x in sources)
    jets = [x.value if masks else as_numbers(x.value) for x in sources]
    zero = np.zeros(1, bool) if masks else current().kind.full((1,), 0)

    def picked(power: int) -> np.ndarray | None:
        if all(jet.coefficient(power) is None for jet in jets):
            return None
        parts = [jet.first if power == 0 else jet.numbers(power) for jet in jets]
        return np.asarray(np.concatenate([zero, *(part.ravel() for part in parts)])[places])

    moving = None
    if any(jet.moving is not None for jet in jets):
        flags = [np.zeros(jet.size, bool) if jet.moving is None else np.ravel(jet.moving) for jet in jets]
        moving = np.asarray(np.concatenate([[False], *flags])[places])
    value = Jet([picked(k) for k in range(max(len(jet.coefficients) for jet in jets))], moving)
    made_from, begun = [], 1
    for x in sources:
        own = np.where((places >= begun) & (places < begun + x.size), places - begun, -1)
        made_from.append((x.node, functools.partial(scatter_add, places=own, shape=x.shape)))
        begun += x.size
    return OracleArray(Node(value, tuple(made_from)), base=sources[0] if view else None)


@known(
    "copy",
    "ascontiguousarray",
    "positive",
    "real",
    "conj",
    "conjugate",
    "asarray",
    "array",
    "asanyarray",
    "float64",
    "double",
)
def copy(x: Any, dtype: Any = None, *, copy: Any = None, ndmin: int = 0) -> Any:
    from .complex_arrays import ComplexArray

    if isinstance(x, ComplexArray):
        return x
    found = array_of(x)
    found = OracleArray(Node(found.value, ((found.node, lambda g: g),)))
    return found if dtype is None else astype(found, dtype)


@known("flatten")
def flatten(x: Any) -> OracleArray:
    return copy(FUNCTIONS["ravel"](x))  # type: ignore[no-any-return]


@known("astype")
def astype(x: Any, dtype: Any, **options: Any) -> OracleArray:
    x, kind = array_of(x), np.dtype(dtype)
    if kind == bool:
        return x if x.is_mask else x != 0
    if kind.kind in "iu":
        return trunc(x * 1)
    if kind == np.float64:
        return x * 1
    raise refuse(f"astype({kind}), which rounds; use astype(float), which does not")


@known("zeros", "empty")
def zeros_of(shape: Any, dtype: Any = float, **options: Any) -> OracleArray:
    return zeros(plain_argument(shape), mask=np.dtype(dtype) == bool)


@known("ones")
def ones_of(shape: Any, dtype: Any = float, **options: Any) -> OracleArray:
    return zeros(plain_argument(shape), 1.0, mask=np.dtype(dtype) == bool)


@known("full")
def full(shape: Any, number: Any, dtype: Any = None) -> OracleArray:
    return copy(FUNCTIONS["broadcast_to"](array_of(number), plain_argument(shape)))  # type: ignore[no-any-return]


@known("zeros_like", "empty_like")
def zeros_like(x: Any, dtype: Any = float) -> OracleArray:
    return zeros_of(array_of(x).shape, dtype)


@known("ones_like")
def ones_like(x: Any, dtype: Any = float) -> OracleArray:
    return ones_of(array_of(x).shape, dtype)


@known("full_like")
def full_like(x: Any, number: Any, dtype: Any = None) -> OracleArray:
    return full(array_of(x).shape, number)


for plain_name in ("eye", "identity", "tri", "arange"):

    def constant_array(*args: Any, make: Function = getattr(np, plain_name), **kwargs: Any) -> OracleArray:
        kwargs.pop("dtype", None)
        return array_of(make(*(plain_argument(x) for x in args), **kwargs)) * 1

    FUNCTIONS[plain_name] = constant_array


@known("linspace")
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> OracleArray:
    parts = int(num) - 1 if endpoint else int(num)
    return start + (stop - array_of(start)) * array_of(np.arange(int(num))) / max(parts, 1)  # type: ignore[no-any-return]


@known("shape")
def shape_of(x: Any) -> tuple[int, ...]:
    return array_of(x).shape  # type: ignore[no-any-return]


@known("ndim")
def ndim_of(x: Any) -> int:
    return array_of(x).ndim  # type: ignore[no-any-return]


@known("size")
def size_of(x: Any) -> int:
    return array_of(x).size  # type: ignore[no-any-return]


# Choices -------------------------------------------------------------------------------------------------


@known("where")
def where(mask: Any, a: Any = None, b: Any = None) -> Any:
    """a where the mask holds, else b; what is not chosen gets no slope, whatever its own slope is."""
    from .complex_arrays import ComplexArray

    if a is None:
        return nonzero(mask)
    if isinstance(a, ComplexArray) or isinstance(b, ComplexArray):
        left, right = ComplexArray.of(a), ComplexArray.of(b)
        return ComplexArray(where(mask, left.real, right.real), where(mask, left.imag, right.imag))
    chosen, left, right = array_of(mask), array_of(a), array_of(b)
    chosen = chosen if chosen.is_mask else chosen != 0
    held = chosen.value.first
    if left.is_mask and right.is_mask:
        return OracleArray(Node(Jet([np.where(held, left.value.first, right.value.first)])))
    value = where_of_jets(held, left.value, right.value)

    def back(side: np.ndarray, shape: tuple[int, ...]) -> Callable[[SlopeArray], SlopeArray]:
        def rule(g: SlopeArray) -> SlopeArray:
            zero = constant((), 0)
            return sum_to_shape(SlopeArray(where_of_jets(side, g.jet, zero), g.active_everywhere() & side), shape)

        return rule

    made_from = ((left.node, back(held, left.shape)), (right.node, back(~held, right.shape)))
    return OracleArray(Node(value, made_from))


@known("select")
def select(masks: list[Any], choices: list[Any], default: Any = 0) -> Any:
    found = default
    for mask, choice in reversed(list(zip(masks, choices, strict=True))):
        found = where(mask, choice, found)
    return found


def mask_of(x: np.ndarray) -> OracleArray:
    return OracleArray(Node(Jet([np.asarray(x, bool)])))


@known("isnan")
def isnan(x: Any) -> OracleArray:
    return mask_of(current().kind.is_nan(as_numbers(array_of(x).value).first))


@known("isfinite")
def isfinite(x: Any) -> OracleArray:
    numbers = as_numbers(array_of(x).value).first
    isnan(x)  # which raises where nothing is known of a number
    return mask_of(current().kind.is_finite(numbers))


@known("isinf")
def isinf(x: Any) -> OracleArray:
    return ~isfinite(x) & ~isnan(x)


@known("nan_to_num")
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    x, limits = array_of(x), np.finfo(float)
    found = where(isnan(x), nan, x)
    found = where(isinf(x) & (x > 0), limits.max if posinf is None else posinf, found)
    return where(isinf(x) & (x < 0), limits.min if neginf is None else neginf, found)


@known("maximum")
def maximum(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    return where(isnan(a) | (a >= b), a, b)


@known("minimum")
def minimum(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    return where(isnan(a) | (a <= b), a, b)


@known("fmax")
def fmax(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    return where(isnan(b) | (a >= b), a, b)


@known("fmin")
def fmin(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    return where(isnan(b) | (a <= b), a, b)


@known("clip")
def clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    x = array_of(x) if low is None else maximum(x, low)
    return x if high is None else minimum(x, high)


@known("absolute", "abs", "fabs")
def absolute(x: Any) -> Any:
    from .complex_arrays import ComplexArray

    if isinstance(x, ComplexArray):
        return x.absolute()
    x = array_of(x)
    found, unknown = where(x >= 0, x, -x), isnan(x)
    return where(unknown, math.nan * x, found) if any_of(unknown) else found


@known("sign")
def sign(x: Any) -> Any:
    x = array_of(x)
    found = array_of(decided_signs(x, array_of(0), "np.sign"))
    return where(isnan(x), math.nan, found * 1)


@known("heaviside")
def heaviside(x: Any, at_zero: Any) -> Any:
    x = array_of(x)
    return where(isnan(x), math.nan, where(x < 0, 0, where(x > 0, 1, at_zero)))


@known("copysign")
def copysign(x: Any, y: Any) -> Any:
    """Refused at y = 0, whose sign is lost, and of NaN."""
    y = array_of(y)
    if any_of((y == 0) | isnan(y)):
        raise refuse("np.copysign of a zero's or a NaN's sign; use np.where")
    return absolute(x) * where(y > 0, 1, -1)


# Rounding to integers: constant but for jumps ------------------------------------------------------------


def lower_integer(x: OracleArray, what: str) -> OracleArray:
    """⌊x⌋, decided by comparisons with the integer below the midpoint and the one above."""
    kind, numbers = current().kind, as_numbers(x.value).first
    finite = kind.is_finite(numbers)
    safe = np.where(finite, numbers, kind.full((), 0))
    if kind is BALLS:
        below = object_array((ball.mid().floor() for ball in safe.flat), safe.shape)
    else:
        below = np.floor(safe)
    inside = where(finite, x, 0)
    n = OracleArray(Node(Jet([below])))
    step = (decided_signs(inside, n + 1, what) >= 0).astype(int) - (decided_signs(inside, n, what) < 0)
    return where(finite, n + array_of(step), OracleArray(Node(Jet([numbers]))))  # type: ignore[no-any-return]


@known("floor")
def floor(x: Any) -> OracleArray:
    return lower_integer(array_of(x), "np.floor")


@known("ceil")
def ceil(x: Any) -> OracleArray:
    return -lower_integer(-array_of(x), "np.ceil")


@known("trunc", "fix")
def trunc(x: Any) -> OracleArray:
    x = array_of(x)
    return where(x >= 0, lower_integer(x, "np.trunc"), -lower_integer(-x, "np.trunc"))  # type: ignore[no-any-return]


@known("round", "around", "rint")
def round_half_even(x: Any, decimals: int = 0) -> OracleArray:
    if decimals:
        raise refuse("np.round with decimals")
    x, given = array_of(x), array_of(x)
    finite = isfinite(x)
    x = x if finite.value.first.all() else where(finite, x, 0)
    n = lower_integer(x, "np.round")
    half = decided_signs(x - n, array_of(0.5), "np.round")
    odd = n - 2 * lower_integer(n / 2, "np.round")
    found = n + array_of((half > 0).astype(int)) + odd * array_of((half == 0).astype(int))
    return where(finite, found, OracleArray(Node(Jet([as_numbers(given.value).first]))))  # type: ignore[no-any-return]


@known("mod", "remainder")
def mod(a: Any, b: Any) -> Any:
    """a − b ⌊a/b⌋. Of an infinite b it is a, or b where their signs differ."""
    a, b = array_of(a), array_of(b)
    endless = isinf(b) & isfinite(a)
    safe = where(endless, 1, b) if any_of(endless) else b
    found = a - safe * floor(a / safe)
    return where(endless, where((a == 0) | ((a > 0) == (b > 0)), a, b), found) if any_of(endless) else found


@known("fmod")
def fmod(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    endless = isinf(b) & isfinite(a)
    safe = where(endless, 1, b) if any_of(endless) else b
    found = a - safe * trunc(a / safe)
    return where(endless, a, found) if any_of(endless) else found


@known("floor_divide")
def floor_divide(a: Any, b: Any) -> Any:
    """⌊a/b⌋, −1 of an infinite b where the signs differ; NaN of an infinite a, as NumPy has it."""
    a, b = array_of(a), array_of(b)
    found, endless = floor(a / b), isinf(b) & isfinite(a)
    if any_of(endless):
        found = where(endless, where((a == 0) | ((a > 0) == (b > 0)), 0, -1), found)
    return where(isinf(a) & (b != 0), math.nan, found) if any_of(isinf(a)) else found


@known("divmod")
def divided_with_rest(a: Any, b: Any) -> Any:
    return floor_divide(a, b), mod(a, b)


@known("reciprocal")
def reciprocal(x: Any) -> Any:
    return 1 / array_of(x)


@known("float_power")
def float_power(a: Any, b: Any) -> Any:
    return call_elementary(np.power, array_of(a), array_of(b))


@known("degrees")
def degrees(x: Any) -> Any:
    return np.rad2deg(array_of(x))


@known("radians")
def radians(x: Any) -> Any:
    return np.deg2rad(array_of(x))


# Sums and products ---------------------------------------------------------------------------------------


@known("sum")
def total(x: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False, where: Any = None) -> Any:
    x = array_of(x)
    if where is not None:
        x = FUNCTIONS["where"](where, x, 0)
    x = x * 1 if x.is_mask else x
    axes = axes_of(x, axis)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    shape = kept if keepdims else tuple(n for i, n in enumerate(x.shape) if i not in axes)
    if x.size == 0:
        return zeros(shape)

    def add_up(c: np.ndarray) -> np.ndarray:
        return as_objects(c.sum(axis=axes)).reshape(shape)

    def back(g: SlopeArray) -> SlopeArray:
        return g.changed(lambda c: np.broadcast_to(c.reshape(kept), x.shape))

    return linear_change(x, add_up, back)


def count_along(x: OracleArray, axis: Any) -> int:
    return math.prod(x.shape[i] for i in axes_of(x, axis))


@known("mean")
def mean(x: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    x = array_of(x)
    return total(x, axis, keepdims=keepdims) / count_along(x, axis)


@known("average")
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    if weights is None:
        return mean(x, axis)
    weights = array_of(weights)
    return total(array_of(x) * weights, axis) / total(weights, axis if weights.ndim == array_of(x).ndim else None)


@known("var")
def var(x: Any, axis: Any = None, ddof: int = 0, *, correction: int | None = None, keepdims: bool = False) -> Any:
    x = array_of(x)
    distance = x - mean(x, axis, keepdims=True)
    free = count_along(x, axis) - (ddof if correction is None else correction)
    return total(distance * distance, axis, keepdims=keepdims) / free


@known("std")
def std(x: Any, axis: Any = None, **options: Any) -> Any:
    return np.sqrt(var(x, axis, **options))


@known("ptp")
def ptp(x: Any, axis: Any = None) -> Any:
    return largest(x, axis) - smallest(x, axis)


@known("nansum")
def nansum(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return total(where(isnan(x), 0, x), axis, keepdims=keepdims)


@known("nanmean")
def nanmean(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return nansum(x, axis, keepdims=keepdims) / total(~isnan(x), axis, keepdims=keepdims)


@known("nanvar")
def nanvar(x: Any, axis: Any = None, ddof: int = 0) -> Any:
    x, present = array_of(x), ~isnan(x)
    distance = where(present, x - nanmean(x, axis, keepdims=True), 0)
    return total(distance * distance, axis) / (total(present, axis) - ddof)


@known("nanstd")
def nanstd(x: Any, axis: Any = None, ddof: int = 0) -> Any:
    return np.sqrt(nanvar(x, axis, ddof))


def fold(x: OracleArray, axis: Any, combine: Function, keepdims: bool) -> Any:
    """The entries along the axes combined in pairs, in log n steps."""
    axes = axes_of(x, axis)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    rest = [i for i in range(x.ndim) if i not in axes]
    found = FUNCTIONS["transpose"](x, (*axes, *rest)) if x.ndim > 1 else x
    found = FUNCTIONS["reshape"](found, (count_along(x, axis), *(x.shape[i] for i in rest)))
    if not found.shape[0]:
        raise ValueError("zero-size array to a reduction that has no identity")
    while (n := found.shape[0]) > 1:
        pairs = combine(found[: n // 2], found[n // 2 : 2 * (n // 2)])
        found = FUNCTIONS["concatenate"]([pairs, found[n - 1 :]]) if n % 2 else pairs
    return FUNCTIONS["reshape"](found, kept) if keepdims else found[0]


@known("prod")
def prod(x: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    x = array_of(x) * 1
    if not count_along(x, axis):
        return total(x, axis, keepdims=keepdims) + 1
    return fold(x, axis, lambda a, b: a * b, keepdims)


@known("max", "amax")
def largest(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return fold(array_of(x), axis, maximum, keepdims)


@known("min", "amin")
def smallest(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return fold(array_of(x), axis, minimum, keepdims)


@known("nanmax")
def nanmax(x: Any, axis: Any = None) -> Any:
    return fold(array_of(x), axis, fmax, False)


@known("nanmin")
def nanmin(x: Any, axis: Any = None) -> Any:
    return fold(array_of(x), axis, fmin, False)


@known("any")
def any_of(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    x = array_of(x)
    return mask_of((x if x.is_mask else x != 0).value.first.any(axis=axis, keepdims=keepdims))


@known("all")
def all_of(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    x = array_of(x)
    return mask_of((x if x.is_mask else x != 0).value.first.all(axis=axis, keepdims=keepdims))


@known("count_nonzero")
def count_nonzero(x: Any, axis: Any = None) -> Any:
    x = array_of(x)
    return total(x if x.is_mask else x != 0, axis)


@known("cumsum")
def cumsum(x: Any, axis: Any = None) -> Any:
    x = array_of(x) * 1
    x, axis = (x, int(axis)) if axis is not None else (FUNCTIONS["ravel"](x), 0)

    def reversed_sums(c: np.ndarray) -> np.ndarray:
        return np.flip(np.cumsum(np.flip(c, axis), axis=axis), axis)

    return linear_change(x, lambda c: np.cumsum(c, axis=axis), lambda g: g.changed(reversed_sums))


@known("cumprod")
def cumprod(x: Any, axis: Any = None) -> Any:
    x = array_of(x) * 1
    x = FUNCTIONS["ravel"](x) if axis is None else FUNCTIONS["moveaxis"](x, axis, 0)
    step = 1
    while step < x.shape[0]:
        x = FUNCTIONS["concatenate"]([x[:step], x[step:] * x[:-step]])
        step *= 2
    return x if axis is None else FUNCTIONS["moveaxis"](x, 0, axis)


@known("diff")
def diff(x: Any, n: int = 1, axis: int = -1) -> Any:
    x = FUNCTIONS["moveaxis"](array_of(x), axis, 0)
    for _ in range(n):
        x = x[1:] - x[:-1]
    return FUNCTIONS["moveaxis"](x, 0, axis)


# Order ---------------------------------------------------------------------------------------------------


def ranks_along(x: OracleArray, axis: int, what: str) -> np.ndarray:
    """The stable order of the entries along an axis, NaN last, as `np.argsort` gives it; equal ones are ties."""
    lines = np.moveaxis(np.arange(x.size).reshape(x.shape), axis, -1)
    flat = FUNCTIONS["ravel"](x)
    found = np.empty(lines.shape, int)
    unknown = current().kind.is_nan(as_numbers(flat.value).first)
    for at in np.ndindex(lines.shape[:-1]):
        found[at] = order_of_line(flat, lines[at], unknown, what)
    return np.moveaxis(found, -1, axis)


def order_of_line(flat: OracleArray, places: np.ndarray, unknown: np.ndarray, what: str) -> list[int]:
    kind, state, jet = current().kind, current(), as_numbers(flat.value)
    powers = range(len(jet.coefficients) if state.ties == "direction" else 1)
    columns = [jet.numbers(power)[places] for power in powers]
    equal: list[bool] = []

    def compare(i: int, j: int) -> int:
        for column in columns:
            sign = (
                int(kind.sign(as_objects(column[i] - column[j])))
                if kind is BALLS
                else int(np.sign(column[i] - column[j]))
            )
            if sign:
                return sign
        equal.append(True)
        return j - i if state.ties == "down" else i - j

    numbers = [i for i, place in enumerate(places) if not unknown[place]]
    order = sorted(numbers, key=functools.cmp_to_key(compare))
    if equal and flat.node.moves:
        note_tie(what, np.ones((), bool))
    return order + [i for i, place in enumerate(places) if unknown[place]]


@known("argsort")
def argsort(x: Any, axis: int | None = -1, **options: Any) -> Any:
    x = array_of(x)
    x, axis = (FUNCTIONS["ravel"](x), 0) if axis is None else (x, axis)
    return array_of(ranks_along(x, axis, "np.argsort")) * 1


@known("sort")
def sort(x: Any, axis: int | None = -1, **options: Any) -> Any:
    x = array_of(x)
    x, axis = (FUNCTIONS["ravel"](x), 0) if axis is None else (x, axis)
    return FUNCTIONS["take_along_axis"](x, ranks_along(x, axis, "np.sort"), axis)


@known("median")
def median(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    x = array_of(x)
    line = FUNCTIONS["ravel"](x) if axis is None else FUNCTIONS["moveaxis"](x, axis, 0)
    n = line.shape[0]
    ordered = sort(line, 0)
    found = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    found = where(any_of(isnan(line), 0), math.nan, found) if np.any(isnan(line).value.first) else found
    return FUNCTIONS["reshape"](found, [1] * x.ndim) if keepdims and axis is None else (
        FUNCTIONS["expand_dims"](found, axis) if keepdims else found
    )  # fmt: skip


@known("argmax")
def argmax(x: Any, axis: Any = None, *, keepdims: bool = False, what: str = "np.argmax") -> Any:
    """The lowest place of a largest entry; NaN counts as larger than any number."""
    x = array_of(x)
    line = FUNCTIONS["ravel"](x) if axis is None else FUNCTIONS["moveaxis"](x, axis, 0)
    unknown = isnan(line).value.first
    best = np.zeros(line.shape[1:], int)
    held, nan = line[0], unknown[0]
    for i in range(1, line.shape[0]):
        larger = (decided_signs(line[i], held, what) > 0) & ~nan | (unknown[i] & ~nan)
        best, nan = np.where(larger, i, best), nan | unknown[i]
        held = where(larger, line[i], held)
    found = array_of(best) * 1
    return FUNCTIONS["expand_dims"](found, axis) if keepdims and axis is not None else found


@known("argmin")
def argmin(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return argmax(-array_of(x), axis, keepdims=keepdims, what="np.argmin")


@known("nonzero")
def nonzero(x: Any) -> Any:
    x = array_of(x)
    mask = (x if x.is_mask else x != 0).value.first
    return tuple(array_of(places) * 1 for places in np.nonzero(mask))


@known("flatnonzero")
def flatnonzero(x: Any) -> Any:
    return nonzero(FUNCTIONS["ravel"](array_of(x)))[0]


@known("searchsorted")
def searchsorted(knots: Any, x: Any, side: str = "left") -> Any:
    knots, x = array_of(knots), array_of(x)
    at = x[..., None]
    return total(knots < at if side == "left" else knots <= at, -1)


def scatter_sum(values: OracleArray, places: np.ndarray, size: int) -> OracleArray:
    """Σ of the values at each place."""

    def add_up(c: np.ndarray) -> np.ndarray:
        if c.dtype == bool:
            found = np.zeros(size, bool)
            np.logical_or.at(found, places, c)
        else:
            found = current().kind.full((size,), 0)
            np.add.at(found, places, c)
        return found

    return linear_change(values, add_up, lambda g: g.changed(lambda c: c[places]))


@known("bincount")
def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    places = array_of(x).integers("np.bincount").ravel()
    size = max(int(places.max(initial=-1)) + 1, int(minlength))
    values = array_of(np.ones(places.size)) if weights is None else FUNCTIONS["ravel"](array_of(weights))
    return scatter_sum(values, places, size)


@known("add_at")
def add_at(target: Any, index: Any, values: Any, sign: int = 1) -> None:
    from .oracle_arrays import plain_index

    if not isinstance(target, OracleArray):
        raise refuse("np.add.at on a plain NumPy array; import numpy at the top of the file")
    places = np.arange(target.size).reshape(target.shape)[plain_index(index)]
    spread = FUNCTIONS["ravel"](FUNCTIONS["broadcast_to"](array_of(values) * sign, places.shape))
    target[...] = target + FUNCTIONS["reshape"](scatter_sum(spread, places.ravel(), target.size), target.shape)


# Products ------------------------------------------------------------------------------------------------


def product_of_jets(a: Jet, b: Jet) -> Jet:
    kind = current().kind
    length = min(current().order + 1, len(a.coefficients) + len(b.coefficients) - 1)
    parts: list[np.ndarray | None] = [None] * length
    for i, x in enumerate(a.coefficients[:length]):
        for j, y in enumerate(b.coefficients[: length - i]):
            if x is not None and y is not None:
                part = kind.product(x, y)
                held = parts[i + j]
                parts[i + j] = part if held is None else as_objects(held + part)
    moving = None
    if a.moving is not None or b.moving is not None:
        flags = [np.zeros(jet.shape, int) if jet.moving is None else jet.moving.astype(int) for jet in (a, b)]
        ones = [np.ones(jet.shape, int) for jet in (a, b)]
        moving = np.asarray((flags[0] @ ones[1] + ones[0] @ flags[1]) > 0)
    return Jet(parts, moving)


def outer_of_jets(a: Jet, b: Jet) -> Jet:
    return a.changed(lambda c: c[:, None]) * b.changed(lambda c: c[None, :])  # type: ignore[no-any-return]


def transposed(jet: Jet) -> Jet:
    return jet.changed(lambda c: c.T)


def without_inactive(g: SlopeArray, other: Jet, axis: int) -> tuple[Jet, Jet]:
    """The slope and the other factor without the rows that have no slope, where 0 · NaN would spread."""
    if g.active is None or current().kind.is_finite(other.first).all():
        return g.jet, other
    used = g.active if g.active.ndim == 1 else g.active.any(axis=1 - axis)
    return (g.jet[used], other[used]) if axis == 0 else (g.jet[..., used], other[..., used])


@known("matmul")
def matmul(a: Any, b: Any) -> Any:
    from .complex_arrays import ComplexArray, multiply_complex

    if isinstance(a, ComplexArray) or isinstance(b, ComplexArray):
        return multiply_complex(matmul, a, b)
    a, b = (
        array_of(a) * 1 if array_of(a).is_mask else array_of(a),
        array_of(b) * 1 if array_of(b).is_mask else array_of(b),
    )
    if not a.ndim or not b.ndim:
        raise ValueError("matmul: an array without axes; use *")
    if a.shape[-1] != b.shape[0 if b.ndim == 1 else -2]:
        raise ValueError(f"matmul: shapes {a.shape} and {b.shape} do not fit")
    if a.ndim > 2 or b.ndim > 2:
        if b.ndim == 1:
            return total(a * b, -1)
        left = a[..., None] if a.ndim > 1 else a[:, None]
        return total(left * b[..., None, :, :], -2) if a.ndim > 1 else total(left * b, -2)
    left, right = a.value, b.value

    def by_left(g: SlopeArray) -> SlopeArray:
        if right.ndim == 1:
            return SlopeArray(g.jet * right if left.ndim == 1 else outer_of_jets(g.jet, right))
        slope, factor = without_inactive(g, right, 1)
        return SlopeArray(product_of_jets(slope, transposed(factor)))

    def by_right(g: SlopeArray) -> SlopeArray:
        if left.ndim == 1:
            return SlopeArray(g.jet * left if right.ndim == 1 else outer_of_jets(left, g.jet))
        slope, factor = without_inactive(g, left, 0)
        return SlopeArray(transposed(product_of_jets(transposed(slope), factor)))

    return OracleArray(Node(product_of_jets(left, right), ((a.node, by_left), (b.node, by_right))))


@known("dot")
def dot(a: Any, b: Any) -> Any:
    from .complex_arrays import ComplexArray

    if not any(isinstance(x, ComplexArray) for x in (a, b)):
        a, b = array_of(a), array_of(b)
        if a.ndim > 2 or b.ndim > 2:
            return tensordot(a, b, ([a.ndim - 1], [max(b.ndim - 2, 0)]))
    return a * b if not a.ndim or not b.ndim else matmul(a, b)


@known("vdot")
def vdot(a: Any, b: Any) -> Any:
    return dot(FUNCTIONS["ravel"](FUNCTIONS["conj"](a)), FUNCTIONS["ravel"](b))


@known("inner")
def inner(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    return a * b if not a.ndim or not b.ndim else tensordot(a, b, ([a.ndim - 1], [b.ndim - 1]))


@known("outer")
def outer(a: Any, b: Any) -> Any:
    return FUNCTIONS["ravel"](array_of(a))[:, None] * FUNCTIONS["ravel"](array_of(b))[None, :]


@known("kron")
def kron(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    if a.ndim != 2 or b.ndim != 2:
        raise refuse("np.kron of arrays that are no matrices")
    found = a[:, None, :, None] * b[None, :, None, :]
    return FUNCTIONS["reshape"](found, (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


@known("trace")
def trace(x: Any) -> Any:
    return total(FUNCTIONS["diagonal"](array_of(x)), -1)


@known("tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = array_of(a), array_of(b)
    if isinstance(axes, int):
        axes = (list(range(a.ndim - axes, a.ndim)), list(range(axes)))
    left, right = ([int(i) for i in np.atleast_1d(part)] for part in axes)
    left, right = [range(a.ndim)[i] for i in left], [range(b.ndim)[i] for i in right]
    kept_a, kept_b = ([i for i in range(x.ndim) if i not in used] for x, used in ((a, left), (b, right)))
    inside = math.prod(a.shape[i] for i in left)
    first = FUNCTIONS["reshape"](FUNCTIONS["transpose"](a, (*kept_a, *left)), (-1, inside))
    second = FUNCTIONS["reshape"](FUNCTIONS["transpose"](b, (*right, *kept_b)), (inside, -1))
    shape = (*(a.shape[i] for i in kept_a), *(b.shape[i] for i in kept_b))
    return FUNCTIONS["reshape"](matmul(first, second), shape)


@known("einsum")
def einsum(subscripts: str, *operands: Any, **options: Any) -> Any:
    """By products over all letters and a sum; of two operands without a common letter in the result by `tensordot`."""
    inputs, _, output = subscripts.replace(" ", "").partition("->")
    if "." in inputs:
        raise refuse("np.einsum with an ellipsis")
    letters = inputs.split(",")
    if "->" not in subscripts:
        text = inputs.replace(",", "")
        output = "".join(sorted(x for x in set(text) if text.count(x) == 1))
    arrays = []
    for i, (names, x) in enumerate(zip(letters, operands, strict=True)):
        x, once = array_of(x), "".join(dict.fromkeys(names))
        if once != names:
            x = gather([x], np.einsum(f"{names}->{once}", np.arange(1, x.size + 1).reshape(x.shape)))
        alone = [
            k
            for k, name in enumerate(once)
            if name not in output and all(name not in o for j, o in enumerate(letters) if j != i)
        ]
        arrays.append(
            (total(x, tuple(alone)), "".join(c for k, c in enumerate(once) if k not in alone)) if alone else (x, once)
        )
    if len(arrays) == 2:
        (a, left), (b, right) = arrays
        common = [name for name in left if name in right]
        if not any(name in output for name in common):
            found = tensordot(a, b, ([left.index(x) for x in common], [right.index(x) for x in common]))
            names = "".join(x for x in left + right if x not in common)
            return FUNCTIONS["transpose"](found, [names.index(x) for x in output]) if len(output) > 1 else found
    everything = "".join(dict.fromkeys(output + "".join(names for _, names in arrays)))
    product: Any = 1
    for x, names in arrays:
        order = sorted(range(len(names)), key=lambda k: everything.index(names[k]))
        spread = FUNCTIONS["transpose"](x, order) if len(order) > 1 else x
        product = product * spread[tuple(slice(None) if name in names else None for name in everything)]
    return total(product, tuple(range(len(output), len(everything)))) if len(everything) > len(output) else product


# SciPy's special functions that are written with others --------------------------------------------------


def shift_of(x: OracleArray, axis: Any) -> OracleArray:
    """A constant near the largest entry: any constant is right, and this one keeps 80-bit numbers from overflow."""
    floats = current().kind.to_floats(as_numbers(x.value).first)
    top = np.max(np.where(np.isfinite(floats), floats, -np.inf), axis=axis, keepdims=True)
    return array_of(np.where(np.isfinite(top), top, 0.0))


@known("logsumexp")
def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    x = array_of(a)
    shift = shift_of(x, axis)
    parts = np.exp(x - shift)
    found = np.log(total(parts if b is None else parts * b, axis, keepdims=True)) + shift
    return found if keepdims else total(found, axis)


@known("softmax")
def softmax(x: Any, axis: Any = None) -> Any:
    x = array_of(x)
    parts = np.exp(x - shift_of(x, axis))
    return parts / total(parts, axis, keepdims=True)


@known("log_softmax")
def log_softmax(x: Any, axis: Any = None) -> Any:
    return array_of(x) - logsumexp(x, axis, keepdims=True)


@known("polygamma")
def polygamma(n: Any, x: Any) -> Any:
    return call_elementary(POLYGAMMA, array_of(n), array_of(x))


@known("kl_div")
def kl_div(x: Any, y: Any) -> Any:
    """x log(x/y) − x + y, ∞ beyond the domain."""
    x, y = array_of(x), array_of(y)
    part = special.rel_entr(x, y)
    found = part - x + y
    if not any_of(isinf(part)):
        return found
    return where(isinf(part) & (part > 0) & (isfinite(x) | (y <= 0)), part, found)


for bessel_name, ufunc, bessel_order in (
    ("j0", special.jv, 0), ("j1", special.jv, 1), ("i0", special.iv, 0), ("i1", special.iv, 1),
):  # fmt: skip

    def bessel(x: Any, ufunc: Any = ufunc, order: int = bessel_order) -> Any:
        return call_elementary(ufunc, array_of(order), array_of(x))

    FUNCTIONS[bessel_name] = bessel


@known("ive")
def scaled_bessel(n: Any, x: Any) -> Any:
    """Iₙ(x) exp(−|x|), which has a kink at 0."""
    n, x = array_of(n), array_of(x)
    even, positive = mod(n, 2) == 0, x >= 0
    found = call_elementary(SCALED_BESSEL, n, where(positive, x, -x))
    return where(even | positive, found, -found)


@known("i0e")
def scaled_bessel_of_order_zero(x: Any) -> Any:
    return scaled_bessel(0, x)


@known("i1e")
def scaled_bessel_of_order_one(x: Any) -> Any:
    return scaled_bessel(1, x)


for twice_name in ("log1p", "expm1", "exp2", "cbrt"):  # which scipy.special has once more

    def twice(x: Any, ufunc: Any = getattr(np, twice_name)) -> Any:
        return call_elementary(ufunc, array_of(x))

    FUNCTIONS[twice_name] = twice


@known("exp10")
def exp10(x: Any) -> Any:
    return call_elementary(np.power, array_of(10), array_of(x))
