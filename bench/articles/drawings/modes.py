"""Forward and reverse mode against n/m: the measured time of a Jacobian of f: ℝⁿ → ℝᵐ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from problems import load

from .marks import legend_above

PROBLEM = "jacobian_modes"
MODES = {"forward": ("C0", "o", "-"), "reverse": ("C1", "s", "--")}

Seconds = Mapping[str, Mapping[str, float]]
"""`problem:instance:operation` → {backend/variant: seconds of a call}."""


def series(seconds: Seconds, method: str, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """(n/m, seconds) of a method's measured Jacobians, in ascending order of n/m."""
    found = []
    for instance in load(PROBLEM).instances:
        took = seconds.get(f"{PROBLEM}:{instance.name}:jacobian_{mode}", {})
        if method in took:
            params, data = instance.make()
            found.append((params["x"].size / len(data["A"]), took[method]))
    ratios, times = np.array(sorted(found)).reshape(-1, 2).T
    return ratios, times


def crossover(figure: Figure, seconds: Seconds) -> None:
    """A panel for each method that was measured, with common axes; left of n = m forward has fewer passes."""
    methods = list(dict.fromkeys(method for took in seconds.values() for method in took))
    panels = figure.subplots(-(-len(methods) // 2), min(2, len(methods)), sharex=True, sharey=True, squeeze=False)
    for axes, method in zip(panels.flat, methods, strict=False):
        axes.set_title(method)
        axes.axvline(1, color="0.7", linewidth=0.5, zorder=0)
        for mode, (colour, marker, line) in MODES.items():
            ratios, times = series(seconds, method, mode)
            if len(ratios):
                axes.loglog(ratios, times, color=colour, marker=marker, linestyle=line, label=f"{mode} mode")
        axes.set_xticks([1e-3, 1, 1e3])
    for axes in panels.flat[len(methods) :]:
        axes.set_axis_off()
    for axes in panels[-1]:
        axes.set_xlabel("inputs / outputs, n/m")
    for axes in panels[:, 0]:
        axes.set_ylabel("time (s)")
    legend_above(figure, 2)
