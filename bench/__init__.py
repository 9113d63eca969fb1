"""The harness: plan → worker → journal → tables. Knows no framework and no problem.

To follow one cell: `cli.py` and `commands/run.py` read the command, `plan.py` turns it into cells, `orchestrator.py`
starts one worker process per backend, `test_cells.py` is the pytest session inside it, `measure.py` prepares, checks and
times the cell and `tables.py` prints the journal's rows.
"""

from __future__ import annotations

import time
from pathlib import Path

BEGAN = time.perf_counter()  # when the imports began
ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "results"
CACHE = ROOT / ".cache"


class UsageError(Exception):
    """Something that the user typed cannot be done; the message is one line. Exit status 2."""
