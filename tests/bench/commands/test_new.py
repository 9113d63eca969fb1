"""A new problem passes its check as it is written, finds a wrong formula, and becomes another one when it is filled in."""

from __future__ import annotations

import pytest

import backends
import problems
from bench import UsageError
from bench.commands.new import FIRST_PROBLEM, write_backend, write_problem
from bench.measure.cell import measure_cell
from bench.plan.cell import PROFILES
from bench.plan.selection import Selection, make_plan
from bench.rows.row import new_row
from tests.bench.processes import added_folders_forgotten, gradmark, typed
from tests.cells import COMPILES_FOR_SECONDS
from tests.conftest import configured

QUICK = ("-b", "numpy_fd", "-b", "numpy_hand", "-b", "sympy_symbolic")


def check(folder, name, *more):
    return gradmark("check", "-p", name, "--problems", folder, *more)


@pytest.mark.slow
def test_a_new_problem_passes_in_every_backend_and_says_what_to_change(tmp_path):
    done = typed("new", "problem", "quartic", "--problems", tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"gradmark check -p quartic --problems {tmp_path}" in done.stdout
    with_skeletons = [name for name in backends.names() if backends.load(name).SKELETON]
    for stem in ("__init__", "oracle", *with_skeletons):
        text = (tmp_path / "quartic" / f"{stem}.py").read_text()
        assert "TODO" in text
        assert "$" not in text
    checked = check(tmp_path, "quartic", "--profile", "standard", "--dtype", "float64", "-b", "numpy_hand")
    assert checked.returncode == 0, checked.stderr
    assert checked.stderr.endswith("4 ok\n")
    with added_folders_forgotten():
        problems.add_folder(tmp_path)
        plan = make_plan(Selection(problems=("quartic",), profile="standard", dtypes=("float64",)))
        assert {cell.backend for cell in plan.absent} == set(backends.names()) - set(with_skeletons)
        assert len(plan.cells) + len(plan.absent) == 4 * len(backends.methods())
        for cell in plan.cells:
            if cell.variant not in COMPILES_FOR_SECONDS:
                configured(cell.backend)
                row = new_row(cell, "key", "run", 0)
                measure_cell(cell, row, PROFILES["standard"], None, lambda event, result: None)
                assert row.status == "ok", (cell.name, row.reason)


@pytest.mark.slow
def test_a_filled_in_problem_is_another_one_and_its_mistakes_show(tmp_path):
    """From ¼ Σ r⁴ to ½ Σ r²: the oracle first, then each implementation, with a sign error on the way."""
    folder = write_problem("squares", tmp_path)
    edit(
        folder / "oracle.py", "np.sum(residual * residual * residual * residual) / 4", "np.sum(residual * residual) / 2"
    )
    assert check(tmp_path, "squares", "-b", "numpy_hand").returncode == 1
    for stem in ("numpy_fd", "numpy_hand"):
        edit(folder / f"{stem}.py", "square @ square / 4", "square.sum() / 2")
    edit(folder / "numpy_hand.py", "(residual * residual * residual) @", "-residual @")
    edit(folder / "sympy_symbolic.py", "Rational(1, 4) * residual**4", "Rational(1, 2) * residual**2")
    wrong = check(tmp_path, "squares", *QUICK)
    assert wrong.returncode == 1
    assert "squares:textbook:gradient:numpy_hand/plain" in wrong.stderr
    assert wrong.stderr.count("wrong  ") == 1  # as it happens; the note under the table says it again
    edit(folder / "numpy_hand.py", "-residual @", "residual @")
    assert check(tmp_path, "squares", "-b", "numpy_hand").returncode == 0


def edit(path, old, new_text):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new_text))


@pytest.mark.parametrize("name", ["xor_mlp", "My", "two words", "class", "_hidden", "../up", ""])
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(name, tmp_path):
    with pytest.raises(UsageError):
        write_problem(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_new_backend_passes_its_check_and_a_second_one_has_another_number(tmp_path):
    done = typed("new", "backend", "first_own", "--backends", tmp_path)
    assert done.returncode == 0, done.stderr
    again = typed("new", "backend", "second_own", "--backends", tmp_path)
    assert again.returncode == 0, again.stderr
    for name in ("first_own", "second_own"):
        checked = gradmark("check", "--backends", tmp_path, "-b", name, "-p", "scalar_derivative:textbook")
        assert checked.returncode == 0, checked.stderr
        assert checked.stderr.count("\nok  ") + checked.stderr.startswith("ok  ") == 2
    known = typed("list", "--backends", tmp_path, "-b", "second_own")
    assert "second_own/plain" in known.stdout
    assert "numpy_hand" not in known.stdout


def test_a_new_backend_in_this_repository_has_a_file_in_every_problem(tmp_path, monkeypatch):
    """In a copy of what it reads, with folders for problems."""
    for name in problems.names():
        (tmp_path / "problems" / name).mkdir(parents=True)
    first = problems.FOLDER / FIRST_PROBLEM / "numpy_fd.py"
    (tmp_path / "problems" / FIRST_PROBLEM / "numpy_fd.py").write_text(first.read_text())
    (tmp_path / "backends").mkdir()
    monkeypatch.setattr(problems, "FOLDER", tmp_path / "problems")
    monkeypatch.setattr(backends, "FOLDER", tmp_path / "backends")
    write_backend("my_own", None)
    assert (tmp_path / "backends" / "my_own.py").is_file()
    for name in problems.names():
        path = tmp_path / "problems" / name / "my_own.py"
        assert name == FIRST_PROBLEM or problems.literals(path, 0)["OMIT"] == {
            "*": {"*": "TODO: write it, or say why not"}
        }
    with pytest.raises(UsageError, match=r"my_own\.py: exists, or names another backend"):
        write_backend("my_own", None)


@pytest.mark.parametrize("name", ["jax_grad", "my-backend", "class"])
def test_a_backend_of_such_a_name_is_refused_and_nothing_is_written(name, tmp_path):
    with pytest.raises(UsageError):
        write_backend(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_word_of_python_and_a_file_are_told_apart(tmp_path):
    with pytest.raises(UsageError, match="'class': a Python keyword"):
        write_problem("class", tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file: not a folder"):
        write_problem("mine", tmp_path / "file")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="mkdir"):
        write_problem("mine", tmp_path / "absent")
