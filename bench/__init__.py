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

import os
import time
from pathlib import Path

BEGAN = time.perf_counter()  # when the imports began
ROOT = Path(__file__).resolve().parent.parent
IS_CHECKOUT = not any(ROOT.glob("gradmark-*.dist-info"))  # which a wheel puts beside the packages
CACHE_FOLDER = "GRADMARK_CACHE"  # a variable that moves the cache


def cache_folder() -> Path:
    """Where references, inputs and what is compiled are kept: in the checkout if it can be written to, else the user's."""
    if named := os.environ.get(CACHE_FOLDER):
        return Path(named).expanduser().absolute()
    own = ROOT / ".cache"
    places = [own, *own.iterdir()] if own.is_dir() else [ROOT]
    if IS_CHECKOUT and all(os.access(place, os.W_OK | os.X_OK) for place in places if place.is_dir()):
        return own
    from platformdirs import user_cache_path

    return user_cache_path("gradmark", appauthor=False)


def current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return Path.home()


HOME = ROOT if IS_CHECKOUT else current_folder()
"""What paths are shown relative to, and where results go: the checkout, or where an installed gradmark is called."""
RESULTS = HOME / "results"
CACHE = cache_folder()
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
