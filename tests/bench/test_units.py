"""How numbers are printed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import units


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
    assert units.duration(seconds) == text


@given(st.floats(1e-9, 1e5))
def test_a_duration_is_right_to_three_digits(seconds):
    number, unit = units.duration(seconds).split()
    assert float(number) * dict(units.SECONDS)[unit] == pytest.approx(seconds, rel=5.1e-3)


def test_ratios_and_errors():
    assert [units.ratio(r) for r in (0.0123, 1, 137.2, 5210)] == ["0.0123×", "1.00×", "137×", "5210×"]
    assert [units.error(e) for e in (0.0, 2.13e-16, None, math.nan)] == ["0", "2.1e-16", "", ""]
    assert units.correct_digits(1e-12) == 12
    assert units.correct_digits(0) == 16
    assert units.correct_digits(3.0) == 0
