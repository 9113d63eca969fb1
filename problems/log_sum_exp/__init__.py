"""The logarithm of a sum of exponentials: f(x) = a + log Σᵢ exp(xᵢ − a) with a = max x.

Why it is here: it normalises every mixture and every classifier. f does not depend on a, so a framework that differentiates
the maximum does work for nothing; without a, exp overflows. Its gradient is the softmax, one more pass over n numbers.

params: x (n,), standard normal. data: none. Source: ADBench (arXiv 1807.10129) and GradBench, `lse`.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Ladder, Problem, Work, decades, short


def normal(n: int) -> tuple[Arrays, Arrays]:
    """n standard normal numbers."""
    return {"x": np.random.default_rng([n, 23]).normal(size=n)}, {}


def far_apart() -> tuple[Arrays, Arrays]:
    """Numbers from −2000 to 2000: exp of most is 0 or infinite, in float32 and in float64."""
    return {"x": np.array([-2000.0, 1999.0, 2000.0, 1999.5, 0.3])}, {}


TOO_LONG = "an expression of more than 100 variables takes SymPy minutes to differentiate"
ROUNDING = "f is of size log n and its n slopes of size 1/n: the rounding error of f ÷ h exceeds the tolerance"
LARGE = "f is 2000 and its slopes are below 1: the rounding error of f ÷ h exceeds the tolerance"
ROUNDED = {
    f"numpy_fd/{variant}:gradient:float64": ("wrong", ROUNDING) for variant in ("forward", "central", "five_point")
}


def sized(n: int) -> Instance:
    """n numbers; the exponentials are counted as one operation each."""
    return Instance(
        name=f"n{short(n)}",
        make=partial(normal, n),
        operations={"value": {}, "gradient": {}} | ({"hessian": {}} if n <= 100 else {}),
        omit={"sympy_symbolic/*": TOO_LONG} if n > 100 else {},
        work={"value": Work(flops=4 * n, numbers=n), "gradient": Work(flops=5 * n, numbers=2 * n)},
        expect=ROUNDED if n >= 1000 else {},
        quick=("gradient",) if n == 1000 else (),
        slow={"torch_autograd/compile": "compiles for seconds; mlp:real_100 shows what that takes and gains"},
        source="ADBench and GradBench, lse",
    )


PROBLEM = Problem(
    instances=(
        sized(10),
        sized(1000),
        sized(10**6),
        Instance(
            "far_apart",
            far_apart,
            {"value": {}, "gradient": {}},
            expect={
                "numpy_fd/forward:gradient": ("wrong", LARGE),
                "numpy_fd/five_point:gradient": ("wrong", LARGE),
                "numpy_fd/central:gradient:float32": ("wrong", LARGE),
            },
        ),
    ),
    ladder=Ladder(sized, decades(1, 6), counts="numbers"),
)
