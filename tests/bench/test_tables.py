"""Tables from rows."""

from __future__ import annotations

import pytest

from bench import UsageError, splice, tables
from bench.journal import row_of
from bench.plan import Cell


def row(method="numpy_hand/plain", instance="textbook", median_s=2e-6, **more):
    backend, variant = method.split("/")
    cell = Cell("linear_regression", instance, "gradient", backend, variant, "float64", "cpu", 1)
    numbers = {"first_call_s": 1e-3, "prepare_s": 1e-4, "error_relative": 1e-16, "error_ulp": 1.0}
    return row_of(cell, "key", "run", more.pop("repeat", 0), median_s=median_s, **{**numbers, **more})


ROWS = [
    row("jax_grad/jit", median_s=1e-6),
    row(),
    row(instance="real", median_s=4e-6),
    row("numpy_fd/central", median_s=None, status="wrong", reason="off | by <half>"),
    row("tf_tape/eager", median_s=None, status="omitted", reason="too slow"),
]


def tables_of(rows, kind="Time"):
    return [table for table in tables.all_tables(tables.frame(rows)) if table.title.startswith(kind)]


def test_rows_are_methods_in_the_order_of_the_registry_and_columns_instances():
    (table,) = tables_of(ROWS)
    assert list(table.body.index) == ["numpy_fd/central", "numpy_hand/plain", "tf_tape/eager", "jax_grad/jit"]
    assert list(table.body.columns) == ["textbook", "real"]


def test_times_have_units_a_ratio_and_a_mark_for_the_fastest():
    (table,) = tables_of(ROWS)
    assert table.body.loc["numpy_hand/plain", "textbook"] == "2.00 µs (1.00×)"
    assert table.body.loc["jax_grad/jit", "textbook"] == "1.00 µs* (0.500×)"
    assert table.best == {("jax_grad/jit", "textbook"), ("numpy_hand/plain", "real")}


def test_what_has_no_time_says_why():
    (table,) = tables_of(ROWS)
    assert table.body.loc["numpy_fd/central", "textbook"] == "wrong"
    assert "tf_tape/eager · textbook: omitted: too slow" in table.notes


def test_accuracy_and_first_calls_have_tables_of_their_own():
    (accuracy,), (first,) = tables_of(ROWS, "Accuracy"), tables_of(ROWS, "First call")
    assert accuracy.body.loc["jax_grad/jit", "textbook"] == "1.0e-16 (16.0 digits)"
    assert first.body.loc["jax_grad/jit", "textbook"] == "1.00 ms (prepare 100 µs)"


def test_repeats_are_one_cell_with_their_median_and_worst_status():
    rows = [row(repeat=n, median_s=m) for n, m in enumerate([1e-6, 9e-6, 2e-6])]
    (table,) = tables_of(rows)
    assert table.body.loc["numpy_hand/plain", "textbook"] == "2.00 µs* (1.00×)"
    failed = [
        row(repeat=0, status="omitted", median_s=None),
        row(repeat=1, status="crashed", reason="boom", median_s=None),
    ]
    (table,) = tables_of([*failed, row(repeat=2)])
    assert table.body.loc["numpy_hand/plain", "textbook"] == "crashed"
    assert any("crashed: boom" in note for note in table.notes)


def test_a_single_call_is_marked():
    (table,) = tables_of([row(rounds=1), row("jax_grad/jit", rounds=5, median_s=1e-6)])
    assert table.body.loc["numpy_hand/plain", "textbook"] == "2.00 µs† (1.00×)"
    assert "† a single call" in table.notes[0]


def test_a_declared_failure_says_why():
    import dataclasses

    declared = row("numpy_fd/forward", "textbook_3_1", status="wrong", reason="off", median_s=None)
    (table,) = tables_of([dataclasses.replace(declared, problem="scalar_derivative")])
    assert any("wrong: off (as declared: " in note for note in table.notes)


@pytest.mark.parametrize("change", [{"dtype": "float32"}, {"device": "cuda"}, {"threads": 2}])
def test_different_conditions_never_share_a_table(change):
    import dataclasses

    assert len(tables_of([row(), dataclasses.replace(row(), **change)])) == 2


def test_every_format_holds_every_number():
    frame = tables.frame(ROWS)
    for form in ("md", "html", "latex"):
        text = tables.render(frame, form)
        assert "2.00" in text
        assert "0.500" in text
    assert tables.render(frame, "csv").count("\n") == len(ROWS) + 1


def test_html_is_escaped():
    assert "&lt;half&gt;" in tables.render(tables.frame(ROWS), "html")


def test_markdown_marks_the_fastest_in_bold():
    assert "**1.00 µs (0.500×)**" in tables.render(tables.frame(ROWS), "md")


def test_a_selection_keeps_what_was_named_and_refuses_what_is_not_there():
    frame = tables.frame(ROWS)
    assert len(tables.only(frame, problem=["linear_regression"], operation=["gradient"])) == len(ROWS)
    with pytest.raises(UsageError, match="unknown problem in this run 'xor'"):
        tables.only(frame, problem=["xor"])
    with pytest.raises(UsageError, match="unknown kind of table 'times'; did you mean time"):
        tables.of_kinds(frame, ["times"])


def test_tables_are_spliced_between_the_marks(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("before\n<!-- begin: gradmark table -->\nold\n<!-- end -->\nafter\n")
    splice.into(path, "new \\1\n")
    assert path.read_text() == "before\n<!-- begin: gradmark table -->\nnew \\1\n<!-- end -->\nafter\n"
    path.write_text("no marks")
    with pytest.raises(UsageError, match="expected one pair of lines"):
        splice.into(path, "new")
    with pytest.raises(UsageError, match="no such file"):
        splice.into(tmp_path / "none", "new")
