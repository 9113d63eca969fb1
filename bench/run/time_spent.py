"""Where the time of a run went, so that a reader sees what the harness itself costs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..data.files import write_json

PHASES = {
    "importing": "importing gradmark",
    "planning": "planning",
    "references": "references",
    "workers": "starting workers and importing frameworks",
    "measuring": "measuring",
    "journaling": "journaling",
    "reporting": "reporting",
}
HARNESS_PHASES = ("planning", "journaling", "reporting")
SLOWEST = 5  # cells that are named


@dataclass
class CellTime:
    """Seconds of one cell, all its repeats together, from its start to its row."""

    seconds: float = 0.0
    first_call_s: float = 0.0


@dataclass
class TimeSpent:
    """Seconds by phase, and of each cell that was measured."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PHASES, 0.0))
    cells: dict[str, CellTime] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """What happens inside counts as this phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start

    def add_cell(self, name: str, seconds: float, first_call_s: float | None) -> None:
        cell = self.cells.setdefault(name, CellTime())
        cell.seconds += seconds
        cell.first_call_s += first_call_s or 0.0

    def slowest_cells(self) -> dict[str, CellTime]:
        """The cells that took longest, the slowest first."""
        return dict(sorted(self.cells.items(), key=lambda item: -item[1].seconds)[:SLOWEST])

    def slowest_line(self) -> str:
        """One line for a person; empty where no cell was measured."""
        parts = [
            f"{name} {cell.seconds:.1f} s (first call {cell.first_call_s:.1f} s)"
            for name, cell in self.slowest_cells().items()
        ]
        return f"slowest cells: {', '.join(parts)}" if parts else ""

    def share(self) -> float:
        """The part of the whole that planning, journaling and reporting took."""
        return sum(self.seconds[name] for name in HARNESS_PHASES) / max(sum(self.seconds.values()), 1e-9)

    def line(self) -> str:
        """One line for a person."""
        parts = [f"{PHASES[name]} {seconds:.1f} s" for name, seconds in self.seconds.items()]
        return f"{', '.join(parts)}; the harness ({', '.join(HARNESS_PHASES)}) took {self.share():.1%}"


def write_slowest_cells(folder: Path, spent: TimeSpent) -> None:
    """Add the slowest cells to environment.json. Raises OSError."""
    path = folder / "environment.json"
    content = json.loads(path.read_text())
    content["slowest_cells"] = {
        name: {"seconds": round(cell.seconds, 3), "first_call_s": round(cell.first_call_s, 3)}
        for name, cell in spent.slowest_cells().items()
    }
    write_json(path, content)
