"""Sweeps in a run folder."""

from __future__ import annotations

import json

import pytest

from bench import UsageError
from bench.rows.step_curves import STEP_CURVES_FILE, read_step_curves, write_step_curves
from tests.bench.report import made_up


def test_curves_come_back_as_they_were_and_replace_those_of_their_name(tmp_path):
    first, other = made_up.curve(), made_up.curve("numpy_fd/forward")
    write_step_curves(tmp_path, [first, other])
    again = {**first, "error": [float("nan")] * len(first["h"])}
    write_step_curves(tmp_path, [again])
    assert read_step_curves(tmp_path) == [{**first, "error": [None] * len(first["h"])}, other]


def test_a_folder_without_sweeps_has_none(tmp_path):
    assert read_step_curves(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "{}",
        "[1]",
        "[" * 10**5,
        json.dumps([{**made_up.curve(), "h": [0.0]}]),
        json.dumps([{**made_up.curve(), "error": "x"}]),
        json.dumps([{**made_up.curve(), "problem": "x/../../../../evil/P"}]),
        json.dumps([{**made_up.curve(), "instance": "../evil"}]),
        json.dumps([{**made_up.curve(), "method": "a/../b"}]),
        json.dumps([{**made_up.curve(), "dtype": "float16"}]),
        json.dumps([{**made_up.curve(), "h": [1e308]}]),
        json.dumps([{**made_up.curve(), "predicted": 5e-324}]),
        json.dumps([{**made_up.curve(), "predicted": -1.0}]),
        json.dumps([made_up.curve()]).replace("6e-06", "NaN"),
    ],
)
def test_anything_else_is_refused(tmp_path, content):
    (tmp_path / STEP_CURVES_FILE).write_text(content)
    with pytest.raises(UsageError, match=r"steps\.json"):
        read_step_curves(tmp_path)
