"""A comparison for other programs: JSON, and CSV with one line per cell."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..text.escape import escape_spreadsheet
from .compatibility import ComparablePair
from .verdicts import CELL_PLACE, VERDICT_MEMBERS, ComparedCell, verdict_row

BESIDE = ("repeats", "a_status", "b_status")
COLUMNS = [*CELL_PLACE, *VERDICT_MEMBERS, *BESIDE]


def comparison_json(pair: ComparablePair, shown: Sequence[ComparedCell], failures: Sequence[str] | None) -> str:
    """The runs, a member for each cell, and what failed the gate; null where there was none, and for unknown numbers."""
    content = {
        "a": pair.a.name,
        "b": pair.b.name,
        "interleaved": pair.interleaved,
        "notes": pair.notes,
        "cells": [{name: known(value) for name, value in full_row(cell).items()} for cell in shown],
        "failures": None if failures is None else list(failures),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def comparison_csv(shown: Sequence[ComparedCell]) -> str:
    rows = [full_row(cell) | {"why": escape_spreadsheet(cell.why)} for cell in shown]
    return str(pd.DataFrame(rows, columns=COLUMNS).to_csv(index=False))


def full_row(cell: ComparedCell) -> dict[str, Any]:
    beside = cell.repeats, cell.a.status, cell.b.status
    return verdict_row(cell) | dict(zip(BESIDE, beside, strict=True))


def known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
