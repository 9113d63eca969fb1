"""Critical points: x³ − 3x² + 2 as a curve, three functions of two variables as heights, with Newton's paths to them."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from problems import Arrays, load

from .given import Given, given
from .marks import legend_above, sample

KINDS = {"minimum": "v", "maximum": "^", "saddle": "X", "undecided": "D", "not critical": "s"}
TITLES = {"cubic": "cubic", "bowl": "bowl", "saddle": "saddle", "monkey_saddle": "monkey saddle"}
SHADES = 10
CUBIC_RANGE = (-2, 4)  # of example 3.22
HALO = [withStroke(linewidth=2.4, foreground="white")]


def newton_path(shown: Given) -> tuple[np.ndarray, str]:
    """Points of Newton's method on the gradient, (steps + 1, n), and the kind of the last, by the Hessian's eigenvalues.

    The step is by the pseudo-inverse: along a direction without curvature there is none.
    """
    ((name, start),) = shown.params.items()
    path = [np.atleast_1d(start)]
    for _ in range(shown.instance.operations["critical_point"]["steps"]):
        at = {name: path[-1].reshape(np.shape(start))[()]}
        slope = np.atleast_1d(shown.derivative("gradient", at)[name])
        path.append(path[-1] - np.linalg.pinv(bend(shown, name, at), hermitian=True) @ slope)
    end = {name: path[-1].reshape(np.shape(start))[()]}
    observe = load("critical_points").observe
    assert observe is not None
    found = {**end, "eigenvalues": np.linalg.eigvalsh(bend(shown, name, end))}
    return np.array(path), str(observe(found, shown.data)["kind"])


def bend(shown: Given, name: str, at: Arrays) -> np.ndarray:
    """The Hessian as a matrix: (n, n)."""
    return np.atleast_2d(shown.derivative("hessian", at)[name][name])


def searches(function: str) -> list[Given]:
    """The instances of `critical_points` with this function."""
    return [
        given("critical_points", instance.name)
        for instance in load("critical_points").instances
        if instance.function == function
    ]


def critical_points(figure: Figure) -> None:
    panels = figure.subplots(2, 2)
    for axes, function in zip(panels.flat, TITLES, strict=True):
        axes.set_title(TITLES[function])
        (draw_curve if function == "cubic" else draw_heights)(axes, searches(function))
    start = sample("start", marker="o", markerfacecolor="white", color="black", linestyle="")
    path = sample("path", marker=".", color="black")
    kinds = (
        sample(kind, marker=marker, color="C1", markeredgecolor="black", linestyle="") for kind, marker in KINDS.items()
    )
    legend_above(figure, 3, (start, path, *kinds))


def draw_curve(axes: Axes, found: list[Given]) -> None:
    """f of one variable, each start and where it leads."""
    x = np.linspace(*CUBIC_RANGE, 100)
    axes.plot(x, found[0].value({"x": x}))
    for shown in found:
        path, kind = newton_path(shown)
        draw_path(axes, np.stack([path[:, 0], shown.value({"x": path[:, 0]})], axis=1), kind)
    axes.set(xlabel="x", ylabel="f(x)", xticks=[-2, 0, 2, 4], box_aspect=1)


def draw_heights(axes: Axes, found: list[Given]) -> None:
    """f of two variables, shaded in ten parts of equal area from low (dark) to high (bright).

    A path that leaves the square is cut off at its edge.
    """
    paths = [newton_path(shown) for shown in found]
    sides = square([path for path, _ in paths])
    x, y = np.meshgrid(*sides)
    heights = found[0].value({"p": np.array([x, y])})
    levels = np.quantile(heights, np.linspace(0, 1, SHADES + 1))
    axes.contourf(x, y, heights, levels=levels, colors=mpl.colormaps["viridis"](np.linspace(0, 1, SHADES)))
    for path, kind in paths:
        draw_path(axes, path, kind)
    limits = [(side[0], side[-1]) for side in sides]
    axes.set(xlabel="x", ylabel="y", aspect="equal", xlim=limits[0], ylim=limits[1])


def square(paths: list[np.ndarray], n: int = 33) -> list[np.ndarray]:
    """n coordinates along each axis of a square about the critical point, a fifth wider than its starts are far."""
    centre = paths[0][-1]
    reach = 1.2 * max(np.abs(path[0] - centre).max() for path in paths)
    return [np.linspace(middle - reach, middle + reach, n) for middle in centre]


def draw_path(axes: Axes, path: np.ndarray, kind: str) -> None:
    axes.plot(*path.T, "-", color="black", linewidth=0.9, path_effects=HALO)
    axes.plot(*path.T, "o", color="black", markersize=2.6, markeredgecolor="white", markeredgewidth=0.5)
    axes.plot(*path[0], "o", color="white", markeredgecolor="black", markersize=4)
    axes.plot(*path[-1], KINDS[kind], color="C1", markeredgecolor="black", markersize=6)
