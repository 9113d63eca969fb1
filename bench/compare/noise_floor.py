"""The noise floor of a machine: how far two measurements of the same thing differ, by the order of magnitude of the time.

It is fitted on pairs of runs of the same code (`gradmark noise`), kept in results/noise/<machine>.json, and used by
`gradmark compare`. Two floors: of interleaved runs, and of runs made one after the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import RESULTS, UsageError
from ..data.files import Count, Positive, decode_file, is_there, writable_folder, write_json
from ..machine.facts import machine_name
from ..text.table import Table
from ..text.units import format_duration

ASSUMED_NOISE = 0.10  # where none was measured
LEAST_NOISE = 0.01  # no floor is below this, however quiet the pair was
DEVIATIONS = 3.5  # of a normal distribution: 1 cell in 2000 is beyond, and its interval has to exclude 1 besides
LEAST_CELLS = 20  # of one order of magnitude; fewer are joined by their neighbours

Decades = dict[Annotated[int, msgspec.Meta(ge=-18, le=12)], Positive]
"""⌊log₁₀ seconds⌋ → relative difference."""


@dataclass(frozen=True)
class NoiseFloor:
    """Relative differences that are noise. cells: how many each was fitted on. Empty where nothing was measured."""

    interleaved: Decades = field(default_factory=dict)
    apart: Decades = field(default_factory=dict)
    cells: Decades = field(default_factory=dict)
    time: str = ""
    command: str = ""
    repeats: Count = 0

    def of(self, seconds: float, interleaved: bool) -> float:
        """The floor of the nearest order of magnitude; of runs apart it is no lower than of interleaved runs."""
        found = nearest_decade(self.interleaved, seconds)
        return found if interleaved else max(found, nearest_decade(self.apart, seconds))

    @property
    def measured(self) -> bool:
        return bool(self.interleaved)


def nearest_decade(decades: Decades, seconds: float) -> float:
    if not decades:
        return ASSUMED_NOISE
    return decades[min(decades, key=lambda decade: (abs(decade - decade_of(seconds)), -decade))]


def decade_of(seconds: float) -> int:
    return math.floor(math.log10(seconds))


def fit_decades(pairs: Sequence[tuple[float, float]]) -> Decades:
    """A floor for each order of magnitude that occurs: DEVIATIONS times the root mean square of the logarithms of ratios.

    pairs: (seconds, ratio) of two measurements of one cell each.
    """
    decades = np.array([decade_of(seconds) for seconds, _ in pairs], int)
    squares = np.array([math.log(ratio) ** 2 for _, ratio in pairs])
    found = {}
    for decade in sorted(set(decades)):
        deviation = math.sqrt(np.mean(squares[decade_members(decades, decade)]))
        found[int(decade)] = max(LEAST_NOISE, math.exp(DEVIATIONS * deviation) - 1)
    return found


def decade_members(decades: npt.NDArray[np.int_], decade: int) -> npt.NDArray[np.bool_]:
    """Which cells a decade's floor is fitted on: its own, and where they are few those of the decades around it."""
    reach = 0
    while np.sum(np.abs(decades - decade) <= reach) < min(LEAST_CELLS, len(decades)):
        reach += 1
    return np.asarray(np.abs(decades - decade) <= reach)


def noise_floor_path(facts: Mapping[str, Any]) -> Path:
    return RESULTS / "noise" / f"{machine_name(facts)}.json"


def write_noise_floor(path: Path, floor: NoiseFloor) -> None:
    """Raises OSError where that is not possible."""
    try:
        writable_folder(path.parent)
        write_json(path, asdict(floor))
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}; the noise floor is not stored", path.name) from None


def read_noise_floor(path: Path) -> NoiseFloor:
    """The floor in a file, an empty one where there is none. Raises UsageError for a file that holds something else."""
    if not is_there(path):
        return NoiseFloor()
    try:
        floor = decode_file(path, NoiseFloor)
    except UsageError:
        floor = None
    if floor is None or not floor.measured:
        raise UsageError(f"results/noise/{path.name}: not a valid noise floor; run gradmark noise")
    return floor


def noise_floor_table(floor: NoiseFloor) -> Table:
    """The floor by order of magnitude."""
    rows = {
        decade_text(decade): {
            "cells": f"{floor.cells.get(decade, 0):.0f}",
            "interleaved": f"{floor.interleaved[decade]:.1%}",
            "apart": f"{floor.apart[decade]:.1%}" if decade in floor.apart else "",
        }
        for decade in sorted(floor.interleaved)
    }
    body = pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("time of a cell")
    notes = (
        f"largest difference that is noise, with {floor.repeats} repeats: {DEVIATIONS:g} standard deviations of A/A ratios",
        "interleaved: processes of the two runs alternate; apart: one run after the other",
        f"orders of magnitude with fewer than {LEAST_CELLS} cells are merged with their neighbours",
    )
    return Table("Noise floor of this machine", body, notes, least=("cells",))


def decade_text(decade: int) -> str:
    return f"{format_duration(10.0**decade)} to {format_duration(10.0 ** (decade + 1))}"
