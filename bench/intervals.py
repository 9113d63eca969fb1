"""Intervals that assume no distribution: of a median, and of the difference between two samples.

All three count order statistics. There is a sorted list of candidates, and a statistic of which every outcome is equally likely
where the true value is what it is; leaving out t candidates at each end gives an interval whose coverage is
1 − 2·P(statistic ≤ t), exactly. As many are left out as the confidence allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Interval:
    """An estimate with the bounds that hold the true value in a share `coverage` of all cases, 0 where nothing is known."""

    value: float
    low: float
    high: float
    coverage: float


def median(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """The median, between order statistics: the number of values below the true median is binomial (n, ½).

    Two values cover it with 50 %, five with 93.75 %; six or more are needed for 95 %, and one covers nothing.
    """
    return trimmed(np.sort(values), below_median(len(values)), confidence)


def paired(differences: Sequence[float], confidence: float) -> Interval:
    """Hodges and Lehmann's estimate of the centre of symmetry: the median of the Walsh averages (dᵢ + dⱼ)/2, i ≤ j.

    The interval inverts Wilcoxon's signed-rank test.
    """
    d = np.asarray(differences)
    i, j = np.triu_indices(len(d))
    return trimmed(np.sort((d[i] + d[j]) / 2), signed_ranks(len(d)), confidence)


def unpaired(a: Sequence[float], b: Sequence[float], confidence: float) -> Interval:
    """Hodges and Lehmann's estimate of the shift from a to b: the median of all bⱼ − aᵢ.

    The interval inverts the test of Mann and Whitney.
    """
    differences = np.subtract.outer(np.asarray(b), np.asarray(a)).ravel()
    return trimmed(np.sort(differences), rank_sums(len(a), len(b)), confidence)


def trimmed(candidates: npt.NDArray[np.float64], outcomes: tuple[int, ...], confidence: float) -> Interval:
    """The narrowest symmetric interval of at least this coverage, or the widest there is where none has it.

    candidates: sorted. outcomes: how many equally likely outcomes give the statistic 0, 1, …
    """
    left_out, coverage = trim(outcomes, confidence)
    middle = float(np.median(candidates))
    return Interval(middle, float(candidates[left_out]), float(candidates[-1 - left_out]), coverage)


@lru_cache(maxsize=None)
def trim(outcomes: tuple[int, ...], confidence: float) -> tuple[int, float]:
    """(how many to leave out at each end, the coverage that is reached)."""
    total, below = sum(outcomes), 0
    best = (0, max(0.0, 1 - 2 * outcomes[0] / total))
    for left_out, count in enumerate(outcomes):
        below += count
        coverage = 1 - 2 * below / total
        if coverage < confidence:
            return best
        best = (left_out, coverage)
    return best


@lru_cache(maxsize=None)
def below_median(n: int) -> tuple[int, ...]:
    """Of the 2ⁿ ways to lie below or above, how many have k below."""
    return tuple(comb(n, k) for k in range(n + 1))


@lru_cache(maxsize=None)
def signed_ranks(n: int) -> tuple[int, ...]:
    """Of the 2ⁿ ways to sign the ranks 1 … n, how many have positive ranks that add up to w: subsets of 1 … n."""
    counts = [1]
    for rank in range(1, n + 1):
        longer = counts + [0] * rank
        for w, count in enumerate(counts):
            longer[w + rank] += count
        counts = longer
    return tuple(counts)


@lru_cache(maxsize=None)
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
