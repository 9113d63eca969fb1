"""What a cell costs beside its time: import, preparation, first call, function, share of the limit, peak memory.

One table per problem and operation. A column is left out where no cell of the table has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

import backends

from ..text.table import CellRow, Table
from ..text.units import format_bytes, format_duration, format_ratio
from .frame import DERIVED_FROM

SLACK = 1.1  # a bound counts evaluations; a tenth is left to noise and to the loop around them


def cost_tables(cells: list[CellRow], name: str) -> Iterator[Table]:
    """The table of cells that share a problem and an operation, if any was timed, from `with_ratios`."""
    instances: dict[str, list[CellRow]] = {}
    for cell in cells:
        if not math.isnan(cell["median_s"]):
            instances.setdefault(cell["instance"], []).append(cell)
    if instances:
        yield cost_table(f"Cost: {name}", list(instances.values()))


def cost_table(title: str, cases: list[list[CellRow]]) -> Table:
    """One row per instance and backend/variant, one column per cost that any of them has."""
    cells = [cell for case in cases for cell in case]
    texts = [cost_texts(cell, eager) for case in cases for cell, eager in with_eager_variants(case)]
    columns = [column for column in texts[0] if any(row[column] for row in texts)]
    labels = [f"{cell['instance']} · {cell['method']}" for cell in cells]
    index = pd.Index(labels, dtype="object", name="instance · backend/variant")
    grid = np.array([[row[column] for column in columns] for row in texts], object)
    body = pd.DataFrame(grid, index, pd.Index(columns, dtype="object"), dtype=object)
    return Table(title, body, (*cost_legend(columns), *missing_limits(cells), *exceeded_bounds(cells)))


def cost_texts(cell: CellRow, eager: CellRow | None) -> dict[str, str]:
    """Column → text; `eager` is the cell of the same backend that compiles nothing."""
    one_pass = cell["one_pass_bytes"] < cell["products_bytes"]
    return {
        "import": format_duration(cell["import_s"]),
        "prepare": format_duration(cell["prepare_s"]),
        "first call": format_duration(cell["first_call_s"]),
        "steady": format_duration(cell["median_s"], cell["digits"]),
        "pays off": pays_off_text(cell, eager),
        f"÷ {DERIVED_FROM.get(cell['operation'], '')}": format_ratio(cell["over"], cell["digits"]),
        "bound": format_ratio(bound_of(cell)) if cell["over"] > 0 else "",
        "of limit": limit_text(cell, "products_bytes"),
        "one pass": limit_text(cell, "one_pass_bytes") if one_pass else "",
    }


def missing_limits(cells: list[CellRow]) -> Iterator[str]:
    """What to type where the work is stated and the machine's limit is not known."""
    if any(cell["products_bytes"] > 0 and math.isnan(cell["limit_bytes_per_s"]) for cell in cells):
        yield "of limit: the machine limit is unknown for this thread count; measure it with gradmark limits"


def cost_legend(columns: list[str]) -> Iterator[str]:
    """What the columns mean that do not say so themselves."""
    if "bound" in columns:
        yield "bound: theoretical bound of the ratio (operation counts); at microseconds the ratio compares call overheads"
    if "pays off" in columns:
        yield "pays off: number of calls from which compilation costs less in total than the same backend's eager variant"
    if "of limit" in columns:
        yield (
            "of limit: minimum time of the matrix products at this machine's memory or arithmetic limit, ÷ measured time; "
            "one pass: the same if every number were read once"
        )


# Compiling -----------------------------------------------------------------------------------------


def method_parts(method: str) -> tuple[str, str]:
    backend, _, variant = method.partition("/")
    return backend, variant


@lru_cache
def variant_of(method: str) -> backends.Variant | None:
    """The variant of a method; None for one that this version no longer has."""
    backend, variant = method_parts(method)
    return backends.load(backend).VARIANTS.get(variant) if backend in backends.names() else None


def with_eager_variants(case: list[CellRow]) -> Iterator[tuple[CellRow, CellRow | None]]:
    """Every cell of a case with that of the same backend's first variant that compiles nothing."""
    eager: dict[str, CellRow] = {}
    for cell in case:
        variant = variant_of(cell["method"])
        if variant and not variant.compiled:
            eager.setdefault(method_parts(cell["method"])[0], cell)
    for cell in case:
        yield cell, eager.get(method_parts(cell["method"])[0])


def pays_off_text(cell: CellRow, eager: CellRow | None) -> str:
    variant = variant_of(cell["method"])
    if eager is None or variant is None or not variant.compiled:
        return ""
    calls = break_even_calls(cell, eager)
    return "never" if math.isinf(calls) else "at once" if calls == 1 else f"{float(f'{calls:.3g}'):.0f} calls"


def break_even_calls(compiled: CellRow, eager: CellRow) -> float:
    """The least n with prepare + first + (n − 1) · steady no larger than the eager variant's; inf where there is none."""
    ahead = compiled["prepare_s"] + compiled["first_call_s"] - eager["prepare_s"] - eager["first_call_s"]
    gain = eager["median_s"] - compiled["median_s"]
    if ahead <= 0:
        return 1
    return 1 + math.ceil(ahead / gain) if gain > 0 else math.inf


# Theory --------------------------------------------------------------------------------------------


def bound_of(cell: CellRow) -> float:
    """The most that theory allows the derivative to cost over its function; NaN where it says nothing."""
    variant = variant_of(cell["method"])
    bound = variant.bounds.get(cell["operation"]) if variant else None
    return math.nan if bound is None or math.isnan(cell["variables"]) else float(bound(int(cell["variables"])))


def exceeded_bounds(cells: list[CellRow]) -> Iterator[str]:
    """A warning for every cell that costs more than theory allows."""
    for cell in cells:
        bound = bound_of(cell)
        if cell["over"] > SLACK * bound:
            yield (
                f"warning: {cell['method']} · {cell['instance']}: {format_ratio(cell['over'])} the time of "
                f"{DERIVED_FROM[cell['operation']]}, above the theoretical bound of {format_ratio(bound)}"
            )


# Limits --------------------------------------------------------------------------------------------


def limit_text(cell: CellRow, member: str) -> str:
    """`83 % memory`: the least possible time over the time taken, and what bounds it; empty where either is unknown."""
    arithmetic = cell["work_flops"] / cell["limit_flops_per_s"]
    memory = cell[member] / cell["limit_bytes_per_s"]
    if math.isnan(arithmetic) or math.isnan(memory):
        return ""
    if arithmetic >= memory:
        return share_of_limit(arithmetic, cell, "arithmetic")
    # The limit of memory is none for what stays in the cache.
    return "in cache" if cell["working_set_bytes"] < cell["cache_bytes"] else share_of_limit(memory, cell, "memory")


def share_of_limit(least_s: float, cell: CellRow, of: str) -> str:
    return f"{100 * least_s / cell['median_s']:.0f} % {of}"


def memory_text(cell: CellRow) -> str:
    """The peak, or why there is none."""
    peak = cell["peak_memory_bytes"]
    if not math.isnan(peak):
        return format_bytes(peak)
    return str(cell["memory_status"] or cell["status"])


def has_memory(cells: list[CellRow]) -> bool:
    return any(cell["memory_status"] for cell in cells)


def memory_notes(cells: list[CellRow]) -> Iterator[str]:
    yield "peak resident memory from prepare to the end of the first call, less what was resident before"
    for cell in cells:
        if cell["memory_status"] not in ("", "ok", "diverged"):
            yield f"{cell['method']} · {cell['instance']}: {cell['memory_status']}: {cell['memory_reason']}"
