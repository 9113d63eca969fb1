"""`gradmark textbook`, through the command line and with few methods."""

from __future__ import annotations

import pytest

import backends
from bench import UsageError
from bench.articles import evidence
from bench.articles.claims import Evidence
from bench.articles.evidence import claims_of_numbers, claims_table, truth_of
from bench.articles.textbook import THREE, textbook_methods
from bench.text.table import to_markdown
from tests.bench.processes import typed

FEW = ("numpy_fd/central", "numpy_fd/forward", "numpy_hand/plain", "sympy_symbolic/lambdify")


@pytest.mark.slow
def test_an_example_is_computed_by_every_method_and_judged(monkeypatch):
    """By few, each in a process of its own; `.ci/run` takes all, for every example."""
    assert set(FEW) < set(textbook_methods())
    monkeypatch.setattr(evidence, "textbook_methods", lambda: FEW)
    done = typed("textbook", "3.1", "--markdown")
    assert done.returncode == 0, done.stderr
    assert "wrong: forward differences give 6.000009999951316" in done.stdout
    assert "central differences give the printed number" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("| 3.1 ")]
    assert all(f" {method} " in done.stdout for method in FEW)
    assert "" not in [cell.strip() for cell in line.strip("|").split("|")]


def test_every_backend_computes_the_examples():
    assert {method.partition("/")[0] for method in textbook_methods()} == set(backends.names())
    assert {cell.method for cell in evidence.claim_cells([THREE])} == set(textbook_methods())


def test_an_unknown_example_is_named():
    with pytest.raises(UsageError, match=r"unknown example '3.99'; did you mean"):
        claims_of_numbers(["3.99"])


def test_a_verdict_that_is_not_expected_is_a_surprise():
    (claim,) = claims_of_numbers(["2.4"])
    given = Evidence({case: {} for case in claim.cases}, {}, {case: {} for case in claim.cases})
    _, surprises = claims_table([claim], given, [])
    assert surprises == ["2.4: expected reproduced, found not reproducible: no backend computed a value"]


def test_a_number_such_as_3_10_stays_one_in_markdown():
    (claim,) = claims_of_numbers(["3.10"])
    given = Evidence({case: {} for case in claim.cases}, {case: truth_of(case) for case in claim.cases}, {})
    table, _ = claims_table([claim], given, [])
    assert "| 3.10 " in to_markdown(table)
