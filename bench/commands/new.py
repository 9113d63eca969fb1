"""The command `new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import problems

from .. import new


def register(app: typer.Typer) -> None:
    creation = typer.Typer(help="Write the files of something new.", rich_markup_mode=None, no_args_is_help=True)
    creation.command("problem", epilog="Example: gradmark new problem my_problem --problems mine")(new_problem)
    app.add_typer(creation, name="new")


def new_problem(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The folder's name, such as my_problem.")],
    problems_folder: Annotated[
        str | None, typer.Option("--problems", metavar="DIR", help="Where to; this checkout's problems/ unless given.")
    ] = None,
) -> None:
    """Write a problem folder that passes `gradmark check` as it is, with TODO where it is to be changed."""
    inside = Path(problems_folder) if problems_folder else problems.FOLDER
    print(new.next_steps(new.write_problem(name, inside)))
