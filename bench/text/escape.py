"""Text from elsewhere, made harmless for where it is shown: a terminal, Markdown, HTML, LaTeX, a spreadsheet."""

from __future__ import annotations

import html
import re
from typing import Any

MARKDOWN_SIGNS = re.compile(r"[\\`\[\]|]")
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
FORMULA_SIGNS = ("=", "+", "-", "@")  # what a spreadsheet would evaluate


def printable(text: str) -> str:
    """`text` with control characters and others that cannot be seen as escapes such as \\x1b."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shown_value(value: Any, most: int = 60) -> str:
    """A value from elsewhere for an error message, short and on one line."""
    found = ascii(value) if isinstance(value, str | int | float | bool | None) else f"a {type(value).__name__}"
    return found if len(found) <= most else f"{found[:most]}…"


def escape_markdown(text: str) -> str:
    return MARKDOWN_SIGNS.sub(r"\\\g<0>", html.escape(text, quote=False))


def escape_latex(text: str) -> str:
    return "".join(LATEX_SIGNS.get(sign, sign) for sign in text)


def escape_spreadsheet(text: str) -> str:
    """A leading apostrophe keeps a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
