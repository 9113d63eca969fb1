"""Put generated tables into a document, between two comments that name the command."""

from __future__ import annotations

import re
from pathlib import Path

from .. import UsageError


def splice_into(path: Path, text: str, command: str) -> None:
    """Replace what stands between `<!-- begin: gradmark COMMAND … -->` and `<!-- end -->`.

    Raises UsageError where there is not one such pair.
    """
    if not path.is_file():
        raise UsageError(f"--into {path}: no such file")
    document = path.read_text()
    begin = rf"<!-- begin: gradmark {re.escape(command)}\b[^\n]*-->\n"
    pattern = re.compile(rf"({begin}).*?(<!-- end -->)", re.DOTALL)
    if len(pattern.findall(document)) != 1:
        raise UsageError(
            f"--into {path}: expected one pair of lines <!-- begin: gradmark {command} … --> and <!-- end -->"
        )
    path.write_text(pattern.sub(lambda match: f"{match[1]}{text}{match[2]}", document))
