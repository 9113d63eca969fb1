"""The Jacobian of tanh(Ax) in closed form, and what each mode has to do for it."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from bench.data.inputs import load_inputs
from bench.truth.reference import load_reference

INSTANCES = [instance.name for instance in problems.load("jacobian_modes").instances]


@pytest.mark.parametrize("name", INSTANCES)
def test_the_reference_is_the_closed_form(name):
    given = load_inputs("jacobian_modes", name)
    A, x = given.data["A"].astype(np.longdouble), given.params["x"].astype(np.longdouble)
    truth = load_reference("jacobian_modes", name, "jacobian_forward", "float64").value
    expected = (1 - np.tanh(A @ x) ** 2)[:, np.newaxis] * A
    assert np.linalg.norm(truth["x"] - expected) <= 1e-17 * np.linalg.norm(expected)


@pytest.mark.parametrize("name", INSTANCES)
def test_an_instance_is_named_by_its_size(name):
    m, n = load_inputs("jacobian_modes", name).data["A"].shape
    assert name == f"n{n}_m{m}"


def test_the_crossover_is_among_the_sizes():
    """Forward mode takes n passes, reverse mode m: each is cheaper somewhere, and somewhere they are equal."""
    shapes = [load_inputs("jacobian_modes", name).data["A"].shape for name in INSTANCES]
    assert {int(np.sign(n - m)) for m, n in shapes} == {-1, 0, 1}
