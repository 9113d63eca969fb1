"""The table of the pitfalls: what is said of an answer, and of one that is no longer what was found."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bench.plan.cell import Cell
from bench.rows.row import new_row
from bench.study.pitfalls import pitfall_answer, pitfall_notes, pitfall_table
from bench.truth.agreement import Disagreement, compare_with_reference
from tests.bench.processes import gradmark, typed

NAN = float("nan")


def row(instance, status, reason="", dtype="float64"):
    cell = Cell("pitfalls", instance, "gradient", "numpy_hand", "plain", dtype, "cpu", 1)
    return replace(new_row(cell, "key", "run", 0), status=status, reason=reason)


@pytest.mark.parametrize(
    ("instance", "status", "reason", "value", "text"),
    [
        ("square_at_1e8", "ok", "", 2e8, "right"),
        ("absolute_at_0", "ok", "", 0.0, "right, 0.5"),
        ("absolute_at_0", "ok", "", 1.0, "right, 1"),
        ("square_at_1e8", "wrong", "x: expected 2e8, got 3e8", 3e8, "wrong by 5.0e-01"),
        ("square_at_1e8", "wrong", "x: expected 2e8, got nan", "nan", "NaN"),
        ("square_at_1e8", "wrong", "x: expected dtype float32, got float64", 2e8, "wrong: float64"),
        ("no_elements", "error", "ValueError: no", None, "error"),
        ("relu_at_0", "omitted", "it is not analytic here", None, "refused"),
    ],
)
def test_an_answer_in_a_word_or_two(instance, status, reason, value, text):
    assert pitfall_answer(row(instance, status, reason), None if value is None else {"x": value}) == text


def test_a_truth_that_is_not_finite_is_right_with_its_kind():
    assert pitfall_answer(row("nan_in_data", "diverged"), {"x": [2.0, "nan", 12.0]}) == "right (NaN)"
    assert pitfall_answer(row("infinity_in_data", "diverged"), {"x": [2.0, "inf", 12.0]}) == "right (inf)"


def test_errors_and_refusals_are_told_once_for_all_that_say_the_same():
    told = pitfall_notes([row("in_place", "error", "TypeError: no"), row("in_place", "error", "TypeError: no")])
    assert told == ["in_place · numpy_hand/plain, numpy_hand/plain: TypeError: no"]


def test_what_many_traps_say_is_told_once_with_their_number():
    some = [row(f"trap_{n}", "omitted", "too few digits") for n in range(3)]
    many = [row(f"trap_{n}", "omitted", "too few digits") for n in range(9)]
    assert pitfall_notes(some) == ["trap_0, trap_1, trap_2 · numpy_hand/plain: too few digits"]
    assert pitfall_notes(many) == ["9 traps · numpy_hand/plain: too few digits"]


def test_second_derivatives_have_a_title_of_their_own():
    cell = Cell("pitfalls", "sinc_at_0", "hessian", "numpy_hand", "plain", "float64", "cpu", 1)
    second = replace(new_row(cell, "key", "run", 0), status="error", reason="TypeError: no")
    assert pitfall_table([second], {}).title == "Pitfalls · second derivatives · float64"
    assert pitfall_table([row("sinc_at_0", "ok")], {}).title == "Pitfalls · first derivatives · float64"


@pytest.mark.slow
def test_the_command_prints_what_was_found():
    done = gradmark("pitfalls", "norm_at_0", "-b", "numpy_hand", "-b", "numpy_fd/central", "--dtype", "float64")
    assert done.returncode == 0, done.stderr
    assert "NaN" in done.stdout
    assert "right, 0.5" in done.stdout


def test_an_unknown_trap_is_named():
    done = typed("pitfalls", "norm_at_1")
    assert done.returncode == 2
    assert "did you mean norm_at_0" in done.stderr


def compared(found, **more):
    import numpy as np

    truth = np.array([2.0, NAN, 12.0])
    return compare_with_reference(np.array(found), truth, "float64", 1e-12, **more)


def test_an_entry_that_stands_for_itself_must_agree_beside_one_that_is_not_finite():
    assert compared([2.0, NAN, 12.0], separate=True).diverged
    for wrong in ([2.0, NAN, 12.1], [NAN, NAN, 12.0], [2.0, 0.0, 12.0]):
        for separate in (True, False):  # a truth that is NaN comes from the data, and never excuses another entry
            with pytest.raises(Disagreement):
                compared(wrong, separate=separate)


def test_an_address_in_an_error_is_left_out():
    rows = [
        row("in_place", "error", f"failed: <function grad at 0x{n:x}> is no tensor")
        for n in (0x7FB9DFD9CD60, 0x7FB9DFD9CE70)
    ]
    assert pitfall_notes(rows) == [
        "in_place · numpy_hand/plain, numpy_hand/plain: failed: <function grad> is no tensor"
    ]
