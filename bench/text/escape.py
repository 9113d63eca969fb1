"""Text from elsewhere, made harmless for where it is shown: a terminal, Markdown, HTML, LaTeX, a spreadsheet."""

from __future__ import annotations

import html
import re
from typing import Any

MARKDOWN_SIGNS = re.compile(r"[\\`\[\]|]")
MARKDOWN_START = re.compile(r"(?<!\d)[#*+~=_-]|(?<=\d)[.)](\s|$)")  # where a heading, a list or a rule begins
LATEX_SIGNS = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "_%&#${}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "×": r"$\times$",
    "µ": r"\textmu{}",
    "·": r"$\cdot$",
    "÷": r"$\div$",
    "†": r"$\dagger$",
    "±": r"$\pm$",
    "−": "--",
}
LATEX_START = ("[", "*")  # behind a row's \\\\ they would be its options
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what a spreadsheet would evaluate


def printable(text: str) -> str:
    """`text` with control characters and others that cannot be seen as escapes such as \\x1b."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shown_value(value: Any, most: int = 60) -> str:
    """A value from elsewhere for an error message, short and on one line."""
    found = ascii(value) if isinstance(value, str | int | float | bool | None) else f"a {type(value).__name__}"
    return found if len(found) <= most else f"{found[:most]}…"


def printable_lines(text: str) -> str:
    """The same of a text of several lines, such as a source, which keeps its lines."""
    return "\n".join(printable(line) for line in text.expandtabs(4).replace("\r\n", "\n").split("\n"))


def escape_markdown(text: str) -> str:
    """For a place within a line: a cell of a table, or what stands behind the sign of a heading."""
    return MARKDOWN_SIGNS.sub(r"\\\g<0>", html.escape(printable(text), quote=False))


def escape_markdown_line(text: str) -> str:
    """For a line of its own, or an item of a list, which stays one whatever it begins with."""
    safe = escape_markdown(text.lstrip())
    digits = len(safe) - len(safe.lstrip("0123456789"))
    return f"{safe[:digits]}\\{safe[digits:]}" if MARKDOWN_START.match(safe, digits) else safe


def escape_html(text: str) -> str:
    return html.escape(printable(text))


def escape_latex(text: str) -> str:
    safe = "".join(LATEX_SIGNS.get(sign, sign) for sign in printable(text))
    return f"{{{safe[0]}}}{safe[1:]}" if safe.startswith(LATEX_START) else safe


def escape_spreadsheet(text: str) -> str:
    """A leading apostrophe keeps a spreadsheet from taking a text for a formula."""
    safe = printable(text)
    return f"'{safe}" if safe.lstrip().startswith(FORMULA_SIGNS) else safe
