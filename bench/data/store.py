"""Nested dicts of arrays, and arrays on disk, addressed by what they were made from; that folder may be deleted."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .. import CACHE
from .files import replace_file
from .temporary import writable_cache


def digest_of(*parts: Any) -> str:
    """SHA-256 over strings, files and arrays, in hexadecimal; every part is preceded by its kind and size."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes()
        elif isinstance(part, np.ndarray):
            total.update(f"{part.dtype.str}{part.shape}".encode())
            content = np.ascontiguousarray(part).tobytes()
        elif isinstance(part, str | int | float | bool | None):
            content = repr(part).encode()
        else:  # its text may leave something out
            raise TypeError(f"cannot digest a {type(part).__name__}")
        total.update(f"{type(part).__name__}:{len(content)}:".encode())
        total.update(content)
    return total.hexdigest()


def stored_arrays(kind: str, name: str, make: Callable[[], Flat], *, fresh: bool = False) -> Flat:
    """The arrays stored as `kind/name`, made and stored first if they are missing (or `fresh`)."""
    path = CACHE / kind / f"{name}.npz"
    if fresh or not path.exists():
        found = make()
        content = io.BytesIO()
        np.savez(content, **found)  # type: ignore[arg-type]
        replace_file(writable_cache(path.parent) / path.name, content.getvalue())
        return found
    with np.load(path, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


Flat = dict[str, np.ndarray]


def flatten(tree: Any, prefix: str = "") -> Flat:
    """Nested dicts of arrays → one dict with `outer/inner` keys; a lone array has the key `` (empty)."""
    if not isinstance(tree, dict):
        return {prefix: tree}
    flat: Flat = {}
    for name, leaf in tree.items():
        flat.update(flatten(leaf, f"{prefix}/{name}" if prefix else name))
    return flat


def unflatten(flat: Flat) -> Any:
    """The inverse of `flatten`."""
    if list(flat) == [""]:
        return flat[""]
    tree: dict[str, Any] = {}
    for path, leaf in flat.items():
        *outer, last = path.split("/")
        branch = tree
        for name in outer:
            branch = branch.setdefault(name, {})
        branch[last] = leaf
    return tree
