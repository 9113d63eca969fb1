"""How numbers are printed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.text.units import (
    TIME_UNITS,
    correct_digits,
    format_duration,
    format_duration_within,
    format_error,
    format_ratio,
    supported_digits,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.2345e-3, "1.23 ms"),
        (9.996e-4, "1.00 ms"),
        (12.34e-6, "12.3 µs"),
        (123.4e-9, "123 ns"),
        (1.5, "1.50 s"),
        (75.25, "75.2 s"),
        (1234.0, "1230 s"),
        (2e-10, "0.200 ns"),
        (None, ""),
        (math.nan, ""),
    ],
)
def test_durations(seconds, text):
    assert format_duration(seconds) == text


@given(st.floats(1e-9, 1e5))
def test_a_duration_is_right_to_three_digits(seconds):
    number, unit = format_duration(seconds).split()
    assert float(number) * dict(TIME_UNITS)[unit] == pytest.approx(seconds, rel=5.1e-3)


def test_ratios_and_errors():
    assert [format_ratio(r) for r in (0.0123, 1, 137.2, 5210)] == ["0.0123×", "1.00×", "137×", "5210×"]
    assert [format_error(e) for e in (0.0, 2.13e-16, None, math.nan)] == ["0", "2.1e-16", "", ""]
    assert correct_digits(1e-12) == 12
    assert correct_digits(0) == 16
    assert correct_digits(0, "float32") == 7.2
    assert correct_digits(3.0) == 0


@pytest.mark.parametrize(
    ("value", "low", "high", "digits"),
    [
        (1.234, 1.19, 1.28, 3),
        (1.234, 1.1, 1.4, 2),
        (1.234, 1.1, 2.4, 2),
        (9.87, 9.8, 9.9, 3),
        (9.87, 9.0, 10.5, 2),
        (1.0, 0.1, 30.0, 2),
        (1.5, 1.5, 1.5, 3),
        (12.34, 12.1, 12.9, 3),
    ],
)
def test_as_many_digits_as_the_interval_supports(value, low, high, digits):
    assert supported_digits(value, low, high) == digits


@pytest.mark.parametrize(
    ("seconds", "low", "high", "text"),
    [
        (1.2345e-3, 1.191e-3, 1.279e-3, "1.23 ms [1.19, 1.28]"),
        (1.2345e-3, 1.02e-3, 1.41e-3, "1.2 ms [1.0, 1.5]"),
        (1.2345e-3, 0.42e-3, 3.41e-3, "1.2 ms [0.4, 3.5]"),
        (123.4e-6, 121e-6, 124.2e-6, "123 µs [121, 125]"),
        (123.4e-6, 111e-6, 144e-6, "120 µs [110, 150]"),
        (999.6e-6, 999e-6, 1001e-6, "1.00 ms [0.99, 1.01]"),
    ],
)
def test_an_interval_is_rounded_outwards(seconds, low, high, text):
    assert format_duration_within(seconds, low, high) == text


@given(st.floats(1e-9, 1e4), st.floats(1, 3), st.floats(1, 3))
def test_a_printed_interval_holds_the_true_one(seconds, below, above):
    low, high = seconds / below, seconds * above
    text = format_duration_within(seconds, low, high)
    unit = text.split()[1]
    bounds = [float(bound) * dict(TIME_UNITS)[unit] for bound in text.partition("[")[2].rstrip("]").split(",")]
    assert bounds[0] <= low * (1 + 1e-6)
    assert bounds[1] >= high * (1 - 1e-6)
