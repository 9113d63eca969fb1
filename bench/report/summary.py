"""The summary of a run: machine, missing cells with reasons, fastest method, accuracy, warnings."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..compare.noise_floor import NoiseFloor
from ..measure.timing_warnings import count_warnings, warning_code
from ..rows.row import STATUSES
from ..tables.cells import Cells, is_timed
from ..tables.costs import variant_of
from ..tables.frame import BASELINE, SEVERITY
from ..tables.run_tables import library_versions
from ..text.escape import printable
from ..text.units import format_duration, format_error, format_ratio, plural
from .coverage import coverage_sentence
from .folder import ReportedRun
from .leads import explain_ties, is_clearly_faster

LONGEST = 600  # characters of a text from environment.json
MOST_ROWS = 200  # rows of a table of the summary
GIB = 2**30


@dataclass(frozen=True)
class Winner:
    """The fastest of a case. ahead: the time of the next method over its own; tied: with that one, as `leads` says."""

    instance: str
    method: str
    time: str
    next: str = ""
    ahead: str = ""
    tied: bool = False
    without_hand: str = ""


@dataclass(frozen=True)
class Race:
    """Who is fastest at the smallest and at the largest instance of a problem's operation."""

    operation: str
    problem: str
    condition: str
    small: Winner
    large: Winner | None


@dataclass(frozen=True)
class AbsenceGroup:
    """Cells without a time, for one reason."""

    status: str
    reason: str
    count: int
    methods: str
    cells: str


@dataclass(frozen=True)
class Summary:
    name: str
    facts: Mapping[str, str]
    versions: Mapping[str, str]
    statuses: Mapping[str, int]
    absences: list[AbsenceGroup]
    left_out: str
    headlines: list[str]
    races: list[Race]
    tie_rule: str
    accuracy: str
    warnings: list[tuple[str, int, str]]
    most: int = MOST_ROWS


def summarise_run(run: ReportedRun) -> Summary:
    counted = Counter(cell["status"] for cell in run.cells)
    races = list(all_races(run.cells, run.floor))
    return Summary(
        name=run.name,
        facts=run_facts(run),
        versions=one_line_texts(run.environment.get("versions")),
        statuses={status: counted[status] for status in STATUSES if counted[status]},
        absences=absence_groups(run.cells),
        left_out=coverage_sentence(run),
        headlines=list(headlines(races)),
        races=races,
        tie_rule=explain_ties(filter(is_timed, run.cells), run.floor),
        accuracy=accuracy_sentence(run.cells),
        warnings=warning_counts(run.cells),
    )


# Machine ---------------------------------------------------------------------------------------------


def run_facts(run: ReportedRun) -> dict[str, str]:
    """Label → text of what a reader needs to judge the numbers; empty where the run folder does not say."""
    found = run.environment
    return {
        "Processor": one_line_text(found.get("cpu")),
        "CPUs": cpus_text(found),
        "Memory": gib(found.get("memory_bytes")),
        "System": ", ".join(part for name in ("os", "libc", "python") if (part := one_line_text(found.get(name)))),
        "Libraries": library_versions(one_line_texts(found.get("versions"))),
        "Threads": threads_text(run),
        "Date": one_line_text(found.get("time")),
        "Command": typed_command(one_line_text(found.get("command"))),
        "Settings": ", ".join(settings_texts(found.get("settings"))),
        "Commit": one_line_text(found.get("git_commit")),
        "Load at the start": load_text(found.get("load")),
    }


def cpus_text(found: Mapping[str, Any]) -> str:
    usable, cores = one_line_text(found.get("cpus_usable")), one_line_text(found.get("cores"))
    return f"{usable or '?'} usable, {cores or '?'} cores" if usable or cores else ""


def one_line_text(value: Any) -> str:
    """A value from environment.json as a line."""
    found = "" if value is None else printable(str(value))
    return found if len(found) <= LONGEST else f"{found[:LONGEST]}…"


def one_line_texts(values: Any) -> dict[str, str]:
    return (
        {one_line_text(name): one_line_text(value) for name, value in values.items()}
        if isinstance(values, dict)
        else {}
    )


def typed_command(typed: str) -> str:
    """As a reader would type it; `python -m bench` is stored by the name of its file."""
    program, space, rest = typed.partition(" ")
    return f"gradmark{space}{rest}" if program == "__main__.py" else typed


def settings_texts(found: Any) -> Iterator[str]:
    """`repeats 1`, and of what was selected `problems a b`; nothing of what was left open."""
    for name, value in found.items() if isinstance(found, dict) else ():
        if isinstance(value, dict):
            yield from settings_texts(value)
        elif value is not None and value != []:
            shown = " ".join(map(str, value)) if isinstance(value, list) else value
            yield f"{one_line_text(name)} {one_line_text(shown)}"


def gib(value: Any) -> str:
    return f"{value / GIB:.1f} GiB" if isinstance(value, int | float) and math.isfinite(value) else ""


def load_text(values: Any) -> str:
    known = isinstance(values, list) and all(isinstance(value, int | float) for value in values)
    return " ".join(f"{value:.2f}" for value in values) if known else one_line_text(values)


def threads_text(run: ReportedRun) -> str:
    """How many were requested, and where a library reported another number."""
    asked = ", ".join(str(count) for count in sorted({cell["threads"] for cell in run.cells}))
    found = one_line_texts(run.environment.get("effective_threads"))
    other = [f"{what}: {count}" for what, count in found.items() if what.rpartition(" of ")[2] != count]
    return f"{asked} requested; " + (f"reported: {', '.join(other)}" if other else "every library reports the same")


# Absences and warnings -------------------------------------------------------------------------------


def absence_groups(found: Cells) -> list[AbsenceGroup]:
    """One per status and reason, the most serious first."""
    groups: dict[tuple[str, str], Cells] = {}
    for cell in found:
        if cell["status"] != "ok":
            groups.setdefault((cell["status"], cell["reason"]), []).append(cell)
    order = sorted(groups.items(), key=lambda group: (SEVERITY.index(group[0][0]), -len(group[1])))
    return [
        AbsenceGroup(
            status,
            reason,
            len(members),
            listed_names(dict.fromkeys(c["method"] for c in members)),
            listed_names(cell_names(members)),
        )
        for (status, reason), members in order
    ]


def cell_names(members: Cells) -> Iterator[str]:
    for cell in members:
        yield f"{cell['problem']}:{cell['instance']}:{cell['operation']}:{cell['method']}:{cell['dtype']}"


def listed_names(names: Iterable[str], most: int = 40) -> str:
    """Names with commas between; beyond so many their number."""
    found = list(names)
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest


def warning_counts(found: Cells) -> list[tuple[str, int, str]]:
    """(code, how many cells, the first in words), the most frequent first."""
    counted = count_warnings([warning_code(text) for text in cell["warnings"]] for cell in found)
    first: dict[str, str] = {}
    for cell in found:
        for each in cell["warnings"]:
            first.setdefault(warning_code(each), f"{cell['problem']}:{cell['instance']} {cell['method']}: {each}")
    order = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return [(code, count, first[code]) for code, count in order]


# Speed -----------------------------------------------------------------------------------------------


def all_races(found: Cells, floor: NoiseFloor) -> Iterator[Race]:
    """One per problem, operation and condition in which something was timed, operation by operation."""
    groups: dict[tuple[str, str, str], Cells] = {}
    for cell in found:
        if is_timed(cell):
            groups.setdefault((cell["operation"], cell["problem"], condition(cell)), []).append(cell)
    operations = dict.fromkeys(operation for operation, _, _ in groups)
    for operation in operations:
        for (own, problem, where), members in groups.items():
            if own == operation:
                small, large = smallest_and_largest(members)
                yield Race(operation, problem, where, winner(small, floor), winner(large, floor) if large else None)


def condition(cell: Mapping[str, Any]) -> str:
    return f"{cell['dtype']} · {cell['device']} · {plural(cell['threads'], 'thread')}"


def smallest_and_largest(members: Cells) -> tuple[Cells, Cells]:
    """The cells of the smallest and of the largest instance; an instance without a size counts as small."""
    by_name: dict[str, Cells] = {}
    for cell in members:
        by_name.setdefault(cell["instance"], []).append(cell)
    sized = sorted((each for each in by_name.values() if each[0]["ladder"]), key=lambda each: each[0]["volume"])
    unsized = [each for each in by_name.values() if not each[0]["ladder"]]
    if len({each[0]["volume"] for each in sized}) > 1:
        return sized[0], sized[-1]
    if unsized and sized:
        return unsized[0], sized[-1]
    return (unsized or sized)[0], []


def winner(case: Cells, floor: NoiseFloor) -> Winner:
    """The fastest of a case, and by how much; and the fastest of those that need no derivation by hand."""
    first, *others = sorted(case, key=lambda cell: cell["median_s"])
    free = next((cell for cell in others if cell["method"] != BASELINE), None)
    hand = first["method"] == BASELINE and free
    return Winner(
        instance=first["instance"],
        method=first["method"],
        time=format_duration(first["median_s"], first["digits"]),
        next=others[0]["method"] if others else "",
        ahead=times_as_long(others[0], first) if others else "",
        tied=bool(others) and not is_clearly_faster(first, others[0], floor),
        without_hand=f"{free['method']} takes {times_as_long(free, first)} as long" if free and hand else "",
    )


def times_as_long(cell: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    """The ratio of two times, with the digits that both support."""
    return format_ratio(cell["median_s"] / first["median_s"], min(cell["digits"], first["digits"]))


def headlines(races: list[Race]) -> Iterator[str]:
    """Per operation, how often which method is fastest, over the problems; never a mean over them."""
    for operation in dict.fromkeys(race.operation for race in races):
        own = [race for race in races if race.operation == operation]
        large = [race.large for race in own if race.large]
        parts = [f"at the smallest size {tally([race.small for race in own])}"]
        yield f"{operation}: fastest {'; '.join(parts + ([f'at the largest size {tally(large)}'] if large else []))}"


def tally(winners: list[Winner], most: int = 3) -> str:
    """Who wins how many of the races. One that is tied with the next has not won, nor one that was timed alone."""
    alone = sum(not winner.next for winner in winners)
    tied = sum(winner.tied for winner in winners)
    won = Counter(winner.method for winner in winners if winner.next and not winner.tied)
    parts = [f"{method} in {count} of {len(winners)}" for method, count in won.most_common(most)]
    parts += [plural(len(won) - most, "other")] if len(won) > most else []
    parts += [f"{tied} of {len(winners)} tied"] if tied else []
    parts += [f"{alone} of {len(winners)} with only one method timed"] if alone else []
    return ", ".join(parts)


# Accuracy --------------------------------------------------------------------------------------------


def accuracy_sentence(found: Cells) -> str:
    """One line: how many agree with the reference, and the worst errors of exact methods and of differences, per dtype."""
    checked = [cell for cell in found if not math.isnan(cell["error_relative"])]
    if not checked:
        return "No result of this run was compared with a reference."
    good = sum(cell["status"] == "ok" for cell in checked)
    worst: dict[str, float] = {}
    for cell in checked:
        if cell["status"] == "ok":
            name = f"{method_kind(cell['method'])}, {cell['dtype']}"
            worst[name] = max(worst.get(name, 0.0), cell["error_relative"])
    errors = "; ".join(f"{name}: {format_error(error)}" for name, error in worst.items())
    return f"{good} of {plural(len(checked), 'checked cell')} agree with the reference. Worst relative error: {errors}."


def method_kind(method: str) -> str:
    variant = variant_of(method)
    if variant is None:
        return method
    return "exact methods" if variant.accuracy == "exact" else f"{variant.accuracy} differences"
