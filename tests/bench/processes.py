"""Run the real command line: in a process of its own, or in this one where nothing about the process matters."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import backends
import problems
from bench import ROOT

FAULTY = ROOT / "tests" / "bench" / "faulty"

allowed = True
"""Whether the test that runs is marked as slow; conftest.py keeps it."""


def start(*arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
    """The command as it begins; `variables` are added to its environment."""
    assert allowed, "a test that starts a process is marked as slow"
    # A test run in the background of a script ignores Ctrl-C, and what it starts would, too.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "-m", "bench", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def gradmark(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The finished command, with its exit status, output and errors."""
    process = start(*arguments, **variables)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def typed(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command as it runs in this process: in a hundredth of the time, as all is imported."""
    from bench.cli import main

    command, out, err = ["gradmark", *map(str, arguments)], io.StringIO(), io.StringIO()
    with (
        redirect_stdout(out), redirect_stderr(err), patch.object(sys, "argv", command), patch.dict(os.environ),
        added_folders_forgotten(),
    ):  # fmt: skip
        os.environ.update({"COLUMNS": "200", **variables})
        try:
            main()
        except SystemExit as stopped:
            return subprocess.CompletedProcess(command, int(stopped.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("main() ends by exiting")


@contextmanager
def added_folders_forgotten() -> Iterator[None]:
    """What `--problems` and `--backends` add inside is unknown again after it, as in a new process."""
    from bench.data.inputs import inputs_digest, inputs_source, load_inputs
    from bench.plan.cell import sources_digest
    from bench.truth.compute import instance_size

    before, known = (list(problems.__path__), list(backends.__path__)), set(sys.modules)
    try:
        yield
    finally:
        problems.__path__[:], backends.__path__[:] = before
        for name in set(sys.modules) - known:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if name.startswith(("problems.", "backends.")) and Path(file).parts[: len(ROOT.parts) + 1] not in (
                (*ROOT.parts, "problems"),
                (*ROOT.parts, "backends"),
            ):
                del sys.modules[name]
        for cached in (inputs_digest, inputs_source, load_inputs, sources_digest, instance_size):
            cached.cache_clear()
