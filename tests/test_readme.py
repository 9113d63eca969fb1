"""The README's example is typed as it stands, and what the README names exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from bench import ROOT

README = (ROOT / "README.md").read_text()
METHODS = "-b torch_autograd/eager -b jax_grad/jit -b numpy_hand"  # what compiles in seconds tells no more
ORDER = [
    "Two commands",
    "The curated run",
    "Which backend should I use?",
    "Add your own function",
    "Where to read on",
]


def test_the_sections_stand_in_order():
    sections = re.findall(r"(?m)^## (.*)$", README)
    assert sections[: len(ORDER)] == ORDER


def test_files_that_it_links_exist():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.slow
def test_your_own_function_in_ten_lines(tmp_path):
    block = next(b for b in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "mine/entropy" in b)
    assert len(block.splitlines()) <= 12
    script = block.replace("gradmark run", f"{sys.executable} -m bench check --json --quiet {METHODS}", 1)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-e"], input=script, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for variant in ("eager", "jit"):
        assert f'"variant": "{variant}"' in done.stdout
    assert done.stdout.count('"status": "ok"') == 4
    assert '"reason": "no file ' in done.stdout
