"""Linear regression by least squares: J(θ) = 1/(2m) Σᵢ (xᵢ·θ − yᵢ)².

Why it is here: the smallest problem whose gradient is limited by memory bandwidth. The gradient
Xᵀ(Xθ − y)/m is two matrix-vector products, so small sizes measure dispatch and large ones measure bandwidth
and the layout of X; descent measures the loop around it.

params: theta (d,). data: X (m, d), y (m,).
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import (
    Arrays,
    Instance,
    Ladder,
    Problem,
    decades,
    products_with,
    short,
    standardised,
    unarranged,
    with_intercept,
)


def textbook() -> tuple[Arrays, Arrays]:
    """Article 3, example 3.6: three points on the line y = x, with an intercept."""
    X = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    return {"theta": np.zeros(2)}, {"X": X, "y": np.array([1.0, 2.0, 3.0])}


def textbook_with_history() -> tuple[Arrays, Arrays]:
    """Article 3, example 3.7: the same data from θ = (½, ½)."""
    return {"theta": np.array([0.5, 0.5])}, textbook()[1]


def real() -> tuple[Arrays, Arrays]:
    """The diabetes data bundled with scikit-learn (442 × 10; Efron et al. 2004), standardised, with an intercept.

    The target is standardised too: on its own scale (mean 152) J is a thousand times its gradient, and forward differences
    lose as many digits (measured: a relative error of 4e-6 instead of 3e-8).
    """
    from sklearn.datasets import load_diabetes

    features, target = load_diabetes(return_X_y=True, scaled=False)
    X = with_intercept(standardised(features))
    theta = np.random.default_rng(442).normal(size=(X.shape[1],))
    return {"theta": theta}, {"X": X, "y": standardised(np.asarray(target))}


def synthetic(m: int, d: int) -> tuple[Arrays, Arrays]:
    """m standard normal rows of d features, y = X·w plus noise of standard deviation 0.1."""
    rng = np.random.default_rng([m, d])
    X = rng.normal(size=(m, d))
    y = X @ rng.normal(size=d) + 0.1 * rng.normal(size=m)
    return {"theta": rng.normal(size=d)}, {"X": X, "y": y}


def sized(name: str, m: int, d: int, steps: int, **more) -> Instance:
    """A synthetic instance; large ones take few steps, since each step costs the same."""
    descent = {"rate": 0.1, "steps": steps}
    return Instance(
        name=name,
        make=partial(synthetic, m, d),
        operations={"value": {}, "gradient": {}, "gradient_descent": descent},
        work=products_with(m, d, steps),
        **more,
    )


def rung(m: int) -> Instance:
    """m samples of ten features."""
    return sized(f"n{short(m)}_d10", m, 10, steps=max(5, min(1000, 5 * 10**6 // m)))


ROUNDING = (
    "J is several times its gradient and a sum of 10⁵ terms: its rounding error ÷ h, h = √ε, exceeds the tolerance"
)

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=textbook,
            operations={"value": {}, "gradient": {}, "gradient_descent": {"rate": 0.01, "steps": 1000}},
            source="article 3, example 3.6",
        ),
        Instance(
            name="textbook_3_7",
            make=textbook_with_history,
            operations={
                "gradient_descent": {"rate": 0.01, "steps": 1000},
                "descent_history": {"rate": 0.01, "steps": 1000},
            },
            source="article 3, example 3.7",
        ),
        Instance(
            name="real",
            make=real,
            operations={"value": {}, "gradient": {}, "gradient_descent": {"rate": 0.1, "steps": 1000}},
            quick=("gradient",),
            source="diabetes data, Efron, Hastie, Johnstone and Tibshirani (2004), bundled with scikit-learn",
        ),
        sized("n1e3_d10", 10**3, 10, steps=1000, quick=("gradient_descent",)),
        sized("n1e5_d10", 10**5, 10, steps=50),
        sized("n1e6_d10", 10**6, 10, steps=5),
        sized(
            "n1e5_d100",
            10**5,
            100,
            steps=5,
            expect={"numpy_fd/forward:gradient:float64": ("wrong", ROUNDING)},
            omit={
                "numpy_fd/forward:gradient_descent": f"{ROUNDING}; after five steps the error is about the tolerance"
            },
        ),
        unarranged(sized("n1e3_d10", 10**3, 10, steps=0)),
        unarranged(
            sized("n1e5_d100", 10**5, 100, steps=0), expect={"numpy_fd/forward:gradient:float64": ("wrong", ROUNDING)}
        ),
    ),
    ladder=Ladder(rung, decades(2, 6), counts="samples"),
)
