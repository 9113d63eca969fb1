"""Where the time of a run went, so that a reader sees what the harness itself costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PHASES = {
    "importing": "importing gradmark",
    "planning": "planning",
    "references": "references",
    "workers": "starting workers and importing frameworks",
    "measuring": "measuring",
    "journaling": "journaling",
    "reporting": "reporting",
}
HARNESS_PHASES = ("planning", "journaling", "reporting")


@dataclass
class TimeSpent:
    """Seconds by phase."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PHASES, 0.0))

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """What happens inside counts as this phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start

    def share(self) -> float:
        """The part of the whole that planning, journaling and reporting took."""
        return sum(self.seconds[name] for name in HARNESS_PHASES) / max(sum(self.seconds.values()), 1e-9)

    def line(self) -> str:
        """One line for a person."""
        parts = [f"{PHASES[name]} {seconds:.1f} s" for name, seconds in self.seconds.items()]
        return f"{', '.join(parts)}; the harness ({', '.join(HARNESS_PHASES)}) took {self.share():.1%}"


class WorkerTimeline:
    """The time of one worker, by what its journal says."""

    def __init__(self, spent: TimeSpent) -> None:
        self.spent, self.phase, self.at = spent, "workers", time.time()

    def enter(self, phase: str, at: float) -> None:
        """A new phase began at `at`, in seconds since the epoch, as the two processes share no other clock."""
        self.spent.seconds[self.phase] += max(0.0, at - self.at)
        self.phase, self.at = phase, at

    def end(self) -> None:
        """The process is gone; after its last row it was ending."""
        self.phase = "measuring" if self.phase == "measuring" else "workers"
        self.enter("workers", time.time())
