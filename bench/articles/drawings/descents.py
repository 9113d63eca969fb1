"""The cost of gradient descent step by step: a fit that converges, and four learning rates in two precisions."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from problems import load

from .given import costs, descent, given
from .marks import legend_above, sample

DTYPES: dict[type, dict[str, Any]] = {
    np.float64: {"linestyle": "-", "linewidth": 0.9},
    np.float32: {"linestyle": "-", "linewidth": 4, "alpha": 0.35, "solid_capstyle": "butt"},  # a band behind the line
}
RATE_MARKERS = "ovsD"


def cost_history(figure: Figure) -> None:
    """J after each step, with the first and the last in numbers."""
    shown = given("linear_regression", "textbook_3_7")
    options = shown.instance.operations["descent_history"]
    history = costs(shown, descent(shown, **options))
    axes = figure.subplots()
    axes.semilogy(history)
    for step, place in ((1, (8, -1)), (options["steps"], (0, -12))):
        axes.plot(step, history[step], "o", color="C0")
        align = "left" if place[0] else "right"
        text = f"{history[step]:.4g} after step {step}"
        axes.annotate(text, (step, history[step]), place, textcoords="offset points", ha=align)
    axes.margins(y=0.2)
    axes.set(xlabel="step of gradient descent", ylabel="cost J(θ)")


def runs() -> dict[tuple[str, type], np.ndarray]:
    """(instance, dtype) → the cost before the first step and after each, for every rate of example 3.21."""
    names = [instance.name for instance in load("gradient_descent").instances if instance.name.startswith("rate_")]
    found = {}
    for name in names:
        for dtype in DTYPES:
            shown = given("gradient_descent", name, dtype)
            found[name, dtype] = costs(shown, descent(shown, **shown.instance.operations["descent_history"]))
    return found


def overflow(history: np.ndarray) -> int | None:
    """The first step after which the cost is not finite, or None."""
    lost = np.flatnonzero(~np.isfinite(history))
    return int(lost[0]) if len(lost) else None


def learning_rates(figure: Figure) -> None:
    """Above the rates that diverge, below those that do not: their costs have 300 and 6 decades."""
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.25, 1))
    scale(above)
    found = runs()
    names = list(dict.fromkeys(name for name, _ in found))
    for number, name in enumerate(names):
        diverges = any(overflow(history) for (run, _), history in found.items() if run == name)
        for dtype in DTYPES:
            draw_run(above if diverges else below, number, name, found[name, dtype])
    for dtype in DTYPES:
        mark_overflows(above, names, {name: found[name, dtype] for name in names})
    name_limit(above, np.float64, "left")
    name_limit(above, np.float32, "right")
    above.set_ylabel("mean squared error")
    below.set(yscale="log", xlabel="step of gradient descent", ylabel="mean squared error")
    dtypes = tuple(sample(dtype.__name__, **style) for dtype, style in DTYPES.items())
    legend_above(figure, 2, (*dtypes, sample("overflow", marker="X", linestyle="", color="black")))


def scale(axes: Axes) -> None:
    """A log axis up to the largest number there is; left to itself the axis would look for a margin beyond it."""
    axes.set(yscale="log", ylim=(1, largest(np.float64)), xlim=(-12, 105))  # room for a label at the left
    decades = (0, 100, 200, 300)
    axes.set_yticks([10.0**k for k in decades], [f"$10^{{{k}}}$" for k in decades])
    axes.yaxis.set_minor_locator(NullLocator())


def draw_run(axes: Axes, number: int, name: str, history: np.ndarray) -> None:
    """The finite costs of one run."""
    double = history.dtype == np.float64
    named: dict[str, Any] = {}
    if double:
        named = {"label": name.replace("_", " "), "marker": RATE_MARKERS[number], "markevery": (4, 12)}
    axes.plot(history[: overflow(history)], color=f"C{number}", **DTYPES[history.dtype.type], **named)


def mark_overflows(axes: Axes, names: list[str], histories: dict[str, np.ndarray]) -> None:
    """A mark and the step where each run of one dtype overflows: to the right of the last, to the left of earlier ones."""
    steps = {name: step for name, history in histories.items() if (step := overflow(history)) is not None}
    for name, step in steps.items():
        place, align = ((5, -10), "left") if step == max(steps.values()) else ((-5, 4), "right")
        point, colour = (step, largest(histories[name].dtype.type)), f"C{names.index(name)}"
        axes.plot(*point, "X", color=colour, markersize=6, markeredgecolor="black", clip_on=False, zorder=5)
        axes.annotate(f"step {step}", point, place, textcoords="offset points", ha=align, fontsize=7)


def largest(dtype: type) -> float:
    """The largest number of a dtype, less a tenth: on a log axis it is exp(log x), which must not overflow itself."""
    return 0.9 * float(np.finfo(dtype).max)


def name_limit(axes: Axes, dtype: type, side: Literal["left", "right"]) -> None:
    """The largest number of a dtype, as a line with its name below it at one side."""
    axes.axhline(largest(dtype), color="0.6", linewidth=0.5, zorder=0)
    axes.annotate(
        f"largest {dtype.__name__}",
        (side == "right", largest(dtype)),
        (2 if side == "left" else -2, -9),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha=side,
        color="0.3",
        fontsize=7,
    )
