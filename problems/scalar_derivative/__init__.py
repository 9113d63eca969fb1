"""Functions of one variable: f(x) = x² + 3x + 5, x², sin²x.

Why it is here: the work is a few nanoseconds, so one point measures what a framework adds to every call, and a million
points measure how well it fuses elementwise arithmetic. Nothing else shows dispatch as plainly.

params: x (), or (n,) for an elementwise instance. data: none.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Kind, Problem


def at(x: float) -> tuple[Arrays, Arrays]:
    """One point."""
    return {"x": np.array(x)}, {}


def points(n: int) -> tuple[Arrays, Arrays]:
    """n points, uniform on [−π, π)."""
    return {"x": np.random.default_rng(n).uniform(-np.pi, np.pi, size=n)}, {}


def scalar(name: str, function: str, x: float, source: str = "", **more) -> Instance:
    """A function at one point."""
    return Instance(
        name=name,
        make=partial(at, x),
        function=function,
        operations={"value": {}, "gradient": more.pop("options", {})},
        source=source,
        **more,
    )


ELEMENTWISE: Kind = "elementwise"

PROBLEM = Problem(
    instances=(
        scalar("textbook", "quadratic", 2.0, "article 3, example 3.19", quick=("value", "gradient")),
        scalar("quadratic_at_pi", "quadratic", np.pi),
        scalar(
            "textbook_3_1",
            "square",
            3.0,
            "article 3, example 3.1, differences with a step of 1e-5",
            quick=("gradient",),
            options={"step": 1e-5},
            expect={
                "numpy_fd/forward:gradient:float64": (
                    "wrong",
                    "forward differences with h = 1e-5 are off by h = 1e-5 in 6; the article prints the central ones",
                ),
                "numpy_fd/central:gradient:float32": (
                    "wrong",
                    "h = 1e-5 is 40 roundings of 3 in float32, and the step that is taken differs from the one divided by",
                ),
            },
        ),
        scalar("square_at_pi", "square", np.pi),
        scalar("sin2", "sine_squared", 1.0),
        Instance(
            name="sin2_n1e6",
            make=partial(points, 10**6),
            function="sine_squared",
            kind=ELEMENTWISE,
            operations={"value": {}, "gradient": {}},
            quick=("gradient",),
        ),
    ),
)
