"""The oracle's machinery, on functions whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import UsageError, reference


def function(params, data):
    return np.exp(params["x"]) * np.sin(params["y"]).sum() + data["c"]


@given(x=st.floats(-3, 3), y=st.lists(st.floats(-3, 3), min_size=1, max_size=3))
def test_the_complex_step_gives_the_derivative_to_extended_precision(x, y):
    params = reference.extended({"x": np.array(x), "y": np.array(y)})
    slopes = reference.gradient(function, params, reference.extended({"c": np.array(1.0)}))
    size = np.exp(params["x"]) * len(y)
    np.testing.assert_allclose(slopes["x"], np.exp(params["x"]) * np.sin(params["y"]).sum(), rtol=0, atol=1e-18 * size)
    np.testing.assert_allclose(slopes["y"], np.exp(params["x"]) * np.cos(params["y"]), rtol=0, atol=1e-18 * size)


def test_descent_on_a_square():
    """Article 2, example 2.4: x² from 5 at rate 0.1 ends at 0.536870912 after 10 steps."""
    start = reference.extended({"x": np.array(5.0)})
    found = reference.gradient_descent(lambda p, d: p["x"] ** 2, start, {}, rate=0.1, steps=10)
    assert float(found["x"]) == pytest.approx(0.536870912, rel=1e-15)


def test_a_narrow_longdouble_is_refused(monkeypatch):
    monkeypatch.setattr(reference.np, "longdouble", np.float64)
    with pytest.raises(UsageError, match="extended-precision longdouble"):
        reference.require_extended()
