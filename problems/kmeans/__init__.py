"""k-means: J(μ) = Σᵢ ‖xᵢ − μ_c(i)‖², where c(i) is the nearest centroid (the lowest index in a tie).

Why it is here: the labels come from a search that has no derivative, so each framework must hold them fixed. The gradient
−2 Σ (x − μⱼ) over the samples of centroid j is a sum by label, the Hessian is diagonal, twice the number of samples, and
Newton's step with it is Lloyd's step: each centroid moves to the mean of its samples. The work is one product of n × d with
d × k, and then a gather and a scatter. Article 3 (3.12) prints the gradient with the wrong sign and scale.

Distances are compared by ‖μ‖² − 2x·μ, so that no array of n × k × d is made. A centroid without samples keeps its place.

params: centroids (k, d). data: X (n, d).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem, Work


def textbook() -> tuple[Arrays, Arrays]:
    """Article 3, example 3.13: NumPy's legacy generator seeded with 0, three of the hundred points as first centroids."""
    rng = np.random.RandomState(0)
    X = rng.rand(100, 2)
    return {"centroids": X[rng.choice(100, 3, replace=False)]}, {"X": X}


def real() -> tuple[Arrays, Arrays]:
    """The digits bundled with scikit-learn (1797 × 64; Alpaydin and Kaynak 1998), ten of them as first centroids.

    Pixels are integers, so that the distances are exact in either dtype, and six of the images are as near to one of these
    centroids as to another.
    """
    from sklearn.datasets import load_digits

    X, _ = load_digits(return_X_y=True)
    return {"centroids": X[np.random.default_rng(2).choice(len(X), 10, replace=False)]}, {"X": X}


def empty_cluster() -> tuple[Arrays, Arrays]:
    """The textbook's points, with the second centroid far from all of them."""
    params, data = textbook()
    params["centroids"][1] = 30.1, -20.3
    return params, data


def blobs(n: int, d: int, k: int) -> tuple[Arrays, Arrays]:
    """k normal blobs of variance 1 around centres 10 · normal, first centroids near them: no label hangs on rounding."""
    rng = np.random.default_rng([n, d, k])
    centres = 10 * rng.normal(size=(k, d))
    X = centres[rng.integers(k, size=n)] + rng.normal(size=(n, d))
    return {"centroids": centres + 0.3 * rng.normal(size=(k, d))}, {"X": X}


def newton(steps: int) -> dict[str, dict]:
    """Lloyd's steps."""
    return {"newton": {"diagonal": True, "steps": steps}}


def work(n: int, d: int, k: int, steps: int) -> dict[str, Work]:
    """All need the product of X with the centroids; a gradient then goes through X once more, to sum by label."""
    value = Work(flops=2 * n * d * k, numbers=n * d + k * d)
    gradient = Work(flops=2 * n * d * (k + 1), numbers=2 * n * d + 2 * k * d, once=n * d + 2 * k * d)
    diagonal = replace(value, numbers=n * d + 2 * k * d)
    return {
        "value": value,
        "gradient": gradient,
        "hessian_diagonal": diagonal,
        "newton": replace(gradient, times=steps),
    }


DERIVATIVES: dict[str, dict] = {"value": {}, "gradient": {}, "hessian_diagonal": {}}
TIES = "six samples are equally near to two centroids, where J has a kink that the differences straddle"
TOO_LONG = {
    f"numpy_fd/*:{operation}": "1600 variables with all n × k distances evaluated once or twice each: 24 s per "
    "gradient for n = 10⁴, five minutes for n = 10⁵"
    for operation in ("gradient", "hessian_diagonal", "newton")
}

CROSSED = "a long step crosses the border between two clusters, where the derivative jumps"
CROSSED_BY_DIFFERENCES = (
    "second derivatives are differences of first ones over 5e-3 in float32, and a sample is 9e-4 from the border between "
    "two clusters, where the gradient jumps: −0.1 for 38 throws a centroid out of the data"
)

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=textbook,
            operations={"value": {}, "gradient": {}, **newton(100)},
            quick=("newton",),
            source="article 3, example 3.13",
            expect={
                "numpy_fd/numdifftools:newton:float64": ("wrong", CROSSED),
                "numpy_fd/complex_step:newton:float32": ("wrong", CROSSED_BY_DIFFERENCES),
            },
        ),
        Instance(
            name="real",
            make=real,
            operations={**DERIVATIVES, **newton(100)},
            work=work(1797, 64, 10, 100),
            source="digits data, Alpaydin and Kaynak (1998), bundled with scikit-learn",
            expect={
                "numpy_fd/*:gradient:float64": ("wrong", TIES),
                "numpy_fd/*:hessian_diagonal:float64": ("wrong", TIES),
                "numpy_fd/complex_step:gradient:float32": ("wrong", TIES),
                "numpy_fd/complex_step:hessian_diagonal:float32": ("wrong", TIES),
            },
            omit={"numpy_fd/*:newton": f"{TIES}, so that the first step is wrong"},
        ),
        Instance(
            name="empty_cluster",
            make=empty_cluster,
            operations={**DERIVATIVES, **newton(10)},
            expect={
                "numpy_fd/numdifftools:[hn]*:float64": ("wrong", CROSSED),
                "numpy_fd/five_point:newton:float64": ("wrong", CROSSED),
                "numpy_fd/complex_step:newton:float32": ("wrong", CROSSED),
            },
        ),
        Instance(
            name="n1e4_d16_k100",
            make=partial(blobs, 10**4, 16, 100),
            operations={**DERIVATIVES, **newton(5)},
            work=work(10**4, 16, 100, 5),
            omit=TOO_LONG,
        ),
        Instance(
            name="n1e5_d16_k100",
            make=partial(blobs, 10**5, 16, 100),
            operations={**DERIVATIVES, **newton(1)},
            work=work(10**5, 16, 100, 1),
            omit=TOO_LONG,
        ),
    ),
)
