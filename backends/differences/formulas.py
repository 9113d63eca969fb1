"""Derivatives along a line: (f, x, h, f(x)) → f′(x) or f″(x), for numbers and for arrays of points alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Line = Callable[[Any], Any]


@dataclass(frozen=True)
class Formula:
    """What a difference is.

    apply: (f, x, h, f(x)) → the derivative; `f(x)` is given where `needs_here`.
    order: of its error, which is c hᵖ + c′ε/hᵈ with p = order and d = derivative; least at h ~ ε^(1/(p+d)).
    factor: of that step, from the constants c.
    """

    apply: Callable[[Line, Any, Any, Any], Any]
    order: int
    derivative: int
    factor: float = 1.0
    needs_here: bool = False

    @property
    def power(self) -> float:
        """Of ε in the best relative step."""
        return 1 / (self.order + self.derivative)


def forward(f: Line, x: Any, h: Any, here: Any) -> Any:
    """[f(x+h) − f(x)] / h"""
    return (f(x + h) - here) / h


def central(f: Line, x: Any, h: Any, here: Any) -> Any:
    """[f(x+h) − f(x−h)] / 2h"""
    return (f(x + h) - f(x - h)) / (h + h)


def five_point(f: Line, x: Any, h: Any, here: Any) -> Any:
    """[8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))] / 12h"""
    wide = h + h
    return (8 * (f(x + h) - f(x - h)) - (f(x + wide) - f(x - wide))) / (12 * h)


def forward_second(f: Line, x: Any, h: Any, here: Any) -> Any:
    """[f(x+2h) − 2f(x+h) + f(x)] / h²"""
    above = f(x + h)
    return ((f(x + 2 * h) - above) - (above - here)) / (h * h)


def central_second(f: Line, x: Any, h: Any, here: Any) -> Any:
    """[f(x+h) − 2f(x) + f(x−h)] / h²"""
    return ((f(x + h) - here) - (here - f(x - h))) / (h * h)


def five_point_second(f: Line, x: Any, h: Any, here: Any) -> Any:
    """[16(f(x+h) − 2f(x) + f(x−h)) − (f(x+2h) − 2f(x) + f(x−2h))] / 12h²"""
    wide = h + h
    near = (f(x + h) - here) - (here - f(x - h))
    far = (f(x + wide) - here) - (here - f(x - wide))
    return (16 * near - far) / (12 * h * h)


FIRST = {
    "central": Formula(central, 2, 1),
    "forward": Formula(forward, 1, 1, needs_here=True),
    "five_point": Formula(five_point, 4, 1),
}
SECOND = {
    "central": Formula(central_second, 2, 2, 2.0, needs_here=True),
    "forward": Formula(forward_second, 1, 2, 3.0, needs_here=True),
    "five_point": Formula(five_point_second, 4, 2, 2.0, needs_here=True),
}
