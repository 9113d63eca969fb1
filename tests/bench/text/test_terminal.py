"""Names without their middle, and columns that go before the ones that matter."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.text.table import Table
from bench.text.terminal import TableLayout, shortened_names, terminal_width

NAMES = [f"linear_regression:n1e5_d10:gradient:{m}:float64:cpu:t1" for m in ("jax_grad/jit", "sympy_symbolic/lambdify")]


@given(
    st.lists(st.text("ab:/· _", max_size=60), min_size=1, max_size=5), st.integers(6, 80), st.sampled_from(["…", ".."])
)
def test_no_name_is_longer_than_it_may_be_and_none_that_fits_is_changed(names, width, sign):
    for name, short in zip(names, shortened_names(names, width, sign), strict=True):
        assert len(short) <= width
        assert short == name or len(name) > width


def test_what_tells_names_apart_is_kept_the_longest():
    assert shortened_names(NAMES, 31) == ["linear_regress…jax_grad/jit…:t1", "lin…sympy_symbolic/lambdify…:t1"]
    assert shortened_names(["numpy_hand/plain"], 12) == ["num…nd/plain"]
    assert all("…" in name and name.startswith("lin") and name.endswith("1") for name in shortened_names(NAMES, 16))


def table(least=(), numeric=True):
    body = pd.DataFrame(
        {"a": ["1.00 µs [0.9, 1.1]"], "b": ["2.00 µs"], "verdict": ["slower"]}, index=pd.Index(NAMES[:1])
    )
    return Table("t", body, numeric=numeric, least=least)


def test_the_least_important_column_goes_first_and_then_intervals():
    kept = {width: TableLayout(table(("b", "a")), width).kept() for width in (100, 80, 60, 40)}
    assert kept[100] == ["a", "b", "verdict"]
    assert kept[60] == ["a", "verdict"]
    assert kept[40] == ["verdict"]
    assert list(TableLayout(table(("b",)), 40).notes()) == ["not shown in 40 columns: b, intervals"]


def test_columns_that_are_all_the_same_to_a_table_go_on_below():
    parts = list(TableLayout(table(), 60).parts())
    assert parts == [["a", "b"], ["verdict"]]
    assert not TableLayout(table(), 60).dropped


@pytest.mark.parametrize(("stated", "width"), [("40", 40), ("7", 20), ("0", 200), ("many", 200), ("", 200)])
def test_a_width_that_is_stated_holds_and_a_pipe_has_room(stated, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", stated)
    assert terminal_width() == width


def test_numbers_lose_their_interval_before_they_are_broken():
    cells = ["1.23 ms* [1.19, 1.28] (0.50×)", "omitted"]
    body = pd.DataFrame({"n1e5_d10": cells, "": ["", ""]}, index=pd.Index(["jax_grad/jit", "sympy_symbolic/lambdify"]))
    assert TableLayout(Table("t", body), 40).cells["n1e5_d10"] == ["1.23 ms* (0.50×)", "omitted"]
    assert TableLayout(Table("t", body), 60).cells["n1e5_d10"] == cells
    assert not TableLayout(Table("t", body), 60).is_compact
