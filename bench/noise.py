"""A/A: the same cells measured twice, twice over. The first pair fits the noise floor, the second judges it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from . import environment, noise_floor
from .comparison import Cells, Compared, compare
from .noise_floor import Floor

TARGET = 0.01  # of the cells called different, where nothing is: fewer

TwoRuns = tuple[Cells, Cells]


def fit(first: TwoRuns, second: TwoRuns, repeats: int) -> Floor:
    """The floor of runs in turns, from the first pair alone; that of runs apart, from the first pair to the second.

    The machine drifts between two runs, and no interval within them knows by how much; this floor does, from one such drift.
    """
    pairs = differences(compare(*first, Floor(), interleaved=True))
    apart = [pair for a, b in zip(first, second, strict=True) for pair in differences(compare(a, b, Floor(), False))]
    return Floor(
        interleaved=noise_floor.fit(pairs),
        apart=noise_floor.fit(apart),
        cells=dict(Counter(noise_floor.decade_of(seconds) for seconds, _ in pairs)),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        command=environment.command(),
        repeats=repeats,
    )


def differences(compared: list[Compared]) -> list[tuple[float, float]]:
    """(seconds, ratio) of every cell that both runs have timed."""
    return [(cell.a.median_s, cell.ratio.value) for cell in compared if cell.ratio]


def judge(second: TwoRuns, floor: Floor) -> list[Compared]:
    return compare(*second, floor, interleaved=True)


def alarms(judged: list[Compared]) -> tuple[int, int]:
    """(cells called different, cells that both runs have timed)."""
    return sum(cell.verdict in ("slower", "faster") for cell in judged), sum(cell.ratio is not None for cell in judged)


def told(judged: list[Compared]) -> int:
    """Cells of which a comparison could say something: on a busy machine few false alarms prove nothing."""
    return sum(cell.ratio is not None and cell.verdict != "noisy" for cell in judged)


def conclusive(judged: list[Compared]) -> bool:
    """Whether a comparison could say something of at least half of the cells, and there were some."""
    return 0 < alarms(judged)[1] <= 2 * told(judged)


def met(judged: list[Compared]) -> bool:
    """Whether the target is met by cells of which something can be said."""
    found, cells = alarms(judged)
    return conclusive(judged) and found < TARGET * cells


def verdict(judged: list[Compared]) -> str:
    found, cells = alarms(judged)
    share = f"{found / cells:.1%}" if cells else "none could be judged"
    line = f"false alarms: {found} of {cells} cells ({share}); the target is fewer than {TARGET:.0%}"
    if conclusive(judged):
        return f"{line}; {cells - told(judged)} are noisy"
    return (
        f"{line}; INCONCLUSIVE: {cells - told(judged)} are noisy, so that a comparison can tell little; "
        "the floor was not stored; try again when less else runs on this machine"
    )
