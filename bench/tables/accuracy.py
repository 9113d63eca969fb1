"""`gradmark accuracy`: the correct digits of each derivative, and how much of the error input rounding may cause."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..text.table import CellRow, Table
from ..text.units import correct_digits, format_digits, format_error
from .costs import variant_of
from .frame import cells_frame, declared_reason, frame_records, ordered_cells

WORST = 10
SEVERAL = 1.5  # times, rounded to one digit, is more than once
METHOD = "backend/variant"
ACCURACY_KINDS = {
    "problems": "Correct digits by problem",
    "overall": "Correct digits over all cells",
    "worst": "The worst",
}
"""What `--kind` selects, and how the titles begin."""


def accuracy_tables_of_kinds(rows: pd.DataFrame, kinds: list[str]) -> list[Table]:
    """The tables of these kinds, or all."""
    titles = tuple(ACCURACY_KINDS[kind] for kind in kinds or ACCURACY_KINDS)
    return [table for table in accuracy_tables(rows) if table.title.startswith(titles)]


def accuracy_tables(rows: pd.DataFrame) -> Iterator[Table]:
    """Per dtype: digits by problem, the same over all cells, and the worst cells with their reasons."""
    cells = judged_cells(rows)
    for dtype, these in cells.groupby("dtype", sort=False):
        doubts = tuple(uncertified_note(rows[rows["dtype"] == dtype]))
        yield digits_by_problem(str(dtype), these, doubts)
        yield digits_overall(str(dtype), these, doubts)
        yield worst_cells(f"The worst {WORST} cells: {dtype}", these)
        exact = these[[is_exact(method) for method in these["method"]]]
        yield worst_cells(f"The worst {WORST} cells of exact methods: {dtype}", exact)


def judged_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """The cells that were compared with a reference, with their correct digits; a wrong one without a number has none."""
    cells = ordered_cells(cells_frame(rows))
    cells = cells[
        cells["status"].isin(("ok", "wrong")) & (cells["error_relative"].notna() | (cells["status"] == "wrong"))
    ]
    known = zip(cells["error_relative"], cells["dtype"], strict=True)
    digits = [0.0 if math.isnan(error) else correct_digits(error, dtype) for error, dtype in known]
    explained = cells["error_relative"] <= cells["error_explained"]
    return cells.assign(digits=digits, is_explained=explained).sort_values("dtype", kind="stable", ascending=False)


def uncertified_note(rows: pd.DataFrame) -> Iterator[str]:
    """A note that names the cases whose reference has no proved error."""
    doubtful = [any(text.startswith("uncertified") for text in texts) for texts in rows["warnings"]]
    found = rows[doubtful]
    names = dict.fromkeys(found["problem"] + ":" + found["instance"] + ":" + found["operation"])
    if names:
        yield f"references without a proved error bound (reason in the warnings of their rows): {', '.join(names)}"


def digits_by_problem(dtype: str, cells: pd.DataFrame, doubts: tuple[str, ...]) -> Table:
    """Methods × problems: the median of the correct digits, the fewest, and how many cells are wrong."""
    texts = cells.groupby(["method", "problem"], sort=False)[["status", "digits"]].apply(digits_text)
    body = texts.unstack(sort=False).fillna("")
    body = body.reindex(list(dict.fromkeys(cells["method"]))).rename_axis(METHOD)
    legend = "median over the cells with status ok; in brackets: the minimum; then the number of wrong cells"
    return Table(f"Correct digits by problem: {dtype}", body, (legend, *doubts))


def digits_text(cells: pd.DataFrame) -> str:
    right = cells["digits"][cells["status"] == "ok"]
    wrong = f"{len(cells) - len(right)} wrong" if len(right) < len(cells) else ""
    return ", ".join(
        text for text in (f"{right.median():.1f} ({right.min():.1f})" if len(right) else "", wrong) if text
    )


def digits_overall(dtype: str, cells: pd.DataFrame, doubts: tuple[str, ...]) -> Table:
    """Methods × statistics over all cells."""
    found = {method: digits_statistics(these) for method, these in cells.groupby("method", sort=False)}
    body = pd.DataFrame.from_dict(found, orient="index").rename_axis(METHOD)
    legend = (
        "digits and ulp: over the cells with status ok; derivatives: excluding operation value; ulp: error of the worst "
        "component in units in the last place of max(|component|, ε · largest component); explained: cells whose error is "
        "at most what input rounding (half a unit in the last place) may cause, out of the cells where that is known"
    )
    return Table(f"Correct digits over all cells: {dtype}", body, (legend, *doubts))


def digits_statistics(cells: pd.DataFrame) -> dict[str, str]:
    right = cells[cells["status"] == "ok"]
    derivatives = right["digits"][right["operation"] != "value"]
    known = right["error_explained"].notna()
    return {
        "cells": str(len(cells)),
        "median digits": decimal(right["digits"].median()),
        "derivatives": decimal(derivatives.median()),
        "fewest digits": decimal(right["digits"].min()),
        "median ulp": ulps(float(right["error_ulp"].median())),
        "explained": f"{int(right['is_explained'].sum())} of {int(known.sum())}",
        "wrong": str(len(cells) - len(right)),
    }


def decimal(number: float) -> str:
    return "" if math.isnan(number) else f"{number:.1f}"


def ulps(number: float) -> str:
    """Units in the last place: 0.530, 28.0, 3.8e+25."""
    if math.isnan(number):
        return ""
    return f"{number:.1e}" if number >= 1e5 else format_digits(number)


def worst_cells(title: str, cells: pd.DataFrame) -> Table:
    """The cells with the fewest digits, and why. Those that are declared wrong are findings, with a table of their own."""
    declared = [cell["status"] == "wrong" and bool(declared_reason(cell)) for cell in frame_records(cells)]
    others = cells[~np.array(declared, bool)]
    chosen = others.assign(error=others["error_relative"].fillna(np.inf)).nlargest(WORST, "error")
    lines = {}
    for cell in frame_records(chosen):
        name = f"{cell['problem']}:{cell['instance']}:{cell['operation']} {cell['method']}"
        lines[name] = {
            "digits": f"{cell['digits']:.1f}",
            "error": format_error(cell["error_relative"]) or "none",
            "ulp": ulps(cell["error_ulp"]),
            "explained": format_error(cell["error_explained"]) or "unknown",
            "reason": reason_for_error(cell),
        }
    columns = ["digits", "error", "ulp", "explained", "reason"]
    body = pd.DataFrame.from_dict(lines, orient="index", columns=columns).rename_axis("cell")
    note = f"excluding {sum(declared)} cells declared wrong: see the notes under their tables, and gradmark pitfalls"
    notes = (note,) if any(declared) else ()
    return Table(title, body, notes, numeric=False, least=("explained", "ulp", "error"))


def reason_for_error(cell: CellRow) -> str:
    """Why a cell has no more digits."""
    if declared := declared_reason(cell):
        return f"{cell['status']}, as declared: {declared}"
    if cell["status"] == "wrong":
        return str(cell["reason"])
    if cell["is_explained"]:
        return "conditioning: input rounding alone may cause this error"
    if not is_exact(cell["method"]) and cell["operation"] != "value":
        return f"finite-difference error ({accuracy_of(cell['method'])})"
    if math.isnan(cell["error_explained"]):
        return "conditioning unknown"
    if cell["error_explained"] == 0:
        return "rounding within the computation: input rounding has no effect"
    factor = cell["error_relative"] / cell["error_explained"]  # estimated from a few random moves, hence one digit
    times = f"{format_digits(factor, 1)} times " if factor >= SEVERAL else ""
    return f"rounding within the computation, about {times}the effect of input rounding"


def accuracy_of(method: str) -> str:
    """`exact`, or the kind of differences; `exact` for a method that no longer exists."""
    variant = variant_of(method)
    return variant.accuracy if variant else "exact"


def is_exact(method: str) -> bool:
    return accuracy_of(method) == "exact"
