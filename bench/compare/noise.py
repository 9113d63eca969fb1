"""A/A: the same cells measured twice, twice over. The first pair fits the noise floor, the second judges it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from ..machine.facts import command_line
from .noise_floor import NoiseFloor, decade_of, fit_decades
from .verdicts import ComparedCell, MeasuredCells, compare_cells

FALSE_POSITIVE_TARGET = 0.01  # fewer of the cells are called slower or faster, though both runs measure the same code

TwoRuns = tuple[MeasuredCells, MeasuredCells]


def fit_noise(first: TwoRuns, second: TwoRuns, repeats: int) -> NoiseFloor:
    """The floor of interleaved runs from the first pair alone; that of runs apart from the first pair to the second.

    The machine drifts between two runs, and no interval within them knows by how much; this floor does, from one such drift.
    """
    pairs = ratios_seen(compare_cells(*first, NoiseFloor(), interleaved=True))
    apart = [
        pair
        for a, b in zip(first, second, strict=True)
        for pair in ratios_seen(compare_cells(a, b, NoiseFloor(), False))
    ]
    return NoiseFloor(
        interleaved=fit_decades(pairs),
        apart=fit_decades(apart),
        cells=dict(Counter(decade_of(seconds) for seconds, _ in pairs)),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command_line(),
        repeats=repeats,
    )


def ratios_seen(compared: list[ComparedCell]) -> list[tuple[float, float]]:
    """(seconds, ratio) of every cell that both runs have timed."""
    return [(cell.a.median_s, cell.ratio.value) for cell in compared if cell.ratio]


def judge_noise(second: TwoRuns, floor: NoiseFloor) -> list[ComparedCell]:
    return compare_cells(*second, floor, interleaved=True)


def false_positives(judged: list[ComparedCell]) -> tuple[int, int]:
    """(cells called different, cells that both runs have timed)."""
    return sum(cell.verdict in ("slower", "faster") for cell in judged), sum(cell.ratio is not None for cell in judged)


def cells_with_verdict(judged: list[ComparedCell]) -> int:
    """How many cells have a verdict other than `noisy`: on a busy machine few false positives prove nothing."""
    return sum(cell.ratio is not None and cell.verdict != "noisy" for cell in judged)


def is_conclusive(judged: list[ComparedCell]) -> bool:
    """Whether at least half of the cells, and at least one, have a verdict other than `noisy`."""
    return 0 < false_positives(judged)[1] <= 2 * cells_with_verdict(judged)


def target_met(judged: list[ComparedCell]) -> bool:
    """Whether the comparison is conclusive and has few enough false positives."""
    found, cells = false_positives(judged)
    return is_conclusive(judged) and found < FALSE_POSITIVE_TARGET * cells


def noise_verdict(judged: list[ComparedCell]) -> str:
    found, cells = false_positives(judged)
    share = f"{found / cells:.1%}" if cells else "no cell was timed in both runs"
    line = f"false positives: {found} of {cells} cells ({share}); target: below {FALSE_POSITIVE_TARGET:.0%}"
    if is_conclusive(judged):
        return f"{line}; {cells - cells_with_verdict(judged)} noisy"
    return (
        f"{line}; INCONCLUSIVE: {cells - cells_with_verdict(judged)} noisy, too many to judge the floor; "
        "the floor was not stored; try again when the machine is idle"
    )
