"""Run the real command line in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from bench import ROOT

FAULTY = ROOT / "tests" / "bench" / "faulty"


def start(*arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
    """The command as it begins; `variables` are added to its environment."""
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
