"""Whether two runs may be compared: the same machine, the same threads, the same definitions."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import UsageError, machine, noise_floor, schema, tables
from .comparison import Cells, cells_of
from .journal import LONGEST_LINE
from .noise_floor import Floor


@dataclass(frozen=True)
class Measurement:
    """A run folder's content, as far as a comparison needs it."""

    name: str
    cells: Cells
    environment: dict[str, Any]
    sources: dict[str, Any]

    @property
    def pair(self) -> str:
        """What two runs whose processes took turns have in common; empty for others."""
        settings = self.environment.get("settings")
        found = settings.get("interleaved") if isinstance(settings, dict) else None
        return found if isinstance(found, str) else ""


def read(folder: Path) -> Measurement:
    """A run. Raises UsageError where the folder holds none."""
    cells = cells_of(tables.load(folder))
    name = schema.shown(folder.resolve().name).strip("'")
    return Measurement(name, cells, content(folder / "environment.json"), content(folder / "sources.json"))


def content(path: Path) -> dict[str, Any]:
    """The object in a file of a run folder; an empty one without the file. Raises UsageError."""
    if not path.exists():
        return {}
    try:
        if path.stat().st_size > 16 * LONGEST_LINE:
            raise ValueError("too large")
        found = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"{path.parent}: {path.name}: expected an object of JSON")
    return found


@dataclass(frozen=True)
class Pair:
    """Two runs that may be compared, the noise to expect, and what a reader should know."""

    a: Measurement
    b: Measurement
    floor: Floor
    interleaved: bool
    notes: list[str]


def check(a: Measurement, b: Measurement, across_machines: bool, across_threads: bool) -> Pair:
    """Raises UsageError for two machines or thread counts, unless told to compare across them."""
    facts = machine.facts(a.environment), machine.facts(b.environment)
    notes = machines(*facts, across_machines)
    interleaved = bool(a.pair) and a.pair == b.pair
    if not interleaved:
        notes.append(
            "the runs did not take turns: what else changed on the machine between them counts as a difference"
        )
    a, b, about_threads = threads(a, b, across_threads)
    floor = noise_floor.read(noise_floor.path_of(facts[0])) if facts[0] == facts[1] else Floor()
    if not floor.measured:
        notes.append(
            f"no noise floor is known for this machine, ± {noise_floor.ASSUMED:.0%} is assumed: gradmark noise"
        )
    return Pair(a, b, floor, interleaved, notes + about_threads + definitions(a, b))


def machines(a: dict[str, Any], b: dict[str, Any], across: bool) -> list[str]:
    """A note where the machines differ. Raises UsageError where that is not allowed."""
    differences = machine.differences(a, b)
    if not any(a.values()) or not any(b.values()):
        differences = differences or "environment.json does not say which"
    if not differences:
        return []
    if not across:
        raise UsageError(f"two machines ({differences}): times cannot be compared; --across-machines does it anyway")
    return [f"TWO MACHINES ({differences}): the ratios compare these, not only the code"]


def threads(a: Measurement, b: Measurement, across: bool) -> tuple[Measurement, Measurement, list[str]]:
    """The runs with their cells matched, and a note where thread counts differ. Raises UsageError where they may not."""
    for run in (a, b):
        if not run.cells:
            raise UsageError(f"{run.name}: no rows in its journal, so that there is nothing to compare")
    asked = [sorted({place[-1] for place in run.cells}) for run in (a, b)]
    effective = [place for place in a.cells.keys() & b.cells.keys() if unlike(a.cells[place], b.cells[place])]
    if set(asked[0]) & set(asked[1]) and not effective:
        return a, b, []
    what = " and ".join(", ".join(map(str, counts)) for counts in asked)
    if effective:
        what = f"as the framework of {':'.join(map(str, effective[0][:-1]))} counts them"
    if not across:
        raise UsageError(f"different thread counts ({what}): --across-threads compares them anyway")
    if not effective and max(len(counts) for counts in asked) > 1:
        raise UsageError(f"--across-threads wants runs with one thread count each, and they have {what}")
    if not effective:
        b = replace(b, cells={(*place[:-1], asked[0][0]): cell for place, cell in b.cells.items()})
    return a, b, [f"DIFFERENT THREAD COUNTS ({what}): the ratios compare these, not only the code"]


def unlike(a: Any, b: Any) -> bool:
    return bool(a.effective_threads and b.effective_threads and a.effective_threads != b.effective_threads)


def definitions(a: Measurement, b: Measurement) -> list[str]:
    """A note for every problem whose definition, and so perhaps its data, is not the same in the two."""
    both = {place[0] for place in a.cells} & {place[0] for place in b.cells}
    files = {problem: f"problems/{problem}/__init__.py" for problem in sorted(both)}
    differ = [p for p, path in files.items() if a.sources.get(path) != b.sources.get(path)]
    return [f"{problem}: the two runs define it differently, so that its data may differ" for problem in differ]
