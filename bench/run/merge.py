"""Runs joined into one: the parts of a matrix that several jobs measured.

They must agree on machine, versions, sources and settings, or they are refused with what differs. Across machines a row
carries the letter of its machine, and tables then have a column for each.

Of a cell that several runs hold the rows of one are kept, never a mixture: what was measured before what was omitted or
unavailable, then the worst status, then the run that was named first.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import msgspec

from .. import UsageError
from ..data.files import is_there, shown_path, write_json
from ..machine.facts import MACHINE_FACTS, command_line, machine_differences, machine_facts
from ..machine.limits import LIMITS_FILE, read_limits
from ..machine.variables import variable_differences
from ..plan.cell import Cell
from ..rows.environment import ENVIRONMENT_FILE, SOURCES_FILE, read_environment, read_sources
from ..rows.journal import JOURNAL, MEMORY_JOURNAL, Journal, latest_rows
from ..rows.row import NOT_RUN, SEVERITY, Row
from ..rows.step_curves import read_step_curves, write_step_curves
from ..text.escape import printable, shown_value
from .folder import create_folder, release_reserve
from .imported_sources import MEMBER, imported_digests

OWN_OF_A_RUN = ("seed", "selection")  # settings in which the parts of a matrix differ
OF_A_PART = ("time", "command", *MACHINE_FACTS, "os", "git_commit", "load", "cells", "breakdown_s", "resumed")
OF_ALL = ("time", "libc", "python", "git_commit", "variables")
OF_THE_MACHINE = (*MACHINE_FACTS, "os", "blas", "clock")
MOST_DIFFERENCES = 3  # that are named


@dataclass
class Part:
    """A run that is joined with others. typed: its folder as it was named. machine: its letter, empty where all have one."""

    typed: str
    rows: list[Row]
    memory: list[Row]
    curves: list[dict[str, Any]]
    environment: dict[str, Any]
    sources: dict[str, Any]
    folder: Path
    machine: str = ""
    kept: set[Cell] = field(default_factory=set)

    @property
    def cells(self) -> dict[Cell, str]:
        """Cell → the worst status of its rows."""
        found: dict[Cell, str] = {}
        for row in self.rows:
            found[row.cell] = min(row.status, found.get(row.cell, row.status), key=SEVERITY.index)
        return found


def merge_runs(folders: Sequence[Path], out: Path, across_machines: bool) -> dict[str, int]:
    """Write the runs as one into a new folder. Returns how many cells that several hold were taken from which run.

    Raises UsageError where they do not go together, and then writes nothing.
    """
    parts = [read_part(folder) for folder in folders]
    if len(parts) < 2 or len({part.folder for part in parts}) < len(parts):
        raise UsageError("expected two or more different run folders to merge")
    for other in parts[1:]:
        refuse_differences(parts[0], other, across_machines)
    if across_machines:
        label_machines(parts)
    shared = choose_parts(parts)
    create_folder(out)
    try:
        write_merged(parts, out)
    except OSError as error:
        shutil.rmtree(out, ignore_errors=True)
        raise UsageError(f"--out {shown_path(out)}: {error.strerror}") from None
    return shared


def read_part(folder: Path) -> Part:
    """A run to join. Raises UsageError where the folder holds none, or one that joins several machines already."""
    journal = Journal(folder / JOURNAL)
    if not is_there(journal.path) or not is_there(folder / ENVIRONMENT_FILE):
        raise UsageError(f"{shown_path(folder)}: expected a run folder, with journal.jsonl and environment.json in it")
    rows, memory = latest_rows(journal.rows()), latest_rows(Journal(folder / MEMORY_JOURNAL).rows())
    typed = printable(shown_path(folder))
    if any(row.machine for row in (*rows, *memory)):
        raise UsageError(f"{typed}: joins several machines already; merge its parts with the others instead")
    curves, environment, sources = read_step_curves(folder), read_environment(folder), read_sources(folder)
    return Part(typed, rows, memory, curves, environment, sources, folder.resolve())


# Whether they go together ----------------------------------------------------------------------------


def refuse_differences(a: Part, b: Part, across_machines: bool) -> None:
    """Raise UsageError for the first kind of difference between two runs."""
    facts = machine_facts(a.environment), machine_facts(b.environment)
    unknown = not all(any(known.values()) for known in facts)
    if (differences := machine_differences(*facts)) and (unknown or not across_machines):
        hint = "" if unknown else "; --across-machines keeps them in columns of their own"
        raise UsageError(f"{a.typed} and {b.typed}: different machines ({differences}){hint}")
    variables = variable_differences(a.environment.get("variables"), b.environment.get("variables"))
    if variables and not across_machines:
        raise UsageError(
            f"{a.typed} and {b.typed}: different environment variables ({variables}); --across-machines merges them anyway"
        )
    for what, (first, second) in compared_members(a, b, across_machines).items():
        if found := list(differing(first, second)):
            more = f"; and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
            told = "; ".join(found[:MOST_DIFFERENCES])
            raise UsageError(
                f"{a.typed} and {b.typed}: different {what} ({told}{more}); only runs that agree are merged"
            )


def compared_members(a: Part, b: Part, across: bool) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """What must agree. A package or a file that only one run has is no difference: each part has its own frameworks."""

    def common(first: Any, second: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        first, second = (found if isinstance(found, dict) else {} for found in (first, second))
        names = [name for name in first if name in second]
        return {name: first[name] for name in names}, {name: second[name] for name in names}

    def members(part: Part, *names: str) -> dict[str, Any]:
        return {name: part.environment.get(name) for name in names}

    def settings(part: Part) -> dict[str, Any]:
        found = part.environment.get("settings")
        return {n: v for n, v in found.items() if n not in OWN_OF_A_RUN} if isinstance(found, dict) else {}

    platform = ("python",) if across else ("python", "libc")
    environments = a.environment, b.environment
    return {
        "versions": (members(a, *platform), members(b, *platform)),
        "versions of packages": common(*(found.get("versions") for found in environments)),
        "commits": (members(a, "git_commit"), members(b, "git_commit")),
        "sources": common(a.sources, b.sources),
        "sources that workers imported": common(*map(imported_digests, environments)),
        "settings": (settings(a), settings(b)),
    }


def differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    """`repeats: 1 and 10`, or the name alone of a text of several lines."""
    for name in dict.fromkeys([*a, *b]):
        first, second = a.get(name), b.get(name)
        if first != second:
            is_text = isinstance(first, str) and "\n" in first
            values = "" if is_text else f": {shown_value(first)} and {shown_value(second)}"
            yield f"{shown_value(name)[1:-1]}{values}"


# What is kept ----------------------------------------------------------------------------------------


def label_machines(parts: Sequence[Part]) -> None:
    """A letter for each machine, in the order of the runs; none where all were measured on one."""
    known = list(dict.fromkeys(repr(machine_facts(part.environment)) for part in parts))
    for part in parts if len(known) > 1 else ():
        place = known.index(repr(machine_facts(part.environment)))
        part.machine = ascii_uppercase[place] if place < len(ascii_uppercase) else f"M{place + 1}"


def choose_parts(parts: Sequence[Part]) -> dict[str, int]:
    """Give each cell to one of the runs that hold it. Returns run → how many it got of those that others hold, too."""
    held: dict[tuple[Cell, str], list[tuple[bool, int, int]]] = {}
    for place, part in enumerate(parts):
        for cell, status in part.cells.items():
            held.setdefault((cell, part.machine), []).append((status in NOT_RUN, SEVERITY.index(status), place))
    shared: Counter[str] = Counter()
    for (cell, _), ranks in held.items():
        winner = parts[min(ranks)[-1]]
        winner.kept.add(cell)
        shared[winner.typed] += len(ranks) > 1
    return {name: count for name, count in shared.items() if count}


# Writing ---------------------------------------------------------------------------------------------


def write_merged(parts: Sequence[Part], out: Path) -> None:
    """Raises OSError."""
    for name, rows_of in ((JOURNAL, lambda part: part.rows), (MEMORY_JOURNAL, lambda part: part.memory)):
        for part in parts:
            for row in rows_of(part):
                if row.cell in part.kept:
                    Journal(out / name).append_row(msgspec.structs.replace(row, run=out.name, machine=part.machine))
    write_json(out / ENVIRONMENT_FILE, merged_environment(parts))
    write_json(out / SOURCES_FILE, joined([part.sources for part in parts]))
    if curves := [curve for part in reversed(parts) for curve in part.curves]:
        write_step_curves(out, curves)
    known = [limits for part in parts if (limits := read_limits(part.folder / LIMITS_FILE))]
    if known and not any(part.machine for part in parts):
        known[0].write(out / LIMITS_FILE)
    release_reserve(out)


def merged_environment(parts: Sequence[Part]) -> dict[str, Any]:
    """What all runs have in common, and `parts`, which says of each what is its own."""
    first = parts[0].environment
    settings = first.get("settings")
    kept = settings if isinstance(settings, dict) else {}
    content = {name: first[name] for name in OF_ALL if name in first} | machine_of(parts)
    for name in ("versions", "decisions", "effective_threads"):
        content[name] = joined([part.environment.get(name) for part in parts])
    content[MEMBER] = joined([imported_digests(part.environment) for part in parts])
    content["command"] = command_line()
    content["settings"] = {name: value for name, value in kept.items() if name not in OWN_OF_A_RUN}
    content["cells"] = sum(len(part.kept) + missing_cells(part) for part in parts)
    content["parts"] = [entry for part in parts for entry in part_entries(part)]
    return content


def machine_of(parts: Sequence[Part]) -> dict[str, Any]:
    """The members about the machine; of several machines a sentence that names them all, and nothing else."""
    if not any(part.machine for part in parts):
        found = parts[0].environment
        return {name: found[name] for name in OF_THE_MACHINE if name in found}
    names = {part.machine: machine_text(part.environment) for part in reversed(parts)}
    return {"cpu": "; ".join(f"{letter}: {text}" for letter, text in sorted(names.items()))}


def machine_text(environment: Mapping[str, Any]) -> str:
    facts = machine_facts(environment)
    return f"{facts['cpu']}, {facts['cpus_usable']} CPUs, {facts['memory_gib']} GiB"


def missing_cells(part: Part) -> int:
    """How many cells were planned and have no row."""
    planned = part.environment.get("cells")
    return max(0, planned - len(part.cells)) if isinstance(planned, int) else 0


def part_entries(part: Part) -> list[dict[str, Any]]:
    """The run, or where it was merged itself its parts."""
    earlier = part.environment.get("parts")
    if isinstance(earlier, list):
        return [entry for entry in earlier if isinstance(entry, dict)]
    settings = part.environment.get("settings")
    own = {n: settings[n] for n in OWN_OF_A_RUN if n in settings} if isinstance(settings, dict) else {}
    found = {name: part.environment[name] for name in OF_A_PART if name in part.environment}
    return [{"run": part.folder.name, "machine": part.machine, **found, **own}]


def joined(objects: Sequence[Any]) -> dict[str, Any]:
    """The members of all; the first holds where several have one."""
    found: dict[str, Any] = {}
    for each in reversed(objects):
        found |= each if isinstance(each, dict) else {}
    return found
