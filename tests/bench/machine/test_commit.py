"""The commit that is recorded: this checkout's, whatever lies around it and whatever variables say."""

from __future__ import annotations

import os
import subprocess

import pytest

from bench.machine import commit
from bench.machine.commit import git_commit

pytestmark = pytest.mark.slow  # git is a process


def git(folder, *arguments):
    identity = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=variables, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def repository(folder, text="x = 1\n"):
    """A repository of one commit, with a problem."""
    (folder / "problems" / "p").mkdir(parents=True)
    (folder / "problems" / "p" / "__init__.py").write_text(text)
    (folder / "backends").mkdir()
    (folder / "backends" / "b.py").write_text("")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")
    return folder


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(commit, "ROOT", tmp_path / "checkout")
    return repository(tmp_path / "checkout")


def head(folder):
    return git(folder, "rev-parse", "HEAD")


def test_a_checkout_without_changes_has_its_commit(checkout):
    (checkout / "notes.txt").write_text("nobody runs this")
    (checkout / "problems" / "p" / "__pycache__").mkdir()
    (checkout / "problems" / "p" / "__pycache__" / "x.cpython-311.pyc").write_bytes(b"")
    assert git_commit() == head(checkout)


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "{other}/.git"},
        {"GIT_DIR": "{other}/.git", "GIT_WORK_TREE": "{other}"},
        {"GIT_WORK_TREE": "{other}"},
        {"GIT_INDEX_FILE": "{other}/.git/index"},
        {"GIT_OBJECT_DIRECTORY": "{other}/.git/objects"},
        {"GIT_NAMESPACE": "other", "GIT_CEILING_DIRECTORIES": "/"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.worktree", "GIT_CONFIG_VALUE_0": "{other}"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true"},
        {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"},  # how git's own tests have it refuse a folder as unsafe
    ],
)
def test_no_variable_changes_it(checkout, tmp_path, monkeypatch, variables):
    other = repository(tmp_path / "other", "x = 2\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(other=other))
    assert git_commit() == head(checkout)


def test_a_repository_around_it_is_not_its_own(tmp_path, monkeypatch):
    outer = repository(tmp_path / "outer")
    (outer / "checkout").mkdir()
    monkeypatch.setattr(commit, "ROOT", outer / "checkout")
    assert git_commit() == "unknown"


def test_a_worktree_has_its_own_commit(checkout, tmp_path, monkeypatch):
    git(checkout, "worktree", "add", "-q", str(tmp_path / "tree"))
    git(tmp_path / "tree", "commit", "-q", "--allow-empty", "-m", "more")
    monkeypatch.setattr(commit, "ROOT", tmp_path / "tree")
    assert git_commit() == head(tmp_path / "tree") != head(checkout)


@pytest.mark.parametrize("broken", ["gitdir: /nowhere/at/all\n", "nonsense"])
def test_a_broken_repository_is_unknown(checkout, tmp_path, monkeypatch, broken):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / ".git").write_text(broken)
    monkeypatch.setattr(commit, "ROOT", tmp_path / "broken")
    assert git_commit() == "unknown"


def test_without_git_it_is_unknown(checkout, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert git_commit() == "unknown"


def changed(folder):
    (folder / "problems" / "p" / "__init__.py").write_text("x = 2\n")


def staged(folder):
    changed(folder)
    git(folder, "add", ".")


def deleted(folder):
    (folder / "backends" / "b.py").unlink()


def new_problem(folder):
    (folder / "problems" / "q").mkdir()
    (folder / "problems" / "q" / "__init__.py").write_text("")


def new_backend_with_an_odd_name(folder):
    (folder / "backends" / os.fsdecode(b"new \xff.py")).write_text("")


def ignored_problem(folder):
    new_problem(folder)
    (folder / ".git" / "info" / "exclude").write_text("problems/q\n")


def hidden_change(folder):
    git(folder, "update-index", "--assume-unchanged", "problems/p/__init__.py")
    changed(folder)


def skipped_change(folder):
    git(folder, "update-index", "--skip-worktree", "problems/p/__init__.py")
    changed(folder)


def settings_that_hide(folder):
    git(folder, "config", "status.showUntrackedFiles", "no")
    new_problem(folder)


@pytest.mark.parametrize(
    "change",
    [
        changed,
        staged,
        deleted,
        new_problem,
        new_backend_with_an_odd_name,
        ignored_problem,
        hidden_change,
        skipped_change,
        settings_that_hide,
    ],
)
def test_changes_are_told(checkout, change):
    change(checkout)
    assert git_commit() == f"{head(checkout)}+changes"


def test_folders_of_ones_own_count(checkout, tmp_path):
    (tmp_path / "mine").mkdir()
    assert git_commit([tmp_path / "mine"]) == f"{head(checkout)}+changes"
    own = checkout / "tests" / "own"
    own.mkdir(parents=True)
    (own / "p.py").write_text("")
    assert git_commit([own]) == f"{head(checkout)}+changes"
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "own")
    assert git_commit([own]) == head(checkout)


def test_asking_writes_nothing(checkout):
    index = checkout / ".git" / "index"
    os.utime(checkout / "backends" / "b.py", (1, 1))  # which git would note in its index
    before = index.read_bytes()
    assert git_commit() == head(checkout)
    assert index.read_bytes() == before
