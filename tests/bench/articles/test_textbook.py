"""The articles' claims are judged by values, and the verdict changes with them."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

import problems
from bench.articles.claims import Evidence
from bench.articles.evidence import truth_of
from bench.articles.textbook import CLAIMS, textbook_methods
from bench.measure.cell import task_of
from bench.plan.cell import Cell
from bench.rows.journal import value_arrays
from tests.conftest import configured, prepared

NUMBERS = ["1.1", *(f"2.{n}" for n in range(1, 5)), *(f"3.{n}" for n in range(1, 24))]
BY_NUMBER = {claim.number: claim for claim in CLAIMS}


def test_every_number_of_the_articles_has_a_claim():
    assert [claim.number for claim in CLAIMS] == NUMBERS


@functools.cache
def known_truth(case):
    """The reference; after ten thousand steps what formulas by hand give, as `gradmark textbook` judges those by it."""
    problem, instance, operation, *_ = case.split(":")
    if problems.load(problem).instance(instance).operations[operation].get("steps", 0) < 10_000:
        return truth_of(case)
    cell = Cell(problem, instance, operation, "numpy_hand", "plain", "float64", "cpu", 1)
    return prepared(configured("numpy_hand"), task_of(cell))()


def true(claim, slack=1e-12):
    """Evidence in which every method gives the reference, rounded to the dtype."""
    truths = {case: known_truth(case) for case in claim.cases}
    values = {
        case: dict.fromkeys(textbook_methods(), value_arrays(rounded(truth, case.endswith("float32"))))
        for case, truth in truths.items()
    }
    return Evidence(
        values, truths, {case: dict.fromkeys(textbook_methods(), slack) for case in values}, measured(claim)
    )


def rounded(tree, narrow):
    if isinstance(tree, dict):
        return {name: rounded(leaf, narrow) for name, leaf in tree.items()}
    with np.errstate(over="ignore"):
        return tree.astype(np.float32 if narrow else np.float64)


def measured(claim):
    """Times in which forward mode costs the number of inputs, and reverse mode that of outputs."""
    found = {}
    for case in claim.timed:
        _, shape, operation = case.split(":")
        n, m = (int(part[1:]) for part in shape.split("_"))
        found[case] = dict.fromkeys(textbook_methods(), float(n if operation.endswith("forward") else m))
    return found


DIFFERENCES = ("3.1",)  # whose verdict is about how differences err, not about the true derivative


@pytest.mark.slow
@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.number not in DIFFERENCES], ids=lambda c: c.number)
def test_the_truth_gives_the_expected_verdict(claim):
    gives, verdict = claim.judge(true(claim))
    assert verdict.startswith(claim.expected)
    assert gives


@pytest.mark.parametrize(
    "claim", [c for c in CLAIMS if c.expected == "reproduced" and c.number not in DIFFERENCES], ids=lambda c: c.number
)
def test_one_backend_that_gives_something_else_changes_the_verdict(claim):
    evidence = true(claim)
    values = {case: dict(methods) for case, methods in evidence.values.items()}
    for methods in values.values():
        methods["jax_grad/jit"] = perturbed(methods["jax_grad/jit"])
    _, verdict = claim.judge(dataclasses.replace(evidence, values=values))
    assert verdict == "wrong: contradicted by jax_grad/jit"


def perturbed(tree):
    """Everything off by 10 %, reversed in order, and what was not finite finite."""
    if isinstance(tree, dict):
        return {name: perturbed(leaf) for name, leaf in tree.items()}
    return np.nan_to_num(-1.1 * np.flip(tree) if np.ndim(tree) else -1.1 * tree, nan=1.0, posinf=1.0, neginf=1.0)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("3.10", "wrong: 0.5 times the gradient"),
        ("3.11", "wrong: -1 times the gradient"),
        ("3.12", "wrong: sign and scale: "),
        ("3.20", "wrong: the opposite holds: forward takes 0.001 × reverse for 1 → 1000, 1e+03 × for 1000 → 1"),
    ],
)
def test_a_misprint_is_off_by_a_computed_factor(number, says):
    assert BY_NUMBER[number].judge(true(BY_NUMBER[number]))[1].startswith(says)


def test_a_formula_that_is_right_would_be_reproduced():
    """If the true gradient were what is printed, 3.10 would say so."""
    claim = BY_NUMBER["3.10"]
    evidence = true(claim)
    (case,) = claim.cases
    halved = {case: {name: leaf / 2 for name, leaf in evidence.truths[case].items()}}
    assert claim.judge(dataclasses.replace(evidence, truths=halved))[1] == "reproduced"


def test_modes_the_other_way_round_would_reproduce_the_article():
    claim = BY_NUMBER["3.20"]
    swapped = {case: {m: 1 / s for m, s in methods.items()} for case, methods in measured(claim).items()}
    assert claim.judge(dataclasses.replace(true(claim), seconds=swapped))[1].startswith("reproduced")


def test_nothing_computed_is_not_reproduced():
    for claim in CLAIMS:
        empty: dict = {case: {} for case in claim.cases}
        evidence = Evidence(empty, true(claim).truths, empty, {case: {} for case in claim.timed})
        verdict = claim.judge(evidence)[1]
        assert claim.expected == "wrong" or verdict.startswith("not reproducible"), claim.number


def test_claims_name_cases_that_exist():
    for claim in CLAIMS:
        for case in (*claim.cases, *claim.timed):
            problem, instance, operation, *_ = case.split(":")
            assert operation in problems.load(problem).instance(instance).operations
