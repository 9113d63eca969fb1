"""A backend of a user's own (`--backends DIR`): its adapter and its files, and no edit of this repository."""

from __future__ import annotations

import importlib
import shutil
import sys
import types
from pathlib import Path

import pytest

import backends
import problems
from bench import ROOT
from bench.commands.new import skeleton_files
from bench.commands.show import backends_table
from bench.data.inputs import inputs_source
from bench.machine.facts import source_texts
from bench.machine.probe import probe_backend
from bench.measure.cell import describe_error, measure_cell
from bench.plan.cell import PROFILES, Cell, absence_of, expected_status, profile_settings, sources_digest
from bench.plan.selection import Plan, Selection, make_plan
from bench.plots.look import method_looks
from bench.rows.row import new_row
from bench.run.folder import Run
from bench.run.orchestrator import execute_plan, prepare_groups
from bench.tables.frame import rows_frame
from bench.tables.run_tables import run_tables
from tests.bench.processes import typed

ADAPTER = (ROOT / "backends" / "autograd_grad.py").read_text()
NAME = "my_autograd"
IMPLEMENTED = ("newton", "svm")
CELL = Cell("newton", "textbook", "gradient", NAME, "eager", "float64", "cpu", 1)

pytestmark = pytest.mark.skipif(not backends.is_installed("autograd"), reason="autograd is not installed")


def write_adapter(folder: Path, old: str = "ORDER = 40", new: str = "ORDER = 45") -> None:
    """The adapter of autograd under another name, with a change."""
    assert old in ADAPTER
    folder.mkdir(exist_ok=True)
    (folder / f"{NAME}.py").write_text(ADAPTER.replace(old, new))


@pytest.fixture
def clean(monkeypatch):
    """Leaves nothing of an added folder behind."""
    before = set(sys.modules)
    monkeypatch.setattr(backends, "__path__", list(backends.__path__))
    packages = [importlib.import_module(f"problems.{name}") for name in IMPLEMENTED]
    for package in packages:
        monkeypatch.setattr(package, "__path__", list(package.__path__))
    yield
    sources_digest.cache_clear()
    for name in set(sys.modules) - before:
        if name.rpartition(".")[2] == NAME:
            del sys.modules[name]


@pytest.fixture
def folder(tmp_path, clean):
    """DIR of `--backends DIR`, with implementations of two problems in it."""
    folder = tmp_path / "own"
    write_adapter(folder)
    for problem in IMPLEMENTED:
        (folder / problem).mkdir()
        shutil.copy(ROOT / "problems" / problem / "autograd_grad.py", folder / problem / f"{NAME}.py")
    backends.add_folder(folder)
    return folder


def test_it_is_found_in_the_place_of_its_number(folder):
    place = backends.names().index(NAME)
    assert backends.names()[place - 1] == "autograd_grad"
    assert f"{NAME}/eager" in backends.methods()
    assert f"{NAME}/eager" in backends_table().body.index
    assert f"{NAME}.py" in skeleton_files("new")


def test_every_cell_of_it_is_right(folder):
    plan = make_plan(Selection(problems=IMPLEMENTED, backends=(NAME,), operations=("gradient", "newton")))
    backends.load(NAME).configure(1, "cpu")
    assert {cell.problem for cell in plan.cells} == set(IMPLEMENTED)
    for cell in plan.cells:
        row = new_row(cell, "key", "run", 0)
        measure_cell(cell, row, PROFILES["quick"], None, lambda event, result: None)
        assert row.status == "ok", (cell.name, row.reason)


@pytest.mark.slow
def test_a_worker_and_a_probe_know_the_folder(folder, tmp_path):
    (tmp_path / "run").mkdir()
    run = Run(name="run", folder=tmp_path / "run", **profile_settings("quick") | {"limit_s": 0.01})
    execute_plan(Plan((CELL,)), run)
    (row,) = run.journal.rows()
    assert (row.status, row.reason) == ("ok", "")
    assert probe_backend(NAME, "cpu").reason == ""
    assert f"{NAME}/eager" in next(iter(run_tables(rows_frame([row])))).body.index


def test_it_looks_like_no_other(folder):
    looks = method_looks(backends.methods())
    own = looks.pop(f"{NAME}/eager")
    assert own["color"] not in [look["color"] for look in looks.values()]
    assert own["marker"] not in [look["marker"] for look in looks.values()]


def test_keys_cover_its_files_and_inputs_do_not(folder):
    inputs, sources = inputs_source("newton"), sources_digest("newton", NAME)
    inputs_source.cache_clear()
    sources_digest.cache_clear()
    with (folder / "newton" / f"{NAME}.py").open("a") as file:
        file.write("# changed\n")
    assert inputs_source("newton") == inputs
    assert sources_digest("newton", NAME) != sources
    assert {f"backends/{NAME}.py", f"problems/newton/{NAME}.py"} <= set(source_texts(["newton"]))


def test_a_problem_that_it_lacks_is_omitted_and_what_it_declares_is_expected(folder):
    lacking = Cell("mlp", "real", "gradient", NAME, "eager", "float64", "cpu", 1)
    absence = absence_of(lacking)
    assert absence
    assert (absence.status, absence.reason) == ("omitted", f"no file {folder}/mlp/{NAME}.py")
    with (folder / "newton" / f"{NAME}.py").open("a") as file:
        file.write('EXPECT = {"text*": {"eager:gradient": ("wrong", "it is new")}}\n')
    assert expected_status(CELL) == ("wrong", "it is new")


def test_an_error_names_the_place_in_its_file(folder):
    module = problems.load_implementation("newton", NAME, backends.folders())
    with pytest.raises(KeyError) as caught:
        module.parabola({}, {})
    assert f"(newton/{NAME}.py, line " in describe_error(caught.value)


def test_a_file_of_no_backend_is_refused(folder):
    (folder / "newton" / "my_autgrad.py").write_text("")
    with pytest.raises(
        problems.ProblemError, match=rf"{folder}/newton/my_autgrad\.py: unknown file.*did you mean {NAME}"
    ):
        make_plan(Selection(problems=("newton",), backends=(NAME,)))


def test_without_a_skeleton_a_new_problem_omits_it_with_a_reason(folder, monkeypatch):
    monkeypatch.setattr(backends.load(NAME), "SKELETON", "")
    files = skeleton_files("new")
    assert f"{NAME}.py" not in files
    assert f'"{NAME}": "TODO: write {NAME}.py, or say why not"' in files["__init__.py"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ORDER = 40\n", "", "lacks ORDER: expected as names of the module, not of a class; the class Backend"),
        ("ORDER = 40\n", 'ORDER = "last"\n', "expected a whole number as ORDER"),
        ("wait = numpy_hand.wait\n", "", "lacks wait: expected"),
        ('VARIANTS = {"eager": Variant("autograd.grad")}', "VARIANTS = {}", "at least one variant in VARIANTS"),
        ("ORDER = 40", "ORDER = 20", "ORDER = 20 is the number of numpy_hand; expected one of its own"),
        ("def configure(", "def configure((", ", line 53: SyntaxError: "),
        ("import numpy as np\n", "import numpi\n", ", line 21: ModuleNotFoundError: No module named 'numpi'"),
    ],
)
def test_a_broken_adapter_is_refused_with_its_file_and_what_is_missing(tmp_path, clean, old, new, said):
    write_adapter(tmp_path / "own", old, new)
    known = backends.names()
    with pytest.raises(backends.BackendError, match=rf"{tmp_path}/own/{NAME}\.py(: |, line)") as refused:
        backends.add_folder(tmp_path / "own")
    assert said in str(refused.value)
    assert backends.names() == known


def test_a_folder_without_adapters_and_a_name_that_exists_are_refused(tmp_path, clean):
    (tmp_path / "file.py").touch()
    (tmp_path / "empty").mkdir()
    for given, said in {
        "none": "none: no such folder; expected one with adapters in it",
        "file.py": f"file.py: a file; expected the folder that holds it: type --backends {tmp_path}",
        "empty": "empty: no adapter in it; expected a file such as my_backend.py",
    }.items():
        with pytest.raises(backends.BackendError, match=said):
            backends.add_folder(tmp_path / given)
    (tmp_path / "file.py").rename(tmp_path / "my-backend.py")
    with pytest.raises(backends.BackendError, match=r"my-backend\.py: .*rename it to my_backend\.py"):
        backends.add_folder(tmp_path)
    (tmp_path / "my-backend.py").unlink()
    (tmp_path / "autograd_grad.py").write_text(ADAPTER)
    with pytest.raises(backends.BackendError, match="autograd_grad is the name of a backend that exists already"):
        backends.add_folder(tmp_path)


def test_a_problem_without_a_file_costs_nothing(folder, monkeypatch):
    """No reference is computed for it, in any profile."""
    plan = make_plan(Selection(backends=(NAME,), profile="standard"))
    assert {cell.problem for cell in plan.cells} == set(IMPLEMENTED)
    asked = []
    monkeypatch.setattr("bench.run.orchestrator.load_reference", lambda *case, fresh: asked.append(case[0]))
    prepare_groups(plan, Run(name="run", folder=folder, **profile_settings("standard")), frozenset())
    assert set(asked) == set(IMPLEMENTED)


def test_a_package_that_is_misspelt_is_told_from_one_to_install(folder, monkeypatch):
    monkeypatch.setattr(backends.load(NAME), "REQUIRES", "autogradd")
    monkeypatch.setattr(backends.load(NAME), "EXTRA", "")
    said = backends.absence(NAME, "cpu")
    assert said == f"autogradd is not installed; check REQUIRES in {folder}/{NAME}.py, or give EXTRA, which installs it"


def test_a_folder_of_no_problem_is_told_and_so_is_a_backend_of_which_nothing_is_run(tmp_path, clean):
    write_adapter(tmp_path / "own")
    (tmp_path / "own" / "newtn").mkdir()
    shutil.copy(ROOT / "problems" / "newton" / "autograd_grad.py", tmp_path / "own" / "newtn" / f"{NAME}.py")
    done = typed("check", "--backends", tmp_path / "own", "-b", NAME, "-p", "newton", "--quiet")
    assert done.returncode == 0
    assert f"{tmp_path}/own/newtn: left out: unknown problem 'newtn'; did you mean newton?" in done.stderr
    assert f"{NAME}: nothing is run, as every cell of it is omitted; the first: no file" in done.stderr
    assert f"no file {tmp_path}/own/newton/{NAME}.py" in done.stderr


def test_an_unknown_backend_may_be_in_a_folder():
    assert typed("check", "-b", NAME).stderr.strip().endswith("; or give --backends DIR, for one of your own")


def test_a_missing_function_is_told_with_those_that_there_are(tmp_path):
    module = types.ModuleType("problems.newton.made")
    exec("def objectiv(params, data): ...", vars(module))
    task = backends.Task(module, "objective", "scalar", "value", {}, {}, "eager")
    with pytest.raises(
        AttributeError, match=r"has no objective\(params, data\); it has objectiv: write it, or say why not"
    ):
        _ = task.objective


def test_a_broken_one_is_a_sentence_on_the_command_line(tmp_path):
    write_adapter(tmp_path / "own", "ORDER = 40\n", "")
    done = typed("list", "--backends", tmp_path / "own")
    assert done.returncode == 2
    assert f"gradmark: {tmp_path}/own/{NAME}.py: lacks ORDER:" in done.stderr
