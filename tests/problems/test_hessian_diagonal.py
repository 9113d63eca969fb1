"""`hessian_diagonal` is a Hessian's product with ones: only where the Hessian is diagonal is that its diagonal."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from bench.data.inputs import load_inputs
from bench.truth.extended import extended_answer
from bench.truth.oracle import oracle_of

MOST = 300
CASES = [
    (name, instance.name)
    for name in problems.names()
    for instance in problems.load(name).instances
    if "hessian_diagonal" in instance.operations
]


@pytest.mark.parametrize(("name", "instance"), CASES, ids=":".join)
def test_the_hessian_is_diagonal(name, instance):
    given = load_inputs(name, instance)
    if sum(x.size for x in given.params.values()) > MOST or sum(x.size for x in given.data.values()) > 100 * MOST:
        pytest.skip("the same function as a smaller instance's")
    oracle = oracle_of(name, problems.load(name).instance(instance))
    blocks = extended_answer(oracle, "hessian", given.params, given.data, {})
    leaf = next(iter(next(iter(blocks.values())).values()))
    size = int(np.sqrt(leaf.size))
    matrix = leaf.reshape(size, size)
    assert np.any(np.diag(matrix))
    np.testing.assert_array_equal(matrix, np.diag(np.diag(matrix)))
