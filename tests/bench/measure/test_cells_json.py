"""What pytest-benchmark stores of a cell is JSON that every reader takes."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from bench.measure.test_cells import Session, finish_cell
from bench.plan.cell import PROFILES, Cell
from bench.rows.row import new_row

CELL = Cell("newton", "textbook", "value", "numpy_hand", "plain", "float64", "cpu", 1)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_a_word(number):
    benchmark = SimpleNamespace(extra_info={}, _mode=None)
    finish_cell(Session([], PROFILES["quick"]), CELL, new_row(CELL, "key", "", 0, objective=number), benchmark)
    text = json.dumps(benchmark.extra_info, allow_nan=False)
    assert json.loads(text)["objective"] == str(number)
