"""Which machine a run was measured on: files that hold for one machine are named after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import psutil

from ..data.store import digest_of
from ..text.escape import shown_value
from .facts import cpu_model, cpus_usable

MACHINE_FACTS = ("cpu", "cores", "cpus_usable", "memory_bytes")


def machine_facts(content: Mapping[str, Any]) -> dict[str, Any]:
    """What tells machines apart in an environment.json; the memory in GiB, as kernels take some for themselves.

    Neither its name nor an address: two of one make count as one machine, and results can be published.
    """
    found = {name: content.get(name) for name in MACHINE_FACTS}
    memory = found.pop("memory_bytes")
    return {**found, "memory_gib": round(memory / 2**30) if isinstance(memory, int | float) else None}


def machine_name(found: Mapping[str, Any]) -> str:
    """`<processor>-<CPUs>cpu-<digest of all facts>`, fit for a file's name."""
    processor = re.sub("[^a-z0-9]+", "-", str(found["cpu"]).lower()).strip("-")[:60]
    digest = digest_of(*(repr(found[key]) for key in sorted(found)))
    return f"{processor}-{found['cpus_usable']}cpu-{digest[:8]}"


def this_machine_facts() -> dict[str, Any]:
    """The facts of this machine."""
    memory = psutil.virtual_memory().total
    found = (cpu_model(), psutil.cpu_count(logical=False), cpus_usable(), memory)
    return machine_facts(dict(zip(MACHINE_FACTS, found, strict=True)))


def this_machine_name() -> str:
    """The name of this machine."""
    return machine_name(this_machine_facts())


def machine_differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """`cpu: 'A' and 'B'; …`: in what two machines differ, empty where they are one."""
    return "; ".join(f"{key}: {shown_value(a[key])} and {shown_value(b[key])}" for key in a if a[key] != b[key])
