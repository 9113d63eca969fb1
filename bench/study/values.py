"""The computed values of one case, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import problems

from ..data.files import strict_json
from ..data.inputs import load_inputs
from ..data.store import flatten
from ..measure.cell import describe_error
from ..plan.cell import Cell
from ..plan.selection import Plan
from ..rows.journal import Journal, json_ready, read_values
from ..text.table import Table
from ..truth.reference import FINDS_PARAMETERS, load_reference

ENDS = ("least_subgradient", "greatest_subgradient")
"""Beside the reference of a function with kinks: whatever lies between is right."""


def collect_values(plan: Plan, folder: Path) -> dict[str, Any]:
    """What `show --json` prints for the rows and values of a run folder."""
    cells = (*plan.cells, *plan.absent)
    first = cells[0]
    case = (first.problem, first.instance, first.operation, first.dtype)
    results, interval = computed(cells, folder), {}
    try:
        known = load_reference(*case)
        truth = lists(known.value)
        ends = [lists(end) for end in known.bounds or ()]
        interval = dict(zip(ENDS, ends, strict=True)) if ends and ends[0] != ends[1] else {}
    except Exception as error:
        truth = {"status": "error", "reason": describe_error(error)}
    return {
        "problem": first.problem,
        "instance": first.instance,
        "operation": first.operation,
        "dtype": first.dtype,
        "device": first.device,
        "reference": truth,
        **interval,
        "results": results,
        **observed(first, truth, results),
    }


def computed(cells: tuple[Cell, ...], folder: Path) -> dict[str, Any]:
    """method → its value, or its status and reason, in the order of the plan."""
    journal = Journal(folder / "journal.jsonl")
    found = read_values(journal)
    values = {}
    for row in journal.rows(longest=None):
        good = row.key in found and row.status in ("ok", "diverged")
        failed = {"status": row.status, "reason": row.reason}
        if row.key in found:
            failed["value"] = found[row.key]  # of a wrong answer, too
        values[row.cell.method] = found[row.key] if good else failed
    return {cell.method: values[cell.method] for cell in cells if cell.method in values}


def observed(cell: Cell, truth: Any, results: dict[str, Any]) -> dict[str, Any]:
    """{"observed": method → what the problem derives from found parameters}, where it derives anything."""
    observe = problems.load(cell.problem).observe
    if observe is None or cell.operation not in FINDS_PARAMETERS or "status" in truth:
        return {}
    data = load_inputs(cell.problem, cell.instance).data

    def of(found: dict[str, Any]) -> Any:
        arrays = {name: np.array(value, dtype=float) for name, value in found.items()}
        return lists(observe(arrays, data))

    good = {method: value for method, value in results.items() if "status" not in value}
    return {"observed": {"reference": of(truth), **{method: of(value) for method, value in good.items()}}}


def lists(tree: Any) -> Any:
    """Arrays → nested lists of float64 numbers, or of text."""
    if isinstance(tree, dict):
        return {name: lists(leaf) for name, leaf in tree.items()}
    array = np.asarray(tree)
    return array.tolist() if array.dtype.kind == "U" else array.astype(float).tolist()


def values_json(content: dict[str, Any]) -> str:
    return strict_json(json_ready(content), indent=1)


def values_table(content: dict[str, Any], most: int = 40) -> Table:
    """One column per method, one row per number; the first `most` of them."""
    columns, absent = {}, []
    interval = {end: content[end] for end in ENDS if end in content}
    for method, value in {"reference": content["reference"], **interval, **content["results"]}.items():
        if isinstance(value, dict) and "status" in value:
            absent.append(f"{method}: {value['status']}: {value['reason']}")
        else:
            columns[method] = value
    cells = {method: entries(value) for method, value in columns.items()}
    for method, value in content.get("observed", {}).items():
        cells[method] |= entries(value)
    body = pd.DataFrame({method: {k: value_text(v) for k, v in found.items()} for method, found in cells.items()})
    notes = [*absent, f"{len(body) - most} more numbers; --json prints all"] if len(body) > most else absent
    body.index.name = content["operation"]
    title = " · ".join(content[part] for part in ("problem", "instance", "operation", "dtype", "device"))
    return Table(title, body.head(most), tuple(notes))


def value_text(entry: Any) -> str:
    """A number (which the journal writes as text where it is not finite), or a word."""
    try:
        return f"{float(entry):.12g}"
    except ValueError:
        return str(entry)


def entries(tree: Any) -> dict[str, Any]:
    """name[index] → number or text, for nested dicts of nested lists."""
    found = {}
    arrays = {path: np.array(leaf) for path, leaf in flatten(tree).items()}
    for path, array in arrays.items():
        for index in np.ndindex(array.shape):
            found[f"{path or 'value'}{list(index) if index else ''}"] = array[index]
    return found
