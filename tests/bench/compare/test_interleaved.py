"""Two checkouts in turns, for real: through the command line, and with loops of known lengths."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from bench import ROOT, UsageError
from bench.compare.compatibility import read_measurement
from bench.compare.interleaved import InterleavedRuns, interleaved_schedule, require_checkout
from bench.compare.noise_floor import NoiseFloor
from bench.compare.verdicts import MeasuredCell, compare_cells
from bench.tables.frame import load_rows
from tests.bench.planted import plant
from tests.bench.processes import gradmark


def schedule(repeats, backends=1, seed=0):
    selections = [["-b", str(n)] for n in range(backends)]
    return list(interleaved_schedule(InterleavedRuns((ROOT, ROOT), (ROOT, ROOT), selections, repeats, seed)))


def test_the_two_sides_are_next_to_each_other_and_each_is_first_as_often():
    for seed in range(5):
        order = schedule(10, backends=3, seed=seed)
        pairs = list(zip(order[::2], order[1::2], strict=True))
        assert all((a[0], a[2]) == (b[0], b[2]) and {a[1], b[1]} == {0, 1} for a, b in pairs)
        assert Counter((tuple(a[2]), a[1]) for a, _ in pairs) == {
            (("-b", str(n)), side): 5 for n in range(3) for side in (0, 1)
        }


def test_which_side_is_first_and_the_order_of_backends_are_drawn():
    orders = [schedule(10, backends=3, seed=seed) for seed in range(5)]
    assert orders[0] == schedule(10, backends=3, seed=0)
    assert len({tuple(side for _, side, _ in order) for order in orders}) > 1
    assert len({tuple(selection[1] for _, _, selection in order) for order in orders}) > 1


def test_a_folder_that_is_no_checkout_is_refused(tmp_path):
    with pytest.raises(UsageError, match="not a checkout of gradmark"):
        require_checkout(tmp_path)


def in_turns(steps, repeats=10):
    """Fresh processes in turns, each telling how long so many steps took: the cells of the two runs."""
    runs = MeasuredCell(), MeasuredCell()
    for repeat, side, _ in schedule(repeats):
        command = [sys.executable, "-m", "tests.bench.clocked", str(steps[side]), str(2 * repeat + side)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        runs[side].medians_s[repeat] = float(done.stdout)
    place = ("p", "i", "gradient", "m", "float64", "cpu", 1)
    return {place: runs[0]}, {place: runs[1]}


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "verdict"), [(11_500, "slower"), (10_000, "same"), (8_700, "faster")])
def test_fresh_processes_in_turns_tell_15_percent_from_nothing(steps, verdict):
    a, b = in_turns((10_000, steps))
    (cell,) = compare_cells(a, b, NoiseFloor({-4: 0.05}), interleaved=True)
    assert cell.verdict == verdict
    assert cell.repeats == 10


@pytest.mark.slow
def test_two_checkouts_are_measured_and_compared(tmp_path):
    """Through the command line: rows of both, paired by repeat, and too few repeats to say more than noisy."""
    cell = ["-p", "linear_regression:textbook", "--operation", "value", "-b", "numpy_hand"]
    done = gradmark("compare", "--run", ROOT, ROOT, *cell, "--repeats", "2", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "turn 4 of 4: " in done.stderr
    assert "1 noisy" in done.stdout
    assert "noisy: 2 repeats; at least 6 are needed" in done.stdout
    assert "not interleaved" not in done.stdout
    assert "identical sources: A and B ran the same code" in done.stdout
    runs = [read_measurement(tmp_path / "out" / side) for side in "ab"]
    assert runs[0].pair == runs[1].pair != ""
    assert all(sorted(cell.medians_s) == [0, 1] for run in runs for cell in run.cells.values())
    assert json.loads((tmp_path / "out" / "a" / "environment.json").read_text())["settings"]["repeats"] == 2
    assert len(load_rows(tmp_path / "out" / "b")) == 2
    assert not (tmp_path / "out" / "a" / "turn").exists()


@pytest.mark.slow
def test_each_checkout_runs_its_own_code_whatever_the_path_of_python_is(tmp_path):
    """A tenfold slowdown is planted in the second; folders that shadow others' names stand on the path."""
    plant(tmp_path / "planted", 900, "numpy_hand")
    for name in ("bench", "problems", "backends"):
        (tmp_path / "path" / name).mkdir(parents=True)
        (tmp_path / "path" / name / "__init__.py").write_text("raise ImportError('somebody else')")
    cell = ["-p", "scalar_derivative:textbook", "--operation", "value", "-b", "numpy_hand"]
    done = gradmark(
        "compare", "--run", ROOT, tmp_path / "planted", *cell, "--repeats", "1", "--out", tmp_path / "out", "--json",
        PYTHONSAFEPATH="1", PYTHONPATH=f"{ROOT}:{tmp_path / 'path'}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["cells"][0]["ratio"] > 4
    assert any("each ran their own sources" in note and "backends/numpy_hand.py" in note for note in content["notes"])


@pytest.mark.slow
def test_what_a_checkout_cannot_do_is_said_in_its_words(tmp_path):
    done = gradmark(
        "compare", "--run", ROOT, ROOT, "-p", "no_such_problem", "-b", "numpy_hand", "--out", tmp_path / "out"
    )
    assert done.returncode == 2
    assert "unknown problem 'no_such_problem'" in done.stderr.splitlines()[-1]
