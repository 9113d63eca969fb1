"""What the summary says."""

from __future__ import annotations

import pytest

from bench.compare import noise_floor
from bench.compare.noise_floor import NoiseFloor, noise_floor_path, write_noise_floor
from bench.machine.facts import machine_facts
from bench.report import coverage
from bench.report.coverage import coverage_sentence
from bench.report.data import run_payload
from bench.report.summary import Winner, summarise_run, tally, typed_command
from tests.bench.report import made_up


def found(**more):
    return summarise_run(made_up.run(**more))


def test_the_fastest_at_both_ends_with_its_factor():
    race = next(race for race in found().races if race.operation == "gradient")
    assert (race.small.instance, race.large.instance) == ("n1e3_d10", "n1e5_d10")
    assert (race.small.method, race.small.next, race.small.ahead) == ("numpy_hand/plain", "jax_grad/jit", "3.00×")
    assert race.small.without_hand == "jax_grad/jit takes 3.00× as long"
    assert not race.small.tied


def test_overlapping_intervals_are_a_tie():
    where = ("p", "textbook", "gradient")
    near = [
        made_up.row(*where, method, seconds, n)
        for method, base in (("numpy_hand/plain", 1.0), ("jax_grad/jit", 1.01))
        for n, seconds in enumerate([base, base * 1.1, base * 0.9, base, base * 1.2, base * 0.8])
    ]
    (race,) = found(found=near).races
    assert race.small.tied
    assert race.large is None


def test_headlines_count_problems_and_never_average_over_them():
    (value, gradient) = found().headlines
    assert gradient == (
        "gradient: fastest at the smallest size numpy_hand/plain in 2 of 2; at the largest size numpy_hand/plain in 2 of 2"
    )
    assert value.startswith("value: ")


def raced(*times, repeats=1):
    """A run of one case: method → seconds, in processes of which each has rounds that hardly differ."""
    where = ("p", "textbook", "gradient")
    methods = list(made_up.METHODS)
    found = [
        made_up.row(*where, methods[i], seconds * (1 + n / 10**4), n)
        for i, seconds in enumerate(times)
        for n in range(repeats)
    ]
    return made_up.run(found=found)


def floor_here(tmp_path, monkeypatch, difference):
    monkeypatch.setattr(noise_floor, "RESULTS", tmp_path)
    path = noise_floor_path(machine_facts(made_up.ENVIRONMENT))
    write_noise_floor(path, NoiseFloor({0: difference}, {0: difference}, {0: 30.0}, repeats=10))
    return path


@pytest.mark.parametrize(
    ("lead", "repeats", "apart"), [(1.05, 1, False), (1.05, 5, False), (1.2, 1, True), (1.05, 6, True)]
)
def test_rounds_of_one_process_do_not_tell_methods_apart(lead, repeats, apart):
    run = raced(1.0, lead, repeats=repeats)
    assert all(cell["high_s"] - cell["low_s"] < 0.001 for cell in run.cells)  # and yet
    (race,) = summarise_run(run).races
    assert race.small.tied is not apart


@pytest.mark.parametrize(("difference", "apart"), [(0.03, True), (0.3, False)])
def test_a_stored_noise_floor_of_the_machine_replaces_the_assumed_one(tmp_path, monkeypatch, difference, apart):
    floor_here(tmp_path, monkeypatch, difference)
    found = summarise_run(raced(1.0, 1.05 if apart else 1.2))
    assert found.races[0].small.tied is not apart
    assert "within the noise floor of this machine" in found.tie_rule
    assert "measured with 10 repeats" in found.tie_rule


def test_a_damaged_noise_floor_leaves_the_report_as_it_would_be_without(tmp_path, monkeypatch):
    floor_here(tmp_path, monkeypatch, 0.3).write_text("{")
    assert not summarise_run(raced(1.0, 1.2)).races[0].small.tied


def test_the_page_says_what_tied_means_here():
    one, six = (summarise_run(raced(1.0, 1.05, repeats=n)).tie_rule for n in (1, 6))
    assert one.startswith(
        "“Tied”: with 1 process per cell there is no 95% confidence interval; the difference is within 10%"
    )
    assert six == "“Tied”: the 95% confidence intervals of the two over processes overlap."


def test_one_process_gives_two_digits_as_in_the_tables():
    run = raced(1.2345, 1.789)
    winner = summarise_run(run).races[0].small
    assert (winner.time, winner.ahead, winner.without_hand) == (
        "1.2 s",
        "1.4×",
        "torch_autograd/eager takes 1.4× as long",
    )
    assert {cell["slower_digits"] for cell in run.cells} == {2}
    assert summarise_run(raced(1.2345, 1.789, repeats=6)).races[0].small.time == "1.23 s"


def test_the_data_tell_which_cells_are_tied_with_the_fastest():
    numbers = run_payload(raced(1.0, 1.05, 1.5))["numbers"]
    assert numbers["tied"] == [0, 1, 0]
    assert numbers["digits"] == [2, 2, 2]


def test_ties_and_methods_that_ran_alone_are_no_wins():
    def winner(method, following="x", tied=False):
        return Winner("i", method, "1 s", following, tied=tied)

    winners = [winner("a"), winner("a"), winner("b"), winner("a", tied=True), winner("b", "")]
    assert tally(winners) == "a in 2 of 5, b in 1 of 5, 1 of 5 tied, 1 of 5 with only one method timed"
    assert tally([winner("a", tied=True)]) == "1 of 1 tied"


def test_every_absence_has_its_reason_and_its_cell():
    (absence,) = found().absences
    assert (absence.status, absence.count, absence.methods) == ("omitted", 1, "tf_tape/eager")
    assert "left out" in absence.reason
    assert absence.cells == "linear_regression:n1e3_d10:gradient:tf_tape/eager:float64"


def test_accuracy_is_one_line_with_the_worst_errors():
    line = found().accuracy
    assert (
        line
        == "48 of 48 checked cells agree with the reference. Worst relative error: exact methods, float64: 1.0e-09."
    )


def test_warnings_are_counted_by_cell():
    rows = [
        made_up.row("p", "i", "gradient", "jax_grad/jit", 1.0, n, warnings=["load: 1.0 CPUs", "spread: wide"])
        for n in (0, 1)
    ]
    assert [(code, count) for code, count, _ in found(found=rows).warnings] == [("load", 1), ("spread", 1)]


def test_an_environment_of_wrong_types_is_told_as_it_is():
    odd = {"cpu": ["a", 1], "memory_bytes": "much", "load": {}, "versions": 3, "settings": None, "decisions": [1]}
    facts = found(environment=odd).facts
    assert facts["Processor"] == "['a', 1]"
    assert facts["Memory"] == ""
    assert found(environment={}).facts["Date"] == ""


def test_the_command_and_the_settings_read_as_they_were_typed():
    nested = {"repeats": 1, "limit_s": None, "selection": {"problems": None, "backends": ["a", "b"], "operations": []}}
    facts = found(environment={"command": "__main__.py run --out x", "settings": nested}).facts
    assert (facts["Command"], facts["Settings"]) == ("gradmark run --out x", "repeats 1, backends a b")
    assert typed_command("gradmark run") == "gradmark run"


def test_what_the_run_left_out_by_choice_is_told():
    settings = {"settings": {"profile": "quick"}}
    line = found(environment=settings).left_out
    assert line.startswith("Not selected for this quick run: numpy_fd/central, ")
    assert "; float32; " in line
    assert "jax_grad/jit" not in line
    assert line.endswith("(gradmark run --profile standard includes them).")
    for odd in ({}, {"settings": 3}, {"settings": {"profile": ["x"]}}, {"settings": {"profile": "x"}}):
        assert found(environment=odd).left_out.startswith("Not selected for this run")
        assert "--profile" not in found(environment=odd).left_out


def test_a_run_of_everything_left_nothing_out(monkeypatch):
    run = made_up.run()
    monkeypatch.setattr(coverage, "registered_cases", lambda: iter([("linear_regression", "n1e3_d10", "gradient")]))
    monkeypatch.setattr(coverage.backends, "methods", list)
    monkeypatch.setattr(coverage, "DTYPES", ("float64",))
    assert coverage_sentence(run) == ""
    every = [
        ("linear_regression", "n1e3_d10", "hessian"),
        ("linear_regression", "n1e3_d10", "value"),
        ("x", "y", "value"),
    ]
    monkeypatch.setattr(coverage, "registered_cases", lambda: iter(every))
    assert "1 of 2 instances; 1 of 2 operations on the other instances." in coverage_sentence(run)
