"""The noise floor of a machine: how far two measurements of the same thing differ, by the order of magnitude of the time.

It is fitted on pairs of runs of the same code (`gradmark noise`), kept in results/noise/<machine>.json, and used by
`gradmark compare`. Two floors: of runs whose processes took turns, and of runs made one after the other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import RESULTS, UsageError, machine, schema, units
from .table import Table

ASSUMED = 0.10  # where none was measured
LEAST = 0.01  # no floor is below this, however quiet the pair was
QUANTILE = 0.95  # the interval has to exclude 1 besides; the largest of all would be set by one odd cell
LEAST_CELLS = 8  # of one order of magnitude; fewer are joined by their neighbours
KINDS = ("interleaved", "apart")

Decades = dict[int, float]
"""⌊log₁₀ seconds⌋ → relative difference."""


@dataclass(frozen=True)
class Floor:
    """Relative differences that are noise. cells: how many each was fitted on. Empty where nothing was measured."""

    interleaved: Decades = field(default_factory=dict)
    apart: Decades = field(default_factory=dict)
    cells: Decades = field(default_factory=dict)
    time: str = ""
    command: str = ""
    repeats: int = 0

    def of(self, seconds: float, interleaved: bool) -> float:
        """The floor of the nearest order of magnitude; of runs apart it is no lower than of runs that took turns."""
        found = nearest(self.interleaved, seconds)
        return found if interleaved else max(found, nearest(self.apart, seconds))

    @property
    def measured(self) -> bool:
        return bool(self.interleaved)


def nearest(decades: Decades, seconds: float) -> float:
    if not decades:
        return ASSUMED
    return decades[min(decades, key=lambda decade: (abs(decade - decade_of(seconds)), -decade))]


def decade_of(seconds: float) -> int:
    return math.floor(math.log10(seconds))


def fit(pairs: Sequence[tuple[float, float]], quantile: float) -> Decades:
    """A floor for each order of magnitude that occurs. pairs: (seconds, ratio) of two measurements of one cell each."""
    if not pairs:
        return {}
    decades = np.array([decade_of(seconds) for seconds, _ in pairs])
    differences = np.array([max(ratio, 1 / ratio) - 1 for _, ratio in pairs])
    return {
        int(decade): max(LEAST, float(np.quantile(differences[members(decades, decade)], quantile, method="higher")))
        for decade in sorted(set(decades))
    }


def members(decades: npt.NDArray[np.int_], decade: int) -> npt.NDArray[np.bool_]:
    """Which cells a decade's floor is fitted on: its own, and where they are few those of the decades around it."""
    reach = 0
    while np.sum(np.abs(decades - decade) <= reach) < min(LEAST_CELLS, len(decades)):
        reach += 1
    return np.asarray(np.abs(decades - decade) <= reach)


def path_of(facts: Mapping[str, Any]) -> Path:
    return RESULTS / "noise" / f"{machine.name(facts)}.json"


def write(path: Path, floor: Floor) -> None:
    """Raises UsageError where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(floor), indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(
            f"{path.name}: {error.strerror}; the noise floor could not be stored in results/noise"
        ) from None


def read(path: Path) -> Floor:
    """The floor in a file, an empty one where there is none. Raises UsageError for a file that holds something else."""
    if not path.exists():
        return Floor()
    try:
        content = json.loads(path.read_text())
        interleaved, apart, cells = (decades_in(content[name]) for name in (*KINDS, "cells"))
        time, command = (schema.reader(str)(content[name]) for name in ("time", "command"))
        return Floor(interleaved, apart, cells, time, command, schema.reader(int)(content["repeats"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UsageError(f"results/noise/{path.name}: expected a noise floor; type: gradmark noise") from None


def decades_in(content: dict[str, Any]) -> Decades:
    found = {int(decade): float(difference) for decade, difference in content.items()}
    if not all(0 < difference < math.inf for difference in found.values()):
        raise ValueError("a positive number")
    return found


def table(floor: Floor) -> Table:
    """The floor by order of magnitude."""
    rows = {
        span(decade): {
            "cells": f"{floor.cells.get(decade, 0):.0f}",
            "interleaved": f"{floor.interleaved[decade]:.1%}",
            "apart": f"{floor.apart[decade]:.1%}" if decade in floor.apart else "",
        }
        for decade in sorted(floor.interleaved)
    }
    body = pd.DataFrame.from_dict(rows, orient="index", dtype=object)
    body.index.name = "time of a cell"
    notes = (
        f"differences that are noise here, with {floor.repeats} repeats: {QUANTILE:.0%} of cells differed by less",
        "interleaved: processes of the two took turns; apart: one run after the other, where the largest counts",
        f"orders of magnitude with fewer than {LEAST_CELLS} cells are joined by their neighbours",
    )
    return Table("Noise floor of this machine", body, notes)


def span(decade: int) -> str:
    return f"{units.duration(10.0**decade)} to {units.duration(10.0 ** (decade + 1))}"
