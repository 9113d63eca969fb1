"""Tables from the rows of a run: time and accuracy per problem and operation, and what else each case costs.

A table has one row per backend/variant and one column per instance. A cell without a number says why in a word, and the
notes under the table say it in full. Different dtypes, devices and thread counts never share a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import backends
import problems

from . import UsageError, costs, escape, limits, memory_pass, scaling, threads, units
from .journal import STATUSES, Journal, Row, latest, uncollected
from .plan import Cell, expected
from .repeats import legend as about_repeats
from .repeats import summaries, time_text
from .table import CellRow, Table

SEVERITY = ("wrong", "crashed", "timeout", "error", "unavailable", "omitted", "diverged", "ok")
BASELINE = "numpy_hand/plain"
KINDS = {  # and how their titles begin
    "time": ("Time",),
    "cost": ("Cost",),
    "scaling": ("Scaling", "Overtaking"),
    "memory": ("Memory",),
    "accuracy": ("Accuracy",),
    "threads": ("Threads",),
}
DEMANDS = ("variables", "work_flops", "products_bytes", "one_pass_bytes", "working_set_bytes")
GROUP = ["problem", "operation", "dtype", "device", "threads"]
CELL = [*GROUP, "instance", "method"]


def load(folder: Path) -> pd.DataFrame:
    """The rows of a run, one per cell and repeat. Raises UsageError where the folder holds no readable run."""
    journal = Journal(folder / "journal.jsonl")
    if not journal.path.is_file():
        raise UsageError(f"{folder}: expected a run folder, with a journal.jsonl in it")
    with uncollected():
        return memory_pass.join(limits.join(frame(latest(journal.rows())), folder), folder)


def frame(rows: list[Row]) -> pd.DataFrame:
    """Rows as a tidy data frame, with nothing in its texts that a terminal would obey; limits are not known."""
    names = list(Row.__dataclass_fields__)
    members = (
        zip(*map(attrgetter(*names), rows), strict=True) if rows else [[] for _ in names]
    )  # row by row: 5 × faster
    columns: dict[str, list[Any]] = dict(zip(names, map(list, members), strict=True))
    for name in ("key", "run", "reason"):
        columns[name] = [escape.printable(text) for text in columns[name]]
    columns["warnings"] = [[escape.printable(text) for text in texts] for texts in columns["warnings"]]
    columns["method"] = [f"{row.backend}/{row.variant}" for row in rows]
    texts = [name for name, values in columns.items() if values and isinstance(values[0], str)]
    plain = {name: pd.Series(columns[name], dtype=object) for name in texts}  # several times faster to go through
    unknown = dict.fromkeys(limits.COLUMNS, math.nan) | dict.fromkeys(memory_pass.COLUMNS, "")
    return pd.DataFrame(columns | plain).assign(**unknown)


def per_cell(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: the median over repeats with its interval, the worst error, the worst status with its reason."""
    numbers = dict.fromkeys(("import_s", "prepare_s", "first_call_s", "median_s"), "median")
    numbers |= dict.fromkeys(
        ("error_relative", "error_ulp", "error_explained", "peak_memory_bytes", *DEMANDS, *limits.COLUMNS), "max"
    )
    rules = {**numbers, "rounds": "max", **dict.fromkeys(memory_pass.COLUMNS, "first")}
    rows = rows.astype(dict.fromkeys(numbers, "float64"))
    repeats = rows.assign(severity=rows["status"].map(SEVERITY.index)).groupby(CELL, sort=False)
    worst = rows.loc[repeats["severity"].idxmin()].set_index(CELL)[["status", "reason"]]
    return repeats.agg(rules).join(worst).reset_index().assign(**summaries(rows, CELL))


def all_tables(rows: pd.DataFrame, reasons_under: str = "time") -> Iterator[Table]:
    """Time, cost and accuracy tables of every group, in the order of the run's plan.

    reasons_under: the kind of table, time or accuracy, that says under it why a cell has no number.
    """
    if rows.empty:
        return
    groups: dict[tuple[Any, ...], list[CellRow]] = {}
    everything = costs.with_ratios(records(ordered(per_cell(rows))))
    for cell in everything:
        groups.setdefault(tuple(cell[column] for column in GROUP), []).append(cell)
    for (problem, operation, dtype, device, count), cells in groups.items():
        name = f"{problem} · {operation} · {dtype} · {device} · {count} thread{'s' if count != 1 else ''}"
        reasons = {reasons_under: tuple(absences(cells))}
        yield time_table(f"Time: {name}", cells, reasons.get("time", ()))
        yield from costs.cost_tables(cells, name)
        yield from scaling.of_cells(cells, name)
        if memory_pass.is_measured(cells):
            yield Table(f"Memory: {name}", pivot(cells, memory_pass.text), tuple(memory_pass.notes(cells)))
        yield Table(f"Accuracy: {name}", pivot(cells, accuracy_text), reasons.get("accuracy", ()))
    yield from threads.tables(everything)


def records(cells: pd.DataFrame) -> Iterator[CellRow]:
    """Every row as a dict; pandas' own `to_dict` takes three times as long."""
    names = [str(name) for name in cells]  # once: an index of pandas takes as long to go through as the rest
    for values in zip(*(cells[name].to_numpy(object).tolist() for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def ordered(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells in the order of the registry, whatever order they were run in; unknown names last, alphabetically."""
    methods = [f"{name}/{variant}" for name in backends.BACKENDS for variant in backends.load(name).VARIANTS]
    known = [name for name in problems.names() if name in set(cells["problem"])]
    places: dict[str, list[str]] = {"problem": known, "method": methods, "instance": [], "operation": []}
    for name in known:
        instances = problems.load(name).instances
        places["instance"] += [instance.name for instance in instances]
        places["operation"] += [operation for instance in instances for operation in instance.operations]
    ranks = {column: {name: i for i, name in reversed(list(enumerate(names)))} for column, names in places.items()}
    keys = pd.DataFrame({column: cells[column].map(ranks[column]).fillna(10**9) for column in ranks})
    keys[["dtype", "device", "threads"]] = cells[["dtype", "device", "threads"]]
    order = keys.sort_values(
        ["problem", "operation", "dtype", "device", "threads", "method", "instance"], kind="stable"
    )
    return cells.loc[order.index]


def registered() -> frozenset[str]:
    """The problems of this repository and of added folders; they are looked for once per set of folders."""
    return names_in(tuple(problems.__path__))


@lru_cache
def names_in(folders: tuple[str, ...]) -> frozenset[str]:
    return frozenset(problems.names())


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
    known = [i.name for i in problems.load(problem).instances] if problem in registered() else []
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
        ratio = units.ratio(cell["median_s"] / seconds, min(cell["digits"], digits))
        mark = "*" if cell["median_s"] == fastest[cell["instance"]] else ""
        mark += "†" if cell["rounds"] == 1 else ""
        return f"{time_text(cell, mark)}{f' ({ratio})' if ratio else ''}"

    best = frozenset((c["method"], c["instance"]) for c in timed if c["median_s"] == fastest[c["instance"]])
    single = "; † a single call, too long to repeat" if any(cell["rounds"] == 1 for cell in timed) else ""
    relative = f"; in brackets: relative to {BASELINE}" if base else ""
    legend = f"median of a call; * fastest{relative}{single}"
    return Table(title, pivot(cells, text), (legend, *about_repeats(timed), *notes), best)


def accuracy_text(cell: CellRow) -> str:
    if cell["status"] != "ok":
        return str(cell["status"])
    digits = units.correct_digits(cell["error_relative"], cell["dtype"])
    return f"{units.error(cell['error_relative'])} ({digits:.1f} digits)"


def absences(cells: list[CellRow]) -> Iterator[str]:
    """One note per status, reason and method, naming the instances."""
    absent: dict[tuple[str, str, str], list[CellRow]] = {}
    for cell in cells:
        if cell["status"] != "ok":
            absent.setdefault((cell["status"], cell["reason"], cell["method"]), []).append(cell)
    for (status, reason, method), members in absent.items():
        why = {expectation(cell) for cell in members} - {""}
        declared = "".join(f" (as declared: {text})" for text in sorted(why))
        yield f"{method} · {', '.join(cell['instance'] for cell in members)}: {status}: {reason}{declared}"


def expectation(cell: CellRow) -> str:
    """Why the instance declares this status for the cell; empty where it does not."""
    if cell["problem"] not in registered():
        return ""
    backend, _, variant = cell["method"].partition("/")
    names = ("problem", "instance", "operation", "dtype", "device", "threads")
    try:
        status, why = expected(Cell(backend=backend, variant=variant, **{name: cell[name] for name in names}))
    except problems.ProblemError:  # an instance that no longer exists
        return ""
    return why if status == cell["status"] else ""


def counts(rows: pd.DataFrame) -> str:
    """`212 ok, 14 omitted`: how many cells have each status."""
    found = rows["status"].value_counts()
    return ", ".join(f"{found[status]} {status}" for status in STATUSES if status in found) or "no rows"


def only(rows: pd.DataFrame, **wanted: list[str] | None) -> pd.DataFrame:
    """The rows with these values in these columns; all of them where none are given. Raises UsageError for absent ones."""
    for column, names in wanted.items():
        present = sorted(set(rows[column]))
        for name in names or []:
            if name not in present:
                raise UsageError(problems.unknown(f"{column} in this run", name, present))
        rows = rows[rows[column].isin(names)] if names else rows
    return rows


def of_kinds(rows: pd.DataFrame, kinds: list[str]) -> list[Table]:
    """The tables of these kinds; all of them where no kind is named. Raises UsageError."""
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(problems.unknown("kind of table", kind, list(KINDS)))
    wanted = tuple(f"{title}:" for kind in kinds or KINDS for title in KINDS[kind])
    reasons_under = "time" if not kinds or "time" in kinds else "accuracy"
    return [table for table in all_tables(rows, reasons_under) if table.title.startswith(wanted)]
