"""Run the real command line: in a process of its own, or in this one where nothing about the process matters."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

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


def typed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as it runs in this process: in a hundredth of the time, as all is imported."""
    from bench.cli import main

    command, out, err = ["gradmark", *map(str, arguments)], io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "argv", command), patch.dict(os.environ):
        os.environ["COLUMNS"] = "200"
        try:
            main()
        except SystemExit as stopped:
            return subprocess.CompletedProcess(command, int(stopped.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("main() ends by exiting")
