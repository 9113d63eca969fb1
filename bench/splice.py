"""Put generated tables into a document, between two comments that name the command."""

from __future__ import annotations

import re
from pathlib import Path

from . import UsageError


def into(path: Path, text: str) -> None:
    """Replace what stands between `<!-- begin: … -->` and `<!-- end -->`. Raises UsageError where they are missing."""
    if not path.is_file():
        raise UsageError(f"--into {path}: no such file")
    document = path.read_text()
    pattern = re.compile(r"(<!-- begin: [^\n]* -->\n).*?(<!-- end -->)", re.DOTALL)
    if len(pattern.findall(document)) != 1:
        raise UsageError(f"--into {path}: expected one pair of lines <!-- begin: COMMAND --> and <!-- end -->")
    path.write_text(pattern.sub(lambda match: f"{match[1]}{text}{match[2]}", document))
