"""What is written is read again; what is not a journal is refused with its place."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import RESULTS, ROOT, UsageError
from bench.plan.cell import DEVICES, DTYPES, Cell
from bench.rows.journal import Checked, Journal, Started, Values, read_values
from bench.rows.row import STATUSES, Row, new_row, row_members

CELL = Cell("p", "i", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)

names = st.from_regex(r"\w[\w.+=-]{0,9}", fullmatch=True)
counts = st.integers(0, 2**63 - 1)
sizes = st.none() | st.just(0.0) | st.floats(1e-12, 1e12)
times = st.floats(1e-18, 1e12)
told = st.none() | st.floats(0, 1e300) | st.just(float("inf"))
rows = st.builds(
    new_row,
    st.builds(Cell, *[names] * 5, st.sampled_from(DTYPES), st.sampled_from(DEVICES), counts),
    st.text(max_size=20),
    st.text(max_size=5),
    counts,
    reason=st.text(),
    status=st.sampled_from(STATUSES),
    variables=st.none() | counts,
    samples_s=st.lists(times, max_size=4),
    objective=st.none() | st.floats(allow_nan=False),
    warnings=st.lists(st.text(), max_size=2),
    median_s=st.none() | times,
    **dict.fromkeys(("cpu_s", "work_flops", "working_set_bytes"), sizes),
    **dict.fromkeys(("error_relative", "error_ulp", "error_explained"), told),
)


@given(row=rows)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_row_survives_the_journal(row, tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.path.unlink(missing_ok=True)
    journal.append_row(row)
    assert journal.rows() == [row]


@pytest.mark.parametrize("word", ["nan", "inf", "-inf"])
def test_what_is_not_finite_is_told_where_it_says_something_and_unknown_elsewhere(tmp_path, word):
    journal, number = Journal(tmp_path / "journal.jsonl"), float(word)
    journal.append_row(new_row(CELL, "key", "run", 0, objective=number, median_s=number, work_flops=number))
    (row,) = journal.rows()
    assert repr(row.objective) == word
    assert row.median_s is row.work_flops is None


@given(number=st.floats(0))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_is_written_can_be_read_whatever_was_measured(number, tmp_path):
    """A time that no clock gives is written as unknown."""
    journal = Journal(tmp_path / "journal.jsonl")
    journal.path.unlink(missing_ok=True)
    found = dict.fromkeys(("import_s", "stddev_s", "median_s", "min_s", "work_flops", "error_ulp"), number)
    journal.append_row(new_row(CELL, "key", "run", 0, samples_s=[number, 1.0], **found))
    (row,) = journal.rows()
    assert row.median_s in (None, number)
    assert row.samples_s in ([number, 1.0], [1.0])
    assert row.error_ulp == (number if number <= 1e300 else float("inf"))


def test_a_text_that_is_no_unicode_is_read_again_escaped(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append_row(new_row(CELL, "key", "run", 0, reason="a\ud800"))
    assert journal.rows()[0].reason == r"a\ud800"


def test_the_fields_are_those_of_the_design():
    wanted = (
        "schema key run problem instance operation backend variant dtype device threads effective_threads repeat isolated "
        "status reason prepare_s first_call_s rounds iterations samples_s min_s q1_s median_s q3_s mean_s stddev_s cpu_s "
        "objective error_relative error_ulp peak_memory_bytes warnings"
    )
    assert set(Row.__struct_fields__) >= set(wanted.split())


def test_a_torn_last_line_is_passed_over_and_mended(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("checked", key="a", repeat=0)
    with journal.path.open("a") as file:
        file.write('{"event": "ro')
    assert list(journal.events()) == [Checked("a", 0)]
    journal.mend()
    journal.append("started", key="b", repeat=1, time=2.5)
    assert list(journal.events()) == [Checked("a", 0), Started("b", 1, 2.5)]


def test_the_values_of_cells_are_beside_their_rows(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("values", key="a", values={"x": [1.0, float("inf")]})
    journal.append_row(new_row(CELL, "a", "run", 0))
    assert next(journal.events()) == Values("a", {"x": [1.0, "inf"]})
    assert read_values(journal) == {"a": {"x": [1.0, "inf"]}}
    assert len(journal.rows()) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense\n", "line 1: not JSON"),
        ('{"event": "checked", "key": "a", "repeat": 0}\n[1]\n', "line 2: expected object, got a list"),
        ('{"event": "started"}\n', "line 1: object missing required field `key`"),
        ('{"event": "ended"}\n', "line 1: member event: invalid value 'ended'"),
        ('{"event": "row", "schema": 0}\n', "line 1: the row has schema 0; this gradmark reads 2"),
        ('{"event": "row", "schema": 99}\n', "line 1: the row has schema 99; this gradmark reads 2"),
        ('{"event": "row", "schema": true}\n', "the row has schema True"),
        ('{"event": "row", "schema": 2}\n', "line 1: object missing required field `key`"),
        ("[" * 100_000 + "\n", "line 1: expected object"),
        ('{"event": "values", "key": "a", "values": ' + "[" * 100_000 + "\n", "line 1: not JSON: nested too deeply"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path, text, message):
    path = tmp_path / "journal.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        Journal(path).rows()


def written(**changes):
    """The line of a row with some of its members changed."""
    content = {**row_members(new_row(CELL, "key", "run", 0)), **changes}
    return json.dumps({"event": "row", **content}) + "\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"error_relative": -1.0}, "member error_relative: expected float >= 0.0, got -1.0"),
        ({"error_relative": 1e308}, "member error_relative: expected float <= 1e\\+300, got 1e\\+308"),
        ({"error_relative": "-inf"}, "member error_relative: expected one of float, nan, inf, null, got '-inf'"),
        ({"objective": "x"}, "member objective: expected one of float, nan, inf, -inf, null, got 'x'"),
        ({"median_s": -1e-9}, "member median_s: expected float >= 1e-18, got -1e-09"),
        ({"median_s": 5e-324}, "member median_s: expected float >= 1e-18, got 5e-324"),
        ({"median_s": 1e308}, "member median_s: expected float <= 1000000000000.0, got 1e\\+308"),
        ({"stddev_s": 1e308}, "member stddev_s: expected float <= 1000000000000.0, got 1e\\+308"),
        ({"work_flops": 1e308}, "member work_flops: expected float <= 1e\\+30, got 1e\\+308"),
        ({"dtype": "float16"}, "member dtype: expected one of float64, float32, got 'float16'"),
        ({"median_s": "nan"}, r"member median_s: expected float \| null, got 'nan'"),
        ({"threads": "two"}, "line 2: member threads: expected int, got 'two'"),
        ({"threads": True}, "member threads: expected int, got True"),
        ({"threads": 10**40}, "member threads: expected int <= 9223372036854775807, got 10000"),
        ({"threads": 2**63}, "member threads: expected int <= 9223372036854775807, got 9223372036854775808"),
        ({"repeat": -1}, "member repeat: expected int >= 0, got -1"),
        ({"median_s": "fast"}, r"member median_s: expected float \| null, got 'fast'"),
        ({"median_s": 10**400}, "member median_s: number out of range"),
        ({"samples_s": [1.0, None]}, r"member samples_s\[1\]: expected float, got None"),
        ({"samples_s": [1.0, -1.0]}, r"member samples_s\[1\]: expected float >= 1e-18, got -1.0"),
        ({"samples_s": [1.0, 5e-324]}, r"member samples_s\[1\]: expected float >= 1e-18, got 5e-324"),
        ({"warnings": "none"}, "member warnings: expected array, got 'none'"),
        ({"reason": ["a"]}, "member reason: expected str, got a list"),
        ({"isolated": 1}, "member isolated: expected bool, got 1"),
        ({"problem": "../../etc"}, "member problem: expected a name of letters"),
        ({"problem": "a\n"}, r"member problem: expected a name of letters, digits and _ . \+ = -, got 'a\\n'"),
        ({"variant": "a/b"}, "member variant: expected a name of letters"),
        ({"backend": "\x1b[2J"}, r"member backend: expected a name of letters, digits and _ . \+ = -, got '\\x1b"),
        ({"dtype": "\x1b[2J"}, r"member dtype: expected one of float64, float32, got '\\x1b"),
        ({"status": "splendid"}, "member status: expected one of ok, wrong"),
        ({"more": 1}, "line 2: object contains unknown field `more`"),
        ({"\x1b[2J": 1}, r"line 2: object contains unknown field `\\x1b\[2J`"),
    ],
)
def test_a_member_of_the_wrong_type_is_refused_by_line_and_name(tmp_path, changes, message):
    path = tmp_path / "journal.jsonl"
    path.write_text(written() + written(**changes))
    with pytest.raises(UsageError, match=message):
        Journal(path).rows()


@pytest.mark.parametrize("name", [name for name in Row.__struct_fields__ if name not in ("time", "machine")])
def test_a_row_has_all_members(tmp_path, name):
    path = tmp_path / "journal.jsonl"
    content = json.loads(written())
    del content[name]
    path.write_text(json.dumps(content) + "\n")
    with pytest.raises(UsageError, match=f"line 1: object missing required field `{name}`|the row has schema None"):
        Journal(path).rows()


@pytest.mark.parametrize(("run", "count"), [("curated", 253), ("standard", 7950)])
def test_the_committed_runs_still_load(run, count):
    assert len(Journal(RESULTS / run / "journal.jsonl").rows()) == count


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"event": "values", "key": "a", "values": NaN}\n', "line 1: not JSON"),
        (written()[:-2] + ', "median_s": Infinity}\n', "line 1: not JSON"),
        (written()[:-2] + ', "median_s": ' + "9" * 5000 + "}\n", "line 1: member median_s: number out of range"),
        (written()[:-1] + " x\n", "line 1: not JSON"),
        (written()[:-2] + ', "rea\\u0073ons": ""}\n', "line 1: object contains unknown field `reasons`"),
        (written()[:-2] + ', "reason": "\\ud800"}\n', "line 1: not JSON"),
        ('{"event": "' + "a" * 2**20 + '"}\n', "line 1: longer than 1048576 bytes"),
        (b"\x00\xff\xfe\x80\n", "line 1: not JSON"),
    ],
    ids=["nan", "infinity", "digits", "trailing", "escaped member", "surrogate", "long", "binary"],
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
members = st.sampled_from(Row.__struct_fields__)


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
        "for n in range(3000): j.append('checked', key='', repeat=n)"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT)
    journal, offset = Journal(path), 0
    seen: list[int] = []
    while writer.poll() is None or len(seen) < 3000:
        events, offset = journal.news(offset)
        seen += [event.repeat for event in events if isinstance(event, Checked)]
        if writer.poll() not in (None, 0):
            break
    assert seen == list(range(3000))
