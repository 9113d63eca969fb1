"""Which commit a run measures: that of this checkout, and of no repository around it or named by a variable."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .. import ROOT
from .start import PACKAGES

QUIET = ("-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false")  # nothing is started, nothing is remembered
LEFT_BY_PYTHON = ("__pycache__", ".pyc")


def git_commit(own_folders: Sequence[Path] = ()) -> str:
    """The commit of this checkout, with `+changes` where what is run differs from it; `unknown` outside git.

    It differs where a tracked file does, and where the packages or the user's own folders hold a file that is not in it.
    """
    try:
        commit = git("rev-parse", "--verify", "HEAD^{commit}")
        changed = any(not folder.is_relative_to(ROOT) for folder in own_folders) or is_changed(own_folders)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+changes" if changed else commit


def is_changed(own_folders: Sequence[Path]) -> bool:
    """Whether a tracked file differs, or there is a new one, ignored or not, where code is taken from."""
    if git("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=none"):
        return True
    if any(line[0].islower() or line[0] == "S" for line in git("ls-files", "-v").splitlines()):
        return True  # files that git was told not to look at
    places = [*PACKAGES, *(str(folder.relative_to(ROOT)) for folder in own_folders)]
    new = git("ls-files", "--others", "-z", "--", *places).split("\0")
    return any(name and not any(mark in name for mark in LEFT_BY_PYTHON) for name in new)


def git(*arguments: str) -> str:
    """What git says of the repository whose `.git` lies in this checkout. Raises OSError or CalledProcessError.

    Its variables name other repositories, indices and settings, so none reaches it; named outright, the repository may
    belong to another user. An `.git` elsewhere is not looked for.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    variables = {**own, "GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}
    place = [f"--git-dir={ROOT / '.git'}", f"--work-tree={ROOT}"]
    command = ["git", *place, *QUIET, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)
    return os.fsdecode(done.stdout).strip()
