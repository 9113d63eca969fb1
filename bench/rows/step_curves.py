"""Sweeps over the step of differences, kept in a run folder as steps.json: a list of curves.

A curve is `{"problem", "instance", "method", "dtype", "h": [...], "error": [...], "predicted": step or null}`; an error
that is unknown is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .. import UsageError
from ..data.readers import reader_of, text_reader

STEP_CURVES_FILE = "steps.json"
LARGEST_CURVES = 2**24  # bytes; a sweep has some ten thousand
NAMES = ("problem", "instance", "method", "dtype")


def write_step_curves(folder: Path, curves: Iterable[Mapping[str, Any]]) -> None:
    """Put curves into a run folder, in place of those of the same names."""
    known = {tuple(curve[name] for name in NAMES): dict(curve) for curve in (*read_step_curves(folder), *curves)}
    text = json.dumps([finite(curve) for curve in known.values()], indent=1, allow_nan=False)
    (folder / STEP_CURVES_FILE).write_text(text + "\n")


def finite(curve: Mapping[str, Any]) -> dict[str, Any]:
    """The curve with null for what is no number."""

    def known(value: Any) -> float | None:
        return float(value) if value is not None and math.isfinite(value) else None

    lists = {name: [known(value) for value in curve[name]] for name in ("h", "error")}
    return {**{name: str(curve[name]) for name in NAMES}, **lists, "predicted": known(curve["predicted"])}


def read_step_curves(folder: Path) -> list[dict[str, Any]]:
    """The curves of a run folder; none without the file. Raises UsageError for one that holds something else."""
    path = folder / STEP_CURVES_FILE
    if not path.exists():
        return []
    try:
        if path.stat().st_size > LARGEST_CURVES:
            raise ValueError("too large")
        content = json.loads(path.read_text())
        return [checked(curve) for curve in a_list(content)]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(f"{folder}: {STEP_CURVES_FILE}: expected curves of gradmark steps") from None


def a_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a list")
    return value


def checked(curve: Any) -> dict[str, Any]:
    """A curve as it was written. Raises ValueError, TypeError or KeyError."""
    steps, errors = reader_of(list[float])(curve["h"]), curve["error"]
    number = reader_of(float | None)
    found = [number(error) for error in a_list(errors)]
    if len(steps) != len(found) or not all(0 < h < math.inf for h in steps):
        raise ValueError("as many errors as positive steps")
    names = {name: text_reader(curve[name]) for name in NAMES}
    return {**names, "h": steps, "error": found, "predicted": number(curve["predicted"])}
