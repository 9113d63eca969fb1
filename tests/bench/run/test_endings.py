"""Real runs that are ended from outside: the same words, tables and status for each signal, and nothing left behind."""

from __future__ import annotations

import os
import pty
import signal
import sys
import time
from pathlib import Path

import pytest

from bench import ROOT
from bench.data.temporary import TemporaryFolder
from bench.rows.journal import Journal, Started
from tests.bench.run.test_orchestrator import hanging, rows_of

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def heeding_hangups():
    """Under `nohup` the processes that are started here would ignore the signal; what is handled here is not passed on."""
    before = signal.signal(signal.SIGHUP, lambda number, frame: None)
    yield
    signal.signal(signal.SIGHUP, before)


def left(folder: Path, cache: Path) -> list[str]:
    """What should not be there: hidden files of the run, and folders that were temporary."""
    hidden = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    return hidden + [path.name for path in (cache / "temporary").iterdir() if path.is_dir()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_ends_a_run_as_ctrl_c_does(tmp_path, monkeypatch, number):
    monkeypatch.setenv("GRADMARK_CACHE", str(tmp_path / "cache"))
    process = hanging(tmp_path / "run")
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    rows = rows_of(tmp_path / "run")
    assert process.returncode == 130
    assert "gradmark: interrupted; the run folder holds what was measured\n" in err
    assert (rows["hangs"].status, rows["hangs"].reason) == ("error", f"interrupted by {number.name}")
    assert rows["fine"].status == "ok"
    assert "faults" in out
    assert (tmp_path / "run" / "tables.md").exists()
    assert left(tmp_path / "run", tmp_path / "cache") == []


def test_a_killed_run_leaves_folders_until_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADMARK_CACHE", str(tmp_path / "cache"))
    process = hanging(tmp_path / "run")
    process.kill()
    process.communicate(timeout=60)
    assert len(left(tmp_path / "run", tmp_path / "cache")) == 2  # the reserve, and what the compiler keeps
    with TemporaryFolder(tmp_path / "cache" / "temporary"):  # which a run makes first
        pass
    assert [name for name in left(tmp_path / "run", tmp_path / "cache") if name != ".reserve"] == []


@pytest.mark.filterwarnings("ignore:.*fork:RuntimeWarning", "ignore:.*fork:DeprecationWarning")  # the child execs
def test_a_terminal_that_is_closed_costs_no_tables(tmp_path):
    words = ["run", "--problems", "tests/bench/faulty", "-p", "faults:fine", "-p", "faults:hangs", "-b", "numpy_hand"]
    child, terminal = pty.fork()
    if not child:  # in the new terminal
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "bench", *words, "--out", str(tmp_path / "run")])
    journal = Journal(tmp_path / "run" / "journal.jsonl")
    until = time.monotonic() + 60
    while time.monotonic() < until and not (
        journal.path.exists() and any(isinstance(e, Started) and ":hangs:" in e.key for e in journal.events())
    ):
        time.sleep(0.05)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    assert (tmp_path / "run" / "tables.md").exists()
    assert not (tmp_path / "run" / ".reserve").exists()
