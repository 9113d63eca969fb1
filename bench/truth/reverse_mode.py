"""Reverse mode: nodes that record how an array was made, and the sweep over that record."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from .jets import Jet, add, constant, current, jet_of, multiply, slope_of
from .number_kinds import as_objects

NODE_ORDER = itertools.count()


class SlopeArray:
    """A slope of the output by an array. active: where it is not 0 by construction, None where that is everywhere.

    What was not selected by a mask or an index has no slope, even if the local one is infinite or NaN there.
    """

    __slots__ = ("active", "jet")

    def __init__(self, jet: Jet, active: np.ndarray | None = None):
        self.jet, self.active = jet, None if active is None or active.all() else active

    def changed(self, change: Callable[[Any], Any]) -> SlopeArray:
        active = None if self.active is None else np.asarray(change(self.active), bool)
        return SlopeArray(self.jet.changed(change), active)

    def active_everywhere(self) -> np.ndarray:
        return np.ones(self.jet.shape, bool) if self.active is None else self.active


Back = Callable[[SlopeArray], SlopeArray]


class Node:
    """An array, and for each array that it was made from, how a slope by this one becomes one by that.

    moves: whether slopes by it, or by what it was made from, are asked for; varies: whether it depends on parameters.
    """

    __slots__ = ("made_from", "moves", "order", "value", "varies")

    def __init__(
        self, value: Jet, made_from: tuple[tuple[Node, Back], ...] = (), moves: bool = False, varies: bool = False
    ):
        self.value, self.order = value, next(NODE_ORDER)
        self.made_from: tuple[tuple[Node, Back], ...] = tuple([part for part in made_from if part[0].moves])
        self.moves: bool = moves or bool(self.made_from)
        self.varies: bool = varies or any(node.varies for node, _ in self.made_from)


def elementwise_back(ufunc: Any, place: int, y: Jet, arguments: tuple[Jet, ...]) -> Back:
    """The rule of a function entry by entry, evaluated where the slope is active only."""
    shape = arguments[place].shape

    def back(g: SlopeArray) -> SlopeArray:
        if g.active is None:
            return sum_to_shape(SlopeArray(times_slope(ufunc, place, g.jet, y, arguments)), shape)
        if not g.active.any():
            return SlopeArray(constant(shape, 0), np.zeros(shape, bool))
        spread = [x.changed(lambda c: np.broadcast_to(c, y.shape)) for x in arguments]
        index = np.nonzero(g.active)
        part = times_slope(ufunc, place, g.jet[index], y[index], tuple(x[index] for x in spread))
        return sum_to_shape(SlopeArray(scattered(part, index, y.shape), g.active), shape)

    return back


def times_slope(ufunc: Any, place: int, g: Jet, y: Jet, arguments: tuple[Jet, ...]) -> Jet:
    if ufunc is np.add or (ufunc is np.subtract and place == 0):
        return g
    if ufunc in (np.subtract, np.negative):
        return -g
    if ufunc is np.multiply:
        return multiply(g, arguments[1 - place])
    if ufunc is np.square:
        return multiply(g, 2 * arguments[0])
    if ufunc is np.divide and place == 0:
        return g / arguments[1] if current().kind.is_finite(y.first).all() else g * slope_of(ufunc, 0, y, [*arguments])
    return multiply(g, slope_of(ufunc, place, y, list(arguments)))


def scattered(part: Jet, index: Any, shape: tuple[int, ...]) -> Jet:
    """Zeros of this shape with `part` at the index."""

    def place(values: np.ndarray | None) -> np.ndarray | None:
        if values is None:
            return None
        found = current().kind.full(shape, 0)
        found[index] = values[()] if values.ndim == 0 else values
        return found

    moving = None
    if part.moving is not None:
        moving = np.zeros(shape, bool)
        moving[index] = part.moving
    return Jet([place(c) for c in part.coefficients], moving)


def sum_to_shape(g: SlopeArray, shape: tuple[int, ...]) -> SlopeArray:
    """`g` summed over the axes along which an array of this shape was repeated."""
    if g.jet.shape == shape:
        return g
    extra = g.jet.ndim - len(shape)
    axes = (*range(extra), *(extra + i for i, n in enumerate(shape) if n == 1 and g.jet.shape[extra + i] != 1))

    def total(c: np.ndarray) -> np.ndarray:
        if c.size == 0:
            return np.zeros(shape, bool) if c.dtype == bool else current().kind.full(shape, 0)
        found = np.logical_or.reduce(c, axis=axes) if c.dtype == bool else c.sum(axis=axes)
        return as_objects(found).reshape(shape)

    return g.changed(total)


def add_slopes(a: SlopeArray, b: SlopeArray) -> SlopeArray:
    active = None if a.active is None or b.active is None else a.active | b.active
    return SlopeArray(add(a.jet, b.jet), active)


def sweep(output: Node, seed: Any = 1) -> dict[Node, SlopeArray]:
    """The slopes of Σ seed · output by every array that it was made from, itself included; 0 in `seed` selects nothing."""
    shape = output.value.shape
    if isinstance(seed, int):
        slopes = {output: SlopeArray(constant(shape, seed))}
    else:
        seeds = np.broadcast_to(np.asarray(seed), shape)
        slopes = {output: SlopeArray(jet_of(seeds), seeds != 0)}
    waiting, found = [output], {output}
    while waiting:
        new = {parent for parent, _ in waiting.pop().made_from} - found
        found |= new
        waiting += new
    for node in sorted(found, key=lambda node: -node.order):
        if node not in slopes:
            continue
        g = slopes[node] if node.made_from else None
        for parent, back in node.made_from:
            assert g is not None
            part = back(g)
            slopes[parent] = add_slopes(slopes[parent], part) if parent in slopes else part
        if node.made_from and node is not output:
            del slopes[node]  # for the memory's sake
    return slopes


def slope_by(slopes: dict[Node, SlopeArray], node: Node) -> Jet:
    return slopes[node].jet if node in slopes else constant(node.value.shape, 0)
