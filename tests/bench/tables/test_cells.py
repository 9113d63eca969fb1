"""What is told of a cell beside what its rows hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.tables.cells import LADDER_COLUMNS, cell_ladders, cells_of_rows, ladder_exponents, ladder_place
from bench.tables.frame import rows_frame
from bench.tables.intervals import median_interval
from tests.bench.report import made_up


def cell(cells, **wanted):
    (found,) = [each for each in cells if all(each[name] == value for name, value in wanted.items())]
    return found


@pytest.mark.parametrize(
    ("instance", "label", "size", "volume"),
    [
        ("n1e3_d10", "n*_d10", 1e3, 1e4),
        ("n1e5_d100_plain", "n*_d100_plain", 1e5, 1e7),
        ("rosenbrock_n1e2", "rosenbrock_n*", 100, 100),
        ("n10_m50", "n*_m50", 10, 500),
    ],
)
def test_a_ladder_is_what_stays_when_the_first_number_goes(instance, label, size, volume):
    found = ladder_place(instance)
    assert (found.label, found.size, found.volume) == (label, size, volume)


@pytest.mark.parametrize("instance", ["textbook", "real", "textbook_3_7", "rate_0.1", "boyd"])
def test_a_name_without_a_size_is_on_no_ladder(instance):
    assert ladder_place(instance).label == ""


def test_the_interval_is_that_of_the_processes_medians_where_there_are_several():
    medians = [1.0, 3.0, 2.0, 5.0, 4.0, 6.0]
    rows = [made_up.row("p", "i", "gradient", "numpy_hand/plain", s, n) for n, s in enumerate(medians)]
    (found,) = cells_of_rows(rows_frame(rows))
    known = median_interval(medians)
    assert (found["low_s"], found["high_s"], found["coverage"]) == (known.low, known.high, known.coverage)
    assert found["interval_of"] == "6 processes"


def test_a_single_process_has_the_interval_of_its_rounds_and_says_so():
    rows = [made_up.row("p", "i", "gradient", "numpy_hand/plain", 2.0, samples_s=[1.0, 2.0, 3.0])]
    (found,) = cells_of_rows(rows_frame(rows))
    assert (found["low_s"], found["high_s"], found["interval_of"]) == (1.0, 3.0, "3 rounds of one process")


def test_a_single_call_has_no_interval():
    rows = [made_up.row("p", "i", "gradient", "numpy_hand/plain", 2.0, samples_s=[2.0])]
    (found,) = cells_of_rows(rows_frame(rows))
    assert math.isnan(found["low_s"])


def test_times_are_related_to_the_fastest_of_the_same_case():
    cells = cells_of_rows(rows_frame(list(made_up.rows())))
    where = {"problem": "linear_regression", "instance": "n1e4_d10", "operation": "gradient"}
    assert cell(cells, method="numpy_hand/plain", **where)["slower"] == 1
    assert cell(cells, method="torch_autograd/eager", **where)["slower"] == pytest.approx(20)
    assert cell(cells, method="torch_autograd/eager", **where)["over"] == pytest.approx(2.5)


def test_what_has_no_time_is_slower_than_nothing():
    cells = cells_of_rows(rows_frame(list(made_up.rows())))
    assert math.isnan(cell(cells, method="tf_tape/eager")["slower"])


def test_compiling_pays_off_against_the_eager_variant_of_the_same_backend():
    where = ("linear_regression", "n1e3_d10", "gradient")
    eager = made_up.row(*where, "torch_autograd/eager", 3.0, prepare_s=0.0, first_call_s=3.0)
    compiled = made_up.row(*where, "torch_autograd/compile", 1.0, prepare_s=0.0, first_call_s=12.0)
    cells = cells_of_rows(rows_frame([eager, compiled]))
    calls = cell(cells, method="torch_autograd/compile")["pays"]
    assert 12 + (calls - 1) * 1 <= calls * 3
    assert 12 + (calls - 2) * 1 > (calls - 1) * 3
    assert math.isnan(cell(cells, method="torch_autograd/eager")["pays"])


@settings(deadline=None)  # the first call imports
@given(st.floats(0.2, 3), st.integers(3, 6))
def test_the_exponent_of_a_power_law_is_found(exponent, sizes):
    ladder = [{"method": "m", "size": 10.0**n, "median_s": 1e-9 * 10.0 ** (n * exponent)} for n in range(sizes)]
    assert ladder_exponents(ladder)["m"].exponent == pytest.approx(exponent, abs=1e-9)


def test_two_sizes_give_no_exponent():
    assert ladder_exponents([{"method": "m", "size": s, "median_s": s} for s in (1.0, 2.0)]) == {}


def test_ladders_hold_timed_cells_of_one_condition_in_ascending_size():
    found = list(cell_ladders(cells_of_rows(rows_frame(list(made_up.rows())))))
    assert len(found) == 4  # two problems, two operations
    for ladder in found:
        assert len({tuple(cell[name] for name in LADDER_COLUMNS) for cell in ladder}) == 1
        assert [cell["size"] for cell in ladder] == sorted(cell["size"] for cell in ladder)
        assert "tf_tape/eager" not in {cell["method"] for cell in ladder}
