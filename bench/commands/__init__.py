"""The commands, one module for each group; its `register` adds them to the command line, in the order of the help."""

from __future__ import annotations

from . import compare, correctness, machine, merge, new, plot, report, run, show, textbook

GROUPS = (run, show, correctness, textbook, machine, plot, report, compare, merge, new)
