"""What a command writes into a file of the user's: as a whole or not at all, and nothing but what was asked for."""

from __future__ import annotations

import errno
import os

import pytest

from bench import UsageError
from bench.commands.output import splice_into, typed_file
from bench.data import files
from tests.bench.hostile import write_run
from tests.bench.processes import typed

OTHER = "<!-- begin: gradmark accuracy RUN -->\nstays\n<!-- end -->\n"
DOCUMENT = f"before é\n<!-- begin: gradmark table RUN -->\nold\n<!-- end -->\nafter\n{OTHER}"


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "document.md"
    path.write_bytes(DOCUMENT.encode())
    return path


def test_tables_are_spliced_between_the_marks(document):
    splice_into(document, "new \\1\n", "table")
    assert document.read_bytes() == DOCUMENT.replace("old\n", "new \\1\n").encode()
    document.write_text("no marks")
    with pytest.raises(UsageError, match="expected one pair of lines"):
        splice_into(document, "new", "table")
    with pytest.raises(UsageError, match="no such file"):
        splice_into(document.parent / "none", "new", "table")


def test_the_ends_of_lines_stay_as_they_are(document):
    """Those of the document, mixed ones and a mark at its beginning included; the table has those of its place."""
    for text in (DOCUMENT.replace("\n", "\r\n"), "\ufeff" + DOCUMENT.replace("\n", "\r\n") + "mixed\n\rend"):
        document.write_bytes(text.encode())
        splice_into(document, "new\nlines\n", "table")
        assert document.read_bytes() == text.replace("old\r\n", "new\r\nlines\r\n").encode()


def test_a_document_that_is_not_utf_8_is_refused_and_stays(document):
    content = DOCUMENT.encode("latin-1")
    document.write_bytes(content)
    done = typed("table", "results/curated", "--into", document)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"gradmark: --into {document}: line 1 is not UTF-8; save the document as UTF-8 first\n"
    assert document.read_bytes() == content


def test_a_link_to_a_document_stays_a_link(document, tmp_path):
    link = tmp_path / "link.md"
    link.symlink_to(document)
    splice_into(link, "new\n", "table")
    assert link.is_symlink()
    assert "new\n" in document.read_text()


def test_a_file_that_is_typed_has_a_folder(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert typed_file("--out", str(tmp_path / "link")) == tmp_path / "file"
    with pytest.raises(UsageError, match="--out no/such/file: no such folder: no/such"):
        typed_file("--out", "no/such/file")


def test_a_device_is_not_replaced(tmp_path):
    run = write_run(tmp_path / "run")
    done = typed("report", run, "--out", "/dev/null")
    assert done.returncode == 1
    assert done.stderr == "gradmark: /dev/null: not a regular file\n"
    done = typed("report", run, "--out", "/")
    assert (done.returncode, done.stderr) == (1, "gradmark: /: not a regular file\n")


WRITING = {
    "report": ("report", "RUN"),
    "report elsewhere": ("report", "RUN", "--out", "ASIDE/report.html"),
    "plot": ("plot", "RUN", "--kind", "steps"),
    "plot elsewhere": ("plot", "RUN", "--kind", "steps", "--out", "ASIDE"),
    "table": ("table", "RUN", "--into", "ASIDE/document.md"),
    "accuracy": ("accuracy", "RUN", "--into", "ASIDE/document.md"),
    "problem": ("new", "problem", "quartic", "--problems", "ASIDE"),
    "backend": ("new", "backend", "my_own", "--backends", "ASIDE"),
    "run": ("run", "-p", "newton:textbook", "-b", "numpy_hand", "--out", "ASIDE/new"),
}


@pytest.mark.parametrize("name", WRITING)
def test_on_a_full_disk_nothing_is_lost_and_the_command_ends_in_a_line(document, tmp_path, monkeypatch, name):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    run = write_run(tmp_path / "run")
    (tmp_path / "report.html").write_text("older")
    before = contents(tmp_path)
    monkeypatch.setattr(files.os, "fsync", full)
    done = typed(*(word.replace("RUN", str(run)).replace("ASIDE", str(tmp_path)) for word in WRITING[name]))
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.endswith(": No space left on device\n")
    if name != "run":  # of which an empty journal is left
        assert contents(tmp_path) == before


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


EMPTY = [
    (["run", "--out", ""], "--out"),
    (["run", "--timeout", ""], "--timeout"),
    (["run", "--repeats="], "--repeats"),
    (["run", "--memory-limit", " "], "--memory-limit"),
    (["run", "--resume", ""], "--resume"),
    (["run", "-p", ""], "-p"),
    (["check", "--profile", ""], "--profile"),
    (["list", "--problems", ""], "--problems"),
    (["list", "--backends="], "--backends"),
    (["table", "results/curated", "--into", ""], "--into"),
    (["table", "results/curated", "--format", ""], "--format"),
    (["compare", "results/curated", "results/curated", "--fail-if-slower", ""], "--fail-if-slower"),
    (["report", "results/curated", "--out", ""], "--out"),
    (["plot", "results/curated", "--kind", "time", "--out", ""], "--out"),
    (["steps", "newton", "--run", ""], "--run"),
    (["textbook", "--out", ""], "--out"),
    (["new", "problem", "x", "--problems", ""], "--problems"),
    (["table", ""], "an argument"),
    (["new", "problem", ""], "an argument"),
]


@pytest.mark.parametrize(("words", "what"), EMPTY, ids=[" ".join(words) for words, _ in EMPTY])
def test_an_option_without_a_value_is_not_taken_as_not_given(words, what):
    done = typed(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"gradmark: {what} '': expected a value")


def test_a_link_for_the_files_of_a_run_leads_nowhere(tmp_path):
    """The page, the pictures and the logs stay in the run folder."""
    run = write_run(tmp_path / "run")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("as it was")
    (run / "report.html").unlink()
    (run / "report.html").symlink_to(outside / "kept")
    done = typed("report", run)
    assert done.returncode == 0, done.stderr
    assert (run / "report.html").read_text().startswith("<!doctype html>")
    (run / "plots").rmdir()
    (run / "plots").symlink_to(outside)
    done = typed("plot", run, "--kind", "steps")
    assert (done.returncode, done.stdout) == (2, "")
    assert "plots: expected a folder, found a link" in done.stderr
    assert contents(outside) == {(outside / "kept").relative_to(outside): b"as it was"}


def test_a_picture_of_long_names_has_a_short_one():
    from bench.plots.files import file_stem

    stem = file_stem(["time", "é" * 100, "n" * 100])
    assert len(stem.encode()) < 250
    assert stem != file_stem(["time", "é" * 100, "m" * 100])
    assert file_stem(["time", "a-b"]) == "time-a-b"
