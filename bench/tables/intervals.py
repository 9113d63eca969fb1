"""Intervals that assume no distribution: of a median, and of the difference between two samples.

All three count order statistics. There is a sorted list of candidates, and a statistic whose distribution is known
whatever that of the samples is; leaving out t candidates at each end gives an interval whose coverage is exactly
1 − 2·P(statistic ≤ t). As many are left out as the confidence allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

MANY_VALUES = (
    60  # values from which the distributions are taken as normal: counting them takes long, and changes nothing
)


@dataclass(frozen=True)
class Interval:
    """An estimate with the bounds that hold the true value in a share `coverage` of all cases, 0 where nothing is known."""

    value: float
    low: float
    high: float
    coverage: float


def median_interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """The median, between order statistics: the number of values below the true median is binomial (n, ½).

    Two values cover it with 50 %, five with 93.75 %; six or more are needed for 95 %, and one covers nothing.
    """
    n = len(values)
    if n > MANY_VALUES:
        return trimmed_interval(np.sort(values), by_normal(n / 2, sqrt(n) / 2, confidence))
    return trimmed_interval(np.sort(values), trim_ends(below_median(n), confidence))


def paired_shift(differences: Sequence[float], confidence: float) -> Interval:
    """Hodges and Lehmann's estimate of the centre of symmetry: the median of the Walsh averages (dᵢ + dⱼ)/2, i ≤ j.

    The interval inverts Wilcoxon's signed-rank test.
    """
    d, n = np.asarray(differences), len(differences)
    i, j = np.triu_indices(n)
    averages = np.sort((d[i] + d[j]) / 2)
    if n > MANY_VALUES:
        return trimmed_interval(averages, by_normal(n * (n + 1) / 4, sqrt(n * (n + 1) * (2 * n + 1) / 24), confidence))
    return trimmed_interval(averages, trim_ends(signed_ranks(n), confidence))


def unpaired_shift(a: Sequence[float], b: Sequence[float], confidence: float) -> Interval:
    """Hodges and Lehmann's estimate of the shift from a to b: the median of all bⱼ − aᵢ.

    The interval inverts the test of Mann and Whitney.
    """
    differences, n, m = np.sort(np.subtract.outer(np.asarray(b), np.asarray(a)).ravel()), len(a), len(b)
    if max(n, m) > MANY_VALUES:
        return trimmed_interval(differences, by_normal(n * m / 2, sqrt(n * m * (n + m + 1) / 12), confidence))
    return trimmed_interval(differences, trim_ends(rank_sums(n, m), confidence))


def narrower_interval(a: Interval, b: Interval, confidence: float) -> Interval:
    """The narrower of two intervals of one quantity; `a` where both together cover too little.

    Choosing after having looked costs coverage: both hold with 1 − (1 − a's) − (1 − b's) at least (Bonferroni).
    """
    both = a.coverage + b.coverage - 1
    if both < confidence:
        return a
    chosen = min((a, b), key=lambda interval: interval.high - interval.low)
    return replace(chosen, coverage=both)


def trimmed_interval(candidates: npt.NDArray[np.float64], ends: tuple[int, float]) -> Interval:
    """The interval that leaves out so many of the sorted candidates at each end. ends: (how many, the coverage)."""
    left_out, coverage = ends
    n = len(candidates)
    middle = float(candidates[(n - 1) // 2] + candidates[n // 2]) / 2  # the median, as they are sorted
    return Interval(middle, float(candidates[left_out]), float(candidates[-1 - left_out]), coverage)


@cache
def trim_ends(outcomes: tuple[int, ...], confidence: float) -> tuple[int, float]:
    """(how many to leave out at each end, the coverage that is reached): at least the confidence, where it can be had.

    outcomes: how many equally likely outcomes give the statistic 0, 1, …
    """
    total, below = sum(outcomes), 0
    best = (0, max(0.0, 1 - 2 * outcomes[0] / total))
    for left_out, count in enumerate(outcomes):
        below += count
        coverage = 1 - 2 * below / total
        if coverage < confidence:
            return best
        best = (left_out, coverage)
    return best


def by_normal(mean: float, deviation: float, confidence: float) -> tuple[int, float]:
    """The same for a statistic that is close to normal, with the correction for continuity."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return max(0, int(mean - 0.5 - z * deviation)), confidence


@cache
def below_median(n: int) -> tuple[int, ...]:
    """Of the 2ⁿ ways to lie below or above, how many have k below."""
    return tuple(comb(n, k) for k in range(n + 1))


@cache
def signed_ranks(n: int) -> tuple[int, ...]:
    """Of the 2ⁿ ways to sign the ranks 1 … n, how many have positive ranks that add up to w: subsets of 1 … n."""
    counts = [1]
    for rank in range(1, n + 1):
        longer = counts + [0] * rank
        for w, count in enumerate(counts):
            longer[w + rank] += count
        counts = longer
    return tuple(counts)


@cache
def rank_sums(n: int, m: int) -> tuple[int, ...]:
    """Of the (n + m choose n) orders of two samples, how many have u pairs in which the first is the greater.

    The last in order is one of the n, greater than all m of the other sample, or one of the m.
    """
    if n == 0 or m == 0:
        return (1,)
    first, second = rank_sums(n - 1, m), rank_sums(n, m - 1)
    counts = [0] * (n * m + 1)
    for u, count in enumerate(first):
        counts[u + m] += count
    for u, count in enumerate(second):
        counts[u] += count
    return tuple(counts)
