"""The V-shaped curves of `gradmark steps`, one picture for each case, in the style of the other pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import pictures
from .steps import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_CM = 8.0


def save(curves: list[Curve], folder: Path) -> list[Path]:
    """Write the curves of one case as SVG and PNG; returns the paths."""
    from matplotlib.figure import Figure

    with pictures.style():
        figure = Figure(figsize=(pictures.COLUMN_CM / 2.54, HEIGHT_CM / 2.54), layout="constrained")
        draw(figure, curves)
        name = "steps_" + curves[0].case.replace(":", "_")
        paths = [folder / f"{name}.{form}" for form in pictures.METADATA]
        for path in paths:
            title = {"Title": f"Error of differences against their step: {curves[0].case}"}
            figure.savefig(path, metadata={**pictures.METADATA[path.suffix[1:]], **title})
    return paths


def draw(figure: Figure, curves: list[Curve]) -> None:
    """Error against step, both logarithmic; a dotted line at the step that the rule predicts."""
    axes = figure.subplots(2, 1, sharex=True)
    variants = list(dict.fromkeys(each.variant for each in curves))
    for each in curves:
        panel = axes[0 if each.dtype == "float64" else 1]
        i = variants.index(each.variant)
        panel.loglog(each.steps, np.maximum(each.errors, 1e-18), color=pictures.COLOURS[i], linestyle=pictures.LINES[i])
        if not np.isnan(each.rule_step):
            panel.axvline(each.rule_step, color=pictures.COLOURS[i], linewidth=0.6, linestyle=":")
    for panel, dtype in zip(axes, ("float64", "float32"), strict=True):
        panel.set_ylabel(f"error, {dtype}")
        panel.set_ylim(1e-18, 1e2)
    axes[1].set_xlabel("step h; dotted: √ε, ∛ε, ε^(1/5)")
    axes[0].set_title(curves[0].case)
    lines = axes[0].get_lines()
    curves_only = [line for line in lines if len(np.asarray(line.get_xdata())) > 2]
    figure.legend(curves_only, [v.replace("_", " ") for v in variants], loc="outside lower center", ncols=2)
