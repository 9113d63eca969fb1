"""Curves of error against step: measured where theory puts them, and found out where they are not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import backends
from bench import UsageError
from bench.rows.step_curves import read_step_curves
from bench.study import step_sizes
from bench.study.step_sizes import UNEXPLAINED, step_cases, step_curves
from tests.bench.processes import typed


@pytest.fixture(scope="module")
def curves():
    backends.load("numpy_fd").configure(1, "cpu")
    return list(step_curves("scalar_derivative", "sin2"))


def test_every_variant_is_swept_in_both_dtypes(curves):
    assert len({(each.variant, each.dtype) for each in curves}) == len(curves) == 8


def test_the_best_steps_of_sin2_are_those_of_the_rule(curves):
    for each in curves:
        assert each.verdict() == ("no best step" if each.variant == "complex_step" else "as predicted"), each


def test_a_curve_of_differences_is_a_v(curves):
    for each in curves:
        if each.variant != "complex_step":
            step, error = each.best
            good = ~np.isnan(each.errors)
            ends = each.errors[good][0], each.errors[good][-1]
            assert min(ends) > 100 * error
            assert each.steps[good][-1] < step < each.steps[0]


def test_what_neither_predicts_is_not_explained(curves):
    for each in curves:
        worse = dataclasses.replace(each, errors=each.errors * 1000)
        assert worse.verdict() == UNEXPLAINED
        if each.variant != "complex_step":
            shifted = dataclasses.replace(each, steps=each.steps * 1000)
            assert shifted.verdict() == UNEXPLAINED


def test_a_formula_of_a_lower_order_does_not_explain_itself(monkeypatch):
    """Planted: central differences by the name of five points, whose own truncation predicts the curve that is measured."""
    right = step_sizes.sweep.gradient

    def wrong(task, variant, h):
        return right(task, "central" if variant == "five_point" else variant, h)

    monkeypatch.setattr(step_sizes.sweep, "gradient", wrong)
    found = {(each.variant, each.dtype): each for each in step_curves("scalar_derivative", "sin2")}
    assert found["five_point", "float64"].verdict() == "not explained: order 2.0 instead of 4"
    assert found["central", "float64"].verdict() == "as predicted"


def test_a_complex_step_with_a_best_step_is_not_explained(curves):
    for each in curves:
        if each.variant == "complex_step":
            noisy = np.where(each.steps < 1e-12, 1e-3, each.errors)
            assert dataclasses.replace(each, errors=noisy).verdict() == UNEXPLAINED


def test_a_function_with_another_scale_is_explained_by_itself_and_not_by_the_rule():
    found = {(each.variant, each.dtype): each for each in step_curves("multivariate_gradient", "rosenbrock_n1e1")}
    assert found["forward", "float64"].verdict() == "explained"


def test_a_parabola_is_right_to_the_last_place_with_long_steps():
    found = {(each.variant, each.dtype): each for each in step_curves("scalar_derivative", "textbook")}
    assert found["central", "float64"].verdict() == "exact to rounding"


def test_what_cannot_be_swept_is_named_with_the_reason():
    _, left_out = step_cases("multivariate_gradient")
    assert any("rosenbrock_n1e6: too large: 1000000 variables" in reason for reason in left_out)
    with pytest.raises(UsageError, match="elementwise or vector-valued"):
        step_cases("scalar_derivative:square_n1e6")


@pytest.mark.slow
def test_the_command_prints_a_table_and_writes_pictures(tmp_path):
    (tmp_path / "journal.jsonl").touch()
    done = typed("steps", "scalar_derivative:sin2", "--out", tmp_path, "--run", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "as predicted" in done.stdout
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "journal.jsonl",
        "steps.json",
        "scalar_derivative_sin2.md",
        "steps-scalar_derivative-sin2.svg",
        "steps-scalar_derivative-sin2.png",
    }
    assert "</svg>" in (tmp_path / "steps-scalar_derivative-sin2.svg").read_text()
    kept = {(curve["method"], curve["dtype"]): curve for curve in read_step_curves(tmp_path)}
    assert kept["numpy_fd/central", "float64"]["predicted"] == pytest.approx((2**-52) ** (1 / 3), rel=1)
    assert kept["numpy_fd/complex_step", "float32"]["predicted"] is None
    assert all(len(curve["h"]) > 20 for curve in kept.values())


def test_curves_are_kept_in_a_run_folder_only(tmp_path):
    done = typed("steps", "scalar_derivative:sin2", "--out", tmp_path, "--run", tmp_path)
    assert done.returncode == 2
    assert "expected a run folder, with a journal.jsonl in it" in done.stderr
