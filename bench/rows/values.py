"""The values of results, as a journal holds them: nested lists, in which numbers that are not finite are words."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.store import flatten, unflatten
from .journal import Journal, Values


def read_values(journal: Journal) -> dict[str, Any]:
    """key → the value of its cell, of every cell that has one."""
    return {event.key: event.values for event in journal.events() if type(event) is Values}


def value_arrays(values: Any) -> Any:
    """Nested lists of a journal → arrays; numbers that are not finite are words there."""
    return unflatten({path: np.array(leaf, dtype=float) for path, leaf in flatten(values).items()})
