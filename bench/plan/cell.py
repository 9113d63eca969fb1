"""One cell: case × backend/variant × dtype × device × threads; how it is measured, its key, and the status to expect."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from typing import Any

from packaging.requirements import Requirement

import backends
import problems

from .. import UsageError
from ..data.inputs import inputs_digest
from ..data.store import digest_of

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
OPTIONS = {
    "gradient": ("step",),
    "jacobian_forward": ("step",),
    "gradient_descent": ("rate", "steps"),
    "descent_history": ("rate", "steps"),
    "newton": ("steps", "tolerance", "diagonal"),
    "critical_point": ("steps",),
}
"""Operation → the options that it takes; the others take none. `step` is that of central and forward differences."""
NEEDED_OPTIONS = ("rate", "steps")


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


@dataclass(frozen=True)
class Profile:
    """How much to measure. Times in seconds.

    everything: all instances and operations, rather than those that the instances name as quick.
    repeats: fresh processes per cell. round_s: least duration of a round. rounds_s: total to aim at, for at least
    `least_rounds` rounds. single_s: a call that takes longer is not repeated. limit_s: a descent that would take longer
    is omitted, by extrapolation from a few steps. timeout_s: for prepare to check, enforced by killing the worker.
    memory: whether a pass that measures peak memory follows.
    """

    dtypes: tuple[str, ...]
    everything: bool
    repeats: int
    round_s: float
    rounds_s: float
    single_s: float
    limit_s: float | None
    timeout_s: float
    least_rounds: int = 5
    memory: bool = False


PROFILES = {
    "quick": Profile(("float64",), False, 1, 0.002, 0.06, 0.3, 2.5, 120.0),
    "standard": Profile(DTYPES, True, 1, 0.01, 0.25, 5.0, None, 300.0),
    "rigorous": Profile(DTYPES, True, 10, 0.01, 1.0, 10.0, None, 600.0, memory=True),
}


def profile_settings(profile: str) -> dict[str, Any]:
    """The fields of a `Run` that a profile decides. Raises UsageError."""
    chosen = PROFILES[known_name("profile", profile, tuple(PROFILES))]
    return {
        "profile": profile,
        "repeats": chosen.repeats,
        "timeout_s": chosen.timeout_s,
        "limit_s": chosen.limit_s,
        "memory_follows": chosen.memory,
    }


NOT_OF_ONE_MEASUREMENT = ("dtypes", "everything", "repeats", "timeout_s", "memory")


def cell_key(cell: Cell, profile: Profile) -> str:
    """`<name>#<12 digits of the SHA-256 of the inputs, the sources, the libraries' versions and the settings>`.

    Threads, device and dtype are in the name.
    """
    settings = {name: value for name, value in asdict(profile).items() if name not in NOT_OF_ONE_MEASUREMENT}
    name = cell.name
    sources, libraries = sources_digest(cell.problem, cell.backend), library_pins(cell.backend)
    inputs = inputs_digest(cell.problem, cell.instance)
    return f"{name}#{digest_of(inputs, sources, libraries, repr(sorted(settings.items())))[:12]}"


def absence_key(cell: Cell, absence: Absence) -> str:
    """The key of a cell that is not run: it changes with the reason."""
    return f"{cell.name}#{digest_of(absence.status, absence.reason)[:12]}"


@lru_cache
def sources_digest(problem: str, backend: str) -> str:
    """The hash of a problem's definition, oracle and implementation, and of the adapter with what it takes from others."""
    found = problems.load(problem)
    implementation = problems.implementation(found, backend, backends.folders())
    files = [found.folder / "__init__.py", found.folder / "oracle.py", implementation, *backends.files(backend)]
    return digest_of(*(file for file in files if file and file.exists()))


@lru_cache
def library_pins(backend: str) -> str:
    """`name==version` of Python, of NumPy and of the backend's package with all that it requires."""
    found = {"python": platform.python_version()}
    adapter = backends.load(backend)
    own = {variant.requires[0].partition(".")[0] for variant in adapter.VARIANTS.values() if variant.requires}
    for root in ("numpy", adapter.REQUIRES, *sorted(own)):
        for name, version in requirements(root):
            found[name] = version
    return " ".join(f"{name}=={version}" for name, version in sorted(found.items()))


def requirements(package: str) -> Iterator[tuple[str, str]]:
    """(name, version) of an importable package and of what it requires, as far as it is installed."""
    waiting, seen = [package], set()
    while waiting:
        name = waiting.pop()
        found = installed(name)
        if found is None or found.name in seen:
            continue
        seen.add(found.name)
        yield found.name.lower(), found.version
        wanted = [Requirement(text) for text in found.requires or ()]
        waiting += [each.name for each in wanted if not each.marker or each.marker.evaluate({"extra": ""})]


def installed(name: str) -> Distribution | None:
    """The distribution of that name, or the one that brings a package of that name."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        names = packages_distributions().get(name)
        return distribution(names[0]) if names else None


def absence_of(cell: Cell, *, known_failures: bool = True) -> Absence | None:
    """Why the cell is not run, as far as can be told without importing its framework.

    known_failures: whether cells that are declared to fail are run; a quick run has better things to do.
    """
    status, why = expected_status(cell)
    problem = problems.load(cell.problem)
    place = cell.backend, backends.folders()
    omitted = problems.omissions(problem, problem.instance(cell.instance), *place)
    reason = problems.absence(problem, *place) or problems.matching(omitted, cell.pattern)
    if reason:
        return Absence("omitted", str(reason))
    if cell.operation not in backends.load(cell.backend).OPERATIONS:
        return Absence("omitted", f"{cell.backend} has no operation {cell.operation}")
    if unavailable := backends.absence(cell.backend, cell.device, cell.variant):
        return Absence("unavailable", unavailable)
    if status != "ok" and not known_failures:
        return Absence("omitted", f"known to be {status}: {why} (--profile standard runs it)")
    return None


def expected_status(cell: Cell) -> tuple[str, str]:
    """(status, why) that the instance or the implementation declares for this cell, ("ok", "") unless they do."""
    pattern, folders = cell.pattern, backends.folders()
    problem = problems.load(cell.problem)
    expected = problems.expectations(problem, problem.instance(cell.instance), cell.backend, folders)
    return problems.matching(expected, pattern) or ("ok", "")


def is_expected(cell: Cell, status: str) -> bool:
    """Whether this status leaves the exit status at zero."""
    return status in (expected_status(cell)[0], "omitted", "unavailable")


def known_name(what: str, name: str, names: Sequence[str]) -> str:
    """`name`, if it is one of `names`. Raises UsageError naming the nearest ones."""
    if name not in names:
        raise UsageError(problems.unknown(what, name, list(names)))
    return name
