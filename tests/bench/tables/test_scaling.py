"""Exponents and crossings, of times whose growth is known."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import problems
from bench import UsageError
from bench.plan.selection import ladder_cases
from bench.rows.journal import Journal
from bench.tables.frame import rows_frame
from bench.tables.run_tables import tables_of_kinds
from bench.tables.scaling import fit_exponent, overtakes
from tests.bench.commands.test_cli import typed
from tests.bench.made_rows import row

SIZES = problems.decades(2, 6)
LADDERS = [name for name in problems.names() if problems.load(name).ladder]


@settings(deadline=None)  # SciPy is imported by the first example
@given(st.floats(0.3, 3), st.floats(1e-9, 1e-3))
def test_an_exponent_is_found_whatever_the_factor(exponent, factor):
    found = fit_exponent(SIZES, [factor * size**exponent for size in SIZES])
    assert found.exponent == pytest.approx(exponent)
    assert found.half_width < 1e-6


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_interval_covers_the_exponent_of_noisy_times(seed):
    """Of 95 % intervals all but a few do; one ten times as wide always does."""
    noise = np.random.default_rng(seed).normal(0, 0.05, len(SIZES))
    found = fit_exponent(SIZES, [1e-9 * size * math.exp(e) for size, e in zip(SIZES, noise, strict=True)])
    assert abs(found.exponent - 1) <= 10 * found.half_width + 1e-3


def test_the_overhead_of_calls_is_left_out():
    found = fit_exponent(SIZES, [1e-5 + 1e-9 * size for size in SIZES])
    everything = np.polyfit(np.log(SIZES), np.log([1e-5 + 1e-9 * size for size in SIZES]), 1)[0]
    assert found.clear
    assert found.least_size == 10**5
    assert found.exponent == pytest.approx(1, abs=0.1)
    assert everything < 0.6


def test_where_all_is_overhead_the_three_largest_count_and_are_marked():
    found = fit_exponent(SIZES, [1e-5, *[2e-5] * (len(SIZES) - 3), 1e-5, 2e-5])
    assert not found.clear
    assert found.least_size == SIZES[-3]
    assert str(found).startswith("~")


def test_a_crossing_is_interpolated_between_the_sizes():
    linear, square = {n: 1e-6 * n for n in SIZES}, {n: 2e-9 * n * n for n in SIZES}
    assert overtakes(linear, square) == pytest.approx(500)
    assert math.isinf(overtakes(square, linear))
    assert overtakes({n: t / 2 for n, t in linear.items()}, linear) == 0


def test_a_crossing_counts_if_it_holds_to_the_largest_common_size():
    first, other = {1: 1.0, 10: 3.0, 100: 1.0, 1000: 9.0}, {1: 2.0, 10: 2.0, 100: 2.0}
    assert 10 < overtakes(first, other) < 100
    assert math.isinf(overtakes(first, {5: 1.0}))


@pytest.mark.parametrize("name", LADDERS)
def test_a_ladder_grows_and_its_instances_are_found_by_name(name):
    problem = problems.load(name)
    assert problem.ladder is not None
    sizes, instances = problem.ladder.sizes, problem.ladder.instances()
    assert list(sizes) == sorted(set(sizes))
    assert [problem.instance(instance.name).name for instance in instances] == [i.name for i in instances]
    smallest, next_one = (sum(array.size for part in i.make() for array in part.values()) for i in instances[:2])
    assert next_one > 2 * smallest


def test_the_problems_of_growing_size_have_a_ladder():
    assert {"linear_regression", "logistic_regression", "multivariate_gradient", "scalar_derivative"} <= set(LADDERS)


def test_a_problem_without_a_ladder_is_refused_with_those_that_have_one():
    with pytest.raises(UsageError, match=r"xor_mlp has no ladder of sizes; problems with one: .*linear_regression"):
        ladder_cases("xor_mlp")


def test_tables_of_a_ladder_have_exponents_and_crossings():
    names = [instance.name for instance in problems.load("linear_regression").ladder.instances()]  # type: ignore[union-attr]
    rows = [row(instance=name, median_s=1e-8 * size) for name, size in zip(names, SIZES, strict=True)]
    rows += [
        row("jax_grad/jit", instance=name, median_s=1e-5 + 1e-9 * size) for name, size in zip(names, SIZES, strict=True)
    ]
    growth, overtaking = tables_of_kinds(rows_frame(rows), ["scaling"])
    assert growth.body.loc["numpy_hand/plain", "exponent"] == "1.00 ± 0.00"
    assert growth.body.loc["numpy_hand/plain", "1e6"] == "10.0 ms"
    assert overtaking.body.loc["jax_grad/jit", "numpy_hand/plain"] == "from 1.1e+03"
    assert overtaking.body.loc["numpy_hand/plain", "jax_grad/jit"] == "never"
    few = rows_frame([replace(r) for r in rows if r.instance in names[:3]])
    assert tables_of_kinds(few, ["scaling"]) == []


@pytest.mark.slow
def test_scale_climbs_the_ladder_and_prints_the_exponents(tmp_path, monkeypatch, capsys):
    known = problems.load("scalar_derivative")
    assert known.ladder is not None
    short = dataclasses.replace(known, ladder=dataclasses.replace(known.ladder, sizes=problems.decades(1, 3)))
    monkeypatch.setattr(problems, "load", lambda name: short if name == short.name else None)
    arguments = ["scale", "scalar_derivative", "-b", "numpy_hand", "--out", tmp_path / "run"]
    status, out, err = typed(monkeypatch, capsys, *arguments)
    assert status == 0, err
    assert "Scaling: scalar_derivative · gradient" in out
    timed = Journal(tmp_path / "run" / "journal.jsonl").rows()
    ladder = problems.load("scalar_derivative").ladder
    assert ladder is not None
    assert [r.instance for r in timed] == [instance.name for instance in ladder.instances()]
