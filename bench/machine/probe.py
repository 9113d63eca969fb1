"""What a backend says on a device, asked in a process of its own.

Its arguments are BACKEND DEVICE THREADS [FOLDER …], with the folders of `--backends`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import backends

from .. import ROOT
from .process import pin_process, start_command, worker_environment


@dataclass(frozen=True)
class Probe:
    """What a backend says on a device: available or why not, and its threads."""

    backend: str
    device: str
    version: str
    reason: str
    threads: str


def probe_backend(backend: str, device: str, threads: int = 1) -> Probe:
    """Configure the backend in a process of its own, as a worker would."""
    package = backends.load(backend).REQUIRES
    try:
        installed = version(package)
    except PackageNotFoundError:
        installed = "not installed"
    reason = backends.absence(backend, device)
    if reason:
        return Probe(backend, device, installed, reason, "")
    done = subprocess.run(
        start_command("bench.machine.probe", backend, device, str(threads), *map(str, backends.folders())),
        cwd=ROOT,
        env=worker_environment(backend, device, threads, os.devnull),
        capture_output=True,
        text=True,
    )
    answer = done.stdout.strip().splitlines()[-1:] or done.stderr.strip().splitlines()[-1:]
    text = "".join(answer)
    if done.returncode == 0:
        return Probe(backend, device, installed, "", f"{threads} requested, {text} effective")
    return Probe(backend, device, installed, text or f"exit status {done.returncode}", "")


def answer_probe(backend: str, device: str, threads: int) -> int:
    """What the process of `probe` does: print the effective threads, or the reason and fail."""
    pin_process(threads)
    adapter = backends.load(backend)
    try:
        adapter.configure(threads, device)
    except backends.Unavailable as reason:
        print(reason)
        return 1
    print(adapter.effective_threads())
    return 0


if __name__ == "__main__":
    for folder in sys.argv[4:]:
        backends.add_folder(Path(folder))
    sys.exit(answer_probe(sys.argv[1], sys.argv[2], int(sys.argv[3])))
