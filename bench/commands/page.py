"""COMMANDS.md, from the help texts: `python -m bench.commands.page > COMMANDS.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from .app import WHAT_IT_IS, app

TYPERS_OWN = re.compile(r" <\w+>| +\[required\]|[{}]")  # which says no more than the rest, and differs by version
HEAD = f"""# Commands

{WHAT_IT_IS}
Generated from the help texts by `python -m bench.commands.page > COMMANDS.md`.

Every command has `--help`; `--debug` prints the traceback of an error. Results go to standard output, the rest to standard
error. Exit status: 0 every cell has its expected status, 1 some cell has another or the output could not be written, 2 wrong
input, 70 internal error, 130 interrupted.
"""


def commands_page() -> str:
    """One section per command: what it does, its usage, arguments, options and example."""
    group: Any = typer.main.get_command(app)
    context = group.context_class(group, info_name="gradmark", max_content_width=120)
    return "\n".join([HEAD, *command_sections(group, context)])


def command_sections(group: Any, context: Any) -> Iterator[str]:
    """The sections of a group's commands, and of those of the groups in it."""
    for name, command in group.commands.items():
        inside = command.context_class(command, info_name=name, parent=context)
        if hasattr(command, "commands"):
            yield from command_sections(command, inside)
        else:
            yield command_section(command, inside)


def command_section(command: Any, context: Any) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    records = [each.get_help_record(context) for each in command.params if each.name != "help"]
    lines = [f"- `{name}`: {text}" if text else f"- `{name}`" for name, text in filter(None, records)]
    example = command.epilog.removeprefix("Example: ")
    options = TYPERS_OWN.sub("", "\n".join(lines))
    parts = [
        f"## {context.command_path}",
        " ".join(command.help.split()),
        f"Usage: `{TYPERS_OWN.sub('', usage)}`",
        options,
    ]
    return "\n\n".join([*filter(None, parts), f"Example:\n\n```sh\n{example}\n```\n"])


if __name__ == "__main__":
    print(commands_page(), end="")
