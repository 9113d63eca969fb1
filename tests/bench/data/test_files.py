"""Files are written as a whole or not at all, links are not followed, and no other way to write or read is left."""

from __future__ import annotations

import ast
import errno
import json
import math
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench
from bench import UsageError
from bench.data import files
from bench.data.files import (
    inner_folder,
    new_file,
    open_regular,
    read_file,
    replace_file,
    shown_path,
    strict_json,
    write_json,
)

FOLDER = Path(bench.__file__).parent


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "kept").write_text("as it was")
    return folder


def test_a_file_is_made_and_replaced_with_its_permissions(tmp_path):
    path = tmp_path / "file"
    replace_file(path, "é\n")
    assert path.read_bytes() == "é\n".encode()
    path.chmod(0o600)
    replace_file(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["file"]


def test_a_new_file_has_the_permissions_of_the_users_mask(tmp_path):
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "file", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


def test_a_link_is_replaced_and_not_followed(tmp_path, outside):
    path = tmp_path / "file"
    path.symlink_to(outside / "kept")
    replace_file(path, "new")
    assert not path.is_symlink()
    assert path.read_text() == "new"
    assert (outside / "kept").read_text() == "as it was"


def test_a_link_planted_for_the_temporary_file_is_not_followed(tmp_path, outside, monkeypatch):
    monkeypatch.setattr(files.secrets, "token_hex", lambda count: "known")
    (tmp_path / ".gradmark-known.part").symlink_to(outside / "kept")
    with pytest.raises(OSError, match="File exists"):
        replace_file(tmp_path / "file", "new")
    assert (outside / "kept").read_text() == "as it was"
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_where_the_disk_is_full_the_old_file_stays_and_nothing_else(tmp_path, monkeypatch, step):
    path = tmp_path / "file"
    path.write_text("old")

    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "write":
        opened = os.fdopen
        monkeypatch.setattr(files.os, "fdopen", lambda *arguments: Full(opened(*arguments)))
    else:
        monkeypatch.setattr(files.os, step, full)
    with pytest.raises(OSError, match="No space left on device") as error:
        replace_file(path, "new")
    assert error.value.filename == str(path)
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


class Full:
    """A file on a disk that is full."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def write(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    done: list[str] = []

    def noted(name, real):
        def call(*arguments):
            done.append(name)
            return real(*arguments)

        return call

    for name in ("fsync", "replace"):
        monkeypatch.setattr(files.os, name, noted(name, getattr(os, name)))
    replace_file(tmp_path / "file", "new")
    assert done == ["fsync", "replace"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_left_alone(tmp_path, make):
    make(tmp_path / "file")
    with pytest.raises(OSError, match="not a regular file"):
        replace_file(tmp_path / "file", "new")
    assert os.listdir(tmp_path) == ["file"]


def kinds(folder, outside):
    """One of each kind that is no regular file."""
    (folder / "link").symlink_to(outside / "kept")
    (folder / "dangling").symlink_to(outside / "absent")
    (folder / "itself").symlink_to(folder / "itself")
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "device").symlink_to("/dev/zero")
    return ["link", "dangling", "itself", "pipe", "folder", "device"]


def test_only_regular_files_are_read(tmp_path, outside):
    for name in kinds(tmp_path, outside):
        with pytest.raises(UsageError, match=f"{name}: expected a regular file, found a (link|pipe|folder)"):
            read_file(tmp_path / name)
    with pytest.raises(UsageError, match="zero: expected a regular file, found a pipe or a device"):
        read_file(Path("/dev/zero"))
    with pytest.raises(UsageError, match="absent: No such file"):
        read_file(tmp_path / "absent")


def test_only_regular_files_are_opened_to_write_and_nothing_is_made_through_a_link(tmp_path, outside):
    for name in kinds(tmp_path, outside):
        with pytest.raises(OSError, match=r"expected a regular file|File exists"):
            os.close(open_regular(tmp_path / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT))
        with pytest.raises(FileExistsError):
            os.close(new_file(tmp_path / name))
    assert os.listdir(outside) == ["kept"]
    assert (outside / "kept").read_text() == "as it was"


def test_a_link_that_is_put_there_after_the_look_is_not_followed(tmp_path, outside, monkeypatch):
    """The look before is only for devices: the system itself refuses a link."""
    (tmp_path / "link").symlink_to(outside / "kept")
    monkeypatch.setattr(Path, "lstat", lambda self: os.stat(outside / "kept"))
    with pytest.raises(OSError, match="symbolic links"):
        open_regular(tmp_path / "link")


def test_a_file_is_read_up_to_its_size(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    assert read_file(tmp_path / "file", 5) == b"12345"
    with pytest.raises(UsageError, match="file: larger than 4 bytes"):
        read_file(tmp_path / "file", 4)


def test_a_folder_of_a_run_is_no_link(tmp_path, outside):
    (tmp_path / "plots").symlink_to(outside)
    with pytest.raises(UsageError, match="plots: expected a folder, found a link"):
        inner_folder(tmp_path, "plots")
    assert inner_folder(tmp_path, "logs").is_dir()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_json_is_strict(tmp_path, number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "file", {"a": [number]})
    assert os.listdir(tmp_path) == []


@given(st.text() | st.text("\ud800\udfff\x7f\x85\x9b\u2028\u202e\x1b\n"))
def test_any_text_as_json_can_be_shown_and_read(text):
    found = strict_json([text], indent=1)
    assert all(line.isprintable() for line in found.split("\n"))
    assert json.loads(found)[0].encode(errors="replace").decode() != "" or text == ""
    if text.isprintable():
        assert json.loads(found) == [text]


def test_a_path_is_shown_with_nothing_that_a_terminal_obeys(tmp_path):
    assert shown_path(tmp_path / "\x1b[2J\u202e\udcff").isprintable()


# No other way ----------------------------------------------------------------------------------------

WRITERS = (
    *(
        "write_text",
        "write_bytes",
        "touch",
        "savefig",
        "to_csv",
        "to_json",
        "to_html",
        "to_latex",
    ),
    *(
        "to_markdown",
        "save",
        "savez",
        "savez_compressed",
        "savetxt",
        "tofile",
        "dump",
        "copyfile",
    ),
    *(
        "copy2",
        "copytree",
        "mkstemp",
        "NamedTemporaryFile",
        "TemporaryFile",
        "symlink_to",
        "hardlink_to",
    ),
    *(
        "rename",
        "fdopen",
        "open",
        "FileIO",
    ),
)
READERS = ("read_text", "read_bytes", "loads", "load_npz", "read_csv", "read_json", "fromfile")
ALLOWED = {
    "data/files.py": "the one way",
    "rows/journal.py: FileIO": "a journal is opened by open_regular, and appended to",
    "plots/style.py: savefig": "into memory",
    "data/store.py: savez": "into memory",
    "data/store.py: load": "of the cache",
    "data/store.py: read_bytes": "the sources whose digest is taken",
    "tables/run_tables.py: to_csv": "as a text",
    "text/table.py: to_html": "as a text",
    "text/table.py: to_latex": "as a text",
    "text/table.py: to_markdown": "as a text",
    "report/page.py: read_text": "the page's own parts",
    "commands/new.py: read_text": "the skeletons",
    "machine/facts.py: read_text": "the sources of a run",
    "commands/output.py: read_bytes": "a document of the user's",
    "commands/machine.py: loads": "of the CPUs",
    "machine/system_files.py: open": "what the system tells, to a stated size",
    "machine/endings.py: open": "nowhere, /dev/null",
    "run/supervisor.py: read_bytes": "the log of a worker",
    "run/imported_sources.py: read_text": "the sources of a checkout",
    "compare/exports.py: to_csv": "as a text",
    "text/streams.py: open": "nowhere, /dev/null",
}
OPENED = ("open_regular", "new_file")  # by which a descriptor comes


def other_ways(folder: Path) -> list[str]:
    """`file: function, line` of every call that may write or read a file, but for those that are allowed."""
    return [
        f"{name}: {what}, line {line}"
        for path in sorted(folder.rglob("*.py"))
        for name in [path.relative_to(folder).as_posix()]
        for what, line in file_calls(ast.parse(path.read_text()))
        if name not in ALLOWED and f"{name}: {what}" not in ALLOWED
    ]


def file_calls(tree: ast.Module):
    """(function, line) of calls that may open, write or read a file."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        what = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0].func if node.args and isinstance(node.args[0], ast.Call) else None
        if what == "fdopen" and isinstance(first, ast.Name) and first.id in OPENED:
            continue
        if ast.unparse(node.func) in ("shutil.copy", "shutil.move", "np.load"):
            yield what, node.lineno
        if what in READERS or (what in WRITERS and (isinstance(node.func, ast.Attribute) or what == "open")):
            yield what, node.lineno


def test_no_module_writes_or_reads_a_file_in_another_way():
    assert other_ways(FOLDER) == []


@pytest.mark.parametrize(
    "line",
    [
        'open(path, "w")',
        'path.open("a")',
        'path.write_text("x")',
        "path.write_bytes(b'')",
        "figure.savefig(path)",
        "frame.to_csv(path)",
        "json.dump(content, file)",
        "json.loads(path.read_text())",
        "os.open(path, os.O_WRONLY)",
        "shutil.copy(a, b)",
        "np.save(path, array)",
        "tempfile.mkstemp()",
        'os.fdopen(os.open(path), "w")',
    ],
)
def test_a_planted_way_is_found(tmp_path, line):
    (tmp_path / "planted.py").write_text(line)
    assert other_ways(tmp_path)
