"""Complex numbers inside a real function: pairs of an oracle's arrays, so that slopes follow from real functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .array_functions import COPIES, VIEWS, known, mask_of
from .elementary_functions import ZERO
from .jets import as_numbers, current
from .number_kinds import BALLS, Undecided
from .oracle_arrays import (
    FUNCTIONS,
    ComplexNumbers,
    OracleArray,
    array_of,
    call_elementary,
    is_complex,
    packed,
    refuse,
    zeros,
)

LINEAR = ("sum", "mean", "cumsum", "diff", "trace", *VIEWS, *COPIES)
PARTS = ("copy", "array", "asarray", "ascontiguousarray", "positive")
"""Functions that change nothing."""


class ComplexArray(ComplexNumbers, NDArrayOperatorsMixin):
    """real + i imag."""

    def __hash__(self) -> int:
        raise refuse("complex numbers as a key of a dictionary, in a set or in a cache")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise refuse("pickle of complex numbers")

    def __copy__(self) -> ComplexArray:
        return call_named("copy", self)

    def __deepcopy__(self, memo: Any) -> ComplexArray:
        return call_named("copy", self)

    def __bool__(self) -> bool:
        raise refuse("the truth value of complex numbers")

    def __complex__(self) -> complex:
        raise refuse("complex() of complex numbers")

    def __setitem__(self, index: Any, value: Any) -> None:
        new = ComplexArray.of(value)
        self.real[index] = new.real
        self.imag[index] = new.imag

    def __init__(self, real: Any, imag: Any):
        self.real: OracleArray = real
        self.imag: OracleArray = imag
        for part in (real, imag):
            part.whole, part.floating = False, True

    @classmethod
    def of(cls, x: Any) -> ComplexArray:
        if isinstance(x, ComplexArray):
            return x
        if is_complex(x):
            plain = np.asarray(x)
            return cls(array_of(plain.real), array_of(plain.imag))
        real = array_of(x)
        return cls(real * 1 if real.is_mask else OracleArray(real.node), zeros(real.shape))

    shape = property(lambda self: self.real.shape)
    ndim = property(lambda self: self.real.ndim)
    size = property(lambda self: self.real.size)
    T = property(lambda self: ComplexArray(self.real.T, self.imag.T))

    def __len__(self) -> int:
        return len(self.real)

    def __getitem__(self, index: Any) -> ComplexArray:
        return ComplexArray(self.real[index], self.imag[index])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> Any:
        if method != "__call__" or more:
            what = f".{method}" if method != "__call__" else " in place, or with options,"
            raise refuse(f"np.{ufunc.__name__}{what} of complex numbers; write z = z + … in place of z += …")
        return call_complex(ufunc, *inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return call_named(function.__name__, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in METHODS:
            raise refuse(f"the attribute .{name} of complex numbers", name)
        pack = packed if name in ("reshape", "transpose") else tuple
        return lambda *args, **kwargs: call_named(name, self, *pack(args), **kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise refuse("np.asarray of complex numbers")

    def absolute(self) -> Any:
        return np.hypot(self.real, self.imag)

    def angle(self) -> Any:
        require_off_cut(self)
        return np.arctan2(self.imag, self.real)

    def conj(self) -> ComplexArray:
        return ComplexArray(FUNCTIONS["copy"](self.real), -self.imag)

    conjugate = conj


def call_named(name: str, *args: Any, **kwargs: Any) -> Any:
    """A function that is known by name, one part after the other where it is linear."""
    if name in ("real", "imag", "conj", "conjugate", "angle") and len(args) == 1 and not kwargs:
        z = ComplexArray.of(args[0])
        return getattr(z, name) if name in ("real", "imag") else getattr(z, name)()
    if name in PARTS and (len(args) == 1 or args[1] in (complex, np.complex128)) and not kwargs:
        z = ComplexArray.of(FUNCTIONS["stack"](args[0]) if isinstance(args[0], list | tuple) else args[0])
        return z if name.startswith("as") else ComplexArray(FUNCTIONS["copy"](z.real), FUNCTIONS["copy"](z.imag))
    if name == "where":
        return FUNCTIONS["where"](*args, **kwargs)
    if name in ("matmul", "dot", "vdot", "outer"):
        left = ComplexArray.of(args[0]).conj() if name == "vdot" else args[0]
        if len(args) != 2 or kwargs or (name == "vdot" and max(ComplexArray.of(x).ndim for x in args) > 1):
            raise refuse(f"np.{name} of complex numbers with these arguments")
        return multiply_complex(FUNCTIONS["dot" if name == "vdot" else name], left, args[1])
    if name.startswith("fft."):
        return FUNCTIONS[name](*args, **kwargs)
    if name not in LINEAR:
        raise refuse(f"np.{name} of complex numbers", name)
    first, *rest = args
    if isinstance(first, list | tuple):
        parts = [ComplexArray.of(x) for x in first]
        halves = ([x.real for x in parts], [x.imag for x in parts])
    else:
        whole = ComplexArray.of(first)
        halves = (whole.real, whole.imag)  # type: ignore[assignment]
    real, imag = (FUNCTIONS[name](half, *rest, **kwargs) for half in halves)
    if isinstance(real, list):
        return [ComplexArray(x, y) for x, y in zip(real, imag, strict=True)]
    return ComplexArray(real, imag)


def multiply_complex(product: Callable[[Any, Any], Any], a: Any, b: Any) -> ComplexArray:
    """A product that is linear in both factors."""
    x, y = ComplexArray.of(a), ComplexArray.of(b)
    real = product(x.real, y.real) - product(x.imag, y.imag)
    return ComplexArray(real, product(x.real, y.imag) + product(x.imag, y.real))


def divide_complex(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    size = b.real * b.real + b.imag * b.imag
    if current().kind is BALLS and current().kind.is_zero(as_numbers(size.value).first).any():
        raise Undecided("a quotient of complex numbers by zero")
    found = multiply_complex(lambda x, y: x * y, a, b.conj())
    return ComplexArray(found.real / size, found.imag / size)


def require_off_cut(z: ComplexArray) -> None:
    """On the negative axis the sign of a zero decides, which balls do not have."""
    if current().kind is not BALLS:
        return
    zero = current().kind.is_zero(as_numbers(z.imag.value).first)
    negative = [not x > 0 and not x.is_zero() for x in as_numbers(z.real.value).first.flat]
    if (zero.ravel() & np.array(negative, bool)).any():
        raise Undecided("a complex number on the cut of the logarithm")


def exponential(z: ComplexArray) -> ComplexArray:
    size = np.exp(z.real)
    return ComplexArray(size * np.cos(z.imag), size * np.sin(z.imag))


def power_complex(a: ComplexArray, exponent: Any) -> ComplexArray:
    plain = np.asarray(exponent) if not isinstance(exponent, ComplexArray | OracleArray) else None
    if (
        plain is not None
        and plain.ndim == 0
        and not is_complex(exponent)
        and float(plain).is_integer()
        and abs(plain) <= 64
    ):
        found = ComplexArray(zeros(a.shape, 1.0), zeros(a.shape))
        for _ in range(abs(int(plain))):
            found = multiply_complex(lambda x, y: x * y, found, a)
        return found if plain >= 0 else divide_complex(ComplexArray.of(1.0), found)
    power = ComplexArray.of(exponent)
    found = exponential(multiply_complex(lambda x, y: x * y, power, logarithm(a)))
    kind = current().kind
    zero = np.logical_and(*(kind.is_zero(as_numbers(part.value).first) for part in (a.real, a.imag)))
    if not zero.any():
        return found
    if not (
        kind.sign(np.broadcast_to(as_numbers(power.real.value).first, found.shape)[np.broadcast_to(zero, found.shape)])
        > 0
    ).all():
        raise Undecided("a power of a complex zero whose exponent is not positive")
    nothing = call_elementary(ZERO, a.real)  # whose slopes are not known
    return ComplexArray(*(FUNCTIONS["where"](mask_of(zero), nothing, part) for part in (found.real, found.imag)))


def logarithm(z: ComplexArray) -> ComplexArray:
    return ComplexArray(np.log(z.absolute()), z.angle())


def square_root(z: ComplexArray) -> ComplexArray:
    size, half = np.sqrt(z.absolute()), z.angle() / 2
    return ComplexArray(size * np.cos(half), size * np.sin(half))


def sine(z: ComplexArray) -> ComplexArray:
    return ComplexArray(np.sin(z.real) * np.cosh(z.imag), np.cos(z.real) * np.sinh(z.imag))


def cosine(z: ComplexArray) -> ComplexArray:
    return ComplexArray(np.cos(z.real) * np.cosh(z.imag), -np.sin(z.real) * np.sinh(z.imag))


METHODS = ("sum", "mean", "cumsum", "trace", "reshape", "ravel", "transpose", "swapaxes", "squeeze", "diagonal", "copy",
           "take", "repeat", "dot")  # fmt: skip


def call_complex(ufunc: Any, *inputs: Any) -> Any:
    """A ufunc where an argument is complex."""
    if len(inputs) != ufunc.nin:
        raise refuse(f"np.{ufunc.__name__} of complex numbers with {len(inputs)} arguments")
    z = [ComplexArray.of(x) for x in inputs]
    if ufunc in (np.add, np.subtract):
        return ComplexArray(ufunc(z[0].real, z[1].real), ufunc(z[0].imag, z[1].imag))
    if ufunc is np.multiply:
        return multiply_complex(lambda a, b: a * b, *z)
    if ufunc is np.power:
        return power_complex(z[0], inputs[1])
    if ufunc is np.matmul:
        return multiply_complex(FUNCTIONS["matmul"], *z)
    if ufunc in COMPLEX_UFUNCS:
        return COMPLEX_UFUNCS[ufunc](*z)
    raise refuse(f"np.{ufunc.__name__} of complex numbers")


COMPLEX_UFUNCS: dict[Any, Callable[..., Any]] = {
    np.divide: divide_complex,
    np.negative: lambda z: ComplexArray(-z.real, -z.imag),
    np.positive: lambda z: call_named("copy", z),
    np.square: lambda z: multiply_complex(lambda a, b: a * b, z, z),
    np.absolute: ComplexArray.absolute,
    np.conjugate: ComplexArray.conj,
    np.exp: exponential,
    np.log: logarithm,
    np.sqrt: square_root,
    np.sin: sine,
    np.cos: cosine,
}


@known("imag")
def imag(x: Any) -> Any:
    return x.imag if isinstance(x, ComplexArray) else zeros(array_of(x).shape)


@known("angle")
def angle(x: Any) -> Any:
    """Of real numbers 0 or π."""
    x = array_of(x)
    return np.arctan2(zeros(x.shape), x)


def fourier_matrix(rows: int, n: int, sign: int) -> ComplexArray:
    """exp(sign 2πi jk/n), exactly at the precision of the moment."""
    turns = array_of(np.outer(np.arange(rows), np.arange(n)) % n) * (sign * 2) / n
    angle_of = np.deg2rad(turns * 180)
    return ComplexArray(np.cos(angle_of), np.sin(angle_of))


def transformed(x: Any, n: int | None, axis: int, sign: int, rows: int | None = None) -> ComplexArray:
    z = call_named("moveaxis", ComplexArray.of(x), axis, -1)
    size = z.shape[-1] if n is None else n
    if z.shape[-1] > size:
        z = z[..., :size]
    elif z.shape[-1] < size:
        z = call_named("pad", z, [(0, 0)] * (z.ndim - 1) + [(0, size - z.shape[-1])])
    matrix = fourier_matrix(size if rows is None else rows, size, sign)
    return call_named("moveaxis", multiply_complex(FUNCTIONS["matmul"], z, matrix.T), -1, axis)


@known("fft.fft")
def fft(x: Any, n: int | None = None, axis: int = -1) -> ComplexArray:
    return transformed(x, n, axis, -1)


@known("fft.ifft")
def ifft(x: Any, n: int | None = None, axis: int = -1) -> ComplexArray:
    found = transformed(x, n, axis, 1)
    size = found.shape[axis]
    return ComplexArray(found.real / size, found.imag / size)


@known("fft.rfft")
def rfft(x: Any, n: int | None = None, axis: int = -1) -> ComplexArray:
    if isinstance(x, ComplexArray):
        raise refuse("np.fft.rfft of complex numbers; use np.fft.fft", "fft")
    size = array_of(x).shape[axis] if n is None else n
    return transformed(x, n, axis, -1, rows=size // 2 + 1)


@known("fft.irfft")
def irfft(x: Any, n: int | None = None, axis: int = -1) -> OracleArray:
    z = call_named("moveaxis", ComplexArray.of(x), axis, -1)
    size = 2 * (z.shape[-1] - 1) if n is None else n
    z = z[..., : size // 2 + 1]
    missing = size // 2 + 1 - z.shape[-1]
    if missing:
        z = call_named("pad", z, [(0, 0)] * (z.ndim - 1) + [(0, missing)])
    mirrored = z[..., 1 : (size + 1) // 2].conj()
    whole = call_named("concatenate", [z, call_named("flip", mirrored, -1)], -1)
    return FUNCTIONS["moveaxis"](ifft(whole).real, -1, axis)
