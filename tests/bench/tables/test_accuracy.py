"""`gradmark accuracy`: digits by problem and over all cells, and the worst cells with their reasons."""

from __future__ import annotations

import pytest

import problems
from bench.measure.cell import measure_cell
from bench.plan.cell import PROFILES, Cell
from bench.rows.row import Row, new_row
from bench.tables.accuracy import accuracy_tables
from bench.tables.frame import rows_frame
from bench.text.table import Table
from tests.bench.processes import gradmark, typed
from tests.conftest import configured


def row(method: str = "numpy_hand/plain", problem: str = "xor_mlp", instance: str = "textbook", **found) -> Row:
    backend, variant = method.split("/")
    dtype = found.pop("dtype", "float64")
    cell = Cell(problem, instance, found.pop("operation", "gradient"), backend, variant, dtype, "cpu", 1)
    return new_row(cell, f"{method}{problem}{dtype}", "run", 0, **found)


def found(rows: list[Row]) -> dict[str, Table]:
    return {table.title: table for table in accuracy_tables(rows_frame(rows))}


ROWS = [
    row(error_relative=1e-15, error_ulp=4.0, error_explained=1e-16),
    row(problem="newton", error_relative=1e-13, error_ulp=500.0, error_explained=1e-12),
    row("numpy_fd/central", error_relative=1e-10, error_ulp=1e6, error_explained=1e-16),
    row("jax_grad/jit", status="wrong", reason="weights[0]: expected 1.0, got nan"),
    row("jax_grad/jit", problem="newton", status="omitted", reason="why"),
    row("tf_tape/xla", error_relative=1e-6, error_ulp=20.0, dtype="float32"),
]


def test_digits_are_the_median_and_the_fewest():
    table = found(ROWS)["Correct digits over all cells: float64"].body
    assert table.loc["numpy_hand/plain", "median digits"] == "14.0"
    assert table.loc["numpy_hand/plain", "fewest digits"] == "13.0"
    assert table.loc["numpy_hand/plain", "explained"] == "1 of 2"
    assert table.loc["jax_grad/jit", "fewest digits"] == ""
    assert table.loc["jax_grad/jit", "wrong"] == "1"
    by_problem = found(ROWS)["Correct digits by problem: float64"].body
    assert by_problem.loc["numpy_hand/plain", "newton"] == "13.0 (13.0)"
    assert by_problem.loc["numpy_fd/central", "newton"] == ""
    assert by_problem.loc["jax_grad/jit", "xor_mlp"] == "1 wrong"


def test_values_of_functions_are_no_derivatives():
    rows = [row(operation=name, error_relative=error) for name, error in (("value", 1e-16), ("gradient", 1e-8))]
    table = found(rows)["Correct digits over all cells: float64"].body
    assert table.loc["numpy_hand/plain", "median digits"] == "12.0"
    assert table.loc["numpy_hand/plain", "derivatives"] == "8.0"


def test_a_reference_without_a_proved_error_is_named():
    doubtful = row(error_relative=1e-15, warnings=["uncertified: ball arithmetic would take about 70 s"])
    for title in ("Correct digits by problem: float64", "Correct digits over all cells: float64"):
        assert found([doubtful])[title].notes[-1].endswith("warnings of their rows): xor_mlp:textbook:gradient")
        assert "proved" not in found(ROWS)[title].notes[-1]


def test_little_more_than_is_explained_is_about_that():
    body = found([row(error_relative=1.2e-15, error_ulp=1.0, error_explained=1e-15)])[
        "The worst 10 cells: float64"
    ].body
    assert list(body["reason"]) == ["rounding within the computation, about the effect of input rounding"]


def test_what_rounding_of_the_inputs_cannot_change_is_not_unknown():
    body = found([row(error_relative=1e-15, error_ulp=1.0, error_explained=0.0)])["The worst 10 cells: float64"].body
    assert list(body["reason"]) == ["rounding within the computation: input rounding has no effect"]


def test_dtypes_have_tables_of_their_own():
    assert list(found(ROWS)["Correct digits over all cells: float32"].body.index) == ["tf_tape/xla"]


def test_the_worst_cells_say_why():
    reasons = found(ROWS)["The worst 10 cells: float64"].body["reason"]
    assert list(reasons) == [
        "weights[0]: expected 1.0, got nan",
        "finite-difference error (central)",
        "conditioning: input rounding alone may cause this error",
        "rounding within the computation, about 10 times the effect of input rounding",
    ]
    exact = found(ROWS)["The worst 10 cells of exact methods: float64"].body
    assert not any("numpy_fd" in name for name in exact.index)


def test_large_units_are_short_and_an_old_row_explains_nothing():
    body = found([row(error_relative=1e-15, error_ulp=3.79e25)])["The worst 10 cells: float64"].body
    assert list(body["ulp"]) == ["3.8e+25"]
    assert list(body["reason"]) == ["conditioning unknown"]


def test_what_is_wrong_as_declared_is_counted_and_not_among_the_worst():
    declared = row(problem="pitfalls", instance="norm_at_0", status="wrong", reason="nan")
    table = found([*ROWS, declared])["The worst 10 cells: float64"]
    assert not any("pitfalls" in name for name in table.body.index)
    assert table.notes == ("excluding 1 cells declared wrong: see the notes under their tables, and gradmark pitfalls",)
    assert found(ROWS)["The worst 10 cells: float64"].notes == ()


def test_there_are_ten_of_them():
    many = [row(problem=name, error_relative=10.0**-k) for k, name in enumerate(["xor_mlp", "newton"] * 8)]
    for k, each in enumerate(many):
        each.instance = f"n{k}"
    body = found(many)["The worst 10 cells: float64"].body
    assert list(body["digits"]) == [f"{k:.1f}" for k in range(10)]


def test_a_wrong_objective_in_one_backend_shows(monkeypatch):
    """Planted in the text of one implementation, it is at the top of the worst cells."""
    module = problems.load_implementation("xor_mlp", "torch_autograd")
    right = module.objective
    monkeypatch.setattr(module, "objective", lambda params, data: 1.0001 * right(params, data))
    rows = []
    for method in ("torch_autograd/eager", "numpy_hand/plain"):
        rows.append(row(method))
        configured(method.split("/")[0])
        measure_cell(rows[-1].cell, rows[-1], PROFILES["quick"], None, lambda event, result: None)
    assert [each.status for each in rows] == ["wrong", "ok"]
    assert rows[0].error_relative == pytest.approx(1e-4, rel=1e-6)
    body = found(rows)["The worst 10 cells: float64"].body
    assert body.index[0] == "xor_mlp:textbook:gradient torch_autograd/eager"
    assert body["reason"].iloc[0].startswith("relative error 0.0001 (tolerance 1e-12; input rounding accounts for")


@pytest.mark.slow
@pytest.mark.parametrize("dtypes", [["float64"], ["float64", "float32"]])
def test_the_command_checks_cells_in_the_dtypes_of_the_profile_or_those_named(dtypes):
    """As `check` does: the same progress, and the same last line."""
    named = [word for dtype in dtypes[1:] and dtypes for word in ("--dtype", dtype)]
    selection = ("-p", "newton:textbook", "-b", "numpy_hand", "--no-cache", *named)
    done = gradmark("accuracy", *selection, "--format", "md")
    assert done.returncode == 0, done.stderr
    for dtype in ("float64", "float32"):
        assert (f"Correct digits over all cells: {dtype}" in done.stdout) == (dtype in dtypes)
    told = [line.split() for line in gradmark("check", *selection).stderr.splitlines()]
    assert [line.split() for line in done.stderr.splitlines()] == told


def test_a_run_cannot_be_measured_again():
    done = typed("accuracy", "results/curated", "--no-cache")
    assert done.returncode == 2
    assert "with RUN nothing is measured" in done.stderr


def test_a_kind_of_table_can_be_had_alone():
    done = typed("accuracy", "results/curated", "--dtype", "float64", "--kind", "overall", "--format", "md")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("#")] == [
        "### Correct digits over all cells: float64"
    ]
    done = typed("accuracy", "results/curated", "--kind", "best")
    assert done.returncode == 2
    assert "unknown kind of table 'best'" in done.stderr
