"""The selection is declared once: every command shows and parses its options, and folders of one's own go everywhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer

from bench import ROOT
from bench.commands.app import app
from bench.commands.compare import selections_per_backend
from bench.commands.new import write_problem
from bench.commands.options import SELECTION_FIELDS, SelectionOptions, takes_selection
from bench.machine.probe import Probe, probe_backend
from tests.bench.processes import gradmark, typed

EVERY = {"--problem", "--backend", "--operation", "--dtype", "--device", "--threads", "--profile"}
FOLDERS = {"--problems", "--backends"}
OFFERED = {
    "run": EVERY | FOLDERS,
    "check": EVERY | FOLDERS,
    "scale": EVERY - {"--problem"} | FOLDERS,
    "compare": EVERY | FOLDERS,
    "noise": EVERY | FOLDERS,
    "accuracy": EVERY | FOLDERS,
    "show": {"--backend", "--operation", "--dtype", "--device"} | FOLDERS,
    "pitfalls": {"--backend", "--dtype", "--backends"},
    "list": {"--backend", *FOLDERS},
    "doctor": {"--backends"},
    "steps": {"--problems"},
}


@pytest.mark.parametrize("command", OFFERED)
def test_a_command_offers_these_options_of_the_selection(command):
    group = typer.main.get_command(app)
    found = {word for each in group.commands[command].params for word in each.opts}  # type: ignore[attr-defined]
    assert found & (EVERY | FOLDERS) == OFFERED[command]


def test_what_is_typed_arrives_in_one_value(monkeypatch):
    taken = []
    small = typer.Typer()

    @small.command()
    @takes_selection("backend", "threads", "problems_folder")
    def command(case: str, selection: SelectionOptions, count: int = 1) -> None:
        taken.append((case, selection, count))

    words = ["x", "-b", "a", "--backend", "b", "--threads", "2", "--problems", "mine", "--count", "3"]
    small(words, standalone_mode=False)
    small(["x"], standalone_mode=False)
    assert taken == [
        ("x", SelectionOptions(backend=["a", "b"], threads=["2"], problems_folder="mine"), 3),
        ("x", SelectionOptions(), 1),
    ]
    with pytest.raises(Exception, match="No such option"):
        small(["x", "--profile", "quick"], standalone_mode=False)


def test_the_arguments_select_the_same_elsewhere(monkeypatch):
    """Every option stands in them, and the folders are whole."""
    taken: list[SelectionOptions] = []
    small = typer.Typer()
    small.command()(takes_selection()(lambda selection: taken.append(selection)))
    lists: dict[str, Any] = {name: ["a", "b"] for name in SELECTION_FIELDS[:6]}
    folders: dict[str, Any] = {"problems_folder": "mine", "backends_folder": "ours"}
    small(SelectionOptions(**lists, profile="rigorous", **folders).arguments(), standalone_mode=False)
    whole: dict[str, Any] = {name: str(Path(folder).resolve()) for name, folder in folders.items()}
    assert taken == [SelectionOptions(**lists, profile="rigorous", **whole)]


def test_a_pair_of_runs_passes_the_selection_on_backend_by_backend():
    selection = SelectionOptions(problem=["p"], backend=["a/x", "b", "a/y"], backends_folder="ours")
    folder = ["--backends", str(Path("ours").resolve())]
    assert selections_per_backend(selection, "5") == [
        ["--problem", "p", "--backend", "a/x", "--backend", "a/y", *folder, "--timeout", "5"],
        ["--problem", "p", "--backend", "b", *folder, "--timeout", "5"],
    ]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The options that add a problem and a backend of one's own."""
    base = tmp_path_factory.mktemp("own")
    (base / "problems").mkdir()
    problem = write_problem("quartic", base / "problems")
    shutil.copy(problem / "numpy_hand.py", problem / "my_hand.py")
    (base / "backends").mkdir()
    adapter = (ROOT / "backends" / "numpy_hand.py").read_text().replace("ORDER = 20", "ORDER = 25")
    (base / "backends" / "my_hand.py").write_text(adapter)
    return ("--problems", base / "problems", "--backends", base / "backends")


@pytest.mark.slow
def test_a_backend_of_ones_own_is_listed_probed_checked_and_resumed(own, tmp_path, monkeypatch):
    assert "my_hand/plain" in typed("list", *own).stdout
    monkeypatch.setattr("bench.commands.machine.probe_backend", probe_of_numpy)
    assert "my_hand on cpu" in typed("doctor", *own[2:]).stdout
    cell = ("-p", "quartic", "-b", "my_hand", "--operation", "gradient")
    for command in ("check", "accuracy"):
        done = typed(command, *cell, *own)
        assert done.returncode == 0, done.stderr
        assert "my_hand/plain" in done.stdout
    done = gradmark("run", *cell, *own, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "my_hand/plain" in typed("table", tmp_path / "run").stdout
    chosen = json.loads((tmp_path / "run" / "environment.json").read_text())["settings"]["selection"]
    assert (chosen["problem"], chosen["backends"]) == (["quartic"], str(own[3]))
    refused = typed("run", "--resume", tmp_path / "run", *own[:2])
    assert refused.returncode == 2
    assert "add --backends DIR" in refused.stderr
    assert typed("run", "--resume", tmp_path / "run", *own).returncode == 0


def probe_of_numpy(backend, device):
    """A probe that imports no other framework, which says nothing of a folder."""
    if backend in ("numpy_hand", "my_hand"):
        return probe_backend(backend, device)
    return Probe(backend, device, "", "not asked", "")


@pytest.mark.slow
def test_two_checkouts_are_compared_with_a_backend_of_ones_own(own, tmp_path):
    cell = ("-p", "quartic", "-b", "my_hand", "--operation", "gradient", "--repeats", "1", "--out", tmp_path / "out")
    done = gradmark("compare", "--run", ROOT, ROOT, *cell, *own)
    assert done.returncode == 0, done.stderr
    assert "my_hand/plain" in done.stdout


def test_an_adapter_that_cannot_be_loaded_is_wrong_input(tmp_path):
    (tmp_path / "broken.py").write_text("import no_such_module\n")
    for command in ("list", "doctor", "check"):
        done = typed(command, "--backends", tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "broken.py" in done.stderr
