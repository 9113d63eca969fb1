"""Logistic regression: J(w) = 1/n Σᵢ [log(1 + exp zᵢ) − yᵢ zᵢ] + λ/2 ‖w‖², with z = Xw and λ = 1e-3.

Why it is here: the most common convex problem of machine learning. Its gradient Xᵀ(σ(z) − y)/n + λw moves as many
bytes as that of linear regression with an exponential between the products; its Hessian Xᵀ diag(σ(1 − σ)) X/n + λI is
one large product. Naive forms overflow for |z| in the hundreds and have a wrong gradient at z = 0.

params: w (d,). data: X (n, d), y (n,) of zeros and ones, penalty ().
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import (
    Arrays,
    Instance,
    Ladder,
    Problem,
    Work,
    decades,
    products_with,
    short,
    standardised,
    unarranged,
    with_intercept,
)

PENALTY = np.array(1e-3)


def textbook() -> tuple[Arrays, Arrays]:
    """Six hours of study against passing, from w = 0, where z = 0: article 3 prints the formula (3.11) without data."""
    hours = np.array([0.5, 1.5, 2.0, 3.25, 4.0, 5.5])
    X = np.stack([np.ones(6), hours], axis=1)
    return {"w": np.zeros(2)}, {"X": X, "y": np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0]), "penalty": PENALTY}


def real() -> tuple[Arrays, Arrays]:
    """The breast-cancer data bundled with scikit-learn (569 × 30; Street et al. 1993), standardised, with an intercept."""
    from sklearn.datasets import load_breast_cancer

    features, target = load_breast_cancer(return_X_y=True)
    X = with_intercept(standardised(features))
    w = np.random.default_rng(569).normal(scale=0.1, size=(X.shape[1],))
    return {"w": w}, {"X": X, "y": np.asarray(target, float), "penalty": PENALTY}


def extreme() -> tuple[Arrays, Arrays]:
    """z from −3000 to 3000, half of the labels against their sign: exp z overflows, and so does its naive gradient."""
    X = np.array([[1.0, scale * sign] for scale in (40.0, 800.0, 3000.0) for sign in (-1.0, 1.0, 1.0)])
    y = np.array([0.0, 1.0, 0.0] * 3)
    return {"w": np.array([0.25, 1.0])}, {"X": X, "y": y, "penalty": PENALTY}


def synthetic(n: int, d: int) -> tuple[Arrays, Arrays]:
    """n standard normal rows, labels drawn from the model with weights of variance 1/d."""
    rng = np.random.default_rng([n, d, 1])
    X = rng.normal(size=(n, d))
    z = X @ (rng.normal(size=d) / np.sqrt(d))
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-z))).astype(float)
    return {"w": rng.normal(size=d) / np.sqrt(d)}, {"X": X, "y": y, "penalty": PENALTY}


def work(n: int, d: int, steps: int) -> dict[str, Work]:
    """A Hessian is the product of a weighted X with X."""
    hessian = Work(flops=2 * n * d * (d + 1), numbers=2 * n * d + n + d * d, once=n * d + n + d * d)
    return {**products_with(n, d, steps), "hessian": hessian}


def sized(name: str, n: int, d: int, steps: int, **more) -> Instance:
    """A synthetic instance; large ones take few steps, since each step costs the same."""
    descent = {"rate": 1.0, "steps": steps}
    operations = {"value": {}, "gradient": {}, "gradient_descent": descent, **more.pop("operations", {})}
    work_of = work(n, d, steps)
    return Instance(name=name, make=partial(synthetic, n, d), operations=operations, work=work_of, **more)


def rung(n: int) -> Instance:
    """n samples of ten features."""
    return sized(f"n{short(n)}_d10", n, 10, steps=max(5, min(1000, 5 * 10**6 // n)))


AMPLIFIED = (
    "the smallest eigenvalue of the Hessian is about λ = 1e-3, which amplifies the error of the gradient by 1000"
)

ROUNDED = ("central", "forward", "five_point", "scipy", "numdifftools")  # the complex step is not
SECOND_ORDER: dict[str, dict] = {"hessian": {}, "newton": {"steps": 12}}

ROUNDED_TWICE = "rounding error of a sum over 569 samples, ÷ h²: 3.5e-8, above the tolerance of 1e-8"
ADDED_UP = "SciPy stops by its own error estimate, and the remaining errors of 1000 steps add up to 1.5e-8"

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=textbook,
            operations={"value": {}, "gradient": {}, "gradient_descent": {"rate": 0.1, "steps": 1000}, **SECOND_ORDER},
            source="article 3, example 3.11 (the formula)",
        ),
        Instance(
            name="real",
            make=real,
            operations={"value": {}, "gradient": {}, "gradient_descent": {"rate": 0.5, "steps": 1000}, **SECOND_ORDER},
            quick=("value", "gradient", "hessian"),
            source="breast-cancer data, Street, Wolberg and Mangasarian (1993), bundled with scikit-learn",
            expect={
                **{f"numpy_fd/{variant}:newton": ("wrong", AMPLIFIED) for variant in ROUNDED},
                "numpy_fd/five_point:hessian:float64": ("wrong", ROUNDED_TWICE),
                "numpy_fd/scipy:gradient_descent:float64": ("wrong", ADDED_UP),
            },
        ),
        Instance(name="extreme", make=extreme, operations={"value": {}, "gradient": {}}),
        sized(
            "n1e3_d10",
            10**3,
            10,
            steps=1000,
            operations=SECOND_ORDER,
        ),
        sized("n1e5_d10", 10**5, 10, steps=50),
        sized("n1e6_d10", 10**6, 10, steps=5),
        sized("n1e5_d100", 10**5, 100, steps=5),
        unarranged(sized("n1e3_d10", 10**3, 10, steps=0)),
        unarranged(sized("n1e5_d100", 10**5, 100, steps=0)),
        Instance(
            name="n2e4_d50",
            make=partial(synthetic, 20_000, 50),
            operations={"hessian": {}},
            work=work(20_000, 50, steps=0),
        ),
    ),
    ladder=Ladder(rung, decades(2, 6), counts="samples"),
)
