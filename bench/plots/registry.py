"""The kinds of plot, by the names that are typed for them."""

from __future__ import annotations

from . import accuracy, matrix, ratio, scaling, steps, time
from .kind import Kind

PLOT_KINDS: dict[str, Kind] = {
    "time": time.KIND,
    "accuracy": accuracy.KIND,
    "ratio": ratio.KIND,
    "scaling": scaling.KIND,
    "steps": steps.KIND,
    "matrix": matrix.KIND,
}
