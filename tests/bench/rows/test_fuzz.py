"""Damaged run folders from a seed that is kept; `python -m tests.bench.rows.fuzz 10000 SEED` tries more of them."""

from __future__ import annotations

import os
import tempfile

import pytest

from tests.bench.rows import fuzz
from tests.bench.rows.fuzz import Mutation, faults_of, try_folders

SEED = 14


def tried(count, part=1):
    """(how many were tried, the faults)."""
    faults: list[str] = []
    return try_folders(
        count, SEED, lambda found, name, fault: faults.append(f"{fault}: {name!r} {found}"), part
    ), faults


def test_a_few_damaged_folders_are_read_or_refused():
    assert tried(10, part=12) == (10, [])


@pytest.mark.slow
def test_two_hundred_damaged_folders_are_read_or_refused():
    assert tried(200, part=12) == (200, [])


PLANTED = os.path.join(tempfile.gettempdir(), f"gradmark-planted-{os.getpid()}")
NONE = Mutation("logs", "mode", (0, 0, 0))
LINK = Mutation("report.html", "kind", (0, 0, 0))


def test_a_good_folder_is_read_by_every_command_of_a_turn():
    assert list(faults_of([NONE], "run", 1, part=3)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "planted", "mutation", "fault"),
    [
        ("bench.rows.environment", "decode_file", lambda *a: dict[str, int]()["x"], NONE, "internal error: KeyError"),
        ("bench.tables.run_tables", "run_tables", lambda *a: os.kill(os.getpid(), 14), NONE, "longer than 10 s"),
        ("bench.report.page", "replace_file", lambda path, text: path.write_text(text), LINK, "writes outside: open"),
        ("bench.commands.output", "printable", lambda text: f"{text}\x1b", NONE, "shows 'run: a CPU"),
        (
            "bench.commands.report",
            "typed_file",
            lambda *a: os.mkdir(PLANTED),
            NONE,
            "writes outside: os.mkdir",
        ),
    ],
)
def test_a_planted_fault_is_found(monkeypatch, module, name, planted, mutation, fault):
    monkeypatch.setattr(f"{module}.{name}", planted)
    monkeypatch.setattr(fuzz, "SELDOM", 10**6)
    found = [each for turn in (2, 3) for each in faults_of([mutation], "run", turn)]
    if os.path.isdir(PLANTED):
        os.rmdir(PLANTED)
    assert any(fault in each for each in found), found
