"""Jacobians of f(x) = tanh(Ax), a function ℝⁿ → ℝᵐ, for (n, m) from (1, 1000) to (1000, 1).

Why it is here: forward mode costs one pass for each of the n inputs, reverse mode one for each of the m outputs, so the
cheaper mode changes sides where n = m. Article 3 (3.20) has it the other way round; the table settles it. The number of
entries is the same at (1, 1000) and (1000, 1), and at (10, 100) and (100, 10), so that those rows compare directly.

params: x (n,). data: A (m, n), standard normal divided by √n. The function returns (m,), its Jacobian is (m, n).
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem, Work


def synthetic(n: int, m: int) -> tuple[Arrays, Arrays]:
    """Entries of Ax have variance 1, so that tanh is neither linear nor saturated."""
    rng = np.random.default_rng([n, m, 20])
    return {"x": rng.normal(size=n)}, {"A": rng.normal(size=(m, n)) / np.sqrt(n)}


def work(n: int, m: int) -> dict[str, Work]:
    """A value is one product; the Jacobian diag(1 − tanh²(Ax)) A reads A for the product, and again to scale its rows."""
    jacobian = Work(flops=3 * m * n, numbers=3 * m * n, once=2 * m * n)
    return {"value": Work(flops=2 * m * n, numbers=m * n), "jacobian_forward": jacobian, "jacobian_reverse": jacobian}


def sized(n: int, m: int, **more) -> Instance:
    return Instance(
        name=f"n{n}_m{m}",
        make=partial(synthetic, n, m),
        operations={"value": {}, "jacobian_forward": {}, "jacobian_reverse": {}},
        kind="vector",
        work=work(n, m),
        source="article 3, example 3.20 (the claim)",
        **more,
    )


PROBLEM = Problem(
    instances=(
        sized(32, 32, quick=("jacobian_forward", "jacobian_reverse")),
        sized(1, 1000),
        sized(10, 100),
        sized(100, 10),
        sized(1000, 1),
    ),
)
