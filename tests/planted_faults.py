"""Plant ten faults, one after the other, in a copy of this checkout: the short tests must catch each.

`python -m tests.planted_faults [WORD …]` prints for each fault whose description has a WORD in it which test caught it; exit
status 1 where one was not caught. Each is looked for in the tests that `pytest -m "not slow"` runs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench import ROOT


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new` in `file`, and of the tests `where` one must fail."""

    name: str
    file: str
    old: str
    new: str
    where: tuple[str, ...]


AGREEMENT = "tests/problems/test_agreement.py"

FAULTS = (
    Fault(
        "a sign",
        "problems/linear_regression/numpy_hand.py",
        'return {"theta": residual @ X',
        'return {"theta": -residual @ X',
        (AGREEMENT, "-k", "linear_regression and numpy_hand"),
    ),
    Fault(
        "a transposed entry",
        "problems/jacobian_modes/numpy_hand.py",
        'return {"x": (1 - t * t)[:, np.newaxis] * data["A"]}',
        'return {"x": ((1 - t * t)[:, np.newaxis] * data["A"]).T.reshape(data["A"].shape)}',
        (AGREEMENT, "-k", "jacobian_modes and numpy_hand"),
    ),
    Fault(
        "a missing wait",
        "bench/measure/cell.py",
        "    return lambda: wait(call())\n",
        "    return call\n",
        ("tests/bench/measure/test_cell.py",),
    ),
    Fault(
        "float32 inside float64",
        "problems/linear_regression/torch_autograd.py",
        'residual = torch.mv(data["X"], params["theta"]) - data["y"]\n',
        'residual = (torch.mv(data["X"], params["theta"]) - data["y"]).float().to(data["y"].dtype)\n',
        (AGREEMENT, "-k", "linear_regression and torch_autograd"),
    ),
    Fault(
        "a wrong status",
        "bench/measure/cell.py",
        'row.status, row.reason = "wrong", str(disagreement)',
        'row.status, row.reason = "ok", str(disagreement)',
        (AGREEMENT, "-k", "planted_fault_gets_no_time"),
    ),
    Fault(
        "a lost row",
        "bench/rows/journal.py",
        "return [event for event in self.events(longest) if type(event) is Row]",
        "return [event for event in self.events(longest) if type(event) is Row][:-1]",
        ("tests/bench/rows", "tests/bench/tables"),
    ),
    Fault(
        "a stale cache",
        "bench/truth/reference.py",
        "identity = digest_of(given.digest, text, *SOURCES, *settings)",
        "identity = digest_of(given.digest, *SOURCES, *settings)",
        ("tests/bench/truth", "tests/bench/data"),
    ),
    Fault(
        "a wrong unit in a table",
        "bench/text/units.py",
        '("µs", 1e-6)',
        '("µs", 1e-7)',
        ("tests/bench/text", "tests/bench/tables"),
    ),
    Fault(
        "an import upwards",
        "bench/text/units.py",
        "import math\n",
        "import math\n\nfrom ..data import store as store\n",
        ("tests/bench/test_rooms.py",),
    ),
    Fault(
        "a name that is not escaped",
        "bench/text/escape.py",
        "html.escape(printable(text), quote=False)",
        "printable(text)",
        ("tests/bench/text", "tests/bench/tables"),
    ),
)


def copy_checkout(target: Path) -> None:
    """What git knows of, and the references that are stored, as they take minutes to compute."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target / name)
    if (ROOT / ".cache").is_dir():
        (target / ".cache").symlink_to(ROOT / ".cache")


def caught_by(fault: Fault, checkout: Path) -> str | None:
    """The first test that fails with the fault; None where none does. The checkout is left as it was."""
    file = checkout / fault.file
    right = file.read_text()
    assert right.count(fault.old) == 1, f"{fault.file} has not exactly one {fault.old!r}"
    file.write_text(right.replace(fault.old, fault.new))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", *fault.where]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    file.write_text(right)
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    assert done.returncode == 0 or found, done.stdout + done.stderr
    return found[1] if found else None


def main(words: list[str]) -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="gradmark-faults-") as folder:
        checkout = Path(folder)
        copy_checkout(checkout)
        for fault in FAULTS:
            if words and not any(word in fault.name for word in words):
                continue
            test = caught_by(fault, checkout)
            missed += test is None
            print(f"{'caught    ' if test else 'NOT CAUGHT'}  {fault.name} ({fault.file}): {test or '-'}", flush=True)
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
