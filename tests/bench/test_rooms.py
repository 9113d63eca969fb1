"""The rooms of bench/: a room imports itself and the rooms above it; no module imports itself through others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import bench

FOLDER = Path(bench.__file__).parent
OUTSIDE = ("__init__", "__main__", "cli")


def modules(folder: Path) -> dict[str, Path]:
    """`room.module` → its file; a room's own `__init__.py` is `room`."""
    paths = {
        path.relative_to(folder).with_suffix("").as_posix().replace("/", "."): path for path in folder.rglob("*.py")
    }
    return {name.removesuffix(".__init__"): path for name, path in paths.items()}


def imports(name: str, path: Path, known: dict[str, Path], *, everywhere: bool = True) -> Iterator[str]:
    """The modules that a module imports, as it is loaded, or `everywhere` in it."""
    package = name.split(".") if path.name == "__init__.py" and name != "__init__" else name.split(".")[:-1]
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if everywhere else loaded(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - node.level + 1]
            base = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            for each in node.names:
                inner = f"{base}.{each.name}".strip(".")
                yield inner if inner in known else base or "__init__"


def loaded(tree: ast.Module) -> Iterator[ast.AST]:
    """The statements that run when a module is loaded, or are there for its types."""
    for statement in tree.body:
        yield from ast.walk(statement) if not isinstance(statement, ast.FunctionDef | ast.ClassDef) else ()


def trespasses(folder: Path) -> list[str]:
    """Imports of a room that stands below."""
    known = modules(folder)
    rank = {room: place for place, room in enumerate(bench.ROOMS)} | {"__init__": -1, "cli": 99, "__main__": 100}
    return [
        f"{name} imports {other}"
        for name, path in known.items()
        for other in imports(name, path, known)
        if rank[other.split(".")[0]] > rank[name.split(".")[0]]
    ]


def circle(folder: Path) -> list[str]:
    """The modules of a circle of imports, empty without one."""
    known = modules(folder)
    graph = {name: set(imports(name, path, known, everywhere=False)) - {name} for name, path in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_bench_holds_rooms_and_nothing_else():
    files = {path.stem for path in FOLDER.glob("*.*") if path.is_file()}
    rooms = {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert files == set(OUTSIDE)
    assert rooms == set(bench.ROOMS)


def test_no_room_imports_one_below():
    assert trespasses(FOLDER) == []


def test_no_module_imports_itself_through_others():
    assert circle(FOLDER) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("text", "from ..rows.row import Row"),
        ("rows", "def f():\n    from ..tables import frame"),
        ("plan", "from .. import cli"),
    ],
)
def test_a_planted_import_of_a_room_below_is_found(tmp_path, room, line):
    folder = planted(tmp_path, {f"{room}/planted.py": line})
    assert len(trespasses(folder)) == 1


def test_a_planted_circle_is_found(tmp_path):
    folder = planted(tmp_path, {"text/a.py": "from . import b", "text/b.py": "from .a import x"})
    assert {"text.a", "text.b"} <= set(circle(folder))


def planted(folder: Path, files: dict[str, str]) -> Path:
    """A bench/ of the rooms, empty but for one module each and these files."""
    (folder / "cli.py").touch()
    for room, module in [(room, "__init__") for room in bench.ROOMS] + [("rows", "row"), ("tables", "frame")]:
        (folder / room).mkdir(exist_ok=True)
        (folder / room / f"{module}.py").touch()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder
