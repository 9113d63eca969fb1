"""Intervals: held against the exact tests of SciPy, and against what they promise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.tables import intervals
from bench.tables.intervals import below_median, median_interval, paired_shift, rank_sums, signed_ranks, unpaired_shift

SAMPLES = st.lists(st.floats(-100, 100, allow_nan=False), min_size=1, max_size=14)


@pytest.mark.parametrize(
    ("n", "places", "coverage"),
    [
        (1, (0, 0), 0.0),
        (2, (0, 1), 0.5),
        (3, (0, 2), 0.75),
        (5, (0, 4), 0.9375),
        (6, (0, 5), 0.96875),
        (10, (1, 8), 0.978),
    ],
)
def test_a_median_lies_between_the_order_statistics_of_the_binomial(n, places, coverage):
    values = [float(v) for v in range(n)]
    found = median_interval(values[::-1])
    assert (found.low, found.high) == places
    assert found.value == np.median(values)
    assert found.coverage == pytest.approx(coverage, abs=1e-3)


def test_the_median_agrees_with_scipy():
    from scipy import stats  # here, as it takes a second to import

    for n in range(6, 30):
        values = np.random.default_rng(n).normal(size=n)
        theirs: Any = stats.quantile_test(values, p=0.5).confidence_interval(0.95)
        ours = median_interval(list(values))
        assert ours.low == theirs.low
        assert ours.high == theirs.high


@pytest.mark.parametrize(
    ("n", "confidence"), [(6, 0.95), (7, 0.95), *((n, confidence) for n in range(8, 13) for confidence in (0.95, 0.99))]
)
def test_paired_inverts_the_signed_rank_test(n, confidence):
    """Just outside the interval SciPy's exact test rejects, just inside it does not."""
    from scipy import stats  # here, as it takes a second to import

    d = np.random.default_rng(n).normal(size=n)
    found = paired_shift(list(d), confidence)
    for bound, outward in ((found.low, -1e-9), (found.high, 1e-9)):
        assert stats.wilcoxon(d - bound - outward, method="exact").pvalue <= 1 - confidence + 1e-12
        assert stats.wilcoxon(d - bound + outward, method="exact").pvalue > 1 - confidence


@pytest.mark.parametrize(("n", "m"), [(5, 5), (6, 6), (6, 9), (10, 10)])
@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_unpaired_inverts_the_test_of_mann_and_whitney(n, m, confidence):
    from scipy import stats  # here, as it takes a second to import

    rng = np.random.default_rng([n, m])
    a, b = rng.normal(size=n), rng.normal(size=m)
    found = unpaired_shift(list(a), list(b), confidence)
    for bound, outward in ((found.low, -1e-9), (found.high, 1e-9)):
        assert stats.mannwhitneyu(b - bound - outward, a, method="exact").pvalue <= 1 - confidence + 1e-12
        assert stats.mannwhitneyu(b - bound + outward, a, method="exact").pvalue > 1 - confidence


@given(SAMPLES)
def test_bounds_hold_the_estimate_and_swap_with_the_sign(values):
    for interval in (
        median_interval,
        lambda v: paired_shift(v, 0.99),
        lambda v: unpaired_shift([0.0], v, 0.99),
    ):
        found, mirrored = interval(values), interval([-v for v in values])
        assert found.low <= found.value <= found.high
        assert (mirrored.low, mirrored.high) == (-found.high, -found.low)
        assert 0 <= found.coverage < 1


@given(SAMPLES, st.floats(-5, 5))
def test_a_shift_is_found_as_it_is(values, shift):
    found = unpaired_shift(values, [v + shift for v in values], 0.95)
    assert found.value == pytest.approx(shift, abs=1e-9)


@pytest.mark.parametrize("n", [3, 6, 10])
def test_the_coverage_is_what_is_promised(n):
    """Of skewed samples, as times are: 2000 tries, to within four standard errors."""
    rng = np.random.default_rng(n)
    found = [median_interval(list(rng.lognormal(size=n))) for _ in range(2000)]
    share = np.mean([interval.low <= 1 <= interval.high for interval in found])
    assert share == pytest.approx(
        found[0].coverage, abs=4 * np.sqrt(found[0].coverage * (1 - found[0].coverage) / 2000)
    )


@pytest.mark.parametrize("n", [4, 5, 7])
def test_outcomes_add_up(n):
    from math import comb

    assert sum(signed_ranks(n)) == sum(below_median(n)) == 2**n
    assert sum(rank_sums(n, n + 1)) == comb(2 * n + 1, n)


def test_the_normal_distribution_takes_over_without_a_step(monkeypatch):
    rng = np.random.default_rng(1)
    a, b = list(rng.normal(size=40)), list(rng.normal(size=40))

    def all_three():
        return median_interval(a), paired_shift(a, 0.99), unpaired_shift(a, b, 0.99)

    exact = all_three()
    monkeypatch.setattr(intervals, "MANY_VALUES", 10)
    for counted, normal in zip(exact, all_three(), strict=True):
        assert counted.value == normal.value
        assert (normal.high - normal.low) == pytest.approx(counted.high - counted.low, rel=0.1)
