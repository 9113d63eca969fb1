"""The rows of a run as a data frame, with the limits of its machine and peak memory beside each; one row per cell of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

import backends
import problems

from .. import UsageError
from ..data.files import is_there
from ..machine.limits import LIMITS_FILE, read_limits
from ..measure.timing_warnings import WARNING_CODES, drift_warnings
from ..plan.cell import Cell, expected_status
from ..rows.journal import JOURNAL, MEMORY_JOURNAL, Journal, latest_rows, without_gc
from ..rows.row import SEVERITY, STATUSES, Row
from ..text.escape import printable
from ..text.table import CellRow
from ..text.units import supported_digits
from .intervals import Interval, median_interval

BASELINE = "numpy_hand/plain"
DEMANDS = ("variables", "work_flops", "products_bytes", "one_pass_bytes", "working_set_bytes")
GROUP_COLUMNS = ["problem", "operation", "dtype", "device", "threads"]
CELL_COLUMNS = [*GROUP_COLUMNS, "instance", "method"]


def load_rows(folder: Path) -> pd.DataFrame:
    """The rows of a run, one per cell and repeat. Raises UsageError where the folder holds no readable run."""
    journal = Journal(folder / JOURNAL)
    if not is_there(journal.path):
        raise UsageError(f"{folder}: expected a run folder, with a journal.jsonl in it")
    with without_gc():
        rows = latest_rows(journal.rows())
        return rows_frame(rows, limit_columns(rows, folder) | memory_columns(rows, folder))


def load_measured_rows(folder: Path) -> pd.DataFrame:
    """The same, of a run with at least one row. Raises UsageError."""
    rows = load_rows(folder)
    if rows.empty:
        raise UsageError(f"{folder}: no rows in its journal; the run ended before its first cell")
    return rows


def rows_frame(rows: list[Row], beside: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Rows as a tidy data frame, with nothing in its texts that a terminal would obey.

    beside: the machine's limits and the peaks of memory, as far as they are known.
    """
    names = [name for name in Row.__struct_fields__ if name != "time"]
    members = (
        zip(*map(attrgetter(*names), rows), strict=True) if rows else [[] for _ in names]
    )  # row by row: 5 × faster
    columns: dict[str, list[Any]] = dict(zip(names, map(list, members), strict=True))
    for name in ("key", "run", "reason"):
        columns[name] = [printable(text) for text in columns[name]]
    columns["warnings"] = [[printable(text) for text in texts] for texts in columns["warnings"]]
    columns["instance"] = [instance_at(row.instance, row.machine) for row in rows]
    del columns["machine"]
    columns["method"] = [f"{row.backend}/{row.variant}" for row in rows]
    texts = [name for name, values in columns.items() if values and isinstance(values[0], str)]
    plain = {name: pd.Series(columns[name], dtype=object) for name in texts}  # several times faster to go through
    unknown: dict[str, Any] = dict.fromkeys(LIMIT_COLUMNS, math.nan) | dict.fromkeys(MEMORY_COLUMNS, "")
    return pd.DataFrame(columns | plain).assign(**unknown | dict(beside or {}))


ON = " @"  # between an instance and a machine


def instance_at(instance: str, machine: str) -> str:
    """`textbook @B`: on each machine of a merged run an instance is one of its own, with a column of its own."""
    return f"{instance}{ON}{machine}" if machine else instance


def plain_instance(name: str) -> str:
    """The instance without its machine."""
    return name.partition(ON)[0]


def cells_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: the median over repeats with its interval, the worst error, the worst status with its reason."""
    numbers = dict.fromkeys(("import_s", "prepare_s", "first_call_s", "median_s"), "median")
    numbers |= dict.fromkeys(
        ("error_relative", "error_ulp", "error_explained", "peak_memory_bytes", *DEMANDS, *LIMIT_COLUMNS), "max"
    )
    rules = {**numbers, "rounds": "max", **dict.fromkeys(MEMORY_COLUMNS, "first")}
    rows = rows.astype(dict.fromkeys(numbers, "float64"))
    repeats = rows.assign(severity=rows["status"].map(SEVERITY.index)).groupby(CELL_COLUMNS, sort=False)
    worst = rows.loc[repeats["severity"].idxmin()].set_index(CELL_COLUMNS)[["status", "reason"]]
    return repeats.agg(rules).join(worst).reset_index().assign(**repeats_summaries(rows, CELL_COLUMNS))


def cell_records(rows: pd.DataFrame) -> list[CellRow]:
    """The cells of these rows in the order of the registry, each with `over`."""
    return with_ratios(list(frame_records(ordered_cells(cells_frame(rows)))))


def frame_records(cells: pd.DataFrame) -> Iterator[CellRow]:
    """Every row as a dict; pandas' own `to_dict` takes three times as long."""
    names = [str(name) for name in cells]  # once: an index of pandas takes as long to go through as the rest
    for values in zip(*(cells[name].to_numpy(object).tolist() for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def ordered_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells in the order of the registry, whatever order they were run in; unknown names last, alphabetically."""
    known = [name for name in sorted(set(cells["problem"])) if known_instances(name)]
    places: dict[str, list[str]] = {"problem": known, "method": backends.methods(), "instance": [], "operation": []}
    for name in known:
        instances = known_instances(name)
        places["instance"] += [instance.name for instance in instances]
        places["operation"] += [operation for instance in instances for operation in instance.operations]
    ranks = {column: {name: i for i, name in reversed(list(enumerate(names)))} for column, names in places.items()}
    names = {column: cells[column].map(plain_instance) if column == "instance" else cells[column] for column in ranks}
    keys = pd.DataFrame({column: names[column].map(ranks[column]).fillna(10**9) for column in ranks})
    keys[["dtype", "device", "threads"]] = cells[["dtype", "device", "threads"]]
    order = keys.sort_values(
        ["problem", "operation", "dtype", "device", "threads", "method", "instance"], kind="stable"
    )
    return cells.loc[order.index]


def known_instances(problem: str) -> tuple[problems.Instance, ...]:
    """The instances of a problem; none of one that no longer exists."""
    return instances_in(problem, tuple(problems.__path__))


@lru_cache
def instances_in(problem: str, folders: tuple[str, ...]) -> tuple[problems.Instance, ...]:
    """Looked for once per set of folders, as rows name the same problems again and again."""
    try:
        return problems.load(problem).instances
    except problems.ProblemError:
        return ()


def declared_reason(cell: CellRow) -> str:
    """Why the instance declares this status for the cell; empty where it does not."""
    if not known_instances(cell["problem"]):
        return ""
    backend, _, variant = cell["method"].partition("/")
    names = ("problem", "instance", "operation", "dtype", "device", "threads")
    try:
        known = {name: cell[name] for name in names} | {"instance": plain_instance(cell["instance"])}
        status, why = expected_status(Cell(backend=backend, variant=variant, **known))
    except problems.ProblemError:  # an instance that no longer exists
        return ""
    return why if status == cell["status"] else ""


def count_statuses(rows: pd.DataFrame) -> str:
    """`212 ok, 14 omitted`: how many cells have each status."""
    found = rows["status"].value_counts()
    return ", ".join(f"{found[status]} {status}" for status in STATUSES if status in found) or "no rows"


def select_rows(rows: pd.DataFrame, **wanted: list[str] | None) -> pd.DataFrame:
    """The rows with these values in these columns; all of them where none are given. Raises UsageError for absent ones."""
    for column, names in wanted.items():
        present = sorted(set(rows[column]))
        for name in names or []:
            if name not in present:
                raise UsageError(problems.unknown(f"{column} in this run", name, present))
        rows = rows[rows[column].isin(names)] if names else rows
    return rows


LIMIT_COLUMNS = ("limit_bytes_per_s", "limit_flops_per_s", "cache_bytes")
MEMORY_COLUMNS = ("memory_status", "memory_reason")


def limit_columns(rows: list[Row], folder: Path) -> dict[str, list[float]]:
    """The limits of the run's machine for each row, NaN where they are not known; no column where none is."""
    known = read_limits(folder / LIMITS_FILE)
    if not known:
        return {}
    found = [known.of(row.threads, row.dtype) if row.device == "cpu" else None for row in rows]
    bandwidths = [limit.bytes_per_s if limit else math.nan for limit in found]
    rates = [limit.product_flops_per_s if limit else math.nan for limit in found]
    return dict(zip(LIMIT_COLUMNS, (bandwidths, rates, [float(known.cache_bytes)] * len(rows)), strict=True))


def memory_columns(rows: list[Row], folder: Path) -> dict[str, Any]:
    """The peaks of a run's rows, and how their measurement went; no column where there was no such pass."""
    journal = Journal(folder / MEMORY_JOURNAL)
    if not is_there(journal.path):
        return {}
    found = {(row.machine, row.key): row for row in latest_rows(journal.rows())}
    beside = [found.get((row.machine, row.key)) for row in rows]
    return {
        "peak_memory_bytes": pd.Series([row.peak_memory_bytes if row else None for row in beside], dtype=object),
        "memory_status": [row.status if row else "" for row in beside],
        "memory_reason": [printable(row.reason) if row else "" for row in beside],
    }


TABLE_CONFIDENCE = 0.95
WITHOUT_INTERVAL = 2  # significant digits; processes differ by 3 to 17 %, which one of them cannot know
KNOWN_CODES, NONE = frozenset(WARNING_CODES), frozenset[str]()


def repeats_summaries(rows: pd.DataFrame, cell: list[str]) -> dict[str, list[Any]]:
    """Columns with one entry per cell, in the order in which cells first occur, as in a groupby that does not sort.

    `interval` (of the median over processes), `processes`, `digits` and `codes`, the codes of its warnings.
    """
    found: dict[tuple[Any, ...], list[tuple[int, float | None, list[str]]]] = {}
    identities = zip(*(rows[name].tolist() for name in cell), strict=True)
    contents = zip(*(rows[name].tolist() for name in ("repeat", "median_s", "warnings")), strict=True)
    for identity, content in zip(identities, contents, strict=True):
        found.setdefault(identity, []).append(content)
    columns = zip(*map(repeats_summary, found.values()), strict=True)
    return {
        name: list(column) for name, column in zip(("interval", "processes", "digits", "codes"), columns, strict=True)
    }


def repeats_summary(repeats: list[tuple[int, float | None, list[str]]]) -> tuple[Interval, int, int, frozenset[str]]:
    """Of one cell, from the (repeat, median, warnings) of its processes."""
    repeats.sort(key=itemgetter(0))
    times = [median for _, median, _ in repeats if median is not None and not math.isnan(median)]
    warnings = [text for _, _, texts in repeats for text in texts]
    if len(times) > 1:
        interval = median_interval(times, TABLE_CONFIDENCE)
        warnings += drift_warnings(times)
    else:
        only = times[0] if times else math.nan
        interval = Interval(only, only, only, 0.0)
    known = interval.coverage >= TABLE_CONFIDENCE
    digits = supported_digits(interval.value, interval.low, interval.high) if known else WITHOUT_INTERVAL
    codes = frozenset(text.partition(":")[0] for text in warnings) & KNOWN_CODES if warnings else NONE
    return interval, len(times), digits, codes


DERIVED_FROM = {"gradient": "value", "hessian": "gradient", "hessian_diagonal": "gradient"}
"""operation → the operation whose time its own is divided by."""


def with_ratios(found: list[CellRow]) -> list[CellRow]:
    """The cells with `over`: their time over that of the same backend's function or gradient at the same input, or NaN."""
    identity = itemgetter("problem", "instance", "dtype", "device", "threads", "method")
    times = {(identity(cell), cell["operation"]): cell["median_s"] for cell in found}
    base = [times.get((identity(cell), DERIVED_FROM.get(cell["operation"], "")), math.nan) for cell in found]
    return [{**cell, "over": cell["median_s"] / (over or math.nan)} for cell, over in zip(found, base, strict=True)]
