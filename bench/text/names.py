"""Names: what one may look like, and the nearest known ones for one that is unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import problems

from .. import UsageError

NAME = re.compile(r"\w[\w.+=-]{0,99}")  # of problems, instances, variants …: no path, no markup, nothing invisible


@lru_cache(maxsize=2**16)
def is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


def known_name(what: str, name: str, names: Sequence[str]) -> str:
    """`name`, if it is one of `names`. Raises UsageError naming the nearest ones."""
    if name not in names:
        raise UsageError(problems.unknown(what, name, list(names)))
    return name
