"""Functions of one variable with their derivatives, and a parabola with tangents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from .given import Given, given
from .marks import legend_above

PI_TICKS = {0: "0", np.pi / 2: "π/2", np.pi: "π", 3 * np.pi / 2: "3π/2", 2 * np.pi: "2π"}
TOUCHED = (-3.0, -1.0, 1.0)  # article 3.17 names no points; these have slopes below, at and above zero


@dataclass(frozen=True)
class Curve:
    """An instance of `scalar_derivative` and how its curves are called: f, f′ and, where it is drawn, f″.

    radians: whether x is an angle.
    """

    instance: str
    labels: tuple[str, ...]
    radians: bool = False

    def __call__(self, figure: Figure) -> None:
        shown = given("scalar_derivative", self.instance)
        axes = figure.subplots()
        axes.axhline(0, color="0.8", linewidth=0.5)
        for label, values in zip(self.labels, derivatives(shown), strict=False):
            axes.plot(shown.params["x"], values, label=label)
        axes.set_xlabel("x (rad)" if self.radians else "x")
        axes.set_ylabel("f(x) and derivatives" if len(self.labels) > 2 else "f(x) and derivative")
        if self.radians:
            ticks = {at: name for at, name in PI_TICKS.items() if at <= 1.001 * shown.params["x"].max()}
            axes.set_xticks(list(ticks), list(ticks.values()))
        legend_above(figure, len(self.labels))


def derivatives(shown: Given) -> list[np.ndarray]:
    """f, f′ and, where the problem has it, f″ at the instance's points."""
    values = [shown.value(shown.params), shown.derivative("gradient", shown.params)["x"]]
    if "hessian_diagonal" in shown.instance.operations:
        values.append(shown.derivative("hessian_diagonal", shown.params)["x"])
    return values


def tangents(figure: Figure) -> None:
    """f with the lines f(a) + f′(a)(x − a)."""
    shown = given("scalar_derivative", "textbook_3_17")
    x = shown.params["x"]
    axes = figure.subplots()
    curve = shown.value(shown.params)
    axes.plot(x, curve, label="x² + 2x + 1")
    for a in TOUCHED:
        at = {"x": np.float64(a)}
        height, slope = shown.value(at), shown.derivative("gradient", at)["x"]
        (line,) = axes.plot(x, height + slope * (x - a), label=f"tangent at {signed(a)}: slope {signed(slope)}")
        axes.plot(a, height, "o", color=line.get_color())
    axes.set(xlabel="x", ylabel="f(x)", ylim=(-0.25 * curve.max(), 1.05 * curve.max()))
    legend_above(figure)


def signed(value: float) -> str:
    """A whole number with a real minus sign."""
    return f"{value:g}".replace("-", "−")
