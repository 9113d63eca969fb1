"""Where the time of a run went is said under it and stored with it."""

from __future__ import annotations

import json
import time

import pytest

from bench.run.folder import HARNESS_PHASES, PHASES, TimeSpent
from bench.run.supervisor import WorkerTimeline
from tests.bench.processes import gradmark


@pytest.mark.slow
@pytest.mark.timed
def test_a_run_says_where_its_time_went(tmp_path):
    began = time.monotonic()
    done = gradmark("run", "-p", "newton:textbook", "-b", "numpy_hand", "--out", tmp_path / "run")
    took = time.monotonic() - began
    line, slowest, last = done.stderr.splitlines()[-3:]
    assert all(text in line for text in PHASES.values())
    assert "; the harness (planning, journaling, reporting) took " in line
    environment = json.loads((tmp_path / "run" / "environment.json").read_text())
    assert len(environment["slowest_cells"]) == 4
    assert slowest.startswith(f"slowest cells: {next(iter(environment['slowest_cells']))} ")
    assert last.startswith("4 ok: ")
    seconds = environment["breakdown_s"]
    assert list(seconds) == list(PHASES)
    assert all(seconds[name] > 0 for name in ("importing", "planning", "workers", "measuring", "reporting"))
    assert 0.5 * took < sum(seconds.values()) <= took  # the rest is Python's own start


def test_the_share_is_that_of_the_harness_alone():
    spent = TimeSpent(dict.fromkeys(PHASES, 1.0))
    assert spent.share() == pytest.approx(len(HARNESS_PHASES) / len(PHASES))
    spent.seconds["measuring"] += 93.0
    assert "took 3.0%" in spent.line()


def test_the_time_of_a_worker_is_told_by_its_journal():
    spent = TimeSpent()
    timeline = WorkerTimeline(spent)
    start = timeline.at
    for phase, at in (("measuring", 2.0), ("journaling", 5.0), ("measuring", 5.5), ("journaling", 6.0)):
        timeline.enter(phase, start + at)
    timeline.at = time.time()
    timeline.end()
    found = {name: round(seconds, 3) for name, seconds in spent.seconds.items() if seconds > 0.001}
    assert found == {"workers": 2.0, "measuring": 3.5, "journaling": 0.5}


def test_the_slowest_cells_are_named_the_slowest_first():
    spent = TimeSpent()
    timeline = WorkerTimeline(spent)
    start = timeline.at
    for repeat, (name, seconds) in enumerate((("a", 1.0), ("b", 3.0), ("a", 1.5), ("b", 0.0), ("c", 2.0))):
        timeline.enter("measuring", start + 10 * repeat, name)
        timeline.enter("journaling", start + 10 * repeat + seconds, first_call_s=seconds / 2)
    assert spent.slowest_line() == (
        "slowest cells: b 3.0 s (first call 1.5 s), a 2.5 s (first call 1.2 s), c 2.0 s (first call 1.0 s)"
    )
    assert TimeSpent().slowest_line() == ""


def test_a_cell_in_which_the_worker_ended_has_a_time_too():
    spent = TimeSpent()
    timeline = WorkerTimeline(spent)
    timeline.enter("measuring", time.time() - 7, "hangs")
    timeline.end()
    assert spent.slowest_line() == "slowest cells: hangs 7.0 s (first call 0.0 s)"
    assert spent.seconds["measuring"] == pytest.approx(7, abs=0.1)


def test_a_clock_that_is_set_back_costs_nothing_but_truth():
    spent = TimeSpent()
    timeline = WorkerTimeline(spent)
    timeline.enter("measuring", timeline.at - 3600)
    assert min(spent.seconds.values()) == 0
