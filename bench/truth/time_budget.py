"""The time that ball arithmetic may take, and the exception that says why an answer is not certified."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any


class Uncertified(Exception):
    """No certified answer, and why."""


class TimeBudget:
    """Ends what would take longer than so many seconds of this process in all.

    share: how much of an iteration was done; each step costs the same number of bits, so this tells how many are needed.
    """

    def __init__(self, limit_s: float) -> None:
        self.start, self.limit_s, self.share = time.process_time(), limit_s, 1.0

    def __call__(self, parts: Iterable[Any], total: int) -> Iterator[Any]:
        """`parts`, foreseeing from those that are done how long all of them will take. Raises Uncertified."""
        begun = time.process_time()
        for done, part in enumerate(parts):
            now = time.process_time()
            foreseen = now - self.start + ((now - begun) * (total - done) / done if done else 0)
            if now - begun > 1 and foreseen > self.limit_s:
                raise Uncertified(f"ball arithmetic would take about {foreseen:.0f} s (limit {self.limit_s:g} s)")
            yield part

    def require_time(self) -> None:
        """Raises Uncertified where the time is spent."""
        if time.process_time() - self.start > self.limit_s:
            raise Uncertified(f"ball arithmetic took more than {self.limit_s:g} s")
