"""The command line: what it prints, and that wrong input is one line and exit status 2."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest
from rich.console import Console

import backends
import problems
from bench import ROOT
from bench.cli import main
from bench.commands import show
from bench.plan.cell import Cell
from bench.rows.row import new_row
from bench.run.folder import Run
from bench.run.progress import report_progress
from tests.bench.processes import FAULTY, gradmark, start
from tests.bench.processes import typed as here


def typed(monkeypatch, capsys, *arguments):
    """(exit status, output, errors) of a command run in this process."""
    monkeypatch.setattr("sys.argv", ["gradmark", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    out, err = capsys.readouterr()
    return stopped.value.code, out, err


WRONG = [
    (["run", "-p", "linear_regresion"], "unknown problem 'linear_regresion'; did you mean linear_regression or"),
    (["run", "-p", "xor_mlp:texbook"], "unknown instance of xor_mlp 'texbook'; did you mean textbook?"),
    (["run", "-b", "jaxgrad"], "unknown backend 'jaxgrad'; did you mean jax_grad"),
    (["run", "-b", "jax_grad/jitt"], "unknown variant of jax_grad 'jitt'; did you mean jit?"),
    (["run", "--operation", "gradients"], "unknown operation 'gradients'; did you mean gradient"),
    (["run", "--dtype", "float16"], "unknown dtype 'float16'; did you mean float"),
    (["run", "--device", "gpu"], "unknown device 'gpu'; did you mean cpu? known: cpu, cuda"),
    (["run", "--profile", "quik"], "unknown profile 'quik'; did you mean quick?"),
    (["run", "--threads", "0"], "--threads 0: expected a whole number of at least 1"),
    (["run", "--threads", "4096"], "--threads 4096: expected 1 to"),
    (["run", "--threads", "two"], "--threads two: expected a whole number"),
    (["run", "--repeats", "-1"], "--repeats -1: expected a whole number"),
    (["run", "--repeats", "1.5"], "--repeats 1.5: expected a whole number"),
    (["run", "--timeout", "nan"], "--timeout nan: expected a positive number of seconds"),
    (["run", "--memory-limit", "lots"], "--memory-limit lots: expected a size such as 2GB or 512MiB"),
    (["run", "--memory-limit", "0GB"], "--memory-limit 0GB: expected a size"),
    (
        ["run", "--resume", "tests"],
        "--resume tests: expected a run folder, with journal.jsonl and environment.json in it",
    ),
    (["run", "--resume", "results/none"], "--resume results/none: expected a run folder"),
    (["run", "--timeout", "soon"], "--timeout soon: expected a positive number of seconds"),
    (["run", "--problems", "no/such/folder"], "expected a folder that holds one folder per problem"),
    (["run", "--backends", "no/such/folder"], "no such folder; expected one with adapters in it"),
    (["list", "--backends", "no/such/folder"], "no such folder; expected one with adapters in it"),
    (["doctor", "--backends", "no/such/folder"], "no such folder; expected one with adapters in it"),
    (["list", "-b", "jaxgrad"], "unknown backend 'jaxgrad'; did you mean jax_grad"),
    (["accuracy", "results/curated", "-b", "numpy_hand"], "with RUN nothing is measured: only --problem"),
    (
        ["compare", "results/curated", "results/curated", "-p", "newtn"],
        "unknown problem in these runs 'newtn'; did you",
    ),
    (["compare", "results/curated", "results/curated", "-p", "newton:no"], "unknown problem in these runs 'newton:no'"),
    (["compare", "results/curated", "results/curated", "--profile", "quick"], "--timeout and --out need --run"),
    (["compare", "results/curated", "results/curated", "--repeats", "3"], "--timeout and --out need --run"),
    (["compare", "results/curated", "results/curated", "--json", "--csv"], "--json and --csv: give one of them"),
    (["compare", "results/curated", "results/curated", "--allow-missing"], "add that, such as --fail-if-slower 10%"),
    (["scale", "xor_mlp"], "xor_mlp has no ladder of sizes"),
    (["run", "--out", "README.md"], "--out README.md: not an empty folder; choose another"),
    (["run", "--out", "tests"], "--out tests: not an empty folder; choose another"),
    (["table", "results/none"], "results/none: expected a run folder"),
    (["table", "results/curated", "--format", "pdf"], "unknown format 'pdf'"),
    (["table", "tests"], "tests: expected a run folder, with a journal.jsonl in it"),
    (["show", "xor_mlp"], "xor_mlp: expected PROBLEM:INSTANCE"),
    (["show", "xor_mlp:textbook", "--operation", "hessian"], "nothing to do"),
    (["show", "xor_mlp:textbook", "--operation", "newton"], "newton: expected one of value, gradient"),
    (["run", "--problm", "xor_mlp"], "No such option: --problm"),
    (["noise", "-b", "nope"], "unknown backend 'nope'"),
    (["report", "results/curated", "--out", "/absent/r.html"], "--out /absent/r.html: no such folder: /absent"),
    (["rum"], "No such command 'rum'"),
    (["table"], "Missing argument 'RUN': expected a run folder; the newest are results/"),
    (["plot"], "Missing argument 'RUN': expected a run folder; the newest are results/"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_wrong_input_is_one_line_and_exit_status_2(arguments, message, monkeypatch, capsys):
    status, out, err = typed(monkeypatch, capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("gradmark: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_journal_without_rows_says_so(tmp_path, monkeypatch, capsys):
    (tmp_path / "journal.jsonl").touch()
    status, _, err = typed(monkeypatch, capsys, "table", tmp_path)
    assert status == 2
    assert "no rows in its journal" in err


def test_a_journal_from_elsewhere_is_shown_escaped(tmp_path):
    from bench.plan.cell import Cell
    from bench.rows.journal import Journal

    cell = Cell("their_problem", "one", "gradient", "their_backend", "plain", "float64", "cpu", 1)
    reason = "\x1b]0;title\x07[bold red]<script>alert(1)</script>\u202e"
    Journal(tmp_path / "journal.jsonl").append_row(new_row(cell, "key", "\x1b[2J", 0, status="error", reason=reason))
    for form in ([], ["--format", "md"], ["--format", "html"], ["--format", "latex"], ["--format", "csv"]):
        done = here("table", tmp_path, *form)
        assert done.returncode == 0, done.stderr
        assert all(line.isprintable() for line in done.stdout.split("\n"))
        assert "their_backend" in done.stdout.replace("\\", "")


def test_binary_junk_is_refused_with_its_line(tmp_path):
    (tmp_path / "journal.jsonl").write_bytes(
        b'{"event": "checked", "key": "a", "repeat": 0}\n\x80\x04\x95cos\nsystem\n'
    )
    done = here("table", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("gradmark: journal.jsonl, line 2: not JSON")


@pytest.mark.parametrize(
    "command", ["list", "run", "check", "show", "table", "compare", "noise", "export", "plot", "textbook-plots"]
)
def test_every_command_has_help_with_an_example(command, monkeypatch, capsys):
    status, out, _ = typed(monkeypatch, capsys, command, "--help")
    assert status == 0
    assert "Example: gradmark" in out


def test_list_names_everything(monkeypatch, capsys):
    status, out, _ = typed(monkeypatch, capsys, "list")
    assert status == 0
    for name in problems.names():
        assert all(f"{name}:{instance.name}" in out for instance in problems.load(name).instances)
    for name in backends.names():
        assert all(f"{name}/{variant}" in out for variant in backends.load(name).VARIANTS)


def test_what_is_missing_is_listed_with_what_to_type(monkeypatch, capsys):
    installed = backends.importlib.util.find_spec
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None if name == "jax" else installed(name))
    _, out, _ = typed(monkeypatch, capsys, "list")
    assert "jax_grad: jax is not installed; type: pip install -c constraints.txt -e '.[jax]'" in out


@pytest.mark.slow
def test_a_missing_framework_is_a_row_and_no_failure(tmp_path, monkeypatch, capsys):
    installed = backends.importlib.util.find_spec
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None if name == "jax" else installed(name))
    status, out, err = typed(
        monkeypatch, capsys, "run", "-p", "linear_regression:textbook", "--operation", "value",
        "-b", "jax_grad/jit", "-b", "numpy_hand", "--out", tmp_path / "run",
    )  # fmt: skip
    assert status == 0
    assert "jax_grad/jit · textbook: unavailable: jax is not installed" in out
    assert "1 ok, 1 unavailable" in err


@pytest.mark.slow
def test_show_prints_full_precision_and_what_failed():
    done = here(
        "show", "linear_regression:textbook", "--operation", "gradient_descent", "--json",
        "-b", "numpy_hand", "-b", "sympy_symbolic", "-b", "numpy_fd/central",
    )  # fmt: skip
    content = json.loads(done.stdout)
    assert done.returncode == 0
    assert list(content)[:6] == ["problem", "instance", "operation", "dtype", "device", "reference"]
    assert list(content["results"]) == ["numpy_hand/plain", "sympy_symbolic/lambdify", "numpy_fd/central"]
    for value in content["results"].values():
        np.testing.assert_array_equal(np.round(value["theta"], 8), [0.11071521, 0.95129619])


@pytest.mark.slow
def test_show_has_a_column_per_backend_and_observed_numbers():
    done = here("show", "xor_mlp:textbook", "--operation", "gradient_descent", "-b", "numpy_hand")
    assert "numpy_hand/plain" in done.stdout
    assert "outputs[1]" in done.stdout
    assert "0.6914" in done.stdout


@pytest.mark.slow
def test_show_says_where_the_reference_is_an_interval():
    for case, columns in (("svm:kink", 2), ("svm:textbook", 0)):
        done = here("show", case, "-b", "numpy_hand")
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("_subgradient") == columns


@pytest.mark.slow
def test_show_says_what_failed():
    done = here("show", "faults:raises", "--problems", FAULTY, "-b", "numpy_hand", "--json")
    assert done.returncode == 1
    result = json.loads(done.stdout)["results"]["numpy_hand/plain"]
    lines = (FAULTY / "faults" / "numpy_hand.py").read_text().splitlines()
    place = lines.index('    raise ValueError("no derivative today")') + 1
    assert result == {
        "status": "error",
        "reason": f"ValueError: no derivative today (faults/numpy_hand.py, line {place})",
    }


@pytest.mark.slow
def test_check_exits_1_for_a_wrong_answer():
    done = gradmark("check", "--problems", FAULTY, "-p", "faults:wrong", "-p", "faults:fine", "-b", "numpy_hand")
    assert done.returncode == 1
    assert "1 ok, 1 wrong" in done.stderr


@pytest.mark.slow
def test_a_folder_of_ones_own_may_leave_backends_out():
    done = gradmark("check", "--problems", FAULTY, "-p", "faults:fine")
    assert done.returncode == 0
    assert "1 ok" in done.stderr
    assert "omitted" in done.stdout


@pytest.mark.slow
def test_pytest_bench_runs_cells_in_one_process():
    import subprocess
    import sys

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "bench",
            "-q",
            "-k",
            "kmeans:textbook and numpy_hand",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert "Median" in done.stdout


SCREEN = (40, 100)


@pytest.mark.slow
def test_help_fits_a_screen_and_shows_three_examples():
    lines = here("--help").stdout.splitlines()
    assert len(lines) <= SCREEN[0]
    assert max(map(len, lines)) <= 120
    assert sum(line.strip().startswith("gradmark ") for line in lines) == 3


@pytest.mark.slow
def test_quiet_says_only_what_failed_and_json_is_every_row(tmp_path):
    selection = ("-p", "scalar_derivative:textbook", "-b", "numpy_hand", "--profile", "quick")
    done = gradmark("run", *selection, "--quiet", "--json", "--out", tmp_path / "run")
    assert done.returncode == 0
    assert done.stderr == ""
    rows = json.loads(done.stdout)
    assert {row["operation"] for row in rows} == {"value", "gradient"}
    assert all(row["status"] == "ok" and row["median_s"] > 0 for row in rows)
    wrong = gradmark("check", "--problems", FAULTY, "-p", "faults:wrong", "-b", "numpy_hand", "--quiet")
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("wrong ")


@pytest.mark.slow
def test_a_run_without_a_terminal_prints_a_line_per_cell(tmp_path):
    done = gradmark("run", "-p", "scalar_derivative:textbook", "-b", "numpy_hand", "--out", tmp_path / "run")
    assert sum(line.startswith("ok ") for line in done.stderr.splitlines()) == 2


@pytest.mark.slow
@pytest.mark.parametrize("variable", ["", "NO_COLOR"])
def test_no_color_is_respected(variable, monkeypatch):
    """FORCE_COLOR makes rich colour a pipe, the fastest in green; NO_COLOR wins."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    if variable:
        monkeypatch.setenv(variable, "1")
    coloured = "32m" in gradmark("table", "results/curated", "--kind", "time", "-p", "newton").stdout
    assert coloured == (not variable)


@pytest.mark.slow
def test_debug_shows_the_traceback_of_an_error_that_is_one_line_without():
    assert here("show", "newton").stderr.count("\n") == 1
    assert "Traceback" in gradmark("show", "newton", "--debug").stderr


def test_a_mistake_of_our_own_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gradmark", "list"])
    monkeypatch.setattr(show, "problems_table", lambda: 1 / 0)
    with pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 70
    assert capsys.readouterr().err == (
        "gradmark: internal error: ZeroDivisionError: division by zero; add --debug for the traceback\n"
    )


@pytest.mark.slow
def test_completion_is_offered():
    process = start(COMP_WORDS="gradmark doc", COMP_CWORD="1", _GRADMARK_COMPLETE="complete_bash")
    assert process.communicate(timeout=60)[0].split() == ["doctor"]


DEFINITION = """from .. import Instance, Problem
import numpy as np
OPERATIONS = {"gradient": {}, "hessian": {}, "value": {}}
def start(): return {"x": np.ones(3)}, {}
PROBLEM = Problem(instances=(Instance(name="a", make=start, operations=OPERATIONS, quick=("gradient", "hessian")),))
"""
ORACLE = """import numpy as np
def objective(params, data): return np.sum(params["x"]**2)
"""
GRADIENT = 'def objective_gradient(params, data): return {"x": 2 * params["x"]}\n'


@pytest.fixture
def mine(tmp_path):
    folder = tmp_path / "mine" / "unfinished"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(DEFINITION)
    (folder / "oracle.py").write_text(ORACLE)
    (folder / "numpy_hand.py").write_text(ORACLE + GRADIENT)
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("make=start", "make=start()", "make is a tuple, ({'x': array("),
        ('"value": {}', '"newton": {"step": 6}', "newton takes steps, tolerance, diagonal; found 'step'"),
        ('"value": {}', '"newton": {}', "newton takes steps, tolerance, diagonal; found no steps: write"),
        ('"value": {}', '"value": {"steps": 6}', "value takes no options; found 'steps'"),
    ],
)
def test_a_definition_that_cannot_be_is_a_sentence(mine, old, new, said):
    path = mine / "__init__.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    done = here("check", "-p", "unfinished", "--problems", mine.parent, "-b", "numpy_hand")
    assert done.returncode == 2
    assert "unfinished" in done.stderr
    assert said in done.stderr


def checked(mine):
    return gradmark("check", "-p", "unfinished", "--problems", mine.parent, "-b", "numpy_hand")


@pytest.mark.slow
def test_a_check_says_what_to_write_and_what_it_left_out(mine):
    done = checked(mine)
    assert done.returncode == 1
    lacking = "unfinished/numpy_hand.py has no objective_hessian(params, data); it has objective, objective_gradient: "
    assert f"{lacking}write it, or say why not" in done.stdout
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        "1 ok, 1 error: cells of 2 of the 3 cases (instance × operation) of unfinished; --profile standard checks all"
    )


@pytest.mark.slow
def test_a_file_of_ones_own_is_named_where_it_is(mine):
    (mine / "oracle.py").unlink()
    done = checked(mine)
    assert done.returncode == 2
    assert "mine/unfinished/oracle.py: there is none; it holds objective(params, data)" in done.stderr
    (mine / "__init__.py").write_text("PROBLEM = (")
    assert "mine/unfinished/__init__.py: SyntaxError: '(' was never closed, line 1" in checked(mine).stderr


def test_the_short_option_for_help_works():
    assert here("run", "-h").stdout.startswith("Usage: gradmark run")


@pytest.mark.slow
@pytest.mark.parametrize("command", [("check",), ("run", "--out", "run")], ids=["check", "run"])
def test_a_failed_cell_is_named_as_it_happens_and_explained_in_the_notes(command, tmp_path):
    """The last line counts the statuses."""
    where = [tmp_path / word if word == "run" and place else word for place, word in enumerate(command)]
    selection = ("--problems", FAULTY, "-p", "faults:raises", "-p", "faults:fine", "-b", "numpy_hand")
    done = gradmark(*where, *selection)
    assert done.returncode == 1
    assert done.stdout.count("no derivative today") == 1
    assert "no derivative today" not in done.stderr
    assert done.stderr.count("error  ") == 1
    assert done.stderr.splitlines()[-1].startswith("1 ok, 1 error")


def test_a_terminal_shows_a_line_for_a_failure_alone(tmp_path, monkeypatch):
    """A row with the status that its instance declares is none."""
    shown = io.StringIO()
    monkeypatch.setattr("bench.run.progress.err", Console(file=shown, force_terminal=True, width=200))
    monkeypatch.setattr("bench.run.progress.is_expected", lambda cell, status: status == "ok")
    cell = Cell("newton", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
    run = Run(name="", folder=tmp_path)
    with report_progress(run, 2):
        run.tell(new_row(cell, "key", "", 0, status="diverged", reason="it went away"))
        run.tell(new_row(cell, "key", "", 0, status="ok", reason="it is right"))
    assert shown.getvalue().count("it went away") == 1
    assert "ok  " not in shown.getvalue()
