"""Nested dicts of arrays, such as parameters and Hessians, as flat dicts and as JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

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


def json_ready(tree: Any) -> Any:
    """`tree` with non-finite numbers as strings, so that it is JSON."""
    if isinstance(tree, dict):
        return {name: json_ready(leaf) for name, leaf in tree.items()}
    if isinstance(tree, list | tuple):
        return [json_ready(leaf) for leaf in tree]
    if isinstance(tree, float) and not math.isfinite(tree):
        return str(tree)
    return tree
