"""The overhead of the clock: the time measured for an empty call.

It is measured in every worker, in the same way as every cell: pytest-benchmark's round around the harness's loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

LONG_ROUND = 1000  # calls of a long round, in which what a round costs is spread thin
CLOCK_ROUNDS = 51
OVERHEAD_SHARE = 0.05  # of a cell's time


def empty_call() -> None:
    """The call that is timed."""


@dataclass
class ClockOverhead:
    """Seconds of a round of so many calls of `nothing`, by the number of calls."""

    rounds_s: dict[int, float] = field(default_factory=dict)

    def add(self, iterations: int, samples: list[float]) -> None:
        if samples:
            self.rounds_s[iterations] = median(samples)

    def per_call_s(self, iterations: int) -> float | None:
        """Seconds per call in a round of so many; None where it was not measured.

        A round costs r + k c: r + c is measured in short rounds, r + MANY c in long ones.
        """
        if not {1, LONG_ROUND} <= self.rounds_s.keys() or not iterations:
            return None
        call = (self.rounds_s[LONG_ROUND] - self.rounds_s[1]) / (LONG_ROUND - 1)
        return max(0.0, self.rounds_s[1] - call) / iterations + call


def overhead_warnings(overhead_s: float | None, median_s: float | None) -> Iterator[str]:
    if overhead_s is not None and median_s and overhead_s > OVERHEAD_SHARE * median_s:
        yield f"overhead: an empty call takes {overhead_s / median_s:.0%} of the time"
