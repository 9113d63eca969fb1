"""`gradmark pitfalls`: the answer of every backend in each trap: right, wrong by how much, NaN, an error, or a refusal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import backends
import problems

from ..data.store import flatten
from ..plan.cell import Cell
from ..plan.selection import Plan
from ..rows.journal import Journal, latest_rows, read_values, value_arrays
from ..rows.row import Row
from ..text.table import Table
from ..truth.reference import load_reference

PITFALLS = "pitfalls"
DERIVED = {"gradient": "first derivatives", "hessian": "second derivatives"}
"""The operations that are asked for, one table each, and what they are called."""
FEW_TRAPS = 6  # that are named where they all give the same note
ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # of an object, another one in each process: two runs are to give one text
PITFALL_LEGEND = (
    "right: within the tolerance of the method, so an answer may be right for forward differences and wrong for others; "
    "right, 0.5: at a kink, position between the least (0) and greatest (1) subgradient; right (NaN), right (inf): the "
    "true derivative is not finite either",
    "wrong by: relative error; wrong: float64: an answer of that dtype or shape; NaN, inf: the true derivative is finite; "
    "error: an exception; refused: not supported by the method; –: an instance for the other dtype",
)
MADE_FOR = "made for "  # another dtype: why the cell is not there


def pitfall_tables(plan: Plan, folder: Path) -> list[Table]:
    """Per dtype one table of first and one of second derivatives: instances by methods."""
    journal = Journal(folder / "journal.jsonl")
    values = read_values(journal)
    rows = [row for row in latest_rows(journal.rows(longest=None)) if not row.reason.startswith(MADE_FOR)]
    order = {cell: i for i, cell in enumerate(cells_in_order(plan))}
    rows.sort(key=lambda row: order[row.cell])
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: list(DERIVED).index(row.operation)):
        groups.setdefault((row.dtype, row.operation), []).append(row)
    dtypes = list(dict.fromkeys(row.dtype for row in rows))
    ordered = sorted(groups.items(), key=lambda item: dtypes.index(item[0][0]))
    return [pitfall_table(group, values, legend=i == 0) for i, (_, group) in enumerate(ordered)]


def cells_in_order(plan: Plan) -> list[Cell]:
    """The cells in the order of the problem's instances and of the registry, absent ones among them."""
    instances = [instance.name for instance in problems.load(PITFALLS).instances]
    methods = backends.methods()
    cells = (*plan.cells, *plan.absent)
    return sorted(cells, key=lambda cell: (instances.index(cell.instance), methods.index(cell.method)))


def pitfall_table(rows: list[Row], values: dict[str, Any], *, legend: bool = True) -> Table:
    """Instances by methods, with the texts of errors and refusals under them."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.instance, {})[row.cell.method] = pitfall_answer(row, values.get(row.key))
    body = pd.DataFrame.from_dict(found, orient="index").fillna("–").rename_axis("trap")
    title = f"Pitfalls · {DERIVED[rows[0].operation]} · {rows[0].dtype}"
    notes = (*(PITFALL_LEGEND if legend else ()), *pitfall_notes(rows))
    return Table(title, body, notes, numeric=False)


def pitfall_answer(row: Row, values: Any) -> str:
    """In a word or two."""
    if row.status == "wrong" and values is not None:
        return wrong_answer(row, value_arrays(values))
    if row.status == "diverged":
        return f"right ({'NaN' if any(np.isnan(leaf).any() for leaf in value_leaves(values)) else 'inf'})"
    if row.status == "ok":
        place = load_reference(row.problem, row.instance, row.operation, row.dtype).position(value_arrays(values))
        return f"right, {', '.join(f'{p:g}' for p in place)}" if place else "right"
    return "refused" if row.status == "omitted" else row.status


def wrong_answer(row: Row, found: Any) -> str:
    """NaN, another type or shape, or the relative error."""
    if "expected dtype" in row.reason or "expected shape" in row.reason:
        return f"wrong: {row.reason.rpartition('got ')[2]}"
    if any(not np.isfinite(leaf).all() for leaf in flatten(found).values()):
        return "NaN" if any(np.isnan(leaf).any() for leaf in flatten(found).values()) else "inf"
    reference = load_reference(row.problem, row.instance, row.operation, row.dtype)
    truth = flatten(reference.nearest(found))
    difference = np.concatenate([np.ravel(leaf - truth[path]) for path, leaf in flatten(found).items()])
    size = np.concatenate([np.ravel(leaf) for leaf in truth.values()])
    return f"wrong by {norm_extended(difference) / max(norm_extended(size), reference.scale):.1e}"


def norm_extended(numbers: np.ndarray) -> float:
    """In extended precision, as squares of subnormal numbers vanish in float64."""
    return float(np.sqrt(np.sum(numbers.astype(np.longdouble) ** 2)))


def value_leaves(values: Any) -> list[np.ndarray]:
    return list(flatten(value_arrays(values)).values()) if values is not None else []


def pitfall_notes(rows: list[Row]) -> list[str]:
    """The text of every error and refusal, told once for all methods and traps that give it."""
    told: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.status not in ("ok", "wrong", "diverged"):
            told.setdefault((row.instance, ADDRESS.sub("", row.reason)), []).append(row.cell.method)
    traps: dict[tuple[str, str], list[str]] = {}
    for (instance, reason), methods in told.items():
        traps.setdefault((", ".join(methods), reason), []).append(instance)
    return [f"{names_of(instances)} · {methods}: {reason}" for (methods, reason), instances in traps.items()]


def names_of(instances: list[str]) -> str:
    return ", ".join(instances) if len(instances) <= FEW_TRAPS else f"{len(instances)} traps"
