"""The last component of a chain of differential equations: y₁' = x₁, yᵢ' = xᵢ yᵢ₋₁ on [0, 2], y(0) = 0, by s steps of RK4.

Why it is here: differentiating through a solver. The steps follow one another, each is a few products of n numbers, and a
reverse sweep keeps all stages or makes them again. The derivative is that of the method, not of the exact solution.

yₙ(2) = Π 2xᵢ/i in exact arithmetic. The field draws xᵢ from [0, 1], where it vanishes from n = 170 on and any answer passes;
here xᵢ is near i/2, so that yₙ is of order one.

params: x (n,). data: h (s,), the lengths of the steps. Source: GradBench, `ode`.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem, Work


def chain(n: int, s: int) -> tuple[Arrays, Arrays]:
    """xᵢ = i/2, each off by up to a tenth divided by √n."""
    noise = np.random.default_rng([n, s, 31]).uniform(-0.1, 0.1, size=n) / np.sqrt(n)
    return {"x": np.arange(1, n + 1) / 2 * (1 + noise)}, {"h": np.full(s, 2 / s)}


UNROLLED = "torch.compile unrolls the steps, four stages each, and compiles ten of them for 15 s"
TOO_LONG = "SymPy's expression has a product for every path through the stages"


def sized(n: int, s: int) -> Instance:
    """A step takes four stages, each a product and the sums of the method: 14 operations a component."""
    return Instance(
        name=f"n{n}_s{s}",
        make=partial(chain, n, s),
        operations={"value": {}, "gradient": {}},
        omit={"torch_autograd/compile": UNROLLED, "sympy_symbolic/*": TOO_LONG},
        work={
            "value": Work(flops=14 * n * s, numbers=2 * n + s),
            "gradient": Work(flops=40 * n * s, numbers=3 * n + s),
        },
        quick=("gradient",) if n == 8 else (),
        source="GradBench, ode",
    )


PROBLEM = Problem(instances=(sized(8, 10), sized(32, 100), sized(100, 100)), omit={"sympy_symbolic": TOO_LONG})
