"""Comparison raises, naming the place and both values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench.truth.agreement import Disagreement, compare_with_reference, place_of_entry, tolerance_for

TRUTH = {"a": np.array([[1.0, 2.0], [3.0, 4.0]], np.longdouble), "b": np.array(5.0, np.longdouble)}
RIGHT = {"a": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array(5.0)}

finite = arrays(np.float64, st.integers(1, 8), elements=st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6))


def agree(result, truth=TRUTH, dtype="float64", limit=1e-12, **more):
    return compare_with_reference(result, truth, dtype, limit, **more)


def test_the_truth_agrees_with_itself():
    assert agree(RIGHT).relative == 0


def test_the_order_of_names_does_not_matter():
    assert agree({"b": RIGHT["b"], "a": RIGHT["a"]}).relative == 0


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"a": RIGHT["a"]}, r'structure: expected {"a": array, "b": array}, got {"a": array}$'),
        ({"a": RIGHT, "b": RIGHT["b"]}, r'got {"a": {"a": array, "b": array}, "b": array}$'),
        ({}, r'structure: expected {"a": array, "b": array}, got {}$'),
        ({**RIGHT, "c": np.array(0.0)}, "structure"),
        ({**RIGHT, "b": 5.0}, "b: expected an array, got float"),
        ({**RIGHT, "b": np.array([5.0])}, r"b: expected shape \(\), got \(1,\)"),
        ({**RIGHT, "a": RIGHT["a"][:, :1]}, r"a: expected shape \(2, 2\), got \(2, 1\)"),
        ({**RIGHT, "b": np.array(5, np.float32)}, "b: expected dtype float64, got float32"),
        ({**RIGHT, "a": np.array([[1, 2], [np.nan, 4]])}, r"a\[1, 0\]: expected 3.0, got nan"),
        ({**RIGHT, "a": np.array([[1, 2], [3, 4.01]])}, r"worst at a\[1, 1\]: expected 4.0, got 4.01"),
        (np.array(1.0), r'structure: expected {"a": array, "b": array}, got array$'),
    ],
)
def test_a_difference_is_named(result, message):
    with pytest.raises(Disagreement, match=message):
        agree(result)


def test_shapes_3_and_3_1_differ():
    with pytest.raises(Disagreement, match="shape"):
        agree(np.ones((3, 1)), np.ones(3, np.longdouble))


def test_a_zero_that_is_exactly_right_needs_no_scale_and_any_other_does():
    zeros = np.zeros(3, np.longdouble)
    assert agree(np.zeros(3), zeros).relative == 0
    with pytest.raises(Disagreement, match="all zeros"):
        agree(np.full(3, 1e-300), zeros)
    assert agree(np.zeros(3), zeros, scale=1.0).relative == 0
    with pytest.raises(Disagreement, match="relative error 1"):
        agree(np.array([0.0, 1.0, 0.0]), zeros, scale=1.0)


def test_divergence_is_when_both_are_not_finite():
    truth = np.array([1.0, 1e300], np.longdouble)
    assert compare_with_reference(np.array([1, np.inf], np.float32), truth, "float32", 1e-4).diverged
    with pytest.raises(Disagreement, match=r"value\[1\]: expected a non-finite number"):
        compare_with_reference(np.array([1, 2], np.float32), truth, "float32", 1e-4)
    with pytest.raises(Disagreement, match="got nan"):
        compare_with_reference(np.array([1, np.nan], np.float64), truth, "float64", 1e-12)


def test_an_error_of_one_unit_in_the_last_place_is_one():
    truth = np.array([1.0, 1.5], np.longdouble)
    assert compare_with_reference(np.array([1.0, np.nextafter(1.5, 2)]), truth, "float64", 1e-12).ulp == 1


@given(finite, st.floats(1e-9, 1.0))
def test_an_error_is_found_wherever_it_is(truth, size):
    wrong = truth.copy()
    place = int(np.argmax(np.abs(truth)))
    wrong[place] *= 1 + size
    with pytest.raises(Disagreement):
        agree(wrong, truth.astype(np.longdouble))


@given(finite)
def test_rounding_agrees(truth):
    agree(np.nextafter(truth, np.inf), truth.astype(np.longdouble))


def test_values_are_exact_for_all_methods():
    assert tolerance_for("value", "forward", "float64") == tolerance_for("gradient", "exact", "float64")
    assert tolerance_for("hessian", "forward", "float64") > tolerance_for("gradient", "forward", "float64")


def test_locating_beyond_the_end_is_an_error():
    with pytest.raises(IndexError):
        place_of_entry({"a": np.zeros(2)}, 5)


GROWING = np.longdouble(10) ** np.arange(45)  # beyond float32's range from the 39th on


def overflowing():
    with np.errstate(over="ignore"):
        return GROWING.astype(np.float32)


def test_a_series_agrees_where_it_is_finite_and_diverges_where_the_reference_does():
    assert compare_with_reference(overflowing(), GROWING, "float32", 1e-4, series=True).diverged


@pytest.mark.parametrize(
    ("index", "value", "message"),
    [
        (3, 1010.0, r"value\[3\]: expected 1000.0, got 1010.0"),
        (3, np.inf, r"value\[3\]: expected 1000.0, got inf"),
        (44, 1.0, r"value\[44\]: expected a non-finite number, got 1.0"),
    ],
)
def test_a_series_is_wrong_in_any_entry_before_it_overflows(index, value, message):
    result = overflowing()
    result[index] = value
    with pytest.raises(Disagreement, match=message):
        compare_with_reference(result, GROWING, "float32", 1e-4, series=True)


def test_each_entry_of_a_series_is_relative_to_the_largest_so_far():
    result = GROWING[:20].astype(float)
    result[3] *= 1.01
    assert compare_with_reference(result, GROWING[:20], "float64", 1e-12).relative < 1e-12  # unseen beside 10¹⁹
    with pytest.raises(Disagreement, match=r"relative error 0.00"):
        compare_with_reference(result, GROWING[:20], "float64", 1e-12, series=True)


def test_a_scale_judges_what_vanishes():
    small = np.array([1e-20], np.longdouble)
    with pytest.raises(Disagreement):
        compare_with_reference(np.zeros(1), small, "float64", 1e-12)
    assert compare_with_reference(np.zeros(1), small, "float64", 1e-12, scale=1.0).relative == pytest.approx(1e-20)
    with pytest.raises(Disagreement):
        compare_with_reference(np.full(1, 1e-11), small, "float64", 1e-12, scale=1.0)


@pytest.mark.parametrize(("entry", "place"), [(np.nan, 1), (-np.inf, 1), (0.0, 2)])
def test_of_separate_entries_an_infinite_one_is_infinite_and_nan_is_nan(entry, place):
    truth = np.array([1.0, np.inf, np.nan], np.longdouble)
    right = truth.astype(float)
    assert compare_with_reference(right, truth, "float64", 1e-12, separate=True).diverged
    wrong = right.copy()
    wrong[place] = entry
    with pytest.raises(Disagreement, match=rf"value\[{place}\]: expected {truth[place]}"):
        compare_with_reference(wrong, truth, "float64", 1e-12, separate=True)


def test_what_is_finite_beside_nan_is_judged():
    """NaN and infinity come from the inputs here: each entry is judged by itself."""
    truth = np.array([2.0, np.nan, np.inf], np.longdouble)
    assert agree(np.array([2.0, np.nan, np.inf]), truth).relative == 0
    with pytest.raises(Disagreement, match=r"relative error 0\.5.*value\[0\]"):
        agree(np.array([3.0, np.nan, np.inf]), truth)
    with pytest.raises(Disagreement, match=r"value\[1\]"):
        agree(np.array([2.0, 1.0, np.inf]), truth)
