"""Temporary folders: there while their process lives, and gone at the next start where it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from bench import ROOT, UsageError
from bench.data.temporary import TemporaryFolder

HOLD = """
import sys, time
from pathlib import Path
from bench.data.temporary import TemporaryFolder
folder = TemporaryFolder(Path(sys.argv[1]))
(folder.path / "content").write_text("x")
print(folder.path, flush=True)
time.sleep(100)
"""


def folders(base):
    return sorted(path.name for path in base.iterdir() if path.is_dir())


def test_it_is_empty_and_goes_with_its_block(tmp_path):
    with TemporaryFolder(tmp_path) as folder:
        assert list(folder.iterdir()) == []
        (folder / "a" / "b").mkdir(parents=True)
        assert len(folders(tmp_path)) == 1
    assert folders(tmp_path) == []


def test_one_in_use_is_left_alone(tmp_path):
    with TemporaryFolder(tmp_path) as first:
        (first / "compiled").write_text("x")
        with TemporaryFolder(tmp_path) as second:
            assert (first / "compiled").read_text() == "x"
            assert first != second
        assert (first / "compiled").exists()


def test_one_whose_lock_nobody_holds_is_removed_whatever_its_name(tmp_path):
    abandoned = tmp_path / f"gradmark-{os.getpid()}"  # the number of a process that lives, but which is another one
    (abandoned / "content").mkdir(parents=True)
    (abandoned / "lock").touch()
    (tmp_path / "link").symlink_to(tmp_path.parent)
    with TemporaryFolder(tmp_path):
        assert not abandoned.exists()
        assert tmp_path.parent.is_dir()


def test_a_forked_process_does_not_remove_it(tmp_path, monkeypatch):
    folder = TemporaryFolder(tmp_path)
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: -1)
        folder.close()
    assert folder.path.is_dir()


def test_a_link_in_place_of_its_lock_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="GRADMARK_CACHE=FOLDER"):
        TemporaryFolder(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
def test_that_of_a_killed_process_is_removed_at_the_next_start(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout
        path = holder.stdout.readline().strip()
        with TemporaryFolder(tmp_path):
            assert os.path.exists(f"{path}/content")
        holder.send_signal(signal.SIGKILL)
    assert os.path.exists(f"{path}/content")
    with TemporaryFolder(tmp_path):
        assert not os.path.exists(path)
        assert len(folders(tmp_path)) == 1
