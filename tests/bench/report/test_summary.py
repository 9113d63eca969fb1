"""What the summary says."""

from __future__ import annotations

from bench.report import summary
from tests.bench.report import made_up


def found(**more):
    return summary.of_run(made_up.run(**more))


def test_the_fastest_at_both_ends_with_its_factor():
    race = next(race for race in found().races if race.operation == "gradient")
    assert (race.small.instance, race.large.instance) == ("n1e3_d10", "n1e5_d10")
    assert (race.small.method, race.small.next, race.small.ahead) == ("numpy_hand/plain", "jax_grad/jit", "3.00×")
    assert race.small.without_hand == "jax_grad/jit 3.00×"
    assert race.small.told_apart


def test_overlapping_intervals_are_not_told_apart():
    where = ("p", "textbook", "gradient")
    near = [
        made_up.row(*where, method, seconds, n)
        for method, base in (("numpy_hand/plain", 1.0), ("jax_grad/jit", 1.01))
        for n, seconds in enumerate([base, base * 1.1, base * 0.9, base, base * 1.2, base * 0.8])
    ]
    (race,) = found(found=near).races
    assert not race.small.told_apart
    assert race.large is None


def test_headlines_count_problems_and_never_average_over_them():
    (value, gradient) = found().headlines
    assert gradient == (
        "gradient: fastest at small size numpy_hand/plain in 2 of 2; at large size numpy_hand/plain in 2 of 2"
    )
    assert value.startswith("value: ")


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
    assert found(environment={}).facts["When"] == ""
