"""A linear support vector machine: J(w) = 1/n Σᵢ max(0, 1 − yᵢ xᵢ·w) + λ/2 ‖w‖², with y = ±1 and λ = 1e-3.

Why it is here: the hinge has a kink where y x·w = 1, and there a gradient does not exist. Each backend takes an element of
the interval between the slopes on either side, and which one is decided by the primitive that it is written with, not by
mathematics. Article 3 (3.23) names the method without code. Away from the kink the cost is that of two matrix-vector
products with a comparison between them.

params: w (d,). data: X (n, d), y (n,) of −1 and 1, penalty ().
"""

from __future__ import annotations

import numpy as np

from .. import Arrays, Instance, Problem, products_with, standardised, with_intercept

PENALTY = np.array(1e-3)


def textbook() -> tuple[Arrays, Arrays]:
    """Six hours of study against passing, as in logistic regression: one sample is beyond the margin, five are not."""
    hours = np.array([0.5, 1.5, 2.0, 3.25, 4.0, 5.5])
    X = np.stack([np.ones(6), hours], axis=1)
    return {"w": np.array([-1.1, 0.45])}, {"X": X, "y": np.array([-1.0, -1.0, 1.0, -1.0, 1.0, 1.0]), "penalty": PENALTY}


def real() -> tuple[Arrays, Arrays]:
    """The breast-cancer data bundled with scikit-learn (569 × 30; Street et al. 1993), standardised, with an intercept."""
    from sklearn.datasets import load_breast_cancer

    features, target = load_breast_cancer(return_X_y=True)
    X = with_intercept(standardised(features))
    w = np.random.default_rng(569).normal(scale=0.1, size=(X.shape[1],))
    return {"w": w}, {"X": X, "y": 2.0 * np.asarray(target, float) - 1, "penalty": PENALTY}


def kink() -> tuple[Arrays, Arrays]:
    """The margins y x·w are 1, −⅛, 2 and 0, exactly, in either dtype: the first sample is on the kink. Its features are of
    either sign, and one of them is zero, where the gradient is one number."""
    X = np.array([[1.0, -0.5, 0.0], [0.5, 0.25, 0.5], [-1.0, 1.0, 2.0], [0.25, 0.5, -1.5]])
    return {"w": np.array([0.5, -1.0, -0.25])}, {
        "X": X,
        "y": np.array([1.0, 1.0, -1.0, -1.0]),
        "penalty": np.array(0.125),
    }


STRADDLED = "the descent comes so close to kinks of some samples that long difference steps straddle them"

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=textbook,
            operations={"value": {}, "gradient": {}},
            source="article 3, example 3.23 (the name)",
        ),
        Instance(
            name="real",
            make=real,
            operations={"value": {}, "gradient": {}, "gradient_descent": {"rate": 0.1, "steps": 100}},
            work=products_with(569, 31, 100),
            source="breast-cancer data, Street, Wolberg and Mangasarian (1993), bundled with scikit-learn",
            expect={
                "numpy_fd/five_point:gradient_descent:float64": ("wrong", STRADDLED),
                "numpy_fd/numdifftools:gradient_descent:float64": ("wrong", STRADDLED),
            },
        ),
        Instance(name="kink", make=kink, operations={"value": {}, "gradient": {}}, quick=("gradient",)),
    ),
)
