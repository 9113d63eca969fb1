"""A run folder as a report needs it. A file that is damaged is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from .. import UsageError
from ..compare.noise_floor import NoiseFloor
from ..rows.environment import read_environment, read_sources
from ..rows.step_curves import read_step_curves
from ..tables.cells import cells_of_rows
from ..tables.frame import load_measured_rows
from ..text.escape import printable
from .leads import noise_floor_of


@dataclass(frozen=True)
class ReportedRun:
    """A run with its cells. environment, sources, steps: what the files of these names hold, maybe nothing.

    floor: the noise of its machine, as far as it is stored here.
    """

    name: str
    rows: pd.DataFrame
    cells: list[dict[str, Any]]
    environment: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    folder: Path | None = None

    @cached_property
    def floor(self) -> NoiseFloor:
        return noise_floor_of(self.environment)


def read_reported_run(folder: Path) -> ReportedRun:
    """The run in a folder. Raises UsageError where it holds no readable one, no row, or a damaged file."""
    rows = load_measured_rows(folder)
    name = printable(folder.resolve().name)
    environment, sources = read_environment(folder), read_sources(folder)
    return ReportedRun(name, rows, cells_of_rows(rows), environment, sources, read_step_curves(folder), folder)


def read_reported_runs(folders: Sequence[Path]) -> list[ReportedRun]:
    """The runs, each under a name of its own. Raises UsageError for a folder that is given twice."""
    found: list[ReportedRun] = []
    for folder in folders:
        if any(run.folder and run.folder.resolve() == folder.resolve() for run in found):
            raise UsageError(f"{folder}: given twice; a run cannot be compared with itself")
        run = read_reported_run(folder)
        same = sum(other.name.partition(" (")[0] == run.name for other in found)
        found.append(replace(run, name=f"{run.name} ({same + 1})") if same else run)
    return found
