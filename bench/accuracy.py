"""`gradmark accuracy`: how many digits of each derivative are right, and what rounding of the inputs explains."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

import backends

from . import tables, units
from .table import Table

WORST = 10
METHOD = "backend/variant"
KINDS = {"problems": "Correct digits by problem", "overall": "Correct digits over all cells", "worst": "The worst"}
"""What `--kind` selects, and how the titles begin."""


def of_kinds(rows: pd.DataFrame, kinds: list[str]) -> list[Table]:
    """The tables of these kinds, or all."""
    titles = tuple(KINDS[kind] for kind in kinds or KINDS)
    return [table for table in all_tables(rows) if table.title.startswith(titles)]


def all_tables(rows: pd.DataFrame) -> Iterator[Table]:
    """Per dtype: digits by problem, the same over all cells, and the worst cells with their reasons."""
    cells = judged(rows)
    for dtype, these in cells.groupby("dtype", sort=False):
        yield by_problem(str(dtype), these)
        yield overall(str(dtype), these)
        yield worst(f"The worst {WORST} cells: {dtype}", these)
        exact = these[[is_exact(method) for method in these["method"]]]
        yield worst(f"The worst {WORST} cells of exact methods: {dtype}", exact)


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """The cells that were compared with a reference, with their correct digits; a wrong one without a number has none."""
    cells = tables.ordered(tables.per_cell(rows))
    cells = cells[
        cells["status"].isin(("ok", "wrong")) & (cells["error_relative"].notna() | (cells["status"] == "wrong"))
    ]
    digits = [0.0 if math.isnan(error) else units.correct_digits(error) for error in cells["error_relative"]]
    explained = cells["error_relative"] <= cells["error_explained"]
    return cells.assign(digits=digits, is_explained=explained).sort_values("dtype", kind="stable", ascending=False)


def by_problem(dtype: str, cells: pd.DataFrame) -> Table:
    """Methods × problems: the median of the correct digits and, in brackets, the fewest."""
    grouped = cells.groupby(["method", "problem"], sort=False)["digits"].agg(["median", "min"])
    texts = grouped.apply(lambda found: f"{found['median']:.1f} ({found['min']:.1f})", axis=1)
    body = texts.unstack(sort=False).fillna("")
    body = body.reindex(list(dict.fromkeys(cells["method"]))).rename_axis(METHOD)
    return Table(f"Correct digits by problem: {dtype}", body, ("median over the cells; in brackets: the fewest",))


def overall(dtype: str, cells: pd.DataFrame) -> Table:
    """Methods × statistics over all cells."""
    found = {method: statistics(these) for method, these in cells.groupby("method", sort=False)}
    body = pd.DataFrame.from_dict(found, orient="index").rename_axis(METHOD)
    legend = (
        "ulp: units in the last place, of the worst component of a cell; explained: cells whose error is no larger than "
        "what half a unit in the last place of every input may cause"
    )
    return Table(f"Correct digits over all cells: {dtype}", body, (legend,))


def statistics(cells: pd.DataFrame) -> dict[str, str]:
    known = cells["error_explained"].notna()
    return {
        "cells": str(len(cells)),
        "median digits": f"{cells['digits'].median():.1f}",
        "fewest digits": f"{cells['digits'].min():.1f}",
        "median ulp": ulps(float(cells["error_ulp"].median())),
        "most ulp": ulps(float(cells["error_ulp"].max())),
        "explained": f"{int(cells['is_explained'].sum())} of {int(known.sum())}",
        "wrong": str(int((cells["status"] == "wrong").sum())),
    }


def ulps(number: float) -> str:
    """Units in the last place: 0.530, 28.0, 3.8e+25."""
    if math.isnan(number):
        return ""
    return f"{number:.1e}" if number >= 1e5 else units.digits(number)


def worst(title: str, cells: pd.DataFrame) -> Table:
    """The cells with the fewest digits, and why. Those that are declared wrong are findings, with a table of their own."""
    declared = [cell["status"] == "wrong" and bool(tables.expectation(cell)) for cell in tables.records(cells)]
    others = cells[~np.array(declared, bool)]
    chosen = others.assign(error=others["error_relative"].fillna(np.inf)).nlargest(WORST, "error")
    lines = {}
    for cell in tables.records(chosen):
        name = f"{cell['problem']}:{cell['instance']}:{cell['operation']} {cell['method']}"
        lines[name] = {
            "digits": f"{cell['digits']:.1f}",
            "error": units.error(cell["error_relative"]) or "no number",
            "ulp": ulps(cell["error_ulp"]),
            "explained": units.error(cell["error_explained"]) or "unknown",
            "reason": reason(cell),
        }
    columns = ["digits", "error", "ulp", "explained", "reason"]
    body = pd.DataFrame.from_dict(lines, orient="index", columns=columns).rename_axis("cell")
    note = f"besides, {sum(declared)} are wrong as declared: see the notes under their tables, and gradmark pitfalls"
    return Table(title, body, (note,) if any(declared) else (), numeric=False)


def reason(cell: tables.CellRow) -> str:
    """Why a cell has no more digits."""
    if declared := tables.expectation(cell):
        return f"{cell['status']}, as declared: {declared}"
    if cell["status"] == "wrong":
        return str(cell["reason"])
    if cell["is_explained"]:
        return "conditioning: rounding of the inputs explains it"
    if not is_exact(cell["method"]) and cell["operation"] != "value":
        return f"the error of {accuracy_of(cell['method'])} differences"
    if not cell["error_explained"] > 0:
        return "what rounding of the inputs explains is not known"
    factor = units.digits(cell["error_relative"] / cell["error_explained"])
    return f"rounding within the computation, {factor} times what rounding of the inputs explains"


def accuracy_of(method: str) -> str:
    """`exact`, or the kind of differences; `exact` for a method that no longer exists."""
    backend, _, variant = method.partition("/")
    known = backends.load(backend).VARIANTS if backend in backends.BACKENDS else {}
    return known[variant].accuracy if variant in known else "exact"


def is_exact(method: str) -> bool:
    return accuracy_of(method) == "exact"
