"""The textbook's pictures: what draws each, how high it is, and what a reader is told of it.

Importing this loads no drawing library; loading a picture's `draw` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import backends


@dataclass(frozen=True)
class Needs:
    """Measurements that a picture is drawn from: one problem's operations.

    methods: these `backend/variant`s, or one of each backend that tells forward mode from reverse mode.
    """

    problem: str
    operations: tuple[str, ...]
    methods: tuple[str, ...] = ()

    def shown_methods(self) -> tuple[str, ...]:
        typical = ((name, backends.typical_variants(name)[0]) for name in backends.names())
        with_modes = (f"{name}/{each}" for name, each in typical if backends.load(name).VARIANTS[each].modes)
        return self.methods or tuple(with_modes)


@dataclass(frozen=True)
class Picture:
    """caption: what it shows. find: () → (figure) → None, which draws; with `needs`, (figure, seconds) → None.

    height_cm: of a picture that is a column wide.
    """

    caption: str
    find: Callable[[], Callable[..., None]]
    height_cm: float = 5.5
    needs: Needs | None = None


def drawing(module: str, name: str) -> Any:
    return getattr(import_module(f"{__package__}.{module}"), name)


def drawn(module: str, name: str, caption: str, **more: Any) -> Picture:
    return Picture(caption, partial(drawing, module, name), **more)


def curve(instance: str, *labels: str, radians: bool = False) -> Picture:
    """Example `textbook_3_2` of the functions of one variable, by its labels."""
    number = instance.removeprefix("textbook_").replace("_", ".")
    caption = f"Example {number}: {' and '.join(labels)}."
    return Picture(caption, lambda: drawing("curves", "Curve")(instance, labels, radians))


PICTURES = {
    "square": curve("textbook_3_2", "x²", "derivative 2x"),
    "product_rule": curve("textbook_3_3", "x² sin x", "derivative x² cos x + 2x sin x", radians=True),
    "quotient_rule": curve("textbook_3_4", "x² / eˣ", "derivative (2x − x²) e⁻ˣ"),
    "chain_rule": curve("textbook_3_5", "sin² x", "derivative 2 sin x cos x", radians=True),
    "sigmoid": curve("textbook_3_8", "σ(x)", "derivative σ(x)(1 − σ(x))"),
    "cube": curve("textbook_3_14", "x³", "derivative 3x²", "second 6x"),
    "tangents": drawn("curves", "tangents", "Example 3.17: x² + 2x + 1 and three of its tangents.", height_cm=6),
    "cost_history": drawn("descents", "cost_history", "Example 3.7: the cost of linear regression along 1000 steps."),
    "learning_rates": drawn(
        "descents",
        "learning_rates",
        "Example 3.21: the error of a linear model along 100 steps. Rates 1 and 10 diverge, and overflow at the steps "
        "marked; rate 0.0001 is slow.",
        height_cm=10,
    ),
    "kmeans": drawn(
        "clusters",
        "kmeans",
        "Example 3.13: 100 points in three clusters, and the paths of the centroids under Newton's step, which is Lloyd's.",
        height_cm=9,
    ),
    "critical_points": drawn(
        "landscapes",
        "critical_points",
        "Examples 3.15 and 3.22: Newton's paths to critical points, classified by the Hessian's eigenvalues. The cubic is "
        "x³ − 3x² + 2; the bowl x⁴ + x² + xy + y² − 3x, the saddle xy + x³/3 − y and the monkey saddle x³ − 3xy² are "
        "shaded from low (dark) to high (bright), each shade over the same area; a path that leaves "
        "the square is cut off.",
        height_cm=10,
    ),
    "xor": drawn(
        "network",
        "xor",
        "Example 3.9: the XOR network's output at three epochs and two rates (white line: ½), and its loss.",
        height_cm=10,
    ),
    "crossover": drawn(
        "modes",
        "crossover",
        "Example 3.20: time of the Jacobian of tanh(Ax), with n inputs and m outputs. Forward mode suits few inputs, "
        "reverse mode few outputs; differences count as forward mode.",
        height_cm=11,
        needs=Needs("jacobian_modes", ("jacobian_forward", "jacobian_reverse")),
    ),
}
