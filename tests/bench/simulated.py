"""Runs made up: the medians of processes of known times, with spread between them, as cells or as a run folder.

`python -m tests.bench.simulated` prints how often a change is found, by number of repeats and kind of interval.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bench.compare.noise_floor import NoiseFloor
from bench.compare.verdicts import MeasuredCell, MeasuredCells, compare_cells
from bench.plan.cell import Cell
from bench.rows.journal import Journal
from bench.rows.row import new_row
from bench.tables.intervals import median_interval

SPREAD = 0.06  # between processes, as a standard deviation of the logarithm
ENVIRONMENT = {"cpu": "a CPU", "cores": 2, "cpus_usable": 2, "memory_bytes": 2**34}


def cells(
    seed: int, count: int, repeats: int, factor: float = 1.0, spread: float = SPREAD, common: int = 0
) -> MeasuredCells:
    """So many cells of 1 ns to 1 s, each process off by its own factor. common: seed of what slows the machine down.

    What is common moves all processes of a repeat alike, as a neighbour on the same machine does.
    """
    draw, times = np.random.default_rng(seed), 10 ** np.linspace(-6.0, -1.1, count)
    busy = np.exp(np.random.default_rng(common).normal(0, 0.3, repeats)) if common else np.ones(repeats)
    return {
        ("p", f"i{n}", "gradient", "numpy_hand/plain", "float64", "cpu", 1): MeasuredCell(
            dict(enumerate(time * factor * busy * np.exp(draw.normal(0, spread, repeats))))
        )
        for n, time in enumerate(times)
    }


def write(folder: Path, found: MeasuredCells, pair: str = "", **environment: object) -> Path:
    """A run folder of these cells, of linear_regression."""
    folder.mkdir()
    journal = Journal(folder / "journal.jsonl")
    for (_, instance, operation, method, dtype, device, threads), measured in found.items():
        backend, _, variant = method.partition("/")
        cell = Cell("linear_regression", instance, operation, backend, variant, dtype, device, threads)
        for repeat, seconds in measured.medians_s.items():
            numbers = {"rounds": 5, "iterations": 1, "samples_s": [seconds] * 5, "min_s": seconds}
            row = new_row(cell, cell.name, folder.name, repeat, median_s=seconds, effective_threads=threads, **numbers)
            journal.append_row(row)
    content = {**ENVIRONMENT, **environment, "settings": {"interleaved": pair}}
    (folder / "environment.json").write_text(json.dumps(content))
    return folder


def found(repeats: int, change: float, tries: int, interleaved: bool, spread: float = SPREAD) -> float:
    """The share of tries in which a change is called one; of none, the share of false alarms."""
    a = cells(1, tries, repeats, spread=spread)
    b = cells(2, tries, repeats, 1 + change, spread)
    floor = NoiseFloor({-6: 0.0001}, {-6: 0.0001})  # the interval alone decides
    compared = compare_cells(a, b, floor, interleaved)
    return sum(cell.verdict in ("slower", "faster") for cell in compared) / tries


def separate(repeats: int, change: float, tries: int) -> float:
    """The share in which the two intervals of the medians do not meet, the usual glance at two error bars."""
    a, b = cells(1, tries, repeats), cells(2, tries, repeats, 1 + change)
    pairs = [[median_interval(list(run[place].medians_s.values())) for run in (a, b)] for place in a]
    return sum(x.high < y.low or y.high < x.low for x, y in pairs) / tries


def main(tries: int = 2000) -> None:
    print("repeats  change   turns  apart  intervals that do not meet")
    for repeats in (3, 5, 6, 8, 10, 15):
        for change in (0.0, 0.15):
            shares = found(repeats, change, tries, True), found(repeats, change, tries, False)
            apart = separate(repeats, change, tries)
            print(f"{repeats:7}  {change:6.0%}  {shares[0]:6.1%} {shares[1]:6.1%}  {apart:6.1%}", flush=True)


if __name__ == "__main__":
    main()
