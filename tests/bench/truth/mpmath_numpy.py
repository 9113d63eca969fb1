"""NumPy and SciPy once more, on object arrays of mpmath's numbers: plain Python that shares nothing with bench.truth.

`load(source)` runs the text of an oracle with this in place of NumPy; `differences` has derivatives by central differences.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import mpmath
import numpy as np

DIGITS, STEP = 150, 35
"""Decimal digits of the arithmetic, and of the step of differences."""


def as_array(x: Any) -> np.ndarray:
    """An object array of mpf; integers and masks as they are."""
    if isinstance(x, list | tuple):
        parts = [as_array(item) for item in x]
        return np.stack(parts) if parts else np.zeros(0, object)
    plain = x if isinstance(x, np.ndarray) else np.array(x, object if isinstance(x, mpmath.mpf | mpmath.mpc) else None)
    return (
        np.array([mpmath.mpf(float(n)) for n in plain.flat], object).reshape(plain.shape)
        if plain.dtype.kind == "f" and plain.size
        else plain
    )


def by_entry(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers as one of arrays."""

    def called(*arrays: Any) -> Any:
        return np.frompyfunc(function, len(arrays), 1)(*(as_array(x) for x in arrays))

    return called


def number(x: Any) -> Any:
    return (
        x
        if isinstance(x, mpmath.mpf | mpmath.mpc)
        else mpmath.mpf(int(x))
        if isinstance(x, np.integer | np.bool_ | int)
        else mpmath.mpmathify(x)
    )


def of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    called = by_entry(lambda *xs: function(*map(number, xs)))
    called.reduce = lambda x, axis=0: functools.reduce(called, np.moveaxis(as_array(x), axis, 0))  # type: ignore[attr-defined]
    called.outer = lambda a, b: called(as_array(a)[(..., *[None] * np.ndim(b))], b)  # type: ignore[attr-defined]
    return called


def matrix(x: Any) -> Any:
    return mpmath.matrix([[number(n) for n in row] for row in x])


def from_matrix(m: Any, shape: tuple[int, ...]) -> np.ndarray:
    return np.array([*m], object).reshape(shape)


def variance(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    x = as_array(x)
    mean = np.sum(x, axis=axis, keepdims=True) / mpmath.mpf(x.size // np.sum(x * 0, axis=axis, keepdims=True).size)
    count = x.size // mean.size
    return np.sum((x - mean) * (x - mean), axis=axis, keepdims=keepdims) / mpmath.mpf(count - ddof)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    total = np.sum(as_array(x), axis=axis, keepdims=keepdims)
    return total / mpmath.mpf(as_array(x).size // max(np.size(total), 1))


def total(x: Any, axis: Any = None, where: Any = True, **options: Any) -> Any:
    x = as_array(x)
    return np.sum(x if where is True else np.where(where, x, mpmath.mpf(0)), axis=axis, **options)


def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    x = as_array(x)
    line = np.sort(x.ravel() if axis is None else np.moveaxis(x, axis, -1), -1)
    n = line.shape[-1]
    found = (line[..., (n - 1) // 2] + line[..., n // 2]) / mpmath.mpf(2)
    return np.reshape(found, np.sum(x * 0, axis=axis, keepdims=keepdims).shape) if keepdims else found


def filled(shape: Any, fill: Any = 0, dtype: Any = float) -> np.ndarray:
    if np.dtype(dtype).kind not in "fc":
        return np.full(shape, fill, dtype)
    found = np.empty(shape, object)
    found[...] = number(scalar(fill))
    return found


def fourier(x: Any, n: int | None = None, axis: int = -1, sign: int = -1) -> np.ndarray:
    x = np.moveaxis(as_array(x), axis, -1)
    n = x.shape[-1] if n is None else n
    held = x[..., :n]
    rows = []
    for k in range(n):
        turns = [mpmath.expjpi(mpmath.mpf(2 * sign * k * j) / n) for j in range(held.shape[-1])]
        rows.append(sum(held[..., j] * turn for j, turn in enumerate(turns)))
    return np.moveaxis(np.stack(rows, -1), -1, axis)


def inverse_real(z: Any, n: int | None = None, axis: int = -1) -> np.ndarray:
    z = np.moveaxis(as_array(z), axis, -1)
    n = 2 * (z.shape[-1] - 1) if n is None else n
    whole = np.full((*z.shape[:-1], n), mpmath.mpc(0), object)
    for k in range(min(n // 2 + 1, z.shape[-1])):
        whole[..., k] = z[..., k]
        if 0 < k < (n + 1) // 2:
            whole[..., n - k] = of_numbers(mpmath.conj)(z[..., k])
    return np.moveaxis(of_numbers(mpmath.re)(fourier(whole, sign=1)) / mpmath.mpf(n), -1, axis)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    sizes = abs(as_array(x))
    if ord == np.inf:
        return np.max(sizes, axis=axis, keepdims=keepdims)
    power = mpmath.mpf(2 if ord in (None, "fro") else ord)
    return of_numbers(lambda s: s ** (1 / power))(
        np.sum(of_numbers(lambda s: s**power)(sizes), axis=axis, keepdims=keepdims)
    )


def signed_log(a: Any) -> Any:
    found = mpmath.det(matrix(a))
    return mpmath.sign(found), mpmath.log(abs(found))


LINALG = {
    "solve": lambda a, b: (
        np.stack([from_matrix(mpmath.lu_solve(matrix(a), mpmath.matrix([*column])), (len(a),)) for column in b.T], 1)
        if b.ndim == 2
        else from_matrix(mpmath.lu_solve(matrix(a), mpmath.matrix([*b])), b.shape)
    ),
    "inv": lambda a: from_matrix(mpmath.inverse(matrix(a)), np.shape(a)),
    "det": lambda a: mpmath.det(matrix(a)),
    "slogdet": signed_log,
    "cholesky": lambda a: from_matrix(mpmath.cholesky(matrix(np.tril(a) + np.tril(a, -1).T)), np.shape(a)),
    "eigvalsh": lambda a: from_matrix(
        mpmath.eigsy(matrix(np.tril(a) + np.tril(a, -1).T), eigvals_only=True), (len(a),)
    ),
    "norm": norm,
    "matrix_power": lambda a, n: from_matrix(matrix(a) ** n, np.shape(a)),
}
FFT = {
    "fft": fourier,
    "ifft": lambda x, n=None, axis=-1: fourier(x, n, axis, 1) / mpmath.mpf(np.shape(x)[axis] if n is None else n),
    "rfft": lambda x, n=None, axis=-1: np.moveaxis(
        np.moveaxis(fourier(x, n, axis), axis, -1)[..., : (np.shape(x)[axis] if n is None else n) // 2 + 1], -1, axis
    ),
    "irfft": inverse_real,
}


def rounded_half_even(x: Any) -> Any:
    return mpmath.nint(x)


def nan_free(function: Callable[..., Any], fill: Any) -> Callable[..., Any]:
    return lambda x, **options: function(np.where(is_nan(x), number(fill), as_array(x)), **options)


def is_nan(x: Any) -> Any:
    return np.asarray(by_entry(lambda n: bool(mpmath.isnan(number(n))))(x), bool)


def count_known(x: Any, **options: Any) -> Any:
    return np.sum(np.where(is_nan(x), mpmath.mpf(0), mpmath.mpf(1)), **options)


def nan_mean(x: Any, **options: Any) -> Any:
    return nan_free(np.sum, 0)(x, **options) / count_known(x, **options)


def searchsorted(knots: Any, x: Any, side: str = "left") -> Any:
    below = (lambda k, t: k < t) if side == "left" else (lambda k, t: k <= t)
    return by_entry(lambda t: sum(bool(below(k, t)) for k in knots))(x)


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> np.ndarray:
    parts = max(num - 1 if endpoint else num, 1)
    start, stop = scalar(start), scalar(stop)
    return np.array([number(start) + (number(stop) - number(start)) * i / parts for i in range(num)], object)


def soft(x: Any, axis: Any = None) -> Any:
    parts = of_numbers(mpmath.exp)(x)
    return parts / np.sum(parts, axis=axis, keepdims=True)


log2 = lambda x: mpmath.log(x) / mpmath.log(2)  # noqa: E731
ENTRIES: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "tanh": mpmath.tanh,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "arctan": mpmath.atan,
    "log1p": lambda x: mpmath.log(1 + x),
    "expm1": lambda x: mpmath.exp(x) - 1,
    "arctan2": mpmath.atan2,
    "hypot": mpmath.hypot,
    "cbrt": lambda x: mpmath.sign(x) * abs(x) ** (mpmath.mpf(1) / 3),
    "power": lambda a, b: a**b,
    "square": lambda x: x * x,
    "real": mpmath.re,
    "imag": mpmath.im,
    "conj": mpmath.conj,
    "angle": mpmath.arg,
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "round": rounded_half_even,
    "trunc": lambda x: mpmath.sign(x) * mpmath.floor(abs(x)),
    "expit": lambda x: 1 / (1 + mpmath.exp(-x)),
    "erf": mpmath.erf,
    "gammaln": lambda x: mpmath.log(abs(mpmath.gamma(x))),
    "logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "arcsinh": mpmath.asinh,
    "reciprocal": lambda x: 1 / x,
    "degrees": mpmath.degrees,
    "radians": mpmath.radians,
    "absolute": abs,
    "abs": abs,
    "fabs": abs,
    "float_power": lambda a, b: a**b,
    "copysign": lambda a, b: abs(a) * (1 if b >= 0 else -1),
    "betaln": lambda a, b: mpmath.log(abs(mpmath.beta(a, b))),
    "polygamma": lambda n, x: mpmath.polygamma(int(n), x),
    "kl_div": lambda x, y: x * mpmath.log(x / y) - x + y,
    "j0": lambda x: mpmath.besselj(0, x),
    "j1": lambda x: mpmath.besselj(1, x),
    "i0": lambda x: mpmath.besseli(0, x),
    "i1": lambda x: mpmath.besseli(1, x),
    "i0e": lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)),
    "i1e": lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)),
    "heaviside": lambda x, h: mpmath.mpf(x > 0) if x else h,
    "mod": lambda a, b: a - b * mpmath.floor(a / b),
    "fmod": lambda a, b: a - b * mpmath.sign(a / b) * mpmath.floor(abs(a / b)),
    "floor_divide": lambda a, b: mpmath.floor(a / b),
    "fmax": lambda a, b: b if mpmath.isnan(a) or b > a else a,
    "fmin": lambda a, b: b if mpmath.isnan(a) or b < a else a,
    "maximum": lambda a, b: a if mpmath.isnan(a) or a >= b else b,
    "minimum": lambda a, b: a if mpmath.isnan(a) or a <= b else b,
}
ARRAYS: dict[str, Callable[..., Any]] = {
    "array": lambda x, dtype=None, **o: np.array(as_array(x)),
    "asarray": lambda x, dtype=None: as_array(x),
    "asanyarray": as_array,
    "ascontiguousarray": as_array,
    "copy": lambda x: np.array(as_array(x)),
    "positive": as_array,
    "zeros": lambda shape, dtype=float: filled(shape, 0, dtype),
    "ones": lambda shape, dtype=float: filled(shape, 1, dtype),
    "empty": lambda shape, dtype=float: filled(shape, 0, dtype),
    "full": lambda shape, n, dtype=float: filled(shape, n, dtype),
    "zeros_like": lambda x, dtype=float: filled(np.shape(x), 0, dtype),
    "ones_like": lambda x, dtype=float: filled(np.shape(x), 1, dtype),
    "empty_like": lambda x: filled(np.shape(x), 0),
    "full_like": lambda x, n: filled(np.shape(x), n),
    "eye": lambda *a, **o: as_array(np.eye(*a, **o)),
    "identity": lambda n: as_array(np.eye(n)),
    "tri": lambda *a: as_array(np.tri(*a)),
    "arange": lambda *a: as_array(np.arange(*a)),
    "linspace": linspace,
    "var": variance,
    "mean": mean,
    "median": median,
    "sum": total,
    "std": lambda x, **o: of_numbers(mpmath.sqrt)(variance(x, **o)),
    "isnan": is_nan,
    "isfinite": lambda x: np.asarray(of_numbers(mpmath.isfinite)(x), bool),
    "isinf": lambda x: np.asarray(of_numbers(mpmath.isinf)(x), bool),
    "nan_to_num": lambda x, nan=0.0: np.where(is_nan(x), number(nan), as_array(x)),
    "nansum": nan_free(np.sum, 0),
    "nanmax": nan_free(np.max, mpmath.ninf),
    "nanmin": nan_free(np.min, mpmath.inf),
    "nanmean": nan_mean,
    "nanvar": lambda x, axis=None: nan_mean(
        of_numbers(lambda d: d * d)(as_array(x) - nan_mean(x, axis=axis, keepdims=True)), axis=axis
    ),
    "nanstd": lambda x, axis=None: of_numbers(mpmath.sqrt)(ARRAYS["nanvar"](x, axis=axis)),
    "clip": lambda x, low, high: by_entry(ENTRIES["minimum"])(by_entry(ENTRIES["maximum"])(x, low), high),
    "average": lambda x, axis=None, weights=None: (
        mean(x, axis)
        if weights is None
        else np.sum(as_array(x) * weights, axis) / np.sum(np.broadcast_to(weights, np.shape(x)), axis)
    ),
    "logsumexp": lambda x, axis=None, b=1, keepdims=False: of_numbers(mpmath.log)(
        np.sum(as_array(b) * of_numbers(mpmath.exp)(x), axis=axis, keepdims=keepdims)
    ),
    "softmax": soft,
    "log_softmax": lambda x, axis=None: of_numbers(mpmath.log)(soft(x, axis)),
    "searchsorted": searchsorted,
    "bincount": lambda x, weights=None, minlength=0: bincount(x, weights, minlength),
    "divmod": lambda a, b: (by_entry(ENTRIES["floor_divide"])(a, b), by_entry(ENTRIES["mod"])(a, b)),
    "einsum": lambda text, *arrays, **o: np.einsum(text, *(as_array(x) for x in arrays)),
    "fix": of_numbers(ENTRIES["trunc"]),
    "rint": of_numbers(mpmath.nint),
    "around": of_numbers(mpmath.nint),
    "remainder": of_numbers(ENTRIES["mod"]),
    "conjugate": of_numbers(mpmath.conj),
    "amax": np.max,
    "amin": np.min,
    "ptp": lambda x, axis=None: np.max(x, axis) - np.min(x, axis),
    "trace": lambda x, offset=0: np.sum(np.diagonal(x, offset), -1),
    "vdot": lambda a, b: np.sum(of_numbers(mpmath.conj)(a).ravel() * as_array(b).ravel()),
}


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> np.ndarray:
    found = filled((max(int(max(x)) + 1, minlength),))
    for i, place in enumerate(x):
        found[int(place)] += 1 if weights is None else weights[i]
    return found


class Part:
    """A part of NumPy or SciPy."""

    def __init__(self, table: dict[str, Any]):
        self.table = table

    def __getattr__(self, name: str) -> Any:
        return self.table[name]


class Numbers:
    """numpy."""

    linalg, fft = Part(LINALG), Part(FFT)

    def __getattr__(self, name: str) -> Any:
        if name in ENTRIES:
            return of_numbers(ENTRIES[name])
        return ARRAYS[name] if name in ARRAYS else getattr(np, name)


def load(source: str) -> ModuleType:
    """The module of this text, with mpmath in place of NumPy and scipy.special."""
    text = source.replace("import numpy as np\n", "").replace("from scipy import special\n", "")
    module = ModuleType("with_mpmath")
    module.__dict__.update(np=Numbers(), special=Numbers())
    exec(compile(text, "with_mpmath", "exec"), module.__dict__)
    return module


def to_mpmath(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Unsigned integers, which would wrap around, become mpf, too."""
    return {name: as_array(x.astype(float) if x.dtype.kind == "u" else x) for name, x in arrays.items()}


def scalar(x: Any) -> Any:
    return x.item() if isinstance(x, np.ndarray) else x


def moved(params: dict[str, np.ndarray], moves: list[tuple[str, Any, int]]) -> dict[str, np.ndarray]:
    found = {name: np.array(x) for name, x in params.items()}
    for name, index, sign in moves:
        found[name][index] = found[name][index] + sign * mpmath.mpf(10) ** -STEP
    return found


def gradient(function: Callable[[Any, Any], Any], params: Any, data: Any) -> dict[str, np.ndarray]:
    """Central differences: right to 10⁻⁷⁰ of the third derivative."""
    found = {name: np.empty(x.shape, object) for name, x in params.items()}
    for name, x in params.items():
        for index in np.ndindex(x.shape):
            up, down = (number(scalar(function(moved(params, [(name, index, s)]), data))) for s in (1, -1))
            found[name][index] = (up - down) / (2 * mpmath.mpf(10) ** -STEP)
    return found


def one_sided(function: Callable[[Any, Any], Any], params: Any, data: Any, name: str, index: Any, sign: int) -> Any:
    """The slope on one side, right to 10⁻³⁵ of the second derivative; complex beyond the domain."""
    beside, here = (number(scalar(function(at, data))) for at in (moved(params, [(name, index, sign)]), params))
    return sign * (beside - here) / mpmath.mpf(10) ** -STEP


def hessian(function: Callable[[Any, Any], Any], params: Any, data: Any) -> dict[str, dict[str, np.ndarray]]:
    found: Any = {a: {b: np.empty(x.shape + y.shape, object) for b, y in params.items()} for a, x in params.items()}
    places = [(name, index) for name, x in params.items() for index in np.ndindex(x.shape)]
    for (a, i), (b, j) in itertools.combinations_with_replacement(places, 2):
        corners = [
            s * t * number(scalar(function(moved(params, [(a, i, s), (b, j, t)]), data)))
            for s in (1, -1)
            for t in (1, -1)
        ]
        found[a][b][(*i, *j)] = found[b][a][(*j, *i)] = sum(corners) / (4 * mpmath.mpf(10) ** (-2 * STEP))
    return found


def descent(
    function: Callable[[Any, Any], Any], params: Any, data: Any, rate: float, steps: int
) -> dict[str, np.ndarray]:
    for _ in range(steps):
        slopes = gradient(function, params, data)
        params = {name: np.asarray(x - mpmath.mpf(rate) * slopes[name], object) for name, x in params.items()}
    return params
