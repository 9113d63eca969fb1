"""Tables from the rows of a run: time, first call and accuracy, per problem and operation.

A table has one row per backend/variant and one column per instance. A cell without a number says why in a word, and the
notes under the table say it in full. Different dtypes, devices and thread counts never share a table.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import backends
import problems

from . import UsageError, units
from .journal import STATUSES, Journal, Row
from .plan import Cell, expected

SEVERITY = ("wrong", "crashed", "timeout", "error", "unavailable", "omitted", "diverged", "ok")
BASELINE = "numpy_hand/plain"
GROUP = ["problem", "operation", "dtype", "device", "threads"]


@dataclass(frozen=True)
class Table:
    """A titled table of text with notes under it. best: the (row, column) labels of the fastest; numeric: of numbers."""

    title: str
    body: pd.DataFrame
    notes: tuple[str, ...] = ()
    best: frozenset[tuple[str, str]] = frozenset()
    numeric: bool = True


def load(folder: Path) -> pd.DataFrame:
    """The rows of a run, one per cell and repeat. Raises UsageError where the folder holds no readable run."""
    journal = Journal(folder / "journal.jsonl")
    if not journal.path.is_file():
        raise UsageError(f"{folder}: expected a run folder, with a journal.jsonl in it")
    return frame(journal.rows())


def frame(rows: list[Row]) -> pd.DataFrame:
    """Rows as a tidy data frame."""
    table = pd.DataFrame([asdict(row) for row in rows], columns=list(Row.__dataclass_fields__))
    table["method"] = table["backend"] + "/" + table["variant"]
    return table


def per_cell(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: the median over repeats, the worst error, the worst status."""
    numbers = dict.fromkeys(("prepare_s", "first_call_s", "median_s"), "median")
    rules: dict[str, Any] = {**numbers, "error_relative": "max", "error_ulp": "max", "rounds": "max", "outcome": worst}
    rows = rows.astype(dict.fromkeys([*numbers, "error_relative", "error_ulp"], "float64"))
    outcomes = pd.Series(zip(rows["status"], rows["reason"], strict=True), index=rows.index, dtype=object)
    rows = rows.assign(outcome=outcomes)
    cells = rows.groupby([*GROUP, "instance", "method"], sort=False, as_index=False).agg(rules)
    return cells.assign(status=cells["outcome"].str[0], reason=cells["outcome"].str[1])


def worst(outcomes: pd.Series) -> tuple[str, str]:
    """The (status, reason) that matters most among the repeats of a cell."""
    return min(outcomes, key=lambda outcome: SEVERITY.index(outcome[0]))


def all_tables(rows: pd.DataFrame) -> Iterator[Table]:
    """Time, first-call and accuracy tables of every group, in the order of the run's plan."""
    cells = per_cell(rows)
    for group, members in ordered(cells).groupby(GROUP, sort=False):
        problem, operation, dtype, device, threads = group
        name = f"{problem} · {operation} · {dtype} · {device} · {threads} thread{'s' if threads != 1 else ''}"
        notes = tuple(absences(members))
        yield time_table(f"Time: {name}", members, notes)
        yield Table(f"First call: {name}", pivot(members, first_call_text))
        yield Table(f"Accuracy: {name}", pivot(members, accuracy_text))


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


def pivot(cells: pd.DataFrame, text: Callable[[pd.Series], str]) -> pd.DataFrame:
    """Methods × instances, each cell by `text`."""
    shown = cells.assign(text=cells.apply(text, axis=1))
    body = shown.pivot(index="method", columns="instance", values="text").fillna("")
    columns = sorted(body.columns, key=list(dict.fromkeys(instances_in_order(cells))).index)
    body = body.loc[list(dict.fromkeys(cells["method"])), columns]
    body.index.name, body.columns.name = "backend/variant", None
    return body


def instances_in_order(cells: pd.DataFrame) -> list[str]:
    """The instances of a group in the order in which their problem lists them."""
    problem, found = cells["problem"].iloc[0], list(cells["instance"])
    known = [i.name for i in problems.load(problem).instances] if problem in problems.names() else []
    return [name for name in known if name in found] + found


def time_table(title: str, cells: pd.DataFrame, notes: tuple[str, ...]) -> Table:
    """Medians with their ratio to the hand-derived backend; the fastest of each instance is marked."""
    timed = cells[cells["status"].isin(["ok", "diverged"])]
    base = timed[timed["method"] == BASELINE].set_index("instance")["median_s"]
    fastest = timed.groupby("instance")["median_s"].min()

    def text(cell: pd.Series) -> str:
        if cell["status"] not in ("ok", "diverged"):
            return str(cell["status"])
        if math.isnan(cell["median_s"]):
            return "not timed"
        ratio = units.ratio(cell["median_s"] / base.get(cell["instance"], math.nan))
        mark = "*" if cell["median_s"] == fastest[cell["instance"]] else ""
        mark += "†" if cell["rounds"] == 1 else ""
        return f"{units.duration(cell['median_s'])}{mark}{f' ({ratio})' if ratio else ''}"

    best = frozenset(
        (str(cell["method"]), str(cell["instance"]))
        for _, cell in timed.iterrows()
        if cell["median_s"] == fastest[cell["instance"]]
    )
    single = "; † a single call, too long to repeat" if (timed["rounds"] == 1).any() else ""
    legend = f"median of a call; * fastest; in brackets: relative to {BASELINE}{single}"
    return Table(title, pivot(cells, text), (legend, *notes), best)


def first_call_text(cell: pd.Series) -> str:
    if cell["status"] not in ("ok", "diverged"):
        return str(cell["status"])
    return f"{units.duration(cell['first_call_s'])} (prepare {units.duration(cell['prepare_s'])})"


def accuracy_text(cell: pd.Series) -> str:
    if cell["status"] != "ok":
        return str(cell["status"])
    return f"{units.error(cell['error_relative'])} ({units.correct_digits(cell['error_relative']):.1f} digits)"


def absences(cells: pd.DataFrame) -> Iterator[str]:
    """One note per status, reason and method, naming the instances."""
    absent = cells[cells["status"] != "ok"]
    for (status, reason, method), members in absent.groupby(["status", "reason", "method"], sort=False):
        why = {expectation(cell) for _, cell in members.iterrows()} - {""}
        declared = "".join(f" (as declared: {text})" for text in why)
        yield f"{method} · {', '.join(members['instance'])}: {status}: {reason}{declared}"


def expectation(cell: pd.Series) -> str:
    """Why the instance declares this status for the cell; empty where it does not."""
    if cell["problem"] not in problems.names():
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
    """The time, first-call or accuracy tables of a run; all of them where no kind is named. Raises UsageError."""
    titles = {"time": "Time", "first-call": "First call", "accuracy": "Accuracy"}
    for kind in kinds:
        if kind not in titles:
            raise UsageError(problems.unknown("kind of table", kind, list(titles)))
    wanted = tuple(titles[kind] for kind in kinds or titles)
    return [table for table in all_tables(rows) if table.title.startswith(wanted)]


# Formats ----------------------------------------------------------------------------------------


def to_markdown(table: Table) -> str:
    body = table.body.copy()
    for row, column in table.best:
        body.loc[row, column] = f"**{str(body.loc[row, column]).replace('*', '')}**"
    notes = [note.replace("* fastest", "bold: fastest") for note in table.notes]
    text = [f"### {table.title}", body.to_markdown(), *(f"- {note}" for note in notes)]
    return "\n\n".join(text[:2]) + "\n" + "".join(f"\n{note}" for note in text[2:]) + "\n"


def to_html(table: Table) -> str:
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in table.notes)
    return f"<h3>{html.escape(table.title)}</h3>\n{table.body.to_html(border=0)}\n<ul>{notes}</ul>\n"


def to_latex(table: Table) -> str:
    def safe(text: str) -> str:
        for plain, escaped in (
            ("_", r"\_"),
            ("×", r"$\times$"),
            ("µ", r"\textmu{}"),
            ("%", r"\%"),
            ("&", r"\&"),
            ("#", r"\#"),
            ("·", r"$\cdot$"),
        ):
            text = text.replace(plain, escaped)
        return text

    body = table.body.map(safe)
    body.index, body.columns = body.index.map(safe), body.columns.map(safe)
    body.index.name = "backend/variant"
    notes = "".join(f"% {note}\n" for note in table.notes)
    column = "l" + "r" * len(body.columns)
    return notes + str(body.to_latex(caption=safe(table.title), column_format=column, position="htbp"))


def tidy(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows for `measurements.csv`: everything but the single samples."""
    return rows.drop(columns=["samples_s", "method"]).assign(warnings=rows["warnings"].map("; ".join))


FORMATS = {"md": to_markdown, "html": to_html, "latex": to_latex}


def render(rows: pd.DataFrame, form: str) -> str:
    """All tables of a run as text; `csv` is the tidy form, one line per cell and repeat."""
    if form == "csv":
        return str(tidy(rows).to_csv(index=False))
    return "\n".join(FORMATS[form](table) for table in all_tables(rows))
