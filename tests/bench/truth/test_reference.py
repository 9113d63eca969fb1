"""References: certified where they can be, marked where they cannot, and made again when that is asked for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import problems
from bench.data import store
from bench.data.inputs import load_inputs
from bench.data.store import flatten
from bench.truth import compute, reference
from bench.truth.certified import certified_answer
from bench.truth.compute import certify_bounds, compute_reference, require_equal
from bench.truth.oracle import InconsistentOracle
from bench.truth.reference import Reference, load_reference
from bench.truth.time_budget import Uncertified


def test_newton_finds_the_minimum_of_boyd_and_vandenberghe():
    found = load_reference("newton", "boyd", "newton", "float64").value["x"]
    np.testing.assert_allclose(found.astype(float), [-np.log(2) / 2, 0], rtol=1e-15, atol=1e-15)


def test_a_reference_is_certified_and_says_how_well():
    found = load_reference("xor_mlp", "textbook", "gradient", "float64")
    assert found.why == ""
    for path, wide in flatten(found.radius).items():
        assert np.all(wide < 2.0**-60 * np.abs(flatten(found.value)[path]))


def uncertified(*args, **kwargs):
    raise Uncertified("ball arithmetic would take about 99 s")


def test_an_uncertified_reference_is_held_against_balls_on_a_small_instance(monkeypatch):
    certified = certified_answer

    def but_large(oracle, operation, params, data, options, scale=0.0):
        if params["theta"].size > 2:
            uncertified()
        return certified(oracle, operation, params, data, options, scale)

    monkeypatch.setattr(compute, "certified_answer", but_large)
    options = {"rate": 0.1, "steps": 5}
    found = compute_reference("linear_regression", "real", "gradient_descent", "float64", options)
    assert found.radius is None
    assert (
        "about 99 s; used 80-bit arithmetic, which agrees with ball arithmetic on textbook after 3 steps" in found.why
    )


def test_extended_precision_that_differs_from_balls_is_an_error(monkeypatch):
    right = {"x": np.array([1.0, 2.0], np.longdouble)}
    require_equal({"x": right["x"] * (1 + np.longdouble(2) ** -60)}, right, "here")
    with pytest.raises(InconsistentOracle, match="here: 80-bit and ball arithmetic differ by 2e-12 in x"):
        require_equal({"x": right["x"] + 2e-12}, right, "here")


def test_no_instance_that_is_small_enough_is_said(monkeypatch):
    monkeypatch.setattr(compute, "certified_answer", uncertified)
    found = compute_reference("newton", "textbook", "newton", "float64", {"steps": 2})
    assert found.value["w"] == 2
    assert "unchecked: no instance of the function is small enough" in found.why


def test_a_fresh_reference_is_computed_whatever_is_stored(monkeypatch, tmp_path):
    monkeypatch.setattr(store, "CACHE", tmp_path)
    load_inputs.cache_clear()
    case = ("newton", "textbook", "value", "float64")
    first = load_reference(*case)
    (stored,) = (tmp_path / "references").iterdir()
    with np.load(stored) as parts:
        wrong = {name: parts[name] + 1 if name == "value/" else parts[name] for name in parts.files}
    np.savez(stored, **wrong)
    assert load_reference(*case).value == first.value + 1
    assert load_reference(*case, fresh=True).value == first.value
    assert load_reference(*case).value == first.value


@pytest.mark.parametrize("operation", ["value", "gradient", "newton"])
def test_a_stored_reference_holds_its_objective_and_is_read_without_the_oracle(monkeypatch, operation):
    case = ("newton", "boyd", operation, "float64")
    first = load_reference(*case, fresh=True)
    monkeypatch.setattr(problems, "load_oracle", None)
    assert load_reference(*case).objective == first.objective
    x, y = first.value["x"] if operation == "newton" else load_inputs("newton", "boyd").params["x"]
    truth = np.exp(x + 3 * y - 0.1) + np.exp(x - 3 * y - 0.1) + np.exp(-x - 0.1)  # Boyd and Vandenberghe, (9.20)
    assert first.objective == pytest.approx(float(truth), rel=1e-15)


def subgradient(low, high):
    return Reference({"x": np.zeros(2)}, 0.0, ({"x": np.array(low)}, {"x": np.array(high)}))


def test_what_lies_between_the_bounds_is_its_own_reference():
    kink = subgradient([0.0, 3.0], [1.0, 3.0])
    inside = {"x": np.array([0.25, 3.0])}
    np.testing.assert_array_equal(kink.nearest(inside)["x"], inside["x"])
    assert kink.position(inside) == [0.25]
    np.testing.assert_array_equal(kink.nearest({"x": np.array([1.5, 2.0])})["x"], [1.0, 3.0])


def test_of_an_interval_without_end_no_place_is_told_and_nan_lies_nowhere():
    endless = subgradient([0.0, 0.0], [np.inf, 1.0])
    assert endless.position({"x": np.array([8.0, 0.5])}) == [0.5]
    np.testing.assert_array_equal(endless.nearest({"x": np.array([np.nan, 0.5])})["x"], [0.0, 0.5])


def test_bounds_that_do_not_hold_the_derivative_are_inconsistent():
    one = {"x": np.ones(1)}
    with pytest.raises(InconsistentOracle, match="bounds of x"):
        certify_bounds(one, {"x": np.array([2.0])}, {"x": np.array([3.0])})
    certify_bounds(one, {"x": np.array([0.0])}, {"x": np.array([3.0])})


def test_a_reference_is_stored_under_all_that_it_is_made_from(monkeypatch, tmp_path):
    """Another oracle, other inputs, options or scale: each is another name, so that nothing stale is read."""
    names: list[str] = []

    def stored(kind, name, make, **more):
        names.append(name)
        return {"value/": np.array(1.0), "objective/": np.array(1.0), "scale/": np.array(0.0)}

    monkeypatch.setattr(reference, "stored_arrays", stored)
    problem, given = problems.load("newton"), load_inputs("newton", "textbook")
    first, *others = problem.instances
    (tmp_path / "oracle.py").write_text((problem.folder / "oracle.py").read_text() + "# another\n")

    def named(problem=problem, given=given, dtype="float64", **changes):
        known = dataclasses.replace(problem, instances=(dataclasses.replace(first, **changes), *others))
        monkeypatch.setattr(reference.problems, "load", lambda name: known)
        monkeypatch.setattr(reference, "load_inputs", lambda name, instance: given)
        load_reference("newton", "textbook", "newton", dtype)

    named()
    named(dataclasses.replace(problem, folder=tmp_path))
    named(given=dataclasses.replace(given, digest="another"))
    named(dtype="float32")
    named(scale=1.0)
    named(operations={"newton": {"steps": 3}})
    assert len(set(names)) == len(names) == 6
    named()
    assert names[-1] == names[0]
