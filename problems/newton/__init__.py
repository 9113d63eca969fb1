"""Newton's method, x ← x − ∇²f(x)⁻¹ ∇f(x), on w² − 4w + 4 and on f(x) = Σᵢ exp(aᵢ·x + bᵢ).

Why it is here: a few steps of second derivatives and linear solves, stopped by the size of the gradient, show what a
framework's control flow costs. The sum of exponentials is strictly convex with a Hessian that varies.

params: w (); or x (n,). data: none; or A (m, n), b (m,).
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem


def textbook() -> tuple[Arrays, Arrays]:
    """Article 3, example 3.16: from 0."""
    return {"w": np.array(0.0)}, {}


def boyd() -> tuple[Arrays, Arrays]:
    """Boyd and Vandenberghe, Convex Optimization (2004), equation 9.20: the minimum is at (−½ log 2, 0)."""
    A = np.array([[1.0, 3.0], [1.0, -3.0], [-1.0, 0.0]])
    return {"x": np.array([0.5, 0.25])}, {"A": A, "b": np.full(3, -0.1)}


def exponentials(m: int, n: int) -> tuple[Arrays, Arrays]:
    """m standard normal exponents in n variables, divided by √n."""
    rng = np.random.default_rng([m, n])
    A = rng.normal(size=(m, n)) / np.sqrt(n)
    return {"x": rng.normal(size=n) / np.sqrt(n)}, {"A": A, "b": 0.1 * rng.normal(size=m)}


UNTIL = {"tolerance": 1e-5, "steps": 100}

DIFFERENCED = "the gradient is exact, so one step ends the search, with the error of the differenced Hessian"

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=textbook,
            function="parabola",
            operations={"value": {}, "gradient": {}, "hessian": {}, "newton": UNTIL},
            source="article 3, example 3.16: tolerance 1e-5 on the gradient, at most 100 steps; one is taken",
            expect={"numpy_fd/complex_step:newton:float64": ("wrong", DIFFERENCED)},
        ),
        Instance(
            name="boyd",
            make=boyd,
            function="exponentials",
            operations={"value": {}, "gradient": {}, "hessian": {}, "newton": {"tolerance": 1e-9, "steps": 100}},
            source="Boyd and Vandenberghe (2004), equation 9.20",
        ),
        Instance(
            name="n10_m50",
            make=partial(exponentials, 50, 10),
            function="exponentials",
            operations={"value": {}, "gradient": {}, "hessian": {}, "newton": {"steps": 8}},
            quick=("newton",),
        ),
    ),
)
