"""`gradmark new problem`: a folder that passes `gradmark check` as it is, with TODO where it is to be changed."""

from __future__ import annotations

import json
import keyword
from pathlib import Path
from typing import Annotated

import typer

import backends
import problems

from .. import UsageError

SKELETON = Path(__file__).parent / "skeleton"


def register(app: typer.Typer) -> None:
    creation = typer.Typer(help="Create a problem from a template.", rich_markup_mode=None, no_args_is_help=True)
    creation.command("problem", epilog="Example: gradmark new problem my_problem --problems mine")(create_problem)
    app.add_typer(creation, name="new")


def create_problem(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as my_problem.")],
    problems_folder: Annotated[
        str | None, typer.Option("--problems", metavar="DIR", help="Create it in DIR. Default: problems/ here.")
    ] = None,
) -> None:
    """Create a problem from a template. It passes `gradmark check` at once; TODO marks what to change."""
    inside = Path(problems_folder) if problems_folder else problems.FOLDER
    print(next_steps(write_problem(name, inside)))


def write_problem(name: str, inside: Path) -> Path:
    """The new folder `inside/name`. Raises UsageError where it cannot be made, and then makes nothing."""
    if keyword.iskeyword(name):
        raise UsageError(f"{name!r}: a Python keyword; choose another name, such as {name}_problem")
    if not name.isidentifier() or name != name.lower() or name.startswith("_"):
        raise UsageError(f"{name!r}: expected a name such as my_problem: lower-case letters, digits and underscores")
    if name in problems.names() or (inside / name).exists():
        raise UsageError(f"{inside / name}: exists, or names another problem; choose another name")
    if inside.exists() and not inside.is_dir():
        raise UsageError(f"--problems {inside}: not a folder")
    if not inside.is_dir():
        raise UsageError(f"--problems {inside}: no such folder; type: mkdir {inside}")
    try:
        (inside / name).mkdir()
        for file, text in skeleton_files(name).items():
            (inside / name / file).write_text(text)
    except OSError as error:
        raise UsageError(f"--problems {inside}: {error.strerror}") from None
    return inside / name


def skeleton_files(name: str) -> dict[str, str]:
    """File name → text of a new problem: the definition, the oracle, and what each adapter has for an implementation."""
    texts = {f"{backend}.py": backends.load(backend).SKELETON for backend in backends.names()}
    lacking = [file.removesuffix(".py") for file, text in texts.items() if not text]
    omit = {backend: f"TODO: write {backend}.py, or say why not" for backend in lacking}
    for template in SKELETON.glob("*.py.txt"):
        text = template.read_text().replace("$NAME", name).replace("$OMIT", json.dumps(omit))
        texts[template.name.removesuffix(".txt")] = text
    return {file: text for file, text in texts.items() if text}


def next_steps(folder: Path) -> str:
    """What to type now."""
    here = "" if folder.parent == problems.FOLDER else f" --problems {folder.parent}"
    return (
        f"wrote {folder}\n"
        f"  grep -rn TODO {folder}\n"
        f"  gradmark check -p {folder.name}{here}\n"
        f"  gradmark run -p {folder.name}{here}"
    )
