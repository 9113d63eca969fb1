"""A fresh process that tells how long so many steps took, by a clock of its own: processes differ by 2 %, drawn by a seed.

A real clock would tell of the machine that runs the tests; `tests.bench.planted` uses it.
`python -m tests.bench.clocked 10000 7`
"""

from __future__ import annotations

import math
import random
import sys

STEP_S = 1e-8
SPREAD = 0.02  # between processes, as a standard deviation of the logarithm


def main(steps: int, seed: int) -> float:
    return steps * STEP_S * math.exp(random.Random(seed).gauss(0, SPREAD))


if __name__ == "__main__":
    print(main(*map(int, sys.argv[1:])))
