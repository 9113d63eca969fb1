"""The gate for continuous integration: `gradmark compare --fail-if-slower 10% --fail-if-slower 'xor_mlp:*=5%'`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .. import UsageError
from ..rows.row import NOT_RUN, SEVERITY
from ..text.units import format_ratio
from .verdicts import ComparedCell, MeasuredCells, cell_name

LEAST_REPEATS_FOR_GATE = 10
ABSENT = "absent"


@dataclass(frozen=True)
class RegressionGate:
    """limits: pattern of cells' names → how much slower they may be, such as 0.10; the last that fits a cell holds.

    allow_missing: whether B may lack cells of A.
    """

    limits: dict[str, float]
    allow_missing: bool = False

    def limit_of(self, name: str) -> float | None:
        """None where no pattern fits: such a cell may be as slow as it likes."""
        return next((limit for pattern, limit in reversed(self.limits.items()) if fnmatchcase(name, pattern)), None)


def read_gate(texts: Sequence[str], allow_missing: bool) -> RegressionGate:
    """The gate for what was typed of --fail-if-slower. A limit without a pattern is for cells that no pattern fits."""
    typed = [text.rpartition("=")[::2] for text in texts]
    plain = [percent for pattern, percent in typed if not pattern]
    if len(plain) > 1:
        raise UsageError(f"--fail-if-slower {plain[1]}: {plain[0]} was given, too; give one limit without a pattern")
    typed.sort(key=lambda limit: limit[0] != "")  # first the one without a pattern, as the last that fits holds
    limits = {pattern or "*": percent_limit(percent, pattern) for pattern, percent in typed}
    return RegressionGate(limits, allow_missing)


def percent_limit(text: str, pattern: str = "") -> float:
    """`10%` as 0.10. Raises UsageError."""
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = math.nan
    if not (text.endswith("%") and 0 < percent < math.inf):
        typed = f"{pattern}={text}" if pattern else text
        raise UsageError(f"--fail-if-slower {typed}: expected a percentage, for example 10% or 'xor_mlp:*=5%'")
    return percent / 100


def require_patterns(gate: RegressionGate, cells: MeasuredCells) -> None:
    """Raise UsageError for a pattern that fits no cell: its limit would guard nothing."""
    names = [cell_name(place) for place in cells]
    for pattern in gate.limits:
        if pattern != "*" and not any(fnmatchcase(name, pattern) for name in names):
            raise UsageError(
                f"--fail-if-slower '{pattern}=…': fits no cell of these runs; "
                f"expected a pattern of names such as {names[0]}"
            )


def require_repeats(compared: Sequence[ComparedCell], gate: RegressionGate) -> None:
    """Raise UsageError where a gate would rest on too few repeats."""
    limited = [cell for cell in compared if cell.ratio and gate.limit_of(cell.name) is not None]
    fewest = min((cell.repeats for cell in limited), default=LEAST_REPEATS_FOR_GATE)
    if fewest < LEAST_REPEATS_FOR_GATE:
        raise UsageError(
            f"--fail-if-slower needs at least {LEAST_REPEATS_FOR_GATE} repeats of every cell, but there are {fewest}; "
            f"run gradmark run --repeats {LEAST_REPEATS_FOR_GATE}"
        )


def gate_failures(
    compared: Sequence[ComparedCell], a: MeasuredCells, b: MeasuredCells, gate: RegressionGate
) -> list[str]:
    """What fails the gate: cells slower by more than their limit, and cells of A that B lacks or that went wrong there."""
    slow = []
    for cell in compared:
        limit = gate.limit_of(cell.name)
        if limit is not None and cell.ratio and cell.verdict == "slower" and cell.ratio.value > 1 + limit:
            slow.append(f"{cell.name}: {format_ratio(cell.ratio.value)} as long; the limit is {1 + limit:.4g}×")
    return [*slow, *lost_cells(a, b, gate.allow_missing)]


def lost_cells(a: MeasuredCells, b: MeasuredCells, allow_missing: bool) -> Iterator[str]:
    """A line for each cell of A that is absent in B, has a worse status there, or lost its time.

    A cell that was never run in A has nothing to lose by being absent. With `allow_missing` only failures count.
    """
    for place, before in a.items():
        after = b.get(place)
        status = after.status if after else ABSENT
        if allow_missing and status in (ABSENT, *NOT_RUN):
            continue
        if after is None:
            if before.status not in NOT_RUN:
                yield f"{cell_name(place)}: not in the second run"
        elif SEVERITY.index(after.status) < SEVERITY.index(before.status):
            yield f"{cell_name(place)}: {after.status}: {after.reason} (was {before.status})"
        elif before.timed and not after.timed and not allow_missing:
            yield f"{cell_name(place)}: without a time in the second run"
