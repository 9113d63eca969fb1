"""What a run writes of itself has a type that readers hold it to."""

from __future__ import annotations

import json

import pytest

from bench import RESULTS, UsageError
from bench.machine import facts
from bench.machine.facts import describe_machine
from bench.rows.environment import Environment, StoredSelection, StoredSettings, read_environment, read_sources
from bench.run.resume import FOLDER_OPTIONS, NEEDED, SELECTION_OPTIONS


def test_every_member_that_is_written_has_a_type(tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "git_commit", lambda folders: "27ae7c8")
    found = describe_machine()
    assert found.keys() <= Environment.__annotations__.keys()
    assert {*NEEDED} <= StoredSettings.__annotations__.keys()
    assert {*SELECTION_OPTIONS, *FOLDER_OPTIONS} <= StoredSelection.__annotations__.keys()
    (tmp_path / "environment.json").write_text(json.dumps(found))
    assert read_environment(tmp_path) == found


def test_what_is_not_known_is_kept(tmp_path):
    (tmp_path / "environment.json").write_text('{"cells": 3, "later": {"a": [1]}}')
    assert read_environment(tmp_path) == {"cells": 3, "later": {"a": [1]}}


@pytest.mark.parametrize("run", ["curated", "standard"])
def test_the_committed_runs_hold_what_is_stated(run):
    assert read_environment(RESULTS / run)["cells"] > 200
    assert read_sources(RESULTS / run)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"memory_bytes": 1e30}', "member memory_bytes: expected int"),
        ('{"load": [NaN]}', "not JSON"),
        ('{"settings": {"repeats": 0}}', "member settings.repeats: expected int >= 1, got 0"),
        (
            '{"settings": {"selection": {"threads": [1]}}}',
            r"member settings.selection.threads\[0\]: expected str, got 1",
        ),
        ('{"effective_threads": {"a": -1}}', "expected int >= 0"),
    ],
)
def test_values_out_of_range_are_refused_by_member(tmp_path, text, message):
    (tmp_path / "environment.json").write_text(text)
    with pytest.raises(UsageError, match=f"environment.json: .*{message}"):
        read_environment(tmp_path)
