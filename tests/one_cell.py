"""The way of one cell through the code: `python -m tests.one_cell` runs one compiled gradient and follows its calls.

Each process lists the functions of this checkout in the order of their first calls. A station is a stay in a file; a
return is a station in a file that the process had left before. Prints the stations, the number of files and of returns.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CELL = ("-p", "linear_regression:textbook", "--operation", "gradient", "-b", "jax_grad/jit")
FOLLOW = """
import atexit, json, os, sys
root, seen, order, loading = {root!r}, set(), [], 0
def follow(frame, event, argument):
    global loading
    code = frame.f_code
    # What a module calls while it is loaded is not on the way of a cell. This hook, too, is being loaded.
    if code.co_name == "<module>" and frame.f_globals.get("__name__", "__main__") != "__main__":
        loading = max(0, loading + (event == "call") - (event == "return"))
    if event == "call" and not loading and code not in seen:
        seen.add(code)
        if code.co_filename.startswith(root) and not code.co_name.startswith("<") and ".venv" not in code.co_filename:
            order.append((code.co_filename[len(root) + 1:], code.co_qualname))
def write():
    sys.setprofile(None)
    if order:
        json.dump(order, open(os.path.join({out!r}, f"{{os.getpid()}}.json"), "w"))
atexit.register(write)
sys.setprofile(follow)
"""


def functions(arguments: tuple[str, ...], root: Path) -> list[list[tuple[str, str]]]:
    """Per process, (file, function) in the order of the first calls of a `gradmark run`."""
    with tempfile.TemporaryDirectory() as temporary:
        out, hook = Path(temporary) / "out", Path(temporary) / "hook"
        out.mkdir()
        hook.mkdir()
        (hook / "sitecustomize.py").write_text(FOLLOW.format(root=str(root), out=str(out)))
        # With its reference stored, as in all runs but the first.
        subprocess.run(
            [sys.executable, "-m", "bench", "check", *arguments, "--quiet"], cwd=root, capture_output=True, check=True
        )
        run = ["run", *arguments, "--out", str(Path(temporary) / "run"), "--quiet"]
        subprocess.run(
            [sys.executable, "-m", "bench", *run],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(hook)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found = sorted(out.iterdir(), key=lambda path: path.stat().st_ctime, reverse=True)
        return [json.loads(path.read_text()) for path in found]


def stations(order: list[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """(file, the functions called first there) for each stay in a file."""
    stays = itertools.groupby(order, key=lambda call: call[0])
    return [(file, [name for _, name in calls]) for file, calls in stays]


def returns(stays: list[tuple[str, list[str]]]) -> int:
    """How many stays are in a file that was left before."""
    return len(stays) - len({file for file, _ in stays})


def main(root: Path = ROOT) -> None:
    processes = [stations(order) for order in functions(CELL, root)]
    for stays in processes:
        print(f"A process: {len({file for file, _ in stays})} files, {returns(stays)} returns")
        for file, names in stays:
            print(f"  {file}: {', '.join(names)}")
    files = {file for stays in processes for file, _ in stays}
    print(f"{len(files)} files, {sum(map(returns, processes))} returns")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
