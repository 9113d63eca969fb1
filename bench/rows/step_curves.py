"""Sweeps over the step of differences, kept in a run folder as steps.json: a list of curves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypedDict

import msgspec

from .. import UsageError
from ..data.files import NAME, Distance, Name, Positive, decode_file, is_there, write_json
from .row import Dtype

STEP_CURVES_FILE = "steps.json"
Method = Annotated[str, msgspec.Meta(pattern=rf"\A{NAME.pattern}/{NAME.pattern}\Z")]
NAMES = ("problem", "instance", "method", "dtype")


class StoredCurve(TypedDict):
    """h: the steps. error: at each of them, null where it is unknown. predicted: the best step by the theory."""

    problem: Name
    instance: Name
    method: Method
    dtype: Dtype
    h: list[Positive]
    error: list[Distance | None]
    predicted: Positive | None


def write_step_curves(folder: Path, curves: Iterable[Mapping[str, Any]]) -> None:
    """Put curves into a run folder, in place of those of the same names."""
    known = {tuple(curve[name] for name in NAMES): dict(curve) for curve in (*read_step_curves(folder), *curves)}
    write_json(folder / STEP_CURVES_FILE, [finite(curve) for curve in known.values()])


def finite(curve: Mapping[str, Any]) -> dict[str, Any]:
    """The curve with null for what is no number."""

    def known(value: Any) -> float | None:
        return float(value) if value is not None and math.isfinite(value) else None

    lists = {name: [known(value) for value in curve[name]] for name in ("h", "error")}
    return {**{name: str(curve[name]) for name in NAMES}, **lists, "predicted": known(curve["predicted"])}


def read_step_curves(folder: Path) -> list[dict[str, Any]]:
    """The curves of a run folder; none without the file. Raises UsageError for one that holds something else."""
    path = folder / STEP_CURVES_FILE
    curves = decode_file(path, list[StoredCurve]) if is_there(path) else []
    if any(len(curve["h"]) != len(curve["error"]) for curve in curves):
        raise UsageError(f"{folder}: {STEP_CURVES_FILE}: expected as many errors as steps")
    return [dict(curve) for curve in curves]
