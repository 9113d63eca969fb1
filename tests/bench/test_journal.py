"""What is written is read again; what is not a journal is refused with its place."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import ROOT, UsageError
from bench.journal import Journal, Row, row_of
from bench.plan import Cell

CELL = Cell("p", "i", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)

rows = st.builds(
    row_of,
    st.just(CELL),
    st.text(max_size=20),
    st.text(max_size=5),
    st.integers(0, 9),
    reason=st.text(),
    samples_s=st.lists(st.floats(allow_nan=False), max_size=4),
    median_s=st.none() | st.floats(allow_nan=False),
    error_relative=st.floats(allow_nan=False),
    warnings=st.lists(st.text(), max_size=2),
)


@given(row=rows)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_row_survives_the_journal(row, tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.path.unlink(missing_ok=True)
    journal.append_row(row)
    assert journal.rows() == [row]


def test_the_fields_are_those_of_the_design():
    wanted = (
        "schema key run problem instance operation backend variant dtype device threads effective_threads repeat isolated "
        "status reason prepare_s first_call_s rounds iterations samples_s min_s q1_s median_s q3_s mean_s stddev_s cpu_s "
        "objective error_relative error_ulp peak_memory_bytes warnings"
    )
    assert {field.name for field in dataclasses.fields(Row)} == set(wanted.split())


def test_a_torn_last_line_is_passed_over_and_mended(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("started", key="a")
    with journal.path.open("a") as file:
        file.write('{"event": "ro')
    assert [event["event"] for event in journal.events()] == ["started"]
    journal.mend()
    journal.append("started", key="b")
    assert [event["key"] for event in journal.events()] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense\n", "line 1: not a line of JSON"),
        ('{"event": "started"}\n[1]\n', "line 2: expected an object"),
        ('{"event": "row", "schema": 0}\n', "schema 0"),
        ('{"event": "row", "schema": 1}\n', "too many or too few"),
        ("[" * 100_000 + "\n", "line 1: not a line of JSON"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path, text, message):
    path = tmp_path / "journal.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        Journal(path).rows()


def test_a_status_that_nobody_knows_is_refused(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append_row(row_of(CELL, "key", "run", 0, status="splendid"))
    with pytest.raises(UsageError, match="splendid"):
        journal.rows()


def test_no_line_is_lost_while_another_process_writes(tmp_path):
    """The reader's position must follow what it parsed, not what the file has grown to meanwhile."""
    path = tmp_path / "journal.jsonl"
    code = (
        "import sys; from pathlib import Path; from bench.journal import Journal; j = Journal(Path(sys.argv[1]))\n"
        "for n in range(3000): j.append('started', n=n)"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT)
    journal, offset = Journal(path), 0
    seen: list[int] = []
    while writer.poll() is None or len(seen) < 3000:
        events, offset = journal.news(offset)
        seen += [event["n"] for event in events]
        if writer.poll() not in (None, 0):
            break
    assert seen == list(range(3000))
