"""`gradmark textbook`: compute what the articles' claims need, and table what they say beside what each backend gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import backends

from ..data.temporary import TemporaryFolder
from ..plan.cell import Cell, absence_of, expected_status, known_name, profile_settings
from ..plan.selection import Plan
from ..rows.journal import Journal, read_values, value_arrays
from ..rows.row import Row
from ..run.folder import Run
from ..run.orchestrator import execute_plan
from ..run.progress import report_progress
from ..text.table import Table
from ..truth.agreement import tolerance_for
from ..truth.reference import load_reference
from .claims import Claim, Evidence
from .textbook import CLAIMS, textbook_methods

USUAL_DTYPE = "float64"


def claims_of_numbers(wanted: Sequence[str]) -> tuple[Claim, ...]:
    """The claims of these numbers, all where none is given. Raises UsageError for an unknown one."""
    for number in wanted:
        known_name("example", number, [claim.number for claim in CLAIMS])
    return tuple(claim for claim in CLAIMS if not wanted or claim.number in wanted)


def claim_cells(cases: Iterable[str]) -> list[Cell]:
    """The cells of `problem:instance:operation[:dtype]` in every method."""
    found = []
    for case in dict.fromkeys(cases):
        problem, instance, operation, *dtype = case.split(":")
        for method in textbook_methods():
            backend, variant = method.split("/")
            found.append(
                Cell(problem, instance, operation, backend, variant, (dtype or [USUAL_DTYPE])[0], "cpu", threads=1)
            )
    return found


def case_name(cell: Cell) -> str:
    """The case of a cell, as a claim writes it."""
    dtype = [] if cell.dtype == USUAL_DTYPE else [cell.dtype]
    return ":".join([cell.problem, cell.instance, cell.operation, *dtype])


def gather_evidence(claims: Sequence[Claim]) -> tuple[Evidence, list[str]]:
    """What the claims need, computed now, and one line for every cell that has no value."""
    with TemporaryFolder() as temporary:
        checked = run_cases([case for claim in claims for case in claim.cases], temporary, "checked", timed=False)
        timed = run_cases([case for claim in claims for case in claim.timed], temporary, "timed", timed=True)
        values = read_values(checked)
        rows, times = checked.rows(), timed.rows()
    computed = [row for row in rows if row.key in values]
    evidence = Evidence(
        values=values_by_case(claims, computed, lambda row: value_arrays(values[row.key])),
        truths={case: truth_of(case) for claim in claims for case in claim.cases},
        slack=values_by_case(claims, computed, method_tolerance),
        seconds=values_by_case(claims, [row for row in times if row.median_s is not None], lambda row: row.median_s),
    )
    return evidence, absence_lines([row for row in [*rows, *times] if row.status not in ("ok", "diverged")])


def absence_lines(rows: Sequence[Row]) -> list[str]:
    """One line for each method and reason, with the cases that it concerns."""
    cases: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        cases.setdefault((row.cell.method, row.status, row.reason), []).append(case_name(row.cell))
    return [f"{method} · {', '.join(c)}: {status}: {reason}" for (method, status, reason), c in cases.items()]


def values_by_case(
    claims: Sequence[Claim], rows: Sequence[Row], content: Callable[[Row], Any]
) -> dict[str, dict[str, Any]]:
    """case → method → content, with every case of the claims in it."""
    found: dict[str, dict[str, Any]] = {case: {} for claim in claims for case in (*claim.cases, *claim.timed)}
    for row in rows:
        found[case_name(row.cell)][row.cell.method] = content(row)
    return found


def run_cases(cases: Sequence[str], folder: Path, name: str, *, timed: bool) -> Journal:
    """The journal of a run of these cases, with their values or with their times."""
    wanted = claim_cells(cases)
    absent = {cell: absence for cell in wanted if (absence := absence_of(cell))}
    chosen = Plan(tuple(cell for cell in wanted if cell not in absent), absent)
    (folder / name).mkdir()
    settings = profile_settings("quick") | {"time": timed, "values": not timed, "limit_s": None}
    run = Run(name=name, folder=folder / name, **settings)
    with report_progress(run, len(wanted)):
        execute_plan(chosen, run)
    return run.journal


def truth_of(case: str) -> Any:
    problem, instance, operation, *dtype = case.split(":")
    return load_reference(problem, instance, operation, (dtype or [USUAL_DTYPE])[0]).value


def method_tolerance(row: Row) -> float:
    """The relative error that the cell's method is allowed; any, where its instance declares that it is wrong."""
    if expected_status(row.cell)[0] == "wrong":
        return math.inf
    variant = backends.load(row.backend).VARIANTS[row.variant]
    return tolerance_for(row.operation, variant.accuracy, row.dtype)


def claims_table(claims: Sequence[Claim], evidence: Evidence, notes: Sequence[str]) -> tuple[Table, list[str]]:
    """One row per claim, and one line for every verdict that is not the expected one."""
    rows, surprises = {}, []
    for claim in claims:
        gives, verdict = claim.judge(evidence)
        rows[claim.number] = {"example": claim.what, "article": claim.says, "verdict": verdict} | {
            method: gives.get(method, "") for method in textbook_methods()
        }
        if not verdict.startswith(claim.expected):
            surprises.append(f"{claim.number}: expected {claim.expected}, found {verdict}")
    body = pd.DataFrame.from_dict(
        rows, orient="index", columns=["example", "article", "verdict", *textbook_methods()]
    ).rename_axis("number")
    least = ("article", *reversed(textbook_methods()), "example")
    return Table("Textbook examples", body, tuple(notes), numeric=False, least=least), surprises
