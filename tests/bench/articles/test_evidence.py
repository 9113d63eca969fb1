"""`gradmark textbook`, through the real command line and with few methods."""

from __future__ import annotations

import pytest

from bench import UsageError
from bench.articles.claims import Evidence
from bench.articles.evidence import claims_of_numbers, claims_table, truth_of
from bench.articles.textbook import textbook_methods
from bench.text.table import to_markdown
from tests.bench.processes import gradmark


@pytest.mark.slow
def test_an_example_is_computed_by_every_backend_and_judged():
    done = gradmark("textbook", "3.1", "--markdown")
    assert done.returncode == 0, done.stderr
    assert "wrong: forward differences give 6.000009999951316" in done.stdout
    assert "central differences give the printed number" in done.stdout
    for method in textbook_methods():
        assert method in done.stdout


def test_an_unknown_example_is_named():
    with pytest.raises(UsageError, match=r"unknown example '3.99'; did you mean"):
        claims_of_numbers(["3.99"])


def test_a_verdict_that_is_not_expected_is_a_surprise():
    (claim,) = claims_of_numbers(["2.4"])
    evidence = Evidence({case: {} for case in claim.cases}, {}, {case: {} for case in claim.cases})
    _, surprises = claims_table([claim], evidence, [])
    assert surprises == ["2.4: expected reproduced, found not reproducible: no backend computed a value"]


def test_a_number_such_as_3_10_stays_one_in_markdown():
    (claim,) = claims_of_numbers(["3.10"])
    evidence = Evidence({case: {} for case in claim.cases}, {case: truth_of(case) for case in claim.cases}, {})
    table, _ = claims_table([claim], evidence, [])
    assert "| 3.10 " in to_markdown(table)
