"""The arrays that an oracle computes with: NumPy's operators, functions, indices and assignments, in certified numbers.

An `OracleArray` is a handle on a node of the record: assignment gives it another node. What would leave certified numbers
(`float`, `.item()`, `np.asarray`, a function that is not known) is refused, never carried on with.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from flint import arb
from numpy.lib.mixins import NDArrayOperatorsMixin

from .. import UsageError
from .elementary_functions import ELEMENTARY, Constant
from .jets import (
    COMPARISONS,
    Jet,
    add,
    apply,
    as_numbers,
    compare,
    constant,
    current,
    floats_of_special,
    jet_of,
    sign_by_ties,
)
from .number_kinds import BALLS, as_objects
from .reverse_mode import Back, Node, SlopeArray, elementwise_back, scattered
from .time_budget import Uncertified

FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""Name in NumPy or in scipy.special → what an oracle calls by it; filled by the modules that import this one."""

ARITHMETIC = (np.add, np.subtract, np.multiply, np.negative, np.square)
MASK_OPERATIONS = (
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert,
)  # fmt: skip

MOST_NOTED = 10  # entries of one comparison


class UnknownOperation(UsageError):
    """What an oracle cannot use, because it would leave certified arithmetic."""


def known_names() -> list[str]:
    ufuncs = [f.__name__ for f in (*ARITHMETIC, *ELEMENTARY, *COMPARISONS, *MASK_OPERATIONS)]
    return sorted({*ufuncs, *FUNCTIONS})


def refuse(what: str, name: str = "") -> UnknownOperation:
    """The refusal of an operation: what is known in full, the nearest name first."""
    known = known_names()
    near = difflib.get_close_matches(name.rpartition(".")[2], known, 1, 0.5) if name else []
    nearest = f"; the nearest that it can is {near[0]}" if near else ""
    return UnknownOperation(
        f"an oracle cannot use {what}{nearest}. Known: {', '.join(known)}; and indices, assignment, .T"
    )


def named(name: str, function: Callable[..., Any], *, alias: bool = False) -> Callable[..., Any]:
    """A function of the table as an oracle calls it: refused with an option that it lacks; of complex numbers by its parts.

    alias: whether its result may share memory with an argument; that of all others is an array of its own.
    """
    signature, complex_too = inspect.signature(function), name in TAKES_COMPLEX or name.startswith("fft.")

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        if not complex_too and any(map(holds_complex, args)):
            from .complex_arrays import call_named

            return call_named(name, *args, **kwargs)
        try:
            found = function(*args, **kwargs)
        except TypeError:
            require_arguments(name, signature, args, kwargs)
            raise
        if alias or not isinstance(found, OracleArray):
            return found
        scalar = True if name in GIVES_NUMBERS else found.scalar
        return OracleArray(found.node, whole=found.whole, scalar=scalar, floating=found.floating)

    return called


def require_arguments(name: str, signature: inspect.Signature, args: Any, kwargs: Any) -> None:
    """Refuse arguments that a function does not take."""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise refuse(f"np.{name} with these arguments ({error})", name) from None


TAKES_COMPLEX = frozenset(["where", "matmul", "dot", "absolute", "abs", "shape", "ndim", "size", "iscomplexobj"])
GIVES_NUMBERS = frozenset(
    """sum mean prod max min amax amin std var ptp any all median dot vdot inner matmul trace linalg.det linalg.norm
    argmax argmin count_nonzero maximum minimum absolute abs floor ceil trunc round logsumexp average nansum""".split()  # noqa: SIM905
)
"""Functions whose result without axes is a number in NumPy, which `+=` does not change."""


class ComplexNumbers:
    """What `complex_arrays.ComplexArray` is, told apart without that module, which needs this one."""


def is_complex(x: Any) -> bool:
    """Whether `x` holds complex numbers, of an oracle or plain."""
    if isinstance(x, OracleArray | Constant):
        return False
    return isinstance(x, ComplexNumbers | complex | np.complexfloating) or (
        isinstance(x, np.ndarray) and x.dtype.kind == "c"
    )


def holds_complex(x: Any) -> bool:
    return any(map(holds_complex, x)) if isinstance(x, list | tuple) else is_complex(x)


class OracleArray(NDArrayOperatorsMixin):
    """An array of an oracle.

    frozen: a parameter or data, which nobody assigns to; base: what it is a view of. whole: NumPy would hold integers, and
    cut what is assigned. scalar: without axes, whether NumPy has a number, which `+=` does not change; None: not known.
    floating: NumPy would hold floats for certain. origin: the array and the index of a view that can be assigned to.
    """

    tied: np.ndarray | None = None  # of a mask that stands for both sides of a tie: where it does

    def __init__(
        self,
        node: Node,
        *,
        frozen: bool = False,
        base: OracleArray | None = None,
        whole: bool = False,
        scalar: bool | None = None,
        floating: bool = False,
    ):
        self.held, self.base, self.floating = node, base, floating
        self.origin: tuple[OracleArray, Any] | None = None
        self.frozen: bool = frozen or (base is not None and base.frozen)
        self.whole, self.scalar = whole, scalar
        self.views: list[weakref.ref[OracleArray]] = []
        self.stale = False
        if base is not None and not base.frozen:
            self.base = base if base.base is None else base.base
            self.base.views = [view for view in self.base.views if view() is not None] + [weakref.ref(self)]

    @property
    def node(self) -> Node:
        if self.stale:
            raise UnknownOperation(
                "an oracle cannot use a view of an array that was assigned to after the view was taken; take a .copy()"
            )
        if self.tied is not None:
            raise Uncertified("a mask that is not known is used as neither a condition nor a number")
        return self.held

    @property
    def value(self) -> Jet:
        return self.node.value

    shape = property(lambda self: self.held.value.shape)
    ndim = property(lambda self: self.held.value.ndim)
    size = property(lambda self: self.held.value.size)
    is_mask = property(lambda self: self.held.value.first.dtype == bool)
    real = property(lambda self: FUNCTIONS["real"](self))
    imag = property(lambda self: FUNCTIONS["imag"](self))
    mT = property(lambda self: FUNCTIONS["matrix_transpose"](self))  # noqa: N815 - as in NumPy

    @property
    def dtype(self) -> np.dtype:
        """Refused for data of whole numbers, whose dtype is not known here."""
        from .array_functions import may_be_integers

        if may_be_integers(self) and not self.whole:
            raise refuse("the dtype of whole numbers, such as data, that may be integers; .astype(float) makes floats")
        return np.dtype(bool if self.is_mask else int if self.whole else float)

    @property
    def T(self) -> OracleArray:
        return linear_change(self, lambda c: c.T, lambda g: g.changed(lambda c: c.T), view=True)

    def __hash__(self) -> int:
        raise refuse("an array as a key of a dictionary, in a set or in a cache")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise refuse("pickle of an array")

    def __copy__(self) -> OracleArray:
        return FUNCTIONS["copy"](self)

    def __deepcopy__(self, memo: Any) -> OracleArray:
        return FUNCTIONS["copy"](self)

    def __format__(self, how: str) -> str:
        raise refuse("an array in a text")

    def __repr__(self) -> str:
        return f"OracleArray of shape {self.shape}"

    # What NumPy calls --------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **more: Any) -> Any:
        if method == "__call__" and out is None and not more:
            return call_ufunc(ufunc, *inputs)
        if method == "reduce" and ufunc.__name__ in REDUCTIONS and out is None:
            return FUNCTIONS[REDUCTIONS[ufunc.__name__]](*inputs, **{"axis": 0, **more})
        if method == "at" and ufunc in (np.add, np.subtract) and out is None:
            return FUNCTIONS["add_at"](*inputs, sign=1 if ufunc is np.add else -1)
        if method == "outer":
            left, right = (array_of(x) for x in inputs)
            inputs = (left[(..., *[None] * right.ndim)], right)
        elif method != "__call__":
            raise refuse(f"np.{ufunc.__name__}.{method}", ufunc.__name__)
        where = more.pop("where", True)
        if more or where is not True:
            raise refuse(f"np.{ufunc.__name__} with {', '.join(more) or 'where'}")
        found = call_ufunc(ufunc, *inputs)
        return found if out is None else assign_whole(out[0], found)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = function.__name__
        if function in ELEMENTARY:
            return call_ufunc(function, *args, **kwargs)
        if "linalg" in function.__module__:
            name = f"linalg.{name}"
        elif "fft" in function.__module__:
            name = f"fft.{name}"
        if name not in FUNCTIONS:
            raise refuse(f"np.{name}", name)
        return FUNCTIONS[name](*args, **kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise refuse(
            "plain NumPy on its arrays, such as np.float64(x), or np.asarray of another module; x itself is an array"
        )

    def __float__(self) -> float:
        raise refuse("float() of an array, nor assignment of one into a plain NumPy array (import numpy at the top)")

    def __complex__(self) -> complex:
        raise refuse("complex() of an array")

    def __int__(self) -> int:
        if self.size != 1:
            raise TypeError("only arrays of one number can be converted to integers")
        return int(self.integers("int()").reshape(()))

    def __round__(self, digits: Any = None) -> Any:
        return FUNCTIONS["round"](self, digits or 0)

    def __contains__(self, x: Any) -> bool:
        return bool(FUNCTIONS["any"](self == x))

    __index__ = __int__

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                "the truth value of an array with more than one element is ambiguous; use .any() or .all()"
            )
        mask = self if self.is_mask else self != 0
        return bool(mask.value.first.reshape(()))

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of an array without axes")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[OracleArray]:
        return (self[i] for i in range(len(self)))

    def __getattr__(self, name: str) -> Any:
        """A method is the function of the same name."""
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("reshape", "transpose"):
            return lambda *args, **kwargs: FUNCTIONS[name](self, *packed(args), **kwargs)
        if name in METHODS and name in FUNCTIONS:
            return lambda *args, **kwargs: FUNCTIONS[name](self, *args, **kwargs)
        raise refuse(f"the attribute .{name} of an array", name)

    def __getitem__(self, index: Any) -> OracleArray:
        plain = plain_index(index)
        basic = is_basic(plain)

        def back(g: SlopeArray) -> SlopeArray:
            if basic or is_mask_index(plain):
                return SlopeArray(scattered(g.jet, plain, self.shape), scattered_mask(g, plain, self.shape))
            return scatter_add(g, np.arange(self.size).reshape(self.shape)[plain], self.shape)

        found = linear_change(self, lambda c: c[plain], back, view=basic)
        found.whole, found.floating = self.whole, self.floating
        if not found.ndim and ends_in_number(plain):
            return OracleArray(found.held, whole=self.whole, scalar=True, floating=self.floating)
        found.origin = (self, plain) if basic else None
        return found

    def __setitem__(self, index: Any, value: Any) -> None:
        """The handle gets a node with the new entries; views that were taken before may not be used any more."""
        if self.frozen:
            raise UnknownOperation(
                "an oracle cannot assign to its parameters or data; assign to a copy, such as x.copy()"
            )
        if self.base is not None:
            self.assign_through(index, value)
            return
        if self.scalar and not self.ndim:
            raise UnknownOperation("an oracle cannot assign to a number, as NumPy cannot")
        plain, old, new = plain_index(index), self.node, array_of(value)
        places = np.asarray(np.arange(self.size).reshape(self.shape)[plain])
        while new.ndim > places.ndim and new.shape[0] == 1:
            new = new[0]
        require_integers(self, new)
        new = FUNCTIONS["broadcast_to"](new, places.shape)
        kept = np.ones(self.size, bool)
        kept[places.ravel()] = False
        if self.is_mask != new.is_mask:
            new = new != 0 if self.is_mask else new * 1
        if np.unique(places).size != places.size:
            raise UnknownOperation("an oracle cannot assign to the same entry twice in one assignment")

        def assigned(power: int) -> Any:
            parts = old.value.coefficient(power), new.value.coefficient(power)
            if all(part is None for part in parts):
                return None
            found = np.array(old.value.first if power == 0 else old.value.numbers(power)).ravel()
            found[places.ravel()] = (new.value.first if power == 0 else new.value.numbers(power)).ravel()
            return found.reshape(self.shape)

        length = max(len(old.value.coefficients), len(new.value.coefficients))
        moving = None
        if old.value.moving is not None or new.value.moving is not None:
            moving = np.zeros(self.size, bool) if old.value.moving is None else np.array(old.value.moving).ravel()
            moving[places.ravel()] = (
                False if new.value.moving is None else np.broadcast_to(new.value.moving, new.shape).ravel()
            )
            moving = moving.reshape(self.shape)

        def back_old(g: SlopeArray) -> SlopeArray:
            mask = kept.reshape(self.shape)
            if not mask.any():
                return SlopeArray(constant(self.shape, 0), mask)
            flat = np.nonzero(mask)
            return SlopeArray(scattered(g.jet[flat], flat, self.shape), g.active_everywhere() & mask)

        def back_new(g: SlopeArray) -> SlopeArray:
            return g.changed(lambda c: c.ravel()[places])

        value_jet = Jet([assigned(k) for k in range(length)], moving)
        self.held = Node(value_jet, ((old, back_old), (new.node, back_new)))
        for reference in self.views:
            view = reference()
            if view is not None:
                view.stale = True
        self.views = []

    def assign_through(self, index: Any, value: Any) -> None:
        """Assign to a view: its array gets the new entries, and other views may not be used any more."""
        if self.origin is None:
            raise UnknownOperation("an oracle cannot assign to another shape of an array; assign to the array")
        own = OracleArray(self.node, whole=self.whole, scalar=self.scalar, floating=self.floating)
        own[index] = value
        whole, place = self.origin
        whole[place] = own
        self.held, self.stale = whole[place].held, False
        if self.base is not None:
            self.base.views.append(weakref.ref(self))

    def integers(self, what: str) -> np.ndarray:
        """The entries as plain integers, for indices and counts. Raises UnknownOperation where they are none.

        What depends on parameters is no integer but at a jump: its slope would be lost. (80-bit runs may move data, too.)
        """
        if self.node.moves and current().kind is BALLS:
            raise refuse(f"{what} of what depends on parameters; .astype(int) makes constant integers")
        try:
            return np.asarray(current().kind.to_integers(as_numbers(self.value).first))
        except ValueError as error:
            raise refuse(f"{what} of what is no integer ({error})") from None


REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "logical_and": "all",
    "logical_or": "any",
}
METHODS = frozenset(
    """sum mean prod cumsum cumprod max min argmax argmin argsort std var dot trace reshape ravel flatten transpose
    swapaxes take repeat round clip conj squeeze diagonal copy all any nonzero astype ptp searchsorted real imag""".split()  # noqa: SIM905
)


def array_of(x: Any) -> OracleArray:
    """`x` as an array of an oracle: plain arrays, numbers and lists are constants."""
    if isinstance(x, OracleArray):
        return x
    if type(x) is int and not -(2**63) <= x < 2**63:
        return OracleArray(Node(Jet([exact_integer(x)])), whole=True)
    if isinstance(x, int | float):
        return OracleArray(Node(jet_of(x)), whole=type(x) is int, floating=isinstance(x, float))
    if isinstance(x, list | tuple):
        if any(isinstance(item, OracleArray | Constant | list | tuple) for item in x):
            return FUNCTIONS["stack"]([array_of(item) for item in x])
        x = np.asarray(x)
    if isinstance(x, Constant):
        return OracleArray(Node(jet_of(x)), floating=True)
    plain = np.asarray(x)
    if plain.dtype.kind not in "biuf":
        raise refuse(f"an array of {plain.dtype}")
    return OracleArray(Node(jet_of(plain)), whole=plain.dtype.kind in "iu", floating=plain.dtype.kind == "f")


def exact_integer(x: int) -> np.ndarray:
    """A Python integer of any size, in 80-bit numbers rounded once."""
    return as_objects(arb(x)) if current().kind is BALLS else np.asarray(np.longdouble(str(x)))


def linear_change(x: OracleArray, change: Callable[[Any], Any], back: Back, *, view: bool = False) -> OracleArray:
    """Another arrangement of the entries of an array."""
    return OracleArray(Node(x.value.changed(change), ((x.node, back),)), base=x if view else None, floating=x.floating)


def packed(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """x.reshape(2, 3) is x.reshape((2, 3))."""
    return (
        args if len(args) == 1 and (args[0] is None or isinstance(args[0], tuple | list)) else (args,) if args else ()
    )


def ends_in_number(index: Any) -> bool:
    """Whether an index without axes left takes a number, not an array without axes."""
    parts = index if isinstance(index, tuple) else (index,)
    return bool(parts) and not any(part is Ellipsis for part in parts)


def require_integers(target: OracleArray, new: OracleArray) -> None:
    """Refuse the assignment of other numbers to an array of integers, or to one that may be of integers."""
    from .array_functions import may_be_integers

    if new.is_mask or new.whole or not (target.whole or may_be_integers(target)):
        return
    if new.node.moves:
        raise refuse(
            "assignment to an array that may be of integers, to which NumPy would cut them; make it with .astype(float)"
        )
    new.integers("assignment to an array that may be of integers")


def call_ufunc(ufunc: Any, *inputs: Any) -> Any:
    """A ufunc of arrays."""
    count = getattr(ufunc, "nin", len(inputs))
    if len(inputs) != count:
        raise refuse(f"np.{ufunc.__name__} with {len(inputs)} arguments")
    if any(map(is_complex, inputs)):
        from .complex_arrays import call_complex

        return call_complex(ufunc, *inputs)
    if ufunc in COMPARISONS:
        return compare_arrays(ufunc, *(array_of(x) for x in inputs))
    if ufunc in MASK_OPERATIONS:
        masks = [array_of(x) for x in inputs]
        if not all(mask.is_mask for mask in masks):
            raise refuse(f"np.{ufunc.__name__} of numbers that are no mask")
        return mask_operation(ufunc, masks)
    if ufunc in BOOLEAN_ARITHMETIC and all(is_any_mask(x) for x in inputs):
        return arithmetic_of_masks(ufunc, [array_of(x) for x in inputs])
    if ufunc.__name__ in FUNCTIONS and (ufunc not in ELEMENTARY or ufunc is np.arctan2):
        return FUNCTIONS[ufunc.__name__](*inputs)
    if ufunc not in ARITHMETIC and ufunc not in ELEMENTARY:
        raise refuse(f"np.{ufunc.__name__}", ufunc.__name__)
    return call_elementary(ufunc, *(array_of(x) for x in inputs))


def mask_operation(ufunc: Any, masks: list[OracleArray]) -> OracleArray:
    found = OracleArray(Node(Jet([np.asarray(ufunc(*(mask.held.value.first for mask in masks)))])), scalar=True)
    ties = [mask.tied for mask in masks if mask.tied is not None]
    found.tied = np.broadcast_to(np.logical_or.reduce(np.broadcast_arrays(*ties)), found.shape) if ties else None
    return found


def numbers_of_tie(mask: OracleArray) -> Node:
    """A mask that stands for both sides as numbers: from 0 to 1, or ½."""
    assert mask.tied is not None
    kind = current().kind
    numbers = kind.convert(mask.held.value.first)
    numbers[mask.tied] = arb(0.5, 0.5) if current().ties == "both" else kind.full((), 0.5)[()]
    return Node(Jet([numbers]))


def is_any_mask(x: Any) -> bool:
    return x.is_mask if isinstance(x, OracleArray) else not isinstance(x, Constant) and np.asarray(x).dtype == bool


BOOLEAN_ARITHMETIC = {np.add: np.logical_or, np.multiply: np.logical_and, np.subtract: None, np.negative: None}


def arithmetic_of_masks(ufunc: Any, masks: list[OracleArray]) -> OracleArray:
    """True + True is True, as in NumPy, and − has no meaning."""
    meant = BOOLEAN_ARITHMETIC[ufunc]
    if meant is None:
        raise refuse(f"np.{ufunc.__name__} of masks, as NumPy cannot; multiply a mask by 1 to have numbers")
    return mask_operation(meant, masks)


def call_elementary(ufunc: Any, *arrays: OracleArray) -> OracleArray:
    """A function of the table, or arithmetic, and how its slope is passed on."""
    nodes = [x.node if x.tied is None else numbers_of_tie(x) for x in arrays]
    values = tuple([as_numbers(node.value) for node in nodes])
    y = apply(ufunc, *values)
    made_from = tuple([(node, elementwise_back(ufunc, i, y, values)) for i, node in enumerate(nodes) if node.moves])
    whole = ufunc in ARITHMETIC and all(x.whole or x.is_mask for x in arrays)
    floating = (ufunc not in ARITHMETIC and ufunc is not np.power) or any(x.floating for x in arrays)
    return OracleArray(Node(y, made_from), whole=whole, scalar=True, floating=floating)


def compare_arrays(ufunc: Any, a: OracleArray, b: OracleArray) -> OracleArray:
    """A mask. Equal numbers that depend on parameters are noted: beside the point the comparison may be another."""
    signs, equal = signs_and_ties(a, b, f"np.{ufunc.__name__}")
    mask = OracleArray(Node(Jet([compare(ufunc, a.value, b.value, signs)])), scalar=True)
    mask.tied = np.broadcast_to(equal, mask.shape) if current().ties in ("both", "middle") and equal.any() else None
    return mask


def decided_signs(a: OracleArray, b: OracleArray, what: str) -> np.ndarray:
    """−1, 0 or 1 for a − b, entry by entry. Raises Uncertified where both sides of a tie are asked for."""
    signs, equal = signs_and_ties(a, b, what)
    if current().ties == "both" and equal.any():
        raise Uncertified(f"{what} of equal numbers has no both sides at once")
    return signs


def note_singular(*arrays: OracleArray) -> None:
    """Note what a decision finds of numbers that depend on parameters: beside the point ∞ or NaN may be something else."""
    for x in arrays if current().kind is BALLS else ():
        if x.node.varies:
            numbers = as_numbers(x.value).first
            finite = current().kind.is_finite(numbers).all()
            current().singular.append(None if finite else floats_of_special(numbers))


def signs_and_ties(a: OracleArray, b: OracleArray, what: str) -> tuple[np.ndarray, np.ndarray]:
    """(−1, 0 or 1 for a − b, where it is a tie)."""
    state = current()
    note_singular(a, b)
    left, right = as_numbers(a.value), as_numbers(b.value)
    with np.errstate(invalid="ignore"):
        difference = add(left, right, -1)
    signs = sign_by_ties(difference)
    if not (a.node.varies or b.node.varies):
        return signs, np.zeros((), bool)
    finite = state.kind.is_finite(left.first) & state.kind.is_finite(right.first)
    equal = (signs == 0) & finite
    if equal.any():
        note_tie(what, np.broadcast_to(equal, difference.shape))
        if state.ties in ("up", "down"):
            signs = np.where(equal, 1 if state.ties == "up" else -1, signs)
    return decision_of(signs), equal


def decision_of(found: Any) -> Any:
    """`found`, kept where decisions are made along a direction, or what was kept before in its place."""
    state = current()
    if state.ties == "replay":
        return state.decisions.pop(0)
    if state.ties == "direction":
        state.decisions.append(found)
    return found


def note_tie(what: str, equal: np.ndarray) -> None:
    """Note the entries that were found equal, each once, up to as many as are treated alike."""
    for place in np.argwhere(equal)[:MOST_NOTED]:
        current().tied.append(f"{what} of equal numbers" + (f" at {[int(i) for i in place]}" if place.size else ""))


def plain_index(index: Any) -> Any:
    """An index with plain arrays in place of an oracle's."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    if isinstance(index, OracleArray):
        return index.value.first if index.is_mask else index.integers("an index")
    if isinstance(index, list):
        found = np.asarray([plain_index(part) for part in index])
        return found if found.size else found.astype(int)
    return index


def is_basic(index: Any) -> bool:
    """Whether an index takes a view: of slices, integers, `...` and `None` only."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or (isinstance(part, slice | int | np.integer) and not isinstance(part, bool))
        or (isinstance(part, np.ndarray) and part.ndim == 0 and part.dtype.kind in "iu")
        for part in parts
    )  # fmt: skip


def is_mask_index(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == bool


def scattered_mask(g: SlopeArray, index: Any, shape: tuple[int, ...]) -> np.ndarray:
    found = np.zeros(shape, bool)
    found[index] = g.active_everywhere()
    return found


def scatter_add(g: SlopeArray, places: np.ndarray, shape: tuple[int, ...]) -> SlopeArray:
    """The slope of what was picked at these flat places, −1 for none, by the array that it was picked from."""
    size, flat = int(np.prod(shape)), np.asarray(places).ravel()
    used = flat >= 0
    once = np.bincount(flat[used], minlength=1).max(initial=0) <= 1

    def scatter(c: np.ndarray) -> np.ndarray:
        if c.dtype == bool:
            found = np.zeros(size, bool)
            np.logical_or.at(found, flat[used], c.ravel()[used])
        else:
            found = current().kind.full((size,), 0)
            if once:
                found[flat[used]] = c.ravel()[used]
            else:
                np.add.at(found, flat[used], c.ravel()[used])
        return found.reshape(shape)

    return SlopeArray(g.jet.changed(scatter), scatter(g.active_everywhere()))


def assign_whole(target: Any, found: Any) -> Any:
    """`x += 1` and its like: the handle gets what was found."""
    if not isinstance(target, OracleArray):
        raise UnknownOperation("an oracle cannot write into a plain NumPy array; import numpy at the top of the file")
    if not isinstance(found, OracleArray) or (target.is_mask and not found.is_mask):
        raise refuse("the result of an operation written into an array that cannot hold it")
    if not target.ndim and target.scalar is None:
        raise refuse("+= and its like, or out=, of an array without axes that may be a number; write x = x + …")
    if not target.ndim and target.scalar:
        return found
    target[...] = found
    return target


def zeros(shape: Any, number: float = 0.0, *, mask: bool = False) -> OracleArray:
    size = (int(shape),) if np.ndim(shape) == 0 else tuple(int(n) for n in shape)
    return OracleArray(Node(Jet([np.full(size, bool(number))]) if mask else constant(size, number)))
