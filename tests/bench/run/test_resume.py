"""A resumed run does what is missing and what changed, and nothing twice."""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter

import pytest

import backends
from bench import ROOT, UsageError
from bench.machine.facts import cpus_usable
from bench.plan.cell import PROFILES, Cell, cell_key, library_pins
from bench.rows.journal import Journal, Started
from bench.run.resume import read_earlier
from tests.bench.processes import FAULTY, gradmark, typed
from tests.bench.run.test_orchestrator import hanging, write_problem

ORACLE = "def objective(params, data):\n    return params['x'] * params['x']\n"


def measured(folder):
    """How often each cell (instance, threads, repeat) was measured."""
    rows = Journal(folder / "journal.jsonl").rows()
    return Counter((f"{row.problem}:{row.instance}", row.threads, row.repeat) for row in rows)


def started(folder):
    return len([e for e in Journal(folder / "journal.jsonl").events() if isinstance(e, Started)])


@pytest.mark.slow
def test_an_interrupted_run_is_finished_and_nothing_is_done_twice(tmp_path):
    run = tmp_path / "run"
    process = hanging(run)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    done = gradmark("run", "--resume", run, "--problems", FAULTY, "--timeout", "1", "--repeats", "2")
    assert done.returncode == 1
    assert measured(run) == {("faults:fine", 1, 0): 1, ("faults:fine", 1, 1): 1} | {
        ("faults:hangs", 1, 0): 2,  # interrupted, then timed out
        ("faults:hangs", 1, 1): 1,
    }


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A finished run of two problems of one's own: (run folder, problems folder)."""
    base = tmp_path_factory.mktemp("resumed")
    write_problem(base / "problems", ORACLE)
    shutil.copytree(base / "problems" / "mine", base / "problems" / "yours")
    chosen = ("-p", "mine", "-p", "yours", "-b", "numpy_hand")
    done = gradmark("run", "--problems", base / "problems", *chosen, "--out", base / "run")
    assert done.returncode == 0, done.stderr
    return base / "run", base / "problems"


@pytest.fixture
def run(two, tmp_path):
    """A copy of it."""
    shutil.copytree(two[0], tmp_path / "run")
    shutil.copytree(two[1], tmp_path / "problems", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "run", tmp_path / "problems"


def resumed(folder, problems, *arguments, **variables):
    done = gradmark("run", "--resume", folder, "--problems", problems, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return measured(folder)


ONCE = {("mine:one", 1, 0): 1, ("yours:one", 1, 0): 1}


@pytest.mark.slow
def test_a_finished_run_has_nothing_to_do(run):
    assert resumed(*run) == ONCE
    assert started(run[0]) == 2


@pytest.mark.slow
def test_a_changed_implementation_is_measured_again_and_the_other_not(run):
    with (run[1] / "mine" / "numpy_hand.py").open("a") as file:
        file.write("# another thought\n")
    assert resumed(*run) == {**ONCE, ("mine:one", 1, 0): 2}
    assert len(json.loads((run[0] / "environment.json").read_text())["resumed"]) == 1
    assert "another thought" in (run[0] / "sources.json").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["oracle.py", "__init__.py"])
def test_a_changed_definition_is_measured_again(run, name):
    with (run[1] / "yours" / name).open("a") as file:
        file.write("# another thought\n")
    assert resumed(*run) == {**ONCE, ("yours:one", 1, 0): 2}


@pytest.mark.slow
def test_another_version_of_a_library_is_measured_again(run, tmp_path):
    other = tmp_path / "packages" / "numpy-0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    assert set(resumed(*run, PYTHONPATH=str(tmp_path / "packages")).values()) == {2}


@pytest.mark.slow
@pytest.mark.skipif(cpus_usable() < 2, reason="two threads need two CPUs")
def test_other_threads_are_other_cells_and_the_old_ones_stay(run):
    assert resumed(*run, "--threads", "2") == ONCE | {("mine:one", 2, 0): 1, ("yours:one", 2, 0): 1}


@pytest.mark.slow
def test_another_profile_is_measured_again(run):
    found = resumed(*run, "--profile", "standard", "--dtype", "float64")
    assert set(found.values()) == {2}


def test_the_key_of_a_cell_covers_its_adapter_and_what_that_takes_from_others():
    names = {path.relative_to(ROOT / "backends").as_posix() for path in backends.files("numpy_fd")}
    assert {"__init__.py", "numpy_fd.py", "numpy_hand.py", "differences/steps.py"} <= names
    assert "jax_grad.py" not in names
    cell = Cell("newton", "textbook", "value", "numpy_hand", "plain", "float64", "cpu", 1)
    quick, standard = PROFILES["quick"], PROFILES["standard"]
    assert cell_key(cell, quick) == cell_key(cell, quick) != cell_key(cell, standard)


def test_the_libraries_of_a_backend_are_those_that_it_requires():
    found = library_pins("sympy_symbolic")
    assert all(f"{name}==" in found for name in ("sympy", "mpmath", "numpy", "python"))
    assert "pandas" not in found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": None}, "cannot be resumed; environment.json lacks its selection"),
        ({"repeats": "many"}, "member settings.repeats: expected int, got 'many'"),
        ({"timeout_s": None}, "member settings.timeout_s: expected float, got None"),
        ({"repeats": 0}, "member settings.repeats: expected int >= 1, got 0"),
        ({"timeout_s": -1}, "member settings.timeout_s: expected float >= 1e-30, got -1"),
        ({"variables": {"XLA_FLAGS": "x"}}, r"other environment variables \(.*XLA_FLAGS: 'x' and unset"),
        ({"cpu": "another"}, r"measured on another machine \(cpu: 'another' and "),
        ({"cores": 99}, r"measured on another machine \(cores: 99 and "),
        ({"cpus_usable": 99}, r"measured on another machine \(cpus_usable: 99 and "),
        ({"memory_bytes": 2**50}, r"measured on another machine \(memory_gib: 1048576 and "),
        ({"cpu": None, "cores": None, "cpus_usable": None, "memory_bytes": None}, "does not name the machine"),
        ({"parts": [{}]}, "a merged run is not resumed"),
        ({"profile": "slow"}, "unknown profile 'slow'"),
        ({"selection": {"problem": ["a", 1]}}, r"member settings\.selection\.problem\[1\]: expected str, got 1"),
        ({"selection": {"problems": "/elsewhere"}}, "add --problems DIR"),
        ({"selection": {"backends": "/elsewhere"}}, "add --backends DIR"),
    ],
)
def test_an_environment_from_elsewhere_is_checked(two, tmp_path, change, message):
    content = json.loads((two[0] / "environment.json").read_text())
    content["settings"]["selection"]["problems"] = None
    for name, value in change.items():
        place = content if name in content or name == "parts" else content["settings"]
        place[name] = value
    (tmp_path / "environment.json").write_text(json.dumps(content))
    (tmp_path / "journal.jsonl").touch()
    with pytest.raises(UsageError, match=message):
        read_earlier(tmp_path, {})


@pytest.mark.slow
def test_code_is_never_taken_from_a_run_folder(run):
    done = typed("run", "--resume", run[0])
    assert done.returncode == 2
    assert "add --problems DIR" in done.stderr


@pytest.mark.slow
def test_resume_and_out_exclude_each_other(run):
    done = typed("run", "--resume", run[0], "--out", run[0])
    assert done.returncode == 2
    assert "leave out --out" in done.stderr
