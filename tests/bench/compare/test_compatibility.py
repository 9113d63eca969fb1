"""Which runs may be compared, through the command line on run folders that are made up."""

from __future__ import annotations

import csv
import json
import re

import pytest

from bench import UsageError
from bench.compare import noise_floor
from bench.compare.compatibility import check_comparable, read_measurement
from bench.compare.noise_floor import NoiseFloor, noise_floor_path, write_noise_floor
from bench.machine.facts import machine_differences, machine_facts, machine_name, this_machine_facts, this_machine_name
from tests.bench import simulated
from tests.bench.commands.test_cli import typed


@pytest.fixture(autouse=True)
def _floor(monkeypatch, tmp_path):
    """A machine whose noise floor is 3 %."""
    monkeypatch.setattr(noise_floor, "RESULTS", tmp_path / "results")
    facts = machine_facts(simulated.ENVIRONMENT)
    write_noise_floor(noise_floor_path(facts), NoiseFloor({-6: 0.03}, {-6: 0.05}, {-6: 20}, "", "", 10))


@pytest.fixture
def write(tmp_path):
    """Write run `name`: 20 cells, slower by `factor`, with ten repeats unless told otherwise."""

    def write(name, factor=1.0, repeats=10, pair="", seed=None, spread=0.02, threads=1, **environment):
        found = simulated.cells(seed or sum(map(ord, name)), 20, repeats, factor, spread)
        found = {(*place[:-1], threads): cell for place, cell in found.items()}
        return simulated.write(tmp_path / name, found, pair, **environment)

    return write


@pytest.fixture
def compare(monkeypatch, capsys):
    return lambda *arguments: typed(monkeypatch, capsys, "compare", *arguments)


def test_a_run_without_rows_is_no_run_to_compare(write, compare):
    a, b = write("a"), write("b")
    (b / "journal.jsonl").write_text("")
    status, _, err = compare(a, b)
    assert status == 2
    assert "b: journal.jsonl has no rows" in err


def test_a_slowdown_of_15_percent_is_found_and_nothing_else(write, compare):
    before, after, again = write("before"), write("after", 1.15), write("again")
    status, out, _ = compare(before, after)
    assert status == 0
    assert "20 slower" in out
    assert "geometric mean of B ÷ A over the 20 cells timed in both runs: 1.1" in out
    assert "the runs are not interleaved" in out
    assert "20 same" in compare(before, again)[1]


def test_the_gate_fails_for_slower_cells_alone(write, compare):
    before, after, again = write("before"), write("after", 1.15), write("again")
    status, _, err = compare(before, after, "--fail-if-slower", "10%")
    assert status == 1
    assert err.count("× as long") > 15
    assert compare(before, after, "--fail-if-slower", "25%")[0] == 0
    assert compare(before, again, "--fail-if-slower", "10%")[0] == 0
    assert compare(after, before, "--fail-if-slower", "10%")[0] == 0


def test_the_gate_wants_ten_repeats(write, compare):
    before, few = write("before"), write("few", repeats=9)
    status, out, err = compare(before, few, "--fail-if-slower", "10%")
    assert (status, out) == (2, "")
    assert "needs at least 10 repeats of every cell, but there are 9" in err
    assert compare(before, few)[0] == 0
    status, _, err = compare("--run", before, few, "--fail-if-slower", "10%", "--repeats", "9")
    assert "at least 10 repeats" in err


def test_fewer_than_six_repeats_are_noisy(write, compare):
    assert "20 noisy" in compare(write("before", repeats=5), write("after", 2.0, repeats=5))[1]


@pytest.mark.parametrize(
    ("fact", "value"), [("cpu", "another"), ("cores", 4), ("cpus_usable", 1), ("memory_bytes", 2**35)]
)
def test_two_machines_are_refused_unless_told_to(write, compare, fact, value):
    before, there = write("before"), write("there", **{fact: value})
    status, out, err = compare(before, there)
    assert (status, out) == (2, "")
    assert "different machines" in err
    assert "--across-machines compares them anyway" in err
    status, out, _ = compare(before, there, "--across-machines")
    assert status == 0
    assert "DIFFERENT MACHINES" in out
    assert "no noise floor measured" in out


def test_a_little_memory_less_is_the_same_machine(write, compare):
    assert compare(write("before"), write("after", memory_bytes=2**34 - 2**27))[0] == 0


def test_other_environment_variables_are_refused_unless_told_to(write, compare):
    before, there = write("before", variables={}), write("there", variables={"XLA_FLAGS": "--xla_cpu_fast"})
    status, out, err = compare(before, there)
    assert (status, out) == (2, "")
    assert "different environment variables (XLA_FLAGS: unset and '--xla_cpu_fast')" in err
    status, out, _ = compare(before, there, "--across-machines")
    assert status == 0
    assert "DIFFERENT ENVIRONMENT VARIABLES (XLA\\_FLAGS" in out or "DIFFERENT ENVIRONMENT VARIABLES (XLA_FLAGS" in out
    assert compare(before, write("same", variables={"PYTHONUNBUFFERED": "1"}))[0] == 0


def test_a_run_without_its_environment_is_of_no_known_machine(write, compare):
    before, after = write("before"), write("after")
    (after / "environment.json").unlink()
    assert "does not name the machine" in compare(before, after)[2] or "different machines" in compare(before, after)[2]
    assert compare(before, after, "--across-machines")[0] == 0


def test_different_thread_counts_are_refused_unless_told_to(write, compare):
    before, two = write("before"), write("two", threads=2)
    status, out, err = compare(before, two)
    assert (status, out) == (2, "")
    assert "different thread counts (1 and 2); --across-threads" in err
    status, out, _ = compare(before, two, "--across-threads")
    assert status == 0
    assert "DIFFERENT THREAD COUNTS (1 and 2)" in out
    assert "20 same" in out


def test_threads_that_a_framework_counts_otherwise_are_refused(write, compare):
    before, after = write("before"), write("after")
    journal = after / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"effective_threads": 1', '"effective_threads": 2'))
    assert "different thread counts (as reported by the framework of " in compare(before, after)[2]
    assert "DIFFERENT THREAD COUNTS" in compare(before, after, "--across-threads")[1]


def test_runs_in_turns_are_compared_in_pairs(write, tmp_path):
    runs = [read_measurement(write(name, pair=pair)) for name, pair in (("a", "1f"), ("b", "1f"), ("c", "2e"))]
    assert check_comparable(runs[0], runs[1], False, False).interleaved
    assert not check_comparable(runs[0], runs[2], False, False).interleaved


def test_a_problem_that_is_defined_differently_is_noted(write, compare):
    before, after = write("before"), write("after")
    (after / "sources.json").write_text(json.dumps({"problems/linear_regression/__init__.py": "other"}))
    assert "linear_regression: its definition differs between the runs" in compare(before, after)[1]


@pytest.mark.parametrize("text", ["[]", "", "[" * 10_000, "{"])
def test_an_environment_that_is_none_is_refused(write, text):
    folder = write("before")
    (folder / "environment.json").write_text(text)
    with pytest.raises(UsageError, match=r"environment\.json: (expected object|not JSON)"):
        read_measurement(folder)


def test_a_machine_that_is_told_in_control_characters_is_shown_escaped(write, compare):
    before, there = write("before"), write("there", cpu="\x1b[2Jcpu")
    assert "\x1b" not in compare(before, there)[2]
    assert "\x1b" not in compare(before, there, "--across-machines")[1]


def test_wrong_input(write, compare):
    before, after = write("before"), write("after")
    assert "expected a percentage" in compare(before, after, "--fail-if-slower", "10")[2]
    assert "unknown format 'pdf'" in compare(before, after, "--format", "pdf")[2]
    assert "expected a run folder" in compare(before, before / "none")[2]
    assert "| cell" in compare(before, after, "--format", "md")[1]


def test_a_machine_has_a_name_fit_for_a_file_and_facts_without_a_host():
    facts = this_machine_facts()
    assert set(facts) == {"cpu", "cores", "cpus_usable", "memory_gib"}
    assert "/" not in this_machine_name()
    assert this_machine_name() == machine_name(facts)
    assert machine_differences(facts, facts) == ""


def test_noise_wants_six_repeats(monkeypatch, capsys):
    status, _, err = typed(monkeypatch, capsys, "noise", "--repeats", "5")
    assert status == 2
    assert "--repeats 5: a verdict needs at least 6" in err


def test_the_gate_fails_where_a_cell_of_the_first_run_is_gone(write, compare):
    before, after = write("before"), write("after")
    journal = after / "journal.jsonl"
    journal.write_text("".join(line for line in journal.read_text().splitlines(True) if '"i3"' not in line))
    status, _, err = compare(before, after, "--fail-if-slower", "10%")
    assert status == 1
    assert err == "gradmark: linear_regression:i3:gradient:numpy_hand/plain:float64:cpu:t1: not in the second run\n"
    assert compare(before, after, "--fail-if-slower", "10%", "--allow-missing")[0] == 0
    assert compare(before, after, "--fail-if-slower", "10%", "-p", "linear_regression:i4")[0] == 0


def test_the_gate_fails_and_does_not_refuse_where_every_cell_is_gone(write, compare):
    before, after = write("before"), write("after")
    journal = after / "journal.jsonl"
    journal.write_text(
        re.sub('"median_s": [^,]*', '"median_s": null', journal.read_text().replace('"ok"', '"omitted"'))
    )
    assert compare(before, after, "--fail-if-slower", "10%")[0] == 1
    assert compare(before, after)[0] == 2


def test_a_limit_for_some_cells_stands_beside_that_for_all(write, compare):
    before, after = write("before"), write("after", 1.15)
    status, _, err = compare(before, after, "--fail-if-slower", "50%", "--fail-if-slower", "*:i3:*=5%")
    assert status == 1
    assert [line.split(":")[2] for line in err.splitlines()] == ["i3"]


def test_a_comparison_of_finished_runs_is_of_the_cells_that_are_named(write, compare):
    before, after = write("before"), write("after")
    assert (
        compare(before, after, "-p", "linear_regression:i3", "-p", "linear_regression:i4")[1].count("numpy_hand") == 2
    )
    for chosen in (["-b", "numpy_hand"], ["-b", "numpy_hand/plain", "--operation", "gradient", "--threads", "1"]):
        assert compare(before, after, *chosen)[1].count("numpy_hand/plain") == 20
    status, out, err = compare(before, after, "-b", "numpy_hnd")
    assert (status, out) == (2, "")
    assert "unknown backend in these runs 'numpy_hnd'; did you mean numpy_hand" in err


def test_only_what_changed_is_shown_and_all_is_counted(write, compare):
    before, after = write("before"), write("after")
    journal = after / "journal.jsonl"
    journal.write_text("".join(line for line in journal.read_text().splitlines(True) if '"i3"' not in line))
    out = compare(before, after, "--only-changed")[1]
    assert out.count("numpy_hand/plain") == 2  # its line, and the reason below
    assert "19 same, 1 gone" in out
    assert "not shown: 19 cells that did not change" in out


def test_json_and_csv_hold_every_cell(write, compare):
    before, after = write("before"), write("after", 1.5)
    status, out, err = compare(before, after, "--json", "--fail-if-slower", "10%")
    content = json.loads(out)
    assert status == 1
    assert len(content["cells"]) == 20
    assert content["failures"] == [line.removeprefix("gradmark: ") for line in err.splitlines()]
    cell = content["cells"][0]
    assert cell["ratio"] == pytest.approx(cell["b_s"] / cell["a_s"], rel=0.1)
    assert (cell["verdict"], cell["repeats"], cell["a_status"]) == ("slower", 10, "ok")
    (table,) = [csv.DictReader(compare(before, after, "--csv")[1].splitlines())]
    rows = list(table)
    assert list(rows[0]) == list(cell)
    assert [float(row["ratio"]) for row in rows] == pytest.approx([each["ratio"] for each in content["cells"]])
    assert compare(before, after, "--json")[1].count('"failures": null') == 1
    nothing = compare(before, write("again"), "--csv", "--only-changed")[1]
    assert nothing.startswith("problem,instance,")
    assert nothing.count("\n") == 1
