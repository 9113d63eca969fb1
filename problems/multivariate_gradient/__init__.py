"""Functions of several variables: x²y + y³, w₁² + 2w₂², x² + 3xy + y², and Rosenbrock's Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)².

Why it is here: the gradient costs reverse mode about as much as the function, and differences n times as much. Rosenbrock's
function has any number of variables and a banded Hessian; in a million variables it measures memory traffic and fusion.

params: x (), y (); or w (2,); or x (n,). data: none.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Ladder, Problem, Work, decades, short


def cubic() -> tuple[Arrays, Arrays]:
    """Article 1, example 1.1: the point (2, 1)."""
    return {"x": np.array(2.0), "y": np.array(1.0)}, {}


def bowl() -> tuple[Arrays, Arrays]:
    """Article 2, example 2.3: the point (1, −2)."""
    return {"w": np.array([1.0, -2.0])}, {}


def thirds() -> tuple[Arrays, Arrays]:
    """A point where no value is a dyadic fraction."""
    return {"x": np.array(2 / 3), "y": np.array(1 / 7)}, {}


def classical_start(n: int) -> tuple[Arrays, Arrays]:
    """(−1.2, 1, −1.2, 1, …), as in Moré, Garbow and Hillstrom (1981), problem 21."""
    return {"x": np.where(np.arange(n) % 2 == 0, -1.2, 1.0)}, {}


def rosenbrock(name: str, n: int, operations: tuple[str, ...], **more) -> Instance:
    """Rosenbrock's chained function in n variables from its classical start."""
    return Instance(
        name=f"rosenbrock_{name}",
        make=partial(classical_start, n),
        function="rosenbrock",
        operations={operation: {} for operation in operations},
        source="Rosenbrock (1960); start of Moré, Garbow and Hillstrom (1981)",
        work={"value": Work(flops=8 * n, numbers=n), "gradient": Work(flops=11 * n, numbers=2 * n)},
        **more,
    )


ROUNDING = "f is a sum of n terms, so its rounding error grows with n while the entries of its gradient do not"
TOO_LONG = "an expression of more than 100 variables takes SymPy minutes to differentiate"

ALL: dict[str, dict] = {"value": {}, "gradient": {}, "hessian": {}}


def rung(n: int) -> Instance:
    """Rosenbrock's function in n variables, without what is too long or too inexact at that size."""
    return rosenbrock(
        f"n{short(n)}",
        n,
        ("value", "gradient"),
        omit={"sympy_symbolic/*": TOO_LONG} if n > 100 else {},
        expect={"numpy_fd/forward:gradient:float64": ("wrong", ROUNDING)} if n >= 1000 else {},
    )


SHORT = "h = 1e-7 is less than the rounding error of 2 in float32"

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=cubic,
            function="cubic",
            operations={**ALL, "gradient": {"step": 1e-7}},
            quick=("gradient",),
            source="article 1, example 1.1, differences with a step of 1e-7",
            expect={f"numpy_fd/{variant}:gradient:float32": ("wrong", SHORT) for variant in ("central", "forward")},
        ),
        Instance(name="cubic_at_thirds", make=thirds, function="cubic", operations=ALL),
        Instance(
            name="textbook_2_3",
            make=bowl,
            function="bowl",
            operations=ALL,
            source="article 2, example 2.3",
        ),
        Instance(
            name="textbook_3_18",
            make=thirds,
            function="mixed",
            operations=ALL,
            source="article 3, example 3.18, at (2/3, 1/7)",
        ),
        rosenbrock("n1e1", 10, ("value", "gradient", "hessian")),
        rosenbrock("n1e2", 100, ("value", "gradient", "hessian")),
        rosenbrock(
            "n1e3",
            1000,
            ("value", "gradient"),
            omit={"sympy_symbolic/*": TOO_LONG},
            expect={"numpy_fd/forward:gradient:float64": ("wrong", ROUNDING)},
        ),
        rosenbrock("n1e6", 10**6, ("value", "gradient"), quick=("gradient",), omit={"sympy_symbolic/*": TOO_LONG}),
    ),
    ladder=Ladder(rung, decades(1, 6), counts="variables"),
)
