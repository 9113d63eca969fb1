"""Critical points: where the gradient of f is zero, found by Newton's method and classified by the Hessian's eigenvalues.

Why it is here: the article classifies by the second derivative (3.15, 3.22). The cubic x³ − 3x² + 2 has a maximum and a
minimum, and between them a point without curvature where Newton has no step. In two variables x⁴ + x² + xy + y² − 3x is a
bowl, xy + x³/3 − y a saddle with a Hessian that is indefinite everywhere, and the Hessian of the monkey saddle x³ − 3xy²
vanishes where its gradient does and decides nothing. All instances are small, so they measure the framework's control flow.

params: x (); or p (2,) = (x, y). data: none.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem

SMALL = 1e-6  # relative to the largest eigenvalue or 1: an eigenvalue below it decides nothing
OPERATIONS: dict[str, dict] = {"value": {}, "gradient": {}, "hessian": {}, "critical_point": {"steps": 30}}


ZERO_BESIDE = (
    "central differences of x³ give 3x² + h², which is not zero at 0, so Newton converges to y = h/√3, where the "
    "eigenvalues are ±2√3 h"
)
ONE_SIDED = "a forward second difference is centred at x + h, so with f‴ = 6 its error is 6h where the true value is 0"


def start(*point: float) -> tuple[Arrays, Arrays]:
    """One coordinate is x, two are p."""
    return ({"x": np.array(point[0])} if len(point) == 1 else {"p": np.array(point)}), {}


def starting(name: str, function: str, *point: float, **more) -> Instance:
    return Instance(name=name, make=partial(start, *point), function=function, operations=OPERATIONS, **more)


def classified(result: Arrays, data: Arrays) -> dict[str, np.ndarray]:
    """What the eigenvalues say of the point, for a reader. Newton stops without a zero gradient in the cubic only, at 1."""
    if "eigenvalues" not in result:
        return {}
    eigenvalues = result["eigenvalues"]
    cutoff = SMALL * max(1.0, np.abs(eigenvalues).max())
    if "x" in result and abs(3 * result["x"] * (result["x"] - 2)) > cutoff:
        return {"kind": np.array("not critical")}
    up, down = np.any(eigenvalues > cutoff), np.any(eigenvalues < -cutoff)
    if up and down:
        return {"kind": np.array("saddle")}
    if np.any(np.abs(eigenvalues) <= cutoff):
        return {"kind": np.array("undecided")}
    return {"kind": np.array("minimum" if up else "maximum")}


NOT_ZERO = "the second difference is rounding error instead of 0, so Newton takes a long step"

PROBLEM = Problem(
    instances=(
        starting(
            "textbook",
            "cubic",
            3.0,
            quick=("critical_point",),
            slow={
                "torch_autograd/compile": "compiles a Hessian for fourteen seconds; newton:n10_m50 and "
                "logistic_regression:real have one that compiles in less"
            },
            source="article 3, example 3.22: the minimum at 2",
        ),
        starting("textbook_maximum", "cubic", -1.0, source="article 3, example 3.22: the maximum at 0"),
        starting(
            "cubic_at_1",
            "cubic",
            1.0,
            scale=1.0,
            source="the inflection point of example 3.22, where the Hessian is zero and Newton takes no step",
            expect={
                "numpy_fd/forward:critical_point": ("wrong", ONE_SIDED),
                "numpy_fd/central:critical_point:float32": ("wrong", NOT_ZERO),
                "numpy_fd/five_point:critical_point:float64": ("wrong", NOT_ZERO),
                "numpy_fd/complex_step:critical_point": ("wrong", NOT_ZERO),
                "numpy_fd/scipy:critical_point:float32": ("wrong", NOT_ZERO),
                "numpy_fd/numdifftools:critical_point": ("wrong", NOT_ZERO),
            },
        ),
        starting("bowl", "bowl", 0.7, -0.3),
        starting("bowl_from_afar", "bowl", -5.3, 4.1),
        starting("saddle", "saddle", 0.3, 0.2),
        starting("saddle_from_afar", "saddle", -4.7, 3.1),
        starting(
            "monkey_saddle",
            "monkey_saddle",
            0.9,
            0.4,
            expect={
                "numpy_fd/central:critical_point": ("wrong", ZERO_BESIDE),
                "numpy_fd/forward:critical_point": ("wrong", ONE_SIDED),
                "numpy_fd/five_point:critical_point": ("wrong", ZERO_BESIDE),
                "numpy_fd/complex_step:critical_point:float32": ("wrong", ZERO_BESIDE),
                "numpy_fd/scipy:critical_point": ("wrong", ZERO_BESIDE),
                "numpy_fd/numdifftools:critical_point": ("wrong", ZERO_BESIDE),
            },
        ),
        starting(
            "monkey_saddle_at_0",
            "monkey_saddle",
            0.0,
            0.0,
            scale=1.0,
            expect={
                "numpy_fd/forward:hessian:float32": ("wrong", ONE_SIDED),
                "numpy_fd/forward:critical_point:float32": ("wrong", ONE_SIDED),
            },
        ),
    ),
    observe=classified,
)
