"""What may happen to a run from outside: each really does, through the real command line."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from bench import ROOT, UsageError
from bench.plan.cell import Cell
from bench.rows.journal import Journal, Started
from bench.rows.row import Row, new_row
from bench.run.folder import Run
from bench.run.supervisor import SupervisedWorker
from bench.tables.frame import load_rows
from tests.bench.processes import FAULTY, gradmark, start, typed
from tests.bench.run.test_orchestrator import faulty_run, hanging, rows_of

pytestmark = pytest.mark.slow

FULL = "No space left on device"


def events_of(folder, kind):
    return [event for event in Journal(folder / "journal.jsonl").events() if isinstance(event, kind)]


@pytest.mark.slow
@pytest.mark.timed
def test_what_hangs_is_killed_at_its_timeout_with_all_that_it_started(tmp_path):
    pids = tmp_path / "pids"
    chosen = (
        "-p",
        "faults:fine",
        "-p",
        "faults:spawns",
        "-p",
        "faults:also_fine",
        "-b",
        "numpy_hand",
        "--timeout",
        "2",
    )
    done = gradmark("run", "--problems", FAULTY, *chosen, "--out", tmp_path / "run", FAULTS_FILE=str(pids))
    rows = rows_of(tmp_path / "run")
    assert {name: row.status for name, row in rows.items()} == {"fine": "ok", "spawns": "timeout", "also_fine": "ok"}
    assert done.returncode == 1
    children = [int(pid) for pid in pids.read_text().split()]
    assert len(children) == 2
    assert not [pid for pid in children if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
    began = next(e.time for e in events_of(tmp_path / "run", Started) if ":spawns:" in e.key)
    ended = next(e.time for e in events_of(tmp_path / "run", Row) if e.instance == "spawns")
    assert 2 <= ended - began < 2 + 1


@pytest.mark.slow
def test_an_exception_in_the_tenth_round_is_an_error_without_a_time(tmp_path):
    long = (
        "--profile",
        "rigorous",
        "--repeats",
        "1",
        "--dtype",
        "float64",
    )  # a hundred rounds, fewer on a busy machine
    done = gradmark("run", *small("fine", "tenth", "also_fine"), *long, "--out", tmp_path / "run")
    rows = rows_of(tmp_path / "run")
    assert done.returncode == 1
    assert {name: row.status for name, row in rows.items()} == {"fine": "ok", "tenth": "error", "also_fine": "ok"}
    assert rows["tenth"].reason.startswith("ValueError: no more in the tenth round")
    assert (rows["tenth"].median_s, rows["tenth"].samples_s) == (None, [])


@pytest.mark.slow
def test_too_much_memory_is_an_error_that_names_the_limit(tmp_path):
    chosen = [part for name in ("fine", "greedy", "killed", "also_fine") for part in ("-p", f"faults:{name}")]
    limit = ("--memory-limit", "1GB")
    done = gradmark("run", "--problems", FAULTY, *chosen, "-b", "numpy_hand", *limit, "--out", tmp_path / "run")
    rows = rows_of(tmp_path / "run")
    assert done.returncode == 1
    assert (rows["fine"].status, rows["also_fine"].status) == ("ok", "ok")
    assert rows["greedy"].status == "error"
    assert rows["greedy"].reason.endswith("; the memory limit was 1 GB (--memory-limit)")
    assert rows["killed"].status == "crashed"
    assert "the memory limit was 1 GB" in rows["killed"].reason
    assert '"memory_limit_bytes": 1000000000' in (tmp_path / "run" / "environment.json").read_text()


@pytest.mark.slow
def test_a_limit_under_which_no_worker_starts_is_named(tmp_path):
    done = gradmark(
        "run", "-p", "newton:textbook", "-b", "numpy_hand", "--memory-limit", "10MB", "--out", tmp_path / "run"
    )
    assert done.returncode == 1
    (reason,) = {row.reason for row in Journal(tmp_path / "run" / "journal.jsonl").rows()}
    assert re.match(r"worker process ended with exit status \d+ before its first cell; last log line: ", reason)
    assert reason.endswith("; the memory limit was 0.01 GB (--memory-limit)")


def test_a_link_in_place_of_the_logs_is_refused_before_a_worker_starts(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "logs").symlink_to(tmp_path / "outside")
    cell = Cell("newton", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
    with pytest.raises(UsageError, match="logs: expected a folder, found a link"):
        SupervisedWorker([("key", cell)], 0, Run(name="run", folder=tmp_path / "run"))
    assert os.listdir(tmp_path / "outside") == []


def test_a_signal_while_the_journal_is_read_loses_no_event(tmp_path):
    """The rows that were read with the one at which it came are told, too, and the cell that began has its row."""
    cells = [
        (name, Cell("newton", name, "gradient", "numpy_hand", "plain", "float64", "cpu", 1)) for name in ("a", "b")
    ]
    told: list[str] = []

    def interrupted(row):
        run.tell = lambda row: told.append(row.key)
        raise KeyboardInterrupt

    run = Run(name="run", folder=tmp_path, tell=interrupted)
    run.journal.create()
    worker = SupervisedWorker(cells, 0, run)
    for key, cell in cells:
        run.journal.append("started", key=key, repeat=0, time=1.0)
        if key == "a":
            run.journal.append_row(new_row(cell, key, "run", 0))
    with pytest.raises(KeyboardInterrupt):
        worker.read()
    worker.read()
    worker.read()
    worker.compiler_cache.close()
    assert told == ["a"]
    assert (worker.done, worker.current) == ({"a"}, "b")


@pytest.fixture
def on_a_small_disk(tmp_path):
    """Runs the command with a run folder on a small disk of its own; returns how it ended and a copy of the folder.

    The disk is a tmpfs in a mount namespace of that process, so that nothing stays, whatever happens to the test.
    """
    namespace = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=700k tmpfs '{disk}'"
    tried = shutil.which("unshare") and subprocess.run([*namespace, "sh", "-c", mount], capture_output=True)
    if not tried or tried.returncode != 0:
        pytest.skip("this machine lets nobody mount a tmpfs in a namespace of one's own")

    def run(*arguments, before="true"):
        script = f"{mount} && {before} && {{ \"$@\"; status=$?; cp -r '{disk}/run' '{copy}'; exit $status; }}"
        command = [sys.executable, "-m", "bench", "run", *map(str, arguments), "--out", str(disk / "run")]
        done = subprocess.run(
            [*namespace, "sh", "-c", script, "sh", *command],
            cwd=ROOT,
            env={**os.environ, "FAULTS_FOLDER": str(disk)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done, copy

    return run


def small(*names):
    return ["--problems", FAULTY, *(part for name in names for part in ("-p", f"faults:{name}")), "-b", "numpy_hand"]


@pytest.mark.slow
def test_a_full_disk_stops_the_run_with_a_row_for_its_victim_and_the_run_can_be_resumed(on_a_small_disk):
    done, folder = on_a_small_disk(*small("fine", "fills", "also_fine"))
    assert done.returncode == 1, done.stderr
    assert f"gradmark: the run cannot go on: {FULL}" in done.stderr
    assert "Traceback" not in done.stderr
    rows = rows_of(folder)
    assert rows["fine"].status == "ok"
    assert [row.reason for row in rows.values() if row.status != "ok"] == [f"result not written to the journal: {FULL}"]
    assert len(load_rows(folder)) == len(rows)
    resumed = gradmark("run", "--resume", folder, "--problems", FAULTY, FAULTS_FOLDER="/nowhere")
    assert resumed.returncode == 0, resumed.stderr
    assert {row.status for row in rows_of(folder).values()} == {"ok"}
    assert len([e for e in events_of(folder, Row) if e.instance == "fine"]) == 1


def test_a_disk_that_turns_read_only_stops_the_run_with_a_line(on_a_small_disk):
    done, folder = on_a_small_disk(*small("fine", "freezes", "also_fine"))
    assert done.returncode == 1, done.stderr
    assert "gradmark: the run cannot go on: Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr
    assert {name: row.status for name, row in rows_of(folder).items()} == {"fine": "ok"}


def test_a_run_folder_that_cannot_be_written_to_is_refused_before_anything_is_measured(on_a_small_disk, tmp_path):
    done, _ = on_a_small_disk(*small("fine"), before=f"mount -o remount,ro '{tmp_path / 'disk'}'")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].endswith("disk/run: Read-only file system")


@pytest.mark.slow
def test_a_run_folder_that_is_deleted_meanwhile_stops_the_run_with_a_line(tmp_path):
    chosen = small("fine", "deletes", "also_fine")
    done = gradmark("run", *chosen, "--out", tmp_path / "run", FAULTS_FOLDER=str(tmp_path / "run"))
    assert done.returncode == 1
    assert "gradmark: the run cannot go on: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_run_folder_of_another_version_is_refused_and_left_alone(tmp_path):
    faulty_run(tmp_path / "run", "fine")
    journal = tmp_path / "run" / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"schema": 2', '"schema": 3'))
    before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
    for command in (["table", tmp_path / "run"], ["run", "--resume", tmp_path / "run", "--problems", FAULTY]):
        done = typed(*command)
        assert done.returncode == 2
        assert "journal.jsonl, line 3: the row has schema 3; this gradmark reads 2" in done.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_a_torn_last_line_costs_nothing_but_itself(tmp_path):
    faulty_run(tmp_path / "run", "fine", "raises")
    journal = tmp_path / "run" / "journal.jsonl"
    with journal.open("a") as file:
        file.write('{"event": "row", "key": "torn')
    assert typed("table", tmp_path / "run").returncode == 0
    done = gradmark("run", "--resume", tmp_path / "run", "--problems", FAULTY)
    assert done.returncode == 1
    assert {name: row.status for name, row in rows_of(tmp_path / "run").items()} == {"fine": "ok", "raises": "error"}
    assert "torn" not in journal.read_text()


@pytest.mark.slow
@pytest.mark.timed
def test_a_second_ctrl_c_does_not_disturb_what_the_first_puts_away(tmp_path):
    process = hanging(tmp_path / "run")
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    rows = rows_of(tmp_path / "run")
    assert process.returncode == 130
    assert "Traceback" not in err
    assert rows["fine"].status == "ok"
    assert (rows["hangs"].status, rows["hangs"].reason) == ("error", "interrupted by Ctrl-C")
    assert len(load_rows(tmp_path / "run")) == 2


@pytest.mark.slow
def test_a_second_run_waits_for_the_first_and_says_for_which(tmp_path):
    first = hanging(tmp_path / "first")
    second = start("run", *small("fine"), "--out", tmp_path / "second")
    assert second.stderr
    line = second.stderr.readline()
    assert line == f"gradmark: waiting for run 'first' (pid {first.pid}): one run per machine; Ctrl-C to cancel\n"
    assert second.poll() is None
    assert not events_of(tmp_path / "second", "started")
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    second.communicate(timeout=60)
    assert second.returncode == 0
    assert rows_of(tmp_path / "second")["fine"].status == "ok"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("raise RuntimeError('a broken build')", "error", "import failed: RuntimeError: a broken build"),
        ("import os; os._exit(7)", "crashed", "worker process ended with exit status 7 before its first cell"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "signal SIGSEGV before its first cell"),
    ],
    ids=["raises", "exits", "segfault"],
)
def test_a_framework_that_fails_on_import_costs_its_own_cells(tmp_path, code, status, reason):
    broken = tmp_path / "packages" / "sympy"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text(code)
    chosen = ("-p", "newton:textbook", "--operation", "value", "-b", "sympy_symbolic", "-b", "numpy_hand")
    done = gradmark("run", *chosen, "--out", tmp_path / "run", PYTHONPATH=str(tmp_path / "packages"))
    rows = {row.backend: row for row in Journal(tmp_path / "run" / "journal.jsonl").rows()}
    assert done.returncode == 1
    assert rows["numpy_hand"].status == "ok"
    assert rows["sympy_symbolic"].status == status
    assert reason in rows["sympy_symbolic"].reason
