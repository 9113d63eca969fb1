"""Tables from the rows of a run: time and accuracy per problem and operation, and what else each case costs.

A table has one row per backend/variant and one column per instance. A cell without a number says why in a word, and the
notes under the table say it in full. Different dtypes, devices and thread counts never share a table.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import backends
import problems

from .. import UsageError
from ..data.files import replace_file
from ..measure.timing_warnings import WARNING_CODES
from ..rows.environment import read_environment
from ..rows.journal import JOURNAL, Journal
from ..text.escape import escape_markdown_line, escape_spreadsheet
from ..text.table import TABLE_FORMATS, CellRow, Table
from ..text.units import correct_digits, format_duration, format_duration_within, format_error, format_ratio
from .costs import cost_tables, has_memory, memory_notes, memory_text
from .frame import (
    BASELINE,
    CELL_COLUMNS,
    GROUP_COLUMNS,
    ON,
    TABLE_CONFIDENCE,
    cell_records,
    declared_reason,
    known_instances,
    plain_instance,
)
from .scaling import LEAST_SIZES, scaling_tables, thread_tables

TABLE_KINDS = {  # and how their titles begin
    "time": ("Time",),
    "cost": ("Cost",),
    "scaling": ("Scaling", "Overtaking"),
    "memory": ("Memory",),
    "accuracy": ("Accuracy",),
    "threads": ("Threads",),
}


@dataclass(frozen=True)
class TimeStyle:
    """How tables of times are written. relative_to: a method, or FASTEST. unit: empty for one that suits each number.

    quantile: of the rounds of a process; None for their median.
    """

    relative_to: str = BASELINE
    unit: str = ""
    quantile: float | None = None


USUAL_STYLE = TimeStyle()
FASTEST = "fastest"


def run_tables(rows: pd.DataFrame, reasons_under: str = "time", style: TimeStyle = USUAL_STYLE) -> Iterator[Table]:
    """Time, cost and accuracy tables of every group, in the order of the run's plan.

    reasons_under: the kind of table, time or accuracy, that says under it why a cell has no number.
    """
    if rows.empty:
        return
    groups: dict[tuple[Any, ...], list[CellRow]] = {}
    everything = cell_records(rows)
    quantiles = quantile_cells(rows, everything, style.quantile)
    for cell in everything:
        groups.setdefault(tuple(cell[column] for column in GROUP_COLUMNS), []).append(cell)
    for (problem, operation, dtype, device, count), cells in groups.items():
        name = f"{problem} · {operation} · {dtype} · {device} · {count} thread{'s' if count != 1 else ''}"
        reasons = {reasons_under: tuple(absence_notes(cells))}
        timed = [quantiles[cell_identity(cell)] for cell in cells] if quantiles else cells
        yield time_table(f"Time: {name}", timed, reasons.get("time", ()), style)
        yield from cost_tables(cells, name)
        if len({cell["instance"] for cell in cells}) > LEAST_SIZES:
            yield from scaling_tables(cells, name)
        if has_memory(cells):
            yield Table(f"Memory: {name}", pivot(cells, memory_text), tuple(memory_notes(cells)))
        yield Table(f"Accuracy: {name}", pivot(cells, accuracy_text), reasons.get("accuracy", ()))
    if len({cell["threads"] for cell in everything}) > 1:
        yield from thread_tables(everything)


def pivot(cells: list[CellRow], text: Callable[[CellRow], str]) -> pd.DataFrame:
    """Methods × instances, each cell by `text`."""
    instances = instances_in_order(cells)
    texts = {(cell["method"], cell["instance"]): text(cell) for cell in cells}
    methods = list(dict.fromkeys(method for method, _ in texts))
    grid = [[texts.get((method, instance), "") for instance in instances] for method in methods]
    index = pd.Index(methods, dtype="object", name="backend/variant")
    return pd.DataFrame(np.array(grid, object), index, pd.Index(instances, dtype="object"), dtype=object)


def cell_identity(cell: CellRow) -> tuple[Any, ...]:
    return tuple(cell[column] for column in CELL_COLUMNS)


def quantile_cells(rows: pd.DataFrame, cells: list[CellRow], quantile: float | None) -> dict[tuple[Any, ...], CellRow]:
    """The cells with a quantile of each process's rounds in place of their median; `unstored` where none were journaled.

    Empty without a quantile.
    """
    if quantile is None:
        return {}
    times = [
        math.nan if missing(median) or not samples else float(np.quantile(samples, quantile))
        for median, samples in zip(rows["median_s"], rows["samples_s"], strict=True)
    ]
    known = {cell_identity(cell): not math.isnan(cell["median_s"]) for cell in cells}
    return {
        cell_identity(cell): {**cell, "unstored": known[cell_identity(cell)] and math.isnan(cell["median_s"])}
        for cell in cell_records(rows.assign(median_s=times))
    }


def missing(seconds: float | None) -> bool:
    return seconds is None or math.isnan(seconds)


def time_table(title: str, cells: list[CellRow], notes: tuple[str, ...], style: TimeStyle = USUAL_STYLE) -> Table:
    """Times with their ratio to the hand-derived backend or another; the fastest of each instance is marked."""
    timed = [cell for cell in cells if cell["status"] in ("ok", "diverged") and not math.isnan(cell["median_s"])]
    fastest: dict[str, float] = {}
    for cell in timed:
        fastest[cell["instance"]] = min(cell["median_s"], fastest.get(cell["instance"], math.inf))
    base = {
        cell["instance"]: (cell["median_s"], cell["digits"])
        for cell in timed
        if cell["method"] == style.relative_to
        or (style.relative_to == FASTEST and cell["median_s"] == fastest[cell["instance"]])
    }

    def text(cell: CellRow) -> str:
        if cell["status"] not in ("ok", "diverged"):
            return str(cell["status"])
        if math.isnan(cell["median_s"]):
            return "not stored" if cell.get("unstored") else "not timed"
        seconds, digits = base.get(cell["instance"], (math.nan, 2))
        mark = "*" if cell["median_s"] == fastest[cell["instance"]] else ""
        mark += "†" if cell["rounds"] == 1 else ""
        time = time_text(cell, mark, style.unit)
        ratio = format_ratio(cell["median_s"] / seconds, min(cell["digits"], digits))
        return f"{time}{f' ({ratio})' if ratio else ''}"

    best = frozenset((c["method"], c["instance"]) for c in timed if c["median_s"] == fastest[c["instance"]])
    single = "; † single call, too long to repeat" if any(cell["rounds"] == 1 for cell in timed) else ""
    relative = (
        f"; in brackets: ratio to {'the ' if style.relative_to == FASTEST else ''}{style.relative_to}" if base else ""
    )
    legend = (
        f"{quantity(style)}; * fastest{relative}{single}",
        *style_notes(cells, style, base),
        *repeats_legend(timed),
    )
    return Table(title, pivot(cells, text), (*legend, *notes), best)


def quantity(style: TimeStyle) -> str:
    if style.quantile is None:
        return "median time per call"
    return f"{style.quantile:g} quantile of the time per call over a process's rounds, each the mean of its calls"


def style_notes(cells: list[CellRow], style: TimeStyle, base: Mapping[str, Any]) -> Iterator[str]:
    """What of the style cannot be shown here."""
    if style.relative_to not in (BASELINE, FASTEST) and not base:
        yield f"no ratios: {style.relative_to} has no time here"
    if any(cell.get("unstored") for cell in cells):
        yield "not stored: the journal holds the median of these cells, and no rounds to take a quantile of"


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


def tables_of_kinds(rows: pd.DataFrame, kinds: list[str], style: TimeStyle = USUAL_STYLE) -> list[Table]:
    """The tables of these kinds; all of them where no kind is named. Raises UsageError."""
    for kind in kinds:
        if kind not in TABLE_KINDS:
            raise UsageError(problems.unknown("kind of table", kind, list(TABLE_KINDS)))
    wanted = tuple(f"{title}:" for kind in kinds or TABLE_KINDS for title in TABLE_KINDS[kind])
    reasons_under = "time" if not kinds or "time" in kinds else "accuracy"
    return [table for table in run_tables(rows, reasons_under, style) if table.title.startswith(wanted)]


def time_text(cell: CellRow, mark: str = "", unit: str = "") -> str:
    """`1.23 ms [1.19, 1.28]`, or `1.2 ms` where there is no interval of 95 %; the mark is put behind the unit."""
    interval = cell["interval"]
    if interval.coverage < TABLE_CONFIDENCE:
        return format_duration(cell["median_s"], cell["digits"], unit) + mark
    value, bracket, bounds = format_duration_within(interval.value, interval.low, interval.high, unit).partition(" [")
    return f"{value}{mark}{bracket}{bounds}"


def repeats_legend(cells: list[CellRow]) -> Iterator[str]:
    """What the digits and the square brackets of these cells mean, and how many of them have which warning."""
    few = sorted({(cell["processes"], cell["interval"].coverage) for cell in cells})
    if few and few[-1][1] >= TABLE_CONFIDENCE:
        what = f"{100 * TABLE_CONFIDENCE:.0f} % confidence interval of the median over processes"
        yield f"in square brackets: {what} (order statistics)"
    for processes, coverage in few:
        if processes == 1:
            yield "1 process per cell, so no confidence interval; use --repeats 6"
        elif coverage < TABLE_CONFIDENCE:
            yield f"{processes} processes per cell: their range is a {coverage:.0%} confidence interval; use --repeats 6"
    counts = Counter(code for cell in cells for code in cell["codes"])
    if counts:
        found = ", ".join(f"{counts[code]} {code}" for code in WARNING_CODES if code in counts)
        yield f"cells with warnings, out of {len(cells)}: {found} (see METHODOLOGY.md, Warnings)"


def tidy_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows for `measurements.csv`: everything but the single samples."""
    rows = rows.drop(columns=["samples_s", "method"]).assign(warnings=rows["warnings"].map("; ".join))
    return rows.map(lambda value: escape_spreadsheet(value) if isinstance(value, str) else value)


def render_rows(rows: pd.DataFrame, form: str) -> str:
    """All tables of a run as text; `csv` is the tidy form, one line per cell and repeat."""
    if form == "csv":
        return str(tidy_rows(rows).to_csv(index=False))
    return "\n".join(TABLE_FORMATS[form](table) for table in run_tables(rows))


def write_summary(folder: Path, rows: pd.DataFrame) -> None:
    """Write measurements.csv and tables.md. Raises OSError."""
    heading = run_heading(folder, rows)
    replace_file(folder / "measurements.csv", render_rows(rows, "csv"))
    about = "".join(f"{escape_markdown_line(line)}\n\n" for line in heading)
    replace_file(folder / "tables.md", about + render_rows(rows, "md"))


def run_heading(folder: Path, rows: pd.DataFrame) -> list[str]:
    """What stands above the tables of a run: machine, date and versions as far as they are known, and what is missing."""
    content, torn = read_environment(folder), Journal(folder / JOURNAL).is_torn()
    versions = content.get("versions")
    used = library_versions(versions if isinstance(versions, dict) else {})
    cpus = content.get("cpus_usable")  # a run of several machines has none, but all of them in `cpu`
    machine = content.get("cpu") if cpus is None else f"{content.get('cpu')}, {cpus} CPUs"
    facts = [machine, *(content.get(k) for k in ("time", "python"))]
    lines = [", ".join(str(fact) for fact in [*facts, used] if fact)] if content else []
    planned, found = content.get("cells"), len(rows.groupby(CELL_COLUMNS)) if len(rows) else 0
    if isinstance(planned, int) and found < planned:
        lines.append(f"INCOMPLETE: {found} of {planned} cells have a row; gradmark run --resume RUN measures the rest")
    if torn:
        lines.append("INCOMPLETE: the last line of journal.jsonl is truncated")
    return [f"{folder.resolve().name}: {lines[0]}", *lines[1:]] if content else lines


def instances_in_order(cells: list[CellRow]) -> list[str]:
    """The instances of a group in the order in which their problem lists them."""
    problem, found = cells[0]["problem"], dict.fromkeys(cell["instance"] for cell in cells)
    known = [instance.name for instance in known_instances(problem)]
    places = {name: known.index(plain) if (plain := plain_instance(name)) in known else len(known) for name in found}
    return sorted(found, key=lambda name: (places[name], name.rpartition(ON)[2] if places[name] < len(known) else ""))


def library_versions(known: Mapping[str, str]) -> str:
    """`numpy 2.4.6, …`: the versions, of those known, of the packages that the backends and their variants need."""
    adapters = [backends.load(name) for name in backends.names()]
    own = [adapter.REQUIRES for adapter in adapters]
    variants = [each.requires[0] for adapter in adapters for each in adapter.VARIANTS.values() if each.requires]
    packages = dict.fromkeys(package.partition(".")[0] for package in (*own, *variants))
    return ", ".join(f"{name} {known[name]}" for name in packages if name in known)
