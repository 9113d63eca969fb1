"""The cells of the runs as compact JSON for the page's scripts: one list per column, texts as numbers into a list of texts.

Numbers have seven significant digits; what is not known is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import backends

from ..plots.look import HOLLOW, method_looks
from ..plots.style import ON_DARK
from ..tables.cells import LADDER_COLUMNS, Cells, cell_ladders, cells_by_case, is_timed, ladder_exponents
from ..tables.costs import variant_of
from ..tables.frame import DERIVED_FROM
from ..text.escape import printable, printable_lines
from .comparison import RunComparison
from .folder import ReportedRun
from .leads import mark_ties

DIGITS = 7
MOST_LADDERS = 200  # that exponents are fitted to, as a thousand take seconds
TEXTS = ("problem", "instance", "operation", "method", "dtype", "device", "status", "reason", "interval_of", "ladder")
NUMBERS = (
    "median_s",
    "low_s",
    "high_s",
    "coverage",
    "min_s",
    "q1_s",
    "q3_s",
    "cpu_s",
    "import_s",
    "prepare_s",
    "first_call_s",
    "rounds",
    "iterations",
    "repeats",
    "threads",
    "peak_memory_bytes",
    "error_relative",
    "error_ulp",
    "error_explained",
    "objective",
    "over",
    "bound",
    "least_s",
    "slower",
    "pays",
    "size",
    "digits",
    "slower_digits",
    "tied",
)
NEVER = -1  # JSON has no infinity
LETTERS = "letter"
SYMBOLS = {  # matplotlib's marks by plotly's names
    "o": "circle",
    "s": "square",
    "D": "diamond",
    "^": "triangle-up",
    "v": "triangle-down",
    "P": "cross",
    "X": "x",
    "*": "star",
    "<": "triangle-left",
    ">": "triangle-right",
    "h": "hexagon",
    "p": "pentagon",
    "8": "octagon",
    "H": "hexagon2",
    "d": "diamond-tall",
}
VERDICT_TEXTS = ("problem", "instance", "operation", "method", "dtype", "device", "verdict", "why")
VERDICT_NUMBERS = ("threads", "a_s", "b_s", "ratio", "low", "high", "floor")


def payload(runs: Sequence[ReportedRun], comparisons: Sequence[RunComparison]) -> dict[str, Any]:
    """Everything that the scripts need."""
    return {
        "runs": [run_payload(run) for run in runs],
        "methods": method_entries(runs),
        "comparisons": [of_comparison(each) for each in comparisons],
        "over": DERIVED_FROM,
    }


def run_payload(run: ReportedRun) -> dict[str, Any]:
    ladders = list(cell_ladders(run.cells, rungs=3))
    for case in cells_by_case(run.cells):
        mark_ties(filter(is_timed, case), run.floor)
    texts = {name: coded(cell[name] for cell in run.cells) for name in (*TEXTS, LETTERS)}
    warnings = coded("\n".join(cell["warnings"]) for cell in run.cells)
    return {
        "name": run.name,
        "count": len(run.cells),
        "texts": {**texts, "warnings": warnings},
        "numbers": {name: rounded_numbers(cell.get(name, math.nan) for cell in run.cells) for name in NUMBERS},
        "steps": run.steps,
        "exponents": list(exponent_rows(ladders[:MOST_LADDERS])),
        "ladders_left_out": max(0, len(ladders) - MOST_LADDERS),
        "sources": {printable(path): printable_lines(text) for path, text in run.sources.items()},
        "decisions": {name: printable_lines(text) for name, text in run.environment.get("decisions", {}).items()},
    }


def exponent_rows(ladders: Iterable[Cells]) -> Iterator[dict[str, Any]]:
    """One per ladder and method with at least three sizes."""
    for ladder in ladders:
        where = {name: ladder[0][name] for name in LADDER_COLUMNS}
        for method, fit in ladder_exponents(ladder).items():
            numbers = {"exponent": short(fit.exponent), "half": short(fit.half_width), "from": fit.least_size}
            yield {**where, "method": method, **numbers, "clear": fit.clear}


def of_comparison(each: RunComparison) -> dict[str, Any]:
    return {
        "a": each.a,
        "b": each.b,
        "count": len(each.verdicts),
        "texts": {name: coded(verdict[name] for verdict in each.verdicts) for name in VERDICT_TEXTS},
        "numbers": {name: rounded_numbers(verdict[name] for verdict in each.verdicts) for name in VERDICT_NUMBERS},
    }


def method_entries(runs: Iterable[ReportedRun]) -> list[dict[str, Any]]:
    """Every method in the order of the registry, with its colours, its mark and its place among its backend's variants."""
    names = dict.fromkeys(cell["method"] for run in runs for cell in run.cells)
    known = dict.fromkeys(backends.methods())
    order = [*(name for name in known if name in names), *sorted(set(names) - set(known))]
    places: dict[str, list[str]] = {}
    for name in order:
        places.setdefault(name.partition("/")[0], []).append(name)
    looks = method_looks(order)
    return [
        {
            "name": name,
            "colour": looks[name]["color"],
            "colour_on_dark": ON_DARK.get(looks[name]["color"], looks[name]["color"]),
            "variant": places[name.partition("/")[0]].index(name),
            "symbol": plotly_symbol(looks[name]),
            "bounds": bounded_operations(name),
        }
        for name in order
    ]


def plotly_symbol(look: Mapping[str, Any]) -> str:
    """The mark that the method has in the plots for papers, too."""
    return SYMBOLS[look["marker"]] + ("-open" if look["markerfacecolor"] == HOLLOW else "")


def bounded_operations(method: str) -> list[str]:
    """The operations of which theory bounds the cost of the method's derivative."""
    variant = variant_of(method)
    return sorted(variant.bounds) if variant else []


def coded(texts: Iterable[str]) -> dict[str, Any]:
    """`{"texts": the different ones, "codes": which of them, in order}`."""
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) for text in texts]
    return {"texts": list(places), "codes": codes}


def rounded_numbers(values: Iterable[float]) -> list[float | int | None]:
    """Rounded; an empty list where none is known."""
    found = list(values)
    return [short(value) for value in found] if any(value == value for value in found) else []  # NaN is not itself


def short(value: float) -> float | int | None:
    if value != value:  # NaN
        return None
    if value in (math.inf, -math.inf):
        return NEVER
    return int(value) if value % 1 == 0 and abs(value) < 2**53 else float(f"{value:.{DIGITS}g}")
