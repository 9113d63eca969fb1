"""Start a module of a checkout by path: `python -P …/start.py ROOT MODULE ARGUMENT…`.

The checkout's packages are found in ROOT, whatever PYTHONPATH, PYTHONSAFEPATH or the current folder has of their names. It
imports none of them itself, as ROOT may be another checkout than its own.
"""

from __future__ import annotations

import runpy
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

PACKAGES = ("backends", "bench", "problems")


class OwnPackages:
    """Finds these packages in `root`, before the import path is looked at."""

    def __init__(self, root: str) -> None:
        self.root = root

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        return PathFinder.find_spec(name, [self.root]) if name in PACKAGES else None


def use_packages_of(root: str) -> None:
    sys.meta_path.insert(0, OwnPackages(root))


if __name__ == "__main__":
    root, module = sys.argv[1:3]
    del sys.argv[1:3]
    use_packages_of(root)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
