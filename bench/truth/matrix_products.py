"""Matrix products of numbers for which NumPy has no fast ones: balls, series of balls, and extended precision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

HELD_MATRICES: dict[int, list[Any]] = {}
"""id → [array of balls, FLINT's matrix of it]; an array that is held keeps its id."""


@contextmanager
def hold_matrices(arrays: Iterable[np.ndarray]) -> Iterator[None]:
    """Within this context the matrices of these arrays, an oracle's data, are made once."""
    HELD_MATRICES.update({id(a): [a, None] for a in arrays if a.ndim == 2})
    try:
        yield
    finally:
        HELD_MATRICES.clear()


def with_balls(values: list[np.ndarray]) -> list[np.ndarray]:
    """The arrays, with plain numbers as balls where another array holds balls: numbers know no square root."""
    if all(a.dtype != object for a in values):
        return values
    from flint import arb

    return [
        a if a.dtype == object else np.fromiter(map(arb, a.ravel().tolist()), object, a.size).reshape(a.shape)
        for a in values
    ]


def any_product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b for vectors and matrices."""
    if object in (a.dtype, b.dtype):
        return product_of_balls(a, b)
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        return product_of_complex(a, b)
    return np.asarray(a @ b)


def product_of_complex(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """NumPy's complex loop in extended precision is ten times slower than real ones."""
    found = (a.real @ b.real).astype(np.result_type(a, b))
    for x, y, unit in ((a.real, b.imag, 1j), (a.imag, b.real, 1j), (a.imag, b.imag, -1)):
        if np.any(x) and np.any(y):
            found += unit * (x @ y)
    return np.asarray(found)


def product_of_balls(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """By FLINT, which is ten times faster than a loop over objects; series coefficient by coefficient."""
    from flint import arb_series, ctx

    shape = (*a.shape[:-1], *b.shape[1:])
    if not is_series(a) and not is_series(b):
        return matrix_product(a, b, shape)
    left, right = series_coefficients(a), series_coefficients(b)
    parts: list[Any] = [0] * min(ctx.cap, len(left) + len(right) - 1)
    for i, x in enumerate(left):
        for j, y in enumerate(right[: len(parts) - i]):
            if x is not None and y is not None:
                parts[i + j] = parts[i + j] + matrix_product(x, y, shape)
    columns = [np.broadcast_to(part, shape).ravel().tolist() for part in parts]
    series = (arb_series(list(column)) for column in zip(*columns, strict=True))
    return np.fromiter(series, object, len(columns[0])).reshape(shape)


def is_series(a: np.ndarray) -> bool:
    return id(a) not in HELD_MATRICES and any(hasattr(x, "coeffs") for x in a.flat)


def series_coefficients(a: np.ndarray) -> list[np.ndarray | None]:
    """Arrays of the coefficients of each power, None where all are zero; one of them for balls."""
    if not is_series(a):
        return [a]
    length = max(x.length() if hasattr(x, "coeffs") else 1 for x in a.flat)
    parts = []
    for power in range(max(1, length)):
        numbers = (x[power] if hasattr(x, "coeffs") else x if power == 0 else 0 for x in a.flat)
        part = np.fromiter(numbers, object, a.size).reshape(a.shape)
        parts.append(part if any(x != 0 for x in part.flat) else None)
    return parts


def matrix_product(a: np.ndarray, b: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    entries = (flint_matrix(a, row=True) * flint_matrix(b, row=False)).entries()
    return np.fromiter(entries, object, len(entries)).reshape(shape)


def flint_matrix(a: np.ndarray, *, row: bool) -> Any:
    """FLINT's matrix; a vector becomes a row or a column."""
    from flint import arb_mat

    held = HELD_MATRICES.get(id(a), [a, None])
    if held[1] is None:
        height, width = a.shape if a.ndim == 2 else (1, a.size) if row else (a.size, 1)
        held[1] = arb_mat(height, width, a.ravel().tolist())
    return held[1]
