"""The memory pass: after the timing, a process per cell, and its peaks beside the times."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bench.plan.selection import Plan
from bench.rows.journal import MEMORY_JOURNAL, Journal
from bench.run.folder import Run
from bench.run.orchestrator import memory_plan
from bench.tables.frame import load_rows, rows_frame
from bench.tables.run_tables import tables_of_kinds
from tests.bench.made_rows import row
from tests.bench.processes import FAULTY, gradmark


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """10⁵ × 10 numbers of float64, which NumPy copies twice: as they are, and column-major."""
    folder = tmp_path_factory.mktemp("runs") / "memory"
    case = ("-p", "linear_regression:n1e5_d10", "--operation", "gradient", "--operation", "value", "-b", "numpy_hand")
    return gradmark("run", *case, "--memory", "--out", folder), folder


@pytest.mark.slow
def test_peaks_are_measured_apart_from_times(measured):
    done, folder = measured
    assert done.returncode == 0, done.stderr
    timed, peaks = Journal(folder / "journal.jsonl").rows(), Journal(folder / MEMORY_JOURNAL).rows()
    assert {r.key for r in timed} == {r.key for r in peaks}
    assert all(r.peak_memory_bytes is None and r.median_s for r in timed)
    assert all(r.median_s is None and r.rounds == 0 for r in peaks)
    copies = 2 * 8 * 10**6
    assert all(copies <= (r.peak_memory_bytes or 0) < 1.5 * copies for r in peaks)


@pytest.mark.slow
def test_every_cell_has_a_process_of_its_own(measured):
    _, folder = measured
    timing, *memory = sorted(folder.glob("logs/*.json"))
    assert len(memory) == 2
    assert '"memory": false' in timing.read_text()
    assert all('"memory": true' in path.read_text() for path in memory)


@pytest.mark.slow
def test_the_table_has_the_peaks(measured):
    done, folder = measured
    assert "Memory: linear_regression · gradient" in done.stdout
    (table,) = [t for t in tables_of_kinds(load_rows(folder), ["memory"]) if "· gradient ·" in t.title]
    assert str(table.body.loc["numpy_hand/plain", "n1e5_d10"]).endswith(" MB")


def test_a_run_without_the_pass_has_no_such_table():
    assert tables_of_kinds(rows_frame([row()]), ["memory"]) == []


def test_what_failed_while_its_memory_was_measured_says_so(tmp_path):
    Journal(tmp_path / "journal.jsonl").append_row(row())
    failed = replace(row(), status="crashed", reason="out of memory", median_s=None)
    Journal(tmp_path / MEMORY_JOURNAL).append_row(failed)
    (table,) = tables_of_kinds(load_rows(tmp_path), ["memory"])
    assert table.body.loc["numpy_hand/plain", "textbook"] == "crashed"
    assert "numpy_hand/plain · textbook: crashed: out of memory" in table.notes


def test_only_what_gave_an_answer_is_measured(tmp_path):
    run = Run(name="run", folder=tmp_path)
    right, wrong = row(), replace(row("jax_grad/jit"), status="wrong")
    run.journal.append_row(right)
    run.journal.append_row(wrong)
    assert memory_plan(Plan((right.cell, wrong.cell)), run).cells == (right.cell,)


@pytest.mark.slow
def test_a_cell_that_fails_only_there_fails_the_run(tmp_path):
    done = gradmark(
        "run", "--problems", FAULTY, "-p", "faults:thirsty", "-b", "numpy_hand", "--memory", "--out", tmp_path / "run"
    )
    assert done.returncode == 1, done.stderr
    assert "faults:thirsty" in done.stderr
