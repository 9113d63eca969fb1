"""A 2-2-1 network without biases that learns XOR: J(W) = ½ Σᵢ (yᵢ − σ(σ(xᵢ W₁) W₂))².

Why it is here: four samples and six weights are almost no work, so ten thousand epochs of descent measure what a
framework adds to every step, and what compiling the whole loop saves.

params: weights_input_hidden (2, 2), weights_hidden_output (2, 1). data: X (4, 2), y (4, 1).
"""

from __future__ import annotations

import numpy as np

from .. import Arrays, Instance, Problem

EPOCHS = 10_000


def textbook() -> tuple[Arrays, Arrays]:
    """Article 3, example 3.9: NumPy's legacy generator seeded with 1, weights uniform on [0, 1)."""
    rng = np.random.RandomState(1)
    params = {"weights_input_hidden": rng.rand(2, 2), "weights_hidden_output": rng.rand(2, 1)}
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return params, {"X": X, "y": np.array([[0.0], [1.0], [1.0], [0.0]])}


def outputs(params: Arrays, data: Arrays) -> Arrays:
    """The network's four outputs, for a reader; no backend is judged by them."""
    hidden = 1 / (1 + np.exp(-data["X"] @ params["weights_input_hidden"]))
    return {"outputs": (1 / (1 + np.exp(-hidden @ params["weights_hidden_output"])))[:, 0]}


ROUNDED = ("central", "forward", "five_point", "scipy", "numdifftools")  # the complex step is not
CHANCE = (
    "the error of a finite-difference gradient in float32 grows to 3e-3 in 10 000 epochs, close to the tolerance or above: "
    "passing would be chance"
)

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=textbook,
            operations={"value": {}, "gradient": {}, "gradient_descent": {"rate": 0.1, "steps": EPOCHS}},
            quick=("gradient_descent",),
            slow={
                "torch_autograd/compile": "compiles twenty unrolled steps for eleven seconds; "
                "linear_regression:n1e3_d10 has a descent that compiles in two"
            },
            source="article 3, example 3.9",
            expect={
                "numpy_fd/five_point:gradient_descent:float32": (
                    "wrong",
                    "rounding errors of float32 differences add up over 10 000 steps to 2.0e-4",
                ),
                "numpy_fd/forward:gradient:float32": (
                    "wrong",
                    "J ≈ 0.5 is 15 times its gradient, so the rounding error of J ÷ h leaves two digits (1.8e-2)",
                ),
            },
            omit={
                "numpy_fd/central:gradient:float32": "the rounding error of J ÷ 2h is 3e-4, close to the "
                "tolerance of 2e-4: passing would be chance"
            },
        ),
        Instance(
            name="rate_1",
            make=textbook,
            operations={"gradient_descent": {"rate": 1.0, "steps": EPOCHS}},
            source="article 3, example 3.9, with a learning rate of 1, which solves XOR",
            omit={f"numpy_fd/{variant}:gradient_descent:float32": CHANCE for variant in ROUNDED},
            expect={
                "numpy_fd/five_point:gradient_descent:float64": (
                    "wrong",
                    "10 000 epochs amplify the error of the differences to 5e-9, as much as with central differences",
                )
            },
        ),
    ),
    observe=outputs,
)
