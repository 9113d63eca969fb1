"""Nothing is lost when something breaks: real processes, real signals, real files."""

from __future__ import annotations

import json
import os
import signal
import time

import psutil
import pytest

from bench.rows.journal import Journal, Started
from bench.tables.frame import load_rows
from tests.bench.processes import FAULTY, gradmark, start, typed

pytestmark = pytest.mark.slow


def faulty_run(folder, *instances, timeout="60"):
    chosen = [part for name in instances for part in ("-p", f"faults:{name}")]
    return gradmark("run", "--problems", FAULTY, *chosen, "-b", "numpy_hand", "--timeout", timeout, "--out", folder)


def rows_of(folder):
    return {row.instance: row for row in Journal(folder / "journal.jsonl").rows()}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """One run of everything that fails without hanging, with a cell that does not fail last."""
    folder = tmp_path_factory.mktemp("runs") / "broken"
    done = faulty_run(
        folder,
        "fine",
        "killed",
        "segfault",
        "exits",
        "leaves",
        "raises",
        "unprepared",
        "wrong",
        "changes",
        "also_fine",
    )
    return done, folder


@pytest.mark.slow
def test_every_failure_is_a_row_with_status_and_reason(broken):
    done, folder = broken
    rows = rows_of(folder)
    found = {name: row.status for name, row in rows.items()}
    assert found == {
        "killed": "crashed",
        "segfault": "crashed",
        "exits": "crashed",
        "leaves": "error",
        "raises": "error",
        "unprepared": "error",
        "wrong": "wrong",
        "changes": "wrong",
        "fine": "ok",
        "also_fine": "ok",
    }
    assert "SIGKILL" in rows["killed"].reason
    assert "SIGSEGV" in rows["segfault"].reason
    assert "exit status 3" in rows["exits"].reason
    assert "SystemExit: an implementation that ends the program" in rows["leaves"].reason
    assert "no derivative today" in rows["raises"].reason
    assert "data that cannot be arranged" in rows["unprepared"].reason
    assert "expected 6.0, got 3.0" in rows["wrong"].reason
    assert done.returncode == 1


@pytest.mark.slow
def test_only_right_answers_have_times(broken):
    _, folder = broken
    timed = [name for name, row in rows_of(folder).items() if row.median_s is not None]
    assert timed == ["fine", "also_fine"]


@pytest.mark.slow
def test_the_tables_name_what_failed(broken):
    done, folder = broken
    assert "numpy_hand/plain · killed: crashed" in done.stdout
    assert "wrong: relative error 0.5" in (folder / "tables.md").read_text()


@pytest.mark.slow
def test_a_run_folder_holds_all_its_files(broken):
    _, folder = broken
    names = {path.name for path in folder.iterdir()}
    assert names >= {"journal.jsonl", "environment.json", "sources.json", "measurements.csv", "tables.md"}


@pytest.mark.slow
def test_what_hangs_is_killed_at_its_timeout(tmp_path):
    began = time.monotonic()
    done = faulty_run(tmp_path / "run", "hangs", "fine", timeout="2")
    rows = rows_of(tmp_path / "run")
    assert rows["hangs"].status == "timeout"
    assert "prepare to check took longer than 2 s (--timeout)" in rows["hangs"].reason
    assert rows["fine"].status == "ok"
    assert done.returncode == 1
    assert time.monotonic() - began < 60


def hanging(folder):
    """A run that has begun with a cell which never returns."""
    process = start(
        "run", "--problems", FAULTY, "-p", "faults:fine", "-p", "faults:hangs", "-b", "numpy_hand", "--out", folder
    )
    journal = Journal(folder / "journal.jsonl")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any(isinstance(e, Started) and ":hangs:" in e.key for e in journal.events()):
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the hanging cell never started")


@pytest.mark.slow
def test_ctrl_c_leaves_a_run_that_loads_with_a_row_for_the_victim(tmp_path):
    process = hanging(tmp_path / "run")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    rows = rows_of(tmp_path / "run")
    assert process.returncode == 130
    assert rows["fine"].status == "ok"
    assert (rows["hangs"].status, rows["hangs"].reason) == ("error", "interrupted by Ctrl-C")
    assert len(load_rows(tmp_path / "run")) == 2
    assert (tmp_path / "run" / "tables.md").exists()


@pytest.mark.slow
def test_workers_do_not_outlive_the_orchestrator(tmp_path):
    process = hanging(tmp_path / "run")
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive
    assert rows_of(tmp_path / "run")["fine"].status == "ok"


def write_problem(folder, oracle, instance="", name="mine"):
    problem = folder / name
    problem.mkdir(parents=True)
    (problem / "__init__.py").write_text(
        "import numpy as np\nfrom .. import Instance, Problem\n"
        f"def make():\n    {instance or 'pass'}\n    return {{'x': np.array(3.0)}}, {{}}\n"
        "PROBLEM = Problem(instances=(Instance(name='one', make=make, operations={'gradient': {}}, quick=('gradient',)),))\n"
    )
    (problem / "oracle.py").write_text(oracle)
    (problem / "numpy_hand.py").write_text("def objective_gradient(params, data):\n    return {'x': 2 * params['x']}\n")


BROKEN = {
    "undefined": (
        "def objective(params, data):\n    return nonsense\n",
        "",
        "undefined/oracle.py, objective(params, data), line 2: NameError: name 'nonsense' is not defined",
    ),
    "empty": ("", "", "empty/oracle.py has no objective(params, data): write it, in plain NumPy"),
    "no_data": ("", "raise OSError('no data')", "no data (no_data/__init__.py, line 4)"),
}


def test_a_broken_oracle_or_instance_is_a_row_and_the_others_go_on(tmp_path):
    for name, (oracle, instance, _) in BROKEN.items():
        write_problem(tmp_path, oracle, instance, name)
    chosen = [word for name in (*BROKEN, "newton:textbook") for word in ("-p", name)]
    chosen += ["--operation", "gradient", "-b", "numpy_hand"]
    done = gradmark("run", "--problems", tmp_path, *chosen, "--out", tmp_path / "run")
    rows = {row.problem: row for row in Journal(tmp_path / "run" / "journal.jsonl").rows()}
    assert rows["newton"].status == "ok"
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for name, (_, _, reason) in BROKEN.items():
        assert rows[name].status == "error"
        assert reason in rows[name].reason
        shown = typed("show", f"{name}:one", "--problems", tmp_path, "-b", "numpy_hand", "--json")
        assert json.loads(shown.stdout)["reference"]["status"] == "error"
        assert shown.returncode == 1


@pytest.mark.slow
@pytest.mark.timed
def test_the_import_of_a_framework_is_not_charged_to_a_cell(tmp_path):
    done = gradmark(
        "run",
        "-p",
        "newton:textbook",
        "--operation",
        "value",
        "-b",
        "tf_tape/eager",
        "--timeout",
        "1.5",
        "--out",
        tmp_path / "run",
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_compiler_caches_are_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    gradmark("check", "-p", "newton:textbook", "--operation", "value", "-b", "numpy_hand")
    assert not list((tmp_path / "tmp").iterdir())
