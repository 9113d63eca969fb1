"""Arrays on disk."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from bench.data import inputs, store
from bench.data.inputs import load_inputs
from bench.data.store import digest_of, flatten, stored_arrays, unflatten


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "CACHE", tmp_path)


def test_arrays_are_made_once():
    made: list[None] = []

    def make():
        made.append(None)
        return {"a/b": np.arange(3, dtype=np.longdouble)}

    for _ in range(2):
        np.testing.assert_array_equal(stored_arrays("kind", "name", make)["a/b"], [0, 1, 2])
    assert len(made) == 1
    stored_arrays("kind", "name", make, fresh=True)
    assert len(made) == 2


def test_extended_precision_survives():
    third = np.longdouble(1) / 3
    stored_arrays("kind", "third", lambda: {"": np.asarray(third)})
    assert stored_arrays("kind", "third", dict)[""] == third


def test_trees_survive_flattening():
    tree = {"a": {"b": np.ones(2), "c": np.zeros(1)}, "d": np.ones(3)}
    flat = flatten(tree)
    assert list(flat) == ["a/b", "a/c", "d"]
    assert unflatten(flat).keys() == tree.keys()
    assert unflatten(flatten(np.ones(2))).shape == (2,)


def test_a_digest_tells_values_shapes_and_dtypes_apart():
    a = np.arange(4.0)
    digests = {digest_of(x) for x in (a, a + 1, a.reshape(2, 2), a.astype(np.float32))}
    assert len(digests) == 4
    assert digest_of(a, "x") != digest_of("x", a)
    assert digest_of("ab", "c") != digest_of("a", "bc")


@pytest.mark.parametrize("part", [("name", np.ones(3)), {"name": 1}, [1]])
def test_what_cannot_be_digested_whole_is_refused(part):
    with pytest.raises(TypeError, match="cannot digest"):
        digest_of(part)


@pytest.mark.parametrize("change", [1.0, 1e-12])
def test_the_inputs_digest_sees_one_entry_in_the_middle_of_many(change, monkeypatch):
    def digest(array):
        instance = problems.Instance(name="i", make=lambda: ({"x": array}, {}), operations={})
        problem = problems.Problem(instances=(instance,), name="p", folder=problems.FOLDER / "newton")
        monkeypatch.setattr(problems, "load", lambda name: problem)
        load_inputs.cache_clear()
        monkeypatch.setattr(inputs, "stored_arrays", lambda kind, name, make: make())
        return load_inputs("p", "i").digest

    array = np.ones(5000)
    changed = array.copy()
    changed[2500] += change
    assert digest(array) != digest(changed)
    load_inputs.cache_clear()
