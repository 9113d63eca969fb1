"""Plant a slowdown in a copy of this checkout, and see whether `gradmark compare --run` finds it. For real, in minutes.

`python -m tests.bench.planted 15 numpy_hand -p linear_regression:real`: every call of numpy_hand takes 15 % longer, by a
wait of that share of the quickest recent call; further words go to gradmark compare.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import ROOT

SLOWER = '''

def slower(work, share):
    """The same, and then spend so much more time: a share of the quickest of the last calls."""
    from time import perf_counter

    seen = []

    def run():
        start = perf_counter()
        result = work()
        seen.append(perf_counter() - start)
        del seen[:-25]
        until = perf_counter() + share * min(seen)
        while perf_counter() < until:
            pass
        return result

    return run


prepare_quickly = prepare


def prepare(task):
    return slower(prepare_quickly(task), {share})
'''


def plant(target: Path, percent: float, backend: str) -> None:
    """A copy of the checkout in which every call of the backend takes so much longer."""
    for name in ("backends", "bench", "problems"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    adapter = target / "backends" / f"{backend}.py"
    adapter.write_text(adapter.read_text() + SLOWER.replace("{share}", str(percent / 100)))


def main(percent: float, backend: str, more: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "planted"
        plant(target, percent, backend)
        cells = ["-b", backend, "--out", f"{folder}/runs", *more]
        return subprocess.run(
            [sys.executable, "-m", "bench", "compare", "--run", ROOT, target, *cells], cwd=ROOT
        ).returncode


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2], sys.argv[3:]))
