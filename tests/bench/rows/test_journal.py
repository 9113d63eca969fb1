"""What is written is read again; what is not a journal is refused with its place."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import RESULTS, ROOT, UsageError
from bench.data.readers import MEMBERS
from bench.plan.cell import Cell
from bench.rows.journal import Journal
from bench.rows.row import Row, new_row, row_of_event

CELL = Cell("p", "i", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)

rows = st.builds(
    new_row,
    st.just(CELL),
    st.text(max_size=20),
    st.text(max_size=5),
    st.integers(0, 9),
    reason=st.text(),
    samples_s=st.lists(st.floats(allow_nan=False), max_size=4),
    median_s=st.none() | st.floats(min_value=0),
    error_relative=st.floats(min_value=0),
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
    assert {field.name for field in dataclasses.fields(Row)} >= set(wanted.split())


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
        ('{"event": "row", "schema": 0}\n', "line 1: the row has schema 0; this gradmark reads 1 to 2"),
        ('{"event": "row", "schema": 99}\n', "line 1: the row has schema 99; this gradmark reads 1 to 2"),
        ('{"event": "row", "schema": true}\n', "the row has schema True"),
        ('{"event": "row", "schema": 2}\n', "line 1: the row lacks backend, "),
        ("[" * 100_000 + "\n", "line 1: not a line of JSON: nested too deeply"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path, text, message):
    path = tmp_path / "journal.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        Journal(path).rows()


def written(**changes):
    """The line of a row with some of its members changed."""
    content = {**dataclasses.asdict(new_row(CELL, "key", "run", 0)), **changes}
    return json.dumps({"event": "row", **content}) + "\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"error_relative": -1.0}, "member error_relative: expected a number that is not below zero or null, got -1.0"),
        ({"median_s": -1e-9}, "member median_s: expected a number that is not below zero or null, got -1e-09"),
        ({"threads": "two"}, "line 2: member threads: expected a whole number, got 'two'"),
        ({"threads": True}, "member threads: expected a whole number, got True"),
        ({"threads": 10**40}, "member threads: expected a whole number, got 10000"),
        ({"median_s": "fast"}, "member median_s: expected a number that is not below zero or null, got 'fast'"),
        ({"samples_s": [1.0, None]}, "member samples_s: expected in every place of the list a number, got a list"),
        ({"warnings": "none"}, "member warnings: expected a list, got 'none'"),
        ({"reason": ["a"]}, "member reason: expected text, got a list"),
        ({"isolated": 1}, "member isolated: expected true or false, got 1"),
        ({"problem": "../../etc"}, "member problem: expected a name of letters"),
        ({"variant": "a/b"}, "member variant: expected a name of letters"),
        ({"dtype": "\x1b[2J"}, r"member dtype: expected a name of letters, digits and _ . \+ = -, got '\\x1b"),
        ({"status": "splendid"}, "member status: expected one of ok, wrong"),
        ({"more": 1}, "line 2: the row has an unknown member 'more', for schema 2"),
    ],
)
def test_a_member_of_the_wrong_type_is_refused_by_line_and_name(tmp_path, changes, message):
    path = tmp_path / "journal.jsonl"
    path.write_text(written() + written(**changes))
    with pytest.raises(UsageError, match=message):
        Journal(path).rows()


def test_a_row_of_schema_1_gets_the_members_that_came_later():
    first = {name: value for name, value in json.loads(written()).items() if name in MEMBERS[1]}
    row = row_of_event({"event": "row", **first, "schema": 1, "median_s": "inf"})
    later = {field.name for field in dataclasses.fields(Row)} - MEMBERS[1]
    fresh = new_row(CELL, "key", "run", 0)
    assert row == dataclasses.replace(fresh, median_s=float("inf"))
    assert all(getattr(row, name) == getattr(fresh, name) for name in later)


def test_the_committed_run_still_loads():
    assert Journal(RESULTS / "curated" / "journal.jsonl").rows()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"event": "a", "event": "b"}\n', "line 1: not a line of JSON: a member occurs twice"),
        ('{"event": "a", "x": NaN}\n', "NaN is no JSON"),
        ('{"event": "a", "x": ' + "9" * 5000 + "}\n", "line 1: not a line of JSON: Exceeds the limit"),
        ('{"event": "' + "a" * 2**20 + '"}\n', "line 1: longer than 1048576 bytes"),
        (b"\x00\xff\xfe\x80\n", "line 1: not a line of JSON"),
    ],
    ids=["twice", "nan", "digits", "long", "binary"],
)
def test_what_python_would_read_and_others_would_not_is_refused(tmp_path, text, message):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError, match=message):
        Journal(path).rows()


def test_a_file_larger_than_any_journal_is_not_read(tmp_path):
    path = tmp_path / "journal.jsonl"
    with path.open("wb") as file:
        file.truncate(2**40)  # without its blocks
    with pytest.raises(UsageError, match="larger than"):
        Journal(path).rows()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
members = st.sampled_from([field.name for field in dataclasses.fields(Row)])


def refused(path):
    """Why the journal is refused; empty where it holds rows."""
    try:
        Journal(path).rows()
    except UsageError as refusal:
        return str(refusal)
    return ""


@given(changes=st.dictionaries(members | st.text(max_size=5), json_values, max_size=3), junk=st.binary(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_whatever_a_journal_holds_it_is_rows_or_one_line_of_refusal(changes, junk, tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(written(**changes).encode() + junk + b"\n" + written().encode())
    refusal = refused(path)
    assert refusal.isprintable()
    assert refusal == "" or refusal.startswith("journal.jsonl, line ")


def test_no_line_is_lost_while_another_process_writes(tmp_path):
    """The reader's position must follow what it parsed, not what the file has grown to meanwhile."""
    path = tmp_path / "journal.jsonl"
    code = (
        "import sys; from pathlib import Path; from bench.rows.journal import Journal; j = Journal(Path(sys.argv[1]))\n"
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
