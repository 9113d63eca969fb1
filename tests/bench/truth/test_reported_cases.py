"""Functions of which a certified reference was wrong once, or refused, with the right values by mpmath at 60 digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special

from bench.data.inputs import Inputs
from bench.truth.compute import reference_of
from bench.truth.oracle import InconsistentOracle, Oracle

LOG_2 = math.log(2)
NAN = math.nan

# name: (function, kind, operation, options, params, data, truth)
CASES: dict[str, Any] = {
    "a mask of NaN": (
        lambda p, d: np.sum(np.where(np.isnan(d["y"]), 0, p["x"] ** 2)), "scalar", "gradient", {},
        {"x": [1.0, 2.0]}, {"y": np.array([0.5, NAN])}, {"x": [2, 0]},
    ),
    "an exponent that varies": (
        lambda p, d: 2 ** (p["p"].sum() + np.zeros(1)) + p["p"].sum(), "vector", "jacobian_reverse", {},
        {"p": [0.5, 0.7]}, {}, {"p": [[1 + LOG_2 * 2**1.2] * 2]},
    ),
    "an exponent of many variables": (
        lambda p, d: np.sum(p["x"] + 2 ** p["x"]), "scalar", "gradient", {},
        {"x": np.linspace(0.1, 2, 17)}, {}, {"x": 1 + LOG_2 * 2 ** np.linspace(0.1, 2, 17)},
    ),
    "a power law": (
        lambda p, d: np.sum(p["a"] * d["t"] ** p["p"]), "scalar", "gradient_descent", {"rate": 0.01, "steps": 2},
        {"a": 2.0, "p": 0.7}, {"t": np.array([0.5, 3.0])}, {"a": 1.9452691545087656, "p": 0.62497316109889797},
    ),
    "integers beyond 64 bits": (
        lambda p, d: np.sum(p["x"] * d["n"] ** 3), "scalar", "gradient", {},
        {"x": 1.0}, {"n": np.array([3_000_000])}, {"x": 2.7e19},
    ),
    "unsigned pixels": (
        lambda p, d: np.sum(p["x"] * (d["pixel"] - 128)), "scalar", "gradient", {},
        {"x": 1.0}, {"pixel": np.array([10], np.uint8)}, {"x": -118},
    ),
    "a quotient of integers": (
        lambda p, d: np.sum(p["x"] * (d["n"] / 3)), "scalar", "gradient", {}, {"x": 1.0}, {"n": np.array([1])}, {"x": 1 / 3},
    ),
    "NaN in a parameter": (
        lambda p, d: np.sum(p["x"] ** 2), "scalar", "gradient", {}, {"x": [1.0, NAN]}, {}, {"x": [2, NAN]},
    ),
    "zero": (lambda p, d: np.sum(p["x"] ** 2), "scalar", "gradient", {}, {"x": [0.0, 0.0]}, {}, {"x": [0, 0]}),
    "an entry that is ignored": (
        lambda p, d: p["x"][0] ** 2, "scalar", "gradient", {}, {"x": np.linspace(1, 2, 17)}, {}, {"x": [2, *[0] * 16]},
    ),
    "a parameter that is ignored": (
        lambda p, d: p["x"] ** 2, "vector", "jacobian_reverse", {},
        {"x": [1.0, 2.0], "y": 3.0}, {}, {"x": [[2, 0], [0, 4]], "y": [0, 0]},
    ),
    "a tiny quotient": (
        lambda p, d: d["x"] / p["y"], "scalar", "gradient", {},
        {"y": 2e-170}, {"x": np.array(3e-250)}, {"y": -7.5000000000000007e89},
    ),
    "expm1": (
        lambda p, d: np.sum(np.expm1(p["x"])), "scalar", "gradient", {},
        {"x": [-40.0, 1e-9]}, {}, {"x": [math.exp(-40), math.exp(1e-9)]},
    ),
    "arctan2": (
        lambda p, d: np.sum(np.arctan2(p["y"], p["x"])), "scalar", "gradient", {},
        {"y": [-1.0, 2.0], "x": [2.0, -0.5]}, {}, {"y": [0.4, -0.5 / 4.25], "x": [0.2, -2 / 4.25]},
    ),
    "arccos and erf": (
        lambda p, d: special.erf(p["x"]) - np.arccos(p["x"]), "scalar", "gradient", {},
        {"x": 0.3}, {}, {"x": 1 / math.sqrt(1 - 0.09) + 2 / math.sqrt(math.pi) * math.exp(-0.09)},
    ),
    "cumprod with a zero": (
        lambda p, d: np.sum(np.cumprod(p["x"])), "scalar", "gradient", {},
        {"x": [1.5, 0.0, -2.0, 3.0]}, {}, {"x": [1, 1.5 * (1 - 2 - 6), 0, 0]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_reference_is_right_and_certified(case):
    function, kind, operation, options, params, data, truth = CASES[case]
    given = Inputs({name: np.asarray(x, float) for name, x in params.items()}, data, "")
    found = reference_of(Oracle(function, kind), given, operation, options, "float64")
    assert found.why == ""
    assert found.bounds is None
    for name, right in truth.items():
        np.testing.assert_allclose(found.value[name].astype(float), right, rtol=4e-16, atol=0)


def test_conditioning_of_a_tiny_quotient():
    function, kind, operation, options, params, data, _ = CASES["a tiny quotient"]
    given = Inputs({name: np.asarray(x, float) for name, x in params.items()}, data, "")
    found = reference_of(Oracle(function, kind), given, operation, options, "float64")
    assert float(found.sensitivity["y"] / abs(found.value["y"])) == pytest.approx(2.9e-16, rel=0.1)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda p, d: p["x"] ** 2,
            r"here returned an array of shape \(2,\); expected an array of shape \(\), such as np.sum",
        ),
        (lambda p, d: 3.0, r"here returned 3\.0 \(float\); expected an array of shape \(\).* computed from params"),
        (lambda p, d: None, r"here returned None \(NoneType\); expected .*; is a `return` missing\?"),
        (lambda p, d: [p["x"]], r"here returned a list; expected"),
        (lambda p, d: np.sum(p["x"])[None], r"returned an array of shape \(1,\); expected an array of shape \(\)"),
        (lambda p, d: np.sum(p["x"]) * 1j, r"returned complex numbers; expected .*: take np.real or np.abs"),
    ],
)
def test_what_an_oracle_may_not_return_is_told(function, message):
    given = Inputs({"x": np.array([1.0, 2.0])}, {}, "")
    with pytest.raises(InconsistentOracle, match=message):
        reference_of(Oracle(function, where="here"), given, "gradient", {}, "float64")
