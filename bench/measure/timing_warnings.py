"""Warnings about a measurement, from its samples and the state of the machine: `<code>: text with numbers`.

All are stored in the row but `drift`, which is of several rows and found when tables are made.
Thresholds are where a median of the samples, or its comparison, would suffer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations

import numpy as np

from ..machine.facts import MachineLoad
from ..text.units import plural

SPREAD = 0.10  # quartile distance over median; quiet machines have 0.002 to 0.02
OUTLIER = 6.0  # deviations from the median, in multiples of the scaled median absolute deviation
MAD_TO_DEVIATION = 1.4826  # for a normal distribution
LEAST_SAMPLES = 5
START = 1.5  # first round over the median of the others
LOAD = 0.5  # CPUs that were busy with something else; the system counts in hundredths of a second
PRESSURE = 0.10  # of the time in which a process waited for a CPU; PSI of quiet machines is below 0.03
FREQUENCY = 0.05  # change between before and after
CLOCK = 0.01  # a step of the clock over a round
ALLOWED = 1.1  # CPU seconds over those of all its threads; a tenth is left to the two clocks
DRIFT = 0.05  # change over all repeats
DRIFT_CHANCE = 0.01
WARNING_CODES = (
    "spread",
    "outliers",
    "slow-start",
    "drift",
    "load",
    "throttled",
    "pressure",
    "frequency",
    "clock",
    "overhead",
    "single",
    "threads",
    "cpu",
    "peak",
    "uncertified",
)


def warning_code(warning: str) -> str:
    """The machine-readable part: what stands before the colon."""
    return warning.partition(":")[0]


def count_warnings(per_cell: Iterable[Iterable[str]]) -> Counter[str]:
    """code → how many cells have it."""
    return Counter(name for codes in per_cell for name in dict.fromkeys(codes))


def rounds_warnings(
    samples: Sequence[float], iterations: int, clock_step_s: float, before: MachineLoad, after: MachineLoad, busy: float
) -> Iterator[str]:
    """All warnings that one process can give. samples: seconds a call, of rounds of so many calls each; maybe none."""
    if len(samples) >= LEAST_SAMPLES:
        yield from spread_warnings(samples)
        yield from outlier_warnings(samples)
        yield from start_warnings(samples)
    if samples:
        yield from clock_warnings(float(np.median(samples)) * iterations, clock_step_s)
    yield from load_warnings(before, after, busy)
    yield from pressure_warnings(before, after)


def single_warnings(before: MachineLoad, after: MachineLoad) -> Iterator[str]:
    """What the state of the machine says of one call."""
    yield from load_warnings(before, after, before.elsewhere(after))
    yield from pressure_warnings(before, after)


def spread_warnings(samples: Sequence[float]) -> Iterator[str]:
    low, middle, high = np.quantile(samples, [0.25, 0.5, 0.75])
    if high - low > SPREAD * middle:
        yield f"spread: the interquartile range of the rounds is {(high - low) / middle:.0%} of the median"


def outlier_warnings(samples: Sequence[float]) -> Iterator[str]:
    """By the median absolute deviation, which outliers themselves hardly move, and beyond SPREAD of the median."""
    middle = float(np.median(samples))
    away = np.abs(np.asarray(samples) - middle)
    deviation = MAD_TO_DEVIATION * float(np.median(away))
    found = int(np.sum((away > OUTLIER * deviation) & (away > SPREAD * middle)))
    if found:
        yield f"outliers: {found} of {len(samples)} rounds; the slowest took {max(samples) / middle:.3g} × the median"


def start_warnings(samples: Sequence[float]) -> Iterator[str]:
    """The first round takes longer than each of the others, and much longer than their median."""
    first, others = samples[0], samples[1:]
    slower = first / float(np.median(others))
    if slower > START and first > max(others):
        yield f"slow-start: the first round took {slower:.3g} × the median of the others; it may include compilation"


def clock_warnings(round_s: float, step_s: float) -> Iterator[str]:
    if step_s > CLOCK * round_s:
        yield f"clock: its resolution is {step_s / max(round_s, 1e-12):.2g} of a round, which limits the accuracy"


def load_warnings(before: MachineLoad, after: MachineLoad, busy: float) -> Iterator[str]:
    """busy: how many CPUs were busy with something else meanwhile."""
    if busy > LOAD:
        yield f"load: other processes kept {busy:.1f} CPUs busy"
    if after.governor not in ("", "performance"):
        yield f"frequency: the CPU governor is {after.governor}, so the frequency varies"
    elif before.frequency_mhz and abs(after.frequency_mhz / before.frequency_mhz - 1) > FREQUENCY:
        yield f"frequency: changed from {before.frequency_mhz:.0f} to {after.frequency_mhz:.0f} MHz"


def throttling_warnings(before: MachineLoad, after: MachineLoad, threads: int, what: str = "") -> Iterator[str]:
    """A quota of CPU time that stopped the process, or will have. what: was called, where that is not what is timed."""
    was, now = before.throttling, after.throttling
    allowed = f"a CPU quota of {now.quota:.3g} CPUs" if now.quota is not None else "a CPU quota"
    if was.stops is not None and now.stops is not None:
        if now.stops > was.stops:
            stopped_s = (now.stopped_s or 0) - (was.stopped_s or 0)
            wall_s = after.wall_s - before.wall_s
            times = plural(now.stops - was.stops, "time")
            yield f"throttled: {what}{allowed} stopped it {times}, for {stopped_s:.2g} s in {wall_s:.2g} s"
    elif now.quota is not None and now.quota < threads:
        yield f"throttled: {what}{allowed} is less than its {plural(threads, 'thread')} may use"


def pressure_warnings(before: MachineLoad, after: MachineLoad) -> Iterator[str]:
    was, now, wall_s = before.throttling.waited_s, after.throttling.waited_s, after.wall_s - before.wall_s
    if was is not None and now is not None and now - was > PRESSURE * wall_s > 0:
        yield f"pressure: processes waited for a CPU in {min(1.0, (now - was) / wall_s):.0%} of the time"


def cpu_warnings(cpu_s: float, wall_s: float, threads: int) -> Iterator[str]:
    """Where a cell used more CPU time than its threads allow, its time is not that of so many threads."""
    if cpu_s > ALLOWED * threads * wall_s:
        yield f"cpu: used {cpu_s / wall_s:.1f} CPUs, but --threads {threads} allows {threads}; the time is withheld"


def drift_warnings(medians: Sequence[float]) -> Iterator[str]:
    """A trend in the medians of processes, in the order in which they ran: Kendall's test, and Theil and Sen's slope."""
    n = len(medians)
    pairs = [(j - i, medians[j] - medians[i]) for i, j in combinations(range(n), 2)]
    concordance = sum(np.sign(difference) for _, difference in pairs)
    if n < 2 or chance_of_order(n, abs(int(concordance))) > DRIFT_CHANCE:
        return
    slope = float(np.median([difference / distance for distance, difference in pairs]))
    change = slope * (n - 1) / float(np.median(medians))
    if abs(change) > DRIFT:
        yield f"drift: the medians changed by {change:+.0%} from the first repeat to the last"


def chance_of_order(n: int, concordance: int) -> float:
    """The probability of so much concordance or more, either way, in a random order of n: counted by inversions."""
    if n > 40:  # where Kendall's statistic is normal for all purposes
        return math.erfc(max(0, concordance - 1) / math.sqrt(n * (n - 1) * (2 * n + 5) / 18) / math.sqrt(2))
    counts, pairs = inversions(n), n * (n - 1) // 2
    extreme = sum(count for k, count in enumerate(counts) if abs(pairs - 2 * k) >= concordance)
    return extreme / sum(counts)


@cache
def inversions(n: int) -> tuple[int, ...]:
    """Of the n! orders, how many have k inversions."""
    counts = [1]
    for length in range(2, n + 1):
        counts = [sum(counts[max(0, k - length + 1) : k + 1]) for k in range(len(counts) + length - 1)]
    return tuple(counts)


OVERHEAD_SHARE = 0.05  # of a cell's time


def overhead_warnings(overhead_s: float | None, median_s: float | None) -> Iterator[str]:
    if overhead_s is not None and median_s and overhead_s > OVERHEAD_SHARE * median_s:
        yield f"overhead: an empty call takes {overhead_s / median_s:.0%} of the time"
