"""Warnings: each is given where it should be, and hardly ever where nothing is wrong."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.machine.facts import MachineLoad, load_now
from bench.measure.timing_warnings import (
    WARNING_CODES,
    chance_of_order,
    count_warnings,
    drift_warnings,
    rounds_warnings,
    warning_code,
)

QUIET = MachineLoad(0.0, 0.0, 0.0, 2600.0, "")
LATER = MachineLoad(0.1, 0.11, 0.1, 2600.0, "")


def codes(samples, iterations=1000, step_s=5e-8, before=QUIET, after=LATER):
    return [
        warning_code(w) for w in rounds_warnings(samples, iterations, step_s, before, after, before.elsewhere(after))
    ]


def steady(n=30, spread=0.01, seed=0):
    return list(1e-5 * (1 + spread * np.random.default_rng(seed).normal(size=n)))


def test_a_steady_cell_on_a_quiet_machine_has_none():
    assert codes(steady()) == []


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (steady(spread=0.2), ["spread"]),
        ([*steady(29), 3e-5], ["outliers"]),
        ([1.3e-5, *steady(29)], ["outliers"]),  # not half as slow again, so not compiling
        ([4e-5, *steady(29)], ["outliers", "slow-start"]),
        ([4e-5, *[1e-5] * 8, 5e-5], ["outliers"]),  # the first is not the slowest
        ([1e-5, 9e-5], []),  # too few to tell
    ],
)
def test_samples_tell(samples, expected):
    assert codes(samples) == expected


@pytest.mark.parametrize("n", [5, 10, 30, 100])
def test_chance_alone_hardly_ever_warns(n):
    """One in fifty at most, of samples with the spread that quiet machines have."""
    warned = sum(bool(codes(steady(n, seed=seed))) for seed in range(500))
    assert warned <= 10


def test_a_coarse_clock_is_told_by_the_length_of_a_round():
    assert codes(steady(), iterations=1, step_s=2e-7) == ["clock"]
    assert codes(steady(), iterations=100, step_s=2e-7) == []


def test_the_surroundings_tell():
    busy = MachineLoad(0.1, 0.2, 0.1, 2600.0, "")
    assert codes(steady(), after=busy) == ["load"]
    assert codes(steady(), after=MachineLoad(0.1, 0.2, 0.2, 2600.0, "")) == []  # its own threads
    assert codes(steady(), after=MachineLoad(0.1, 0.1, 0.1, 2000.0, "")) == ["frequency"]
    assert codes(steady(), after=MachineLoad(0.1, 0.1, 0.1, 2600.0, "powersave")) == ["frequency"]
    assert codes(steady(), after=MachineLoad(0.1, 0.1, 0.1, 2600.0, "performance")) == []


def test_a_process_that_computes_beside_this_one_is_seen():
    import subprocess
    import sys
    import time

    with subprocess.Popen(
        [sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        before = load_now()
        time.sleep(0.3)
        busy = before.elsewhere(load_now())
        other.kill()
    assert busy > 0.2


@given(st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=40))
def test_any_samples_give_warnings_of_known_codes_on_one_line(samples):
    for warning in rounds_warnings(samples, 1, 1e-7, QUIET, LATER, QUIET.elsewhere(LATER)):
        assert warning_code(warning) in WARNING_CODES
        assert warning.isprintable()


def test_repeats_that_grow_are_a_drift():
    rising = [1e-5 * (1 + 0.02 * n) for n in range(10)]
    assert list(drift_warnings(rising)) == ["drift: the medians changed by +17% from the first repeat to the last"]
    assert list(drift_warnings([1e-5 * (1 + 0.001 * n) for n in range(10)])) == []  # sure, and too little
    assert list(drift_warnings(rising[:5])) == []  # five in order may be chance
    assert list(drift_warnings([1e-5])) == []


def test_repeats_in_random_order_hardly_ever_drift():
    rng = np.random.default_rng(0)
    warned = sum(bool(list(drift_warnings(list(rng.lognormal(sigma=0.1, size=10))))) for _ in range(1000))
    assert warned <= 20


@pytest.mark.parametrize("n", range(2, 7))
def test_the_chance_of_an_order_agrees_with_scipy_and_with_counting(n):
    from scipy import stats  # here, as it takes a second to import

    for order in list(permutations(range(n)))[::7]:
        concordance = sum(np.sign(order[j] - order[i]) for i in range(n) for j in range(i + 1, n))
        theirs = stats.kendalltau(range(n), order, method="exact").pvalue
        assert chance_of_order(n, abs(int(concordance))) == pytest.approx(theirs)


def test_many_repeats_use_the_normal_distribution_without_a_step():
    counted, normal = chance_of_order(40, 200), chance_of_order(41, 208)
    assert normal == pytest.approx(counted, rel=0.1)


def test_cells_are_counted_once_per_code():
    assert count_warnings([["load", "load", "spread"], ["load"], []]) == {"load": 2, "spread": 1}
