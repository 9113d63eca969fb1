"""Tables from rows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bench import UsageError
from bench.rows.journal import latest_rows
from bench.run.progress import row_line
from bench.tables.frame import count_statuses, rows_frame, select_rows
from bench.tables.run_tables import run_tables, tables_of_kinds
from bench.text.units import format_duration
from tests.bench import many_rows
from tests.bench.made_rows import HOSTILE, ROWS, row


def tables_of(rows, kind="Time"):
    return [table for table in run_tables(rows_frame(rows)) if table.title.startswith(kind)]


def test_rows_are_methods_in_the_order_of_the_registry_and_columns_instances():
    (table,) = tables_of(ROWS)
    assert list(table.body.index) == ["numpy_fd/central", "numpy_hand/plain", "tf_tape/eager", "jax_grad/jit"]
    assert list(table.body.columns) == ["textbook", "real"]


def test_times_have_units_a_ratio_and_a_mark_for_the_fastest():
    (table,) = tables_of(ROWS)
    assert table.body.loc["numpy_hand/plain", "textbook"] == "2.0 µs (1.0×)"
    assert table.body.loc["jax_grad/jit", "textbook"] == "1.0 µs* (0.50×)"
    assert table.best == {("jax_grad/jit", "textbook"), ("numpy_hand/plain", "real")}


def test_what_has_no_time_says_why():
    (table,) = tables_of(ROWS)
    assert table.body.loc["numpy_fd/central", "textbook"] == "wrong"
    assert "tf_tape/eager · textbook: omitted: too slow" in table.notes


def test_accuracy_and_costs_have_tables_of_their_own():
    (accuracy,), (cost,) = tables_of(ROWS, "Accuracy"), tables_of(ROWS, "Cost")
    assert accuracy.body.loc["jax_grad/jit", "textbook"] == "1.0e-16 (16.0 digits)"
    assert cost.body.loc["textbook · jax_grad/jit", "first call"] == "1.00 ms"


def test_repeats_are_one_cell_with_their_median_and_worst_status():
    rows = [row(repeat=n, median_s=m) for n, m in enumerate([1e-6, 9e-6, 2e-6])]
    (table,) = tables_of(rows)
    assert table.body.loc["numpy_hand/plain", "textbook"] == "2.0 µs* (1.0×)"
    failed = [
        row(repeat=0, status="omitted", median_s=None),
        row(repeat=1, status="crashed", reason="boom", median_s=None),
    ]
    (table,) = tables_of([*failed, row(repeat=2)])
    assert table.body.loc["numpy_hand/plain", "textbook"] == "crashed"
    assert any("crashed: boom" in note for note in table.notes)


def test_a_single_call_is_marked():
    (table,) = tables_of([row(rounds=1), row("jax_grad/jit", rounds=5, median_s=1e-6)])
    assert table.body.loc["numpy_hand/plain", "textbook"] == "2.0 µs† (1.0×)"
    assert "† single call" in table.notes[0]


def test_a_declared_failure_says_why():
    declared = row("numpy_fd/forward", "textbook_3_1", status="wrong", reason="off", median_s=None)
    (table,) = tables_of([replace(declared, problem="scalar_derivative")])
    assert any("wrong: off (as declared: " in note for note in table.notes)


@pytest.mark.parametrize("change", [{"dtype": "float32"}, {"device": "cuda"}, {"threads": 2}])
def test_different_conditions_never_share_a_table(change):
    assert len(tables_of([row(), replace(row(), **change)])) == 2


def test_why_a_cell_has_no_number_stands_under_the_first_table_of_it():
    frame = rows_frame([row(status="error", median_s=None, reason="out of luck")])
    for kinds in ([], ["time"], ["accuracy"]):
        first = tables_of_kinds(frame, kinds)[0]
        assert any("out of luck" in note for note in first.notes)


def test_a_line_for_the_terminal_has_nothing_that_it_would_obey():

    assert row_line(row(status="error", reason=HOSTILE)).isprintable()


def test_a_run_without_rows_has_no_tables():
    assert tables_of([]) == []
    assert count_statuses(rows_frame([])) == "no rows"


def test_a_later_row_of_a_cell_stands_for_the_earlier_ones():

    first, second = row(repeat=0, median_s=1.0), row(repeat=1, median_s=2.0)
    again = row(repeat=0, median_s=3.0)
    assert latest_rows([first, second, again]) == [again, second]


def test_rows_of_another_version_of_a_cell_no_longer_count():
    old = [replace(row(repeat=n), key="old") for n in range(3)]
    new, other = row(repeat=0), row("jax_grad/jit")
    assert latest_rows([*old, other, new]) == [other, new]


@pytest.mark.slow
def test_the_tables_of_ten_thousand_rows_are_right():
    rows = list(many_rows.rows(10_000, repeats=2))
    found = {table.title: table.body for table in tables_of(rows)}
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        body = found[f"Time: {first.problem} · {first.operation} · float64 · cpu · 1 thread"]
        shown = str(body.loc[first.cell.method, first.instance]).partition(" (")[0].rstrip("*")
        times = first.median_s, second.median_s
        assert shown == ("error" if None in times else format_duration(sum(t or 0 for t in times) / 2, 2))
    assert sum(body.size for body in found.values()) == 5000


def test_the_legend_speaks_of_ratios_only_where_there_are_any():
    (table,), (alone,) = tables_of(ROWS), tables_of(ROWS[:1])
    assert "in brackets: ratio to numpy_hand/plain" in table.notes[0]
    assert "brackets" not in alone.notes[0]


def test_a_selection_keeps_what_was_named_and_refuses_what_is_not_there():
    frame = rows_frame(ROWS)
    assert len(select_rows(frame, problem=["linear_regression"], operation=["gradient"])) == len(ROWS)
    with pytest.raises(UsageError, match="unknown problem in this run 'xor'"):
        select_rows(frame, problem=["xor"])
    with pytest.raises(UsageError, match="unknown kind of table 'times'; did you mean time"):
        tables_of_kinds(frame, ["times"])
