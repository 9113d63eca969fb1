"""Nothing is imported early, and imports point one way."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

import backends
from bench import ROOT

NUMERIC = {"numpy", "scipy"}  # what the harness computes with, too
REQUIRED = {name: backends.load(name).REQUIRES for name in backends.names()}
FRAMEWORKS = tuple(sorted(set(REQUIRED.values()) - NUMERIC))
HEAVY = (*FRAMEWORKS, "matplotlib")
REPORT = "import sys; print(*[name for name in {heavy!r} if name in sys.modules])"


def frameworks_after(code: str) -> list[str]:
    """Which frameworks, and whether the drawing library, are loaded after `code` has run in a process of its own."""
    report = REPORT.format(heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()[-1].split()


@pytest.mark.slow
def test_listing_imports_no_framework():
    listing = "import bench.cli as c; c.app(['list'], standalone_mode=False)"
    assert frameworks_after(listing) == []


@pytest.mark.slow
def test_planning_imports_no_framework():
    assert frameworks_after("from bench.plan.selection import *; make_plan(Selection(profile='standard'))") == []


@pytest.mark.slow
def test_the_test_above_can_fail():
    assert frameworks_after("import bench.cli, bench.articles.drawings.marks, sympy") == ["sympy", "matplotlib"]


def imported(path):
    """The top-level packages that a file imports by absolute name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).partition(".")[0]


@pytest.mark.parametrize(
    ("folder", "forbidden"), [("problems", {"bench", "backends"}), ("backends", {"bench", "problems"})]
)
def test_imports_point_one_way(folder, forbidden):
    for path in (ROOT / folder).rglob("*.py"):
        assert not forbidden & set(imported(path)), path


def test_the_harness_names_no_framework():
    """Nor does a problem's definition or oracle: a framework stands in its adapter and its implementations only."""
    files = [
        *(ROOT / "bench").rglob("*.py"),
        *(ROOT / "problems").rglob("__init__.py"),
        *(ROOT / "problems").rglob("oracle.py"),
    ]
    for path in files:
        assert not {*FRAMEWORKS, "cupy"} & set(imported(path)), path


def test_adapters_import_only_their_own_framework():
    for name, required in REQUIRED.items():
        others = set(FRAMEWORKS) - {required}
        assert not others & set(imported(ROOT / "backends" / f"{name}.py")), name
