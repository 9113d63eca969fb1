"""How numbers are printed, the same everywhere."""

from __future__ import annotations

import math

BYTE_UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1))
MOST_DIGITS = {"float64": 16.0, "float32": 7.2}  # −log₁₀ of half a unit in the last place of 1
SHORTEST, LONGEST = 1e-6, 1e12  # what is written in decimals
TIME_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
UNIT_SIZES = dict(TIME_UNITS)
TYPED_UNITS = {"ns": "ns", "us": "µs", "µs": "µs", "ms": "ms", "s": "s"}
"""What can be typed for a unit."""


def format_digits(value: float, significant: int = 3) -> str:
    """So many significant digits: 0.0123, 1.23, 12.3, 123, 12300."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    text = f"{value:#.{significant}g}"
    if not SHORTEST < abs(value) < LONGEST:
        return f"{value:.{significant - 1}e}"
    if "e" not in text:
        return text.rstrip(".")
    rounded = float(text)  # before counting places, as 9.99 may become 10
    return f"{rounded:.{max(0, significant - 1 - magnitude(rounded))}f}"


def magnitude(value: float) -> int:
    """The power of ten of the first digit."""
    return math.floor(math.log10(abs(value)))


def supported_digits(value: float, low: float, high: float) -> int:
    """How many significant digits an interval supports: 3, if it spans ten steps of the third or fewer, else 2.

    So 1.23 stands for an interval no wider than 0.1; a wider one leaves 1.2, and is printed beside it.
    """
    return 3 if high - low <= 10.0 ** (magnitude(value) - 1) * (1 + 1e-9) else 2


def format_duration(seconds: float | None, significant: int = 3, unit: str = "") -> str:
    """A time in this unit, or in the largest that leaves at least 1 before the point: 1.23 ms."""
    if seconds is None or math.isnan(seconds):
        return ""
    unit, size = (unit, UNIT_SIZES[unit]) if unit else time_unit(seconds, significant)
    return f"{format_digits(seconds / size, significant)} {unit}"


def time_unit(seconds: float, significant: int = 3) -> tuple[str, float]:
    """(name, seconds), chosen after rounding, so that 0.9996 ms is 1.00 ms and not 1000 µs."""
    rounded = float(f"{seconds:.{significant}g}")
    return next((unit for unit in TIME_UNITS if rounded >= unit[1]), TIME_UNITS[-1])


def format_duration_within(seconds: float, low: float, high: float, unit: str = "") -> str:
    """A time with the digits that its interval supports, and the interval rounded outwards: 1.23 ms [1.19, 1.28]."""
    significant = supported_digits(seconds, low, high)
    unit, size = (unit, UNIT_SIZES[unit]) if unit else time_unit(seconds, significant)
    text = format_digits(seconds / size, significant)
    places = len(text.partition(".")[2])
    step = 10.0 ** (places or significant - 1 - magnitude(float(text)))
    bounds = math.floor(low / size * step + 1e-9) / step, math.ceil(high / size * step - 1e-9) / step
    return f"{text} {unit} [{bounds[0]:.{places}f}, {bounds[1]:.{places}f}]"


def format_bytes(number: float) -> str:
    """Bytes in the largest unit that leaves at least 1 before the point: 1.23 MB."""
    rounded = float(f"{number:.3g}")
    unit, one = next((unit for unit in BYTE_UNITS if rounded >= unit[1]), BYTE_UNITS[-1])
    return f"{number:.0f} B" if one == 1 else f"{format_digits(rounded / one)} {unit}"


def format_ratio(value: float, significant: int = 3) -> str:
    """A factor: 0.0210×, 1.00×, 137×."""
    return "" if math.isnan(value) else f"{format_digits(value, significant)}×"


def format_error(value: float | None) -> str:
    """A relative error: 2.1e-16, or 0."""
    if value is None or math.isnan(value):
        return ""
    return "0" if value == 0 else f"{value:.1e}"


def correct_digits(relative: float | None, dtype: str = "float64") -> float:
    """−log₁₀ of the relative error, at most what the dtype shows: 16, or 7.2 for float32."""
    if relative is None or math.isnan(relative):
        return math.nan
    most = MOST_DIGITS[dtype]
    return most if relative == 0 else max(0.0, min(most, -math.log10(relative)))


def plural(count: int, what: str) -> str:
    """A number of things: 1 thread, 2 threads."""
    return f"{count} {what}{'s' if count != 1 else ''}"
