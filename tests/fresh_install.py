"""`python -m tests.fresh_install`: build the wheel, install it into a fresh environment, and run the README's example there.

The environment is one as `pipx` and `uv tool install` make it, but that its dependencies are those installed here, which a
.pth file names; no folder of this checkout is on its import path, so what works is in the wheel. It takes half a minute.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("backends", "bench", "problems")
OTHER_FILES = ("gradmark_command.py", "pyproject.toml", "README.md", "LICENSE")
EXAMPLE = re.compile(r"```sh\n(mkdir -p mine/entropy\n.*?)```", re.DOTALL)


def build_wheel(folder: Path) -> Path:
    """The wheel, from a copy of the sources in `folder`: what an earlier build left in the checkout is not in it."""
    copy = folder / "source"
    for name in SHIPPED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in OTHER_FILES:
        shutil.copy(ROOT / name, copy)
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(copy))
    return next(folder.glob("gradmark-*.whl"))


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


def fresh_environment(folder: Path, wheel: Path) -> Path:
    """The folder of the programs of a new environment that has the wheel."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    programs = folder / "bin"
    pip("--python", str(programs / "python"), "install", "--no-deps", str(wheel))
    ours = subprocess.run(
        [programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    Path(ours.stdout.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def run_example(programs: Path, place: Path) -> None:
    """What the README says of a function of one's own, and what needs the files beside the code."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GRADMARK_"))}
    variables |= {"PATH": f"{programs}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(place / "cache")}
    found = EXAMPLE.search((ROOT / "README.md").read_text())
    assert found, "README.md: the example that begins with mkdir -p mine/entropy is gone"
    script = f"""set -e
{found[1]}
gradmark table results/* > table.txt
gradmark report results/* --out report.html
gradmark new problem another --problems mine
gradmark new backend own --backends mine
gradmark check --problems mine -p another -b numpy_hand --quiet
"""
    subprocess.run(["bash", "-c", script], cwd=place, env=variables, check=True, stdin=subprocess.DEVNULL)
    (run,) = (place / "results").iterdir()
    assert '"entropy"' in (run / "journal.jsonl").read_text()
    assert "jax_grad/jit" in (place / "table.txt").read_text()
    assert (place / "cache" / "gradmark" / "references").is_dir(), "the cache is not the user's"


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        programs = fresh_environment(folder / "environment", build_wheel(folder))
        (folder / "place").mkdir()
        run_example(programs, folder / "place")
    print("the wheel works in a fresh environment")


if __name__ == "__main__":
    main()
