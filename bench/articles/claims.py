"""Claims of an article, and how computed values judge them. `evidence.py` computes the values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from problems import Arrays, load

Tree = Any
Judgement = tuple[dict[str, str], str]
"""method → what it gives, and the verdict."""


@dataclass(frozen=True)
class Evidence:
    """What was computed. A case is `problem:instance:operation[:dtype]`.

    values: case → method → result; truths: case → reference; slack: case → method → relative tolerance;
    seconds: case → method → median time of a call, for the claims about speed.
    """

    values: Mapping[str, Mapping[str, Tree]]
    truths: Mapping[str, Tree]
    slack: Mapping[str, Mapping[str, float]]
    seconds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One row: number, what it is about, what the article says, and how that is judged.

    cases: what every method computes; timed: what is timed beside it. expected: how the verdict begins when all is as known.
    """

    number: str
    what: str
    says: str
    judge: Callable[[Evidence], Judgement]
    cases: tuple[str, ...]
    expected: str = "reproduced"
    timed: tuple[str, ...] = ()


def case_inputs(case: str) -> tuple[Arrays, Arrays]:
    """The params and data of a case."""
    problem, instance, *_ = case.split(":")
    return load(problem).instance(instance).make()


def all_entries(tree: Tree) -> np.ndarray:
    """All numbers of a result, in order."""
    leaves = [all_entries(tree[name]) for name in sorted(tree)] if isinstance(tree, dict) else [np.ravel(tree)]
    return np.concatenate(leaves).astype(np.longdouble)


def written_numbers(tree: Tree, digits: int = 9) -> str:
    """The numbers of a result as text, with names where there are several."""
    if isinstance(tree, dict) and len(tree) > 1:
        return ", ".join(f"{name} = {written_numbers(tree[name], digits)}" for name in sorted(tree))
    return ", ".join(f"{float(x):.{digits}g}" for x in all_entries(tree))


def distance(result: Tree, truth: Tree) -> float:
    """‖result − truth‖ / ‖truth‖"""
    a, b = all_entries(result), all_entries(truth)
    return float(np.sqrt(np.sum((a - b) ** 2) / np.sum(b**2)))


def verdict_of(wrong: list[str], methods: Mapping[str, Any]) -> str:
    """`reproduced`, unless something contradicts the article or nothing was computed."""
    if not methods:
        return "not reproducible: no backend computed a value"
    return f"wrong: contradicted by {', '.join(dict.fromkeys(wrong))}" if wrong else "reproduced"


def printed_number(case: str, printed: Tree, decimals: int) -> Callable[[Evidence], Judgement]:
    """Printed numbers: right where each method gives them, to the decimals printed and its own tolerance."""

    def judge(evidence: Evidence) -> Judgement:
        values, claimed = evidence.values[case], all_entries(printed)
        room = {m: 0.5 * 10.0**-decimals + evidence.slack[case][m] * np.max(np.abs(claimed)) for m in values}
        wrong = [m for m, value in values.items() if np.max(np.abs(all_entries(value) - claimed)) > room[m]]
        return {m: written_numbers(value) for m, value in values.items()}, verdict_of(wrong, values)

    return judge


def printed_formula(*claims: tuple[str, Callable[[Arrays, Arrays], Tree]]) -> Callable[[Evidence], Judgement]:
    """Printed formulas, as (case, formula), evaluated in float64: right where each method is within its own tolerance."""

    def judge(evidence: Evidence) -> Judgement:
        gives: dict[str, list[str]] = {}
        wrong = []
        for case, printed in claims:
            claimed = printed(*case_inputs(case))
            for method, value in evidence.values[case].items():
                off = distance(value, claimed)
                gives.setdefault(method, []).append(f"{off:.0e}" if off else "0")
                wrong += [method] if off > evidence.slack[case][method] else []
        return {m: f"differs by {', '.join(off)}" for m, off in gives.items()}, verdict_of(wrong, gives)

    return judge


def of_x(case: str, printed: Callable[[np.ndarray], np.ndarray]) -> tuple[str, Callable[[Arrays, Arrays], Tree]]:
    """(case, formula) for a formula in x."""
    return case, lambda params, data: {"x": printed(params["x"])}


def misprint(
    case: str, printed: Callable[[Arrays, Arrays], Tree], explain: Callable[[np.ndarray], str]
) -> Callable[[Evidence], Judgement]:
    """A formula that is wrong: the ratio of what it gives to each method's gradient, and to the true one."""

    def judge(evidence: Evidence) -> Judgement:
        claimed, truth = all_entries(printed(*case_inputs(case))), all_entries(evidence.truths[case])
        kept = np.abs(truth) > 1e-9 * np.max(np.abs(truth))  # a zero of both says nothing
        ratios = {m: (claimed[kept] / all_entries(v)[kept]).astype(float) for m, v in evidence.values[case].items()}
        gives = {m: f"printed ÷ computed = {written_numbers(np.unique(np.round(r, 4)), 4)}" for m, r in ratios.items()}
        if distance(claimed, truth) <= 1e-12:
            return gives, "reproduced"
        return gives, f"wrong: {explain((claimed[kept] / truth[kept]).astype(float))}"

    return judge


def common_ratio(ratio: np.ndarray) -> str:
    """A ratio that is the same in all entries; all of them where it is not."""
    same = np.allclose(ratio, ratio[0], rtol=1e-9)
    return f"{ratio[0]:.6g}" if same else ", ".join(f"{r:.4g}" for r in ratio)


def number_claim(label: str, what: str, says: str, case: str, value: Tree, decimals: int) -> Claim:
    """A claim that is a number."""
    return Claim(label, what, says, printed_number(case, value, decimals), (case,))


def formula_claim(label: str, what: str, says: str, *claims: tuple[str, Callable[[Arrays, Arrays], Tree]]) -> Claim:
    """A claim that is a formula."""
    return Claim(label, what, says, printed_formula(*claims), tuple(case for case, _ in claims))
