"""k-means: the points of example 3.13 and the paths of its centroids."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from .given import Given, given
from .marks import legend_above, sample

MARKERS = "os^"
SAME = 1e-12  # means that move by less have kept their points; the last digits never settle


def centroid_path(shown: Given) -> np.ndarray:
    """The centroids at the start and after each Newton step μ − g/h, until they stay: (steps + 1, k, d).

    h is the diagonal of the Hessian; a centroid without samples has h = 0 and stays.
    """
    path = [shown.params["centroids"]]
    for _ in range(shown.instance.operations["newton"]["steps"]):
        at = {"centroids": path[-1]}
        slope, bend = (shown.derivative(name, at)["centroids"] for name in ("gradient", "hessian_diagonal"))
        moved = path[-1] - np.divide(slope, bend, out=np.zeros_like(slope), where=bend != 0)
        if np.allclose(moved, path[-1], rtol=SAME, atol=0):
            break
        path.append(moved)
    return np.array(path)


def kmeans(figure: Figure) -> None:
    """Points by their last label; each centroid's path from a hollow mark to a full one."""
    shown = given("kmeans", "textbook")
    path = centroid_path(shown)
    X = shown.data["X"]
    label = shown.module.nearest(path[-1], X)
    axes = figure.subplots()
    for j, marker in enumerate(MARKERS):
        colour, mine = f"C{j}", X[label == j]
        axes.plot(*mine.T, marker, color=colour, alpha=0.45, markersize=3, markeredgewidth=0)
        axes.plot(*path[:, j].T, "-", color="black", linewidth=0.9, marker=".", markersize=2.5)
        axes.plot(*path[0, j], marker, color="white", markeredgecolor="black", markersize=5)
        end = ", ".join(f"{x:.3f}" for x in path[-1, j])
        axes.plot(*path[-1, j], marker, color=colour, markeredgecolor="black", markersize=7, label=f"ends at ({end})",
                  linestyle="", zorder=1.5)  # fmt: skip
    axes.set(xlabel="x₁", ylabel="x₂", aspect="equal")
    start = sample("start", marker="o", markerfacecolor="white", color="black", linestyle="", markersize=5)
    track = sample(f"path, {len(path) - 1} steps", marker=".", color="black", markersize=3, linewidth=0.9)
    point = sample("point", marker="o", alpha=0.45, linestyle="", markersize=3, markeredgewidth=0)
    legend_above(figure, 2, (start, track, point))
