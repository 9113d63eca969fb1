"""Names: what one may look like, and the nearest known ones for one that is unknown."""

from __future__ import annotations

import re
from functools import lru_cache

NAME = re.compile(r"\w[\w.+=-]{0,99}")  # of problems, instances, variants …: no path, no markup, nothing invisible


@lru_cache(maxsize=2**16)
def is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None
