"""How numbers are printed, the same everywhere."""

from __future__ import annotations

import math

SECONDS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


def digits(value: float) -> str:
    """Three significant digits: 0.0123, 1.23, 12.3, 123, 12300."""
    if not math.isfinite(value):
        return f"{value:g}"
    return f"{float(f'{value:.3g}'):.0f}" if abs(value) >= 999.5 else f"{value:#.3g}".rstrip(".")


def duration(seconds: float | None) -> str:
    """A time in the largest unit that leaves at least 1 before the point: 1.23 ms."""
    if seconds is None or math.isnan(seconds):
        return ""
    rounded = float(f"{seconds:.3g}")  # before choosing the unit, so that 0.9996 ms is 1.00 ms and not 1000 µs
    unit, size = next((unit for unit in SECONDS if rounded >= unit[1]), SECONDS[-1])
    return f"{digits(rounded / size)} {unit}"


def ratio(value: float) -> str:
    """A factor: 0.0210×, 1.00×, 137×."""
    return "" if math.isnan(value) else f"{digits(value)}×"


def error(value: float | None) -> str:
    """A relative error: 2.1e-16, or 0."""
    if value is None or math.isnan(value):
        return ""
    return "0" if value == 0 else f"{value:.1e}"


def correct_digits(relative: float | None) -> float:
    """−log₁₀ of the relative error; 16 for an error of zero, as float64 shows no more."""
    if relative is None or math.isnan(relative):
        return math.nan
    return 16.0 if relative == 0 else max(0.0, min(16.0, -math.log10(relative)))
