"""What the repeats of a cell say together, in the tables."""

from __future__ import annotations

import pytest

from bench.tables.frame import rows_frame
from bench.tables.run_tables import run_tables
from tests.bench.made_rows import row

MEDIANS = [1.00e-6, 1.01e-6, 1.02e-6, 1.03e-6, 1.04e-6, 1.05e-6, 1.06e-6, 1.07e-6, 1.08e-6, 1.09e-6]
SHUFFLED = [MEDIANS[n] for n in (3, 7, 0, 9, 2, 5, 8, 1, 6, 4)]


def table_of(medians, **more):
    rows = [row(repeat=n, median_s=median, **more) for n, median in enumerate(medians)]
    return next(iter(run_tables(rows_frame(rows))))


def text_of(medians, **more):
    return table_of(medians, **more).body.iloc[0, 0]


def notes_of(medians, **more):
    return " | ".join(table_of(medians, **more).notes)


def test_ten_repeats_have_an_interval_of_the_second_and_the_ninth():
    assert text_of(SHUFFLED) == "1.04 µs* [1.01, 1.08] (1.00×)"
    assert "95 % confidence interval of the median over processes" in notes_of(SHUFFLED)


def test_three_digits_only_where_the_interval_supports_them():
    wide = [median * (1 + 0.1 * n) for n, median in enumerate(MEDIANS)]
    assert text_of(wide) == "1.5 µs* [1.1, 2.0] (1.0×)"


def test_one_process_has_two_digits_and_says_why():
    assert text_of([1.234e-6]) == "1.2 µs* (1.0×)"
    assert "1 process per cell, so no confidence interval" in notes_of([1.234e-6])


@pytest.mark.parametrize(("count", "coverage"), [(2, "50%"), (3, "75%"), (5, "94%")])
def test_few_repeats_say_what_their_range_covers(count, coverage):
    assert "[" not in text_of(MEDIANS[:count])
    assert f"{count} processes per cell: their range is a {coverage} confidence interval" in notes_of(MEDIANS[:count])


def test_six_repeats_are_the_fewest_with_an_interval():
    assert text_of(SHUFFLED[:6]) == "1.04 µs* [1.00, 1.09] (1.00×)"


def test_warnings_are_counted_by_cell():
    notes = notes_of(SHUFFLED, warnings=["load: 1.0 CPUs", "spread: 20%", "UserWarning: of the framework's own"])
    assert "cells with warnings, out of 1: 1 spread, 1 load" in notes
    assert "cells with warnings" not in notes_of(SHUFFLED)


def test_a_drift_between_repeats_is_found_when_tables_are_made():
    assert "cells with warnings, out of 1: 1 drift" in notes_of(MEDIANS)


def test_rows_in_another_order_than_their_repeats_drift_no_less():
    rows = [row(repeat=n, median_s=median) for n, median in enumerate(MEDIANS)]
    shuffled = [rows[n] for n in (3, 7, 0, 9, 2, 5, 8, 1, 6, 4)]
    table = next(iter(run_tables(rows_frame(shuffled))))
    assert any("1 drift" in note for note in table.notes)
