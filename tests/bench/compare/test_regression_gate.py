"""The gate: what fails it, what it lets pass, and what it refuses to judge by."""

from __future__ import annotations

import pytest

from bench import UsageError
from bench.compare.noise_floor import NoiseFloor
from bench.compare.regression_gate import gate_failures, percent_limit, read_gate, require_patterns, require_repeats
from bench.compare.verdicts import MeasuredCell, cell_name, compare_cells
from tests.bench import simulated

FLOOR = NoiseFloor({-6: 0.03, -3: 0.03}, {-6: 0.05})
STATUSES = ("wrong", "crashed", "timeout", "error", "unavailable", "omitted", "diverged", "ok")  # the worst first


def failures(a, b, *limits, allow_missing=False):
    """The cells that fail the gate, by name."""
    gate = read_gate(limits or ["10%"], allow_missing)
    found = gate_failures(compare_cells(a, b, FLOOR, True), a, b, gate)
    return [line.partition(": ")[0] for line in found]


def two(count=3, factor=1.0):
    return simulated.cells(1, count, 10, spread=0.001), simulated.cells(1, count, 10, factor, 0.001)


def test_the_gate_names_what_is_slower_by_more_and_what_was_lost():
    a, b = two(factor=1.2)
    names = [*map(cell_name, a)]
    list(b.values())[2].status = "crashed"
    assert failures(a, b, "10%") == names
    assert failures(a, b, "25%") == names[2:]
    assert failures(*two()) == []


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", STATUSES)
def test_a_cell_fails_where_its_status_is_worse(before, after):
    a, b = two(1)
    for run, status in ((a, before), (b, after)):
        for cell in run.values():
            cell.status = status
            cell.medians_s = cell.medians_s if status in ("ok", "diverged") else {}
    worse = STATUSES.index(after) < STATUSES.index(before)
    assert bool(failures(a, b)) == worse
    not_run = after in ("omitted", "unavailable")
    assert bool(failures(a, b, allow_missing=True)) == (worse and not not_run)


@pytest.mark.parametrize("status", STATUSES)
def test_a_cell_that_is_absent_fails_unless_it_was_never_run_or_that_is_allowed(status):
    a, b = two()
    place, cell = list(a.items())[1]
    cell.status = status
    del b[place]
    assert failures(a, b) == ([] if status in ("omitted", "unavailable") else [cell_name(place)])
    assert failures(a, b, allow_missing=True) == []


def test_a_cell_without_a_time_fails():
    """Such as one that used more CPUs than it was given: its status is ok, its time withheld."""
    a, b = two()
    place = next(iter(a))
    b[place] = MeasuredCell()
    assert failures(a, b) == [cell_name(place)]
    assert failures(a, b, allow_missing=True) == []


def test_what_is_new_or_better_passes():
    a, b = two()
    places = list(a)
    del a[places[0]]
    a[places[1]] = MeasuredCell(status="crashed")
    assert failures(a, b) == []


def test_a_limit_is_that_of_the_last_pattern_that_fits_and_else_the_plain_one():
    a, b = two(factor=1.2)
    names = [*map(cell_name, a)]
    assert failures(a, b, "p:i1:*=30%", "10%") == [names[0], names[2]]
    assert failures(a, b, "50%", "p:i1:*=5%") == [names[1]]
    assert failures(a, b, "p:i1:*=5%") == [names[1]]
    assert failures(a, b, "*=5%", "p:*:numpy_hand/plain:*=50%") == []
    assert failures(a, b, "p:*:numpy_hand/plain:*=50%", "p:i2:*=5%") == [names[2]]


def test_without_a_limit_for_them_cells_still_must_not_be_lost():
    a, b = two(factor=5)
    del b[list(b)[2]]
    assert failures(a, b, "p:i1:*=5%") == [cell_name(place) for place in list(a)[1:]]


def test_a_pattern_that_guards_nothing_is_refused():
    a, _ = two()
    with pytest.raises(
        UsageError, match=r"'q:\*=…': fits no cell of these runs; expected a pattern of names such as p:i0"
    ):
        require_patterns(read_gate(["10%", "q:*=5%"], False), a)
    require_patterns(read_gate(["10%", "p:*=5%"], False), a)


def test_two_limits_without_a_pattern_are_refused():
    with pytest.raises(UsageError, match="10% was given, too"):
        read_gate(["10%", "5%"], False)


def test_the_gate_wants_ten_repeats_and_says_so():
    few = compare_cells(simulated.cells(1, 1, 9), simulated.cells(2, 1, 9), FLOOR, True)
    with pytest.raises(UsageError, match="at least 10 repeats of every cell, but there are 9"):
        require_repeats(few, read_gate(["10%"], False))
    require_repeats(few, read_gate(["q:*=10%"], False))
    enough = compare_cells(simulated.cells(1, 1, 10), simulated.cells(2, 1, 10), FLOOR, True)
    require_repeats(enough, read_gate(["10%"], False))


@pytest.mark.parametrize("text", ["10", "ten%", "-1%", "0%", "nan%", "inf%", "%", "p:*=10", "p:*=", "=", ""])
def test_a_share_is_a_positive_percentage(text):
    with pytest.raises(UsageError, match=r"expected a percentage, for example 10% or 'xor_mlp:\*=5%'"):
        read_gate([text], False)
    assert percent_limit("12.5%") == 0.125
