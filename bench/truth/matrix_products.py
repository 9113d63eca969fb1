"""Matrix products of balls by FLINT, which is ten times faster than NumPy's loop over objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from flint import arb_mat

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


def product_of_balls(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b for vectors and matrices."""
    entries = (flint_matrix(a, row=True) * flint_matrix(b, row=False)).entries()
    return np.fromiter(entries, object, len(entries)).reshape((*a.shape[:-1], *b.shape[1:]))


def flint_matrix(a: np.ndarray, *, row: bool) -> arb_mat:
    """FLINT's matrix; a vector becomes a row or a column."""
    held = HELD_MATRICES.get(id(a), [a, None])
    if held[1] is None:
        height, width = a.shape if a.ndim == 2 else (1, a.size) if row else (a.size, 1)
        held[1] = arb_mat(height, width, a.ravel().tolist())
    return held[1]
