"""Tables from the rows of a run: time and accuracy per problem and operation, and what else each case costs.

A table has one row per backend/variant and one column per instance. A cell without a number says why in a word, and the
notes under the table say it in full. Different dtypes, devices and thread counts never share a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

import problems

from .. import UsageError
from ..text.table import CellRow, Table
from ..text.units import correct_digits, format_error, format_ratio
from .costs import cost_tables, with_ratios
from .frame import (
    BASELINE,
    GROUP_COLUMNS,
    cells_frame,
    declared_reason,
    frame_records,
    ordered_cells,
    registered_problems,
)
from .memory import has_memory, memory_notes, memory_text
from .repeats import repeats_legend, time_text
from .scaling import scaling_tables
from .threads import thread_tables

TABLE_KINDS = {  # and how their titles begin
    "time": ("Time",),
    "cost": ("Cost",),
    "scaling": ("Scaling", "Overtaking"),
    "memory": ("Memory",),
    "accuracy": ("Accuracy",),
    "threads": ("Threads",),
}


def run_tables(rows: pd.DataFrame, reasons_under: str = "time") -> Iterator[Table]:
    """Time, cost and accuracy tables of every group, in the order of the run's plan.

    reasons_under: the kind of table, time or accuracy, that says under it why a cell has no number.
    """
    if rows.empty:
        return
    groups: dict[tuple[Any, ...], list[CellRow]] = {}
    everything = with_ratios(frame_records(ordered_cells(cells_frame(rows))))
    for cell in everything:
        groups.setdefault(tuple(cell[column] for column in GROUP_COLUMNS), []).append(cell)
    for (problem, operation, dtype, device, count), cells in groups.items():
        name = f"{problem} · {operation} · {dtype} · {device} · {count} thread{'s' if count != 1 else ''}"
        reasons = {reasons_under: tuple(absence_notes(cells))}
        yield time_table(f"Time: {name}", cells, reasons.get("time", ()))
        yield from cost_tables(cells, name)
        yield from scaling_tables(cells, name)
        if has_memory(cells):
            yield Table(f"Memory: {name}", pivot(cells, memory_text), tuple(memory_notes(cells)))
        yield Table(f"Accuracy: {name}", pivot(cells, accuracy_text), reasons.get("accuracy", ()))
    yield from thread_tables(everything)


def pivot(cells: list[CellRow], text: Callable[[CellRow], str]) -> pd.DataFrame:
    """Methods × instances, each cell by `text`."""
    texts = {(cell["method"], cell["instance"]): text(cell) for cell in cells}
    methods, instances = list(dict.fromkeys(method for method, _ in texts)), instances_in_order(cells)
    grid = [[texts.get((method, instance), "") for instance in instances] for method in methods]
    index = pd.Index(methods, dtype="object", name="backend/variant")
    return pd.DataFrame(np.array(grid, object), index, pd.Index(instances, dtype="object"), dtype=object)


def instances_in_order(cells: list[CellRow]) -> list[str]:
    """The instances of a group in the order in which their problem lists them."""
    problem, found = cells[0]["problem"], dict.fromkeys(cell["instance"] for cell in cells)
    known = [i.name for i in problems.load(problem).instances] if problem in registered_problems() else []
    return list(dict.fromkeys([name for name in known if name in found] + list(found)))


def time_table(title: str, cells: list[CellRow], notes: tuple[str, ...]) -> Table:
    """Medians with their ratio to the hand-derived backend; the fastest of each instance is marked."""
    timed = [cell for cell in cells if cell["status"] in ("ok", "diverged") and not math.isnan(cell["median_s"])]
    base = {cell["instance"]: (cell["median_s"], cell["digits"]) for cell in timed if cell["method"] == BASELINE}
    fastest: dict[str, float] = {}
    for cell in timed:
        fastest[cell["instance"]] = min(cell["median_s"], fastest.get(cell["instance"], math.inf))

    def text(cell: CellRow) -> str:
        if cell["status"] not in ("ok", "diverged"):
            return str(cell["status"])
        if math.isnan(cell["median_s"]):
            return "not timed"
        seconds, digits = base.get(cell["instance"], (math.nan, 2))
        ratio = format_ratio(cell["median_s"] / seconds, min(cell["digits"], digits))
        mark = "*" if cell["median_s"] == fastest[cell["instance"]] else ""
        mark += "†" if cell["rounds"] == 1 else ""
        return f"{time_text(cell, mark)}{f' ({ratio})' if ratio else ''}"

    best = frozenset((c["method"], c["instance"]) for c in timed if c["median_s"] == fastest[c["instance"]])
    single = "; † single call, too long to repeat" if any(cell["rounds"] == 1 for cell in timed) else ""
    relative = f"; in brackets: ratio to {BASELINE}" if base else ""
    legend = f"median time per call; * fastest{relative}{single}"
    return Table(title, pivot(cells, text), (legend, *repeats_legend(timed), *notes), best)


def accuracy_text(cell: CellRow) -> str:
    if cell["status"] != "ok":
        return str(cell["status"])
    digits = correct_digits(cell["error_relative"], cell["dtype"])
    return f"{format_error(cell['error_relative'])} ({digits:.1f} digits)"


def absence_notes(cells: list[CellRow]) -> Iterator[str]:
    """One note per status, reason and method, naming the instances."""
    absent: dict[tuple[str, str, str], list[CellRow]] = {}
    for cell in cells:
        if cell["status"] != "ok":
            absent.setdefault((cell["status"], cell["reason"], cell["method"]), []).append(cell)
    for (status, reason, method), members in absent.items():
        why = {declared_reason(cell) for cell in members} - {""}
        declared = "".join(f" (as declared: {text})" for text in sorted(why))
        yield f"{method} · {', '.join(cell['instance'] for cell in members)}: {status}: {reason}{declared}"


def tables_of_kinds(rows: pd.DataFrame, kinds: list[str]) -> list[Table]:
    """The tables of these kinds; all of them where no kind is named. Raises UsageError."""
    for kind in kinds:
        if kind not in TABLE_KINDS:
            raise UsageError(problems.unknown("kind of table", kind, list(TABLE_KINDS)))
    wanted = tuple(f"{title}:" for kind in kinds or TABLE_KINDS for title in TABLE_KINDS[kind])
    reasons_under = "time" if not kinds or "time" in kinds else "accuracy"
    return [table for table in run_tables(rows, reasons_under) if table.title.startswith(wanted)]
