"""Where the output of a command goes: to standard output in one of its forms, or into a file of the user's."""

from __future__ import annotations

import re
from pathlib import Path

from .. import UsageError
from ..text.table import TABLE_FORMATS, Table, to_markdown
from ..text.terminal import print_table


def print_or_splice_tables(
    found: list[Table], form: str | None = None, into: str | None = None, command: str = ""
) -> None:
    """Print the tables, in a format, or splice them into a file, where it names the command."""
    if into:
        splice_into(Path(into), "\n".join(to_markdown(each) for each in found), command)
    elif form:
        print("\n".join(TABLE_FORMATS[form](each) for each in found))
    else:
        for each in found:
            print_table(each)


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
