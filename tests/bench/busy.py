"""Time a loop of so many steps in rounds, as the harness times a cell, in this fresh process; print the median in seconds.

By the CPU time of the process, so that a test which runs beside others sees the work and not the others.
`python -m tests.bench.busy 10000`
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import repeat
from statistics import median

from bench import measure

CALLS = 20  # a round


def main(steps: int, rounds: int = 25) -> float:
    def work() -> None:
        for _ in repeat(None, steps):
            pass

    measure.warm_up(work, 0.01)
    return median(cpu_seconds(measure.loop(work, CALLS)) / CALLS for _ in range(rounds))


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    print(main(int(sys.argv[1])))
