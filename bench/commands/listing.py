"""Problems, instances, operations, backends, variants, and what is missing here. Imports no framework."""

from __future__ import annotations

import pandas as pd

import backends
import problems

from ..text.table import Table


def problems_table() -> Table:
    """Every instance with its operations; those of the quick profile are marked."""
    rows = {}
    for name in problems.names():
        problem = problems.load(name)
        for instance in problem.instances:
            operations = [f"{o}*" if o in instance.quick else o for o in instance.operations]
            rows[f"{name}:{instance.name}"] = {
                "operations": ", ".join(operations),
                "source": instance.source or "synthetic",
            }
    body = pd.DataFrame.from_dict(rows, orient="index", columns=["operations", "source"])
    body.index.name = "problem:instance"
    notes = ["* operation of the quick profile; --profile standard runs all operations"]
    for name in problems.names():
        summary = problems.load(name).summary.partition("\n")[0]
        notes.append(f"{name}: {summary}")
    return Table("Problems", body, tuple(notes), numeric=False)


def backends_table() -> Table:
    """Every variant, what it does, and why it cannot run here."""
    rows = {}
    notes = []
    for name in backends.names():
        backend = backends.load(name)
        absent: dict[str, list[str]] = {}
        for variant, description in backend.VARIANTS.items():
            missing = backends.absence(name, backend.DEVICES[0], variant)
            if missing:
                absent.setdefault(missing, []).append(f"{name}/{variant}")
            rows[f"{name}/{variant}{'' if description.quick else '°'}"] = {
                "what it is": description.summary,
                "devices": ", ".join(backend.DEVICES),
                "here": "unavailable" if missing else "available",
            }
        for reason, methods in absent.items():
            notes.append(f"{name if len(methods) == len(backend.VARIANTS) else ', '.join(methods)}: {reason}")
    body = pd.DataFrame.from_dict(rows, orient="index", columns=["what it is", "devices", "here"])
    body.index.name = "backend/variant"
    notes.append("° not in the quick profile, unless selected by name: -b backend/variant")
    return Table("Backends", body, tuple(notes), numeric=False)
