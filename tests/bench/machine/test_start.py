"""Processes are started by path: folders of the same names on PYTHONPATH, and PYTHONSAFEPATH, change nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bench import ROOT
from bench.compare.interleaved import InterleavedRuns, measure_turn
from bench.machine.process import start_command

PACKAGES = ("backends", "bench", "problems")
SHADOW = "raise ImportError('the wrong folder')\n"
HELLO = "import sys\nimport backends, problems\nprint(backends.NAME, problems.NAME, *sys.argv[1:])\n"
TURN = """
import json, sys
from pathlib import Path
import backends
folder = Path(sys.argv[sys.argv.index("--out") + 1])
folder.mkdir()
(folder / "journal.jsonl").touch()
(folder / "sources.json").write_text("{}")
(folder / "environment.json").write_text(json.dumps({"measured": backends.NAME, "settings": {}}))
"""

pytestmark = pytest.mark.slow  # Python is a process


@pytest.fixture
def shadow(tmp_path):
    """A folder with packages of our names that are somebody else's."""
    return write(tmp_path / "shadow", **dict.fromkeys(PACKAGES, SHADOW))


def write(folder, **packages):
    for name, text in packages.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(text)
    return folder


def checkout(folder, name, **modules):
    """A made-up checkout whose packages say its name."""
    write(folder, bench="", backends=f"NAME = {name!r}\n", problems=f"NAME = {name!r}\n")
    for module, text in modules.items():
        (folder / "bench" / f"{module}.py").write_text(text)
    return folder


@pytest.mark.parametrize("safe", ["", "1"])
def test_the_packages_are_those_of_the_checkout(tmp_path, shadow, safe):
    root = checkout(tmp_path / "root", "A", hello=HELLO)
    variables = {**os.environ, "PYTHONPATH": str(shadow), "PYTHONSAFEPATH": safe}
    command = start_command("bench.hello", "x", root=root)
    done = subprocess.run(command, cwd=shadow, env=variables, capture_output=True, text=True)
    assert done.stdout == "A A x\n", done.stderr


@pytest.mark.parametrize("safe", ["", "1"])
def test_each_turn_measures_its_own_checkout(tmp_path, shadow, safe):
    """Under PYTHONSAFEPATH both were the installed code."""
    roots = tuple(checkout(tmp_path / name, name, __main__=TURN) for name in ("old", "new"))
    folders = (tmp_path / "a", tmp_path / "b")
    for folder in folders:
        folder.mkdir()
    turns = InterleavedRuns(roots, folders, [["-b", "numpy_hand"]], 1, 0)
    for side in (0, 1):
        measure_turn(
            turns, 0, side, turns.selections[0], {**os.environ, "PYTHONSAFEPATH": safe, "PYTHONPATH": str(shadow)}
        )
    measured = [json.loads((folder / "environment.json").read_text())["measured"] for folder in folders]
    assert measured == ["old", "new"]


def test_the_command_and_its_workers_are_not_shadowed(tmp_path, shadow):
    """The console script imports gradmark_command and calls main."""
    script = "import sys; sys.argv[0] = 'gradmark'; from gradmark_command import main; main()"
    words = ["check", "-p", "scalar_derivative:textbook", "-b", "numpy_hand", "--operation", "gradient"]
    variables = {**os.environ, "PYTHONPATH": f"{shadow}:{ROOT}", "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=tmp_path, env=variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "1 ok" in done.stderr
