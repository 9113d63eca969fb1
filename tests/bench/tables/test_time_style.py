"""Tables of times as they are asked for: another reference, one unit, a quantile. The default is as it was."""

from __future__ import annotations

import numpy as np
import pytest

from bench.rows.journal import Journal
from bench.tables.frame import rows_frame
from bench.tables.run_tables import FASTEST, TimeStyle, tables_of_kinds
from bench.text.units import format_duration, format_duration_within
from tests.bench.made_rows import ROWS, row
from tests.bench.processes import typed

ROUNDS = [1e-6 * n for n in range(1, 12)]


def table(rows, **style):
    (found,) = tables_of_kinds(rows_frame(rows), ["time"], TimeStyle(**style))
    return found


def column(found, name="textbook"):
    return dict(found.body[name])


def test_the_default_stays():
    (usual,) = tables_of_kinds(rows_frame(ROWS), ["time"])
    assert usual.body.equals(table(ROWS).body)
    assert usual.notes == table(ROWS).notes
    assert column(usual)["jax_grad/jit"] == "1.0 µs* (0.50×)"


def test_ratios_are_to_the_method_that_is_named():
    found = table(ROWS, relative_to="jax_grad/jit")
    assert column(found)["numpy_hand/plain"] == "2.0 µs (2.0×)"
    assert column(found)["jax_grad/jit"] == "1.0 µs* (1.0×)"
    assert column(found, "real")["numpy_hand/plain"] == "4.0 µs*"  # which jax_grad has no time of
    assert "in brackets: ratio to jax_grad/jit" in found.notes[0]


def test_ratios_are_to_the_fastest_of_each_instance():
    found = table(ROWS, relative_to=FASTEST)
    assert column(found)["numpy_hand/plain"] == "2.0 µs (2.0×)"
    assert column(found, "real")["numpy_hand/plain"] == "4.0 µs* (1.0×)"
    assert "in brackets: ratio to the fastest" in found.notes[0]


def test_a_reference_without_a_time_is_said():
    found = table(ROWS, relative_to="tf_tape/eager")
    assert "×" not in found.body.to_string()
    assert "no ratios: tf_tape/eager has no time here" in found.notes


@pytest.mark.parametrize(
    ("unit", "text"), [("ns", "2000 ns"), ("µs", "2.0 µs"), ("ms", "0.0020 ms"), ("s", "0.0000020 s")]
)
def test_every_time_is_in_the_unit_that_is_named(unit, text):
    found = column(table(ROWS, unit=unit))
    assert found["numpy_hand/plain"] == f"{text} (1.0×)"
    assert found["jax_grad/jit"].split()[1] == f"{unit}*"


def test_intervals_are_in_the_unit_too():
    assert format_duration_within(2.01e-6, 1.98e-6, 2.04e-6, "ns") == "2010 ns [1980, 2040]"
    assert format_duration_within(2.01e-3, 1.98e-3, 2.04e-3, "s") == "0.00201 s [0.00198, 0.00204]"
    assert format_duration(2.01e-3, 3, "s") == "0.00201 s"
    rows = [row(repeat=n, median_s=2e-6 * (1 + n / 1000)) for n in range(8)]
    assert column(table(rows, unit="ms"))["numpy_hand/plain"].startswith("0.00201 ms* [0.00200, 0.00202]")


@pytest.mark.parametrize("q", [0.0, 0.5, 0.9, 1.0])
def test_a_quantile_is_of_the_rounds_that_are_stored(q):
    found = table([row(samples_s=ROUNDS, rounds=11)], quantile=q)
    assert column(found)["numpy_hand/plain"] == f"{format_duration(np.quantile(ROUNDS, q), 2)}* (1.0×)"
    assert found.notes[0].startswith(f"{q:g} quantile of the time per call over a process's rounds")


def test_of_several_processes_the_median_of_their_quantiles_is_shown():
    rows = [row(repeat=n, samples_s=[s * k for s in ROUNDS], rounds=11) for n, k in enumerate((1, 2, 30))]
    assert column(table(rows, quantile=0.9))["numpy_hand/plain"] == "20 µs* (1.0×)"


def test_a_cell_without_rounds_says_so_and_one_without_a_time_stays_without():
    found = table([row(), row("jax_grad/jit", median_s=None)], quantile=0.9)
    assert column(found)["numpy_hand/plain"] == "not stored"
    assert column(found)["jax_grad/jit"] == "not timed"
    assert any(note.startswith("not stored: the journal holds the median") for note in found.notes)


def test_other_tables_keep_their_medians():
    frame = rows_frame([row(samples_s=ROUNDS, rounds=11)])
    (cost,) = tables_of_kinds(frame, ["cost"], TimeStyle(quantile=1.0, unit="ns"))
    assert cost.body["steady"].item() == "2.0 µs"


@pytest.fixture
def run(tmp_path):
    for each in ROWS:
        Journal(tmp_path / "journal.jsonl").append_row(each)
    return tmp_path


def test_the_command_takes_all_three(run):
    words = ["--kind", "time", "--relative-to", "fastest", "--unit", "us"]
    out = typed("table", run, *words).stdout
    assert "2.0 µs (2.0×)" in out
    assert "not stored" in typed("table", run, "--quantile", "0.9").stdout
    assert "ratio to the fastest" in typed("table", run, *words, "--format", "md").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--relative-to", "jax_grad/jt"],
            "unknown backend/variant in this run 'jax_grad/jt'; did you mean jax_grad/jit",
        ),
        (["--relative-to", "torch_autograd/eager"], "unknown backend/variant in this run"),
        (["--unit", "hours"], "unknown unit 'hours'"),
        (["--quantile", "90"], "--quantile 90: expected a number from 0 to 1, such as 0.9"),
        (["--quantile", "nan"], "--quantile nan: expected a number from 0 to 1"),
        (["--quantile", "most"], "--quantile most: expected a number from 0 to 1"),
        (["--format", "csv", "--unit", "ms"], "--format csv: holds every number as it is"),
        (["--kind", "cost", "--unit", "ms"], "are for the tables of times; add --kind time"),
    ],
)
def test_wrong_input(run, words, said):
    done = typed("table", run, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
