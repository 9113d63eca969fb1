"""The command `gradmark`, in a module of a name that is nobody else's.

Its packages are found beside this file, whatever PYTHONPATH has of the same names.
"""

from __future__ import annotations

import runpy
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    start = runpy.run_path(str(HERE / "bench" / "machine" / "start.py"))
    start["use_packages_of"](str(HERE))
    from bench.cli import main as run_command_line

    run_command_line()
