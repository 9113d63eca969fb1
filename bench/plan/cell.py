"""What one cell is: case × backend/variant × dtype × device × threads."""

from __future__ import annotations

from dataclasses import dataclass

DTYPES = ("float64", "float32")
DEVICES = ("cpu", "cuda")
OPERATIONS = (
    "value",
    "gradient",
    "hessian",
    "hessian_diagonal",
    "jacobian_forward",
    "jacobian_reverse",
    "gradient_descent",
    "descent_history",
    "newton",
    "critical_point",
)


@dataclass(frozen=True)
class Cell:
    """case × backend/variant × dtype × device × threads: one row of every table."""

    problem: str
    instance: str
    operation: str
    backend: str
    variant: str
    dtype: str
    device: str
    threads: int

    @property
    def name(self) -> str:
        return (
            f"{self.problem}:{self.instance}:{self.operation}:{self.method}:{self.dtype}:{self.device}:t{self.threads}"
        )

    @property
    def method(self) -> str:
        return f"{self.backend}/{self.variant}"

    @property
    def pattern(self) -> str:
        """What the patterns of `Instance.omit` and `Instance.expect` are matched against."""
        return f"{self.method}:{self.operation}:{self.dtype}"


@dataclass(frozen=True)
class Absence:
    """Why a cell is not run: status `omitted` or `unavailable`."""

    status: str
    reason: str
