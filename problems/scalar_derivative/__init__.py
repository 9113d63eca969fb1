"""Functions of one variable: polynomials, products, quotients, compositions, and w·x + b.

Why it is here: the work is a few nanoseconds, so one point measures what a framework adds to every call, and a million
points measure how well it fuses elementwise arithmetic. No other problem shows dispatch cost as clearly.

params: x (), or (n,) for an elementwise instance; for w·x + b: w and b, both () or (n,). data: none, or x like w.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Kind, Ladder, Problem, Work, decades, short

ELEMENTWISE: Kind = "elementwise"
FIRST: dict[str, dict] = {"gradient": {}}
SECOND: dict[str, dict] = {"gradient": {}, "hessian_diagonal": {}}
ROUNDED_STEP = "h = 1e-5 is a few tens of float32 roundings of x, so the step taken differs from the step divided by"

LONG_STEP = "h grows with |x| to 1.5e-3 at 2π, so the truncation error h²/12 f⁗ is 2.1e-7 of the derivative"


def at(x: float) -> tuple[Arrays, Arrays]:
    """One point."""
    return {"x": np.array(x)}, {}


def line() -> tuple[Arrays, Arrays]:
    """w·x + b at one point; article 2 names none."""
    return {"w": np.array(0.7), "b": np.array(-0.3)}, {"x": np.array(1.9)}


def lines(n: int) -> tuple[Arrays, Arrays]:
    """n of them, standard normal."""
    w, b, x = np.random.default_rng(n).normal(size=(3, n))
    return {"w": w, "b": b}, {"x": x}


def curve(start: float, stop: float, n: int) -> tuple[Arrays, Arrays]:
    """n evenly spaced points, both ends included."""
    return {"x": np.linspace(start, stop, n)}, {}


def points(n: int) -> tuple[Arrays, Arrays]:
    """n points, uniform on [−π, π)."""
    return {"x": np.random.default_rng(n).uniform(-np.pi, np.pi, size=n)}, {}


def scalar(name: str, function: str, x: float, source: str = "", **more) -> Instance:
    """A function at one point."""
    operations = {"value": {}, "gradient": more.pop("options", {}), **more.pop("operations", {})}
    return Instance(name=name, make=partial(at, x), function=function, operations=operations, source=source, **more)


def drawn(number: str, function: str, start: float, stop: float, operations: dict[str, dict], n: int = 100, **more):
    """The curve of an article's example."""
    return Instance(
        name=f"textbook_{number.replace('.', '_')}",
        make=partial(curve, start, stop, n),
        function=function,
        kind=ELEMENTWISE,
        operations=operations,
        source=f"article {number[0]}, example {number}",
        **more,
    )


def at_points(name: str, n: int, function: str, operations: dict[str, dict], make=points, **more) -> Instance:
    """A function at n points; it and its derivatives read and write n numbers."""
    return Instance(
        name=name,
        make=partial(make, n),
        function=function,
        kind=ELEMENTWISE,
        operations=operations,
        work=dict.fromkeys(operations, Work(flops=n, numbers=2 * n)),
        **more,
    )


def million(name: str, function: str, operations: dict[str, dict], **more) -> Instance:
    """A function at 10⁶ points."""
    return at_points(f"{name}_n1e6", 10**6, function, operations, **more)


def rung(n: int) -> Instance:
    """sin² at n points."""
    return at_points(f"sin2_n{short(n)}", n, "sine_squared", {"value": {}, **FIRST})


PROBLEM = Problem(
    instances=(
        scalar("textbook", "quadratic", 2.0, "article 3, example 3.19", quick=("value", "gradient")),
        scalar("quadratic_at_pi", "quadratic", np.pi),
        drawn(
            "2.1",
            "square",
            -3,
            3,
            {"gradient": {"step": 1e-5}},
            n=7,
            expect={
                "numpy_fd/forward:gradient:float64": (
                    "wrong",
                    "forward differences of x² have an error of h = 1e-5 everywhere",
                ),
                "numpy_fd/central:gradient:float32": ("wrong", ROUNDED_STEP),
            },
        ),
        Instance(
            name="textbook_2_2",
            make=line,
            function="linear",
            operations={"value": {}, **FIRST},
            source="article 2, example 2.2",
        ),
        scalar(
            "textbook_3_1",
            "square",
            3.0,
            "article 3, example 3.1, differences with a step of 1e-5",
            options={"step": 1e-5},
            expect={
                "numpy_fd/forward:gradient:float64": (
                    "wrong",
                    "forward differences have an error of h = 1e-5 in 6; the article prints the result of central ones",
                ),
                "numpy_fd/central:gradient:float32": ("wrong", ROUNDED_STEP),
            },
        ),
        scalar("square_at_pi", "square", np.pi),
        scalar("sin2", "sine_squared", 1.0, operations={"hessian": {}}),
        scalar("cube", "cube", np.e, operations={"hessian": {}}),
        drawn("3.2", "square", -5, 5, FIRST),
        drawn(
            "3.3",
            "product",
            0,
            2 * np.pi,
            SECOND,
            expect={"numpy_fd/central:hessian_diagonal:float64": ("wrong", LONG_STEP)},
        ),
        drawn("3.4", "quotient", 0, 5, SECOND),
        drawn("3.5", "sine_squared", 0, np.pi, {"value": {}, **SECOND}),
        drawn("3.8", "sigmoid", -10, 10, SECOND),
        drawn("3.14", "cube", -2, 2, SECOND),
        drawn("3.17", "shifted_square", -5, 3, FIRST),
        million("linear", "linear", FIRST, make=lines),
        million("square", "square", FIRST),
        million("product", "product", SECOND),
        million("quotient", "quotient", SECOND),
        million("sin2", "sine_squared", {"value": {}, **SECOND}, quick=("gradient",)),
        million("sigmoid", "sigmoid", SECOND),
        million("cube", "cube", SECOND),
        million("shifted_square", "shifted_square", FIRST),
    ),
    ladder=Ladder(rung, decades(1, 6), counts="points"),
)
