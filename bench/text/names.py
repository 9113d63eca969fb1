"""Names: what one may look like."""

from __future__ import annotations

import re

NAME = re.compile(r"\w[\w.+=-]{0,99}")  # of problems, instances, variants …: no path, no markup, nothing invisible
