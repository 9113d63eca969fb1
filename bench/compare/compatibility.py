"""Whether two runs may be compared: the same machine, variables and threads, the same definitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import UsageError
from ..machine.facts import machine_differences, machine_facts
from ..machine.variables import variable_differences
from ..rows.environment import read_environment, read_sources
from ..run.imported_sources import imported_digests, joint_digest, text_digests
from ..tables.frame import load_rows
from ..text.escape import shown_value
from .noise_floor import ASSUMED_NOISE, NoiseFloor, noise_floor_path, read_noise_floor
from .verdicts import MeasuredCells, measured_cells


@dataclass(frozen=True)
class Measurement:
    """A run folder's content, as far as a comparison needs it."""

    name: str
    cells: MeasuredCells
    environment: dict[str, Any]
    sources: dict[str, Any]

    @property
    def pair(self) -> str:
        """The mark that two interleaved runs share; empty for others."""
        settings = self.environment.get("settings")
        found = settings.get("interleaved") if isinstance(settings, dict) else None
        return found if isinstance(found, str) else ""


def read_measurement(folder: Path) -> Measurement:
    """A run. Raises UsageError where the folder holds none."""
    cells = measured_cells(load_rows(folder))
    name = shown_value(folder.resolve().name).strip("'")
    return Measurement(name, cells, read_environment(folder), read_sources(folder))


@dataclass(frozen=True)
class ComparablePair:
    """Two runs that may be compared, the noise to expect, and what a reader should know."""

    a: Measurement
    b: Measurement
    floor: NoiseFloor
    interleaved: bool
    notes: list[str]


def check_comparable(a: Measurement, b: Measurement, across_machines: bool, across_threads: bool) -> ComparablePair:
    """Raises UsageError for two machines or thread counts, unless told to compare across them."""
    facts = machine_facts(a.environment), machine_facts(b.environment)
    notes = [
        *machine_notes(*facts, across_machines),
        *variable_notes(a.environment.get("variables"), b.environment.get("variables"), across_machines),
    ]
    interleaved = bool(a.pair) and a.pair == b.pair
    if not interleaved:
        notes.append("the runs are not interleaved: a change of the machine between them shows as a difference")
    a, b, about_threads = match_threads(a, b, across_threads)
    floor = read_noise_floor(noise_floor_path(facts[0])) if facts[0] == facts[1] else NoiseFloor()
    if not floor.measured:
        notes.append(
            f"no noise floor measured on this machine, so ± {ASSUMED_NOISE:.0%} is assumed; run gradmark noise"
        )
    about_code = source_notes(a, b) if interleaved else []
    return ComparablePair(a, b, floor, interleaved, notes + about_threads + definition_notes(a, b) + about_code)


def machine_notes(a: dict[str, Any], b: dict[str, Any], across: bool) -> list[str]:
    """A note where the machines differ. Raises UsageError where that is not allowed."""
    differences = machine_differences(a, b)
    if not differences:
        return []
    if not across:
        raise UsageError(
            f"the runs come from different machines ({differences}); --across-machines compares them anyway"
        )
    return [f"DIFFERENT MACHINES ({differences}): the ratios include the difference between the machines"]


def variable_notes(a: Any, b: Any, across: bool) -> list[str]:
    """A note where other environment variables reached the code. Raises UsageError where that is not allowed."""
    differences = variable_differences(a, b)
    if differences and not across:
        raise UsageError(
            f"the runs have different environment variables ({differences}); --across-machines compares them anyway"
        )
    return [f"DIFFERENT ENVIRONMENT VARIABLES ({differences}): the ratios include their effect"] if differences else []


def match_threads(a: Measurement, b: Measurement, across: bool) -> tuple[Measurement, Measurement, list[str]]:
    """The runs with their cells matched, and a note where thread counts differ. Raises UsageError where they may not."""
    for run in (a, b):
        if not run.cells:
            raise UsageError(f"{run.name}: journal.jsonl has no rows, so there is nothing to compare")
    asked = [sorted({place[-1] for place in run.cells}) for run in (a, b)]
    effective = [
        place for place in a.cells.keys() & b.cells.keys() if differ_in_threads(a.cells[place], b.cells[place])
    ]
    if set(asked[0]) & set(asked[1]) and not effective:
        return a, b, []
    what = " and ".join(", ".join(map(str, counts)) for counts in asked)
    if effective:
        what = f"as reported by the framework of {':'.join(map(str, effective[0][:-1]))}"
    if not across:
        raise UsageError(f"the runs have different thread counts ({what}); --across-threads compares them anyway")
    if not effective and max(len(counts) for counts in asked) > 1:
        raise UsageError(f"--across-threads needs one thread count per run; these have {what}")
    if not effective:
        b = replace(b, cells={(*place[:-1], asked[0][0]): cell for place, cell in b.cells.items()})
    return a, b, [f"DIFFERENT THREAD COUNTS ({what}): the ratios include the effect of the threads"]


def differ_in_threads(a: Any, b: Any) -> bool:
    return bool(a.effective_threads and b.effective_threads and a.effective_threads != b.effective_threads)


def definition_notes(a: Measurement, b: Measurement) -> list[str]:
    """A note for every problem whose definition, and so perhaps its data, is not the same in the two."""
    both = {place[0] for place in a.cells} & {place[0] for place in b.cells}
    files = {problem: f"problems/{problem}/__init__.py" for problem in sorted(both)}
    differ = [p for p, path in files.items() if a.sources.get(path) != b.sources.get(path)]
    return [f"{problem}: its definition differs between the runs, so its data may differ" for problem in differ]


def source_notes(a: Measurement, b: Measurement) -> list[str]:
    """Whether two checkouts that were measured in turns ran different code, by what their workers imported."""
    sides, of = (imported_digests(a.environment), imported_digests(b.environment)), "sources"
    if not all(sides):  # a checkout that is too old to say
        sides, of = (text_digests(a.sources), text_digests(b.sources)), "sources of problems and backends"
    differ = sorted(path for path in {*sides[0], *sides[1]} if sides[0].get(path) != sides[1].get(path))
    if not differ:
        return [f"identical {of}: A and B ran the same code ({joint_digest(sides[0])})"]
    more = f" and {len(differ) - 1} more" if len(differ) > 1 else ""
    names = f"A {joint_digest(sides[0])}, B {joint_digest(sides[1])}"
    return [f"A and B each ran their own {of} ({names}), which differ in {shown_value(differ[0])[1:-1]}{more}"]
