"""The gate for continuous integration: `gradmark compare --fail-if-slower 10%`."""

from __future__ import annotations

import math

from .. import UsageError
from ..text.units import format_ratio
from .verdicts import ComparedCell

LEAST_REPEATS_FOR_GATE = 10
FAILED_STATUSES = ("wrong", "error", "timeout", "crashed")


def percent_limit(text: str) -> float:
    """`10%` as 0.10. Raises UsageError."""
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = math.nan
    if not (text.endswith("%") and 0 < percent < math.inf):
        raise UsageError(f"--fail-if-slower {text}: expected a percentage, for example 10%")
    return percent / 100


def require_repeats(compared: list[ComparedCell]) -> None:
    """Raise UsageError where a gate would rest on too few repeats."""
    both = [cell for cell in compared if cell.ratio]
    fewest = min((cell.repeats for cell in both), default=LEAST_REPEATS_FOR_GATE)
    if fewest < LEAST_REPEATS_FOR_GATE:
        raise UsageError(
            f"--fail-if-slower needs at least {LEAST_REPEATS_FOR_GATE} repeats of every cell, but there are {fewest}; "
            f"run gradmark run --repeats {LEAST_REPEATS_FOR_GATE}"
        )


def gate_failures(compared: list[ComparedCell], limit: float) -> list[str]:
    """What fails the gate: cells slower by more than the limit, and cells that lost their time to a failure."""
    slow = [
        f"{cell.name}: {format_ratio(cell.ratio.value)} as long"
        for cell in compared
        if cell.ratio and cell.verdict == "slower" and cell.ratio.value > 1 + limit
    ]
    lost = [
        f"{cell.name}: {cell.why}" for cell in compared if cell.verdict == "gone" and cell.b.status in FAILED_STATUSES
    ]
    return slow + lost
