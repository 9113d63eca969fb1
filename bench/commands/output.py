"""Where the output of a command goes: to standard output in one of its forms, or into a file of the user's."""

from __future__ import annotations

import re
from pathlib import Path

from .. import UsageError
from ..data.files import replace_file, shown_path
from ..text.escape import escape_html, escape_latex, escape_markdown_line, printable
from ..text.table import TABLE_FORMATS, Table, to_markdown
from ..text.terminal import print_table

BESIDE = {
    None: lambda line: printable(line),
    "md": lambda line: f"{escape_markdown_line(line)}\n",
    "latex": lambda line: f"% {escape_latex(line)}",
    "html": lambda line: f"<p>{escape_html(line)}</p>",
}
"""How a line about the run stands above its tables in each format."""


def print_or_splice_tables(
    found: list[Table],
    form: str | None = None,
    into: str | None = None,
    command: str = "",
    about: list[str] | None = None,
) -> None:
    """Print the tables, in a format, or splice them into a file, where it names the command. about: lines above them."""
    if into:
        splice_into(Path(into), "\n".join(to_markdown(each) for each in found), command)
        return
    for line in about or []:
        print(BESIDE[form](line))
    if form:
        print("\n".join(TABLE_FORMATS[form](each) for each in found))
    else:
        for each in found:
            print_table(each)


def splice_into(path: Path, text: str, command: str) -> None:
    """Replace what stands between `<!-- begin: gradmark COMMAND … -->` and `<!-- end -->`; the rest stays, byte by byte.

    Raises UsageError where there is not one such pair, and where the document is not UTF-8.
    """
    document = read_document(path)
    begin = rf"<!-- begin: gradmark {re.escape(command)}\b[^\r\n]*-->(\r?\n)"
    pattern = re.compile(rf"({begin}).*?(<!-- end -->)", re.DOTALL)
    found = pattern.findall(document)
    if len(found) != 1:
        raise UsageError(
            f"--into {path}: expected one pair of lines <!-- begin: gradmark {command} … --> and <!-- end -->"
        )
    written = text.replace("\n", found[0][1])
    replace_file(path.resolve(), pattern.sub(lambda match: f"{match[1]}{written}{match[3]}", document))


def read_document(path: Path) -> str:
    """A document of the user's, with its line ends as they are. Raises UsageError."""
    if not path.is_file():
        raise UsageError(f"--into {path}: no such file")
    try:
        content = path.read_bytes()
        return content.decode()
    except OSError as error:
        raise UsageError(f"--into {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"--into {path}: line {line} is not UTF-8; save the document as UTF-8 first") from None


def typed_file(option: str, text: str) -> Path:
    """A file to write that was typed; a link to one stands for it. Raises UsageError where its folder does not exist."""
    path = Path(text)
    if not path.parent.is_dir():
        raise UsageError(f"{option} {text}: no such folder: {shown_path(path.parent)}")
    return path.resolve()
