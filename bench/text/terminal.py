"""Tables on a terminal, from 40 columns on: names are shortened in the middle, and the least important columns go first."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from .escape import printable
from .table import Table

PIPE_WIDTH = 200  # where there is no terminal to fit
LEAST_WIDTH = 20
BESIDE_COLUMN = 3  # blanks that a column takes beside its text, and one more for all
LEAST_NAME = 14  # signs that a name keeps, and two fifths of the width
LEAST_WORDS = 16  # signs of a word that stay in one piece, and of a title
LEAST_PART = 4  # signs that a part of a name keeps
LEAST_END = 4  # signs that what all names begin or end with keeps
INTERVAL = re.compile(r" \[[^\]]*\]")
PARTS = re.compile(r"([:/ ·]+)")

err = Console(stderr=True)


def terminal_width() -> int | None:
    """The columns to fill; None leaves it to rich, which asks the terminal."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated):
        return max(LEAST_WIDTH, int(stated))
    return None if sys.stdout.isatty() else PIPE_WIDTH


def print_table(table: Table) -> None:
    """A table on standard output, the fastest in bold, with its notes.

    Wider than the terminal, it loses the columns that it names as the least important, or goes on below itself.
    """
    console = Console(file=sys.stdout, width=terminal_width())
    console.print(shown(table.title, "bold"))
    layout = TableLayout(table, max(LEAST_WIDTH, console.width))
    for columns in layout.parts():
        console.print(layout.drawn(columns))
    for note in (*table.notes, *layout.notes()):
        console.print(shown(f"  {note}"), style="dim", soft_wrap=True)
    console.print()


def shown(text: Any, style: str = "") -> Text:
    """A text in which nothing is obeyed, by the terminal or by rich."""
    return Text(printable(str(text)), style)


class TableLayout:
    """Which columns of a table are shown in so many columns of a terminal, and how wide."""

    def __init__(self, table: Table, width: int) -> None:
        self.table, self.width = table, width
        self.cells = {str(name): [printable(str(cell)) for cell in table.body[name]] for name in table.body}
        self.names = [printable(str(label)) for label in table.body.index]
        self.full_name = max(map(cell_len, [*self.names, str(table.body.index.name or "")]), default=0)
        self.least_name = min(self.full_name, max(LEAST_NAME, 2 * width // 5))
        self.most = width - 1 - 2 * BESIDE_COLUMN - self.least_name  # of a column that stands alone beside the names
        self.dropped: list[str] = []
        self.is_compact = self.is_short = False
        self.needs = {name: self.need(name) for name in self.cells}
        self.fit()

    def fit(self) -> None:
        """Drop columns, and then intervals, until what is left fits; each column alone where they may stand below."""
        for column in (name for name in self.table.least if name in self.cells):
            if self.fits(self.kept()):
                return
            self.dropped.append(column)
        alone = all(self.needs[name] <= self.most for name in self.kept())
        if not (self.fits(self.kept()) if self.table.least else alone):
            short = {name: [INTERVAL.sub("", cell) for cell in cells] for name, cells in self.cells.items()}
            self.is_compact, self.cells = short != self.cells, short
            self.needs = {name: self.need(name) for name in self.cells}

    def kept(self) -> list[str]:
        return [name for name in self.cells if name not in self.dropped]

    def fits(self, columns: Sequence[str]) -> bool:
        return self.room(columns) >= self.least_name

    def room(self, columns: Sequence[str]) -> int:
        """What these columns leave to the names."""
        return self.width - 1 - BESIDE_COLUMN - sum(self.least(name) + BESIDE_COLUMN for name in columns)

    def least(self, column: str) -> int:
        """How narrow a column can be: what it needs, or what there is."""
        return min(self.most, self.needs[column])

    def need(self, column: str) -> int:
        """How wide a column should be. Numbers stay in one piece; words, and a long title, go on in the next line."""
        longest = max(map(self.unbroken, self.cells[column]), default=0)
        return max(longest, len(column) if len(column) <= LEAST_WORDS else longest_word(column))

    def unbroken(self, cell: str) -> int:
        """How many signs of a cell should stay in one line."""
        return cell_len(cell) if self.table.numeric else min(LEAST_WORDS, longest_word(cell))

    def parts(self) -> Iterator[list[str]]:
        """The columns that stand beside each other, one part below the other. With room, names are whole."""
        columns = self.kept()
        if self.table.least or not columns:
            yield columns
            return
        whole = self.full_name <= self.width // 2 and all(self.room([name]) >= self.full_name for name in columns)
        need = self.full_name if whole else self.least_name
        while columns:
            count = max(1, next((n for n in range(len(columns), 0, -1) if self.room(columns[:n]) >= need), 1))
            yield columns[:count]
            del columns[:count]

    def drawn(self, columns: Sequence[str]) -> RichTable:
        drawn = RichTable(box=SIMPLE_HEAD)
        numeric = self.table.numeric
        room = max(LEAST_NAME, min(self.full_name, self.room(columns)))
        sign = encodable("…", "..")
        names = shortened_names(self.names, room, sign)
        self.is_short = self.is_short or names != self.names
        drawn.add_column(shown(cut(str(self.table.body.index.name or ""), room, sign)), no_wrap=True, width=room)
        spare = self.room(columns) - room
        for column in columns:
            least = self.least(column)
            wide = min(least + max(0, spare), max(least, len(column)))
            spare -= wide - least
            title = column if longest_word(column) <= least else shortened_names([column], least, sign)[0]
            drawn.add_column(
                shown(title),
                justify="right" if numeric else "left",
                overflow="fold",
                width=wide if numeric else None,
                min_width=None if numeric else least,
            )
        for place, (label, name) in enumerate(zip(self.table.body.index, names, strict=True)):
            styles = ["bold green" if (label, column) in self.table.best else "" for column in columns]
            texts = [shown(self.cells[column][place], style) for column, style in zip(columns, styles, strict=True)]
            drawn.add_row(shown(name), *texts)
        return drawn

    def notes(self) -> Iterator[str]:
        """What a wider terminal would show."""
        left_out = [*self.dropped, *(["intervals"] if self.is_compact else [])]
        if left_out:
            yield f"not shown in {self.width} columns: {', '.join(left_out)}"
        if self.is_short:
            yield f"names are shortened to {self.width} columns"


def longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def encodable(sign: str, instead: str) -> str:
    """`instead` where standard output's encoding lacks the sign."""
    try:
        sign.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return instead
    return sign


def shortened_names(names: Sequence[str], width: int, sign: str = "…") -> list[str]:
    """Names no longer than `width`, without the middle of their parts; those that tell them apart are kept the longest."""
    split = [PARTS.split(name) for name in names]
    head, tail = shared_ends(split)
    return [shortened(parts, head, tail, width, sign) for parts in split]


def shared_ends(split: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many parts all names begin with, and how many of the others they end with; of a single name nothing is shared."""
    least = min(map(len, split), default=0) if len(set(map(tuple, split))) > 1 else 0
    head = next((n for n in range(least) if len({parts[n] for parts in split}) > 1), least)
    tail = next((n for n in range(least - head) if len({parts[-1 - n] for parts in split}) > 1), least - head)
    return head, tail


def shortened(parts: Sequence[str], head: int, tail: int, width: int, sign: str) -> str:
    """One name from its parts, every second of which is a separator: its ends that are shared, and what is its own."""
    first, core, last = parts[:head], parts[head : len(parts) - tail], parts[len(parts) - tail :]
    before, after = "".join(first), "".join(last)
    spare = width - len("".join(core))
    ends = [min(len(text), LEAST_END) for text in (before, after)]
    for place, text in enumerate((before, after)):
        ends[place] = min(len(text), max(ends[place], spare - ends[1 - place]))
    begin = before if ends[0] == len(before) else f"{before[: ends[0] - len(sign)]}{sign}"
    end = after if ends[1] == len(after) else f"{sign}{after[len(after) - ends[1] + len(sign) :]}"
    return cut(f"{begin}{shortened_parts(core, width - sum(ends), sign)}{end}", width, sign)


def shortened_parts(parts: Sequence[str], width: int, sign: str) -> str:
    """The parts with the middle of the longest left out, sign by sign, until they fit or have hardly any left."""
    lengths = [len(part) for part in parts]
    while sum(lengths) > width and max(lengths) > LEAST_PART:
        lengths[lengths.index(max(lengths))] -= 1
    return "".join(cut(part, length, sign) for part, length in zip(parts, lengths, strict=True))


def cut(text: str, length: int, sign: str) -> str:
    """`text` without its middle, `sign` in its place, so that it has this length; as it is where it has no more."""
    if len(text) <= length:
        return text
    kept = max(0, length - len(sign))
    return f"{text[: kept - kept // 2]}{sign}{text[len(text) - kept // 2 :]}"
