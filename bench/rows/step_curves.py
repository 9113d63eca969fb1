"""Sweeps over the step of differences, kept in a run folder as steps.json: a list of curves."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict

from .. import UsageError
from ..data.files import Positive, decode_file

STEP_CURVES_FILE = "steps.json"
NAMES = ("problem", "instance", "method", "dtype")


class StoredCurve(TypedDict):
    """h: the steps. error: at each of them, null where it is unknown. predicted: the best step by the theory."""

    problem: str
    instance: str
    method: str
    dtype: str
    h: list[Positive]
    error: list[float | None]
    predicted: float | None


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
    curves = decode_file(path, list[StoredCurve]) if path.exists() else []
    if any(len(curve["h"]) != len(curve["error"]) for curve in curves):
        raise UsageError(f"{folder}: {STEP_CURVES_FILE}: expected as many errors as steps")
    return [dict(curve) for curve in curves]
