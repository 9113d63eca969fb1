"""What Newton's method finds from each start, and what the eigenvalues say of it."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from bench.data.inputs import load_inputs
from bench.truth.reference import load_reference

PROBLEM = problems.load("critical_points")

FOUND = {
    "textbook": ("minimum", {"x": 2}),
    "textbook_maximum": ("maximum", {"x": 0}),
    "cubic_at_1": ("not critical", {"x": 1}),
    "bowl": ("minimum", None),
    "bowl_from_afar": ("minimum", None),
    "saddle": ("saddle", {"p": [1, -1]}),
    "saddle_from_afar": ("saddle", {"p": [1, -1]}),
    "monkey_saddle": ("undecided", {"p": [0, 0]}),
    "monkey_saddle_at_0": ("undecided", {"p": [0, 0]}),
}


def found(name: str) -> problems.Arrays:
    truth = load_reference("critical_points", name, "critical_point", "float64").value
    return {key: array.astype(float) for key, array in truth.items()}


def kind(result: problems.Arrays) -> str:
    assert PROBLEM.observe
    return str(PROBLEM.observe(result, {})["kind"])


def test_every_instance_is_listed():
    assert list(FOUND) == [instance.name for instance in PROBLEM.instances]


@pytest.mark.parametrize("name", FOUND)
def test_newton_finds_the_point_and_the_eigenvalues_say_what_it_is(name):
    what, point = FOUND[name]
    result = found(name)
    assert kind(result) == what
    for key, expected in (point or {}).items():
        np.testing.assert_allclose(result[key], expected, atol=1e-8)


def test_both_starts_find_the_one_minimum_of_the_bowl():
    near, far = found("bowl")["p"], found("bowl_from_afar")["p"]
    np.testing.assert_allclose(near, far, rtol=1e-15)
    x, y = near
    np.testing.assert_allclose([4 * x**3 + 2 * x + y, x + 2 * y], [3, 0], atol=1e-14)


def test_the_saddle_s_hessian_is_indefinite_on_the_way():
    for name in ("saddle", "saddle_from_afar"):
        given = load_inputs("critical_points", name)
        assert np.linalg.eigvalsh([[2 * given.params["p"][0], 1], [1, 0]])[0] < 0


@pytest.mark.parametrize(
    ("eigenvalues", "expected"),
    [
        ([1.0, 2.0], "minimum"),
        ([-2.0, -1.0], "maximum"),
        ([-1.0, 1.0], "saddle"),
        ([0.0, 1.0], "undecided"),
        ([-1e-7, 1.0], "undecided"),
        ([-1.0, 0.0], "undecided"),
        ([-1.0, 0.0, 1.0], "saddle"),
        ([0.1, 1e6], "undecided"),
    ],
)
def test_the_classification(eigenvalues, expected):
    assert kind({"p": np.zeros(2), "eigenvalues": np.array(eigenvalues)}) == expected
