"""The harness, in rooms. It knows no framework and no problem. A room imports itself and the rooms above it.

text      how things are written for people: units, escaping, tables
data      inputs of cells, what is stored of them, files
machine   what machine this is, its limits, load and lock, and how a measuring process is set up on it
truth     what is right, and how sure that is
plan      from what was typed to cells
rows      what is known of a cell, on disk and in memory
measure   one cell, in a worker
run       many cells: orchestrator, supervisor, resume
tables    from rows to tables
compare   two runs: verdicts, noise, the gate
plots     pictures for paper
report    the page
study     questions that are not runs: step sizes, pitfalls, values side by side
articles  the textbook's examples: claims, evidence, pictures
commands  what can be typed

CONTRIBUTING.md follows one cell through them.
"""

from __future__ import annotations

import time
from pathlib import Path

BEGAN = time.perf_counter()  # when the imports began
ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "results"
CACHE = ROOT / ".cache"
PACKAGES = ("backends", "bench", "problems")  # what is run from this checkout
ROOMS = (
    "text",
    "data",
    "machine",
    "truth",
    "plan",
    "rows",
    "measure",
    "run",
    "tables",
    "compare",
    "plots",
    "report",
    "study",
    "articles",
    "commands",
)
"""In order: a room imports itself and those before it, and a test holds them to it."""


class UsageError(Exception):
    """Something that the user typed cannot be done; the message is one line. Exit status 2."""
