"""The key of a cell: its name, and a hash of all that its measurement depends on.

Two rows with one key measured the same thing; a run that is resumed measures again what has a new key.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions

from packaging.requirements import Requirement

import backends
import problems

from ..data.inputs import inputs_digest
from ..data.store import digest_of
from .cell import Absence, Cell
from .profile import Profile

NOT_OF_ONE_MEASUREMENT = ("dtypes", "everything", "repeats", "timeout_s", "memory")


def cell_key(cell: Cell, profile: Profile) -> str:
    """`<name>#<12 digits of the SHA-256 of the inputs, the sources, the libraries' versions and the settings>`.

    Threads, device and dtype are in the name.
    """
    settings = {name: value for name, value in asdict(profile).items() if name not in NOT_OF_ONE_MEASUREMENT}
    sources, libraries = sources_digest(cell.problem, cell.backend), library_pins(cell.backend)
    inputs = inputs_digest(cell.problem, cell.instance)
    return f"{cell.name}#{digest_of(inputs, sources, libraries, repr(sorted(settings.items())))[:12]}"


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
