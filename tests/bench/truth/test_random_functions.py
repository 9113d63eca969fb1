"""Random oracles hold what mpmath's differences find; those that once did not are kept as tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bench.truth.random_functions import HEAD, SHAPES, Example, example_of, shown, truth_of, wrong


class Drawn:
    """Choices of hypothesis, which it makes simpler where a test fails."""

    def __init__(self, data: Any):
        self.data = data

    def integer(self, below: int) -> int:
        return int(self.data.draw(st.integers(0, below - 1)))


def require_right(data: Any) -> None:
    example = example_of(Drawn(data))
    outcome, fault = wrong(example)
    assert not fault, f"{outcome}: {fault}\n{shown(example)}"


OPTIONS: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
}


@given(data=st.data())
@settings(max_examples=30, **OPTIONS)
def test_answers_hold_what_differences_find(data):
    require_right(data)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=200, **OPTIONS)
def test_answers_of_many_functions_hold_what_differences_find(data):
    require_right(data)


def example(line: str, operation: str) -> Example:
    params = {name: np.linspace(0.3, 1.7, int(np.prod(shape))).reshape(shape) for name, shape in SHAPES.items()}
    return Example(f"{HEAD}    return {line}\n", params, operation)


@pytest.mark.parametrize("operation", ["value", "gradient", "hessian", "gradient_descent"])
def test_a_wrong_answer_would_be_found(operation, monkeypatch):
    """The same search finds a function that is off by 10⁻¹⁵."""
    from tests.bench.truth import random_functions

    right = example("np.sum(np.sin(b) * a)", operation)
    assert wrong(right) == ("right", "")
    other = Example(right.source.replace("np.sin(b)", "np.sin(b + 1e-15)"), right.params, operation)
    monkeypatch.setattr(random_functions, "truth_of", lambda _: truth_of(other))
    assert wrong(right)[1]
