"""`gradmark new`: a problem or a backend that passes `gradmark check` as it is, with TODO where it is to be changed."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

import backends
import problems

from .. import IS_CHECKOUT, UsageError
from ..data.files import replace_file, shown_path, strict_json

SKELETON = Path(__file__).parent / "skeleton"
FIRST_PROBLEM = "scalar_derivative"
NOTHING_YET = '''"""TODO: the functions of this problem, or why there are none."""

OMIT = {"*": {"*": "TODO: write it, or say why not"}}
'''


def register(app: typer.Typer) -> None:
    creation = typer.Typer(
        help="Create a problem or a backend from a template.", rich_markup_mode=None, no_args_is_help=True
    )
    creation.command("problem", epilog="Example: gradmark new problem my_problem --problems mine")(create_problem)
    creation.command("backend", epilog="Example: gradmark new backend my_backend --backends mine")(create_backend)
    app.add_typer(creation, name="new")


def create_problem(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as my_problem.")],
    problems_folder: Annotated[
        str | None, typer.Option("--problems", metavar="DIR", help="Create it in DIR. Default: problems/ here.")
    ] = None,
) -> None:
    """Create a problem from a template. It passes `gradmark check` at once; TODO marks what to change."""
    inside = folder_to_write_in("--problems", problems_folder) or problems.FOLDER
    print(next_steps(write_problem(name, inside)))


def create_backend(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as my_backend.")],
    backends_folder: Annotated[
        str | None, typer.Option("--backends", metavar="DIR", help="Create it in DIR. Default: backends/ here.")
    ] = None,
) -> None:
    """Create a backend from a template, with scalar_derivative. TODO marks what to change.

    Without --backends every other problem gets a file that says why there is nothing yet.
    """
    written = write_backend(name, folder_to_write_in("--backends", backends_folder))
    here = f" --backends {backends_folder}" if backends_folder else ""
    for path in written:
        print(f"wrote {shown_path(path)}")
    print(f"  gradmark check{here} -b {name} -p {FIRST_PROBLEM}:textbook")
    print(f"  gradmark run{here} -b {name} -p {FIRST_PROBLEM}:textbook")


def folder_to_write_in(option: str, typed: str | None) -> Path | None:
    """The folder that was typed; None for this checkout. Raises UsageError where there is no checkout to write to."""
    if not typed and not IS_CHECKOUT:
        raise UsageError(f"gradmark is installed here without its checkout: add {option} DIR, a folder of your own")
    return Path(typed) if typed else None


def write_backend(name: str, folder: Path | None) -> list[Path]:
    """The files of a new backend, in `folder` or in this repository: all, or none where UsageError or OSError is raised."""
    check_name(name, "backend")
    if folder and not folder.is_dir():
        what = "not a folder" if folder.exists() else f"no such folder; type: mkdir {folder}"
        raise UsageError(f"--backends {folder}: {what}")
    inside, root = folder or backends.FOLDER, folder or problems.FOLDER
    taken = [path for path in (inside / f"{name}.py", *root.glob(f"*/{name}.py")) if path.exists()]
    if name in backends.names() or taken:
        raise UsageError(f"{taken[0] if taken else name}: exists, or names another backend; choose another name")
    known = [*map(backends.load, backends.names())]
    if folder and str(folder.resolve()) not in map(str, backends.folders()) and backends.adapters_in(folder):
        backends.add_folder(folder.resolve())
        known = [*map(backends.load, backends.names())]
    order = max(backend.ORDER for backend in known) + 10
    first = (problems.FOLDER / FIRST_PROBLEM / "numpy_fd.py").read_text("utf-8")
    texts = {
        inside / f"{name}.py": (SKELETON / "backend.py.txt").read_text("utf-8").replace("$ORDER", str(order)),
        root / FIRST_PROBLEM / f"{name}.py": first,
    }
    if not folder:
        others = [each for each in problems.names() if each != FIRST_PROBLEM]
        texts |= {root / each / f"{name}.py": NOTHING_YET for each in others}
    write_all(texts)
    backends.names_in.cache_clear()
    return list(texts)


def check_name(name: str, what: str) -> None:
    """Raise UsageError for a name that a folder of a problem, or the file of a backend, cannot have."""
    if keyword.iskeyword(name):
        raise UsageError(f"{name!r}: a Python keyword; choose another name, such as {name}_{what}")
    if not name.isidentifier() or name != name.lower() or name.startswith("_"):
        raise UsageError(f"{name!r}: expected a name such as my_{what}: lower-case letters, digits and underscores")


def write_problem(name: str, inside: Path) -> Path:
    """The new folder `inside/name`. Raises UsageError or OSError where it cannot be made, and then makes nothing."""
    check_name(name, "problem")
    if name in problems.names() or (inside / name).exists():
        raise UsageError(f"{inside / name}: exists, or names another problem; choose another name")
    if inside.exists() and not inside.is_dir():
        raise UsageError(f"--problems {inside}: not a folder")
    if not inside.is_dir():
        raise UsageError(f"--problems {inside}: no such folder; type: mkdir {inside}")
    write_all({inside / name / file: text for file, text in skeleton_files(name).items()})
    return inside / name


def write_all(texts: Mapping[Path, str]) -> None:
    """Write new files, and their folders where these are not there: all of them, or none. Raises OSError."""
    written: list[Path] = []
    made: list[Path] = []
    try:
        for path, text in texts.items():
            if not path.parent.exists():
                path.parent.mkdir()
                made.append(path.parent)
            replace_file(path, text)
            written.append(path)
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        for folder in made:
            folder.rmdir()
        raise


def skeleton_files(name: str) -> dict[str, str]:
    """File name → text of a new problem: the definition, the oracle, and what each adapter has for an implementation."""
    texts = {f"{backend}.py": backends.load(backend).SKELETON for backend in backends.names()}
    lacking = [file.removesuffix(".py") for file, text in texts.items() if not text]
    omit = {backend: f"TODO: write {backend}.py, or say why not" for backend in lacking}
    for template in (SKELETON / "__init__.py.txt", SKELETON / "oracle.py.txt"):
        text = template.read_text("utf-8").replace("$NAME", name).replace("$OMIT", strict_json(omit))
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
