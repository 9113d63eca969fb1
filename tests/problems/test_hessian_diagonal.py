"""`hessian_diagonal` is a Hessian's product with ones: only where the Hessian is diagonal is that its diagonal."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from bench.data.inputs import load_inputs
from bench.truth.extended import second_derivatives, to_extended
from bench.truth.oracle import oracle_of
from bench.truth.reverse_mode import reverse_gradient

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
    params, data = to_extended(given.params), to_extended(given.data)
    if sum(x.size for x in params.values()) > MOST or sum(x.size for x in data.values()) > 100 * MOST:
        pytest.skip("the same function as a smaller instance's")
    oracle = oracle_of(name, problems.load(name).instance(instance))

    def own(at, held):
        return reverse_gradient(oracle.function, at, held)

    (blocks,) = (second_derivatives(own, params, data)[a] for a in list(params)[:1])
    (leaf,) = list(blocks.values())[:1]
    size = int(np.sqrt(leaf.size))
    matrix = leaf.reshape(size, size)
    assert np.any(np.diag(matrix))
    np.testing.assert_array_equal(matrix, np.diag(np.diag(matrix)))
