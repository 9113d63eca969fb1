"""A network 64-32-10 for handwritten digits, with tanh and softmax: J(W) = 1/n Σᵢ [log Σⱼ exp zᵢⱼ − zᵢ,yᵢ], where
z = tanh(X W₁ + b₁) W₂ + b₂.

Why it is here: a network large enough that matrix products, not dispatch, take the time.
Backpropagation costs about twice the function, whatever the number of weights; differences cost 2410 evaluations.

params: W1 (64, 32), b1 (32,), W2 (32, 10), b2 (10,). data: X (n, 64) in [0, 1], y (n,) of integers from 0 to 9.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem, Work


def digits(n: int) -> tuple[Arrays, Arrays]:
    """The first n of the digits bundled with scikit-learn (1797 images of 8 × 8 pixels from 0 to 16; Alpaydin and Kaynak
    1998), divided by 16: some pixels are always 0, so that their standard deviation is of no use."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return start(), {"X": X[:n] / 16, "y": y[:n]}


def start() -> Arrays:
    """Normal weights of variance 1/inputs, and small biases that are not zero."""
    rng = np.random.default_rng(64)
    return {
        "W1": rng.normal(size=(64, 32)) / 8,
        "b1": 0.1 * rng.normal(size=32),
        "W2": rng.normal(size=(32, 10)) / np.sqrt(32),
        "b2": 0.1 * rng.normal(size=10),
    }


def work(n: int, steps: int) -> dict[str, Work]:
    """Forward XW₁ and HW₂; backward Hᵀδ, δW₂ᵀ and Xᵀδ, each product reading and writing its three matrices."""
    inputs, hidden, outputs = 64, 32, 10
    first, second = inputs * hidden, hidden * outputs
    forward = n * (inputs + hidden) + first + n * (hidden + outputs) + second
    backward = 2 * (n * (hidden + outputs) + second) + n * (inputs + hidden) + first
    value = Work(flops=2 * n * (first + second), numbers=forward, once=n * inputs + first + second)
    gradient = Work(
        flops=2 * n * (2 * first + 3 * second), numbers=forward + backward, once=n * inputs + 2 * (first + second)
    )
    return {"value": value, "gradient": gradient, "gradient_descent": replace(gradient, times=steps)}


def accuracy(result: Arrays, data: Arrays) -> Arrays:
    """The share of the images that the network with these weights recognises."""
    hidden = np.tanh(data["X"] @ result["W1"] + result["b1"])
    guess = np.argmax(hidden @ result["W2"] + result["b2"], axis=1)
    return {"accuracy": np.mean(guess == data["y"])}


ROUNDING = (
    "J is three times as large as its gradient, so its rounding error ÷ h, h = √ε, is 1.5e-6 to 2.3e-6, close to the "
    "tolerance of 1e-6: passing would be chance"
)

PROBLEM = Problem(
    instances=(
        Instance(
            name="real",
            make=partial(digits, 1797),
            operations={"value": {}, "gradient": {}, "gradient_descent": {"rate": 0.5, "steps": 100}},
            work=work(1797, 100),
            source="digits data, Alpaydin and Kaynak (1998), bundled with scikit-learn",
            omit={
                "numpy_fd/forward:gradient:float64": ROUNDING,
                "numpy_fd/*:gradient_descent": "100 steps in 2410 variables need 240 000 evaluations or more",
            },
        ),
        Instance(
            name="real_100",
            make=partial(digits, 100),
            operations={"value": {}, "gradient": {}},
            quick=("gradient",),
            work=work(100, 0),
            source="the first hundred images of the digits data",
            omit={"numpy_fd/forward:gradient:float64": ROUNDING},
        ),
    ),
    omit={"sympy_symbolic": "2410 variables; SymPy differentiates by at most 200 symbols here"},
    observe=accuracy,
)
