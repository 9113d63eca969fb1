"""The file: self-contained, escaped, small enough; and the command that writes it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from bench import UsageError
from bench.plots.look import HOLLOW, MARKS, method_looks
from bench.report.data import NEVER, SYMBOLS, payload, plotly_symbol, rounded_numbers, run_payload
from bench.report.folder import read_reported_run, read_reported_runs
from bench.report.page import embedded, render_report
from tests.bench import many_rows
from tests.bench.processes import typed
from tests.bench.report import made_up

MOST = 8 * 10**6  # bytes of a report


class Elements(HTMLParser):
    """Every element with its attributes, and the texts of script elements."""

    def __init__(self):
        super().__init__()
        self.found, self.scripts = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, text):
        if self.found and self.found[-1][0] == "script" and self.scripts:
            self.scripts[-1] += text


def parsed(text):
    elements = Elements()
    elements.feed(text)
    return elements


@pytest.fixture(scope="module")
def text():
    return render_report([made_up.run()])


def test_nothing_is_asked_for_elsewhere(text):
    for tag, attributes in parsed(text).found:
        assert tag not in ("link", "iframe", "img", "object", "base"), (tag, attributes)
        assert "src" not in attributes, tag
        assert attributes.get("href", "#").startswith("#"), attributes


def test_texts_of_a_run_are_text(text):
    assert len(parsed(text).scripts) == 3  # the data, plotly, the page's own
    assert made_up.HOSTILE not in text
    assert made_up.CLOSING not in text
    assert not any(name.startswith("on") for _, attributes in parsed(text).found for name in attributes)


def test_the_test_above_can_fail():
    broken = (
        render_report([made_up.run()]).replace("&lt;script&gt;", "<script>").replace("&lt;/script&gt;", "</script>")
    )
    assert len(parsed(broken).scripts) > 3


def test_the_embedded_data_is_the_data(text):
    runs = [made_up.run()]
    assert json.loads(parsed(text).scripts[0]) == json.loads(json.dumps(payload(runs, [])))


@given(st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False, allow_infinity=False)))
def test_any_text_survives_embedding_and_closes_no_element(content):
    found = str(embedded(content))
    assert json.loads(found) == content
    assert not re.search("[<>&\u2028]", found)


def test_numbers_keep_seven_digits_and_what_is_unknown_is_null():
    assert rounded_numbers([1.23456789e-6, float("nan"), float("inf"), 3.0]) == [1.234568e-6, None, NEVER, 3]
    assert rounded_numbers([float("nan")] * 3) == []


def test_marks_are_those_of_the_plots_for_papers():
    looks = method_looks(backends.methods())
    symbols = [plotly_symbol(look) for look in looks.values()]
    assert len(set(symbols)) == len(symbols)
    assert plotly_symbol({"marker": "v", "markerfacecolor": HOLLOW}) == "triangle-down-open"
    assert set(SYMBOLS) == set(MARKS)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)


def test_the_policy_names_the_scripts_that_are_there_and_allows_nothing_else(text):
    policy = next(a["content"] for tag, a in parsed(text).found if tag == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]


def test_the_size_leaves_room(text):
    assert len(text.encode()) < MOST


@pytest.mark.slow
def test_a_run_of_many_rows_is_written_whole(tmp_path):
    many_rows.write(tmp_path, 2000)
    found = read_reported_run(tmp_path)
    packed = run_payload(found)
    assert packed["count"] == 2000
    assert all(len(column["codes"]) == 2000 for column in packed["texts"].values())


def test_the_command_writes_one_file_and_says_where(tmp_path):
    many_rows.write(tmp_path, 200)
    done = typed("report", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_wrong_input_is_one_line(tmp_path):
    for arguments in ((tmp_path / "absent",), (tmp_path,)):
        done = typed("report", *arguments)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


def test_a_run_cannot_be_compared_with_itself(tmp_path):
    many_rows.write(tmp_path, 100)
    with pytest.raises(UsageError, match="given twice"):
        read_reported_runs([tmp_path, tmp_path])


def test_runs_of_one_name_get_different_ones(tmp_path):
    for parent in ("a", "b"):
        (tmp_path / parent / "run").mkdir(parents=True)
        many_rows.write(tmp_path / parent / "run", 100)
    found = read_reported_runs([tmp_path / "a" / "run", tmp_path / "b" / "run"])
    assert [run.name for run in found] == ["run", "run (2)"]


def test_a_problem_whose_name_is_markup_is_refused_in_a_journal(tmp_path):
    many_rows.write(tmp_path, 100)
    journal = tmp_path / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"problem": "p0"', '"problem": "<script>"'))
    with pytest.raises(UsageError, match="member problem"):
        read_reported_run(tmp_path)


@pytest.mark.parametrize("name", ["environment.json", "sources.json"])
@pytest.mark.parametrize("content", ["{", "[1, 2]", "not JSON", "[" * 10**5])
def test_a_damaged_file_of_the_run_is_refused(tmp_path, name, content):
    many_rows.write(tmp_path, 100)
    (tmp_path / name).write_text(content)
    with pytest.raises(UsageError, match=f"{name}: (expected object|not JSON)"):
        read_reported_run(tmp_path)


def test_the_command_refuses_a_damaged_environment_in_one_line(tmp_path):
    many_rows.write(tmp_path, 100)
    (tmp_path / "environment.json").write_text("{")
    done = typed("report", tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("name", ["environment.json", "sources.json"])
def test_a_member_of_another_type_is_refused_and_an_absent_file_does_no_harm(tmp_path, name):
    many_rows.write(tmp_path, 100)
    (tmp_path / name).write_text('{"versions": 7}')
    with pytest.raises(UsageError, match=f"{name}: (member versions: )?expected (object|str), got"):
        read_reported_run(tmp_path)
    (tmp_path / name).unlink()
    assert "<main>" in render_report([read_reported_run(tmp_path)])
