"""Verdicts: what is different is found, what is the same is not, and what cannot be told says so."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import UsageError
from bench.compare.noise import cells_with_verdict, false_positives, fit_noise, judge_noise, noise_verdict, target_met
from bench.compare.noise_floor import (
    ASSUMED_NOISE,
    LEAST_NOISE,
    NoiseFloor,
    fit_decades,
    noise_floor_table,
    read_noise_floor,
    write_noise_floor,
)
from bench.compare.verdicts import MeasuredCell, compare_cells, geometric_mean, judge_cell, ratio_text, verdict_table
from tests.bench import simulated

FLOOR = NoiseFloor({-6: 0.03, -3: 0.03}, {-6: 0.05})
TIMES = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=12).map(lambda times: dict(enumerate(times)))


def verdicts(a, b, floor=FLOOR, interleaved=True):
    return [cell.verdict for cell in compare_cells(a, b, floor, interleaved)]


@pytest.mark.parametrize("interleaved", [True, False])
def test_ten_repeats_find_a_slowdown_of_15_percent_and_are_silent_without(interleaved):
    """At a spread of 6 % between processes: in more than 17 of 20 cells, and in fewer than one of a hundred.

    The floor is fitted on another pair of the same, as `gradmark noise` does.
    """
    one, other = ((simulated.cells(seed, 400, 10), simulated.cells(seed + 1, 400, 10)) for seed in (11, 13))
    floor = fit_noise(one, other, 10)
    a = simulated.cells(1, 400, 10)
    slower = verdicts(a, simulated.cells(2, 400, 10, 1.15), floor, interleaved)
    faster = verdicts(a, simulated.cells(2, 400, 10, 1 / 1.15), floor, interleaved)
    same = verdicts(a, simulated.cells(2, 400, 10), floor, interleaved)
    assert slower.count("slower") > 340
    assert faster.count("faster") > 340
    assert same.count("slower") + same.count("faster") < 4
    assert "faster" not in slower


@pytest.mark.parametrize(("repeats", "verdict"), [(5, "noisy"), (6, "slower")])
def test_fewer_than_six_repeats_are_noisy_whatever_they_say(repeats, verdict):
    a, b = (simulated.cells(seed, 1, repeats, factor, 0.001) for seed, factor in ((1, 1), (2, 2)))
    assert verdicts(a, b) == [verdict]


def test_pairs_see_through_what_slows_both_down():
    """A neighbour that moves all processes of a repeat by 30 %: pairs find the change, two samples do not."""
    a = simulated.cells(1, 100, 10, spread=0.02, common=3)
    b = simulated.cells(2, 100, 10, 1.15, spread=0.02, common=3)
    assert verdicts(a, b).count("slower") == 100
    assert verdicts(a, b, interleaved=False).count("slower") < 50


def test_a_process_gone_astray_in_either_run_hides_no_slowdown():
    """One process of ten takes 1.4 times as long: Wilcoxon's interval alone would be too wide to tell."""
    a, b = simulated.cells(1, 50, 10, spread=0.02), simulated.cells(2, 50, 10, 1.15, spread=0.02)
    for cell in a.values():
        cell.medians_s[3] *= 1.4
    for cell in b.values():
        cell.medians_s[7] *= 1.4
    assert verdicts(a, b).count("slower") > 45
    assert all(interval.coverage > 0.96 for cell in compare_cells(a, b, FLOOR, True) if (interval := cell.ratio))


def test_a_difference_within_the_floor_is_none_however_sure():
    a, b = simulated.cells(1, 1, 10, spread=1e-4), simulated.cells(2, 1, 10, 1.08, 1e-4)
    assert verdicts(a, b) == ["slower"]
    assert verdicts(a, b, NoiseFloor({-6: 0.09})) == ["same"]
    (cell,) = compare_cells(a, simulated.cells(2, 1, 10, 1.5, 1e-4), NoiseFloor({-6: 0.6}), True)
    assert (cell.verdict, cell.why) == ("noisy", "the difference is within the noise floor of this machine")


def test_the_same_is_said_only_where_a_change_would_have_shown():
    a, b = simulated.cells(1, 50, 10, spread=0.5), simulated.cells(2, 50, 10, spread=0.5)
    assert set(verdicts(a, b, fit_noise((a, b), (b, a), 10))) == {"noisy"}
    quiet = simulated.cells(1, 50, 10, spread=0.01), simulated.cells(2, 50, 10, spread=0.01)
    assert set(verdicts(*quiet)) == {"same"}


def test_new_and_gone_and_the_geometric_mean_of_what_both_have():
    a, b = simulated.cells(1, 4, 10, spread=0.001), simulated.cells(1, 4, 10, 2, 0.001)
    places = list(a)
    del a[places[0]]
    b[places[1]].status, b[places[1]].reason = "wrong", "off by one"
    a[places[2]].status = b[places[2]].status = "error"
    compared = compare_cells(a, b, FLOOR, True)
    found = {cell.place: cell.verdict for cell in compared}
    assert found == {places[0]: "new", places[1]: "gone", places[3]: "slower"}
    mean, count = geometric_mean(compared)
    assert (mean, count) == (pytest.approx(2), 1)
    notes = " | ".join(verdict_table(compared, ("a", "b"), []).notes)
    assert "geometric mean of B ÷ A over the 1 cells" in notes
    assert "gone: wrong: off by one" in notes
    assert "1 slower, 1 new, 1 gone" in notes


@given(TIMES, TIMES, st.booleans())
def test_swapping_the_runs_turns_the_verdict_round(a, b, interleaved):
    there = judge_cell(("p",), MeasuredCell(a), MeasuredCell(b), FLOOR, interleaved)
    back = judge_cell(("p",), MeasuredCell(b), MeasuredCell(a), FLOOR, interleaved)
    mirror = {"slower": "faster", "faster": "slower"}
    assert mirror.get(there.verdict, there.verdict) == back.verdict
    assert there.ratio
    assert back.ratio
    assert there.ratio.value == pytest.approx(1 / back.ratio.value)


# The floor


def test_the_floor_is_fitted_on_one_pair_and_met_by_another():
    """Three tries: noise of 6 % between processes, fewer than 1 % of 300 cells called different."""
    for seed in (1, 2, 3):
        runs = [simulated.cells(10 * seed + n, 300, 10, spread=0.06) for n in range(4)]
        floor = fit_noise((runs[0], runs[1]), (runs[2], runs[3]), 10)
        judged = judge_noise((runs[2], runs[3]), floor)
        assert target_met(judged), noise_verdict(judged)
        assert all(0.05 < floor.of(10.0**decade, True) < 0.15 for decade in range(-6, -1))


def test_the_target_can_be_missed():
    a, b = simulated.cells(1, 50, 10, spread=0.01), simulated.cells(2, 50, 10, 1.2, spread=0.01)
    judged = judge_noise((a, b), NoiseFloor({-6: 0.02}))
    assert false_positives(judged) == (50, 50)
    assert not target_met(judged)
    assert not target_met([])


def test_a_machine_too_busy_to_tell_anything_does_not_meet_it():
    """Hardly a cell is called different, and that proves nothing."""
    runs = [simulated.cells(n, 50, 10, spread=0.5) for n in range(4)]
    judged = judge_noise((runs[2], runs[3]), fit_noise((runs[0], runs[1]), (runs[2], runs[3]), 10))
    assert cells_with_verdict(judged) < 25
    assert not target_met(judged)
    assert "INCONCLUSIVE: " in noise_verdict(judged)


def test_orders_of_magnitude_have_floors_of_their_own():
    floor = NoiseFloor(fit_decades([(2e-6, 1.05), (2e-6, 1 / 1.05), (2e-3, 1.01), (2e-3, 1 / 1.01)] * 10))
    assert floor.of(5e-6, True) == pytest.approx(1.05**3.5 - 1)
    assert floor.of(5e-3, True) == pytest.approx(1.01**3.5 - 1)
    assert floor.of(1.0, True) == floor.of(5e-3, True)  # the nearest that was measured


def test_few_cells_are_joined_by_their_neighbours_and_none_is_below_the_least():
    floor = fit_decades([(2e-6, 1.3), *[(2e-5, 1.0001)] * 20])
    assert floor[-6] == pytest.approx(math.exp(3.5 * math.log(1.3) / math.sqrt(21)) - 1, rel=1e-3)
    assert floor[-5] == LEAST_NOISE
    assert fit_decades([]) == {}


def test_where_nothing_was_measured_a_floor_is_assumed():
    assert NoiseFloor().of(1e-3, True) == ASSUMED_NOISE
    assert FLOOR.of(1e-6, interleaved=False) == 0.05
    assert NoiseFloor({-6: 0.2}, {-6: 0.05}).of(1e-6, interleaved=False) == 0.2


def test_a_floor_comes_back_from_its_file_and_another_file_is_refused(tmp_path):
    floor = NoiseFloor({-6: 0.1}, {-6: 0.2}, {-6: 3}, "now", "gradmark noise", 10)
    path = tmp_path / "noise" / "machine.json"
    assert read_noise_floor(path) == NoiseFloor()
    write_noise_floor(path, floor)
    assert read_noise_floor(path) == floor
    for text in ("{}", "[]", "x", path.read_text().replace("0.1", "-0.1"), path.read_text().replace("0.1", "NaN")):
        path.write_text(text)
        with pytest.raises(UsageError, match=r"machine.json: not a valid noise floor; run gradmark noise"):
            read_noise_floor(path)


def test_a_table_of_the_floor_has_a_line_for_each_order_of_magnitude():
    table = noise_floor_table(NoiseFloor({-6: 0.1, -3: 0.02}, {-6: 0.2}, {-6: 30, -3: 9}, "", "", 10))
    assert list(table.body.index) == ["1.00 µs to 10.0 µs", "1.00 ms to 10.0 ms"]
    assert list(table.body["interleaved"]) == ["10.0%", "2.0%"]


def test_a_cell_shows_its_ratio_with_the_digits_that_the_interval_supports():
    compared = compare_cells(simulated.cells(1, 1, 10, spread=1e-3), simulated.cells(2, 1, 10, 2, 1e-3), FLOOR, True)
    assert ratio_text(compared[0]).startswith("2.00 [")
    few = compare_cells(simulated.cells(1, 1, 3), simulated.cells(2, 1, 3, 2), FLOOR, True)
    assert "[" not in ratio_text(few[0])
    assert math.isclose(few[0].floor, 0.03)
