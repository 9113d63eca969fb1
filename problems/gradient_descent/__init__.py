"""Gradient descent itself: x², and a linear model with learning rates from too low to far too high.

Why it is here: whether descent converges is decided by the rate, not by the framework. A rate that is too high makes the
parameters overflow in float32 and grow to 10²²² in float64; every backend must say so, and at the same step.

params: x (); or w (), b (). data: none; or x (m,), y (m,).
"""

from __future__ import annotations

import numpy as np

from .. import Arrays, Instance, Problem


def five() -> tuple[Arrays, Arrays]:
    """Article 2, example 2.4: from 5."""
    return {"x": np.array(5.0)}, {}


def line() -> tuple[Arrays, Arrays]:
    """Article 3, example 3.21: four points on y = x + 1, from (0, 0) as the article's start is random."""
    data = {"x": np.array([1.0, 2.0, 3.0, 4.0]), "y": np.array([2.0, 3.0, 4.0, 5.0])}
    return {"w": np.array(0.0), "b": np.array(0.0)}, data


def rated(rate: float, **more) -> Instance:
    """100 epochs of the linear model at one learning rate."""
    options = {"rate": rate, "steps": 100}
    return Instance(
        name=f"rate_{rate:g}",
        make=line,
        function="linear_model",
        operations={"gradient_descent": options, "descent_history": options},
        source="article 3, example 3.21",
        **more,
    )


OVERFLOW = "the rate exceeds 2/L, with L = 17 the largest curvature, so each step multiplies the error"
LOSS_FIRST = "the loss overflows before the parameters do, and so do its differences"
FIXED_STEP = "its first step is 0.5 for any x, soon below the rounding error of growing parameters"
LOG_STEP = "its steps grow only with log(1 + |x|), below the rounding error of parameters from 1e16 on"
LOST = {
    "numpy_fd/scipy:*:float32": ("wrong", FIXED_STEP),
    "numpy_fd/numdifftools:*:float64": ("wrong", LOG_STEP),
}
DIVERGES = {
    "*:gradient_descent:float32": ("diverged", OVERFLOW),
    "*:descent_history:float32": ("diverged", OVERFLOW),
}

PROBLEM = Problem(
    instances=(
        Instance(
            name="textbook",
            make=five,
            function="square",
            operations={
                "value": {},
                "gradient": {},
                "gradient_descent": {"rate": 0.1, "steps": 10},
                "descent_history": {"rate": 0.1, "steps": 10},
            },
            quick=("descent_history",),
            slow={"torch_autograd/compile": "compiles ten unrolled steps for five seconds, to run them in 60 µs"},
            source="article 2, example 2.4",
        ),
        Instance(
            name="one_point",
            make=line,
            function="linear_model",
            operations={"value": {}, "gradient": {}},
            source="article 3, example 3.21: the start",
        ),
        rated(1e-4),
        rated(0.1),
        rated(1.0, expect={**LOST, **DIVERGES}),
        rated(
            10.0,
            expect={
                **LOST,
                "numpy_fd/*:gradient_descent:float64": ("wrong", LOSS_FIRST),
                "*:descent_history:float64": (
                    "diverged",
                    "the parameters stay finite, but the loss overflows",
                ),
                **DIVERGES,
            },
        ),
    ),
)
