"""How long 100 000 rows take to load and to table, and how much memory: `python -m tests.bench.many_rows [rows [repeats]]`.

Not a test, as time is nothing to assert on a shared machine; `test_tables.py` holds the tables of fewer rows to be right.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from bench.measure.cell import nine_digits
from bench.plan.cell import Cell
from bench.rows.journal import Journal
from bench.rows.row import Row, new_row
from bench.tables.frame import load_rows
from bench.tables.run_tables import run_tables

METHODS = ("numpy_fd/central", "numpy_hand/plain", "torch_autograd/eager", "tf_tape/graph", "jax_grad/jit")
T = TypeVar("T")
ROUNDS = 30  # samples of a row, as in the quick profile


def rows(count: int, repeats: int = 1) -> Iterator[Row]:
    """Rows of made-up problems of 20 instances each; every 50th has failed."""
    for n in range(count // repeats):
        backend, variant = METHODS[n % 5].split("/")
        cell = Cell(f"p{n // 200}", f"i{n // 5 % 20}", f"o{n // 100 % 2}", backend, variant, "float64", "cpu", 1)
        for repeat in range(repeats):
            yield made(cell, n, repeat)


def made(cell: Cell, n: int, repeat: int) -> Row:
    if n % 50 == 0:
        return new_row(cell, f"{cell.name}#0", "many", repeat, status="error", reason=f"failure {n % 7}")
    s = 1e-6 * (1 + n % 13 + repeat / 100)
    times = {"prepare_s": s, "first_call_s": s, "min_s": s, "q1_s": s, "median_s": s, "q3_s": s, "mean_s": s}
    found = {
        "samples_s": [nine_digits(s * (1 + i / 977)) for i in range(ROUNDS)],
        "error_relative": 1e-16,
        "error_ulp": 1.0,
    }
    return new_row(cell, f"{cell.name}#0", "many", repeat, rounds=ROUNDS, iterations=999, **times, **found)


def write(folder: Path, count: int, repeats: int = 1) -> None:
    """A run folder with a journal of so many rows, each after the event that began it."""
    journal = Journal(folder / "journal.jsonl")
    for row in rows(count, repeats):
        journal.append("started", key=row.key, repeat=row.repeat, time=0.0)
        journal.append_row(row)


def main(count: int, repeats: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        write(Path(temporary), count, repeats)
        size = (Path(temporary) / "journal.jsonl").stat().st_size
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        loaded, load_s = timed(lambda: load_rows(Path(temporary)))
        made, table_s = timed(lambda: len(list(run_tables(loaded))))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{count} rows of {count // repeats} cells, a journal of {size / 1e6:.0f} MB; wall (CPU) seconds:")
    print(f"load {load_s}, {made} tables {table_s}; peak {peak / 1024:.0f} MiB, of it {before / 1024:.0f} before")


def timed(work: Callable[[], T]) -> tuple[T, str]:
    """What the work returns, and its wall-clock and CPU seconds as text."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, f"{time.perf_counter() - wall:.2f} ({time.process_time() - cpu:.2f})"


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*given, *(100_000, 10)[len(given) :])
