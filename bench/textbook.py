"""`gradmark textbook`: compute what the articles' claims need, and table what they say beside what each backend gives."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import backends
from problems.claims import Claim, Evidence
from problems.textbook import CLAIMS, METHODS

from . import agreement, orchestrator, plan, reference
from .cache import flatten, unflatten
from .journal import Row
from .tables import Table
from .terminal import progress

DTYPE = "float64"


def numbers(wanted: Sequence[str]) -> tuple[Claim, ...]:
    """The claims of these numbers, all where none is given. Raises UsageError for an unknown one."""
    for number in wanted:
        plan.known("example", number, [claim.number for claim in CLAIMS])
    return tuple(claim for claim in CLAIMS if not wanted or claim.number in wanted)


def cells(cases: Iterable[str]) -> list[plan.Cell]:
    """The cells of `problem:instance:operation[:dtype]` in every method."""
    found = []
    for case in dict.fromkeys(cases):
        problem, instance, operation, *dtype = case.split(":")
        for method in METHODS:
            backend, variant = method.split("/")
            found.append(
                plan.Cell(problem, instance, operation, backend, variant, (dtype or [DTYPE])[0], "cpu", threads=1)
            )
    return found


def name_of(cell: plan.Cell) -> str:
    """The case of a cell, as a claim writes it."""
    dtype = [] if cell.dtype == DTYPE else [cell.dtype]
    return ":".join([cell.problem, cell.instance, cell.operation, *dtype])


def gather(claims: Sequence[Claim]) -> tuple[Evidence, list[str]]:
    """What the claims need, computed now, and one line for every cell that has no value."""
    with tempfile.TemporaryDirectory() as temporary:
        checked = execute([case for claim in claims for case in claim.cases], Path(temporary), "checked", timed=False)
        timed = execute([case for claim in claims for case in claim.timed], Path(temporary), "timed", timed=True)
        values = {event["key"]: event["values"] for event in checked.events() if event["event"] == "values"}
        rows, times = checked.rows(), timed.rows()
    computed = [row for row in rows if row.key in values]
    evidence = Evidence(
        values=by_case(claims, computed, lambda row: arrays(values[row.key])),
        truths={case: truth_of(case) for claim in claims for case in claim.cases},
        slack=by_case(claims, computed, slack),
        seconds=by_case(claims, [row for row in times if row.median_s is not None], lambda row: row.median_s),
    )
    return evidence, absences([row for row in [*rows, *times] if row.status not in ("ok", "diverged")])


def absences(rows: Sequence[Row]) -> list[str]:
    """One line for each method and reason, with the cases that it concerns."""
    cases: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        cases.setdefault((row.cell.method, row.status, row.reason), []).append(name_of(row.cell))
    return [f"{method} · {', '.join(c)}: {status}: {reason}" for (method, status, reason), c in cases.items()]


def by_case(claims: Sequence[Claim], rows: Sequence[Row], content: Callable[[Row], Any]) -> dict[str, dict[str, Any]]:
    """case → method → content, with every case of the claims in it."""
    found: dict[str, dict[str, Any]] = {case: {} for claim in claims for case in (*claim.cases, *claim.timed)}
    for row in rows:
        found[name_of(row.cell)][row.cell.method] = content(row)
    return found


def execute(cases: Sequence[str], folder: Path, name: str, *, timed: bool) -> orchestrator.Journal:
    """The journal of a run of these cases, with their values or with their times."""
    wanted = cells(cases)
    absent = {cell: absence for cell in wanted if (absence := plan.absence(cell))}
    chosen = plan.Plan(tuple(cell for cell in wanted if cell not in absent), absent)
    (folder / name).mkdir()
    settings = orchestrator.settings("quick") | {"time": timed, "values": not timed, "limit_s": None}
    run = orchestrator.Run(name=name, folder=folder / name, **settings)
    with progress(run, len(wanted)):
        orchestrator.execute(chosen, run)
    return run.journal


def arrays(lists: Any) -> Any:
    """Nested lists of a journal → arrays; numbers that are not finite are words there."""
    return unflatten({path: np.array(leaf, dtype=float) for path, leaf in flatten(lists).items()})


def truth_of(case: str) -> Any:
    problem, instance, operation, *dtype = case.split(":")
    return reference.load(problem, instance, operation, (dtype or [DTYPE])[0]).value


def slack(row: Row) -> float:
    """The relative error that the cell's method is allowed; any, where its instance declares that it is wrong."""
    if plan.expected(row.cell)[0] == "wrong":
        return math.inf
    variant = backends.load(row.backend).VARIANTS[row.variant]
    return agreement.tolerance(row.operation, variant.accuracy, row.dtype)


def table(claims: Sequence[Claim], evidence: Evidence, notes: Sequence[str]) -> tuple[Table, list[str]]:
    """One row per claim, and one line for every verdict that is not the expected one."""
    rows, surprises = {}, []
    for claim in claims:
        gives, verdict = claim.judge(evidence)
        rows[claim.number] = {"example": claim.what, "article": claim.says, "verdict": verdict} | {
            method: gives.get(method, "") for method in METHODS
        }
        if not verdict.startswith(claim.expected):
            surprises.append(f"{claim.number}: expected {claim.expected}, found {verdict}")
    body = pd.DataFrame.from_dict(rows, orient="index", columns=["example", "article", "verdict", *METHODS])
    body.index.name = "number"
    return Table("Textbook examples", body, tuple(notes), numeric=False), surprises
