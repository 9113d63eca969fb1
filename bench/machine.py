"""Which machine a run was measured on: files that hold for one machine are named after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import psutil

from . import cache, environment, schema

FACTS = ("cpu", "cores", "cpus_usable", "memory_bytes")


def facts(content: Mapping[str, Any]) -> dict[str, Any]:
    """What tells machines apart in an environment.json; the memory in GiB, as kernels take some for themselves.

    Neither its name nor an address: two of one make count as one machine, and results can be published.
    """
    found = {name: content.get(name) for name in FACTS}
    memory = found.pop("memory_bytes")
    return {**found, "memory_gib": round(memory / 2**30) if isinstance(memory, int | float) else None}


def name(found: Mapping[str, Any]) -> str:
    """`<processor>-<CPUs>cpu-<digest of all facts>`, fit for a file's name."""
    processor = re.sub("[^a-z0-9]+", "-", str(found["cpu"]).lower()).strip("-")[:60]
    digest = cache.digest(*(repr(found[key]) for key in sorted(found)))
    return f"{processor}-{found['cpus_usable']}cpu-{digest[:8]}"


def here() -> dict[str, Any]:
    """The facts of this machine."""
    memory = psutil.virtual_memory().total
    found = (environment.cpu_model(), psutil.cpu_count(logical=False), environment.cpus_usable(), memory)
    return facts(dict(zip(FACTS, found, strict=True)))


def this() -> str:
    """The name of this machine."""
    return name(here())


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """`cpu: 'A' and 'B'; …`: in what two machines differ, empty where they are one."""
    return "; ".join(f"{key}: {schema.shown(a[key])} and {schema.shown(b[key])}" for key in a if a[key] != b[key])
