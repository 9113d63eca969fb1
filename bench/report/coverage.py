"""What was not selected for a run: variants, dtypes and instances of which it has no cell, not even an absent one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import backends
import problems

from ..plan.cell import DTYPES, PROFILES
from ..tables.frame import plain_instance
from .folder import ReportedRun


def coverage_sentence(run: ReportedRun) -> str:
    """One sentence; empty where nothing was left out."""
    parts = list(parts_left_out(run))
    if not parts:
        return ""
    profile = profile_of(run)
    hint = "" if not profile or PROFILES[profile].everything else " (gradmark run --profile standard includes them)"
    return f"Not selected for this {f'{profile} ' if profile else ''}run: {'; '.join(parts)}{hint}."


def profile_of(run: ReportedRun) -> str:
    """The profile that the run folder names; empty where it names none that exists."""
    settings = run.environment.get("settings")
    found = settings.get("profile") if isinstance(settings, dict) else None
    return found if isinstance(found, str) and found in PROFILES else ""


def parts_left_out(run: ReportedRun) -> Iterator[str]:
    """What of the registry, as it is today, does not occur in the run."""
    methods = names_absent(backends.methods(), run, "method")
    dtypes = names_absent(DTYPES, run, "dtype")
    if methods:
        yield ", ".join(methods)
    if dtypes:
        yield ", ".join(dtypes)
    everything = list(registered_cases())
    measured = {(cell["problem"], plain_instance(cell["instance"]), cell["operation"]) for cell in run.cells}
    instances, known = {case[:2] for case in everything}, {case[:2] for case in measured}
    if instances - known:
        yield f"{len(instances - known)} of {len(instances)} instances"
    rest = [case for case in everything if case[:2] in known and case not in measured]
    if rest:
        of = sum(case[:2] in known for case in everything)
        yield f"{len(rest)} of {of} operations on the other instances"


def names_absent(names: Iterable[str], run: ReportedRun, column: str) -> list[str]:
    present = {cell[column] for cell in run.cells}
    return [name for name in names if name not in present]


def registered_cases() -> Iterator[tuple[str, str, str]]:
    """(problem, instance, operation) of everything registered; a problem that cannot be loaded has none."""
    for name in problems.names():
        try:
            instances = problems.load(name).instances
        except problems.ProblemError:
            continue
        yield from ((name, instance.name, operation) for instance in instances for operation in instance.operations)
