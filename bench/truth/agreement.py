"""Agreement with a reference: structure, shape, dtype, finiteness, then norm-wise relative error.

Every function here raises; none returns a boolean that someone may drop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.store import flatten

# From measurements against extended precision; see METHODOLOGY.md.
TOLERANCES = {
    "gradient": {
        "exact": {"float64": 1e-12, "float32": 1e-4},
        "forward": {"float64": 1e-6, "float32": 3e-3},
        "central": {"float64": 1e-8, "float32": 2e-4},
        "five_point": {"float64": 1e-10, "float32": 1e-4},
        "complex_step": {"float64": 1e-12, "float32": 1e-4},
        "scipy": {"float64": 1e-8, "float32": 2e-4},
        "numdifftools": {"float64": 1e-8, "float32": 2e-4},
    },
    "hessian": {
        "exact": {"float64": 1e-12, "float32": 1e-4},
        "forward": {"float64": 2e-4, "float32": 1e-1},
        "central": {"float64": 2e-7, "float32": 5e-3},
        "five_point": {"float64": 1e-8, "float32": 5e-3},
        "complex_step": {"float64": 1e-8, "float32": 2e-4},
        "scipy": {"float64": 1e-6, "float32": 5e-3},
        "numdifftools": {"float64": 1e-7, "float32": 5e-3},
    },
}


INTERMEDIATE_FACTOR = 1e3  # how much larger than the result of a mean its sums may be
SECOND_ORDER = ("hessian", "hessian_diagonal", "critical_point")
"""Operations whose result holds second derivatives."""


LARGEST_EXPLAINED = 5e-3
"""The largest relative error that conditioning excuses: with fewer than two correct digits no fault can be told from it."""


@dataclass(frozen=True)
class Errors:
    """relative: ‖result − reference‖₂ / ‖reference‖₂ over all entries; ulp: the worst entry, in units in the last place of
    max(|referenceᵢ|, ε‖reference‖∞); explained: the relative error that rounding of the inputs may cause, None where it is
    not known; diverged: non-finite wherever the reference is."""

    relative: float
    ulp: float
    explained: float | None = None
    diverged: bool = False


class Disagreement(AssertionError):
    """A result that is not the reference; the message names the place and both values. errors: where they are numbers."""

    errors: Errors | None = None


def tolerance_for(operation: str, accuracy: str, dtype: str) -> float:
    """The largest norm-wise relative error that is accepted. Evaluating the function is exact in every backend."""
    if operation == "value":
        accuracy = "exact"
    table = TOLERANCES["hessian" if operation in SECOND_ORDER else "gradient"]
    return table[accuracy][dtype]


def compare_with_reference(
    result: Any,
    reference: Any,
    dtype: str,
    tolerance: float,
    scale: float = 0.0,
    *,
    series: bool = False,
    sensitivity: Any = None,
    separate: bool = False,
) -> Errors:
    """The errors of `result`. Raises Disagreement if they exceed both `tolerance` and what `sensitivity` explains.

    It is also raised where anything else differs. scale: errors are relative to max(‖reference‖, scale). sensitivity: how
    far rounding of the inputs may move each entry, a tree like the reference, or None. series: the result is a sequence in
    time, whose entries are each relative to the largest so far, those before an overflow included. separate: each entry
    stands for itself.
    """
    found, truth = flatten(result), flatten(reference)
    if set(found) != set(truth):
        raise Disagreement(f"structure: expected {describe_tree(reference)}, got {describe_tree(result)}")
    found = {path: found[path] for path in truth}  # JAX sorts the names in a dict
    for path, leaf in found.items():
        compare_form(path, leaf, truth[path], dtype)
    with np.errstate(over="ignore"):
        # What is beyond the dtype's range in the reference is infinite in any correct result.
        representable = {path: within_range(leaf, dtype) for path, leaf in truth.items()}
    moves = None if sensitivity is None else flatten(sensitivity)
    finite = {path: np.isfinite(leaf) for path, leaf in representable.items()}
    if not all(leaf.all() for leaf in finite.values()):
        overflows = any(np.any(np.isfinite(truth[path]) & ~leaf) for path, leaf in finite.items())
        errors = compare_diverged(found, representable, dtype, tolerance if series or separate else None, separate)
        if overflows or series or separate or not any(leaf.any() for leaf in finite.values()):
            return errors
        # NaN and infinity come from the inputs: what is finite beside them is judged like any other.
        found, truth = (
            {path: np.where(finite[path], leaf, 0) for path, leaf in part.items()} for part in (found, truth)
        )
        moves = None if moves is None else {path: np.where(finite[path], leaf, 0) for path, leaf in moves.items()}
    if series:
        units = units_so_far(truth)
        found, truth = divide_by_units(found, units), divide_by_units(truth, units)
        moves = None if moves is None else divide_by_units(moves, units)
    for path, leaf in found.items():
        if not np.isfinite(leaf).all():
            index = tuple(int(i) for i in np.argwhere(~np.isfinite(leaf))[0])
            raise Disagreement(
                f"{place_in_tree(path, index)}: expected {float(truth[path][index])!r}, got {float(leaf[index])!r}"
            )
    return compare_values(found, truth, dtype, tolerance, scale, moves)


def within_range(leaf: np.ndarray, dtype: str) -> np.ndarray:
    """The numbers of `leaf`, infinite where they are beyond the range of the dtype."""
    beyond = np.isfinite(leaf) & ~np.isfinite(leaf.astype(dtype))
    return np.where(beyond, np.copysign(np.inf, leaf), leaf)


def compare_form(path: str, leaf: Any, truth: np.ndarray, dtype: str) -> None:
    """Raise Disagreement unless `leaf` is an array of the reference's shape and of the cell's dtype."""
    if not isinstance(leaf, np.ndarray):
        raise Disagreement(f"{place_in_tree(path)}: expected an array, got {type(leaf).__name__}")
    if leaf.shape != truth.shape:
        raise Disagreement(f"{place_in_tree(path)}: expected shape {truth.shape}, got {leaf.shape}")
    if leaf.dtype != np.dtype(dtype):
        raise Disagreement(f"{place_in_tree(path)}: expected dtype {dtype}, got {leaf.dtype}")


def divide_by_units(leaves: dict[str, np.ndarray], units: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {path: leaf / units[path] for path, leaf in leaves.items()}


def units_so_far(truth: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """For each entry the largest of the reference up to there."""
    units = {path: np.maximum.accumulate(np.abs(leaf)) for path, leaf in truth.items()}
    return {path: np.where(unit > 0, unit, 1) for path, unit in units.items()}


def compare_diverged(
    found: dict[str, np.ndarray],
    truth: dict[str, np.ndarray],
    dtype: str,
    tolerance: float | None,
    separate: bool = False,
) -> Errors:
    """Raise Disagreement unless `found`, too, has non-finite numbers wherever the reference has.

    Among parameters anything goes elsewhere: one overflow spreads, in an order that depends on how the sums are taken. A
    series (with a `tolerance`) must agree in every entry before the overflow, but for the last ones, where an intermediate
    sum may be beyond the range of the dtype although the result is not. Of separate entries an infinite one must be so.
    """
    for path, leaf in found.items():
        wrong = ~np.isfinite(truth[path]) & np.isfinite(leaf)
        if separate:
            wrong |= np.isinf(truth[path]) & (leaf != truth[path])
        if tolerance is not None:
            settled = np.isfinite(truth[path]) & (np.abs(truth[path]) < np.finfo(dtype).max / INTERMEDIATE_FACTOR)
            with np.errstate(all="ignore"):
                wrong |= settled & ~(np.abs(leaf - truth[path]) <= tolerance * np.abs(truth[path]))
        if wrong.any():
            index = tuple(int(i) for i in np.argwhere(wrong)[0])
            expected = float(truth[path][index])
            wanted = repr(expected) if np.isfinite(expected) or separate else "a non-finite number"
            raise Disagreement(f"{place_in_tree(path, index)}: expected {wanted}, got {float(leaf[index])!r}")
    return Errors(float("nan"), float("nan"), diverged=True)


def compare_values(
    found: dict[str, np.ndarray],
    truth: dict[str, np.ndarray],
    dtype: str,
    tolerance: float,
    scale: float,
    moves: dict[str, np.ndarray] | None = None,
) -> Errors:
    """Raise Disagreement when the norm-wise relative error exceeds `tolerance` and what `moves` explain."""
    result, reference = all_numbers(found), all_numbers(truth)
    norm = max(np.sqrt(np.sum(reference * reference)), np.longdouble(scale))
    difference = np.abs(result - reference)
    if norm == 0 and not difference.any():
        return Errors(0.0, 0.0, None if moves is None else 0.0)
    if norm == 0:
        raise Disagreement("the reference is all zeros, and there is no scale to judge errors by")
    relative = float(np.sqrt(np.sum(difference * difference)) / norm)
    explained = None if moves is None else float(np.sqrt(np.sum(all_numbers({p: moves[p] for p in truth}) ** 2)) / norm)
    errors = Errors(relative, units_in_last_place(difference, reference, dtype, scale), explained)
    if not relative <= max(tolerance, min(explained or 0, LARGEST_EXPLAINED)):
        path, index = place_of_entry(found, int(np.argmax(difference)))
        accounted = "" if explained is None else f"; input rounding accounts for {explained:.2g}"
        disagreement = Disagreement(
            f"relative error {relative:.3g} (tolerance {tolerance:g}{accounted}); worst at {place_in_tree(path, index)}: "
            f"expected {float(truth[path][index])!r}, got {float(found[path][index])!r}"
        )
        disagreement.errors = errors
        raise disagreement
    return errors


def all_numbers(leaves: dict[str, np.ndarray]) -> np.ndarray:
    """All numbers of a flat tree, in extended precision."""
    return np.concatenate([leaf.ravel() for leaf in leaves.values()]).astype(np.longdouble)


def units_in_last_place(difference: np.ndarray, reference: np.ndarray, dtype: str, scale: float) -> float:
    """The largest error in units in the last place of max(|referenceᵢ|, ε‖reference‖∞) at `dtype`.

    A reference of nothing but zeros has the units in the last place of its instance's scale.
    """
    largest = np.max(np.abs(reference), initial=0)
    sizes = np.maximum(np.abs(reference), np.finfo(dtype).eps * largest if largest else scale)
    return float(np.max(difference / np.spacing(sizes.astype(dtype)), initial=0))


def place_of_entry(found: dict[str, np.ndarray], position: int) -> tuple[str, tuple[int, ...]]:
    """The path and index of an entry of the concatenated leaves."""
    for path, leaf in found.items():
        if position < leaf.size:
            return path, tuple(int(i) for i in np.unravel_index(position, leaf.shape))
        position -= leaf.size
    raise IndexError(position)


def place_in_tree(path: str, index: tuple[int, ...] = ()) -> str:
    return (path or "value") + (str(list(index)) if index else "")


def describe_tree(tree: Any) -> str:
    """Such as {"x": {"x": array}}."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f'"{name}": {describe_tree(leaf)}' for name, leaf in tree.items()) + "}"
    return "array" if isinstance(tree, np.ndarray | np.generic) else type(tree).__name__
