"""A polynomial fitted to a step: J(x) = ½ Σᵢ (sᵢ − Σⱼ xⱼ tᵢʲ)², with tᵢ = −1 + 2i/(n − 1) and sᵢ = sign tᵢ.

Why it is here: one long chain of multiplications for each of many points. By Horner's rule a value needs no memory and its
reverse sweep needs all of it; powers by doubling take ten large products in place of m small ones.

params: x (m,), j = 0 … m − 1. data: t, s (n,). Source: ADBench and GradBench, `llsq`, where m = 128.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Ladder, Problem, Work

DEGREES = 128


def step(n: int, m: int) -> tuple[Arrays, Arrays]:
    """n points on [−1, 1] with the signs of 2i − n + 1, which no rounding of t changes; standard normal coefficients."""
    i = np.arange(n)
    t, s = -1 + 2 * i / (n - 1), np.sign(2 * i - n + 1).astype(float)
    return {"x": np.random.default_rng([n, m, 29]).normal(size=m)}, {"t": t, "s": s}


TOO_LONG = "an expression of more than 100 variables takes SymPy minutes to differentiate"


def sized(n: int, m: int = DEGREES) -> Instance:
    """n points; a value takes m multiplications and additions for each, a gradient twice as many."""
    return Instance(
        name=f"n{n}_m{m}",
        make=partial(step, n, m),
        operations={"value": {}, "gradient": {}} | ({"hessian": {}} if m <= 10 else {}),
        omit={"sympy_symbolic/*": TOO_LONG} if m > 100 else {},
        work={
            "value": Work(flops=2 * n * m, numbers=2 * n + m),
            "gradient": Work(flops=4 * n * m, numbers=2 * n + 2 * m),
        },
        quick=("gradient",) if n == 1024 else (),
        slow={"torch_autograd/compile": "compiles for seconds; mlp:real_100 shows what that takes and gains"},
        source="ADBench and GradBench, llsq",
    )


PROBLEM = Problem(
    instances=(sized(20, 8), sized(1024), sized(16_392)),
    ladder=Ladder(sized, (128, 1024, 4096, 16_384, 65_536), counts="points"),
)
