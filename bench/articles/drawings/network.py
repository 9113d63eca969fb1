"""The XOR network: what it answers between the four samples at several epochs, and its loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from problems import Arrays, load

from .given import Given, costs, descent, given
from .marks import legend_above, sample

INSTANCES = ("textbook", "rate_1")
EPOCHS = (600, 6000, 10_000)  # a tenfold rate is tenfold as fast: 600 and 6000 show it
SIDE = np.linspace(-0.25, 1.25, 31)
LEVELS = np.linspace(0, 1, 11)


def training(instance: str) -> tuple[Given, list[Arrays]]:
    """The instance and its weights at the start and after each epoch."""
    shown = given("xor_mlp", instance)
    return shown, descent(shown, **shown.instance.operations["gradient_descent"])


def surface(weights: Arrays) -> np.ndarray:
    """The network's output on the square of `SIDE`: (n, n), rows along the second input."""
    first, second = np.meshgrid(SIDE, SIDE)
    observe = load("xor_mlp").observe
    assert observe is not None
    inputs = np.stack([first.ravel(), second.ravel()], axis=1)
    return observe(weights, {"X": inputs})["outputs"].reshape(first.shape)


def xor(figure: Figure) -> None:
    """A row of surfaces for each rate, and below them the loss of both."""
    above, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.7, 1)).flat
    panels = above.subplots(len(INSTANCES), len(EPOCHS), sharex=True, sharey=True)
    below = lower.subplots()
    for row, instance in zip(panels, INSTANCES, strict=True):
        shown, path = training(instance)
        rate = shown.instance.operations["gradient_descent"]["rate"]
        for axes, epoch in zip(row, EPOCHS, strict=True):
            shades = draw_surface(axes, path[epoch], shown.data)
        row[0].set_ylabel(f"rate {rate:g}\nx₂")
        losses = costs(shown, path)
        (line,) = below.loglog(np.arange(1, len(path)), losses[1:], label=f"loss at rate {rate:g}")
        below.plot(EPOCHS, losses[list(EPOCHS)], "o", color=line.get_color(), markersize=3)
    for axes, epoch in zip(panels[0], EPOCHS, strict=True):
        axes.set_title(f"{'epoch ' if axes is panels[0, 0] else ''}{epoch}")
    for axes in panels[-1]:
        axes.set_xlabel("x₁")
    below.set(xlabel="epoch", ylabel="loss J")
    bar = above.colorbar(shades, ax=panels, label="output", ticks=[0, 0.5, 1], aspect=25)
    bar.ax.axhline(0.5, color="white", linewidth=1.2)
    zero = sample("sample of 0", marker="o", markerfacecolor="white", markeredgecolor="black", linestyle="")
    one = sample("sample of 1", marker="s", color="black", markeredgecolor="white", linestyle="")
    legend_above(figure, 2, (zero, one))


def draw_surface(axes: Axes, weights: Arrays, data: Arrays) -> Any:
    """The output in shades with its line at ½, where the thresholded answer changes, and the samples."""
    output = surface(weights)
    shades = axes.contourf(SIDE, SIDE, output, levels=LEVELS, cmap="viridis", vmin=0, vmax=1)
    axes.contour(SIDE, SIDE, output, levels=[0.5], colors="white", linewidths=1.2)
    for target, marker, face, edge in ((0, "o", "white", "black"), (1, "s", "black", "white")):
        X = data["X"][data["y"][:, 0] == target]
        axes.plot(*X.T, marker, color=face, markeredgecolor=edge, markersize=5)
    axes.set(aspect="equal", xticks=[0, 1], yticks=[0, 1])
    return shades
