"""NumPy's functions of arrays, for the arrays of an oracle.

What only arranges entries runs in NumPy itself, on the places of the entries. Those that choose among numbers (max, clip,
sort) compare them, and so note ties. The others are written with the operators of `OracleArray`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb
from scipy import special

from .elementary_functions import PI, POLYGAMMA, SCALED_BESSEL, SPHERICAL_BESSEL, Constant
from .jets import Jet, add, as_numbers, constant, current, evaluation, multiply, union_moving
from .jets import where as where_of_jets
from .number_kinds import BALLS, as_objects, object_array
from .oracle_arrays import (
    FUNCTIONS,
    OracleArray,
    array_of,
    call_elementary,
    decided_signs,
    decision_of,
    is_complex,
    linear_change,
    named,
    note_singular,
    note_tie,
    plain_index,
    refuse,
    require_integers,
    scatter_add,
    zeros,
)
from .reverse_mode import Node, SlopeArray, sum_to_shape
from .time_budget import Uncertified

Function = Callable[..., Any]


def known(*names: str, alias: bool = False) -> Callable[[Function], Function]:
    """Enter a function in the table under these names; alias: its result may share memory with an argument."""

    def enter(function: Function) -> Function:
        FUNCTIONS.update({name: named(name, function, alias=alias) for name in names})
        return function

    return enter


def axes_of(x: OracleArray, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    chosen = axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(range(x.ndim)[int(i)] for i in chosen)


# Arrangements --------------------------------------------------------------------------------------------

VIEWS = {
    "reshape": 2, "ravel": 1, "transpose": 1, "swapaxes": 2, "moveaxis": 2, "rollaxis": 2, "squeeze": 1, "expand_dims": 1,
    "diagonal": 3, "diag": 1, "broadcast_to": 1, "flip": 1, "fliplr": 0, "flipud": 0, "rot90": 2, "split": 2,
    "array_split": 2, "hsplit": 1, "vsplit": 1, "atleast_1d": 0, "atleast_2d": 0, "atleast_3d": 0, "matrix_transpose": 0,
}  # fmt: skip
COPIES = {
    "tril": 1, "triu": 1, "concatenate": 1, "stack": 1, "vstack": 0, "hstack": 0, "column_stack": 0, "dstack": 0, "take": 2,
    "roll": 2, "take_along_axis": 2, "repeat": 2, "tile": 1, "pad": 2, "resize": 1, "delete": 2, "diagflat": 1,
}  # fmt: skip
"""Name → how many arguments it may have after the array."""
ARRANGEMENT_OPTIONS = frozenset(
    """shape newshape order axis axes axis1 axis2 source destination start offset k m indices_or_sections indices shift
    repeats reps pad_width mode new_shape obj constant_values""".split()  # noqa: SIM905
)
PAD_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


def places_in(sources: list[OracleArray], argument: Any) -> Any:
    """The first argument of an arrangement with the place of each entry, from 1, in place of the entry."""
    if isinstance(argument, list | tuple) and holds_arrays(argument):
        return [places_in(sources, item) for item in argument]
    array = array_of(argument)
    begun = 1 + sum(x.size for x in sources)
    sources.append(array)
    return np.arange(begun, begun + array.size).reshape(array.shape)


def holds_arrays(x: Any) -> bool:
    return (
        any(map(holds_arrays, x)) if isinstance(x, list | tuple) else isinstance(x, OracleArray | Constant | np.ndarray)
    )


def plain_argument(x: Any) -> Any:
    if isinstance(x, OracleArray):
        return x.value.first if x.is_mask else x.integers("an argument that counts or orders entries")
    return type(x)(plain_argument(item) for item in x) if type(x) in (list, tuple) else x


def arrangement(name: str) -> Function:
    function = getattr(np, name)

    def arranged(argument: Any, *more: Any, **options: Any) -> Any:
        require_arrangement(name, more, options)
        sources: list[OracleArray] = []
        places = places_in(sources, argument)
        more = tuple(plain_argument(x) for x in more)
        found = function(places, *more, **{key: plain_argument(x) for key, x in options.items()})
        view = name in VIEWS and len(sources) == 1
        if isinstance(found, list | tuple):
            return [gather(sources, x, view) for x in found]
        return gather(sources, found, view)

    return named(name, arranged, alias=True)


def require_arrangement(name: str, more: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Refuse what would do more than arrange entries, or what depends on how they lie in memory."""
    unknown = sorted(set(options) - ARRANGEMENT_OPTIONS)
    if len(more) > {**VIEWS, **COPIES}[name] or unknown:
        raise refuse(f"np.{name} with {', '.join(unknown) or 'so many arguments'}")
    texts = [x for x in (*more, *options.values()) if isinstance(x, str)]
    if name == "pad":
        fill = options.get("constant_values", 0)
        if any(text not in PAD_MODES for text in texts) or not (isinstance(fill, int | float) and fill == 0):
            raise refuse(f"np.pad but with mode {', '.join(PAD_MODES)} and zeros")
    elif name == "take":
        if any(text not in ("raise", "wrap", "clip") for text in texts):
            raise refuse("np.take with this mode")
    elif any(text not in ("C", "F") for text in texts):
        raise refuse(f"np.{name} with an order other than C and F")
    if any(callable(x) for x in (*more, *options.values()) if not isinstance(x, OracleArray)):
        raise refuse(f"np.{name} with a function")


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
    whole = bool(sources) and all(x.whole for x in sources)
    floating = any(x.floating for x in sources)
    return OracleArray(Node(value, tuple(made_from)), base=sources[0] if view else None, whole=whole, floating=floating)


@known("append")
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    parts = [array_of(arr), array_of(values)]
    if axis is None:
        parts, axis = [FUNCTIONS["ravel"](part) for part in parts], 0
    return FUNCTIONS["concatenate"](parts, axis)


@known("compress")
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    x, chosen = array_of(a), np.flatnonzero(plain_argument(array_of(condition)))
    return FUNCTIONS["take"](FUNCTIONS["ravel"](x), chosen) if axis is None else FUNCTIONS["take"](x, chosen, axis)


def require_order(order: Any) -> None:
    if order not in (None, "C", "K", "A", "F"):
        raise refuse(f"an array in the order {order!r}")


@known("copy")
def copy(x: Any, order: Any = None, subok: bool = False) -> Any:
    require_order(order)
    x = array_of(x)
    return OracleArray(Node(x.value, ((x.node, lambda g: g),)), whole=x.whole, floating=x.floating)


@known("array", alias=True)
def array(x: Any, dtype: Any = None, *, copy: Any = True, order: Any = None, ndmin: int = 0) -> Any:
    found = alias_of(x, dtype, ndmin, order)
    return own_array(found) if copy else found


def own_array(x: Any) -> Any:
    return OracleArray(x.node, whole=x.whole, scalar=False, floating=x.floating) if isinstance(x, OracleArray) else x


@known("asarray", "asanyarray", "ascontiguousarray", alias=True)
def alias_of(x: Any, dtype: Any = None, ndmin: int = 0, order: Any = None, copy: Any = None) -> Any:
    """`x` itself where it is an array."""
    require_order(order)
    if copy:
        raise refuse("np.asarray with copy=True; use np.array", "array")
    found = array_of(x)
    if dtype is not None:
        found = astype(found, dtype, copy=False)
    if isinstance(found, OracleArray) and ndmin > found.ndim:
        found = FUNCTIONS["reshape"](found, (1,) * (ndmin - found.ndim) + found.shape)
    return found


@known("positive")
def positive(x: Any) -> Any:
    return copy(x)


@known("conj", "conjugate", alias=True)
def conjugate(x: Any) -> Any:
    """Of real numbers: a view in one of NumPy's two ways, so that it is none that can be assigned to."""
    return linear_change(array_of(x), lambda c: c, lambda g: g, view=True)


@known("real", alias=True)
def real_part(x: Any) -> Any:
    """A view of `x`, as a real array is its own real part."""
    found = conjugate(x)
    found.origin = (array_of(x), Ellipsis)
    return found


@known("flatten")
def flatten(x: Any) -> OracleArray:
    return copy(FUNCTIONS["ravel"](x))


@known("astype", alias=True)
def astype(x: Any, dtype: Any, order: Any = None, casting: Any = None, subok: bool = True, copy: Any = True) -> Any:
    """With copy=False `x` itself, where it has this dtype already."""
    require_order(order)
    x, kind = array_of(x), number_type(dtype)
    if not copy and kind.kind == ("b" if x.is_mask else "i" if x.whole else "f"):
        return x
    if kind.kind == "b":
        return own_array(x if x.is_mask else x != 0)
    if kind.kind == "c":
        from .complex_arrays import ComplexArray

        return ComplexArray.of(x * 1)
    if kind.kind == "f":
        return OracleArray((x * 1).node, scalar=x.scalar, floating=True)
    return whole_part(x, kind)


def whole_part(x: OracleArray, kind: np.dtype) -> OracleArray:
    """The integers towards zero, which depend on nothing but for their jumps."""
    found = as_numbers(trunc(x * 1).value).first
    integers = OracleArray(Node(Jet([found])), whole=True, scalar=x.scalar)
    limits = np.iinfo(kind)
    if not isfinite(integers).value.first.all():
        raise refuse("astype(int) of NaN or infinity")
    fits = (integers >= int(limits.min)).value.first & (integers <= int(limits.max)).value.first
    if not fits.all():
        raise refuse(f"astype({kind}) of numbers beyond its range")
    return integers


def number_type(dtype: Any) -> np.dtype:
    """A dtype that certified numbers can stand for. Raises UnknownOperation for those that round."""
    kind = np.dtype(dtype)
    if kind.kind in "biu" or kind in (np.float64, np.complex128):
        return kind
    raise refuse(f"numbers of dtype {kind}, which rounds or holds anything; use float, which does not round here")


def filled(shape: Any, number: float, dtype: Any) -> Any:
    kind, plain = number_type(dtype), plain_argument(shape)
    found = zeros(plain, number, mask=kind.kind == "b")
    if kind.kind == "c":
        return astype(found, complex)
    found.whole, found.scalar, found.floating = kind.kind in "iu", False, kind.kind == "f"
    return found


@known("zeros")
def zeros_of(shape: Any, dtype: Any = float, order: Any = None) -> Any:
    require_order(order)
    return filled(shape, 0.0, dtype)


@known("ones")
def ones_of(shape: Any, dtype: Any = float, order: Any = None) -> Any:
    require_order(order)
    return filled(shape, 1.0, dtype)


@known("full")
def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = None) -> Any:
    require_order(order)
    number = array_of(fill_value) if dtype is None else astype(array_of(fill_value), dtype)
    return own_array(FUNCTIONS["broadcast_to"](number, plain_argument(shape)))


@known("empty")
def empty(shape: Any, dtype: Any = float, order: Any = None) -> Any:
    """Of NaN, so that an entry that nothing is assigned to is none."""
    require_order(order)
    return filled(shape, 0.0 if number_type(dtype).kind != "f" else math.nan, dtype)


def type_like(x: OracleArray, dtype: Any) -> Any:
    """The dtype of an array like this one; what may be integers counts as integers."""
    return dtype if dtype is not None else bool if x.is_mask else int if x.whole or may_be_integers(x) else float


def may_be_integers(x: OracleArray) -> bool:
    """Whether NumPy may hold integers: numbers without a fraction that depend on no parameter, such as data."""
    if x.floating or x.node.moves or x.is_mask:
        return False
    try:
        current().kind.to_integers(as_numbers(x.value).first)
    except ValueError:
        return False
    return True


@known("zeros_like")
def zeros_like(x: Any, dtype: Any = None) -> Any:
    return filled(array_of(x).shape, 0.0, type_like(array_of(x), dtype))


@known("empty_like")
def empty_like(x: Any, dtype: Any = None) -> Any:
    return empty(array_of(x).shape, type_like(array_of(x), dtype))


@known("ones_like")
def ones_like(x: Any, dtype: Any = None) -> Any:
    return filled(array_of(x).shape, 1.0, type_like(array_of(x), dtype))


@known("full_like")
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    found = array_of(fill_value)
    if type_like(array_of(x), dtype) is int and dtype is None:
        require_integers(OracleArray(found.node, whole=True), found)
    return full(array_of(x).shape, fill_value, type_like(array_of(x), dtype))


@known("eye")
def eye(N: Any, M: Any = None, k: Any = 0, dtype: Any = float) -> Any:
    return astype(array_of(np.eye(int(N), None if M is None else int(M), int(k))), dtype)


@known("identity")
def identity(n: Any, dtype: Any = float) -> Any:
    return eye(n, dtype=dtype)


@known("tri")
def tri(N: Any, M: Any = None, k: Any = 0, dtype: Any = float) -> Any:
    return astype(array_of(np.tri(int(N), None if M is None else int(M), int(k))), dtype)


@known("arange")
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    """start + i step, without rounding."""
    start, stop = (0, start) if stop is None else (start, stop)
    parts = [array_of(x) for x in (start, stop, step)]
    if any(x.node.moves and current().kind is BALLS for x in parts):
        raise refuse("np.arange between numbers that depend on parameters; use np.linspace", "linspace")
    first, last, width = (float(current().kind.to_floats(as_numbers(x.value).first)) for x in parts)
    count = array_of(np.arange(len(np.arange(first, last, width))))
    found = parts[0] + parts[2] * count
    if dtype is not None and number_type(dtype).kind != "f" and not all(x.whole or x.is_mask for x in parts):
        raise refuse("np.arange of numbers that are no integers with a dtype of integers; use astype(int)", "astype")
    if dtype is not None:
        return astype(found, dtype)
    found.whole = all(
        isinstance(x, int | np.integer) or (isinstance(x, OracleArray) and x.whole) for x in (start, step)
    )
    return found


@known("linspace")
def linspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True) -> OracleArray:
    """Between arrays along a new first axis."""
    first, last = array_of(start), array_of(stop)
    parts, count = int(num) - 1 if endpoint else int(num), array_of(np.arange(int(num)))
    width = last - first
    return first + width * count[(slice(None), *[None] * width.ndim)] / max(parts, 1)


@known("shape")
def shape_of(x: Any) -> tuple[int, ...]:
    return (x if hasattr(x, "shape") else array_of(x)).shape


@known("ndim")
def ndim_of(x: Any) -> int:
    return (x if hasattr(x, "ndim") else array_of(x)).ndim


@known("size")
def size_of(x: Any) -> int:
    return (x if hasattr(x, "size") else array_of(x)).size


# Choices -------------------------------------------------------------------------------------------------


@known("where")
def where(mask: Any, a: Any = None, b: Any = None) -> Any:
    """a where the mask holds, else b; what is not chosen gets no slope, whatever its own slope is."""
    if a is None:
        return nonzero(mask)
    if is_complex(a) or is_complex(b):
        from .complex_arrays import ComplexArray

        z, w = ComplexArray.of(a), ComplexArray.of(b)
        return ComplexArray(where(mask, z.real, w.real), where(mask, z.imag, w.imag))
    chosen, left, right = array_of(mask), array_of(a), array_of(b)
    chosen = chosen if chosen.is_mask else chosen != 0
    if chosen.tied is not None:
        return between(chosen, chosen.tied, left, right)
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
    return OracleArray(
        Node(value, made_from), whole=left.whole and right.whole, floating=left.floating or right.floating
    )


def between(mask: OracleArray, tied: np.ndarray, left: OracleArray, right: OracleArray) -> OracleArray:
    """Both choices at once where a mask is tied. Raises Uncertified where they differ, as the function jumps there."""
    left, right = left * 1, right * 1
    held = mask.held.value.first
    with evaluation(order=0):
        apart = add(left.value, right.value, -1)
    if current().kind is BALLS:
        shape = np.broadcast_shapes(apart.shape, tied.shape)
        if not all(x.contains(0) for x in np.broadcast_to(apart.first, shape)[np.broadcast_to(tied, shape)]):
            raise Uncertified("the function jumps at a tie")
    value = where_of_jets(tied, mixed(left.value, right.value), where_of_jets(held, left.value, right.value))

    def back(side: np.ndarray, shape: tuple[int, ...]) -> Callable[[SlopeArray], SlopeArray]:
        def rule(g: SlopeArray) -> SlopeArray:
            zero = constant((), 0)
            share = where_of_jets(tied, mixed(g.jet, zero), where_of_jets(side, g.jet, zero))
            return sum_to_shape(SlopeArray(share, g.active_everywhere() & (side | tied)), shape)

        return rule

    made_from = ((left.node, back(held, left.shape)), (right.node, back(~held, right.shape)))
    return OracleArray(Node(value, made_from))


def mixed(a: Jet, b: Jet) -> Jet:
    """A ball that holds both numbers, entry by entry and power by power; their middle where that is asked for."""
    if current().ties == "middle" or current().kind is not BALLS:
        return (a + b) / 2
    shape = np.broadcast_shapes(a.shape, b.shape)
    parts = []
    for power in range(max(len(a.coefficients), len(b.coefficients))):
        columns = (np.broadcast_to(jet.numbers(power), shape).ravel().tolist() for jet in (a, b))
        parts.append(object_array((x.union(y) for x, y in zip(*columns, strict=True)), shape))
    return Jet(list(parts), union_moving(a, b))


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
    note_singular(array_of(x))
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
    if not copy:
        raise refuse("np.nan_to_num with copy=False; assign what np.nan_to_num(x) returns", "nan_to_num")
    if not any_of(~isfinite(x)):
        return FUNCTIONS["copy"](x)
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
    return where(isnan(x), math.nan, found * 1) if any_of(isnan(x)) else found * 1


@known("arctan2")
def arctan2(y: Any, x: Any) -> Any:
    """The angle of (x, y), which jumps from π to −π at y = 0 where x < 0: beside such a point it is decided."""
    y, x = array_of(y) * 1, array_of(x) * 1
    angle = call_elementary(np.arctan2, y, x)
    on_cut = current().kind.is_zero(y.value.first) & (current().kind.sign(x.value.first) < 0)
    if not y.node.varies or not on_cut.any():
        return angle
    below = on_cut & (decided_signs(where(mask_of(on_cut), y, 1), array_of(0), "np.arctan2") < 0)
    return where(mask_of(below), angle - 2 * array_of(PI), angle)


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
    note_singular(x)
    finite = kind.is_finite(numbers)
    safe = np.where(finite, numbers, kind.full((), 0))
    balls = kind is BALLS
    below = object_array((x.mid().floor() for x in safe.flat), safe.shape) if balls else np.floor(safe)
    inside = where(finite, x, 0)
    n = OracleArray(Node(Jet([below])))
    step = (decided_signs(inside, n + 1, what) >= 0).astype(int) - (decided_signs(inside, n, what) < 0)
    return where(finite, n + array_of(step), OracleArray(Node(Jet([numbers]))))


@known("floor")
def floor(x: Any) -> OracleArray:
    return lower_integer(array_of(x), "np.floor")


@known("ceil")
def ceil(x: Any) -> OracleArray:
    return -lower_integer(-array_of(x), "np.ceil")


@known("trunc", "fix")
def trunc(x: Any) -> OracleArray:
    x = array_of(x)
    return where(x >= 0, lower_integer(x, "np.trunc"), -lower_integer(-x, "np.trunc"))


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
    return where(finite, found, OracleArray(Node(Jet([as_numbers(given.value).first]))))


def require_divisor(a: OracleArray, b: OracleArray) -> None:
    """Refuse what NumPy takes as 0 of integers, and as NaN or ∞ of floats."""
    if all(x.whole or x.is_mask or may_be_integers(x) for x in (a, b)) and (b == 0).value.first.any():
        raise refuse("a quotient or rest of whole numbers, which may be integers, by zero; .astype(float) makes floats")


@known("mod", "remainder")
def mod(a: Any, b: Any) -> Any:
    """a − b ⌊a/b⌋. Of an infinite b it is a, or b where their signs differ."""
    a, b = array_of(a), array_of(b)
    require_divisor(a, b)
    endless = isinf(b) & isfinite(a)
    safe = where(endless, 1, b) if any_of(endless) else b
    found = a - safe * floor(a / safe)
    return where(endless, where((a == 0) | ((a > 0) == (b > 0)), a, b), found) if any_of(endless) else found


@known("fmod")
def fmod(a: Any, b: Any) -> Any:
    a, b = array_of(a), array_of(b)
    require_divisor(a, b)
    endless = isinf(b) & isfinite(a)
    safe = where(endless, 1, b) if any_of(endless) else b
    found = a - safe * trunc(a / safe)
    return where(endless, a, found) if any_of(endless) else found


@known("floor_divide")
def floor_divide(a: Any, b: Any) -> Any:
    """⌊a/b⌋, −1 of an infinite b where the signs differ; NaN of an infinite a, as NumPy has it."""
    a, b = array_of(a), array_of(b)
    require_divisor(a, b)
    found, endless = floor(a / b), isinf(b) & isfinite(a)
    if any_of(endless):
        found = where(endless, where((a == 0) | ((a > 0) == (b > 0)), 0, -1), found)
    return where(isinf(a) & (b != 0), math.nan, found) if any_of(isinf(a)) else found


@known("divmod")
def divided_with_rest(a: Any, b: Any) -> Any:
    return floor_divide(a, b), mod(a, b)


@known("reciprocal")
def reciprocal(x: Any) -> Any:
    if array_of(x).whole or may_be_integers(array_of(x)):
        raise refuse("np.reciprocal of whole numbers, which NumPy cuts to integers; write 1 / x")
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
    require_sum_type(dtype, x)
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

    found = linear_change(x, add_up, back)
    found.whole, found.floating = x.whole and dtype is None, x.floating or dtype is not None
    return found


def require_sum_type(dtype: Any, x: OracleArray) -> None:
    """A dtype in which NumPy would sum, which must hold every number."""
    kind = number_type(float if dtype is None else dtype)
    integers = kind.kind in "iu" and kind.itemsize == 8 and (x.is_mask or x.whole)
    if kind.kind != "f" and not integers:
        raise refuse(f"a sum or product in dtype {kind}")


def require_float_type(dtype: Any) -> None:
    """NumPy would cut a mean in a dtype of integers."""
    if dtype is not None and number_type(dtype).kind != "f":
        raise refuse(f"a mean or variance in dtype {number_type(dtype)}")


def count_along(x: OracleArray, axis: Any) -> int:
    return math.prod(x.shape[i] for i in axes_of(x, axis))


@known("mean")
def mean(x: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    x = array_of(x)
    require_float_type(dtype)
    return total(x, axis, dtype, keepdims=keepdims) / count_along(x, axis)


@known("average")
def average(a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    x, weights = array_of(a), array_of(weights) * 1
    if weights.shape != x.shape:
        if weights.ndim != 1 or not isinstance(axis, int | np.integer):
            raise refuse("np.average with weights of another shape, but for one axis")
        weights = weights[(slice(None), *[None] * (x.ndim - 1 - range(x.ndim)[axis]))]
        weights = FUNCTIONS["broadcast_to"](weights, x.shape)
    return total(x * weights, axis, keepdims=keepdims) / total(weights, axis, keepdims=keepdims)


@known("var")
def var(
    x: Any, axis: Any = None, dtype: Any = None, *, ddof: int = 0, correction: int | None = None, keepdims: bool = False
) -> Any:
    x = array_of(x)
    distance = x - mean(x, axis, dtype, keepdims=True)
    free = count_along(x, axis) - (ddof if correction is None else correction)
    return total(distance * distance, axis, keepdims=keepdims) / max(free, 0)


@known("std")
def std(
    x: Any, axis: Any = None, dtype: Any = None, *, ddof: int = 0, correction: int | None = None, keepdims: bool = False
) -> Any:
    return np.sqrt(var(x, axis, dtype, ddof=ddof, correction=correction, keepdims=keepdims))


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
def nanvar(x: Any, axis: Any = None, *, ddof: int = 0) -> Any:
    x, present = array_of(x), ~isnan(x)
    distance = where(present, x - nanmean(x, axis, keepdims=True), 0)
    free = total(present, axis) - ddof
    return total(distance * distance, axis) / where(free > 0, free, math.nan)


@known("nanstd")
def nanstd(x: Any, axis: Any = None, *, ddof: int = 0) -> Any:
    return np.sqrt(nanvar(x, axis, ddof=ddof))


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
    x = array_of(x)
    require_sum_type(dtype, x)
    x = x * 1
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
    """Of a mask a mask: where neighbours differ."""
    if array_of(x).is_mask:
        return mask_of(np.diff(array_of(x).value.first, n, axis))
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
    note_singular(flat)
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
        if what == "np.argsort" and not flat.node.moves:
            raise refuse('np.argsort of equal numbers, whose order is not defined, but with kind="stable"')
        return j - i if state.ties == "down" else i - j

    numbers = [i for i, place in enumerate(places) if not unknown[place]]
    order = sorted(numbers, key=functools.cmp_to_key(compare))
    if flat.node.varies:
        order = decision_of(order)
    if equal and flat.node.varies:
        if state.ties == "both":
            raise Uncertified(f"{what} of equal numbers has no both sides at once")
        note_tie(what, np.ones(len(equal), bool))
    return order + [i for i, place in enumerate(places) if unknown[place]]


@known("argsort")
def argsort(x: Any, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Any:
    x = array_of(x)
    x, axis = (FUNCTIONS["ravel"](x), 0) if axis is None else (x, axis)
    in_order = stable or kind in ("stable", "mergesort")
    return array_of(ranks_along(x, axis, "np.argsort, stable," if in_order else "np.argsort")) * 1


@known("sort")
def sort(x: Any, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Any:
    x = array_of(x)
    x, axis = (FUNCTIONS["ravel"](x), 0) if axis is None else (x, axis)
    if current().ties == "both":
        with evaluation(ties="as written"):
            order = ranks_along(x, axis, "np.sort")
        return every_order(FUNCTIONS["take_along_axis"](x, order, axis), axis)
    return FUNCTIONS["take_along_axis"](x, ranks_along(x, axis, "np.sort"), axis)


def every_order(x: OracleArray, axis: int) -> OracleArray:
    """Sorted entries where equal ones may stand for one another: their hull, each with a share from 0 to 1 of the slope."""
    line = FUNCTIONS["moveaxis"](x, axis, 0)
    numbers = as_numbers(line.value).first
    same = current().kind.is_zero(as_objects(numbers[1:] - numbers[:-1]))
    first = np.broadcast_to(np.arange(len(line)).reshape(-1, *[1] * (line.ndim - 1)), line.shape).copy()
    last = first.copy()
    for i in range(1, len(line)):
        first[i] = np.where(same[i - 1], first[i - 1], i)
    for i in range(len(line) - 2, -1, -1):
        last[i] = np.where(same[i], last[i + 1], i)
    size = last - first
    members = [
        FUNCTIONS["take_along_axis"](line, np.minimum(first + k, last), 0)
        for k in range(int(np.max(size, initial=0)) + 1)
    ]
    value, made_from = members[0].value, []
    for k, member in enumerate(members):
        value = where_of_jets(size >= max(k, 1), mixed(value, member.value), value)
        share = current().kind.full(line.shape, int(k == 0))
        share[size >= max(k, 1)] = arb(0.5, 0.5)
        made_from.append((member.node, functools.partial(share_of, share=Jet([share]))))
    return FUNCTIONS["moveaxis"](OracleArray(Node(value, tuple(made_from))), 0, axis)


def share_of(g: SlopeArray, share: Jet) -> SlopeArray:
    return SlopeArray(multiply(g.jet, share), g.active)


@known("median")
def median(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    x = array_of(x) * 1
    if isinstance(axis, tuple) or not x.size:
        raise refuse("np.median along several axes, or of nothing")
    line = FUNCTIONS["ravel"](x) if axis is None else FUNCTIONS["moveaxis"](x, axis, 0)
    n = line.shape[0]
    ordered = sort(line, 0)
    found = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    found = where(any_of(isnan(line), 0), math.nan, found) if np.any(isnan(line).value.first) else found
    return FUNCTIONS["reshape"](found, [1] * x.ndim) if keepdims and axis is None else (
        FUNCTIONS["expand_dims"](found, axis) if keepdims else found
    )  # fmt: skip


@known("argmax")
def argmax(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return place_of_largest(array_of(x) * 1, axis, keepdims, "np.argmax")


def place_of_largest(x: OracleArray, axis: Any, keepdims: bool, what: str) -> Any:
    """The lowest place of a largest entry; NaN counts as larger than any number."""
    if not x.size:
        raise ValueError("argmax or argmin of an empty array")
    line = FUNCTIONS["ravel"](x) if axis is None else FUNCTIONS["moveaxis"](x, axis, 0)
    unknown = isnan(line).value.first
    best = np.zeros(line.shape[1:], int)
    held, nan = line[0], unknown[0]
    for i in range(1, line.shape[0]):
        larger = (decided_signs(line[i], held, what) > 0) & ~nan | (unknown[i] & ~nan)
        best, nan = np.where(larger, i, best), nan | unknown[i]
        held = where(larger, line[i], held)
    found = array_of(best) * 1
    if not keepdims:
        return found
    return FUNCTIONS["reshape"](found, (1,) * x.ndim) if axis is None else FUNCTIONS["expand_dims"](found, axis)


@known("argmin")
def argmin(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return place_of_largest(-(array_of(x) * 1), axis, keepdims, "np.argmin")


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
    if side not in ("left", "right") or knots.ndim != 1:
        raise refuse("np.searchsorted but with one axis of knots, and left or right")
    if not array_of(knots[:-1] <= knots[1:]).value.first.all() or isnan(knots).value.first.any():
        raise refuse("np.searchsorted among knots that do not ascend")
    at = x[..., None]
    found = total(knots < at if side == "left" else knots <= at, -1)
    return where(isnan(x), knots.size, found)


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
    values = array_of(np.ones(places.size, int)) if weights is None else FUNCTIONS["ravel"](array_of(weights))
    return scatter_sum(values, places, size)


@known("add_at")
def add_at(target: Any, index: Any, values: Any, sign: int = 1) -> None:
    if not isinstance(target, OracleArray):
        raise refuse("np.add.at on a plain NumPy array; import numpy at the top of the file")
    places = np.arange(target.size).reshape(target.shape)[plain_index(index)]
    spread = FUNCTIONS["ravel"](FUNCTIONS["broadcast_to"](array_of(values) * sign, places.shape))
    target[...] = target + FUNCTIONS["reshape"](scatter_sum(spread, places.ravel(), target.size), target.shape)


# Products ------------------------------------------------------------------------------------------------


def product_of_jets(a: Jet, b: Jet) -> Jet:
    """a @ b of matrices."""
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
        rows = np.False_ if a.moving is None else a.moving.any(axis=1, keepdims=True)
        columns = np.False_ if b.moving is None else b.moving.any(axis=0, keepdims=True)
        moving = np.broadcast_to(rows | columns, (a.shape[0], b.shape[1]))
    return Jet(parts, moving)


def outer_of_jets(a: Jet, b: Jet) -> Jet:
    return a.changed(lambda c: c[:, None]) * b.changed(lambda c: c[None, :])


def transposed(jet: Jet) -> Jet:
    return jet.changed(lambda c: c.T)


def slope_times(g: SlopeArray, factor: Jet) -> SlopeArray:
    """g @ factor for matrices; what has no slope adds nothing, also where 0 · NaN would."""
    if g.active is None:
        return SlopeArray(product_of_jets(g.jet, factor))
    rows = np.broadcast_to(np.any(g.active, axis=1, keepdims=True), (g.jet.shape[0], factor.shape[1]))
    if current().kind.is_finite(factor.first).all():
        return SlopeArray(product_of_jets(g.jet, factor), rows)
    parts = multiply(g.jet.changed(lambda c: c[:, None, :]), transposed(factor).changed(lambda c: c[None, :, :]))
    parts = where_of_jets(np.asarray(g.active)[:, None, :], parts, constant((), 0))
    return SlopeArray(parts.changed(lambda c: as_objects(c.sum(axis=-1))), rows)


def product_of_masks(product: Callable[[Any, Any], Any], a: Any, b: Any) -> OracleArray | None:
    """A mask, as NumPy has it of two masks, None of numbers."""
    a, b = array_of(a), array_of(b)
    return mask_of(product(a.value.first, b.value.first)) if a.is_mask and b.is_mask else None


def numbers_of_both(a: Any, b: Any) -> tuple[OracleArray, OracleArray]:
    a, b = array_of(a), array_of(b)
    return (a * 1 if a.is_mask else a), (b * 1 if b.is_mask else b)


def in_shape(x: OracleArray, shape: tuple[int, ...]) -> OracleArray:
    """The entries in another shape, in their order."""
    return linear_change(x, lambda c: c.reshape(shape), lambda g: g.changed(lambda c: c.reshape(x.shape)))


@known("matmul")
def matmul(a: Any, b: Any) -> Any:
    if is_complex(a) or is_complex(b):
        from .complex_arrays import multiply_complex

        return multiply_complex(matmul, a, b)
    if (found := product_of_masks(np.matmul, a, b)) is not None:
        return found
    a, b = numbers_of_both(a, b)
    if not a.ndim or not b.ndim:
        raise ValueError("matmul: an array without axes; use *")
    if a.shape[-1] != b.shape[0 if b.ndim == 1 else -2]:
        raise ValueError(f"matmul: shapes {a.shape} and {b.shape} do not fit")
    if a.ndim > 2 or b.ndim > 2:
        if b.ndim == 1:
            return total(a * b, -1)
        left = a[..., None] if a.ndim > 1 else a[:, None]
        return total(left * b[..., None, :, :], -2) if a.ndim > 1 else total(left * b, -2)
    if a.ndim == 1 or b.ndim == 1:
        shape = a.shape[:-1] + (b.shape[1:] if b.ndim == 2 else ())
        rows = in_shape(a, (1, a.size)) if a.ndim == 1 else a
        columns = in_shape(b, (b.size, 1)) if b.ndim == 1 else b
        return in_shape(matmul(rows, columns), shape)
    left, right = a.value, b.value

    def by_left(g: SlopeArray) -> SlopeArray:
        return slope_times(g, transposed(right))

    def by_right(g: SlopeArray) -> SlopeArray:  # without a transpose of the left matrix, which may be held for products
        return slope_times(g.changed(lambda c: c.T), left).changed(lambda c: c.T)

    return OracleArray(Node(product_of_jets(left, right), ((a.node, by_left), (b.node, by_right))))


@known("dot")
def dot(a: Any, b: Any) -> Any:
    if not is_complex(a) and not is_complex(b):
        a, b = array_of(a), array_of(b)
        if (mask := product_of_masks(np.dot, a, b)) is not None:
            return mask
        if a.ndim > 2 or b.ndim > 2:
            return tensordot(a, b, ([a.ndim - 1], [max(b.ndim - 2, 0)]))
    return a * b if not a.ndim or not b.ndim else matmul(a, b)


@known("vdot")
def vdot(a: Any, b: Any) -> Any:
    return dot(FUNCTIONS["ravel"](a), FUNCTIONS["ravel"](b))


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
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return total(FUNCTIONS["diagonal"](array_of(x), offset, axis1, axis2), -1)


@known("tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if (mask := product_of_masks(lambda x, y: np.tensordot(x, y, axes), a, b)) is not None:
        return mask
    a, b = numbers_of_both(a, b)
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
    if not isinstance(subscripts, str) or not set(options) <= {"optimize"} or "." in subscripts:
        raise refuse("np.einsum but with letters, the arrays, and optimize")
    inputs, _, output = subscripts.replace(" ", "").partition("->")
    if len(set(output)) < len(output) or not set(output) <= set(inputs) - {","}:
        raise ValueError(f"einsum: {output} is no selection of the letters of {inputs}")
    if all(array_of(x).is_mask for x in operands):
        raise refuse("np.einsum of masks; multiply one by 1 to have numbers")
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
    require_lengths(arrays)
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


def require_lengths(arrays: list[Any]) -> None:
    """Refuse axes of one letter that have more than one length: NumPy repeats those of length 1."""
    lengths: dict[str, int] = {}
    for x, names in arrays:
        for name, n in zip(names, x.shape, strict=True):
            if lengths.setdefault(name, n) != n:
                raise refuse(f"np.einsum with an axis {name} of lengths {lengths[name]} and {n}")


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


@known("spherical_jn")
def spherical_bessel(n: Any, z: Any, derivative: bool = False) -> Any:
    if derivative:
        raise refuse("special.spherical_jn with derivative=True")
    return call_elementary(SPHERICAL_BESSEL, array_of(n), array_of(z))


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

    def twice(x: Any, name: str = twice_name) -> Any:
        return call_elementary(getattr(np, name), array_of(x))

    FUNCTIONS[twice_name] = twice


@known("exp10")
def exp10(x: Any) -> Any:
    return call_elementary(np.power, array_of(10), array_of(x))
